local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- Loads with the script at this path, which need not exist, and returns why that fails.
local function problem_of(path, api)
  local library, message, detail = host.load(support.lib(api), { env = { LURE_SCRIPT = path } })
  assert.is_nil(library)
  return detail.required_api_version, message
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("a script in plugin API " .. api, function()
    it("that is missing is named with its path", function()
      assert.equal("/nowhere/dummy.lua: cannot be read: No such file or directory", (problem_of("/nowhere/dummy.lua", api)))
    end)

    it("that is a directory, a device or a pipe is named as that", function()
      assert.equal(support.folder() .. ": is a directory; expected a Lua script", (problem_of(support.folder(), api)))
      assert.equal("/dev/null: is no regular file; expected a Lua script", (problem_of("/dev/null", api)))
      local pipe = support.folder() .. "/pipe" .. api
      support.run("mkfifo " .. support.quote(pipe))
      assert.equal(pipe .. ": is no regular file; expected a Lua script", (problem_of(pipe, api)))
    end)

    it("that is too large is refused", function()
      local path = support.folder() .. "/large.lua"
      support.run("truncate -s 17M " .. support.quote(path))
      assert.equal(path .. ": has 17825792 bytes; a script has at most 16 MiB", (problem_of(path, api)))
    end)

    it("that ends too early is said to be written yet, if it was changed less than a second ago", function()
      local doubt = " (the file was changed less than a second ago: it may not be written to its end yet)"
      for text, problem in pairs {
        ["return { a ="] = "script.lua:1: unexpected symbol near <eof>",
        ["local x = [[\n"] = "script.lua:2: unfinished long string (starting at line 1) near <eof>",
        ["local x = 1"] = 'script.lua: expected the script to return its plugin table, got nothing; end it with "return plugin"',
        [""] = 'script.lua: expected the script to return its plugin table, got nothing; end it with "return plugin"',
        ["local half = require 'half' return {}"] = "half.lua:1: 'end' expected near <eof>",
      } do
        local path = support.file(text)
        local half = assert(io.open(path:gsub("[^/]*$", "half.lua"), "w"))
        half:write "if true then"
        half:close()
        support.run("touch " .. support.quote(path))
        local young = problem_of(path, api)
        given.holds(young, problem)
        local deadline, old = os.time() + 20
        repeat
          old = problem_of(path, api)
        until not old:find(doubt, 1, true) or os.time() > deadline
        given.holds(young, problem .. doubt)
        given.holds(old, problem)
        assert.is_nil(old:find(doubt, 1, true))
      end
      assert.is_nil(given.problem("x = = 1", options):find(doubt, 1, true))
    end)

    it("that is not Lua is refused with file and line", function()
      assert.equal("script.lua:2: unexpected symbol near '='", given.problem("local x\nx = = 1", options))
      given.holds(given.problem("\n\n\127ELF\2\1\1", options), "script.lua:3: ")
      given.holds(given.problem("name: dummy\nid: 5", options), "script.lua:2: ")
    end)

    it("that is bytecode is refused", function()
      local path = support.file(string.dump(function() return {} end))
      assert.equal(path .. ": is compiled Lua, which is never loaded; name the source", (problem_of(path, api)))
    end)

    it("that throws is refused with file, line and text", function()
      assert.equal("script.lua:2: oh", given.problem('local x = 1\nerror("oh")', options))
      assert.equal("script.lua:1: attempt to index a nil value (global 'nothing')", given.problem("nothing.x = 1", options))
      given.holds(given.problem("error({})", options), "threw a value that is no text (table)")
      given.holds(given.problem('error(setmetatable({}, { __tostring = function() return "mine" end }))', options), "mine")
    end)

    it("that returns no table is refused with what it returns", function()
      for text, got in pairs { [""] = "nothing", ["local plugin = {}"] = "nothing", ["return nil"] = "nothing",
                               ["return 5"] = "integer 5", ['return "x"'] = 'string "x"', ["return true"] = "true",
                               ["return print"] = "function", ["return 1.5"] = "number 1.5",
                               ["return coroutine.create(print)"] = "thread", ["return io.stdout"] = "userdata" } do
        given.holds(given.problem(text, options),
          ('script.lua: expected the script to return its plugin table, got %s; end it with "return plugin"'):format(got))
      end
    end)

    it("may have a byte order mark and a first line for a shell", function()
      assert.truthy(support.load_script("\xEF\xBB\xBF" .. given.source "next = print", options))
      assert.truthy(support.load_script("#!/usr/bin/env lure\n" .. given.source "next = print", options))
      assert.equal("script.lua:3: unexpected symbol near '='", given.problem("#!/usr/bin/env lure\n\nx = = 1", options))
    end)

    it("is told in the host's own error, and on standard error", function()
      local _, message = problem_of(support.file "x = = 1", api)
      given.holds(message, "script.lua:1: unexpected symbol near '='")
      local text = support.capture_stderr(function() support.load_script("x = = 1", options) end)
      assert.equal("lure: error: script.lua:1: unexpected symbol near '='\n", text)
    end)

    it("whose name could be read as a version is not", function()
      local path = support.file("x = = 1", "1.2.3.lua")
      assert.equal("script 1.2.3.lua:1: unexpected symbol near '='", (problem_of(path, api)))
    end)

    it("that fails in init has its text in the error of init, and the library goes on", function()
      local library = assert(support.load_script(given.source
        'next = print, init = function(c) if c.bad then error("no " .. c.bad) end end', options))
      for _ = 1, 3 do
        local state, message = library:init '{"bad": "disk"}'
        assert.same({ nil, "script.lua:3: init: no disk" }, { state, message })
      end
      assert.truthy(library:init "{}")
    end)

    for body, text in pairs { ["return nil, 'no disk'"] = "script.lua:3: init: no disk",
                              ["return nil, 5"] = "expected a string behind nil (what went wrong), got integer 5" } do
      it("whose init is `" .. body .. "` has failed", function()
        local state, message = assert(support.load_script(
          given.source("next = print, init = function() " .. body .. " end"), options)):init()
        assert.is_nil(state)
        given.holds(message, text)
      end)
    end

    it("may return anything else from init", function()
      for _, value in ipairs { "", "5", "true", "false", "{}", "'x'", "print", "lure.TIMEOUT", "nil" } do
        assert.truthy(assert(support.load_script(
          given.source("next = print, init = function() return " .. value .. " end"), options)):init())
      end
    end)
  end)
end

describe("the symbols that hosts find", function()
  local FIELD = 'fields = { { name = "x.y", type = "string", desc = "-", extract = print } },'

  local function symbols_of(script, options)
    local info = assert(support.load_script(script, options)):info()
    return info.symbols, info.capabilities
  end

  local function found(symbols, names)
    local list = {}
    for _, name in ipairs(names) do
      list[#list + 1] = symbols[name] and name or nil
    end
    return list
  end

  local SOURCE = { "get_id", "get_event_source", "open", "close", "next_batch", "event_to_string" }
  local EXTRACTION = { "get_fields", "extract_fields", "get_extract_event_sources" }
  local OPTIONAL = { "get_progress", "list_open_params", "get_init_schema" }

  for _, api in ipairs { 3, 0 } do
    local options = { api = api }

    it("of a source without fields are those of a source, in plugin API " .. api, function()
      local symbols, capabilities = symbols_of(given.source "next = print", options)
      assert.same(SOURCE, found(symbols, SOURCE))
      assert.same({}, found(symbols, EXTRACTION))
      assert.same({}, found(symbols, OPTIONAL))
      assert.same({ true, false }, { capabilities.sourcing, capabilities.extraction })
    end)

    it("of a script with fields only are those of extraction, in plugin API " .. api, function()
      local symbols, capabilities = symbols_of(given.extractor(FIELD), options)
      assert.same({}, found(symbols, SOURCE))
      assert.same(EXTRACTION, found(symbols, EXTRACTION))
      assert.same({ false, true }, { capabilities.sourcing, capabilities.extraction })
    end)

    it("of a source with fields are both, in plugin API " .. api, function()
      local symbols, capabilities = symbols_of(given.source("next = print," .. FIELD), options)
      assert.same(SOURCE, found(symbols, SOURCE))
      assert.same({ "get_fields", "extract_fields" }, found(symbols, { "get_fields", "extract_fields" }))
      assert.same({ true, true }, { capabilities.sourcing, capabilities.extraction })
    end)

    it("have progress, open_params and a schema only where the script has them, in plugin API " .. api, function()
      for name, rest in pairs { get_progress = "progress = print,", list_open_params = "open_params = {},",
                                get_init_schema = "config = {}," } do
        assert.same({ name }, found((symbols_of(given.source("next = print," .. rest), options)), OPTIONAL))
      end
      assert.same({ "get_init_schema" },
        found((symbols_of(given.source("next = print, init_schema = '{}'"), options)), OPTIONAL))
    end)
  end

  it("have nothing of what this version does not know", function()
    local symbols = symbols_of(given.source("next = print," .. FIELD))
    for _, name in ipairs { "parse_event", "get_parse_event_sources", "get_async_events", "set_async_event_handler",
                            "capture_open", "capture_close", "set_config", "get_metrics", "dump_state" } do
      assert.is_not_true(symbols[name], name)
    end
  end)

  it("suffice for a host of every 3.x version", function()
    for minor = 0, support.newest_minor do
      local library = assert(support.load_script(given.source("next = print," .. FIELD), { minor = minor }))
      assert.truthy(library:init())
    end
  end)
end)
