-- A changed script that cannot take over: the old one goes on, and the log says why, once.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local NOT = "x: error: not reloaded, the script goes on as it was: "

for _, api in ipairs { 3, 0 } do
  describe(("a changed script that cannot take over (plugin API %d)"):format(api), function()
    local OLD = changing.source("state.n", "old", [[
  init = function() state.n = 0 end,
  open = function(params) return { n = 0, word = params } end,
  close = function(instance) instance.n = nil end]]):gsub("return state.n end", [[
instance.n = instance.n + 1 return instance.word .. instance.n end]])

    local path, state, instance

    before_each(function()
      path, state = changing.start(OLD, { api = api, config = '{"lure": {"reload": 0.01, "time": 0.2, "memory": 4194304}}' })
      instance = assert(state:open "old ")
      assert.equal("success", (instance:next_batch()))
    end)

    after_each(function() state:destroy() end)

    --- What is logged while the host asks a few times for events, and the number in the last one's payload.
    local function lines(change)
      local last
      local list = changing.lines(function()
        change()
        for _ = 1, 3 do
          local rc, events = instance:next_batch()
          assert.equal("success", rc)
          last = assert(tonumber(events[#events].data:match "^old (%d+)$"), events[#events].data)
          assert.equal("old", state:extract(events[1], "x.y"))
          changing.wait()
        end
      end)
      return list, last
    end

    --- The reason that is given for a text that is no good: the one line, without what all have in common.
    local function reason(text)
      local before = select(2, lines(function() end))
      local list, last = lines(function() changing.write(path, text) end)
      assert.equal(1, #list, table.concat(list, "\n"))
      assert.equal(NOT, list[1]:sub(1, #NOT))
      assert.is_true(last > before, "the old instance did not go on")
      return list[1]:sub(#NOT + 1)
    end

    local function changed(pattern, replacement)
      return (OLD:gsub(pattern, replacement))
    end

    it("is tried once, however often the host asks until the files are looked at again", function()
      state:destroy()
      path, state = changing.start(OLD, { api = api, config = '{"lure": {"reload": 0.2}}' })
      instance = assert(state:open "old ")
      local errors = support.file("", "stderr")
      local function refusals()
        local file = assert(io.open(errors))
        local _, count = file:read("a"):gsub("not reloaded", "")
        file:close()
        return count
      end
      local restore = host.redirect_stderr(errors)
      changing.write(path, "}")
      local ends = os.time() + 60
      repeat instance:next_batch() until refusals() > 0 or os.time() > ends
      for _ = 1, 5 do instance:next_batch() end
      restore()
      assert.equal(1, refusals())
    end)

    it("because it is not Lua", function()
      assert.equal("script.lua:1: unexpected symbol near '}'", reason "}")
    end)

    it("because its top level throws, takes too long or returns nothing", function()
      assert.equal("script.lua:1: boom", reason "error 'boom'")
      given.holds(reason "while true do end", "script.lua:1: stopped after 0.2 s")
      given.holds(reason "local plugin", "expected the script to return its plugin table, got nothing")
    end)

    it("because a key is unknown", function()
      given.holds(reason(OLD:gsub("to_string", "to_strin")), 'unknown key "to_strin" in the plugin table')
    end)

    it("because init throws, fails or takes too long, or wants another configuration", function()
      given.holds(reason(changed("init = function%(%) ", "%0 error 'boom' ")), "script.lua:7: init: boom")
      given.holds(reason(changed("init = function%(%) ", "%0 do return nil, 'no' end ")), "script.lua:7: init: no")
      given.holds(reason(changed("init = function%(%) ", "%0 while true do end ")), "init: stopped after 0.2 s")
      given.holds(reason(changed("init = ", 'config = { a = { type = "string", required = true } }, %0')), "init_config", '"a"')
    end)

    it("because it needs more memory than it may have", function()
      given.holds(reason(changed("init = function%(%) ", "%0 state.big = ('x'):rep(8 << 20) ")), "init: not enough memory")
    end)

    it("because reload throws or fails", function()
      given.holds(reason(changed("init = ", "reload = function() error 'boom' end, %0")), "script.lua:7: reload: boom")
      given.holds(reason(changed("init = ", "reload = function() return nil, 'no' end, %0")), "script.lua:7: reload: no")
    end)

    it("because a module is missing or broken, until that is right", function()
      given.holds(reason(OLD:gsub("local state", 'local module = require "module" %0')), "module 'module' not found")
      local module = path:gsub("script%.lua$", "module.lua")
      changing.write(module, "return }")
      given.holds(reason(OLD:gsub("local state", 'local module = require "module"  %0')), "module.lua:1: unexpected symbol")
      local list = changing.lines(function()
        changing.write(module, "return 1")
        instance:next_batch()
      end)
      assert.same({ "x: info: script.lua has changed and was reloaded (version 0.1.0)" }, list)
    end)

    it("because the file is gone, or is one that anyone may write, until that is over", function()
      local list = lines(function()
        os.remove(path)
        changing.wait()
      end)
      assert.equal(1, #list)
      given.holds(list[1], NOT, "cannot be read: No such file or directory")
      local new = OLD:gsub("old", "old ", 1)
      assert.same({}, lines(function() changing.write(path, OLD) end))
      if support.run "id -u" == "0\n" then
        list = lines(function()
          support.run("touch " .. path .. ".w && chmod o+w " .. path .. ".w")
          changing.write(path .. ".w", new, "in place")
          os.rename(path .. ".w", path)
        end)
        assert.equal(1, #list)
        given.holds(list[1], NOT, "anyone may write this file")
        list = changing.lines(function()
          support.run("chmod o-w " .. path)
          changing.wait()
          instance:next_batch()
        end)
        assert.same({ "x: info: script.lua has changed and was reloaded (version 0.1.0)" }, list)
      end
    end)

    it("because it tells hosts something else than they were told", function()
      for text, wanted in pairs {
        [changed('name = "x"', 'name = "z"')] = 'script.lua:3: name: was "x" when the host loaded the plugin, is "z" now',
        [changed("id = 999", "id = 998")] = "script.lua:3: id: was 999 when the host loaded the plugin, is 998 now",
        [changed('event_source = "x"', 'event_source = "z"')] =
          'script.lua:3: event_source: was "x" when the host loaded the plugin, is "z" now',
        [changed('"x.y"', '"x.z"')] = "script.lua:6: fields: the one at place 1 was x.y when the host loaded the plugin, is x.z now",
        [changed('"string"', '"uint64"')] = "script.lua:6: field x.y: its type was string when the host loaded the plugin",
        [changed('desc = "%-"', '%0, arg = { key = true }')] = "script.lua:6: field x.y: its arg was another when the host loaded the plugin",
        [changed('desc = "%-"', '%0, add_output = true')] = "script.lua:6: field x.y: its properties were others when the host loaded the plugin",
        [changed("fields = { (.-)},\n", "fields = { %1, %1 },\n"):gsub('"x.y"', '"x.u"', 2):gsub('"x.u"', '"x.y"', 1)] =
          "script.lua:6: fields: there were 1 when the host loaded the plugin, and are 2 now",
        [changed("init =", "progress = function() return 0 end, %0")] =
          "script.lua:7: progress: was not there when the host loaded the plugin",
        [changed("init =", 'open_params = { { value = "a" } }, %0')] = "script.lua:7: open_params: was not there when the host loaded the plugin",
        [changed("init =", 'extract_event_sources = { "a" }, %0')] =
          "script.lua:7: extract_event_sources: were others when the host loaded the plugin",
      } do
        assert.equal(wanted, reason(text))
      end
    end)

    it("because it does not open: the old one opens its instance again", function()
      local list = lines(function()
        changing.write(path, changed("open = function%(params%) ", "%0 error 'boom' "))
      end)
      assert.equal(1, #list)
      given.holds(list[1], NOT, "script.lua:8: open: boom")
      local _, events = instance:next_batch()
      assert.is_truthy(events[1].data:find "^old ")
      list = lines(function()
        changing.write(path, changed("open = ", 'params = { a = { type = "string" } }, %0'))
      end)
      assert.equal(1, #list)
      given.holds(list[1], NOT, "open parameters: expected JSON")
    end)

    it("and the right one after it can", function()
      reason "}"
      changing.write(path, changing.source("'new'", "new"))
      changing.read_until(instance, function(data) return data == "new" end)
    end)
  end)
end

describe("a changed script that cannot take over", function()
  it("ends the source where the old one cannot open it again either", function()
    local restore = host.redirect_stderr("/dev/null")
    local text = [[local opened
return { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() return 1 end,
open = function() if opened then return nil, "only once" end opened = true end }]]
    local path, state = changing.start(text)
    local instance = assert(state:open())
    changing.write(path, (text:gsub("if opened", "if true")))
    local rc, _, message = instance:next_batch()
    restore()
    assert.same({ "failure", "script.lua:3: open: only once" }, { rc, message })
    given.holds(state:log()[2].message, "not reloaded")
    assert.equal("failure", (instance:next_batch()))
    state:destroy()
  end)

  it("because it listens or has metrics, set_config, parsing or async events now, and had not", function()
    local path, state = changing.start(changing.source("1", "-"))
    local instance = assert(state:open())
    for rest, wanted in pairs {
      ["parse = function() end"] = "parse: was not there when the host loaded the plugin",
      ['async_events = { "a" }'] = "async_events: was not there when the host loaded the plugin",
      ["metrics = true"] = "metrics: was not there when the host loaded the plugin",
      ["set_config = function() end"] = "set_config: was not there when the host loaded the plugin",
      ["capture_open = function() end"] = "capture_open: was not there when the host loaded the plugin",
      ['required_api_version = "3.2.0"'] =
        'required_api_version: was "3.0.0" when the host loaded the plugin, is "3.2.0" now',
      ["extract_event_types = { 322, 5 }"] = "extract_event_types: were others when the host loaded the plugin",
      ['tables = { t = { key = "string", fields = {} } }'] = "tables: were others when the host loaded the plugin",
    } do
      local list = support.capture_stderr(function()
        changing.write(path, changing.source("2", "-", rest))
        instance:next_batch()
      end)
      given.holds(list, "script.lua:7: " .. wanted)
    end
    local _, events = instance:next_batch()
    assert.equal("1", events[1].data)
    state:destroy()
  end)

  it("is said in advance where no script can", function()
    local function warning(text)
      return changing.lines(function() select(2, changing.start(text)):destroy() end)
    end
    assert.same({ "x: warning: init_config.lure.reload: script.lua is not reloaded: it has neither a source nor fields nor " ..
      "parse, so hosts never call it where a change could be looked for" }, warning [[return { name = "x", version = "0.1.0",
async_events = { "a" }, async_event_sources = { "syscall" } }]])
    assert.same({ "x: warning: init_config.lure.reload: script.lua is not reloaded: it has capture_open and uses state " ..
      "tables of the host, which the host shows to capture_open in a call of its own only" }, warning [[local lure = require "lure"
local threads = lure.table "threads"
return { name = "x", version = "0.1.0", capture_open = function() end, parse = function() end,
parse_event_sources = { "syscall" } }]])
    local library = support.folder() .. "/libpacked.so"
    local output, status = support.run(("%s/bin/lure pack %s -o %s"):format(support.build,
      support.file(changing.source("1", "-")), library))
    assert.equal(0, status, output)
    assert.same({ "x: warning: init_config.lure.reload: script.lua is not reloaded: it is packed in the library, and no file" },
      changing.lines(function() assert(assert(host.load(library)):init(changing.CONFIG)):destroy() end))
  end)
end)
