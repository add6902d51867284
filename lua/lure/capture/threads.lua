-- threads: the threads of a capture as libsinsp 0.23 keeps them: the table "threads" of lure.host, and what stands
-- beside it.
--
--   local threads = threads_of.new(table)      of an inspector
--   threads:find(tid)                          nil: there is none
--   threads:get(tid)                           adds one of which nothing is known; nil: there are too many
--   threads:add(values)                        in place of one with that number; `values` as processes.lua gives them
--   threads:remove(tid)                        its children get another parent, its group ends with its last thread
--   threads:import(values), threads:connect()  all that the capture begins with, and then how they belong together
--   threads:take_over()                        those that plugins have added or erased; an erased one leaves its
--                                              children and its process as one that has ended
--   threads:clear()
--   threads.charged                            about how many bytes events have put into the table, and kept beside it
--
-- What hosts show of a thread stands in the table alone, where plugins may change it; beside it stands what only
-- libsinsp knows: who is in a process (`group`), whose children are whose, what is remembered from event to event
-- (state.lua). Threads that are gone stay in these lists for a while, as in libsinsp: only those count that
-- `threads:find` finds.
--
-- A thread with a number, process or parent below 0 is one of which nothing is known but that it is there.

local paths = require "lure.capture.paths"
local resources = require "lure.capture.resources"
local sizes = require "lure.capture.sizes"
local sockets = require "lure.capture.sockets"

local threads_of = {}

local Threads, Thread = {}, {}
Threads.__index, Thread.__index = Threads, Thread

-- How many threads, and descriptors of a process, libsinsp keeps.
local MOST_THREADS, MOST_DESCRIPTORS = 262144, 4096

-- From so many on lists are cleared of those that are gone, if these are half of it: libsinsp clears lists of any
-- length, which makes the work for a process with n children grow with n².
local MANY_GONE <const> = 10

-- Of a thread's flags (PPM_CL_*).
local CLONE_FILES, CLOSED, IN_NAMESPACE, MAIN = 1 << 0, 1 << 18, 1 << 29, 1 << 30

local NAME_CHANGED = 1 << 17
local NO_USER = 0xFFFFFFFF

-- A descriptor that a child has got from its parent.
local CLONED = 1 << 14

function threads_of.new(table)
  return setmetatable({ table = table, known = {}, count = 0, groups = {}, charged = 0 }, Threads)
end

-- ---- one thread ----

function Thread:read(field) return self.threads.table:read(self.tid, field) end

function Thread:write(field, value)
  assert(self.threads.table:write(self.tid, field, value))
  if type(value) == "string" then self:charge(field, #value) end
end

-- So much is kept of `what`: the name of a field, or a descriptor's number.
function Thread:charge(what, size)
  local threads = self.threads
  if threads.known[self.tid] ~= self then return end
  threads.charged = threads.charged + size - (self.sizes[what] or 0)
  self.sizes[what] = size > 0 and size or nil
end

function Thread:has_flag(flag) return self:read "flags" & flag ~= 0 end

function Thread:set_flag(flag)
  self:write("flags", self:read "flags" | flag)
  if flag == CLOSED then self.has_ended = true end
end

function Thread:is_main() return self.tid == self:read "pid" or self:has_flag(MAIN) end

function Thread:is_invalid() return self.tid < 0 or self:read "pid" < 0 or self:read "ptid" < 0 end

function Thread:is_dead() return self:has_flag(CLOSED) end

function Thread:in_namespace()
  local vtid = self:read "vtid"
  return self:has_flag(IN_NAMESPACE) or self.tid ~= vtid and vtid >= 0
end

-- The first thread of its process; nil: it is not there.
function Thread:main()
  if self:is_main() then return self end
  local first = self.group and self.group.list[1]
  return first and self.threads:is_there(first) and first:is_main() and first or nil
end

-- The working directory of its process.
function Thread:cwd()
  local main = self:main()
  return main and main:read "cwd" or "./"
end

function Thread:change_cwd(path)
  local main = self:main()
  if main then main:write("cwd", paths.directory(self:read "cwd", path)) end
end

-- ---- its lists ----

-- Replaces the entries of a table in a field, which are texts, or of cgroups { first =, second = }.
function Thread:set_list(name, values)
  local list = assert(self.threads.table:subtable(self.tid, name))
  assert(list:clear())
  self:charge(name, sizes.of { values })
  for i, value in ipairs(values) do
    assert(list:add(i - 1, type(value) == "table" and value or { value = value }))
  end
end

function Thread:list(name)
  local values = {}
  for i, entry in ipairs(assert(self.threads.table:subtable(self.tid, name):entries())) do
    values[i] = entry.value or { first = entry.first, second = entry.second }
  end
  return values
end

-- ---- its descriptors ----

-- The table of descriptors that it uses, and the thread that has it; nil: that is not there.
function Thread:descriptors()
  local owner = self
  if self:has_flag(CLONE_FILES) then owner = self:main() end
  if not owner then return nil end
  owner.fds = owner.fds or assert(self.threads.table:subtable(owner.tid, "file_descriptors"))
  return owner.fds, owner
end

-- Plugins see the descriptors of its process in a thread that shares them.
function Thread:share_descriptors()
  local main = self:has_flag(CLONE_FILES) and self:main() or nil
  if main == self or main == self.shared then return end
  if main then
    self.threads.table:share(self.tid, "file_descriptors", main.tid)
    main.is_shared = true
  else
    self:unshare()
  end
  self.shared, self.fds = main, nil
end

-- Gives it descriptors of its own, of which there are none: the entry is made anew.
function Thread:unshare()
  local values = assert(self.threads.table:get(self.tid))
  for _, name in ipairs(threads_of.LISTS) do values[name] = self:list(name) end
  threads_of.put(self.threads.table, values)
end

-- What there is of a socket stands in `union` (see sockets.lua).
function Thread:fd(number)
  local list = number >= 0 and self:descriptors()
  local fd = list and list:get(number)
  if fd then fd.union = sockets.union(fd) end
  return fd or nil
end

function threads_of.put_descriptor(list, number, fd)
  local values = {}
  for name, value in pairs(fd) do values[name] = value end
  values.union = nil
  for name, value in pairs(sockets.fields(fd.union or sockets.union(fd))) do values[name] = value end
  values.fd = number
  list:erase(number)
  assert(list:add(number, values))
end

-- False: it has none, or too many.
function Thread:add_fd(number, fd)
  local list, owner = self:descriptors()
  if not list or list:size() >= MOST_DESCRIPTORS and not list:read(number, "fd") then return false end
  threads_of.put_descriptor(list, number, fd)
  owner:charge(number, sizes.ENTRY + sizes.of(fd))
  return true
end

function Thread:remove_fd(number)
  local list, owner = self:descriptors()
  if not list then return end
  list:erase(number)
  owner:charge(number, 0)
end

-- What a child gets of them.
function Thread:cloned_descriptors()
  local list = self:descriptors()
  local fds = list and assert(list:entries()) or {}
  for _, fd in ipairs(fds) do fd.flags = fd.flags | CLONED end
  return fds
end

-- ---- all of them ----

threads_of.LISTS = { "args", "env", "cgroups" }

-- A thread in place of one with that number; `fds`, if there are some, as Table:entries has them.
function threads_of.put(table, thread)
  local values = {}
  for name, value in pairs(thread) do values[name] = value end
  for _, name in ipairs(threads_of.LISTS) do values[name] = nil end
  values.fds, values.resources = nil, nil
  table:erase(thread.tid)
  assert(table:add(thread.tid, values))
  for _, name in ipairs(threads_of.LISTS) do
    local list = thread[name] and assert(table:subtable(thread.tid, name))
    for i, value in ipairs(thread[name] or {}) do
      assert(list:add(i - 1, type(value) == "table" and value or { value = value }))
    end
  end
  local list = thread.fds and assert(table:subtable(thread.tid, "file_descriptors"))
  for _, fd in ipairs(thread.fds or {}) do assert(list:add(fd.fd, fd)) end
end

-- Not, too, if a plugin has erased it meanwhile.
function Threads:is_there(thread)
  return self.known[thread.tid] == thread and self.table:read(thread.tid, "tid") ~= nil
end

function Threads:find(tid)
  local thread = self.known[tid]
  return thread and self:is_there(thread) and thread or nil
end

-- A process has another first thread, or none.
local function share_anew(self, group)
  for _, other in ipairs(group.list) do
    if self:is_there(other) then other:share_descriptors() end
  end
end

-- Who has shared its descriptors has none then.
local function forget(self, tid)
  local thread = self.known[tid]
  if not thread then return end
  self.known[tid] = nil
  self.count = self.count - 1
  for _, size in pairs(thread.sizes) do self.charged = self.charged - size end
  if thread.is_shared then share_anew(self, thread.group) end
end

-- `own`: see resources.lua; nil: nothing is known of it.
local function know(self, tid, own)
  forget(self, tid)
  local thread = setmetatable({ threads = self, tid = tid, children = {}, unexpired = 0, last_type = -1, last_fd = 0,
    sizes = {}, resources = own or resources.new() }, Thread)
  self.known[tid] = thread
  self.count = self.count + 1
  return thread
end

local function erase(self, tid)
  forget(self, tid)
  self.table:erase(tid)
end

function Threads:clear()
  self.table:clear()
  self.known, self.count, self.groups, self.charged = {}, 0, {}, 0
end

-- ---- processes and parents ----

local function add_child(parent, child)
  table.insert(parent.children, child)
  child:write("ptid", parent.tid)
  child.last_ptid = parent.tid
  parent.unexpired = parent.unexpired + 1
end

local function is_stale(list, alive) return #list - alive >= math.max(MANY_GONE, #list // 2) end

local function clean(self, list)
  local left = {}
  for _, thread in ipairs(list) do
    if self.known[thread.tid] == thread then left[#left + 1] = thread end
  end
  return left
end

local function group_of(self, thread)
  local pid = thread:read "pid"
  local group = self.groups[pid]
  if not group then
    group = { pid = pid, is_reaper = pid == 1 or thread:read "vpid" == 1, alive = 1, list = { thread } }
    self.groups[pid] = group
  else
    table.insert(group.list, thread:is_main() and 1 or #group.list + 1, thread)
    group.alive = group.alive + 1
  end
  return group
end

-- nil: it is not there, or nothing is known of it.
local function parent_of(self, ptid)
  local parent = self:find(ptid)
  return parent and not parent:is_invalid() and parent or nil
end

local function set_parent(thread, parent)
  if parent then
    add_child(parent, thread)
  else
    thread:write("ptid", 0)
  end
end

-- Puts a thread into its process, and among its parent's children.
local function relate(self, thread, parent)
  if thread.group or thread:is_invalid() then return thread:share_descriptors() end
  thread.group = group_of(self, thread)
  thread:share_descriptors()
  if thread.group.list[1] == thread then share_anew(self, thread.group) end
  if thread:read "pid" ~= 1 then set_parent(thread, parent) end
  thread.last_ptid, thread.was_in_namespace = thread:read "ptid", thread:in_namespace()
end

function Threads:relate(thread) relate(self, thread, parent_of(self, thread:read "ptid")) end

function Threads:import(values)
  threads_of.put(self.table, values)
  know(self, values.tid, values.resources)
end

function Threads:connect()
  for _, tid in ipairs(assert(self.table:keys())) do self:relate(self.known[tid] or know(self, tid)) end
end

-- nil: there are too many.
function Threads:add(values)
  if self.count >= MOST_THREADS and not self.known[values.tid] then return nil end
  local parent = parent_of(self, values.ptid) -- that may be the one in whose place it is put
  threads_of.put(self.table, values)
  local thread = know(self, values.tid, values.resources)
  relate(self, thread, parent)
  thread:charge("", sizes.ENTRY + sizes.of(values))
  return thread
end

function Threads:get(tid)
  return self:find(tid) or self:add { tid = tid, pid = -1, ptid = -1, reaper_tid = -1, sid = -1, vpgid = -1, pgid = -1,
    vtid = -1, vpid = -1, comm = "<NA>", exe = "<NA>", uid = NO_USER, gid = NO_USER, loginuid = NO_USER, fd_limit = -1,
    flags = NAME_CHANGED }
end

-- ---- the end of one ----

function Threads:end_alive(group)
  group.alive = group.alive - 1
  if is_stale(group.list, group.alive) then group.list = clean(self, group.list) end
end

local function first_alive(self, group, but)
  for _, thread in ipairs(group.list) do
    if thread ~= but and self:is_there(thread) and not thread:is_dead() then return thread end
  end
end

-- Who gets the children of a thread that ends: another one of its process, or of the next ancestor that takes orphans;
-- nil: nobody.
local function find_reaper(self, thread, ptid, in_namespace)
  if thread.group.alive > 0 then
    local other = first_alive(self, thread.group, thread)
    if other then return other end
  end
  local seen = { [thread.tid] = true }
  local parent = self:find(ptid)
  while parent and not seen[parent.tid] and parent:in_namespace() == in_namespace do
    seen[parent.tid] = true
    if parent.group and parent.group.is_reaper and parent.group.alive > 0 then
      local other = first_alive(self, parent.group)
      if other then return other end
    end
    parent = self:find(parent:read "ptid")
  end
end

-- nil: nobody gets them.
local function give_children_to(self, thread, reaper)
  if reaper and reaper.group and reaper.group ~= thread.group then reaper.group.is_reaper = true end
  for _, child in ipairs(thread.children) do
    local is_there = self:is_there(child)
    if is_there and reaper then add_child(reaper, child) end
    if is_there and not reaper then child:write("ptid", 0) end
  end
  thread.children, thread.unexpired = {}, 0
end

local function give_away_children(self, thread)
  local told = thread:read "reaper_tid" -- by the kernel
  local reaper = told > 0 and self:get(told) or nil
  if not reaper or reaper:is_invalid() then
    reaper = find_reaper(self, thread, thread:read "ptid", thread:in_namespace())
  end
  if reaper == thread then return end
  if reaper then thread:write("reaper_tid", reaper.tid) end
  give_children_to(self, thread, reaper)
end

local function leave_parent(self, ptid)
  local parent = self:find(ptid)
  if not parent then return end
  parent.unexpired = parent.unexpired - 1
  if is_stale(parent.children, parent.unexpired) then parent.children = clean(self, parent.children) end
end

function Threads:remove(tid)
  local thread = self:find(tid)
  if not thread then return end
  if not thread.group or thread:is_invalid() then
    leave_parent(self, thread:read "ptid")
    return erase(self, tid)
  end
  if not thread:is_dead() then
    self:end_alive(thread.group)
    thread:set_flag(CLOSED)
  end
  if #thread.children > 0 then give_away_children(self, thread) end
  local ptid, pid, is_main = thread:read "ptid", thread:read "pid", thread:is_main()
  if thread.group.alive == 0 then
    leave_parent(self, ptid)
    self.groups[pid] = nil
    erase(self, pid)
  end
  if not is_main then
    leave_parent(self, ptid)
    erase(self, tid)
  end
end

-- ---- what plugins do ----

-- A thread that a plugin has erased: what stood in its entry is not there any more.
local function outlive(self, thread)
  local group = thread.group
  if group and not thread.has_ended then self:end_alive(group) end
  if #thread.children > 0 then
    give_children_to(self, thread, find_reaper(self, thread, thread.last_ptid, thread.was_in_namespace))
  end
  if thread.last_ptid then leave_parent(self, thread.last_ptid) end
  if not group or group.alive > 0 or self.groups[group.pid] ~= group then return end
  self.groups[group.pid] = nil
  erase(self, group.pid)
end

function Threads:take_over()
  if self.table:size() == self.count then return end
  local is_there, gone = {}, {}
  for _, tid in ipairs(assert(self.table:keys())) do is_there[tid] = true end
  for tid, thread in pairs(self.known) do
    if not is_there[tid] then gone[#gone + 1] = thread end
  end
  table.sort(gone, function(a, b) return a.tid < b.tid end)
  for _, thread in ipairs(gone) do forget(self, thread.tid) end
  for _, thread in ipairs(gone) do outlive(self, thread) end
  self:connect()
end

return threads_of
