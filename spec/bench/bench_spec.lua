-- What script/bench measures with. Nothing here depends on how fast anything is.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local folder = support.build .. "/bench"

local function run(command)
  local output, status = support.run(command)
  assert(status == 0, output)
  return output
end

local function host(options, scripts)
  return support.run(("%s/host %s %s %s %s"):format(folder, options, support.lib(), scripts or source .. "/bench/plugins",
    folder))
end

--- A folder with the scripts, of which one is changed.
local function changed_scripts(script, from, to)
  local file = support.file("", script)
  local scripts = file:match "^(.*)/"
  run(("unset LD_PRELOAD; cp %s/bench/plugins/*.lua %s/"):format(source, scripts))
  local text = assert(io.open(file)):read("a")
  local at, stop = text:find(from, 1, true)
  assert(at, from)
  assert(io.open(file, "w")):write(text:sub(1, at - 1), to, text:sub(stop + 1)):close()
  return scripts
end

--- The report's table, and its JSON, of lines as bench/host prints them.
local function report(lines)
  local results, json = support.file(table.concat(lines, "\n") .. "\n", "results"), support.file("", "json")
  local output = run(("lua5.4 %s/bench/report.lua %s %s ''"):format(source, results, json))
  return output, assert(io.open(json)):read("a")
end

describe("script/bench", function()
  setup(function()
    run(("%s/bench/inputs %s"):format(source, folder))
  end)

  it("measures scripts that give the same events, fields and texts as the same plugins in C and in stock Lua", function()
    assert.equal("", (host("--check")))
  end)

  for _, case in ipairs {
    { "a payload", "format.lua", "(42)", "(43)", "next_format: event 1: payloads of the script and of the floor" },
    { "a text", "dummy.lua", '"sample"', '"sampel"', "to_string: event 1: texts of the script and of the floor" },
    { "a field", "split.lua", "part[4]", "part[5]", "decode_split: event 1: a field of the script and of the floor" },
    { "a value of a list", "log.lua", "item.name", "item.image", "json_list: event 1: a field of the script and" },
    { "a field in stock Lua", "text.lua", 'match("user=', 'match((require "lure".json and "user=" or "from=") .. "',
      "called_match: event 1: a field of the script and in stock Lua are not the same" },
    { "a payload in stock Lua", "format.lua", "(42)", '(require "lure".json and 42 or 43)',
      "next_format: event 1: payloads of the script and in stock Lua are not the same" },
    { "that a field has a value", "text.lua", "user=(", "usr=(", "called_match: event 1: no field" },
  } do
    local what, script, from, to, message = table.unpack(case)
    it("refuses to measure where " .. what .. " differs", function()
      local output, status = host("--check", changed_scripts(script, from, to))
      assert.equal(1, status)
      assert.truthy(output:find("bench: " .. message, 1, true), output)
    end)
  end

  it("prints a table and writes JSON and a chart of the same figures", function()
    local results, json, svg = support.file("", "results"), support.file("", "json"), support.file("", "svg")
    run(("%s/host --tiny %s %s/bench/plugins %s called_find source_integer cached load lines >%s"):format(folder,
      support.lib(), source, folder, results))
    local output = run(("lua5.4 %s/bench/report.lua %s %s %s"):format(source, results, json, svg))
    local list = assert(io.open(json)):read("a")
    for _, name in ipairs { "called_find", "source_integer", "cached", "load", "lines" } do
      local ns, floor, ratio = list:match('{"case": "' .. name .. '", "ns": ([%d.]+), "floor_ns": ([%d.]+), "ratio": ([%d.]+)')
      assert.is_true(tonumber(ns) > 0 and tonumber(floor) > 0 and tonumber(ratio) > 0, list)
      if tonumber(ns) < 1e6 and tonumber(floor) < 1e6 then -- else in ms: a busy machine loads slowly
        assert.truthy(output:find(("\n%s +%s ns +%s ns "):format(name, ns, floor)), output)
      end
    end
    for _, name in ipairs { "called_find", "lines" } do
      local ns, ratio = list:match('{"case": "' .. name .. '",[^}]-"lua_ns": ([%d.]+), "lua_ratio": ([%d.]+)')
      assert.is_true(tonumber(ns) > 0 and tonumber(ratio) > 0, list)
    end
    local chart = assert(io.open(svg)):read("a")
    assert.truthy(chart:find(">source_integer</text>", 1, true))
    assert.truthy(chart:find("times bare Lua", 1, true))
  end)

  it("refuses a case that there is not", function()
    local output, status = support.run(("%s/host %s %s/bench/plugins %s source_intger"):format(folder, support.lib(),
      source, folder))
    assert.equal(2, status)
    assert.equal("bench: no case is called source_intger\n", output)
  end)

  it("says of each limit what it is against, and where it is missed", function()
    local output, json = report {
      "below\tns\t110.0\t10.0\t100.0\t1.2\tlua",
      "above\tns\t130.0\t10.0\t100.0\t1.2\tlua",
      "other\tns\t20.0\t10.0\t0.0\t0\tfloor",
      "beside\tns\t50.0\t10.0\t0.0\t2\tother",
      "alone\tns\t50.0\t10.0\t0.0\t2\tnot_measured",
      "plain\tns\t50.0\t10.0\t0.0\t4\tfloor",
      "fast\tthroughput\t100.0\t80.0\t0.0\t0.8\tfloor",
      "slow\tthroughput\t100.0\t70.0\t0.0\t0.8\tfloor",
      "late\tns\t6000000.0\t100.0\t0.0\t5e6\titself",
      "idle\tpercent\t0.25\t0.1\t0.0\t0.5\titself",
    }
    for name, limit in pairs {
      below = "11.00 +100.0 ns +1.10 +<= 1.2 x lua", above = "13.00 +100.0 ns +1.30 +<= 1.2 x lua  MISSED",
      other = "2.00", beside = "5.00 +2.50 x other %(<= 2%)  MISSED", alone = "5.00", plain = "5.00 +<= 4  MISSED",
      fast = "0.80 +>= 0.8", slow = "0.70 +>= 0.8  MISSED",
    } do
      assert.truthy(output:find("\n" .. name .. " +[%d.]+ ns +[%d.]+ ns +" .. limit .. "\n"), name .. ": " .. output)
    end
    assert.truthy(output:find("\nlate +6.00 ms +100.0 ns +[%d.]+ +<= 5.00 ms  MISSED\n"), output)
    assert.truthy(output:find("\nidle +0.25 %% +0.10 %% +2.50 +<= 0.50 %%\n"), output)
    assert.truthy(json:find('"percent": 0.2500, "floor_percent": 0.1000', 1, true), json)
    assert.truthy(json:find('"limit": {"at_most": 1.2, "against": "lua", "is": 1.300, "met": false}', 1, true), json)
    assert.truthy(json:find('"limit": {"at_least": 0.8, "against": "floor", "is": 0.800, "met": true}', 1, true), json)
    assert.falsy(json:find('"case": "alone"[^\n]*"limit"'), json)
  end)

  it("counts of the rounds of a case the quietest", function()
    local output = report {
      "case\tns\t120.0\t10.0\t100.0\t1.2\tlua",
      "case\tns\t110.0\t10.0\t100.0\t1.2\tlua",
      "case\tns\t109.0\t10.0\t200.0\t1.2\tlua",
    }
    assert.truthy(output:find("\ncase +110.0 ns +10.0 ns +11.00 +100.0 ns +1.10 "), output)
  end)
end)
