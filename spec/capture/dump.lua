-- A plugin that tells all that it sees, so that two hosts can be compared: each event with its parameters, and what the
-- table of threads has.
local lure = require "lure"

local columns = { "pid", "ptid", "reaper_tid", "sid", "comm", "exe", "exe_path", "exe_writable", "exe_upper_layer",
  "exe_lower_layer", "exe_from_memfd", "flags", "fd_limit", "uid", "gid", "loginuid", "exe_ino", "exe_ino_ctime",
  "exe_ino_mtime", "vtid", "vpid", "vpgid", "pgid", "pidns_init_start_ts", "root", "tty", "cwd" }
local types = { comm = "string", exe = "string", exe_path = "string", root = "string", cwd = "string",
  exe_writable = "bool", exe_upper_layer = "bool", exe_lower_layer = "bool", exe_from_memfd = "bool", flags = "uint32",
  uid = "uint32", gid = "uint32", loginuid = "uint32", exe_ino = "uint64", exe_ino_ctime = "uint64",
  exe_ino_mtime = "uint64", pidns_init_start_ts = "uint64", tty = "uint32" }
local of_fds = { "type", "open_flags", "name", "flags", "dev", "ino", "fd" }
local fd_types = { type = "uint8", open_flags = "uint32", name = "string", flags = "uint32", dev = "uint32", ino = "uint64",
  fd = "int64" }
local of_sockets = {
  [3] = { socket_ipv4_src_ip = "uint32", socket_ipv4_dest_dip = "uint32", socket_ipv4_src_port = "uint16",
    socket_ipv4_dst_port = "uint16", socket_ipv4_l4_proto = "uint8" },
  [4] = { socket_ipv6_src_ip_low = "uint64", socket_ipv6_src_ip_high = "uint64", socket_ipv6_dest_ip_low = "uint64",
    socket_ipv6_dest_ip_high = "uint64", socket_ipv6_src_port = "uint16", socket_ipv6_dst_port = "uint16",
    socket_ipv6_l4_proto = "uint8" },
  [5] = { socket_ipv4_server_ip = "uint32", socket_ipv4_server_port = "uint16", socket_ipv4_server_l4_proto = "uint8" },
  [6] = { socket_ipv6_server_ip_low = "uint64", socket_ipv6_server_ip_high = "uint64", socket_ipv6_server_port = "uint16",
    socket_ipv6_server_l4_proto = "uint8" },
  [8] = { socket_unix_src = "uint64", socket_unix_dest = "uint64" },
}

local fields = { args = { key = "uint64", fields = { value = "string" } },
  env = { key = "uint64", fields = { value = "string" } },
  cgroups = { key = "uint64", fields = { first = "string", second = "string" } },
  file_descriptors = { key = "int64", fields = fd_types } }
fields.tid = "int64"
for _, name in ipairs(columns) do fields[name] = types[name] or "int64" end
for _, of_type in pairs(of_sockets) do
  for name, kind in pairs(of_type) do fd_types[name] = kind end
end
local threads = lure.table("threads", { fields = fields })

local function value_of(entry) return entry.value end

local function pair_of(entry) return entry.first .. "=" .. entry.second end

local function texts(list, text_of)
  local found = {}
  list:each(function(entry) found[#found + 1] = text_of(entry) end)
  return table.concat(found, ",")
end

local function fd_text(fd)
  local words = {}
  for i, name in ipairs(of_fds) do words[i] = name .. "=" .. tostring(fd[name]) end
  local names = {}
  for name in pairs(of_sockets[fd.type] or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do words[#words + 1] = name .. "=" .. tostring(fd[name]) end
  return table.concat(words, " ")
end

local function thread_text(thread)
  local words = { "tid=" .. thread.tid }
  for _, name in ipairs(columns) do words[#words + 1] = name .. "=" .. tostring(thread[name]) end
  words[#words + 1] = "args=" .. texts(thread.args, value_of)
  words[#words + 1] = "env=" .. texts(thread.env, value_of)
  words[#words + 1] = "cgroups=" .. texts(thread.cgroups, pair_of)
  local fds = {}
  local has_some, list = pcall(function() return thread.file_descriptors end)
  if has_some then list:each(function(fd) fds[#fds + 1] = fd_text(fd) end) end -- libsinsp has none where the process is gone
  table.sort(fds)
  return table.concat(words, " ") .. " fds=[" .. table.concat(fds, "; ") .. "]"
end

local function all_threads()
  local list = {}
  threads:each(function(thread) list[#list + 1] = thread.tid end)
  table.sort(list)
  for i, tid in ipairs(list) do list[i] = thread_text(threads:get(tid)) end -- by `get` libsinsp has its newest descriptors
  return table.concat(list, " | ")
end

local function hex(bytes) return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) end

local function parameters(event)
  local list = {}
  for i = 1, 40 do
    local bytes = event.param[i]
    if not bytes then break end
    list[i] = hex(bytes)
  end
  return table.concat(list, " ")
end

local before = ""

return {
  name = "dump", version = "0.1.0", description = "-", contact = "-",
  extract_event_sources = { "syscall", "dummy" }, parse_event_sources = { "syscall" },
  parse = function() if before == "" then before = all_threads() end end,
  fields = {
    { name = "dump.event", type = "string", desc = "-", extract = function(_, _, event)
      return ("%s %s %s %s %s"):format(event.num, event.ts, event.tid, event.source, event.type)
    end },
    { name = "dump.params", type = "string", desc = "-", extract = function(_, _, event) return parameters(event) end },
    { name = "dump.now", type = "string", desc = "-", extract = all_threads },
    { name = "dump.threads", type = "string", desc = "-", extract = function() return before end },
  },
}
