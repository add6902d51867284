-- What script/bench measures with. Nothing here depends on how fast anything is.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local folder = support.build .. "/bench"

local function run(command)
  local output, status = support.run(command)
  assert(status == 0, output)
  return output
end

--- A file with events, as script/bench makes it.
local function make_events(size, count)
  local path = ("%s/audit_%d.jsonl"):format(folder, size)
  run(("lua5.4 %s/bench/events.lua %d %d >%s.part && mv %s.part %s"):format(source, size, count, path, path, path))
end

local function host(options)
  return run(("%s/host %s %s %s/bench/plugins %s"):format(folder, options, support.lib(), source, folder))
end

describe("script/bench", function()
  setup(function()
    make_events(1792, 1000)
    make_events(30720, 64)
  end)

  it("measures scripts that give the same events, fields and texts as their twins in C", function()
    assert.equal("", host("--check"))
  end)

  it("prints a table and writes JSON and a chart of the same figures", function()
    local results, json, svg = support.file("", "results"), support.file("", "json"), support.file("", "svg")
    run(("%s/host --tiny %s %s/bench/plugins %s source_integer memo load >%s"):format(folder, support.lib(), source,
      folder, results))
    local output = run(("lua5.4 %s/bench/report.lua %s %s %s"):format(source, results, json, svg))
    local list = assert(io.open(json)):read("a")
    for _, name in ipairs { "source_integer", "memo", "load" } do
      local ns, floor, ratio = list:match('{"case": "' .. name .. '", "ns": ([%d.]+), "floor_ns": ([%d.]+), "ratio": ([%d.]+)}')
      assert.is_true(tonumber(ns) > 0 and tonumber(floor) > 0 and tonumber(ratio) > 0, list)
      assert.truthy(output:find(("\n%s +%s ns +%s ns "):format(name, ns, floor)), output)
    end
    assert.truthy(assert(io.open(svg)):read("a"):find(">source_integer</text>", 1, true))
  end)

  it("refuses a case that there is not", function()
    local output, status = support.run(("%s/host %s %s/bench/plugins %s source_intger"):format(folder, support.lib(),
      source, folder))
    assert.equal(2, status)
    assert.equal("bench: no case is called source_intger\n", output)
  end)
end)
