-- state: what the events of the kernel change in the table of threads, before plugins see them, as libsinsp 0.23 does.
--
--   local state = state_of.new(inspector)
--   state:process(captured)            an event of lua/lure/capture/events.lua. Then `captured` has, for who shows it,
--     captured.thread                  the number of its thread; nil: it has none
--     captured.fd                      the number of the descriptor that it uses or makes; nil: it has none
--     captured.last_fd                 the number that hosts take for it, though nobody knows such a descriptor
--     captured.state                   the state
--   state.threads                      see threads.lua
--   state.interfaces                   see interfaces.lua
--   state.users                        see users.lua
--
-- What handlers (clones, changes, descriptors, connections, traffic) are given:
--
--   event.captured, event.symbol       "SYSCALL_OPEN_X"
--   event.threads, event.users, event.thread
--                                      the last is nil: it has none
--   event.result                       of the system call
--   event.fd                           the number of the descriptor that it uses; nil: it is not known
--   event:used_fd()                    what is known of that, as thread:fd
--   event.enter, event.enter_symbol    the enter event that belongs to this exit, where it tells more; or nil
--   event:add_fd(number, fd), event:change_fd(values), event:remove_fd(number), event:set_thread(thread)
--   event:reset()                      looks again whose event it is
--
-- A thread that ends and a descriptor that is closed stay in the table until the next event, so that plugins see whose
-- end it is.
--
-- An event that a spec has made (`captured.is_made`) and that has no result changes nothing.

local eventtypes = require "lure.eventtypes"
local changes = require "lure.capture.changes"
local clones = require "lure.capture.clones"
local connections = require "lure.capture.connections"
local descriptors = require "lure.capture.descriptors"
local interfaces = require "lure.capture.interfaces"
local params = require "lure.capture.params"
local resources = require "lure.capture.resources"
local sockets = require "lure.capture.sockets"
local threads_of = require "lure.capture.threads"
local traffic = require "lure.capture.traffic"
local users = require "lure.capture.users"

local state_of = {}

local State, Event = {}, {}
State.__index, Event.__index = State, Event

local symbols = {}
for _, row in ipairs(eventtypes.list()) do symbols[row.code] = row.symbol:match "^PPME_(.*)$" end

local handlers = {}
for _, module in ipairs { changes, clones, connections, descriptors, resources, traffic, users } do
  for symbol, handler in pairs(module.handlers) do handlers[symbol] = handler end
end

local function set_of(words)
  local set = {}
  for word in words:gmatch "%S+" do set[word] = true end
  return set
end

-- These are of no thread.
local OF_NOBODY = set_of [[ DROP_E DROP_X SCAPEVENT_E CPU_HOTPLUG_E K8S_E MESOS_E NOTIFICATION_E
  INFRASTRUCTURE_EVENT_E PAGE_FAULT_E SCHEDSWITCH_1_E CONTAINER_E CONTAINER_JSON_2_E USER_ADDED_E USER_DELETED_E
  GROUP_ADDED_E GROUP_DELETED_E PLUGINEVENT_E ASYNCEVENT_E ]]

-- These are not taken as a sign that their thread is there: it begins, ends, or is one of the kernel's own.
local NO_SIGN = set_of [[ SYSCALL_CLONE_20_X SYSCALL_CLONE3_X SYSCALL_FORK_20_X SYSCALL_VFORK_20_X PROCEXIT_1_E
  SCHEDSWITCH_6_E PROCINFO_E ]]

-- Enter events that are kept for the exit, where they have a first parameter.
local KEPT = set_of [[ SYSCALL_OPEN_E SYSCALL_CREAT_E SYSCALL_OPENAT_2_E SYSCALL_OPENAT2_E SYSCALL_EXECVE_19_E
  SYSCALL_EXECVEAT_E SOCKET_CONNECT_E ]]

-- Which parameter is the descriptor that an event uses.
local USED = { SOCKET_CONNECT_E = 1 }
for number, names in pairs {
  [2] = [[ SYSCALL_SETNS_X SOCKET_LISTEN_X SOCKET_SHUTDOWN_X SYSCALL_FCHDIR_X SYSCALL_LSEEK_X SYSCALL_LLSEEK_X
    SYSCALL_IOCTL_3_X SYSCALL_FSTAT_X SYSCALL_CLOSE_X SYSCALL_GETDENTS_X SYSCALL_GETDENTS64_X SYSCALL_FLOCK_X
    SYSCALL_COPY_FILE_RANGE_X SYSCALL_FCNTL_X SYSCALL_DUP_1_X SYSCALL_DUP2_X SYSCALL_DUP3_X SYSCALL_NEWFSTATAT_X
    SYSCALL_FCHOWNAT_X SYSCALL_FCHMODAT_X SYSCALL_MKDIRAT_X SYSCALL_UNLINKAT_2_X SYSCALL_MKNODAT_X SOCKET_SENDMMSG_X
    SOCKET_RECVMMSG_X SOCKET_SETSOCKOPT_X SOCKET_GETSOCKOPT_X SYSCALL_IO_URING_ENTER_X SYSCALL_IO_URING_REGISTER_X
    SYSCALL_FSCONFIG_X SYSCALL_FINIT_MODULE_X SYSCALL_FCHMOD_X SYSCALL_FCHOWN_X ]],
  [3] = [[ SYSCALL_READ_X SYSCALL_PREAD_X SOCKET_BIND_X SYSCALL_WRITE_X SYSCALL_PWRITE_X SOCKET_RECV_X SOCKET_SEND_X
    SOCKET_SENDTO_X SOCKET_SENDMSG_X SYSCALL_SENDFILE_X SYSCALL_SPLICE_X SYSCALL_WRITEV_X SYSCALL_PWRITEV_X
    SOCKET_CONNECT_X SYSCALL_SYMLINKAT_X ]],
  [4] = "SOCKET_RECVFROM_X SYSCALL_READV_X SYSCALL_PREADV_X",
  [6] = "SOCKET_RECVMSG_X",
  [9] = "SYSCALL_MMAP_X SYSCALL_MMAP2_X",
} do
  for name in names:gmatch "%S+" do USED[name] = number end
end

local NO_FD = -1

-- The thread is running: libsinsp notes that in its flags.
local ACTIVE = 1 << 19

function state_of.new(inspector)
  local threads = threads_of.new(assert(inspector:table "threads"))
  return setmetatable({ threads = threads, interfaces = interfaces.none(), users = users.new() }, State)
end

-- ---- an event ----

function Event:set_thread(thread)
  self.thread = thread
  self.captured.thread = thread and thread.tid
end

-- The descriptor with that number is the event's, if it is there. Its name is kept as the one that it had before.
local function use(event, number)
  event.fd, event.captured.fd = nil, nil
  local list = number >= 0 and event.thread:descriptors()
  local name = list and list:read(number, "name")
  if not name then return end
  event.fd, event.captured.fd = number, number
  if list:read(number, "old_name") ~= name then list:write(number, "old_name", name) end
end

function Event:used_fd() return self.fd and self.thread:fd(self.fd) or nil end

function Event:add_fd(number, fd)
  if not self.thread or not self.thread:add_fd(number, fd) then return end
  self.thread.last_fd = number
  self.fd, self.captured.fd = number, number
end

function Event:change_fd(values)
  local list = self.thread:descriptors()
  for name, value in pairs(values) do
    if name == "union" then
      for field, part in pairs(sockets.fields(value)) do assert(list:write(self.fd, field, part)) end
    else
      assert(list:write(self.fd, name, value))
    end
  end
end

function Event:remove_fd(number) self.state.closed = { tid = self.thread.tid, number = number } end

-- ---- whose it is ----

local function reset_enter(event, thread, used)
  thread.last_fd, thread.last_type = NO_FD, event.captured.code
  if not used then return end
  thread.last_fd = params.integer(event.captured, used)
  use(event, thread.last_fd)
end

-- Whether the last event of the thread was the enter of this one. execveat that succeeds returns as execve.
local function follows_enter(event, thread)
  return event.captured.code == thread.last_type + 1
    or event.symbol == "SYSCALL_EXECVE_19_X" and symbols[thread.last_type] == "SYSCALL_EXECVEAT_E"
end

local function reset_exit(event, thread, used)
  thread.enter_fits = follows_enter(event, thread)
  if not thread.enter_fits then thread.last_fd = NO_FD end
  event.result = params.result(event.captured)
  if not used then return end
  if thread.last_fd == NO_FD and params.has(event.captured, used) then
    thread.last_fd = params.integer(event.captured, used)
  end
  use(event, thread.last_fd)
end

local function is_exit(event) return event.captured.code % 2 == 1 end

function Event:reset()
  local threads, tid = self.threads, self.captured.tid
  self.fd, self.captured.fd = nil, nil
  if OF_NOBODY[self.symbol] then return self:set_thread(nil) end
  local is_sign = not NO_SIGN[self.symbol]
  self:set_thread(is_sign and threads:get(tid) or threads:find(tid))
  local thread = self.thread
  self.result = params.result(self.captured)
  if not thread or self.symbol == "SCHEDSWITCH_6_E" then return end
  if is_sign and not thread.is_active then
    thread:set_flag(ACTIVE)
    thread.is_active = true
  end
  local reset = is_exit(self) and reset_exit or reset_enter
  reset(self, thread, USED[self.symbol])
end

-- The enter event that was kept, if this is its exit.
local function take_enter(event)
  local thread = event.thread
  local enter = thread and thread.enter_fits and thread.enter or nil
  if not enter then return end
  local fits = enter.code == event.captured.code - 1
    or event.symbol == "SYSCALL_EXECVE_19_X" and symbols[enter.code] == "SYSCALL_EXECVEAT_E"
  if fits then event.enter, event.enter_symbol = enter, symbols[enter.code] end
end

-- ---- one after the other ----

local function end_last(self)
  local threads = self.threads
  if threads.ended then threads:remove(threads.ended) end
  local closed = self.closed
  local owner = closed and threads:find(closed.tid)
  if owner then owner:remove_fd(closed.number) end
  threads.ended, self.closed = nil, nil
end

function State:process(captured)
  self.threads:take_over()
  end_last(self)
  local event = setmetatable({ state = self, threads = self.threads, users = self.users, captured = captured,
    symbol = symbols[captured.code], result = 0 }, Event)
  captured.state = self
  event:reset()
  local thread = event.thread
  if thread and KEPT[event.symbol] and params.has(captured, 1) then
    thread.enter = captured
    thread:charge("enter", 2 * #captured.bytes) -- and its parameters
  end
  if is_exit(event) then take_enter(event) end
  local handler = handlers[event.symbol]
  if captured.is_made and is_exit(event) and not params.has(captured, 1) then handler = nil end
  if handler and (event.thread or NO_SIGN[event.symbol] or OF_NOBODY[event.symbol]) then handler(event) end
  captured.last_fd = event.thread and event.thread.last_fd
  if event.thread and is_exit(event) and event.thread.enter then
    event.thread.enter, event.thread.enter_fits = nil, false
    event.thread:charge("enter", 0)
  end
end

function State:clear()
  self.threads:clear()
  self.threads.ended, self.closed, self.interfaces = nil, nil, interfaces.none()
end

return state_of
