local program = require "spec.cli.program"
local support = require "spec.support"
local quote = support.quote

local folder_with, lure_in = program.folder_with, program.lure_in

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- Runs a spec with the example dummy.lua beside it as `plugin`. Returns what program.shell returns.
local function run_spec(body, ...)
  local folder = folder_with {
    ["dummy.lua"] = read(program.dummy),
    ["spec/a_spec.lua"] = 'local testing = require "lure.testing"\n'
      .. 'local plugin = testing.load("dummy.lua", { config = { jitter = 0 } })\n' .. body,
  }
  return lure_in(folder, "test", "--output=TAP", ...), folder
end

local function passes(body)
  local result = run_spec(body)
  assert.equal(0, result.status, result.out .. result.err)
  assert.equal("", result.err)
end

--- What a spec fails with.
local function failure(body)
  local result = run_spec('it("fails", function() ' .. body .. " end)")
  assert.equal(1, result.status)
  assert.matches("not ok 1", result.out)
  return result.out:match("Failure message: (.*)\n1%.%.1"):gsub("\n# ", "\n"), result.err
end

describe("lure test", function()
  local two = {
    ["spec/a_spec.lua"] = 'it("passes", function() assert.equal(1, 1) end)',
    ["spec/more/b_spec.lua"] = 'it("fails", function() assert.equal(1, 2) end)',
    ["spec/helper.lua"] = 'error "this is no spec"',
  }

  it("runs the specs in the folder spec, and in its folders; 1 where one fails", function()
    local result = lure_in(folder_with(two), "test", "--output=TAP")
    assert.matches("ok 1 %- passes\nnot ok 2 %- fails\n# spec/more/b_spec%.lua @ 1\n", result.out)
    assert.matches("1%.%.2\n$", result.out)
    assert.equal(1, result.status)
  end)

  it("runs the specs that are named, or those of a folder, or of its folder spec; 0 where all pass", function()
    local folder = folder_with(two)
    assert.equal("ok 1 - passes\n1..1\n", lure_in(folder, "test", "spec/a_spec.lua", "--output=TAP").out)
    assert.equal(0, lure_in(folder, "test", "spec/a_spec.lua").status)
    assert.matches("^not ok 1 %- fails", lure_in(folder, "test", "spec/more", "--output", "TAP").out)
    assert.matches("1%.%.2\n$", lure_in("/", "test", folder, "--output=TAP").out)
  end)

  it("hands options to Busted", function()
    local folder = folder_with(two)
    assert.matches("1%.%.1\n$", lure_in(folder, "test", "--filter=passes", "--output=TAP").out)
    assert.matches("1%.%.1\n$", lure_in(folder, "test", "--filter-out", "fails", "--filter-out", "none", "--output=TAP").out)
    assert.matches("passes\n.*fails\n", lure_in(folder, "test", "--list").out)
    assert.matches('^{.*"successes":%[{', lure_in(folder, "test", "--json").out)
    assert.matches("<testsuites", lure_in(folder, "test", "--output=junit").out)
  end)

  it("says file and line of what a spec throws, and of one that is no Lua", function()
    local folder = folder_with { ["spec/a_spec.lua"] = 'it("x", function()\n error("sad") end)', ["spec/b_spec.lua"] = "\nx = = 1" }
    local result = lure_in(folder, "test")
    assert.matches("spec/a_spec.lua:2: sad", result.out, 1, true)
    assert.matches("spec/b_spec.lua:2: unexpected symbol near '='", result.out, 1, true)
    assert.equal(1, result.status)
  end)

  it("says that it is Busted that failed", function()
    local handler = 'return function() return { subscribe = function() error("out of order", 0) end } end'
    local folder = folder_with { ["spec/a_spec.lua"] = "", ["handler.lua"] = handler }
    local result = lure_in(folder, "test", "--output", "handler.lua")
    assert.equal("lure: Busted itself failed: out of order\n", result.err)
    assert.equal(1, result.status)
  end)

  it("is 2 where there are no specs, and says so", function()
    local function refusal(folder, ...)
      local result = lure_in(folder, "test", ...)
      assert.equal(2, result.status)
      return result.err
    end
    local folder = folder_with { ["some/file.lua"] = "" }
    assert.equal('lure: test: no specs: the working directory has no directory "spec"; name a spec or a directory of specs\n',
      refusal(folder))
    assert.equal('lure: test: no specs in some: no file matches "_spec%.lua$" or "_cases%.ya?ml$"\n', refusal(folder, "some"))
    assert.equal('lure: test: "nothing" is no file and no directory; name a spec, or a directory of specs\n',
      refusal(folder, "nothing"))
    assert.equal('lure: test: unknown option "--fliter"; did you mean "--filter"?; see: lure test --help\n',
      refusal(folder, "--fliter=x"))
  end)

  it("is 1 where more specs fail than a status can say", function()
    local many = folder_with { ["spec/a_spec.lua"] = "for i = 1, 256 do it(i, function() error 'no' end) end" }
    assert.equal(1, lure_in(many, "test").status)
  end)

  it("is a wrong command line where it selects no tests", function()
    local folder = folder_with(two)
    for _, words in ipairs { { "--filter", "nomatch" }, { "--tags", "none" }, { "--list", "--filter", "nomatch" } } do
      local result = lure_in(folder, "test", table.unpack(words))
      assert.equal(2, result.status)
      assert.equal(("lure: test: no tests in spec that %s selects\n"):format(table.concat(words, " "):gsub("--list ", "")),
        result.err)
    end
    assert.equal(2, lure_in(folder_with { ["spec/a_spec.lua"] = "local a" }, "test").status)
    assert.equal(1, lure_in(folder_with { ["spec/a_spec.lua"] = 'error "a"' }, "test", "--filter", "a").status)
    assert.equal(0, lure_in(folder, "test", "--list", "--filter", "passes").status)
    assert.equal(0, lure_in(folder_with { ["spec/a_spec.lua"] = 'pending "later"' }, "test").status)
  end)

  it("says what to install where Busted is missing", function()
    local folder = folder_with(two)
    -- in a chroot, "/" is no mount whose propagation could be changed
    local hidden = ("source script/common; alone=private; as_root unshare --mount --propagation private true 2>/dev/null || alone=unchanged; "
      .. "as_root unshare --mount --propagation $alone bash -c %s"):format(
      quote(("mount -t tmpfs tmpfs /usr/share/lua && cd %s && exec $lure"):format(quote(folder))))
    local result = program.shell(("bash -c %s"):format(quote(hidden)), { "test" })
    assert.equal("lure: Busted is missing, which lure test runs; install it: apt-get install lua-busted\n", result.err)
    assert.equal(1, result.status)
  end)
end)

describe("a plugin in lure.testing", function()
  it("gives events, their text and their fields", function()
    passes [[it("works", function()
      local events = plugin:events({ start = 1, maxEvents = 3 })
      assert.equal(3, #events)
      assert.same({ "3", 2 }, { events[2].data, events[2].num })
      assert.is_true(events[2].ts > 0)
      assert.equal(2, events[1]:field("dummy.value"))
      assert.equal(1, events[3]:field("dummy.divisible[4]"))
      assert.equal('{"sample": "2"}', events[1]:text())
      assert.same({ ["dummy.value"] = 4, ["dummy.strvalue"] = "4" }, plugin:fields(events[3]))
      assert.equal("dummy", plugin.info.name)
    end)]]
  end)

  it("opens the first of open_params, or a text, and takes as many events as are wanted", function()
    passes [[it("works", function()
      assert.equal(20, #plugin:events())
      assert.equal("2", plugin:events('{"start": 1, "maxEvents": 9}', 1)[1].data)
      assert.equal(5, #plugin:events(nil, 5))
    end)]]
  end)

  it("gets payloads that others give", function()
    passes [[it("works", function()
      local event = plugin:event(12, { ts = 5, num = 9, source = "dummy" })
      assert.equal(12, event:field("dummy.value"))
      assert.same({ 5, 9, "dummy" }, { event.ts, event.num, event.source })
      assert.is_nil(plugin:event("no number"):field("dummy.value"))
      local first, second = plugin:event("11", { ts = 5 }), plugin:event("22", { ts = 5 })
      assert.same({ 11, 22, 11 }, { first:field("dummy.value"), second:field("dummy.value"), first:field("dummy.value") })
    end)]]
  end)

  it("is found beside the spec, above it, and from wherever the specs are run", function()
    local folder = folder_with {
      ["up.lua"] = read(program.dummy), ["spec/beside.lua"] = read(program.dummy),
      ["spec/a_spec.lua"] = [[local testing = require "lure.testing"
        it("works", function()
          testing.load("up.lua") testing.load("beside.lua") testing.load("../up.lua") testing.load("spec/beside.lua")
        end)]],
    }
    assert.equal(0, lure_in(folder, "test").status)
    assert.equal(0, lure_in("/", "test", folder).status)
  end)

  it("may be one of many", function()
    passes [[it("works", function()
      local other = testing.load("dummy.lua", { config = '{"jitter": 0}' })
      assert.equal("2", other:events(nil, 1)[1].data)
      other:close()
      assert.equal("2", plugin:events(nil, 1)[1].data)
    end)]]
  end)

  it("may be a plugin's library, of the plugin API 0.3.0 too", function()
    local folder = folder_with { ["dummy.lua"] = read(program.dummy), ["spec/a_spec.lua"] = [[
      it("works", function()
        local plugin = require "lure.testing".load("libdummy.so", { config = { jitter = 0 } })
        assert.equal(2, plugin:events(nil, 1)[1]:field("dummy.value"))
      end)
      it("works as in an old host", function()
        local plugin = require "lure.testing".load("dummy.lua", { api = "0.3" })
        assert.equal("0.3.0", plugin.info.api)
        assert.equal(7, plugin:event("7"):field("dummy.value"))
      end)]] }
    assert.equal(0, lure_in(folder, "pack", "dummy.lua", "-o", "libdummy.so").status)
    local result = lure_in(folder, "test")
    assert.equal(0, result.status, result.out .. result.err)
  end)

  it("is closed at the end", function()
    local folder = folder_with {
      ["s.lua"] = "return { " .. program.source .. 'next = print, destroy = function() error "destroyed" end }',
      ["spec/a_spec.lua"] = 'it("works", function() require("lure.testing").load("s.lua") end)',
    }
    local result = lure_in(folder, "test")
    assert.equal(0, result.status)
    assert.matches("s%.lua:1: destroy: destroyed", result.err)
  end)

  it("parses events when they come", function()
    local folder = folder_with {
      ["s.lua"] = "local seen = 0 return { " .. program.source .. [[
        open = function() return { 1, 2, 3 } end, next = function(i) return table.remove(i) end,
        parse = function() seen = seen + 1 end,
        fields = { { name = "t.seen", type = "uint64", desc = "-", extract = function() return seen end } } }]],
      ["spec/a_spec.lua"] = [[it("works", function()
        local plugin = require("lure.testing").load("s.lua")
        assert.equal(3, plugin:events()[1]:field("t.seen"))
        assert.equal(4, plugin:event("x"):field("t.seen"))
      end)]],
    }
    local result = lure_in(folder, "test")
    assert.equal(0, result.status, result.out)
  end)

  it("keeps what was logged, and shows it", function()
    local folder = folder_with {
      ["s.lua"] = "return { " .. program.source .. 'init = function() print("hello") end, next = function() end }',
      ["spec/a_spec.lua"] = [[it("works", function()
        local plugin = require("lure.testing").load("s.lua")
        assert.same({ { message = "hello", severity = "info", component = "t" } }, plugin:log())
        assert.same({}, plugin:log())
      end)]],
    }
    local result = lure_in(folder, "test")
    assert.equal(0, result.status, result.out)
    assert.equal("t: info: hello\n", result.err)
  end)

  describe("throws at the line of the spec", function()
    it("what a field's function says, once", function()
      local message, said = failure 'plugin:event(1):field("dummy.divisible[0]")'
      assert.equal("spec/a_spec.lua:3: dummy.lua:61: field dummy.divisible: the argument must not be 0", message)
      assert.equal("", said)
    end)

    it("unknown fields and options", function()
      assert.equal('spec/a_spec.lua:3: unknown field "dummy.vlaue"; did you mean "dummy.value"?',
        (failure 'plugin:event(1):field("dummy.vlaue")'))
      assert.equal('spec/a_spec.lua:3: unknown option "conf"; there are: config, api, clock',
        (failure 'testing.load("dummy.lua", { conf = 1 })'))
    end)

    it("what is wrong with script, configuration and open parameters", function()
      assert.matches("spec/a_spec%.lua:3: no%.lua: found neither in spec nor in its parent directory nor in the working directory",
        (failure 'testing.load("no.lua")'))
      assert.matches("^spec/a_spec%.lua:3: bad%.lua:1: unexpected symbol near '='",
        (failure 'local file = io.open("bad.lua", "w") file:write("x = = 1") file:close() testing.load("bad.lua")'))
      assert.equal("spec/a_spec.lua:3: dummy.lua:14: init_config.jitter: expected an integer, got string",
        (failure 'testing.load("dummy.lua", { config = { jitter = "much" } })'))
      assert.equal('spec/a_spec.lua:3: dummy.lua:17: open parameters: unknown key "strat"; did you mean "start"?',
        (failure 'plugin:events({ strat = 1 })'))
    end)

    it("the first error of next", function()
      local folder = folder_with {
        ["s.lua"] = "return { " .. program.source .. 'next = function() error "boom" end }',
        ["spec/a_spec.lua"] = 'it("x", function() require("lure.testing").load("s.lua"):events() end)',
      }
      assert.matches("spec/a_spec%.lua:1: s%.lua:1: next: boom", lure_in(folder, "test").out)
    end)

    it("that an endless source needs a number", function()
      local folder = folder_with {
        ["s.lua"] = "return { " .. program.source .. 'next = function() return "x" end }',
        ["spec/a_spec.lua"] = 'it("x", function() require("lure.testing").load("s.lua"):events() end)',
      }
      assert.matches("gave %d+ events in %d+ s and no end; say how many to take: plugin:events%(params, 3%)",
        lure_in(folder, "test").out)
    end)

    it("that it is closed", function()
      assert.equal("spec/a_spec.lua:3: dummy.lua is closed", (failure 'plugin:close() plugin:event(1):field("dummy.value")'))
    end)
  end)
end)

describe("plugin:golden", function()
  local check = 'it("is as it was", function() plugin:golden("dummy.json") end)'

  --- A folder with the dummy plugin, a spec with `check`, and a golden file.
  local function recorded(golden)
    local folder = folder_with {
      ["dummy.lua"] = read(program.dummy),
      ["spec/a_spec.lua"] = 'local plugin = require("lure.testing").load("dummy.lua", { config = { jitter = 0 } })\n' .. check,
    }
    if not golden then
      assert.equal(0, lure_in(folder, "record", "dummy.lua", "-n", "3", "-o", "spec/dummy.json").status)
    else
      local file = assert(io.open(folder .. "/spec/dummy.json", "wb"))
      file:write(golden)
      file:close()
    end
    return folder
  end

  local function differs(folder)
    local result = lure_in(folder, "test", "--output=TAP")
    assert.equal(1, result.status)
    return (result.out:match("Failure message: (.*)\n1%.%.1"):gsub("\n# ", "\n"))
  end

  it("passes where the script extracts what it did when lure record was run", function()
    assert.equal(0, lure_in(recorded(), "test").status)
  end)

  it("shows each field that is another one, missing or new", function()
    local folder = recorded(([[
{"num":1,"ts":"5","source":"dummy","payload":"12","fields":{"dummy.value":12,"dummy.strvalue":"12"}}

{"num":2,"ts":"6","source":"dummy","payload":"13","fields":{"dummy.value": 14, "dummy.divisible[5]": 1}}
{"num":3,"ts":"7","source":"dummy","payload":"x","fields":{"dummy.value":0,"dummy.gone":true,"dummy.divisible[0]":0}}
]]))
    assert.equal([[
spec/a_spec.lua:2: dummy.json: 2 of its events are not what dummy.lua makes of them now; lure test --update takes this over
  event 2: dummy.value
    expected 14
    got      13
  event 2: dummy.divisible[5]
    expected 1
    got      0
  event 2: dummy.strvalue
    expected nothing
    got      "13"
  event 3: dummy.value
    expected 0
    got      nothing
  event 3: dummy.gone
    expected true
    got      the plugin has no field 'dummy.gone'
  event 3: dummy.divisible[0]
    expected 0
    got      nothing]], differs(folder))
  end)

  it("takes over what is extracted now with --update, says so, and leaves a file alone that is right", function()
    local folder = recorded('{"payload":"13","fields":{"dummy.divisible[5]":1}}\n')
    local result = lure_in(folder, "test", "--update")
    assert.equal("dummy.json: updated, 1 of 1 events changed\n", result.err)
    assert.equal(0, result.status)
    assert.equal('{"num":1,"ts":"0","source":"dummy","payload":"13","fields":{"dummy.value":13,"dummy.strvalue":"13",'
      .. '"dummy.divisible[5]":0}}\n', read(folder .. "/spec/dummy.json"))
    local before = support.run("stat -c %i.%y " .. quote(folder .. "/spec/dummy.json"))
    result = lure_in(folder, "test", "--update")
    assert.equal("", result.err)
    assert.equal(before, support.run("stat -c %i.%y " .. quote(folder .. "/spec/dummy.json")))
  end)

  it("holds payloads of any bytes, and values as they are", function()
    local body = [[open = function() return { "\0\xff\r\n\"\\\u{1F600}" } end, next = function(i) return table.remove(i) end,
      fields = { { name = "t.text", type = "string", desc = "-", extract = function(data) return data end },
        { name = "t.large", type = "uint64", desc = "-", extract = function() return "18446744073709551615" end },
        { name = "t.list", type = "string", list = true, desc = "-", extract = function() return { "a, b", "\u{e9}" } end } }]]
    local folder = folder_with {
      ["s.lua"] = "return { " .. program.source .. body .. " }",
      ["spec/a_spec.lua"] = 'it("x", function() require("lure.testing").load("s.lua"):golden("s.json") end)',
    }
    assert.equal(0, lure_in(folder, "record", "s.lua", "-o", "spec/s.json").status)
    assert.matches('"payload_base64":"AP8NCiJc8J%+YgA=="', read(folder .. "/spec/s.json"))
    local result = lure_in(folder, "test")
    assert.equal(0, result.status, result.out)
  end)

  it("does not pass without events, and says which line is none", function()
    assert.equal("spec/a_spec.lua:2: dummy.json: has no events; record some: lure record SCRIPT -o FILE", differs(recorded("\n")))
    assert.equal('spec/a_spec.lua:2: dummy.json:2: expected an event as lure record writes it, a JSON object with a "payload"',
      differs(recorded('{"payload":"1","fields":{"dummy.value":1,"dummy.strvalue":"1"}}\n{"payload":1}\n')))
  end)
end)

describe("lure.testing", function()
  it("has every function in the help of lure test, with types for LuaLS", function()
    local help = program.lure("test", "--help").out
    local text = read((os.getenv("LURE_SOURCE") or ".") .. "/lua/lure/testing.lua")
    local count = 0
    for line, owner, name in text:gmatch("\n([^\n]*)\nfunction (%a+)[.:](%a+)%(") do
      local call = ("%s%s%s("):format(owner:lower(), owner == "testing" and "." or ":", name)
      assert.is_truthy(help:find("\n  " .. call, 1, true), call)
      if name ~= "close" then assert.matches("^%-%-%-@", line, 1, false, call) end
      count = count + 1
    end
    assert.equal(25, count)
  end)
end)
