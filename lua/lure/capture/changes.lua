-- changes: what events of the kernel change in a thread that is there, as libsinsp takes it: another program, the
-- working directory, users, limits, the end.
--
--   changes.handlers[symbol](event)       `event`: see state.lua

local descriptors = require "lure.capture.descriptors"
local params = require "lure.capture.params"
local paths = require "lure.capture.paths"
local resources = require "lure.capture.resources"

local has, integer, text, texts = params.has, params.integer, params.text, params.texts

local changes = { handlers = {} }

local handlers = changes.handlers

-- Of a thread's flags (PPM_CL_*).
local CHILD_FIRST, NAME_CHANGED, CLOSED, ACTIVE = 1 << 16, 1 << 17, 1 << 18, 1 << 19
local PIPE_SOURCE, PIPE_DESTINATION, IN_NAMESPACE, MAIN = 1 << 21, 1 << 22, 1 << 29, 1 << 30

-- ---- another program ----

local EMPTY_PATH = 1 -- a flag of execveat

-- The program's path where the event does not have it, from the enter event; nil: there is none.
local function asked_path(event)
  local enter, thread = event.enter, event.thread
  if not enter then return nil end
  if event.enter_symbol == "SYSCALL_EXECVE_19_E" then
    local name = text(enter, 1)
    return name == "<NA>" and name or paths.join(thread:cwd(), name)
  end
  local name, flags = text(enter, 2), integer(enter, 3)
  local base = descriptors.base_of(thread, name, integer(enter, 1))
  if flags & EMPTY_PATH == 0 and name == "<NA>" or base == "<UNKNOWN>" then return "<NA>" end
  if flags & EMPTY_PATH ~= 0 then return paths.join("", base) end
  return paths.join(base, name)
end

local IS_WRITABLE, IS_UPPER, IS_MEMFD, IS_LOWER = 1 << 0, 1 << 1, 1 << 2, 1 << 3

-- What newer kernels' events have of the file that is the program.
local function set_file(event)
  local captured, thread = event.captured, event.thread
  local path = has(captured, 28) and text(captured, 28) or asked_path(event)
  if path then thread:write("exe_path", params.without_deleted(path)) end
  if has(captured, 20) then
    local flags = integer(captured, 20)
    thread:write("exe_writable", flags & IS_WRITABLE ~= 0)
    thread:write("exe_upper_layer", flags & IS_UPPER ~= 0)
    thread:write("exe_from_memfd", flags & IS_MEMFD ~= 0)
    thread:write("exe_lower_layer", flags & IS_LOWER ~= 0)
  end
  if has(captured, 26) then
    thread:write("exe_ino", integer(captured, 24))
    thread:write("exe_ino_ctime", integer(captured, 25))
    thread:write("exe_ino_mtime", integer(captured, 26))
  end
end

-- Parameters that are taken over where they are there.
local TAKEN = { [17] = "tty", [18] = "vpgid", [19] = "loginuid", [27] = "uid", [30] = "gid" }

local function set_numbers(event)
  local captured, thread = event.captured, event.thread
  thread:write("fd_limit", integer(captured, 8))
  for number, name in pairs(TAKEN) do
    if has(captured, number) then thread:write(name, integer(captured, number)) end
  end
  thread:write("pgid", has(captured, 29) and integer(captured, 29) or -1)
end

local function set_names(event)
  local captured, thread = event.captured, event.thread
  thread:write("exe", text(captured, 2))
  thread:write("comm", has(captured, 14) and text(captured, 14) or text(captured, 2))
  thread:set_list("args", texts(captured, 3))
  if has(captured, 16) then thread:set_list("env", texts(captured, 16)) end
  if has(captured, 15) then
    local cgroups = params.cgroups(texts(captured, 15))
    if cgroups then thread:set_list("cgroups", cgroups) end
  end
end

local function set_process(event)
  local captured, thread = event.captured, event.thread
  thread:write("pid", integer(captured, 5))
  if not thread:is_invalid() then return end
  thread:write("ptid", integer(captured, 6)) -- nothing was known of it
  if not thread:has_flag(IN_NAMESPACE) then
    thread:write("vtid", thread.tid)
    thread:write("vpid", thread:read "pid")
  end
  event.threads:relate(thread)
end

-- All threads of the process but the first end.
local function end_others(event)
  local group = event.thread.group
  if not group or group.alive <= 1 then return end
  for _, other in ipairs { table.unpack(group.list) } do
    if event.threads:is_there(other) and other ~= event.thread and not other:is_main() then
      event.threads:remove(other.tid)
    end
  end
end

local function execve(event)
  local thread = event.thread
  if event.result < 0 or not thread then return end
  if thread:is_dead() then -- another thread has called it, when the first had ended, and is the first now
    thread:write("flags", thread:read "flags" & ~CLOSED)
    thread.has_ended = false
    if thread.group then thread.group.alive = thread.group.alive + 1 end
  end
  set_names(event)
  set_process(event)
  set_numbers(event)
  set_file(event)
  resources.set_program(event)
  local kept = thread:read "flags" & (PIPE_SOURCE | PIPE_DESTINATION | MAIN | CHILD_FIRST)
  thread:write("flags", kept | ACTIVE | NAME_CHANGED)
  thread:share_descriptors()
  end_others(event)
end

handlers.SYSCALL_EXECVE_19_X, handlers.SYSCALL_EXECVEAT_X = execve, execve

-- ---- the end ----

function handlers.PROCEXIT_1_E(event)
  local thread, captured = event.thread, event.captured
  if not thread then return end
  if thread.group and not thread:is_dead() then event.threads:end_alive(thread.group) end
  thread:set_flag(CLOSED)
  event.threads.ended = captured.tid
  if #thread.children == 0 then return end
  if captured.count <= 4 then
    thread:write("reaper_tid", -1)
  elseif has(captured, 5) then
    thread:write("reaper_tid", integer(captured, 5))
  end
end

-- ---- directories ----

function handlers.SYSCALL_CHDIR_X(event)
  if event.result >= 0 then event.thread:change_cwd(text(event.captured, 2)) end
end

handlers.SYSCALL_GETCWD_X = handlers.SYSCALL_CHDIR_X

function handlers.SYSCALL_FCHDIR_X(event)
  local fd = event.result >= 0 and event:used_fd()
  if fd then event.thread:change_cwd(fd.name) end
end

function handlers.SYSCALL_CHROOT_X(event)
  if event.result ~= 0 then return end
  local path = text(event.captured, 2)
  local is_whole = path == "<NA>" or path == "" or path:sub(1, 1) == "/"
  event.thread:write("root", paths.printable(is_whole and path or paths.join(event.thread:cwd(), path)))
end

-- ---- users and sessions ----

-- Takes the field over from a parameter.
local function taking(field, number)
  return function(event)
    if event.result == 0 and has(event.captured, number) then
      event.thread:write(field, integer(event.captured, number))
    end
  end
end

handlers.SYSCALL_SETUID_X, handlers.SYSCALL_SETGID_X = taking("uid", 2), taking("gid", 2)
handlers.SYSCALL_SETREUID_X, handlers.SYSCALL_SETREGID_X = taking("uid", 3), taking("gid", 3)
handlers.SYSCALL_SETRESUID_X, handlers.SYSCALL_SETRESGID_X = taking("uid", 3), taking("gid", 3)

function handlers.SYSCALL_SETSID_X(event)
  if event.result >= 0 then event.thread:write("sid", event.result) end
end

local SET_REAPER, GET_REAPER = 36, 37 -- of orphans

function handlers.SYSCALL_PRCTL_X(event)
  local option, group = integer(event.captured, 2), event.thread.group
  if event.result < 0 or not group or event.thread:is_invalid() then return end
  if option == SET_REAPER or option == GET_REAPER then group.is_reaper = integer(event.captured, 4) ~= 0 end
end

-- ---- limits ----

local OPEN_FILES, UNLIMITED = 7, -1

local function set_limit(thread, limit)
  local main = thread:main()
  if main and limit ~= UNLIMITED then main:write("fd_limit", limit) end
end

local function rlimit(event)
  if event.result < 0 or integer(event.captured, 4) ~= OPEN_FILES then return end
  set_limit(event.thread, integer(event.captured, 2))
end

handlers.SYSCALL_GETRLIMIT_X, handlers.SYSCALL_SETRLIMIT_X = rlimit, rlimit

function handlers.SYSCALL_PRLIMIT_X(event)
  local captured = event.captured
  if event.result ~= 0 or integer(captured, 7) ~= OPEN_FILES or not has(captured, 6) then return end
  local limit, tid = integer(captured, 2), integer(captured, 6)
  if limit == UNLIMITED then return end
  local thread = event.threads:get(tid == 0 and captured.tid or tid)
  if thread and not thread:is_invalid() then set_limit(thread, limit) end
end

return changes
