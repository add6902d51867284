-- kernelfields: what hosts know of the process, the descriptor, the paths and the user of an event of the kernel:
-- proc.*, thread.*, fd.*, fdlist.*, fs.path.*, user.* and group.*.
--
--   local field = kernelfields.find("proc.name")      nil: lure has no values of that
--   field.name, field.type, field.list                the type as libsinsp compares it
--   field.takes                                       what may stand in brackets, in words; nil: nothing
--   field.wants                                       what has to stand there
--   local get = field.new(argument)                   nil and why not
--   local value = get(view, event)                    nil: it has none
--   field.each(view, event)                           without an argument a condition is true if it is of one of
--                                                     these values; `field.all`: the operator that asks it of all
--   field.value                               like `new`, where conditions compare what outputs do not print
--   field.only_compared                       true: outputs cannot have it
--
-- Values are those of libsinsp (the newest), as its outputs print them, after the event was seen; addresses are texts.

local descriptorfields = require "lure.cli.descriptorfields"
local pathfields = require "lure.cli.pathfields"
local pollfields = require "lure.cli.pollfields"
local resourcefields = require "lure.cli.resourcefields"
local socketfields = require "lure.cli.socketfields"
local threads = require "lure.cli.threads"
local userfields = require "lure.cli.userfields"

local kernelfields = {}

-- ---- the thread of an event ----

-- The threads that are known and the number of the event's; nil: it is not known.
local function thread_of(view)
  local known = view.kernel and view.threads
  if known and view.captured.thread then return known, view.captured.thread end
end

-- A field of the table "threads"; `none`: a value that stands for none.
local function of_table(name, none)
  return function(view)
    local known, tid = thread_of(view)
    local value = known and known:read(tid, name)
    if value ~= none then return value end
  end
end

-- What `make` says of the threads and a thread's number.
local function made(make)
  return function(view)
    local known, tid = thread_of(view)
    if known then return make(known, tid) end
  end
end

-- The same of the thread that is `n` processes up.
local function of_ancestor(n, make)
  return made(function(known, tid)
    local ancestor = known:ancestor(tid, n)
    return ancestor and make(known, ancestor)
  end)
end

-- ---- what a thread has ----

local function read(name)
  return function(known, tid) return known:read(tid, name) end
end

local function args(known, tid) return table.concat(known:list(tid, "args"), " ") end

local function command_line(known, tid)
  local parts = known:list(tid, "args")
  table.insert(parts, 1, known:read(tid, "comm"))
  return table.concat(parts, " ")
end

local function exe_line(known, tid) return known:read(tid, "exe") .. " " .. args(known, tid) end

-- Environment and directory are those of the process.
local function environment(known, tid)
  local main = known:main(tid)
  return main and known:list(main, "env") or {}
end

local function all_of_environment(known, tid) return table.concat(environment(known, tid), " ") end

local function variable(name)
  return function(known, tid)
    for _, one in ipairs(environment(known, tid)) do
      local value = #one > #name and one:sub(1, #name + 1) == name .. "=" and one:sub(#name + 2)
      if value then return value:match "^%s*(.-)%s*$" end
    end
    return ""
  end
end

local function directory(known, tid)
  local main = known:main(tid)
  return main and known:read(main, "cwd") or "./"
end

local function descriptor_limit(known, tid)
  local main = known:main(tid)
  return main and known:read(main, "fd_limit") or 0
end

local function count_of_args(known, tid) return #known:list(tid, "args") end

local function length_of_args(known, tid) return #table.concat(known:list(tid, "args")) end

-- Has the thread another number in its own namespace?
local function is_in_namespace(known, tid)
  local vtid = known:read(tid, "vtid")
  return vtid >= 0 and vtid ~= tid
end

-- The thread with the number that `name` has, of a session or a group: by that number, or the farthest of the parents
-- in a row that have the same.
local function leader(known, tid, name, is_virtual)
  local id = known:read(tid, name)
  if id == -1 then return nil end
  if not (is_virtual and is_in_namespace(known, tid)) and known:has(id) then return id end
  local found
  for _, parent in ipairs(known:ancestors(tid)) do
    if known:read(parent, name) ~= id then break end
    found = parent
  end
  return found
end

-- A field of that thread, "" where there is none.
local function of_leader(id, name, is_virtual)
  return made(function(known, tid)
    local found = leader(known, tid, id, is_virtual)
    return found and known:read(found, name) or ""
  end)
end

local function is_leader(id, own)
  return made(function(known, tid) return known:read(tid, id) == known:read(tid, own) end)
end

local function login_shell(known, tid)
  local main, found = known:main(tid), nil
  if not main then return nil end
  local list = known:ancestors(main)
  table.insert(list, 1, main)
  for _, one in ipairs(list) do
    if known:read(one, "comm"):find "sh$" then found = known:read(one, "pid") end
  end
  return found
end

-- ---- arguments ----

local MOST = 0xFFFF -- a chain of parents may be a ring

-- The number in brackets; nil and why not.
local function number_in(argument)
  local number = argument:find "^%d+$" and math.tointeger(tonumber(argument))
  if number and number <= MOST then return number end
  return nil, ("expected a number in brackets, as in [1], got [%s]"):format(argument)
end

-- Of a process that is so many up; without a number, in outputs, of all, with blanks between them.
local function new_of_ancestors(make)
  local function all(known, tid)
    local main, parts = known:main(tid), {}
    for i, one in ipairs(main and known:ancestors(main) or {}) do parts[i] = tostring(make(known, one)) end
    return #parts > 0 and table.concat(parts, " ") or nil
  end
  return function(argument)
    if not argument then return made(all) end
    local number, problem = number_in(argument)
    if not number then return nil, problem end
    return of_ancestor(number, make)
  end
end

-- A list of what all ancestors have.
local function each_of_ancestors(make)
  return made(function(known, tid)
    local main, list = known:main(tid), {}
    for i, one in ipairs(main and known:ancestors(main) or {}) do list[i] = make(known, one) end
    return list
  end)
end

local function new_args(argument)
  if not argument then return made(args) end
  local number, problem = number_in(argument)
  if not number then return nil, problem end
  return made(function(known, tid) return known:list(tid, "args")[number + 1] or "" end)
end

local function new_env(argument)
  if not argument or argument == "" or argument:find "^%d+$" then return made(all_of_environment) end
  return made(variable(argument))
end

-- So many parents are asked for a variable.
local FARTHEST <const> = 20

-- Of the parents the first that has the variable.
local function variable_of_ancestors(name)
  local value_of = variable(name)
  return made(function(known, tid)
    for _, one in ipairs { table.unpack(known:ancestors(known:main(tid) or tid), 1, FARTHEST) } do
      local value = value_of(known, one)
      if value ~= "" then return value end
    end
    return ""
  end)
end

local function new_aenv(argument)
  if not argument or argument == "" or argument:find "^0+$" then return made(all_of_environment) end
  if not argument:find "^%d+$" then return variable_of_ancestors(argument) end
  local number, problem = number_in(argument)
  if not number then return nil, problem end
  return made(function(known, tid)
    local at = known:main(tid)
    if not at then return "" end
    for _ = 1, number do
      at = known:read(at, "ptid")
      if not at or not known:has(at) then return nil end
    end
    return all_of_environment(known, at)
  end)
end

local function new_cgroup(argument)
  return made(function(known, tid)
    for _, group in ipairs(known:cgroups(tid)) do
      local name, path = group:match "^([^=]*)=(.*)$"
      if name == argument then return path end
    end
  end)
end

local function cgroups(known, tid)
  local list = known:cgroups(tid)
  return #list > 0 and table.concat(list, " ") or nil
end

-- ---- the table ----

local function standard_stream(fd, of)
  return made(function(known, tid)
    local descriptor = known:descriptor(tid, fd)
    return descriptor and of(descriptor)
  end)
end

local function name_of(descriptor) return descriptor.name end

-- name, type, get; or `new`, and what it takes or wants
local rows = {
  { "proc.name", "string", of_table "comm" },
  { "proc.exe", "string", of_table "exe" },
  { "proc.exepath", "string", of_table "exe_path" },
  { "proc.cmdline", "string", made(command_line) },
  { "proc.exeline", "string", made(exe_line) },
  { "proc.cwd", "string", made(directory) },
  { "proc.cmdnargs", "uint64", made(count_of_args) },
  { "proc.cmdlenargs", "uint64", made(length_of_args) },
  { "proc.pid", "int64", of_table "pid" },
  { "proc.ppid", "int64", of_ancestor(1, read "pid") },
  { "proc.pname", "string", of_ancestor(1, read "comm") },
  { "proc.pexe", "string", of_ancestor(1, read "exe") },
  { "proc.pexepath", "string", of_ancestor(1, read "exe_path") },
  { "proc.pcmdline", "string", of_ancestor(1, command_line) },
  { "proc.vpid", "int64", of_table("vpid", -1) },
  { "proc.pvpid", "int64", made(function(known, tid) return known:read(known:read(tid, "ptid"), "vpid") end) },
  { "proc.sid", "int64", of_table "sid" },
  { "proc.sname", "string", of_leader("sid", "comm", true) },
  { "proc.sid.exe", "string", of_leader("sid", "exe", true) },
  { "proc.sid.exepath", "string", of_leader("sid", "exe_path", true) },
  { "proc.vpgid", "int64", of_table "vpgid" },
  { "proc.vpgid.name", "string", of_leader("vpgid", "comm", true) },
  { "proc.vpgid.exe", "string", of_leader("vpgid", "exe", true) },
  { "proc.vpgid.exepath", "string", of_leader("vpgid", "exe_path", true) },
  { "proc.pgid", "int64", of_table "pgid" },
  { "proc.pgid.name", "string", of_leader("pgid", "comm") },
  { "proc.pgid.exe", "string", of_leader("pgid", "exe") },
  { "proc.pgid.exepath", "string", of_leader("pgid", "exe_path") },
  { "proc.is_sid_leader", "bool", is_leader("sid", "vpid") },
  { "proc.is_vpgid_leader", "bool", is_leader("vpgid", "vpid") },
  { "proc.is_pgid_leader", "bool", is_leader("pgid", "pid") },
  { "proc.is_exe_writable", "bool", of_table "exe_writable" },
  { "proc.is_exe_upper_layer", "bool", of_table "exe_upper_layer" },
  { "proc.is_exe_lower_layer", "bool", of_table "exe_lower_layer" },
  { "proc.is_exe_from_memfd", "bool", of_table "exe_from_memfd" },
  { "proc.exe_ino", "int64", of_table("exe_ino", 0) },
  { "proc.exe_ino.ctime", "abstime", of_table("exe_ino_ctime", 0) },
  { "proc.exe_ino.mtime", "abstime", of_table("exe_ino_mtime", 0) },
  { "proc.pidns_init_start_ts", "uint64", of_table("pidns_init_start_ts", 0) },
  { "proc.tty", "uint32", of_table "tty" },
  { "proc.fdlimit", "int64", made(descriptor_limit) },
  { "proc.loginshellid", "int64", made(login_shell) },
  { "proc.args", "string", takes = "1", new = new_args },
  { "proc.env", "string", takes = "HOME", new = new_env },
  { "proc.aenv", "string", takes = "HOME", new = new_aenv, each = each_of_ancestors(all_of_environment) },
  { "proc.aname", "string", ancestors = read "comm" },
  { "proc.aexe", "string", ancestors = read "exe" },
  { "proc.aexepath", "string", ancestors = read "exe_path" },
  { "proc.acmdline", "string", ancestors = command_line },
  { "proc.apid", "int64", ancestors = read "pid" },
  { "proc.aargs", "string", takes = "1", new = new_of_ancestors(args) },
  { "thread.tid", "int64", function(view, event) if view.kernel then return event.tid end end },
  { "thread.vtid", "int64", of_table("vtid", -1) },
  { "thread.ismain", "bool", made(function(known, tid) return known:main(tid) == tid end) },
  { "thread.cgroups", "string", made(cgroups) },
  { "thread.cgroup", "string", wants = "cpuset", new = new_cgroup },
}
for fd, name in pairs { [0] = "stdin", "stdout", "stderr" } do
  rows[#rows + 1] = { ("proc.%s.type"):format(name), "string", standard_stream(fd, threads.kind_of) }
  rows[#rows + 1] = { ("proc.%s.name"):format(name), "string", standard_stream(fd, name_of) }
end
for _, more in ipairs { descriptorfields, pathfields, pollfields, resourcefields, socketfields, userfields } do
  table.move(more, 1, #more, #rows + 1, rows)
end

local by_name = {}

for _, row in ipairs(rows) do
  local get, new, each = row[3], row.new, row.each
  if row.ancestors then
    new, each = new_of_ancestors(row.ancestors), each_of_ancestors(row.ancestors)
    row.takes = "1"
  end
  by_name[row[1]] = { name = row[1], type = row[2], takes = row.takes, wants = row.wants, each = each, all = row.all,
    list = row.list,
    only_compared = row.only_compared, value = row.value and function() return row.value end,
    new = new or function() return get end }
end

-- "thread.cgroup.cpuset" is "thread.cgroup" with its argument.
function kernelfields.find(name)
  local known = by_name[name]
  if known then return known end
  local group = name:match "^thread%.cgroup%.([%a_]+)$"
  if group then return { name = name, type = "string", new = function() return new_cgroup(group) end } end
end

-- The names of all, in no order.
function kernelfields.names()
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  return names
end

return kernelfields
