-- Ways in which a script can make the process grow. Each is what the field g.f does when the payload is "much", or, with
-- `rest`, something else in the script, and then `drive(state, host, note)` makes the calls; `note` keeps errors.
-- `files`: it opens very many, which stock Lua does not charge. `api`: only under that one. `fits`: it is within the limit, and is no error.
local TEXT = [[local text = ("x"):rep(1 << 20); ]]
local HALF = [[local half = ("x"):rep(12 << 20); ]] -- then the rest fills sooner

--- All events of a source, up to its end or an error. Returns the memory that lure.host has taken for them.
local function read(state, _, note)
  local instance = state:open()
  local most, before = 0, collectgarbage "count"
  for _ = 1, 300 do
    local rc, _, message = instance:next_batch()
    most = math.max(most, collectgarbage "count" - before)
    note(message)
    for _, line in ipairs(state:log()) do note(line.message) end
    if rc == "eof" or rc == "failure" then break end
  end
  instance:close()
  return math.floor(most * 1024)
end

--- So many names of a field with different arguments of 7000 bytes, made before anything is measured.
local function names(format, count)
  local all = {}
  for i = 1, count do all[i] = format:format(i, ("x"):rep(7000)) end
  return all
end

local function source(code)
  return ([[open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1; %s end,
    batch = { events = 1000000, bytes = 1000000000, milliseconds = 100 },]]):format(code)
end

local function list(type, value, fits)
  return { rest = ([[{ name = "g.list", type = "%s", list = true, desc = "-", extract = function(v)
    %s local list = {}; for i = 1, 300000 do list[i] = %s end; return list end },]]):format(type, TEXT, value),
    drive = function(state, host, note)
      note(select(2, state:extract_raw(host.event { data = "list", num = 1 }, "g.list")))
    end, as = "fields", fits = fits, api = 3 }
end

return {
  -- Lua's own memory
  ["a long string"] = { [[return ("x"):rep(1 << 30)]] },
  ["a string that doubles"] = { [[local s = "x"; while true do s = s .. s end]] },
  ["small tables"] = { [[local t = {}; for i = 1, math.huge do t[i] = {} end]] },
  ["tables of one"] = { HALF .. [[local t = {}; for i = 1, math.huge do t[i] = { i } end]] },
  ["short strings"] = { HALF .. [[local t = {}; for i = 1, math.huge do t[i] = "s" .. i end]] },
  ["long strings"] = { [[local t = {}; for i = 1, math.huge do t[i] = ("x"):rep(1000 + i % 500) end]] },
  ["strings of 100 KB"] = { [[local t = {}; for i = 1, math.huge do t[i] = ("x"):rep(100000 + i) end]] },
  ["strings of 140 KB"] = { [[local t = {}; for i = 1, math.huge do t[i] = ("x"):rep(140000 + i) end]] },
  ["a hash"] = { HALF .. [[local t = {}; for i = 1, math.huge do t["k" .. i] = true end]] },
  ["an array"] = { [[local t = {}; for i = 1, math.huge do t[i] = i end]] },
  ["closures"] = { HALF .. [[local t = {}; for i = 1, math.huge do t[i] = function() return i end end]] },
  ["coroutines"] = { [[local t = {}; for i = 1, math.huge do t[i] = coroutine.create(function() end) end]] },
  ["stacks of coroutines"] = { [[local t = {}
    local function deep(n) if n == 0 then coroutine.yield() else deep(n - 1) end; return n end
    for i = 1, math.huge do t[i] = coroutine.create(deep); coroutine.resume(t[i], 1000) end]] },
  ["a table that shrinks where there is no room"] = { [[local big, full = {}, {}
    for i = 1, 1 << 17 do big[i] = i end
    for i = 32, 1 << 17 do big[i] = nil end
    local function fill(text) full = { full, text and text .. #full } end
    for _, size in ipairs { 1000000, 10000, 1000 } do
      local text = ("x"):rep(size)
      while pcall(fill, text) do end
    end
    for _ = 1, 20 do pcall(fill) pcall(rawset, big, "x", 1) end
    return "done"]], fits = true },
  ["a deep stack"] = { [[local t = {}; for i = 1, 400000 do t[i] = i end
    return select("#", table.unpack(t)) > 0 and "done"]], fits = true },
  ["code"] = { [[local t, text = {}, "return " .. ("x + "):rep(10000) .. "1"
    for i = 1, math.huge do t[i] = assert(load(text)) end]], text = "not enough memory" },
  ["upvalues"] = { HALF .. [[local f = function() return 1 end; while true do local g = f; f = function() return g() end end]] },
  ["concat"] = { TEXT .. [[local t = {}; for i = 1, 100 do t[i] = text end; return table.concat(t)]] },
  ["gsub"] = { TEXT .. [[return (text:gsub("x", text))]] },
  ["format"] = { TEXT .. [[local t = {}; for i = 1, 100 do t[i] = text end
    return ("%s"):rep(100):format(table.unpack(t))]] },
  ["pack"] = { [[return ("s4"):rep(90):pack(table.unpack((function() local t = {}; local text = ("x"):rep(1 << 20)
    for i = 1, 90 do t[i] = text end; return t end)()))]] },
  ["sizes that change"] = { [[for size = 16, 520, 56 do local t = {}
    for i = 1, 12000000 // (size + 48) do t[i] = ("x"):rep(size - i % 8) end end return "done"]], fits = true },
  ["holes between small blocks"] = { [[local t = {}
    for size = 40, 500, 90 do
      local all = {}
      for i = 1, 5000000 // (size + 40) do all[i] = ("x"):rep(size) .. i end
      for i = 1, #all, 64 do t[#t + 1] = all[i] end
    end return "done"]], fits = true },
  -- lure's functions
  ["JSON read"] = { [[local text = "[" .. ("[],"):rep(2000000) .. "1]"; return lure.json.decode(text)]] },
  ["documents"] = { HALF .. [[local t = {}; for i = 1, math.huge do t[i] = lure.json.parse('{"a":{"b":[1,2,3]}}').a end]] },
  ["JSON written"] = { TEXT .. [[local t = {}; for i = 1, 100 do t[i] = text end; return lure.json.encode(t)]] },
  ["an error's text"] = { [[error(("x"):rep(20 << 20))]] },
  ["an error's text of 1 MB"] = { [[error(("x"):rep(1 << 20))]], text = "xxx" },
  ["an error's text with controls"] = { [[error(("\1"):rep(1 << 20))]], text = "\\x01" },
  ["an error's __tostring"] = { [[error(setmetatable({}, { __tostring = function() return ("x"):rep(1 << 30) end }))]] },
  ["a log line"] = { [[lure.log.error(("x"):rep(10 << 20)) return "done"]], fits = true },
  ["a log line with controls"] = { [[lure.log.error(("\1"):rep(1 << 20)) return "done"]], fits = true },
  ["paths that are too long"] = { [[for i = 1, 4 do loadfile(("x"):rep(10 << 20)) end return "done"]], fits = true },
  ["the text of files"] = { [[local name = os.tmpname()
    local file = assert(io.open(name, "w")); file:write((" "):rep(10 << 20)); file:close()
    for i = 1, 10 do os.rename(name, name .. i); name = name .. i
      local f, why = loadfile(name)
      if not f then os.remove(name); error(why) end
    end]], text = "not enough memory for the files of the script" },
  ["open files"] = { [[local t = {}; for i = 1, math.huge do t[i] = assert(io.open("/dev/zero")); t[i]:read(1) end]], files = true },
  ["files that are forgotten"] = { [[for i = 1, 20000 do io.open("/dev/zero"):read(1) end return "done"]], files = true, fits = true },
  ["a line of a file"] = { [[local name = os.tmpname()
    local file = assert(io.open(name, "w")); for _ = 1, 60 do file:write(("x"):rep(1 << 20)) end; file:close()
    file = io.open(name); os.remove(name)
    return file:read("l")]] },
  -- values of fields
  ["a list of one text"] = list("string", "text"),
  ["a list of numbers"] = { [[local list = {}; for i = 1, 100000 do list[i] = i end; return "done"]], fits = true },
  ["a list of addresses"] = list("ipaddr", "'::' .. i % 9", true),
  ["a long value"] = { [[return ("x"):rep(12 << 20)]], fits = true },
  ["a list by a path"] = { rest = [[{ name = "g.path", type = "string", list = true, desc = "-", path = "/a" },]], as = "fields",
    prepare = function(host) return host.event { data = '{"a":[' .. ("1,"):rep(3000000) .. "1]}", num = 1 } end,
    drive = function(state, _, note, event) note(select(2, state:extract_raw(event, "g.path"))) end, api = 3 },
  ["arguments"] = { rest = [[{ name = "g.arg", type = "string", desc = "-", arg = { key = true }, extract = function(v, arg)
    return arg end },]], as = "fields", fits = true,
    prepare = function(host)
      return { event = host.event { data = 'arg', num = 1 }, names = names("g.arg[%d%s]", 6000) }
    end,
    drive = function(state, _, _, given)
      for _, name in ipairs(given.names) do state:extract_raw(given.event, name) end
    end },
  ["paths as arguments"] = { rest = [[{ name = "g.arg", type = "string", desc = "-", arg = { key = true }, path = lure.ARG },]],
    as = "fields", fits = true,
    prepare = function(host)
      return { event = host.event { data = '{"a":1}', num = 1 }, names = names("g.arg[/%d%s]", 4000) }
    end,
    drive = function(state, _, _, given)
      for _, name in ipairs(given.names) do state:extract_raw(given.event, name) end
    end },
  ["a text for the host"] = { rest = [[to_string = function() return ("\xff"):rep(9 << 20) end,]],
    drive = function(state, host, note)
      note(select(2, state:to_string(host.event { data = "e", num = 1 })))
      note(state:last_error())
    end },
  -- sources
  ["one payload"] = { rest = source [[return i.n < 5 and ("x"):rep(14 << 20) or nil]] .. " batch = { events = 1 },",
    drive = read, fits = true }, -- of a batch: a second one beside it would be too much on a quick machine
  ["a list of payloads"] = { rest = source(TEXT .. [[local t = {}; for k = 1, 60 do t[k] = text end
    return i.n == 1 and t or nil]]), drive = read, fits = true },
  ["many payloads"] = { rest = source [[return i.n < 200000 and i.n or nil]], drive = read, fits = true },
  ["many payloads without a call"] = { rest = [[batch = { events = 1000000, bytes = 1000000000, milliseconds = 100 },
    open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1; if i.n < 200000 then return i.n end end,]],
    drive = read, fits = true },
  ["a payload that does not fit"] = { rest = source [[if i.n == 1 then i.full = ("x"):rep(20 << 20); return i.full end
    return i.n < 4 and "after" or nil]], drive = read },
  ["progress"] = { rest = source [[return nil]] .. [[progress = function() return 0, ("\xff"):rep(9 << 20) end,]],
    drive = function(state, _, note)
      local instance = state:open()
      instance:progress()
      note(state:last_error())
      instance:close()
    end },
  ["suggestions"] = { rest = source [[return nil]] .. [[open_params = function() local t = {}
    local s = { value = ("x"):rep(100000), desc = "d" }; for i = 1, 1000 do t[i] = s end; return t end,]],
    drive = function(state, _, note) note(select(2, state:open_params())) note(state:last_error()) end },
  ["a YAML file"] = { [[local name = os.tmpname()
    local file = assert(io.open(name, "w")); file:write('a: "', ("x"):rep(12 << 20), '"'); file:close()
    local ok, why = pcall(lure.file.lookup, name, { format = "yaml" })
    os.remove(name)
    return ok and "done" or error(why)]] },
  ["patterns of files"] = { [[local t, pattern = {}, ("x"):rep(1 << 20) .. "*"
    for i = 1, 100 do t[i] = { lure.file.tail(pattern) } end]] },
  ["patterns"] = { [[local patterns = {}; for n = 1, math.huge do
    patterns[n] = require "lure".regex.compile("(a|b)*" .. n) patterns[n]:test "abc" end]] },
  ["a match that backtracks"] = { [[local pattern, text = require "lure".regex.compile "^(?:(a)|b)*$", "ab"
    while true do text = text .. text pattern:test(text .. "c") end]] },
  ["windows"] = { [[local windows = {}; for n = 1, math.huge do windows[n] = require "lure".window(1e9)
    for i = 1, 50000 do windows[n]:add(i, i, i) end end]] },
  ["a window"] = { [[local window = require "lure".window(1e9, { keys = 1000000, events = 10000000 })
    for i = 1, math.huge do window:add(i % 500000, -i, i) end]] },
  -- what only the plugin API 3 has
  ["a state table"] = { [[for i = 1, math.huge do t:add(i, {}) end]], tables = true, api = 3 },
  ["texts in a state table"] = { TEXT .. [[for i = 1, math.huge do t:add(i, { s = text }) end]], tables = true, api = 3 },
  ["overwritten texts"] = { TEXT .. [[local e = t:add(1); for i = 1, math.huge do e.s = text end]], tables = true, api = 3 },
  ["tables in entries"] = { [[for i = 1, math.huge do t:add(i); local e = t:get(i); e.sub:add(1) end]], tables = true, api = 3 },
  ["iterations over a state table"] = { [[for i = 1, 20000 do t:add(i) end
    local function again(n) t:each(function() again(n + 1); return false end) end; again(1)]], tables = true, api = 3, text = "" },
  ["a state table beside garbage"] = { [[for i = 1, 200000 do t:add(i % 100, { s = ("x"):rep(2000) .. i }) end return "done"]],
    tables = true, api = 3, fits = true },
  ["metrics"] = { rest = [[metrics = function() local t = {}
    for i = 1, math.huge do t[i] = { name = ("m"):rep(190) .. i, value = 1 } end; return t end,]], api = 3,
    drive = function(state, _, note)
      state:metrics()
      for _, line in ipairs(state:log()) do note(line.message) end
    end },
  ["an async event"] = { rest = [[async_events = { "a" }, async_event_sources = { "g" },
    dump_state = function(emit) local text = ("\xff"):rep(9 << 20); local ok, why = emit("a", text)
      assert(ok, why) end,]], api = 3,
    drive = function(state, _, note) note(select(2, state:dump_state())) end },
  ["calls at intervals"] = { rest = [[capture_open = function(capture) for i = 1, math.huge do
    capture:every(3600, function() end) end end,]], api = 3,
    drive = function(state, _, note) note(select(2, state:capture_open())) end, text = "every: " },
}
