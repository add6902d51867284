-- kerneltext: parameters of events of the kernel as hosts print them: a number, and what it means.
--
--   local plain, meaning = kerneltext.parameter(view, number)      "3", "<f>/etc/passwd"; "4097", "O_RDONLY|O_CLOEXEC"
--                                                                  meaning "": there is none; nil: the event has fewer
--   kerneltext.shown(view, number)       the meaning, or what is plain; nil: the event has fewer parameters
--   kerneltext.all(view)                 "fd=3(<f>/etc/passwd) name=/etc/passwd flags=4097(O_RDONLY|O_CLOEXEC)"
--
-- `view` is that of an event of a capture (view.lua). Descriptors and processes are those that its `threads`
-- (threads.lua) know after the event was seen.

local paths = require "lure.capture.paths"
local sockets = require "lure.capture.sockets"
local kernelfacts = require "lure.cli.kernelfacts"
local kernelparams = require "lure.cli.kernelparams"
local kinds = require "lure.cli.threads"
local text = require "lure.cli.text"

local kerneltext = {}

local AT_FDCWD = -100
local NO_ID = 0xFFFFFFFF
local SECOND = 1000000000

-- ---- numbers ----

-- C prints these of libsinsp's with a sign, also those that have none.
local function signed(bytes) return (("<i" .. #bytes):unpack(bytes)) end

local function unsigned(bytes) return (("<I" .. #bytes):unpack(bytes)) end

-- `form`: nil, "hex", "oct" or "padded" to nine digits
local function number_text(bytes, form)
  if form == "hex" then return ("%X"):format(unsigned(bytes)) end
  if form == "padded" then return ("%09d"):format(signed(bytes)) end
  if form ~= "oct" then return tostring(signed(bytes)) end
  local digits = ("%o"):format(unsigned(bytes))
  return digits == "0" and digits or "0" .. digits
end

local function plain_number(bytes, context) return number_text(bytes, context.form), "" end

-- ---- names of flags ----

-- Bits that were named are not named again; a flag without bits is named only where there are none.
local function flag_names(value, flags)
  local names, rest = {}, value
  for _, flag in ipairs(flags) do
    local bits = flag[2]
    if bits == 0 and value == 0 or bits ~= 0 and rest & bits == bits then
      names[#names + 1], rest = flag[1], rest & ~bits
      if bits == value then break end
    end
  end
  return table.concat(names, "|")
end

local function equal_names(value, flags)
  local names = {}
  for _, flag in ipairs(flags) do
    if flag[2] == value then names[#names + 1] = flag[1] end
  end
  return table.concat(names, "|")
end

local NONE <const> = {}

local function flags(bytes, context)
  local value = unsigned(bytes)
  return tostring(value), flag_names(value, context.names or NONE)
end

local function enumeration(bytes, context)
  local value = unsigned(bytes)
  return tostring(value), equal_names(value, context.names or NONE)
end

local function mode(bytes, context)
  return number_text(bytes, context.form), flag_names(unsigned(bytes), context.names or NONE)
end

-- ---- processes and descriptors ----

local function error_name(number) return number < 0 and kernelfacts.error(-number) or "" end

local function descriptor(bytes, context)
  local fd, threads = signed(bytes), context.view.threads
  local plain = tostring(fd)
  if not (threads and context.tid) then return plain, "" end
  if fd == AT_FDCWD then return plain, "AT_FDCWD" end
  if fd < 0 then return plain, error_name(fd) end
  local known = threads:descriptor(context.tid, fd)
  return plain, known and ("<%s>%s"):format(kinds.type_of(known), known.name) or ""
end

local function process(bytes, context)
  local tid, threads = signed(bytes), context.view.threads
  return tostring(tid), threads and threads:has(tid) and threads:read(tid, "comm") or ""
end

local function list_of_descriptors(bytes, context)
  local threads, parts = context.view.threads, {}
  if #bytes < 2 then return "", "" end
  local count, at = ("<I2"):unpack(bytes)
  for i = 1, count do
    if at + 9 > #bytes then break end
    local fd, bits
    fd, bits, at = ("<i8i2"):unpack(bytes, at)
    local known = threads and context.tid and threads:descriptor(context.tid, fd)
    parts[i] = ("%s:%s%x"):format(text.digits(fd), known and kinds.letter_of(known) or "?", bits & NO_ID)
  end
  return table.concat(parts, " "), ""
end

-- ---- texts ----

local function text_of(bytes) return (bytes:match "^[^\0]*") end

local function plain_text(bytes) return text_of(bytes), "" end

-- A path that is not absolute also as one that is, by the directory of the thread or of the parameter that has one.
local function path(bytes, context)
  local plain, threads = text_of(bytes), context.view.threads
  if plain == "" or plain == "<NA>" or plain:sub(1, 1) == "/" then return plain, "" end
  if not (threads and context.tid) then return plain, "" end
  local from = context.directory and kernelparams.value(context.view.captured, context.directory) or AT_FDCWD
  return plain, threads:absolute(context.tid, from, plain, "") or paths.join("", plain)
end

local function some_bytes(bytes) return text.bytes(bytes), "" end

-- ---- addresses ----

local function shown_end(address) return ("%s:%d"):format(address.ip, address.port) end

local function address(_, context)
  local value = kernelparams.value(context.view.captured, context.number)
  if type(value) ~= "table" then return "INVALID SOCKADDR", "" end
  if value.ip then return shown_end(value), "" end
  return value.path or ("family %s"):format(value.family), ""
end

local function tuple(bytes, context)
  if type(kernelparams.value(context.view.captured, context.number)) ~= "table" then return "INVALID SOCKTUPLE", "" end
  return sockets.tuple_text(bytes), ""
end

-- ---- times, users, signals ----

local function duration(bytes)
  if bytes == ("\xFF"):rep(8) then return "none", "" end
  local plain = text.digits(unsigned(bytes))
  return plain, ("%gs"):format(tonumber(plain) / SECOND)
end

local function moment(bytes)
  local ts = unsigned(bytes)
  return os.date("%Y-%m-%d %H:%M:%S.", ts // SECOND) .. ("%09d"):format(ts % SECOND), ""
end

-- A "user" or "group" with its name.
local function member(what)
  return function(bytes, context)
    local id, state = unsigned(bytes), context.view.captured.state
    if id == NO_ID then return "-1", "<NONE>" end
    local entry = state and state.users:find(what, id)
    if entry and entry.name ~= "" then return tostring(signed(bytes)), paths.printable(entry.name) end
    return tostring(signed(bytes)), id == 0 and "root" or "<NA>"
  end
end

local function signal(bytes) return tostring(unsigned(bytes)), kernelfacts.signal(unsigned(bytes)) or "" end

local function signals(bytes)
  local set, names = unsigned(bytes), {}
  for number = 1, 32 do
    if set & 1 << number - 1 ~= 0 then names[#names + 1] = kernelfacts.signal(number) end
  end
  return table.concat(names, " "), ""
end

local function syscall(bytes)
  local name = kernelfacts.syscall(unsigned(bytes))
  if not name then return "<unknown syscall>", "" end
  return tostring(unsigned(bytes)), name
end

local function result(bytes) return tostring(signed(bytes)), error_name(signed(bytes)) end

-- ---- by type ----

local writers = {
  fd = descriptor, fd32 = descriptor, pid = process, pid32 = process, fdlist = list_of_descriptors,
  errno = result, syscallid = syscall, sigtype = signal, sigset = signals, reltime = duration, abstime = moment,
  uid = member "user", gid = member "group", mode = mode, charbuf = plain_text, fspath = path, fsrelpath = path,
  bytebuf = some_bytes, sockaddr = address, socktuple = tuple,
}
for _, size in ipairs { 8, 16, 32, 64 } do
  writers["int" .. size], writers["uint" .. size] = plain_number, plain_number
  writers["flags" .. size], writers["enumflags" .. size] = flags, enumeration
end

-- What libsinsp prints for a parameter of no bytes, where it is not "<NA>".
local EMPTY = { bytebuf = "NULL", socktuple = "NULL", fdlist = "NULL", charbufarray = "NULL", charbufpairs = "NULL" }

-- Those that have a type in their first byte, or are known only inside of hosts.
local function other(view, number)
  local value = kernelparams.plain(view.captured, number)
  return value or "<NA>", ""
end

function kerneltext.parameter(view, number)
  local captured = view.captured
  local bytes, parameter = kernelparams.bytes(captured, number), view.kernel.parameters[number]
  if not (bytes and parameter) then return nil end
  if bytes == "" then return EMPTY[parameter.type] or parameter.type:find "^dyn" and "NULL" or "<NA>", "" end
  local write = writers[parameter.type]
  if not write or parameter.size > 0 and parameter.size ~= #bytes then return other(view, number) end
  local facts = kernelfacts.of(captured.code)
  local about = facts and facts.parameters[number] or NONE
  return write(bytes, { view = view, number = number, tid = captured.thread, form = about.form, names = about.names,
    directory = about.directory })
end

function kerneltext.shown(view, number)
  local plain, meaning = kerneltext.parameter(view, number)
  return meaning ~= "" and meaning or plain
end

function kerneltext.all(view)
  if view.kernel.symbol == "PPME_GENERIC_X" then return "" end -- its parameters are the host's own
  local parts = {}
  for number, parameter in ipairs(view.kernel.parameters) do
    local plain, meaning = kerneltext.parameter(view, number)
    if not plain then break end
    parts[number] = ("%s=%s%s"):format(parameter.name, plain, meaning ~= "" and "(" .. meaning .. ")" or "")
  end
  return table.concat(parts, " ")
end

kerneltext.error_name = error_name

return kerneltext
