local program = require "spec.cli.program"
local support = require "spec.support"
local lure, script = program.lure, program.script

-- One event with the payload that stands in `payload`, of any bytes, and fields of all kinds.
local function kinds(payload)
  return script(([[
    open = function() return { %q } end,
    next = function(i) local payload = table.remove(i); if payload then return payload, 1500000000123456789 end end,
    fields = {
      { name = "t.list", type = "string", list = true, desc = "-", extract = function() return { "a", "b" } end },
      { name = "t.flag", type = "bool", desc = "-", extract = function() return false end },
      { name = "t.large", type = "uint64", desc = "-", extract = function() return "18446744073709551615" end },
      { name = "t.address", type = "ipaddr", desc = "-", extract = function() return "::1" end },
      { name = "t.empty", type = "string", desc = "-", extract = function() return "" end },
      { name = "t.absent", type = "string", desc = "-", extract = function() end },
      { name = "t.failing", type = "string", desc = "-", extract = function() error "no" end },
      { name = "t.index", type = "uint64", desc = "-", arg = { required = true, index = true },
        extract = function(_, i) return i end },
      { name = "t.key", type = "string", desc = "-", arg = { key = true },
        extract = function(_, k) return k and k:upper() end },
    } ]]):format(payload))
end

local function formatted(path, format)
  local result = lure("run", path, "-p", format)
  assert.equal(0, result.status, result.err)
  return result.lines[1]
end

local function refused(path, format)
  local result = lure("run", path, "-p", format)
  assert.equal(2, result.status)
  assert.equal("", result.out)
  return result.err
end

describe("without -p, a line", function()
  it("has number, local time, text and each field that has a value and needs no argument", function()
    local result = program.shell("TZ=UTC-2 $lure", { "run", kinds "payload" })
    assert.same({ "1 04:40:00.123456789 payload t.list=(a,b) t.flag=false t.large=18446744073709551615 "
      .. "t.address=::1 t.empty=" }, result.lines)
  end)

  it("is one line, whatever the payload has in it", function()
    local result = lure("run", script(program.once "a\nb\27[31m\tc\u{9b}"))
    assert.matches([[^1 [%d:.]+ a\nb\x1b%[31m]] .. "\t" .. [[c\u{9b}
$]], result.out)
  end)

  it("has the host's clock where the script gives no time", function()
    local rawtime = formatted(program.dummy, "%evt.rawtime")
    assert.is_true(math.abs(math.tointeger(rawtime) // 1000000000 - os.time()) < 60)
  end)
end)

describe("-p", function()
  it("shows fields, with arguments, between any text", function()
    assert.equal("<1|8> 100% (a,b)", formatted(kinds "x", "<%evt.num|%t.index[8]> 100%% %t.list"))
    assert.equal("A.B-x", formatted(kinds "x", "%t.key[a.b]-x"))
  end)

  it("shows what every event has", function()
    assert.equal("1 1500000000123456789 t the payload",
      formatted(kinds "the payload", "%evt.num %evt.rawtime %evt.source %evt.plugininfo"))
    assert.matches("^%d%d:%d%d:%d%d%.123456789$", formatted(kinds "x", "%evt.time"))
  end)

  it("shows what outputs of Falco have of events", function()
    assert.equal("2017-07-14T02:40:00.123456789+0000 pluginevent t false 1 other",
      formatted(kinds "x", "%evt.time.iso8601 %evt.type %evt.pluginname %evt.is_async %evt.count %evt.category"))
    assert.equal("1500000000 123456789 000000000 0 a.b 7 plugin_id=7 event_data=a.b",
      formatted(kinds "a\tb", "%evt.rawtime.s %evt.rawtime.ns %evt.reltime %evt.deltatime %evt.arg.event_data "
        .. "%evt.arg[0] %evt.args"))
    assert.equal("<NA> <NA> <NA>", formatted(kinds "x", "*%evt.arg.data %evt.asynctype %evt.res"))
  end)

  it("shows what transformers make of values, also of transformed ones, and so many letters of it", function()
    assert.equal("(A,B) AB 2 EA Y", formatted(kinds "x",
      "%toupper(t.list) %t.key[AB] %len(t.list) %t.key[eA] %toupper(tolower(t.key[Y]))"))
    assert.equal("<B> <\\0b> <<NA>> <<NA>>", formatted(kinds "x",
      "<%basename(t.key[/a/b])> <%b64(t.key[AGK=])> <%b64(t.key[?])> <%tolower(t.absent)>"))
    assert.equal("<ABC  > <AB>", formatted(kinds "x", "<%5t.key[abc]> <%2t.key[abc]>"))
  end)

  it("refuses transformers that do not exist, of what they do not take, or that are not closed", function()
    local path = kinds "x"
    assert.matches('unknown transformer "tolwer"; did you mean "tolower"%?', refused(path, "%tolwer(t.list)"))
    assert.matches("len takes no bool, which t%.flag is", refused(path, "%len(t.flag)"))
    assert.matches('"tolower%(t%.list" has no closing parenthesis', refused(path, "%tolower(t.list"))
    assert.matches('"tolower%(" is followed by no field', refused(path, "%tolower()"))
    assert.matches('have no parameter "nope"; there are event_data', refused(path, "%evt.arg[nope]"))
    assert.matches("evt%.arg needs an argument", refused(path, "%evt.arg"))
  end)

  it("shows points in time as such, or with --raw as ns; in JSON always as ns", function()
    local path = script(program.once "x" .. [[
      fields = { { name = "t.at", type = "abstime", desc = "-", extract = function() return 1500000000123456789 end },
        { name = "t.for", type = "reltime", desc = "-", extract = function() return 5 end } }]])
    assert.equal("2017-07-14T02:40:00.123456789+0000 5", formatted(path, "%t.at %t.for"))
    assert.matches("t%.at=2017%-07%-14T02:40:00%.123456789%+0000 t%.for=5$", lure("run", path).lines[1])
    assert.same({ "1500000000123456789" }, lure("run", path, "-p", "%t.at", "--raw").lines)
    assert.matches('"t.at":1500000000123456789,"t.for":5}', lure("run", path, "--json").lines[1])
  end)

  it("shows <NA> where there is no value, and where a field fails, which is logged", function()
    local result = lure("run", kinds "x", "-p", "%t.absent %t.failing %t.key")
    assert.same({ "<NA> <NA> <NA>" }, result.lines)
    assert.matches("t%.failing: no", result.err)
    assert.equal(0, result.status)
  end)

  it("ends a name at a dot or dash that belongs to no field", function()
    assert.equal("1. 1-t: 1", formatted(kinds "x", "%evt.num. %evt.num-%evt.source: %evt.num"))
  end)

  it("refuses a field that does not exist before anything runs, and suggests one", function()
    local path = script [[init = function() print("init ran") end, next = function() end,
      fields = { { name = "t.value", type = "uint64", desc = "-", extract = function() return 1 end } }]]
    assert.equal('lure: -p: unknown field "t.valu"; did you mean "t.value"?\n', refused(path, "%t.valu"))
    assert.equal('lure: -p: unknown field "evt.nun"; did you mean "evt.num"?\n', refused(path, "%evt.nun"))
  end)

  it("refuses arguments that a field does not take, and fields that lack theirs", function()
    local path = kinds "x"
    assert.matches("field t%.index needs an argument: t%.index%[3%]", refused(path, "%t.index"))
    assert.matches('field t%.index takes an index, as in t%.index%[3%]; got "a"', refused(path, "%t.index[a]"))
    assert.matches("field t%.flag takes no argument", refused(path, "%t.flag[1]"))
    assert.matches("evt%.num takes no argument", refused(path, "%evt.num[1]"))
    assert.matches("has no closing bracket", refused(path, "%t.index[3"))
    assert.matches("write %%%% for a percent sign", refused(path, "50% of"))
  end)
end)

describe("--json", function()
  local function object(...)
    local result = lure("run", ...)
    assert.equal(0, result.status, result.err)
    return result.lines[1], result.err
  end

  it("prints an object for each event", function()
    local line = object(kinds 'a "b"', "--json")
    assert.equal([[{"num":1,"ts":"1500000000123456789","source":"t","payload":"a \"b\"","fields":{"t.list":["a","b"],]]
      .. [["t.flag":false,"t.large":18446744073709551615,"t.address":"::1","t.empty":""}}]], line)
  end)

  it("has the fields that -p names, if it does", function()
    local line = object(kinds "x", "--json", "-p", "%t.index[4] %t.absent %evt.num %t.index[4]")
    assert.matches('"fields":{"t.index%[4%]":4,"evt.num":1}}$', line)
  end)

  it("stays valid where the payload is not UTF-8, and then has it in base64 too", function()
    local line = object(script(program.once "a\xffb\xc3\x28\0"), "--json")
    assert.matches('"payload":"a\u{FFFD}b\u{FFFD}%(\\u0000","payload_base64":"Yf9iwygA","fields":{}}$', line)
    assert.is_truthy(utf8.len(line))
  end)

  it("keeps what the script prints apart", function()
    local line, err = object(script([[init = function() print("said") end, ]] .. program.once "x"), "--json")
    assert.matches("^{.*}$", line)
    assert.matches("said", err)
  end)
end)

describe("standard output", function()
  it("shows names dim on a terminal, unless NO_COLOR is set", function()
    local inner = ("%s run %s -n 1"):format(support.quote(program.path), program.dummy)
    local function on_terminal(environment)
      local command = "TERM=xterm %s script -qec %s /dev/null </dev/null"
      return program.shell(command:format(environment, support.quote(inner)), {}).out
    end
    assert.matches("\27%[2mdummy%.value=\27%[0m%d", on_terminal "")
    assert.not_matches("\27", on_terminal "NO_COLOR=1")
    assert.not_matches("\27", lure("run", program.dummy, "-n", "1").out)
  end)

  it("gets the events of a slow source as they come", function()
    local slow = script([[next = function() return table.remove(first) or require("lure").TIMEOUT end]],
      'local first = { "now" }')
    local result = program.shell("$lure | { read line; echo \"$line\"; }", { "run", slow, "-p", "%evt.plugininfo" })
    assert.same({ "now" }, result.lines)
  end)
end)
