-- resources: what libsinsp knows of a thread and shows to no plugin: capabilities, memory, page faults, and when its
-- program was changed.
--
--   resources.new()                          of a thread of which nothing is known
--   resources.cloned(captured, parent)       of the child in the return of a clone; `parent`: those of the thread that
--                                            it is made by, nil where nothing is known of that
--   resources.set_program(event)             of the return of an execve
--   resources.handlers[symbol](event)        `event`: see state.lua
--
-- They stand in `thread.resources`: effective, permitted, inheritable (bits); vmsize, vmrss, vmswap (KiB); pfmajor,
-- pfminor; clone_ts, when an event told that it began (0: it was there before); changed_before_clone and
-- changed_after_namespace, how long the program's file was changed before it began, and after its namespace of
-- processes, in ns.

local params = require "lure.capture.params"

local has, integer = params.has, params.integer

local resources = { handlers = {} }

local handlers = resources.handlers

function resources.new()
  return { effective = 0, permitted = 0, inheritable = 0, vmsize = 0, vmrss = 0, vmswap = 0, pfmajor = 0, pfminor = 0,
    clone_ts = 0, changed_before_clone = 0, changed_after_namespace = 0 }
end

-- ---- memory ----

-- Page faults and sizes, in parameters one behind the other: all are there if the last is.
local function set_memory(own, captured, first)
  if not has(captured, first + 4) then return end
  own.pfmajor, own.pfminor = integer(captured, first), integer(captured, first + 1)
  own.vmsize, own.vmrss = integer(captured, first + 2), integer(captured, first + 3)
  own.vmswap = integer(captured, first + 4)
end

-- Faults are the thread's, sizes those of its process.
function handlers.SCHEDSWITCH_6_E(event)
  local captured, thread = event.captured, event.thread
  if not thread or not has(captured, 6) then return end
  local own, main = thread.resources, thread:main()
  own.pfmajor, own.pfminor = integer(captured, 2), integer(captured, 3)
  if not main then return end
  own = main.resources
  own.vmsize, own.vmrss, own.vmswap = integer(captured, 4), integer(captured, 5), integer(captured, 6)
end

local function mapping(event)
  local captured, own = event.captured, event.thread.resources
  if has(captured, 2) then own.vmsize = integer(captured, 2) end
  if has(captured, 4) then own.vmrss, own.vmswap = integer(captured, 3), integer(captured, 4) end
end

for _, symbol in ipairs { "SYSCALL_BRK_4_X", "SYSCALL_MMAP_X", "SYSCALL_MMAP2_X", "SYSCALL_MUNMAP_X" } do
  handlers[symbol] = mapping
end

-- ---- capabilities ----

local ALL <const> = (1 << 41) - 1
local NEW_USERS <const> = 1 << 20 -- of the flags of clone: another namespace of users

local function set_capabilities(own, captured, first)
  own.inheritable, own.permitted = integer(captured, first), integer(captured, first + 1)
  own.effective = integer(captured, first + 2)
end

function handlers.SYSCALL_CAPSET_X(event)
  if event.result >= 0 then set_capabilities(event.thread.resources, event.captured, 2) end
end

-- Who makes a namespace of users, or enters one, has all capabilities there. `flags`: the parameter.
local function entering(flags)
  return function(event)
    if event.result < 0 or integer(event.captured, flags) & NEW_USERS == 0 then return end
    local own = event.thread.resources
    own.inheritable, own.permitted, own.effective = ALL, ALL, ALL
  end
end

handlers.SYSCALL_UNSHARE_X, handlers.SYSCALL_SETNS_X = entering(2), entering(3)

-- ---- programs ----

function resources.cloned(captured, parent)
  local own = resources.new()
  for _, name in ipairs { "effective", "permitted", "inheritable", "changed_before_clone" } do
    own[name] = parent and parent[name] or 0
  end
  set_memory(own, captured, 9)
  own.clone_ts = captured.ts
  return own
end

function resources.set_program(event)
  local captured, thread = event.captured, event.thread
  local own = thread.resources
  set_memory(own, captured, 9)
  if has(captured, 23) then set_capabilities(own, captured, 21) end
  if not has(captured, 26) then return end
  -- tables have larger numbers as digits: no time
  local changed, namespace = integer(captured, 25), math.tointeger(thread:read "pidns_init_start_ts") or 0
  if own.clone_ts ~= 0 then own.changed_before_clone = own.clone_ts - changed end
  if namespace ~= 0 and math.ult(namespace, changed) then own.changed_after_namespace = changed - namespace end
end

return resources
