-- lure check as a linter: what it sees in a script's text, and what samples show.

local lint_result = require "spec.cli.lintresult"
local program = require "spec.cli.program"
local given = require "spec.given"
local support = require "spec.support"

local lure, quote = program.lure, support.quote
local script, findings_of = lint_result.script, lint_result.findings_of
local source = os.getenv("LURE_SOURCE") or "."

local source_of_one = [[
plugin.open = function() return { true } end
plugin.next = function(instance) if table.remove(instance) then return "12" end end
]]

describe("lure check sees", function()
  it("a global that nobody gives a value, with the name that was meant", function()
    local list, result = findings_of(script [[plugin.open = function() return pirs({}) end]])
    assert.same({ 'script.lua:3: unknown global "pirs"; did you mean "pairs"?' }, list)
    assert.equal("1 finding", result.lines[#result.lines])
    assert.equal(1, result.status)
  end)

  it("a name that a table of Lua's or lure's does not have, also through locals and upvalues", function()
    assert.same({
      'script.lua:3: unknown name "string.fromat"; did you mean "string.format"?',
      'script.lua:6: unknown name "math.foo"',
      'script.lua:7: unknown name "lure.TIMOUT"; did you mean "lure.TIMEOUT"?',
      'script.lua:8: unknown name "lure.log.inof"; did you mean "lure.log.info"?',
    }, (findings_of(script [[local format = string.fromat
local m = math
plugin.next = function()
  print(format, m.foo)
  if m.pi > 4 then return lure.TIMOUT end
  return lure.log.inof("x")
end]])))
  end)

  it("a name that a module does not have, also of one that is made when it is first used", function()
    assert.same({
      'script.lua:3: unknown name "lure.file.tial"; did you mean "lure.file.tail"?',
      'script.lua:5: unknown name "lure.file.lnes"; did you mean "lure.file.lines"?',
    }, (findings_of(script [[plugin.open = function(path) return lure.file.tial(path) end
local file = require "lure.file"
plugin.next = function() return file.lnes("x"), file.tail("x"), lure.file.lines("x") end]])))
  end)

  it("what the sandbox takes from Lua's own tables", function()
    assert.same({ 'script.lua:3: unknown name "debug.sethook"' }, (findings_of(script "plugin.next = function() debug.sethook() end")))
  end)

  it("a local that is declared too far down", function()
    assert.same({ 'script.lua:3: unknown global "later": the local of that name (line 4) is not seen here; declare it further up' },
      (findings_of(script [[plugin.open = function() return later() end
local function later() end
plugin.close = later]])))
  end)

  it("a global that a script makes, as a hint", function()
    local list, result = findings_of(script [[count = 0
plugin.next = function() count = count + 1 end]])
    assert.same({ 'script.lua:3: hint: "count" is a global; state lives in locals: local count' }, list)
    assert.equal(0, result.status)
  end)

  it("modules beside the script, and what they give names to", function()
    local path = script [[local helper = require "parts.helper"
plugin.next = function() return helper(shared) end]]
    local folder = path:match("(.*)/")
    support.run(("mkdir %s/parts; printf 'shared = 1\\nreturn function(v) return vaule end' > %s/parts/helper.lua"):format(
      quote(folder), quote(folder)))
    assert.same({
      'parts/helper.lua:1: hint: "shared" is a global; state lives in locals: local shared',
      'parts/helper.lua:2: unknown global "vaule"',
    }, (findings_of(path)))
  end)

  it("what is only asked for, and what may be there after all, as no more than a hint", function()
    assert.same({}, (findings_of(script [[plugin.next = function() end
local unpack = table.unpack or unpack
if jit then jit.on() end
string.trim = function(text) return text end
plugin.close = function() return string.trim(unpack { "x" }) end]])))
    local list, result = findings_of(script [[setmetatable(_G, { __index = function() return print end })
plugin.next = function() foo() end]])
    assert.same({ 'script.lua:4: hint: unknown global "foo"' }, list)
    assert.equal(0, result.status)
  end)

  it("nothing in an environment that is the script's own", function()
    assert.same({}, (findings_of(script [[plugin.next = function() local _ENV = { x = 1 }; y = x end]])))
  end)

  it("calls that wait, in next and in what it calls", function()
    local function waits(line, name, instead)
      return ('script.lua:%d: hint: %s may wait, and "next" holds the host up meanwhile; %s makes the script alone wait')
        :format(line, name, instead)
    end
    local list, result = findings_of(script [[local socket = { sleep = print }
local later
local function pause() os.execute("sleep 1") end
local readers = {}
function readers.one() return io.read("l") end
function plugin.init() os.execute("true") end
function plugin.next()
  pause() later() socket.sleep(1)
  pcall(function() return io.lines() end)
  for _ in io.lines("file") do return readers.one() end
end
later = function() return io.popen("ls") end]])
    assert.same({ waits(5, "os.execute", "lure.process.run, or lure.sleep,"), waits(7, "io.read", "lure.file.tail"),
      waits(11, "io.lines", "lure.file.tail"), waits(14, "io.popen", "lure.process.run") }, list)
    assert.equal(0, result.status)
  end)

  it("calls that wait in the iterator of a script without next", function()
    assert.same({ [[script.lua:3: hint: io.popen may wait, and the iterator of "open" holds the host up meanwhile; ]]
      .. "lure.process.run makes the script alone wait" },
      (findings_of(script [[plugin.open = function() return io.popen("ls"):lines() end]])))
  end)

  it("nothing where a script waits by functions of lure, in tasks and handlers too", function()
    assert.same({}, (findings_of(script [[local lure = require "lure"
local http = require "lure.http"
plugin.open = nil
plugin.produce = function(_, emit)
  lure.spawn(function() for line in lure.process.run({ "true" }):lines() do emit(line) end end)
  lure.spawn(function() http.serve({ listen = "tcp://127.0.0.1:1" }, function() lure.sleep(1) return 200 end) end)
  local stop = lure.now() + 5
  while lure.now() < stop do lure.sleep(1) end
  emit(lure.http.get("http://127.0.0.1/").body)
end
plugin.next = nil]])))
  end)

  it("blocking calls in tasks and in functions of every", function()
    local list = findings_of(support.file [[local lure = require "lure"
return { name = "t", version = "1.0.0", description = "d", contact = "c", extract_event_sources = { "syscall" },
  capture_open = function(capture)
    capture:every(1, function() os.execute("sleep 1") end)
    capture:every(1, function() lure.sleep(1) end)
  end, fields = { { name = "t.x", type = "bool", desc = "d", extract = function() return true end } } }]])
    assert.same({ [[script.lua:4: hint: os.execute may wait, and no event passes meanwhile; lure.process.run, or lure.sleep, ]]
      .. [[in a function of "every" makes that alone wait]] }, list)
  end)

  it("blocking calls in named functions that are given to lure.spawn, also by open, and each of a line", function()
    local function waits(line, name, what, instead)
      return ("script.lua:%d: hint: %s may wait, and %s holds the host up meanwhile; %s makes the script alone wait")
        :format(line, name, what, instead)
    end
    local task = 'a task of "lure.spawn"'
    assert.same({ waits(4, "os.execute", task, "lure.process.run, or lure.sleep,"), waits(6, "io.read", task, "lure.file.tail"),
      waits(8, "os.execute", '"next"', "lure.process.run, or lure.sleep,"), waits(8, "io.popen", '"next"', "lure.process.run") },
      (findings_of(script [[local lure = require "lure"
local function worker() os.execute("a") lure.sleep(1) end
plugin.open = function()
  lure.spawn(function() return io.read() end) lure.spawn(worker) return {} end
plugin.next = function()
  os.execute("b") os.execute("c") return io.popen("d") end
]])))
  end)

  it("waits of lure's in functions that C functions call, wherever that is", function()
    local function throws(line, name, caller)
      return ("script.lua:%d: hint: %s waits, which a function that %s calls cannot: it throws; wait before or behind that call")
        :format(line, name, caller)
    end
    assert.same({ throws(4, "lure.sleep", "string.gsub"), throws(6, "lure.http.get", "string.gsub"), throws(7, "lure.sleep", "table.sort") },
      (findings_of(script [[local lure = require "lure"
local function pause(x) lure.sleep(1) return x end
function plugin.next()
  local text = ("x"):gsub("x", function(x) return lure.http.get("http://127.0.0.1/" .. x).body end)
  table.sort({}, function(a, b) lure.sleep(1) return a < b end)
  text = string.gsub(text, "x", pause)
  text = text:gsub("x", function(x) lure.spawn(function() lure.sleep(1) end) return x end)
  lure.sleep(1)
  return pause(text)
end]])))
  end)

  it("waits of lure's in functions that cannot wait", function()
    local function throws(line, name, key)
      return ('script.lua:%d: hint: %s waits, which "%s" cannot: it throws; wait in init, next, produce or async, and keep '
        .. "the result"):format(line, name, key)
    end
    assert.same({ throws(4, "lure.http.get", "decode"), throws(5, "lure.sleep", "to_string") },
      (findings_of(script [[local lure = require "lure"
plugin.decode = function(event) return lure.http.get("http://127.0.0.1/" .. event.data).body end
plugin.to_string = function(event) lure.sleep(1) return event.data end
plugin.next = function() return nil end
plugin.fields = { { name = "t.x", type = "bool", desc = "d", extract = function() return true end } }]])))
  end)

  it("a loop that does nothing but wait for the time, and no other", function()
    assert.same({ [[script.lua:5: hint: a loop that waits for the time: "next" holds the host up meanwhile; ]]
      .. "lure.sleep makes the script alone wait" },
      (findings_of(script [[local now = os.clock
function plugin.next(until_then)
  while now() < until_then do end
  repeat local left = os.time(); print(left) until left > 5
end]])))
  end)
end)

describe("lure check knows of the registry", function()
  it("whose an id is", function()
    local list, result = findings_of(support.file [[return { name = "mine", version = "1.0.0",
  id = 7, event_source = "mine", description = "d", contact = "c", next = function() end }]])
    assert.equal(1, #list)
    assert.matches('^script%.lua:2: hint: id 7 is that of the plugin "okta" %(registry of [%d-]+%), ', list[1])
    assert.equal(0, result.status)
  end)

  it("that the owner of an id may have it, that 999 is for tests, and that others may be free", function()
    for _, identity in ipairs { 'name = "okta", id = 7', 'name = "x", id = 999', 'name = "x", id = 998' } do
      assert.same({}, (findings_of(support.file("return { " .. identity .. [[, version = "1.0.0", event_source = "x",
        description = "d", contact = "c", next = function() end }]]))))
    end
  end)

  it("how names, event sources and ids are to be", function()
    local list = findings_of(support.file [[return { version = "1.0.0", description = "d", contact = "c",
  name = "My plugin",
  id = 3000000000,
  event_source = "my-events", next = function() end }]])
    assert.equal(3, #list)
    assert.matches('^script%.lua:2: hint: the registry takes no name like "My plugin": ', list[1])
    assert.matches("^script%.lua:3: hint: id 3000000000 is in a range that is for nobody; ", list[2])
    assert.matches('^script%.lua:4: hint: the registry takes no event source like "my%-events": ', list[3])
  end)
end)

describe("lure check of several plugins", function()
  local function plugin(name, id, event_source, rest)
    return support.file(([[return { version = "1.0.0", description = "d", contact = "c", name = %q,
  id = %d, event_source = %q, next = function() end, %s }]]):format(name, id, event_source, rest or ""), name .. ".lua")
  end

  it("says which cannot be loaded together: one name, one id, one field", function()
    local field = [[fields = { { name = "x.y", type = "string", desc = "-", extract_ = nil, path = "/y" } },
      extract_event_sources = { %q }]]
    local one, two = plugin("one", 999, "one", field:format("one")), plugin("two", 999, "two", field:format("one"))
    local list, result = findings_of(one, two)
    assert.same({
      'two.lua:2: id 999 is that of "one" (one.lua), too: hosts refuse to load both',
      'two.lua:2: field x.y is one of "one" (one.lua), too, for the same events: Falco refuses to load both',
    }, list)
    assert.equal(1, result.status)
    list = findings_of(one, plugin("one", 998, "other", field:format("other")))
    assert.same({ 'one.lua:1: one.lua is called "one", too: hosts refuse to load both' }, list)
  end)

  it("hints at a field that begins as one of another", function()
    local field = [[fields = { { name = %q, type = "string", desc = "-", path = "/y" } }, extract_event_sources = { "z" }]]
    local list, result = findings_of(plugin("one", 998, "one", field:format("x.y")), plugin("two", 999, "two", field:format("x.yz")))
    assert.same({ 'two.lua:2: hint: hosts that load "one" (one.lua) first take x.yz for its field x.y with something behind it, '
      .. "and do not find it" }, list)
    assert.equal(0, result.status)
  end)

  it("hints at two sources of the same events", function()
    local list, result = findings_of(plugin("one", 998, "same"), plugin("two", 999, "same"))
    assert.same({ 'two.lua:2: hint: events of "same" come from "one" (one.lua), too: Falco opens only one of them' }, list)
    assert.equal(0, result.status)
  end)

  it("shows what each is, and takes any plugin's library", function()
    local packed = support.folder() .. "/libpacked.so"
    assert.equal(0, lure("pack", program.dummy, "-o", packed).status)
    local list, result = findings_of(packed, plugin("two", 998, "two"))
    assert.same({}, list)
    assert.equal("dummy 0.1.0, id 999, source dummy", result.lines[1])
    assert.matches("\ntwo 1%.0%.0, id 998, source two\n", result.out)
    list = findings_of(program.dummy, packed)
    assert.equal('libpacked.so: dummy.lua is called "dummy", too: hosts refuse to load both', list[1])
    local all = lure("check", program.dummy, packed, "--json").out
    assert.matches('"scripts":%[{"name":"dummy",.*},{"name":"dummy",.*}%]}\n$', all)
  end)
end)

describe("lure check --run and --events", function()
  it("find fields that fail, with the line, and hint at those that never have a value", function()
    local path = script(source_of_one .. [[
plugin.fields = {
  { name = "t.good", type = "string", desc = "-", extract = function(value) return value end },
  { name = "t.wrong", type = "uint64", desc = "-",
    extract = function() return "12 apples" end },
  { name = "t.never", type = "string", desc = "-", extract = function() end },
}]])
    local list, result = findings_of(path, "--run")
    assert.same({
      'script.lua:8: field t.wrong: expected an integer from 0 (uint64), got string "12 apples" (in the one event)',
      "script.lua:9: hint: field t.never has no value in the one sample event",
    }, list)
    assert.equal("  samples: 1 event", result.lines[7])
    assert.equal(1, result.status)
    assert.same({}, (findings_of(path)))
  end)

  it("tell what all fields share once", function()
    assert.same({ "script.lua:6: decode: no number (in 2 of 3 events)" }, (findings_of(script [[
plugin.next = function() end
plugin.decode = function(event)
  if not tonumber(event.data) then
    error "no number" end
  return event.data
end
plugin.fields = { { name = "t.a", type = "string", desc = "-", extract = function(value) return value end },
  { name = "t.b", type = "string", desc = "-", extract = function(value) return value end } }]], "--events",
      support.file("1\nx\ny\n", "events"))))
  end)

  it("take events that lure record wrote", function()
    local recorded = support.folder() .. "/recorded.json"
    assert.equal(0, lure("record", program.dummy, "-n", "2", "-o", recorded).status)
    local list, result = findings_of(program.dummy, "--events", recorded, "--field", "dummy.divisible[3]")
    assert.same({}, list)
    assert.equal("  samples: 2 events", result.lines[7])
  end)

  it("ask fields that need an argument with --field, and else say that they were not", function()
    local _, result = findings_of(program.dummy, "--run")
    assert.equal("  samples: 20 events; dummy.divisible was not asked (--field 'dummy.divisible[3]')", result.lines[7])
    assert.equal(0, result.status)
    local list
    list, result = findings_of(program.dummy, "--run", "--field", "dummy.divisible[0]")
    assert.same({ "dummy.lua:61: field dummy.divisible: the argument must not be 0 (in all 20 events)" }, list)
    assert.equal("  samples: 20 events", result.lines[7])
    assert.matches('"samples":{"events":20,"not_asked":%["dummy.divisible"%],"note":null}', lure("check", program.dummy,
      "--run", "--json").out)
  end)

  it("take the configuration and what to open", function()
    local path = script [[local text
plugin.config = { text = { type = "string", required = true } }
plugin.init = function(config) text = config.text end
plugin.open = function(params) return { params } end
plugin.next = function(instance) return table.remove(instance) end
plugin.fields = { { name = "t.a", type = "uint64", desc = "-", extract = function(value) return text .. value end } }]]
    assert.matches('^script%.lua:%d+: init_config: "text" is missing', findings_of(path, "--run")[1])
    assert.same({}, (findings_of(path, "--run", "--config", '{"text": "1"}', "--open", "2")))
    assert.matches('got string "1x"', findings_of(path, "--run", "--config", '{"text": "1"}', "--open", "x")[1])
  end)

  it("find sources that fail, and end those that never come back", function()
    local function ran(body)
      local list, result = findings_of(script(body .. [[ plugin.fields = { { name = "t.a", type = "string", desc = "-",
        extract = function(value) return value end } } ]]), "--run")
      return list, result.out:match("\n  samples: ([^\n]*)")
    end
    assert.same({ "script.lua:3: next: boom" }, (ran [[plugin.next = function() error "boom" end]]))
    assert.same({ "script.lua:3: next: boom" },
      (findings_of(script [[plugin.next = function() error "boom" end]], "--run"))) -- without a field, too
    local list, told = ran [[plugin.next = function() return lure.TIMEOUT end]]
    assert.same({}, list)
    assert.equal("none: no event within 1 s", told)
    list, told = ran [[plugin.next = function() os.execute("exec sleep 1000") end]]
    assert.equal(1, #list) -- the hint
    assert.equal("none: it did not come back within 3 s, and was ended", told)
    assert.equal("", (support.run("pgrep -f '^sleep 1000$'")))
    list = ran [[plugin.next = function() os.execute("kill -SEGV $PPID") end]]
    assert.equal("script.lua: it crashed (signal 11)", list[1])
  end)

  it("ask libraries that start threads when they are loaded, also behind others", function()
    local threaded = support.build .. "/spec/threaded_v3.so"
    local events = support.file("a\nb\n", "events")
    for _, libraries in ipairs { { threaded }, { program.dummy, threaded } } do
      local words = { table.unpack(libraries) }
      table.move({ "--events", events }, 1, 2, #words + 1, words)
      local result = lure("check", table.unpack(words))
      assert.matches("\nthreaded 1%.0%.0.*\n  samples: 2 events\n", "\n" .. result.out)
      assert.is_nil(result.out:find("threaded.number has no value", 1, true))
    end
  end)

  it("find an event schema that hosts do not have, also where nothing is asked", function()
    local function found(version, fields)
      return (findings_of(support.file(([[return { name = "e", version = "1.0.0", description = "-", contact = "-",
        required_event_schema_version = %q, parse_event_sources = { "syscall" }, parse = function() end, %s }]])
        :format(version, fields), "script.lua"), "--run"))
    end
    local FIELDS = [[extract_event_sources = { "syscall" }, extract_event_types = { "open" },
      fields = { { name = "e.x", type = "uint64", desc = "-", extract = function() end } }]]
    for _, fields in ipairs { "", FIELDS } do
      assert.same({}, found("4.0.0", fields))
      local list = found("3.1.0", fields)
      assert.equal(1, #list)
      given.holds(list[1], "required event schema version '3.1.0' not compatible", "major versions disagree")
    end
  end)

  it("hint at metrics whose names Falco changes", function()
    assert.same({
      'script.lua:5: hint: metric queue_seconds: Falco takes "_sec" out of the name; give it as "queue.seconds"',
    }, (findings_of(script [[
plugin.next = function() end
plugin.metrics = function() return {
  { name = "queue_seconds", value = 1 }, { name = "queue.length", value = 2 }, { name = "queue.total", value = 3 } } end]],
      "--run")))
  end)

  it("find metrics that are wrong, of which hosts only log", function()
    local function told(metrics)
      return (findings_of(script("plugin.next = function() end\nplugin.metrics = function() " .. metrics .. " end"), "--run"))
    end
    assert.same({ 'script.lua:4: metrics: two metrics have the name "a_b" (Falco shows a point as _)' },
      told [[return { { name = "a.b", value = 1 }, { name = "a_b", value = 2 } }]])
    assert.same({ "script.lua:4: metrics: broken" }, told [[error("broken")]])
  end)

  it("say where there is nothing to ask", function()
    local function told(...) return lure("check", ...).out:match("\n  samples: ([^\n]*)") end
    assert.equal("none: the fields are those of the kernel's events; give --capture FILE", told(source .. "/examples/opens.lua", "--run"))
    assert.equal("none: it has no event source of its own; give --events FILE", told(support.file [[return { name = "e",
      version = "1.0.0", fields = { { name = "e.x", type = "uint64", desc = "-", path = "/x" } } }]], "--run"))
    local result = lure("check", program.dummy, "--events", support.folder() .. "/none")
    assert.matches("^lure: check: %-%-events: .*/none: No such file or directory\n$", result.err)
    assert.equal(2, result.status)
  end)
end)

describe("a packed plugin", function()
  it("is looked at as its script and its modules are", function()
    local words = support.file("return { word = string.fromat }", "words.lua")
    local path = script("plugin.next = function() return require('words').word, cout end", "packed.lua")
    local packed = path:gsub("packed%.lua$", "libpacked.so")
    assert.equal(0, lure("pack", path, "-o", packed, "--path", (words:gsub("/words%.lua$", ""))).status)
    local list, result = findings_of(packed)
    assert.same({ 'packed.lua:3: unknown global "cout"', 'words.lua:1: unknown name "string.fromat"; did you mean "string.format"?' },
      list)
    assert.equal(1, result.status)
  end)
end)

describe("the examples", function()
  it("have neither findings nor hints", function()
    local scripts = support.run(("ls %s/examples/*.lua"):format(quote(source)))
    local count = 0
    for path in scripts:gmatch("[^\n]+") do
      count = count + 1
      assert.same({}, (findings_of(path)))
    end
    assert.is_true(count > 7)
  end)
end)
