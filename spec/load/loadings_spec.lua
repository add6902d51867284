local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

--- A source whose one event is `word`, with one field of that name which is the word, too.
local function saying(word, name)
  return ([[return { name = "%s", version = "0.1.0", id = 999, event_source = "s",
    open = function() return { 1 } end, next = function(i) return table.remove(i) and "%s" end,
    fields = { { name = "%s.word", type = "string", desc = "-", extract = function(v) return v .. " by %s" end } } }]])
    :format(name or word, word, word, word)
end

for _, api in ipairs { 3, 0 } do
  describe("a second loading in plugin API " .. api, function()
    it("while a state runs leaves that state what it is, though the script has changed", function()
      local path = support.file(saying "old")
      local library = assert(support.load_script(path, { api = api }))
      local state = assert(library:init())
      local instance = assert(state:open())
      local _, events = instance:next_batch()
      write(path, saying "newer")
      local again = assert(library:loading_again())
      assert.equal("old", library:info().name)
      assert.equal("newer", again:info().name)
      assert.equal("newer.word", again:info().fields[1].name)
      assert.equal("old by old", state:extract(events[1], "old.word"))
      local other = assert(again:init())
      assert.same({ "newer" }, (given.payloads(assert(other:open()))))
      assert.same({ "old" }, (given.payloads(assert(state:open()))))
      assert.equal("newer by newer", other:extract(support.event "newer", "newer.word"))
      other:destroy()
      assert.equal("x by old", state:extract(support.event "x", "old.word"))
    end)

    it("of a script that is broken now fails, and the running state goes on", function()
      local path = support.file(saying "good")
      local library = assert(support.load_script(path, { api = api }))
      local state = assert(library:init())
      write(path, "return {")
      local again, _, detail = library:loading_again()
      assert.is_nil(again)
      given.holds(detail.required_api_version, "script.lua:1: ")
      assert.equal("x by good", state:extract(support.event "x", "good.word"))
      write(path, saying "good")
      assert.truthy(assert(library:loading_again()):init())
    end)

    it("can be inited twice, as hosts do to try a configuration", function()
      local library = assert(support.load_script(saying "twice", { api = api }))
      local first, second = assert(library:init()), assert(library:init())
      first:destroy()
      assert.same({ "twice" }, (given.payloads(assert(second:open()))))
    end)

    it("with another script through LURE_SCRIPT is another plugin in the same process", function()
      local one = assert(support.load_script(saying "one", { api = api }))
      local state = assert(one:init())
      local two = assert(support.load_script(saying "two", { api = api }))
      assert.same({ "one", "two" }, { one:info().name, two:info().name })
      local other = assert(two:init())
      assert.same({ "one" }, (given.payloads(assert(state:open()))))
      assert.same({ "two" }, (given.payloads(assert(other:open()))))
    end)

    it("may happen again and again on another thread while a state runs", function()
      local path = support.file(saying "busy")
      local library = assert(support.load_script(path, { api = api }))
      local state = assert(library:init())
      local job = host.background(support.lib(api), { times = 30, config = "", env = { LURE_SCRIPT = path } })
      for i = 1, 200 do
        assert.equal(i .. " by busy", state:extract(support.event(i), "busy.word"))
      end
      assert.is_true(job:join())
    end)
  end)
end

describe("a library beside a script of its name", function()
  local function neighbours(script, library, name, api)
    local path = support.file(script, name)
    local folder = path:match("(.*)/")
    support.run(("cp %s %s/%s"):format(support.quote(support.lib(api)), support.quote(folder), library))
    return folder .. "/" .. library, path
  end

  for _, api in ipairs { 3, 0 } do
    it("is that script's plugin, in plugin API " .. api, function()
      for _, library in ipairs { "libdummy.so", "dummy.so", "libdummy.so.1" } do
        local path = neighbours(saying "neighbour", library, "dummy.lua", api)
        local loaded = assert(host.load(path, { env = { LURE_SCRIPT = false } }))
        assert.equal("neighbour", loaded:info().name)
        assert.same({ "neighbour" }, (given.payloads(assert(assert(loaded:init()):open()))))
      end
    end)
  end

  it("goes by the script before LURE_SCRIPT", function()
    local path = neighbours(saying "neighbour", "libdummy.so", "dummy.lua")
    assert.equal("neighbour", assert(host.load(path, { env = { LURE_SCRIPT = support.file(saying "named") } })):info().name)
  end)

  it("makes copies that run different scripts at once", function()
    local one = assert(host.load((neighbours(saying "one", "libone.so", "one.lua")), { env = { LURE_SCRIPT = false } }))
    local two = assert(host.load((neighbours(saying "two", "libtwo.so", "two.lua")), { env = { LURE_SCRIPT = false } }))
    local a, b = assert(one:init()), assert(two:init())
    assert.same({ "one" }, (given.payloads(assert(a:open()))))
    assert.same({ "two" }, (given.payloads(assert(b:open()))))
  end)

  it("takes init_config.script if it names that script, and refuses another, naming both", function()
    local path, script = neighbours(saying "neighbour", "libdummy.so", "dummy.lua")
    local library = assert(host.load(path, { env = { LURE_SCRIPT = false } }))
    assert.truthy(library:init(('{"script": "%s"}'):format(script)))
    local other = support.file(saying "other", "other.lua")
    local state, message = library:init(('{"script": "%s"}'):format(other))
    assert.is_nil(state)
    given.holds(message, other, script, "a library runs one script")
    state, message = library:init '{"script": 5}'
    assert.is_nil(state)
    assert.equal("init_config.script: expected the path of a Lua script", message)
  end)
end)

for _, api in ipairs { 3, 0 } do
  describe("a library without a script, in plugin API " .. api, function()
    local function generic()
      return assert(host.load(support.lib(api), { api = api, env = { LURE_SCRIPT = false } }))
    end

    it("is the plugin lure, with two fields that take a name", function()
      local info = generic():info()
      assert.same({ "lure", 999, "lure" }, { info.name, info.id, info.event_source })
      assert.same({ "lure.string", "lure.uint64" }, { info.fields[1].name, info.fields[2].name })
      assert.same({ "string", "uint64" }, { info.fields[1].type, info.fields[2].type })
      assert.is_true(info.fields[1].arg.required)
    end)

    it("takes the script that init_config names", function()
      local path = support.file [[return { name = "mine", version = "0.1.0", id = 5, event_source = "mine",
        config = { step = { type = "integer", default = 2 } }, init = function(c) step = c.step end,
        open = function(p) return { n = 0, most = tonumber(p) } end,
        next = function(i) i.n = i.n + step; return i.n <= i.most and i.n or nil end,
        to_string = function(v) return "<" .. v .. ">" end,
        fields = {
          { name = "mine.text", type = "string", desc = "-", extract = function(v) return "t" .. v end },
          { name = "mine.number", type = "uint64", desc = "-", extract = function(v) return tonumber(v) end },
          { name = "mine.flag", type = "bool", desc = "-", extract = function() return true end } } }]]
      local state = assert(generic():init(('{"script": "%s", "step": 3}'):format(path)))
      local instance = assert(state:open "7")
      local _, events = instance:next_batch()
      assert.same({ "3", "6" }, { events[1].data, events[2].data })
      assert.equal("t6", state:extract(events[2], "lure.string[mine.text]"))
      assert.equal(6, state:extract(events[2], "lure.uint64[mine.number]"))
      assert.equal("<6>", state:to_string(events[2]))
      local value, message = state:extract(events[2], "lure.string[mine.txt]")
      assert.is_nil(value)
      given.holds(message, 'lure.string: the script script.lua has no field called "mine.txt"')
      value, message = state:extract(events[2], "lure.uint64[mine.text]")
      assert.is_nil(value)
      given.holds(message, 'lure.uint64: the field "mine.text" has the type string')
    end)

    it("says what to do where init_config names none", function()
      for _, config in ipairs { "", "{}" } do
        local state, message = generic():init(config)
        assert.is_nil(state)
        assert.equal("no script: name one in init_config.script, or in the environment variable LURE_SCRIPT", message)
      end
    end)

    it("cannot bind in init what hosts ask for before", function()
      for _, rest in ipairs { "parse = print", 'async_events = { "a" }', "capture_open = print", "metrics = true" } do
        local state, message = generic():init(('{"script": "%s"}'):format(support.file(given.source("next = print, " .. rest))))
        assert.is_nil(state)
        given.holds(message, "script.lua:3: ", ": hosts ask for it before init, and so before init_config.script is known")
      end
    end)

    it("fails init with what is wrong with the script", function()
      local state, message = generic():init '{"script": "/nowhere/x.lua"}'
      assert.is_nil(state)
      assert.equal("/nowhere/x.lua: cannot be read: No such file or directory", message)
      state, message = generic():init(('{"script": "%s"}'):format(support.file "x = = 1"))
      assert.is_nil(state)
      assert.equal("script.lua:1: unexpected symbol near '='", message)
      state, message = generic():init(('{"script": "%s"}'):format(support.file(given.source [[next = print,
        config = { jitter = 5 }]])))
      assert.is_nil(state)
      given.holds(message, "script.lua:4: config.jitter: expected a table")
      state, message = generic():init(('{"script": "%s", "stp": 1}'):format(support.file(given.source [[next = print,
        config = { step = { type = "integer" } }]])))
      assert.is_nil(state)
      given.holds(message, 'script.lua:4: init_config: unknown key "stp"; did you mean "step"?')
    end)

    it("runs different scripts in different states", function()
      local library = generic()
      local a = assert(library:init(('{"script": "%s"}'):format(support.file(saying "one"))))
      local b = assert(library:init(('{"script": "%s"}'):format(support.file(saying "two"))))
      assert.same({ "one" }, (given.payloads(assert(a:open()))))
      assert.same({ "two" }, (given.payloads(assert(b:open()))))
    end)

    it("cannot open a script that is no source, and says so", function()
      local state = assert(generic():init(('{"script": "%s"}'):format(support.file(given.field "print"))))
      local instance, message = state:open()
      assert.is_nil(instance)
      assert.equal("the script is no event source: it has neither open nor next", message)
    end)
  end)
end

describe("the limits of a script's top level", function()
  it("are those of the host's configuration, where the process is one", function()
    local folder = support.folder() .. "/named"
    support.run("mkdir -p " .. support.quote(folder))
    support.run(("cp $(readlink -f $(command -v lua5.4)) %s/sysdig"):format(support.quote(folder)))
    local script = support.file "while true do end"
    local driver = support.file(([[
      local began = os.clock()
      local _, _, detail = require("lure.host").load(%q, { env = { LURE_SCRIPT = false } })
      io.write(os.clock() - began < 3 and "soon " or "late ", detail and detail.required_api_version or "loaded", "\n")
    ]]):format(support.lib()), "driver.lua")
    local output = support.run(("LUA_CPATH=%s %s/sysdig %s -H %s 2>/dev/null"):format(support.quote(package.cpath),
      support.quote(folder), support.quote(driver),
      support.quote(('%s:{"script": "%s", "lure": {"time": 0.1}}'):format(support.lib(), script))))
    assert.equal("soon script.lua:1: stopped after 0.1 s (limit: init_config.lure.time)\n", output)
  end)
end)
