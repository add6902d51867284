-- clones: new threads, from the exits of clone, clone3, fork and vfork, as libsinsp takes them.
--
--   clones.handlers[symbol](event)       `event`: see state.lua
--
-- Such a call returns twice: in the caller with the number of the child, and in the child with 0. Either may come
-- first, or alone. The caller's return makes the child unless it is in another namespace of processes, where its number
-- is another one, or its process has stopped the caller (vfork): then the child's return does.

local params = require "lure.capture.params"
local resources = require "lure.capture.resources"

local has, integer, text, texts = params.has, params.integer, params.text, params.texts

local clones = { handlers = {} }

-- Of a thread's flags (PPM_CL_*).
local CLONE_FILES, NEW_NAMESPACE, SAME_PARENT, IS_THREAD = 1 << 0, 1 << 6, 1 << 8, 1 << 13
local CHILD_FIRST, VFORK, IN_NAMESPACE = 1 << 16, 1 << 27, 1 << 29

-- A child that the caller has made so long ago is not the one that returns now.
local STALE = 2 * 1000000000

-- What a child has from the thread that it was made by, or from the first of its process.
local INHERITED = { "exe_path", "exe_writable", "exe_upper_layer", "exe_lower_layer", "exe_from_memfd", "root", "sid",
  "vpgid", "pgid", "tty", "loginuid", "exe_ino", "exe_ino_ctime", "exe_ino_mtime" }

-- What stands in the event of both returns.
local function values_of(captured)
  local exe = text(captured, 2)
  return {
    reaper_tid = -1, sid = -1, vpgid = -1, pgid = -1, loginuid = 0xFFFFFFFF,
    exe = exe, comm = has(captured, 14) and text(captured, 14) or exe, args = texts(captured, 3),
    fd_limit = integer(captured, 8), uid = integer(captured, 17), gid = integer(captured, 18),
    cgroups = params.cgroups(texts(captured, 15)), flags = integer(captured, 16),
  }
end

-- What a child has from its `parent`, which may go when the child takes its place; of a process also descriptors,
-- directory and environment.
local function inherit(values, parent)
  for _, name in ipairs(INHERITED) do values[name] = parent:read(name) end
  if values.flags & IS_THREAD ~= 0 then return end
  values.cwd, values.env, values.fds = parent:cwd(), parent:list "env", parent:cloned_descriptors()
end

-- A thread of which nothing was known has the names of the one that it makes, or is made by.
local function set_names(thread, values)
  thread:write("exe", values.exe)
  thread:write("comm", values.comm)
  thread:set_list("args", values.args)
end

-- ---- in the caller ----

-- A caller of which nothing was known is the event's.
local function know_caller(event, caller)
  local captured = event.captured
  caller:write("pid", integer(captured, 5))
  caller:write("ptid", integer(captured, 6))
  local has_virtual = has(captured, 20)
  caller:write("vtid", has_virtual and integer(captured, 19) or caller.tid)
  caller:write("vpid", has_virtual and integer(captured, 20) or -1)
  event.threads:relate(caller)
end

-- Whether only the child's return can make the child.
local function is_left_to_child(event, caller, flags)
  return flags & (IN_NAMESPACE | NEW_NAMESPACE | SAME_PARENT | VFORK) ~= 0 or caller.tid ~= caller:read "vtid"
    or event.symbol == "SYSCALL_VFORK_20_X"
end

local function set_family(values, caller, tid)
  values.tid = tid
  if values.flags & IS_THREAD == 0 then
    values.pid, values.ptid = tid, caller.tid
  else
    values.pid, values.ptid = caller:read "pid", caller:read "ptid"
    values.flags = values.flags | CLONE_FILES
  end
  values.vtid, values.vpid = tid, values.pid
end

local function return_in_caller(event, tid)
  local threads, captured = event.threads, event.captured
  local caller = threads:get(captured.tid)
  event:set_thread(caller)
  if not caller then return end
  local is_known = not caller:is_invalid()
  if not is_known then know_caller(event, caller) end
  local values = values_of(captured)
  if is_left_to_child(event, caller, values.flags) then return end
  local old = threads:find(tid)
  if old and old:has_flag(CHILD_FIRST) then return end
  set_family(values, caller, tid)
  values.resources = resources.cloned(captured, is_known and caller.resources or nil)
  if is_known then
    inherit(values, caller)
  else
    set_names(caller, values)
  end
  if old then
    threads:remove(tid) -- its end was not seen; that may have given the caller another parent
    if threads:is_there(caller) then set_family(values, caller, tid) end
  end
  threads:add(values)
  if old then event:reset() end
end

-- ---- in the child ----

-- The first thread of a process, of which nothing was known, is what its new thread tells.
local function know_first(threads, first, values)
  first:write("pid", values.pid)
  first:write("ptid", values.ptid)
  first:write("vpid", values.vpid)
  first:write("vtid", values.vpid)
  threads:relate(first)
  set_names(first, values)
end

local function child_values(event)
  local captured = event.captured
  local values = values_of(captured)
  values.tid, values.pid, values.ptid = captured.tid, integer(captured, 5), integer(captured, 6)
  local has_virtual = has(captured, 20)
  values.vtid = has_virtual and integer(captured, 19) or values.tid
  values.vpid = has_virtual and integer(captured, 20) or -1
  values.flags = values.flags | CHILD_FIRST
  if values.flags & (IN_NAMESPACE | NEW_NAMESPACE) ~= 0 or values.tid ~= values.vtid then
    values.pidns_init_start_ts = integer(captured, 21) -- hosts do not add the time of the boot to it in captures
  end
  return values
end

local function return_in_child(event)
  local threads, captured, old = event.threads, event.captured, event.thread
  local began = old and old.resources.clone_ts or 0
  if began ~= 0 then
    if captured.ts - began < STALE then return end -- the caller has made it
    threads:remove(captured.tid)
  end
  local values = child_values(event)
  local is_thread = values.flags & IS_THREAD ~= 0
  if is_thread then values.flags = values.flags | CLONE_FILES end
  local from = threads:get(is_thread and values.pid or values.ptid)
  if not from then return event:set_thread(nil) end
  local is_known = not from:is_invalid()
  values.resources = resources.cloned(captured, is_known and from.resources or nil)
  if is_known then
    inherit(values, from)
  elseif is_thread then
    know_first(threads, from, values)
  end
  event:set_thread(threads:add(values))
  if began ~= 0 then event:reset() end
end

local function clone(event)
  if event.result == 0 then
    return_in_child(event)
  elseif event.result > 0 and event.result ~= event.captured.tid then
    return_in_caller(event, event.result)
  end
end

for _, symbol in ipairs { "SYSCALL_CLONE_20_X", "SYSCALL_FORK_20_X", "SYSCALL_VFORK_20_X", "SYSCALL_CLONE3_X" } do
  clones.handlers[symbol] = clone
end

return clones
