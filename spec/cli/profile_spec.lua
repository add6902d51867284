local program = require "spec.cli.program"
local support = require "spec.support"

local lure, script = program.lure, program.script

-- Busy for so many milliseconds.
local busy = [[local function busy(ms)
  local clock = os.clock() + ms / 1000
  while os.clock() < clock do end
end]]

local slow = [[open = function() return { 3, 2, 1 } end, next = function(i) busy(2) return table.remove(i) end,
  decode = function(event) busy(10) return tonumber(event.data) end,
  fields = {
    { name = "t.slow", type = "uint64", desc = "-", extract = function(v) busy(30) return v end },
    { name = "t.fails", type = "uint64", desc = "-", extract = function(v) if v == 2 then error "two" end return v end },
    { name = "t.path", type = "string", desc = "-", path = "/a" },
    { name = "t.unasked", type = "uint64", desc = "-", arg = { index = true, required = true },
      extract = function() return 1 end },
  }]]

-- The rows of a table by their names, and the names in order.
local function rows_of(text)
  local rows, names = {}, {}
  for line in text:match("(PROFILE .-)\n%d+ events?, "):gmatch("[^\n]+") do
    local name, calls, errors, time, unit = line:match("^(.-) +(%d+) +(%d+) +([%d.]+) (%a+) ")
    if name then
      names[#names + 1] = name
      rows[name] = { calls = tonumber(calls), errors = tonumber(errors),
        ms = tonumber(time) * ({ s = 1000, ms = 1, us = 0.001 })[unit] }
    end
  end
  return rows, names
end

describe("lure run --profile", function()
  it("tells calls, errors and time of each callback and field, slowest first", function()
    local result = lure("run", script(slow, busy), "--profile")
    local rows, names = rows_of(result.err)
    assert.same({ "field t.slow", "decode", "next" }, { table.unpack(names, 1, 3) })
    assert.equal(3, rows["field t.slow"].calls)
    assert.is_true(rows["field t.slow"].ms >= 90)
    assert.equal(4, rows.next.calls) -- with the one that is the end
    assert.is_true(rows.next.ms >= 8)
    assert.equal(1, rows["field t.fails"].errors)
    assert.equal(3, rows["field t.path"].calls)
    assert.equal(1, rows.open.calls)
    assert.equal(0, result.status)
  end)

  it("counts what decode takes as its own, once an event", function()
    local rows = rows_of(lure("run", script(slow, busy), "--profile").err)
    assert.equal(3, rows.decode.calls)
    assert.is_true(rows.decode.ms >= 30)
    assert.is_true(rows["field t.fails"].ms < rows.decode.ms) -- it is not the one that has to wait for decode
  end)

  it("counts a field that is asked for again in the same event once", function()
    local rows = rows_of(lure("run", script(slow, busy), "--profile", "-p", "%t.slow %t.slow").err)
    assert.equal(3, rows["field t.slow"].calls)
  end)

  it("leaves out what was never called", function()
    local rows = rows_of(lure("run", script(slow, busy), "--profile").err)
    assert.is_nil(rows["field t.unasked"])
    assert.is_nil(rows.to_string)
  end)

  it("times init, which is before anyone could ask", function()
    local rows = rows_of(lure("run", script("init = function() busy(20) end, next = function() end", busy), "--profile").err)
    assert.is_true(rows.init.ms >= 20)
  end)

  it("is a table whose columns stand under each other", function()
    local widths = {}
    for line in lure("run", script(slow, busy), "--profile").err:match("PROFILE .-%%\n%d"):gmatch("([^\n]+)\n") do
      widths[#line] = true
    end
    assert.is_truthy(next(widths))
    assert.is_nil(next(widths, next(widths)))
  end)

  it("is with --json one more object at the end", function()
    local result = lure("run", script(slow, busy), "--profile", "--json")
    assert.equal(4, #result.lines)
    local profile = result.lines[4]
    assert.matches('^{"profile":%[{"plugin":"t","field":"t.slow","calls":3,"errors":0,"nanoseconds":%d+},', profile)
    assert.matches('{"plugin":"t","callback":"next","calls":4,"errors":0,"nanoseconds":%d+}', profile)
    assert.is_nil(result.err:find("PROFILE", 1, true))
  end)

  it("tells two plugins apart", function()
    local fields = support.file [[return { name = "f", version = "1.0.0",
      fields = { { name = "f.x", type = "string", desc = "-", extract = function(v) return v end } } }]]
    local rows = rows_of(lure("run", fields, "--source", program.dummy, "--profile", "-p", "%f.x %dummy.value").err)
    assert.equal(20, rows["f: field f.x"].calls)
    assert.equal(20, rows["dummy: field dummy.value"].calls)
    assert.equal(21, rows["dummy: next"].calls)
  end)

  it("is told after Ctrl-C, too", function()
    local result = program.shell("timeout -s INT 0.5 $lure >/dev/null",
      { "run", script [[next = function() return "x" end]], "--profile" })
    assert.is_true(rows_of(result.err).next.calls > 100)
  end)

  it("has nothing to tell of a plugin that lure did not make", function()
    local result = lure("run", support.build .. "/spec/counter_v3.so", "-n", "1", "--profile")
    assert.matches("^lure: %-%-profile: .*counter_v3%.so was not made by lure", result.err)
    assert.equal(2, result.status)
  end)
end)

describe("progress", function()
  local source = script([[next = function() busy(5) n = n + 1; return n <= 100 and n or nil end,
    progress = function() return math.min(n / 100, 1), "at " .. n end]], busy .. " local n = 0")

  -- What a terminal shows in the end, without lines that were written over.
  local function screen(output)
    local shown = {}
    for line in output:gmatch("([^\n]*)\r\n") do
      local cells = {}
      for part in line:gmatch("[^\r]+") do
        for i = 1, #part do cells[i] = part:sub(i, i) end
      end
      shown[#shown + 1] = (table.concat(cells):gsub(" +$", ""))
    end
    return shown
  end

  local function on_terminal(redirection)
    local result = program.shell("script -qec \"TERM=xterm NO_COLOR=1 $lure " .. redirection .. "\" /dev/null </dev/null",
      { "run", source, "-p", "%evt.plugininfo" })
    return result.out
  end

  it("is one line that is written again, and gone at the end", function()
    local output = on_terminal ">/dev/null"
    assert.matches("\r *%d+%.%d %% at %d+ *\r", output)
    assert.equal(1, #screen(output))
    assert.matches("^100 events, ", screen(output)[1])
  end)

  it("never stands in a line of standard output", function()
    local output = on_terminal ""
    local expected = {}
    for i = 1, 100 do expected[i] = tostring(i) end
    local shown = screen(output)
    assert.matches("%% at %d+", output)
    assert.matches("^100 events, ", table.remove(shown))
    assert.same(expected, shown)
  end)

  it("is not shown where standard error is no terminal, and not asked for", function()
    local asks = script [[next = function() n = (n or 0) + 1; return n < 3 and n or nil end,
      progress = function() print "asked" return 1 end]]
    local result = lure("run", asks)
    assert.matches("^2 events, ", result.err)
  end)
end)
