-- descriptors: the file descriptors that events of the kernel open, copy and close, as libsinsp takes them.
--
--   descriptors.handlers[symbol](event)             `event`: see state.lua
--   descriptors.base_of(thread, name, dirfd)        the directory that the path `name` begins at, as openat has it
--
-- Those of sockets are in connections.lua.

local params = require "lure.capture.params"
local paths = require "lure.capture.paths"

local has, integer, text = params.has, params.integer, params.text

local descriptors = { handlers = {} }

local handlers = descriptors.handlers

-- Types of descriptors (SCAP_FD_*); the number that one has of which nothing is known.
local DIRECTORY, PIPE, EVENT, SIGNALFD, EVENTPOLL, INOTIFY, TIMERFD, FILE = 2, 7, 9, 11, 12, 13, 14, 16
local BPF, USERFAULTFD, IO_URING, MEMFD, PIDFD, NONE = 17, 18, 19, 20, 21, 255

-- Of a descriptor's flags: the layer that a file is of.
local UPPER, LOWER = 1 << 17, 1 << 18

-- ---- files ----

-- Of open_flags (PPM_O_*, PPM_FD_*).
local IS_DIRECTORY, CLOSE_ON_EXEC, CREATED, UPPER_LAYER, LOWER_LAYER = 1 << 10, 1 << 12, 1 << 14, 1 << 15, 1 << 16

local CURRENT_DIRECTORY = -100

-- What the flags of a file tell of its layer: none of those that the system call got.
local ADDED = ~(CREATED - 1)

-- Where a relative path begins: the directory behind the number `dirfd`.
function descriptors.base_of(thread, name, dirfd)
  if name:sub(1, 1) == "/" then return "." end
  if dirfd == CURRENT_DIRECTORY then return thread:cwd() end
  local fd = thread:fd(dirfd)
  if not fd then return "<UNKNOWN>" end
  return (fd.name == "" or fd.name:sub(-1) == "/") and fd.name or fd.name .. "/"
end

-- The name that the enter event told: nobody can have changed that meanwhile.
local function of_enter(event, number)
  local name = event.enter and text(event.enter, number)
  return name ~= "<NA>" and name or nil
end

local function add_file(event, base, name, flags, dev, ino)
  if event.result < 0 then return end
  local layer = (flags & UPPER_LAYER ~= 0 and UPPER or 0) | (flags & LOWER_LAYER ~= 0 and LOWER or 0)
  event:add_fd(event.result, { type = flags & IS_DIRECTORY ~= 0 and DIRECTORY or FILE, open_flags = flags, dev = dev,
    ino = ino, name_raw = name, name = paths.join(base, name), flags = layer })
end

-- The device of a file, and its number there if the first is known.
local function device(captured, number)
  if not has(captured, number) then return 0, 0 end
  return integer(captured, number), integer(captured, number + 1)
end

function handlers.SYSCALL_OPEN_X(event)
  local captured = event.captured
  local name, flags = text(captured, 2), integer(captured, 3)
  local other = of_enter(event, 1)
  if other then name, flags = other, integer(event.enter, 2) | flags & ADDED end
  add_file(event, event.thread:cwd(), name, flags, device(captured, 5))
end

function handlers.SYSCALL_CREAT_X(event)
  local captured = event.captured
  local has_layers = has(captured, 4) and has(captured, 5)
  local layers = has_layers and integer(captured, 6) or 0 -- its flags have 16 bits only
  local flags = layers & 1 ~= 0 and UPPER_LAYER or layers & 2 ~= 0 and LOWER_LAYER or 0
  add_file(event, event.thread:cwd(), of_enter(event, 1) or text(captured, 2), flags, device(captured, 4))
end

local function openat(event, dev)
  local captured = event.captured
  local dirfd, name, flags = has(captured, 2) and integer(captured, 2), text(captured, 3), integer(captured, 4)
  local other = of_enter(event, 2)
  if other then
    name, flags = other, integer(event.enter, 3) | flags & ADDED
    dirfd = has(event.enter, 1) and integer(event.enter, 1)
  end
  local base = dirfd and descriptors.base_of(event.thread, name, dirfd) or ""
  add_file(event, base, name, flags, has(captured, dev + 1) and integer(captured, dev) or 0, integer(captured, dev + 1))
end

function handlers.SYSCALL_OPENAT_2_X(event) openat(event, 6) end
function handlers.SYSCALL_OPENAT2_X(event) openat(event, 7) end

function handlers.SYSCALL_OPEN_BY_HANDLE_AT_X(event)
  local captured = event.captured
  add_file(event, "", text(captured, 4), integer(captured, 3), integer(captured, 5), integer(captured, 6))
end

-- ---- others without a name ----

-- Of a type; its flags are the parameter `flags`, if there is one.
local function plain(type, flags)
  return function(event)
    if event.result < 0 then return end
    event:add_fd(event.result, { type = type, open_flags = flags and integer(event.captured, flags) & 0xFFFF or 0 })
  end
end

handlers.SYSCALL_EVENTFD_X, handlers.SYSCALL_EVENTFD2_X = plain(EVENT), plain(EVENT, 2)
handlers.SYSCALL_SIGNALFD_X, handlers.SYSCALL_SIGNALFD4_X = plain(SIGNALFD), plain(SIGNALFD, 2)
handlers.SYSCALL_INOTIFY_INIT_X, handlers.SYSCALL_INOTIFY_INIT1_X = plain(INOTIFY), plain(INOTIFY, 2)
handlers.SYSCALL_EPOLL_CREATE_X, handlers.SYSCALL_EPOLL_CREATE1_X = plain(EVENTPOLL), plain(EVENTPOLL)
handlers.SYSCALL_TIMERFD_CREATE_X, handlers.SYSCALL_BPF_2_X = plain(TIMERFD), plain(BPF)
handlers.SYSCALL_USERFAULTFD_X, handlers.SYSCALL_IO_URING_SETUP_X = plain(USERFAULTFD), plain(IO_URING)

local function pipe(event)
  if event.result < 0 then return end
  local captured = event.captured
  for number = 2, 3 do
    event:add_fd(integer(captured, number), { type = PIPE, ino = integer(captured, 4),
      open_flags = integer(captured, 5) })
  end
end

handlers.SYSCALL_PIPE_X, handlers.SYSCALL_PIPE2_X = pipe, pipe

-- libsinsp adds one to the table although the call has failed: by the error's number, of no type.
function handlers.SYSCALL_MEMFD_CREATE_X(event)
  local fd = { type = NONE }
  if event.result >= 0 then
    fd = { type = MEMFD, name = text(event.captured, 2), open_flags = integer(event.captured, 3) }
  end
  event:add_fd(event.result, fd)
end

function handlers.SYSCALL_PIDFD_OPEN_X(event)
  local fd, pid = { type = NONE }, integer(event.captured, 2)
  if event.result >= 0 then
    fd = { type = PIDFD, name = ("/proc/%d"):format(pid), open_flags = integer(event.captured, 3), pid = pid }
  end
  event:add_fd(event.result, fd)
end

function handlers.SYSCALL_PIDFD_GETFD_X(event)
  local pidfd = event.thread:fd(integer(event.captured, 2))
  local owner = pidfd and pidfd.type == PIDFD and event.threads:find(pidfd.pid)
  local fd = owner and owner:fd(integer(event.captured, 3))
  if fd then event:add_fd(event.result, fd) end
end

-- ---- copies and the end ----

function handlers.SYSCALL_CLOSE_X(event)
  if event.result >= 0 and event.fd then event:remove_fd(event.fd) end
end

local PIPE_SOURCE, PIPE_DESTINATION = 1 << 21, 1 << 22 -- flags of threads: it is a part of a shell's pipe

local function dup(event)
  if event.result < 0 then return end
  if event.result == 0 then event.thread:set_flag(PIPE_DESTINATION) end
  if event.result == 1 then event.thread:set_flag(PIPE_SOURCE) end
  local fd = event:used_fd()
  if fd then event:add_fd(event.result, fd) end
end

handlers.SYSCALL_DUP_1_X, handlers.SYSCALL_DUP2_X = dup, dup

function handlers.SYSCALL_DUP3_X(event)
  local fd = event.result >= 0 and event:used_fd()
  if fd then
    local flags = integer(event.captured, 4)
    event:change_fd { open_flags = flags ~= 0 and fd.open_flags | flags or fd.open_flags & ~CLOSE_ON_EXEC }
  end
  dup(event)
end

local DUPFD, DUPFD_CLOEXEC = 1, 26

function handlers.SYSCALL_FCNTL_X(event)
  local command = integer(event.captured, 3)
  local fd = (command == DUPFD or command == DUPFD_CLOEXEC) and event.result >= 0 and event:used_fd()
  if fd then event:add_fd(event.result, fd) end
end

return descriptors
