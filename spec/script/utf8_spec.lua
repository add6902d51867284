--- What leaves the library as text is UTF-8 without NUL (src/base/utf8.h), by every way out; payloads stay as they are.
local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- No byte that begins a character, a character cut short, a surrogate, one cut short again, overlong, above U+10FFFF,
-- a good one, NUL; and the same as hosts get it: one U+FFFD for each part of a character.
local BAD = "A\xffB\xe2\x82C\xed\xa0\x80D\xf0\x9f\x98E\xc0\xafF\xf4\x90\x80\x80G\u{E4}\0H"
local CLEAN = ("A?B?C???D?E??F????G\u{E4}\\u0000H"):gsub("?", "\u{FFFD}")

--- For where no NUL may be.
local WHOLE = (BAD:gsub("\0H", ""))

--- What is no text of one line, behind a word that is none: an escape of a terminal, both kinds of U+009B, a line that
-- looks like another message.
local FORGED = "\xff no\27[31m\u{9b}1m\x9b\127\r\u{2028}\nx: info: all is well\t!\n"
local SHOWN = "\u{FFFD} no\\x1b[31m\\u{9b}1m\u{FFFD}\\x7f\\r\\u{2028}\n\tx: info: all is well\t!"
local ONE_LINE = (SHOWN:gsub("\n\t", "\\n"):gsub("\t", "\\t"))

--- A text as a script writes it.
local function quoted(text)
  return '"' .. text:gsub('[^%w .:,;?!()%[%]{}+-]', function(letter) return ("\\%03d"):format(letter:byte()) end) .. '"'
end

--- The payload with BAD in it, which JSON takes as U+0000 has an escape there.
local function document(text)
  return '{"a": "' .. text:gsub("\0", "\\u0000") .. '", "b": ["x", "' .. text:gsub("\0", "\\u0000") .. '"], "'
    .. text:gsub("\0", "") .. '": 1}'
end

--- A script whose only payload is `payload`, or none.
local function source(rest, payload)
  return given.source(([[open = function() return { %s } end, next = function(i) return table.remove(i) end,
%s]]):format(payload and quoted(payload) or "", rest))
end

local function start(rest, api, payload)
  return support.start(source(rest, payload), { api = api })
end

--- The value of the field x.y, declared by `rest`, in an event with this payload.
local function value_of(rest, payload, api, question)
  local state = start(('fields = { { name = "x.y", type = "string", desc = "-", %s } }'):format(rest), api)
  return (state:extract(support.event(payload), question or "x.y"))
end

local function error_of(rest, api)
  local _, message = assert(support.load_script(source(rest), { api = api })):init()
  return message
end

--- The log of the host, and what was written to standard error, of `use(state)`.
local function logged(rest, use, api)
  local log
  local written = support.capture_stderr(function()
    local state = start(rest, api)
    use(state)
    log = state:log()
    state:destroy()
  end)
  return log, written
end

--- By way out: what of BAD comes there.
local ways = {
  ["a field's function that answers the payload"] = function(api)
    return value_of("extract = function(v) return v end", BAD, api)
  end,
  ["a field's function that is called"] = function(api)
    return value_of("extract = function(v) return v:reverse():reverse() end", BAD, api)
  end,
  ["the field function of a text that is longer than most"] = function(api)
    return (value_of("extract = function(v) return v:rep(50) end", BAD, api):sub(-#CLEAN))
  end,
  ["extract, for all fields"] = function(api)
    local state = start('extract = function() return ' .. quoted(BAD) .. ' end, '
      .. 'fields = { { name = "x.y", type = "string", desc = "-" } }', api)
    return (state:extract(support.event "", "x.y"))
  end,
  ["a document's text"] = function(api)
    return value_of('extract = function(v) return require("lure").json.parse(v).a end', document(BAD), api)
  end,
  ["a path"] = function(api) return value_of('path = "/a"', document(BAD), api) end,
  ["a path to an element"] = function(api) return value_of('path = "/b/1"', document(BAD), api) end,
  ["a path that is the argument"] = function(api)
    return value_of('path = lure.ARG, arg = { key = true }', document(BAD), api, "x.y[/a]")
  end,
  ["a path's default"] = function(api)
    return value_of('path = "/none", default = ' .. quoted(WHOLE), "{}", api) .. "\0"
  end,
  ["to_string"] = function(api)
    return start("to_string = function() return " .. quoted(BAD) .. " end", api):to_string(support.event "")
  end,
  ["the payload as text"] = function(api) return start("", api):to_string(support.event(BAD)) end,
  ["progress"] = function(api)
    local instance = start("progress = function() return 0.5, " .. quoted(BAD) .. " end", api):open()
    return select(2, instance:progress())
  end,
  ["a list of open parameters"] = function(api)
    return start("open_params = { { value = " .. quoted(WHOLE) .. " } }", api):open_params()[1].value .. "\0"
  end,
  ["a function of open parameters"] = function(api)
    return start("open_params = function() return { { value = " .. quoted(WHOLE) .. " } } end", api)
      :open_params()[1].value .. "\0"
  end,
  ["the description"] = function(api)
    return assert(support.load_script(source("description = " .. quoted(WHOLE)), { api = api }))
      :info().description .. "\0"
  end,
  ["the contact"] = function(api)
    return assert(support.load_script(source("contact = " .. quoted(WHOLE)), { api = api }))
      :info().contact .. "\0"
  end,
  ["a field's description"] = function(api)
    return assert(support.load_script(source('fields = { { name = "x.y", type = "string", path = "/a", desc = '
      .. quoted(WHOLE) .. " } }"), { api = api })):info().fields[1].desc .. "\0"
  end,
  ["the schema of the configuration"] = function(api)
    local schema = assert(support.load_script(source('config = { a = { type = "string", default = '
      .. quoted(WHOLE) .. " } }"), { api = api })):info().init_schema
    return schema:match '"default":"([^"]*)"' .. "\0"
  end,
  ["an init_schema"] = function(api)
    local schema = assert(support.load_script(source('init_schema = ' .. quoted('{"type": "object", "title": "'
      .. WHOLE .. '"}')), { api = api })):info().init_schema
    return schema:match '"title":"([^"]*)"' .. "\0"
  end,
  ["an error of init"] = function(api)
    return error_of("init = function() error(" .. quoted(BAD) .. ") end", api):match "init: (.*)"
  end,
  ["an error with nil"] = function(api)
    return error_of("init = function() return nil, " .. quoted(BAD) .. " end", api):match "init: (.*)"
  end,
  ["an error of a field"] = function(api)
    local state = start('fields = { { name = "x.y", type = "string", desc = "-", extract = function() error('
      .. quoted(BAD) .. ') end } }', api)
    local _, message = state:extract(support.event "", "x.y")
    return message:match "field x.y: (.*)"
  end,
  ["an error of open"] = function(api)
    local state = support.start(given.source("next = print, open = function() error(" .. quoted(BAD) .. ") end"),
      { api = api })
    return select(2, state:open()):match "open: (.*)"
  end,
  ["an error of next"] = function(api)
    local state = support.start(given.source("next = function() return nil, " .. quoted(BAD) .. " end"), { api = api })
    return select(3, assert(state:open()):next_batch()):match "next: (.*)"
  end,
  ["an error of loading"] = function(api)
    return given.problem("error(" .. quoted(BAD) .. ")", { api = api }):match "lua:1: (.*)"
  end,
}

--- Those of the plugin API 3 only.
local ways_3 = {
  ["an element of a function's list"] = function()
    return value_of("list = true, extract = function(v) return { v, v } end", BAD)[2]
  end,
  ["an element of a path's list"] = function() return value_of('list = true, path = "/b/*"', document(BAD))[2] end,
  ["an async event"] = function()
    return start('async_events = { "e" }, dump_state = function(emit) emit("e", ' .. quoted(BAD) .. ') end')
      :dump_state()[1].data
  end,
  ["the log"] = function()
    return logged("init = function() lure.log.info(" .. quoted(BAD) .. ") end", function() end)[1].message
  end,
  ["what print says"] = function()
    return logged("init = function() print(" .. quoted(BAD) .. ") end", function() end)[1].message
  end,
  ["what io.write writes"] = function()
    return logged("init = function() io.write(" .. quoted(BAD) .. ") end", function() end)[1].message
  end,
  ["a table that others read"] = function()
    local inspector = host.inspector()
    local library = assert(support.load_script(given.extractor([[parse_event_sources = { "syscall" },
      tables = { t = { key = "string", fields = { s = "string" } } }, parse = function() end]])))
    local state = assert(library:init("", { inspector = inspector }))
    local t = assert(inspector:table "t")
    assert.is_true(t:add("k", { s = WHOLE }))
    local text = t:read("k", "s")
    state:destroy()
    return text .. "\0"
  end,
  ["a table of the script's own, which it writes"] = function()
    local inspector = host.inspector()
    local library = assert(support.load_script(([[local lure = require "lure"
      local t = lure.table "t"
      return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
        tables = { t = { key = "string", fields = { s = "string" } } },
        parse = function() t:add("k\xff", { s = %s }) end }]]):format(quoted(WHOLE))))
    local state = assert(library:init("", { inspector = inspector }))
    assert.is_true(state:parse(host.event { type = 3, params = {}, tid = 7, source = "syscall" }))
    local text = assert(inspector:table "t"):read("k\xff", "s") -- keys are found by their bytes
    state:destroy()
    return text .. "\0"
  end,
  ["a table of the host"] = function()
    local inspector = host.inspector()
    inspector:table("threads"):add(7, {})
    local library = assert(support.load_script(([[local lure = require "lure"
      local threads = lure.table("threads", { fields = { comm = "string" } })
      return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
        parse = function(event) threads:get(event.tid).comm = %s end }]]):format(quoted(WHOLE))))
    local state = assert(library:init("", { inspector = inspector }))
    assert.is_true(state:parse(host.event { type = 3, params = {}, tid = 7, source = "syscall" }))
    local text = inspector:table("threads"):read(7, "comm")
    state:destroy()
    return text .. "\0"
  end,
}

local restore -- what the library says of refusals on standard error is not looked at

setup(function() restore = host.redirect_stderr(support.folder() .. "/texts.log") end)

teardown(function() restore() end)

describe("a text with bytes that are not UTF-8", function()
  for api, all in pairs { [0] = { ways }, [3] = { ways, ways_3 } } do
    for _, list in ipairs(all) do
      for way, leave in pairs(list) do
        it(("leaves as UTF-8 by %s in plugin API %d"):format(way, api), function()
          local text = leave(api)
          assert.equal(CLEAN, (text:gsub("\0$", "\\u0000H")))
        end)
      end
    end
  end

  it("is as long as it likes, with the bytes anywhere", function()
    local functions = start 'fields = { { name = "x.y", type = "string", desc = "-", extract = function(v) return v end } }'
    local paths = start 'fields = { { name = "x.y", type = "string", desc = "-", path = "/a" } }'

    local function check(expected, text)
      assert.equal(expected, (functions:extract(support.event(text), "x.y")))
      for _, rest in ipairs { "}", ',"b":"' .. ("b"):rep(80) .. '"}' } do
        assert.equal(expected, (paths:extract(support.event('{"a":"' .. text .. '"' .. rest), "x.y")))
      end
    end

    for _, length in ipairs { 0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200 } do
      for _, case in ipairs { { "\xff", "\u{FFFD}" }, { "\u{E4}", "\u{E4}" }, { "\u{1F600}", "\u{1F600}" },
        { "\xf0\x9f\x98", "\u{FFFD}" }, { "\xe2\x82x", "\u{FFFD}x" } } do
        for _, behind in ipairs { "", "z", ("z"):rep(15), ("z"):rep(70) } do
          local before = ("a"):rep(length)
          check(before .. case[2] .. behind, before .. case[1] .. behind)
        end
      end
    end
  end)

  it("stays as it is in the payload, while fields are prefetched", function()
    local instance, state = given.opened(given.source(([[batch = { events = 100 },
      open = function() return { n = 0 } end,
      next = function(i) i.n = i.n + 1 return '{"a":"' .. i.n .. %s .. '"}' end,
      fields = { { name = "x.f", type = "string", desc = "-", extract = function(v) return v end },
        { name = "x.p", type = "string", desc = "-", path = "/a" } }]]):format(quoted "\xff\u{E4}")))
    local number = 0
    while number < 300 do -- three batches, or more on a busy machine
      local rc, events = instance:next_batch()
      assert.equal("success", rc)
      for _, event in ipairs(events) do
        number = number + 1
        local text = number .. "\u{FFFD}\u{E4}"
        assert.equal(text, (state:extract(event, "x.p")))
        assert.equal('{"a":"' .. text .. '"}', (state:extract(event, "x.f")))
        assert.equal('{"a":"' .. number .. '\xff\u{E4}"}', event.data)
      end
    end
  end)

  it("stands in the payload where its bytes are", function()
    local state = start [[fields = { { name = "x.p", type = "string", desc = "-", path = "/a" },
      { name = "x.f", type = "string", desc = "-", extract = function(v) return v:sub(7, 8), 6, 2 end } }]]
    local event = support.event '{"a":"\xffb"}'
    for _, name in ipairs { "x.p", "x.f" } do
      local value, offsets = state:extract(event, name, { offsets = true })
      assert.same({ "\u{FFFD}b", { 38 + 6, 2 } }, { value, offsets[1] }) -- behind the event's header
    end
  end)

  it("is an object's, with its keys, when a path ends there", function()
    assert.equal('{"\u{FFFD}":"\u{FFFD}"}', value_of('path = "/o"', '{"o": {"\xff": "\xff"}}'))
  end)

  it("is no name", function()
    for rest, key in pairs {
      ['name = "\\255"'] = "name", ['event_source = "a\\27"'] = "event_source", ['extract_event_sources = { "\\255" }, '
        .. 'extract = print, fields = { { name = "x.y", type = "string", desc = "-" } }'] = "extract_event_sources",
      ['async_events = { "a\\nb" }'] = "async_events",
      ['parse = print, tables = { ["\\255"] = { key = "string", fields = { a = "string" } } }'] = "tables",
      ['parse = print, tables = { t = { key = "string", fields = { ["\\255"] = "string" } } }'] = "tables.t",
    } do
      local problem = given.problem(given.source("next = print, " .. rest))
      given.holds(problem, "script.lua:", key .. ": ")
      assert.is_nil(problem:find "[\0-\8\10-\31\127]")
      assert.is_truthy(utf8.len(problem))
    end
  end)
end)

describe("what is said of an error", function()
  it("is one message, whatever is in it", function()
    for _, api in ipairs { 0, 3 } do
      local rest = 'fields = { { name = "x.y", type = "string", desc = "-", extract = function() error(' .. quoted(FORGED) .. ") end } }"
      local message
      local log, written = logged(rest, function(state)
        message = select(2, state:extract(support.event "", "x.y"))
      end, api)
      assert.equal("script.lua:4: field x.y: " .. SHOWN, message)
      for _, said in ipairs { written, api == 3 and log[1].message or nil } do
        given.holds(said, "field x.y: " .. SHOWN .. "\n\tstack traceback:\n\t")
        assert.is_nil(said:find "\n[^\t]")
      end
    end
  end)

  it("has values in it on one line", function()
    local state = start('fields = { { name = "x.y", type = "uint64", desc = "-", extract = function() return '
      .. quoted(FORGED) .. " end } }")
    local _, message = state:extract(support.event "", "x.y")
    local got = message:match 'got string "(.*)"%.%.%.$'
    assert.equal(ONE_LINE:sub(1, #got), got)
    assert.is_true(#got > 30)
  end)

  it("is a line for each finding", function()
    assert.equal('script.lua: unknown key "a\\nscript.lua:1: b" in the plugin table; keep state in locals',
      given.problem 'return { name = "x", version = "0.1.0", parse = print,\n["a\\nscript.lua:1: b"] = 1 }')
  end)

  it("is in the log on lines that go on with it", function()
    for _, code in ipairs { "lure.log.info(%s)", "print(%s)", "io.write(%s)", 'lure.log.info("%%s", %s)' } do
      local log = logged("init = function() " .. code:format(quoted(FORGED)) .. " end", function() end)
      assert.equal(SHOWN, log[1].message)
      local _, written = logged("init = function() " .. code:format(quoted(FORGED)) .. " end", function() end, 0)
      assert.equal("x: info: " .. SHOWN .. "\n", written)
    end
  end)

  it("is cut between two characters", function()
    local _, written = logged('init = function() print(("\u{E4}"):rep(5000)) end', function() end, 0)
    assert.is_truthy(utf8.len(written))
    assert.matches("^x: info: [\xC3\xA4]+%.%.%.\n$", written)
  end)
end)

describe("an error", function()
  local function failing(code) return error_of("init = function() " .. code .. " end"):match "init: (.*)" end

  it("that is no text shows its value", function()
    for code, text in pairs {
      ["error(404)"] = "404", ["error(1.5)"] = "1.5", ["error(0)"] = "0",
      ["error()"] = "threw a value that is no text (nil)", ["error(true)"] = "threw a value that is no text (true)",
      ["error(false)"] = "threw a value that is no text (false)",
      ["error({})"] = "threw a value that is no text (table)",
      ["error(setmetatable({}, { __tostring = function() return 'mine' end }))"] = "mine",
      ["error(setmetatable({}, { __tostring = function() return '\\255\\n\\27' end }))"] = "\u{FFFD}\n\t\\x1b",
      ["error(setmetatable({}, { __tostring = function() error('again', 0) end }))"] =
        "threw a table whose __tostring failed: again",
      ["error(setmetatable({}, { __tostring = function() error(7) end }))"] = "threw a table whose __tostring failed: 7",
      ["error(setmetatable({}, { __tostring = function() error({}) end }))"] =
        "threw a table whose __tostring threw a value that is no text (table)",
      ["error(setmetatable({}, { __tostring = function() return {} end }))"] =
        "threw a table whose __tostring failed: '__tostring' must return a string",
      ["local t = setmetatable({}, { __tostring = function(t) error(t) end }) error(t)"] =
        "threw a table whose __tostring threw a value that is no text (table)",
      ["coroutine.wrap(function() error(404) end)()"] = "404",
    } do
      assert.equal(text, failing(code), code)
    end
  end)

  it("has its value in the log, and in the traceback", function()
    local log = logged('fields = { { name = "x.y", type = "string", desc = "-", extract = function() error(404) end } }',
      function(state) state:extract(support.event "", "x.y") end)
    given.holds(log[1].message, "field x.y: 404\n\tstack traceback:\n\t[C]: in function 'error'")
  end)

  it("whose __tostring does not end is stopped", function()
    local library = assert(support.load_script(source [[init = function()
      error(setmetatable({}, { __tostring = function() while true do pcall(error) end end })) end]]))
    local _, message = library:init '{"lure": {"time": 0.1}}'
    given.holds(message, "init: threw a table whose __tostring failed: ", "stopped after 0.1 s")
  end)

  it("whose __tostring takes all memory is one, too", function()
    local library = assert(support.load_script(source [[init = function()
      error(setmetatable({}, { __tostring = function() return ("x"):rep(1 << 26) end })) end]]))
    local _, message = library:init '{"lure": {"memory": 10000000}}'
    given.holds(message, "init: ", "not enough memory")
  end)
end)
