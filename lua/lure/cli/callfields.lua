-- callfields: what evt.* has in events of the kernel beside what it has in all; see eventfields.lua.
--
-- Each function takes the view and the event and answers a value, as libsinsp's outputs print it, or nil.

local paths = require "lure.capture.paths"
local eventdescriptor = require "lure.cli.eventdescriptor"
local kernelfacts = require "lure.cli.kernelfacts"
local kernelparams = require "lure.cli.kernelparams"
local kerneltext = require "lure.cli.kerneltext"
local text = require "lure.cli.text"
local threads = require "lure.cli.threads"

local callfields = {}

local NO_FACTS <const> = {}

local function facts_of(view) return kernelfacts.of(view.kernel.code) or NO_FACTS end

-- Types come in pairs, the exit of a system call behind its enter.
local function is_exit(view) return view.captured.code % 2 == 1 end

-- ---- types ----

-- Calls without a type of their own have one in common; the first parameter tells which one it was.
function callfields.type(view)
  if view.kernel.symbol ~= "PPME_GENERIC_X" then return view.kernel.name end
  local number = kernelparams.value(view.captured, 1)
  return number and kernelfacts.syscall(number) or view.kernel.name
end

function callfields.syscall(view) return facts_of(view).is_syscall and callfields.type(view) or nil end

local META = {}
for name in ([[ drop scapevent container procinfo cpu_hotplug k8s tracer mesos notification infra useradded userdeleted
  groupadded groupdeleted ]]):gmatch "%S+" do META[name] = true end

-- Events that no system call has made, and no thread: hosts count them among async ones. nil: it is none.
function callfields.meta_type(view) return META[view.kernel.name] and view.kernel.name or nil end

-- By the kind of descriptor, for calls that read, write or else use any.
local KINDS = { file = "file", directory = "file", ipv4 = "net", ipv6 = "net", pipe = "ipc", unix = "ipc",
  event = "ipc", signalfd = "ipc", inotify = "ipc", userfaultfd = "ipc" }

function callfields.category(view)
  local category = facts_of(view).category
  if category ~= "read" and category ~= "write" and category ~= "io" then return category end
  local descriptor = eventdescriptor.find(view)
  return descriptor and KINDS[threads.kind_of(descriptor)] or "unknown"
end

-- ---- results ----

local function has_result(view)
  return is_exit(view) and facts_of(view).is_syscall and view.captured.count > 0
    and view.kernel.symbol ~= "PPME_GENERIC_X"
end

-- What a system call returned; nil: the event tells nothing of it.
function callfields.result(view)
  if not has_result(view) then return nil end
  local bytes = kernelparams.bytes(view.captured, 1)
  return (#bytes == 4 or #bytes == 8) and ("<i" .. #bytes):unpack(bytes) or 0
end

function callfields.result_text(view)
  local result = callfields.result(view)
  return result and (result >= 0 and "SUCCESS" or kerneltext.shown(view, 1))
end

function callfields.failed(view)
  local result = callfields.result(view)
  return result and result < 0
end

-- ---- counts ----

function callfields.error_count(view)
  local failed = callfields.failed(view)
  if failed ~= nil then return failed and 1 or 0 end
end

local OPENS = { PPME_SYSCALL_OPEN_X = true, PPME_SYSCALL_CREAT_X = true, PPME_SYSCALL_OPENAT_2_X = true,
  PPME_SYSCALL_OPENAT2_X = true, PPME_SYSCALL_OPEN_BY_HANDLE_AT_X = true }
local CONNECTS = { PPME_SOCKET_ACCEPT_5_X = true, PPME_SOCKET_ACCEPT4_6_X = true, PPME_SOCKET_CONNECT_X = true }

-- "file", "net", or nil for other descriptors; without one by the call.
local function error_kind(view)
  local descriptor = eventdescriptor.find(view)
  local symbol = view.kernel.symbol
  if not descriptor then return OPENS[symbol] and "file" or CONNECTS[symbol] and "net" or nil end
  local kind = threads.kind_of(descriptor)
  return (kind == "file" or kind == "directory") and "file"
    or (kind == "ipv4" or kind == "ipv6" or kind == "unix") and "net" or nil
end

function callfields.error_count_file(view)
  return error_kind(view) == "file" and callfields.error_count(view) or nil
end

function callfields.error_count_net(view)
  return error_kind(view) == "net" and callfields.error_count(view) or nil
end

function callfields.error_count_memory(view)
  return facts_of(view).category == "memory" and callfields.error_count(view) or nil
end

function callfields.error_count_other(view)
  if error_kind(view) then return nil end
  local is_memory = facts_of(view).category == "memory" and not eventdescriptor.find(view)
  return not is_memory and callfields.error_count(view) or nil
end

function callfields.exit_count(view) return is_exit(view) and 1 or nil end

-- ---- input and output ----

function callfields.is_io(view) return (facts_of(view).reads or facts_of(view).writes) == true end

function callfields.is_io_read(view) return facts_of(view).reads == true end

function callfields.is_io_write(view) return facts_of(view).writes == true end

function callfields.io_direction(view)
  local facts = facts_of(view)
  return facts.writes and "write" or facts.reads and "read" or nil
end

function callfields.is_wait(view) return facts_of(view).waits == true end

function callfields.is_syslog(view)
  local descriptor = facts_of(view).writes and eventdescriptor.find(view)
  return descriptor and descriptor.name:find("/dev/log", 1, true) ~= nil or false
end

function callfields.buffer_length(view)
  local category = facts_of(view).category
  if category ~= "read" and category ~= "write" and category ~= "io" then return nil end
  local result = is_exit(view) and eventdescriptor.find(view) and callfields.result(view)
  return result and result >= 0 and result or nil
end

-- ---- what was opened ----

-- Where an exit has the flags, and the mode.
local FLAGS = { PPME_SYSCALL_OPEN_X = 3, PPME_SYSCALL_OPEN_BY_HANDLE_AT_X = 3, PPME_SYSCALL_OPENAT_2_X = 4,
  PPME_SYSCALL_OPENAT2_X = 4 }
local MODE = { PPME_SYSCALL_OPEN_X = 4, PPME_SYSCALL_OPENAT_2_X = 5, PPME_SYSCALL_OPENAT2_X = 5 }

local EXECUTABLE <const> = 0x49 -- by owner, group, others: 0111

local function number_at(view, number)
  local value = number and kernelparams.value(view.captured, number)
  return math.type(value) == "integer" and value or 0
end

local function has_flag(view, name)
  local at = FLAGS[view.kernel.symbol]
  return at ~= nil and number_at(view, at) & kernelfacts.flag("file_flags", name) ~= 0
end

function callfields.is_open_read(view) return has_flag(view, "O_RDONLY") end

function callfields.is_open_write(view) return has_flag(view, "O_WRONLY") end

function callfields.is_open_create(view)
  return has_flag(view, "O_F_CREATED") or has_flag(view, "O_TMPFILE") and callfields.failed(view) == false
end

function callfields.is_open_exec(view)
  if view.kernel.symbol == "PPME_SYSCALL_CREAT_X" then return number_at(view, 3) & EXECUTABLE ~= 0 end
  if not (has_flag(view, "O_TMPFILE") or has_flag(view, "O_CREAT")) then return false end
  return number_at(view, MODE[view.kernel.symbol]) & EXECUTABLE ~= 0
end

-- ---- paths ----

-- The directory and the path of calls that have both: where the kernel looked, or where it put something.
local PATHS = {
  PPME_SYSCALL_RENAMEAT_X = { source = { "olddirfd", "oldpath" }, target = { "newdirfd", "newpath" } },
  PPME_SYSCALL_RENAMEAT2_X = { source = { "olddirfd", "oldpath" }, target = { "newdirfd", "newpath" } },
  PPME_SYSCALL_LINKAT_2_X = { source = { "olddir", "oldpath" }, target = { "newdir", "newpath" } },
  PPME_SYSCALL_SYMLINKAT_X = { any = { "linkdirfd", "linkpath" } },
  PPME_SYSCALL_OPENAT_2_X = { any = { "dirfd", "name" } },
  PPME_SYSCALL_OPENAT2_X = { any = { "dirfd", "name" } },
  PPME_SYSCALL_UNLINKAT_2_X = { any = { "dirfd", "name" } },
  PPME_SYSCALL_MKDIRAT_X = { any = { "dirfd", "path" } },
  PPME_SYSCALL_FCHMODAT_X = { any = { "dirfd", "filename" } },
  PPME_SYSCALL_FCHOWNAT_X = { any = { "dirfd", "pathname" } },
}

local function value_named(view, name)
  local number = kernelparams.number_of(view.kernel, name)
  return number and kernelparams.value(view.captured, number)
end

-- `which`: "source" or "target".
function callfields.absolute_path(view, _, which)
  local tid = view.threads and view.captured.thread
  if not tid then return nil end
  if view.kernel.symbol == "PPME_SYSCALL_OPEN_BY_HANDLE_AT_X" then
    return callfields.result(view) > 0 and paths.join("", value_named(view, "path") or "") or nil
  end
  local row = PATHS[view.kernel.symbol]
  local names = row and (row.any or row[which])
  if not names then return nil end
  local directory, path = value_named(view, names[1]), value_named(view, names[2])
  if not directory or not path then return nil end
  return view.threads:absolute(tid, directory, path) or paths.join("<UNKNOWN>/", path)
end

-- ---- parameters as they are ----

local SIGNED = { int8 = true, int16 = true, int32 = true, int64 = true, pid = true, fd = true, errno = true,
  pid32 = true, fd32 = true }
local UNSIGNED = { uint8 = true, uint16 = true, uint32 = true, uint64 = true, flags8 = true, flags16 = true,
  flags32 = true, enumflags8 = true, enumflags16 = true, enumflags32 = true, uid = true, gid = true, reltime = true,
  abstime = true, port = true, mode = true }
local TEXTS = { charbuf = true, fspath = true, fsrelpath = true }

-- How conditions compare evt.rawarg of that name; nil and why they do not.
function callfields.raw_type(name)
  local kind = kernelparams.type_of(name)
  if not kind then return nil, ('no event has a parameter "%s"'):format(name) end
  if SIGNED[kind] then return "int64" end
  if UNSIGNED[kind] then return "uint64" end
  if TEXTS[kind] then return "string" end
  if kind == "bytebuf" then return "bytes" end
  return nil, ("the parameter %s is a %s, of which hosts compare and print no raw value; use evt.arg.%s"):format(name,
    kind, name)
end

-- The bytes of a parameter and its type; nil: the event has none.
local function raw(view, name)
  local number = kernelparams.number_of(view.kernel, name)
  local bytes = number and kernelparams.bytes(view.captured, number)
  local parameter = bytes and bytes ~= "" and view.kernel.parameters[number]
  if parameter and (parameter.size == 0 or parameter.size == #bytes) then return bytes, parameter.type, number end
end

-- What conditions compare.
function callfields.raw_value(view, name)
  local bytes, kind = raw(view, name)
  if not bytes then return nil end
  if SIGNED[kind] then return (("<i" .. #bytes):unpack(bytes)) end
  if UNSIGNED[kind] then return (("<I" .. #bytes):unpack(bytes)) end
  return TEXTS[kind] and bytes:match "^[^\0]*" or kind == "bytebuf" and bytes or nil
end

-- What outputs print.
function callfields.raw_text(view, name)
  local bytes, kind, number = raw(view, name)
  if not bytes then return nil end
  if kind == "bytebuf" then return text.bytes(bytes) end
  local value = callfields.raw_value(view, name)
  if math.type(value) ~= "integer" then return value end
  local about = facts_of(view).parameters[number] or NO_FACTS
  if about.form == "hex" then return ("%X"):format(UNSIGNED[kind] and value or ("<I" .. #bytes):unpack(bytes)) end
  if about.form == "oct" then return ("%o"):format(value) end
  return SIGNED[kind] and tostring(value) or text.digits(value)
end

return callfields
