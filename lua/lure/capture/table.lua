-- table: what a capture says of threads, in the table "threads" of lure.host.
--
--   local on = table.of(inspector)      what reader.open is given
--   on.event(captured)                  what an event changes in it: see state.lua
--   on.size()                           about how many bytes all events have put there

local processes = require "lure.capture.processes"
local state_of = require "lure.capture.state"
local threads_of = require "lure.capture.threads"

local of_inspector = {}

-- libsinsp leaves out descriptors of threads that it does not know.
local function put_descriptor(threads, tid, fd)
  local list = threads.table:subtable(tid, "file_descriptors")
  if list then threads_of.put_descriptor(list, fd.fd, fd) end
  return list ~= nil
end

function of_inspector.of(inspector)
  local state = state_of.new(inspector)
  local threads = state.threads
  local connections, server_ports -- of the capture's lists
  return {
    begin = function()
      state:clear()
      connections, server_ports = {}, {}
    end,
    interfaces = function(list) state.interfaces = list end,
    user = function(what, id, entry) state.users:add(what, id, entry) end,
    thread = function(thread) threads:import(thread) end,
    descriptor = function(tid, fd)
      if not put_descriptor(threads, tid, fd) then return end
      local port = processes.server_port(fd)
      if port then server_ports[port] = true end
      if fd.type == 3 then connections[#connections + 1] = { tid, fd } end
    end,
    ready = function()
      threads:connect()
      for _, connection in ipairs(connections) do
        processes.choose_role(connection[2], server_ports)
        put_descriptor(threads, connection[1], connection[2])
      end
      connections, server_ports = {}, {}
    end,
    event = function(captured) state:process(captured) end,
    size = function() return threads.charged + state.users.size end,
  }
end

return of_inspector
