-- resourcefields: what the threads of the kernel's events use, may do, and how long they have run, as
-- thread.cap_effective and proc.duration: rows for kernelfields.lua.
--
-- Most of it libsinsp shows to no plugin: it stands beside the table of threads (lua/lure/capture/resources.lua).

local lazily = require "lure.cli.lazily"

local kernelparams = lazily "lure.cli.kernelparams"

-- ---- the thread ----

-- The capture's thread with that number; nil: it is not there.
local function find(view, tid)
  local state = view.kernel and view.captured.state
  return state and tid and state.threads:find(tid)
end

local function own(view) return find(view, view.captured and view.captured.thread) end

-- What `make(thread, view)` says of the event's thread.
local function made(make)
  return function(view)
    local thread = own(view)
    if thread then return make(thread, view) end
  end
end

-- What it has of that name; `none`: a value that stands for none.
local function resource(name, none)
  return made(function(thread)
    local value = thread.resources[name]
    if value ~= none then return value end
  end)
end

-- Of the first thread of a process; 0 of others.
local function of_first(name)
  return made(function(thread) return thread:is_main() and thread.resources[name] or 0 end)
end

-- ---- capabilities ----

-- By their numbers, from 0.
local CAPABILITIES = {}
for name in ([[ CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
  NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
  SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
  SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
  CHECKPOINT_RESTORE ]]):gmatch "%S+" do
  CAPABILITIES[#CAPABILITIES + 1] = "CAP_" .. name
end

local function capabilities(name)
  return made(function(thread)
    local names, bits = {}, thread.resources[name]
    for i, capability in ipairs(CAPABILITIES) do
      if bits >> (i - 1) & 1 ~= 0 then names[#names + 1] = capability end
    end
    return table.concat(names, " ")
  end)
end

-- ---- descriptors ----

local function first_of(thread, view)
  local tid = view.threads:main(thread.tid)
  return tid, tid and view.threads.table:subtable(tid, "file_descriptors")
end

local function open_count(thread, view)
  local _, list = first_of(thread, view)
  return list and list:size() or 0
end

-- Of how many it may have, in percent.
local function usage(thread, view)
  local tid, list = first_of(thread, view)
  local limit = tid and view.threads:read(tid, "fd_limit") or 0
  if limit <= 0 then return 0.0 end
  return math.min(list:size(), limit) * 100 / limit
end

-- ---- threads of a process ----

local function alive(thread) return thread.group and thread.group.alive or 0 end

local function alive_but_first(thread)
  local main = thread.group and thread:main()
  return main and not main:is_dead() and alive(thread) - 1 or alive(thread)
end

-- ---- times ----

local function age(thread, view)
  local began = thread.resources.clone_ts
  return began ~= 0 and view.captured.ts - began or nil
end

-- Of a parent that was there from the begin hosts print, by mistake, how many descriptors the process has.
local function age_of_parent(thread, view)
  local parent = find(view, view.threads:ancestor(thread.tid, 1))
  return parent and (age(parent, view) or open_count(thread, view))
end

local function begin_of_parent(thread, view)
  local parent = find(view, view.threads:read(thread.tid, "ptid"))
  return parent and parent.resources.clone_ts
end

local INFO <const> = "PPME_PROCINFO_E"

-- Hosts count no time between switches of threads in captures.
local function no_time(view) return view.kernel and 0 or nil end

local MOST <const> = 100.0

-- How much more time of the processor an event tells than the one before; `parameters`: of which kinds.
local function new_processor_time(parameters)
  return function()
    local last = setmetatable({}, { __mode = "k" })
    return function(view)
      local thread = own(view)
      if not thread or view.kernel.symbol ~= INFO then return nil end
      local sum = 0
      for _, number in ipairs(parameters) do sum = sum + (kernelparams.value(view.captured, number) or 0) end
      local before = last[thread] or 0
      last[thread] = sum
      return before ~= 0 and math.min(sum - before, MOST) + 0.0 or 0.0
    end
  end
end

return {
  { "proc.duration", "reltime", made(age) },
  { "proc.ppid.duration", "reltime", made(age_of_parent) },
  { "proc.pid.ts", "reltime", resource("clone_ts", 0) },
  { "proc.ppid.ts", "reltime", made(begin_of_parent) },
  { "proc.exe_ino.ctime_duration_proc_start", "abstime", resource("changed_before_clone", 0) },
  { "proc.exe_ino.ctime_duration_pidns_start", "abstime", resource("changed_after_namespace", 0) },
  { "proc.fdopencount", "uint64", made(open_count) },
  { "proc.fdusage", "double", made(usage) },
  { "proc.nthreads", "uint64", made(alive) },
  { "proc.nchilds", "uint64", made(alive_but_first) },
  { "proc.vmsize", "uint64", resource "vmsize" },
  { "proc.vmrss", "uint64", resource "vmrss" },
  { "proc.vmswap", "uint64", resource "vmswap" },
  { "thread.vmsize", "uint64", of_first "vmsize" },
  { "thread.vmrss", "uint64", of_first "vmrss" },
  { "thread.pfmajor", "uint64", resource "pfmajor" },
  { "thread.pfminor", "uint64", resource "pfminor" },
  { "thread.cap_effective", "string", capabilities "effective" },
  { "thread.cap_permitted", "string", capabilities "permitted" },
  { "thread.cap_inheritable", "string", capabilities "inheritable" },
  { "thread.exectime", "uint64", no_time },
  { "thread.totexectime", "uint64", made(function() return 0 end) },
  { "thread.cpu", "double", new = new_processor_time { 1, 2 } },
  { "thread.cpu.user", "double", new = new_processor_time { 1 } },
  { "thread.cpu.system", "double", new = new_processor_time { 2 } },
}
