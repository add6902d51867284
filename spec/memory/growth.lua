-- growth.lua LIBRARY API NAME MEMORY PARTS: in a process of its own, lets the script NAME of growths.lua grow, and writes
-- what the process has grown by at most, in bytes; an error is "wrong: …".
local host = require "lure.host"

local library_path, api, name, memory = arg[1], tonumber(arg[2]), arg[3], tonumber(arg[4])
local parts = assert(package.loadlib(arg[5], "luaopen_memoryparts"))()
local growth = dofile((arg[0]:gsub("growth%.lua$", "growths.lua")))[name]
local path = os.tmpname()

local SCRIPT = [[local lure = require "lure"
%s
return { name = "g", id = 999, version = "0.1.0", event_source = "g", %s
  fields = { { name = "g.f", type = "string", desc = "-", extract = function(v) if v ~= "much" then return v end
    %s end }, %s },
  %s }]]

local TABLES = [[tables = { t = { key = "int64", fields = { s = "string", sub = { key = "int64", fields = { s = "string" } } } } },
  parse_event_sources = { "g" }, parse = function() end,]]

local function script_of(given)
  return SCRIPT:format(given.tables and 'local t = lure.table "t"' or "",
    given.as ~= "fields" and given.rest and given.rest:find "next =" and "" or "next = function() end,",
    given[1] or "", given.as == "fields" and given.rest or "",
    (given.tables and TABLES or "") .. (given.as ~= "fields" and given.rest or ""))
end

local function write(text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function start(given, limit)
  write(script_of(given))
  local library, message, detail = host.load(library_path, { env = { LURE_SCRIPT = path } })
  assert(library, "load: " .. tostring(detail and detail.required_api_version or message))
  return assert(library:init(('{"lure": {"memory": %d, "time": 60, "stderr": false, "max_errors": 3}}'):format(limit),
    api == 3 and { inspector = host.inspector() } or nil))
end

local function status(key)
  for line in io.lines "/proc/self/status" do
    local kib = line:match("^" .. key .. ":%s*(%d+) kB")
    if kib then return tonumber(kib) << 10 end
  end
end

--- What the library does without growing, so that its code is in memory, and the collector's pace is known.
local function baseline()
  local state = start({ "return v" }, memory)
  for number = 1, 1000 do state:extract(host.event { data = "e" .. number, num = number }, "g.f") end
  state:destroy()
  collectgarbage()
end

baseline()
local notes, before = {}, nil
local state = start(growth, memory)
local function note(message) notes[#notes + 1] = message end
local log = os.tmpname() -- under the plugin API 0 errors of `next` are told nowhere else
local restore = host.redirect_stderr(log)

local event = growth.prepare and growth.prepare(host)
collectgarbage()
if parts.sanitized then
  parts.watch()
else
  local file = assert(io.open("/proc/self/clear_refs", "w"))
  file:write "5"
  file:close()
  before = status "VmRSS"
end
local own = 0
if growth.drive then
  own = growth.drive(state, host, note, event) or 0
else
  note(select(2, state:extract_raw(host.event { data = "much", num = 1 }, "g.f")))
end
local grown = (parts.sanitized and parts.watched() or status "VmHWM" - before) - own

restore()
local file = assert(io.open(log))
if not growth.fits then note(file:read "a") end
file:close()
os.remove(log)
local text = table.concat(notes, "\n")
local wanted = growth.text or "init_config.lure.memory"
if growth.fits and text ~= "" then
  io.write("wrong: ", text:sub(1, 300), "\n")
elseif not growth.fits and not text:find(wanted, 1, true) then
  io.write("wrong: no error names the limit: ", text:sub(1, 300), "\n")
end
for number = 2, 3 do
  local value, message = state:extract(host.event { data = "little", num = number }, "g.f")
  if value ~= "little" then io.write("wrong: the next event: ", tostring(value), " ", tostring(message), "\n") end
end
state:destroy()
os.remove(path)
io.write(grown, "\n")
