-- table: what a capture says of threads, in the table "threads" of lure.host.
--
--   local on = table.of(inspector)      what reader.open is given
--   table.add(threads, thread)          a thread as processes.lua gives it, in place of one with that number

local processes = require "lure.capture.processes"

local threads_of = {}

-- In the flags of a thread whose descriptors are those of its process.
local CLONE_FILES = 1

-- Members that are tables of the thread: their entries by number from 0.
local function add_list(threads, tid, name, values)
  local list = assert(threads:subtable(tid, name))
  for i, value in ipairs(values) do
    assert(list:add(i - 1, type(value) == "table" and value or { value = value }))
  end
end

local SUBTABLES = { "args", "env", "cgroups" }

function threads_of.add(threads, thread)
  local values = {}
  for name, value in pairs(thread) do values[name] = value end
  for _, name in ipairs(SUBTABLES) do values[name] = nil end
  threads:erase(thread.tid)
  assert(threads:add(thread.tid, values))
  for _, name in ipairs(SUBTABLES) do
    if thread[name] then add_list(threads, thread.tid, name, thread[name]) end
  end
end

-- False: there is no such thread.
function threads_of.add_descriptor(threads, tid, fd)
  local list = threads:subtable(tid, "file_descriptors")
  if not list then return false end -- libsinsp leaves out those of threads that it does not know
  list:erase(fd.fd)
  return assert(list:add(fd.fd, fd))
end

function threads_of.of(inspector)
  local threads = assert(inspector:table "threads")
  local sockets, server_ports, sharing -- of the capture's lists
  return {
    begin = function()
      threads:clear()
      sockets, server_ports, sharing = {}, {}, {}
    end,
    thread = function(thread)
      threads_of.add(threads, thread)
      sharing[thread.tid] = thread.tid ~= thread.pid and thread.flags & CLONE_FILES ~= 0 and thread.pid or nil
    end,
    descriptor = function(tid, fd)
      if not threads_of.add_descriptor(threads, tid, fd) then return end
      local server = fd.socket_ipv4_server_port or fd.socket_ipv6_server_port
      if server then server_ports[server] = true end
      if fd.socket_ipv4_src_port then sockets[#sockets + 1] = { tid, fd } end
    end,
    ready = function()
      for _, socket in ipairs(sockets) do
        processes.choose_role(socket[2], server_ports)
        threads_of.add_descriptor(threads, socket[1], socket[2])
      end
      for tid, pid in pairs(sharing) do threads:share(tid, "file_descriptors", pid) end -- if it has that process
      sockets, server_ports, sharing = {}, {}, {}
    end,
  }
end

return threads_of
