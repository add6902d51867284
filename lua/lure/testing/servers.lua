-- servers: HTTP servers of specs, whose functions answer what scripts ask for.
--
-- They have no thread: `servers.step()` does what there is to do, between two batches of a source.

local sockets = require "lure.sockets"
local json = require "lure.cli.json"
local httptext = require "lure.testing.httptext"

local servers = {}

local open_servers = {}

---@class lure.testing.Request
---@field method string
---@field path string
---@field query table<string, string>
---@field headers table<string, string> by their names in lower case
---@field body string

---@class lure.testing.Server
---@field url string "http://127.0.0.1:PORT"
---@field requests lure.testing.Request[] what it was asked
---@field handler fun(request: lure.testing.Request): integer?, table?, (string | table)?
local Server = {}
Server.__index = Server

local STATUS = { [200] = "OK", [204] = "No Content", [404] = "Not Found", [429] = "Too Many Requests",
  [500] = "Internal Server Error", [503] = "Service Unavailable" }

---@param handler fun(request: lure.testing.Request): integer?, table?, (string | table)?
---@return lure.testing.Server
function servers.open(handler)
  if type(handler) ~= "function" then error(("server: expected a function, got a %s"):format(type(handler)), 0) end
  local socket, message = sockets.listen "tcp://127.0.0.1:0"
  if not socket then error("server: " .. message, 0) end
  local server = setmetatable({ socket = socket, handler = handler, connections = {}, requests = {},
    url = ("http://127.0.0.1:%d"):format(socket:port()) }, Server)
  open_servers[#open_servers + 1] = server
  return server
end

function Server:close()
  for _, connection in ipairs(self.connections) do connection.socket:close() end
  self.socket:close()
  self.connections = {}
  for i, server in ipairs(open_servers) do
    if server == self then table.remove(open_servers, i) end
  end
end

function servers.close()
  while open_servers[1] do open_servers[1]:close() end
end

-- What the handler answers; nil: it answers nothing, and the client waits.
local function answer(server, message)
  local method, target = message.first:match("^(%S+) (%S+)")
  if not method then return httptext.write("HTTP/1.1 400 Bad Request", nil, "") end
  local path, query = httptext.target(target)
  local request = { method = method, path = path, query = query, headers = message.headers, body = message.body }
  server.requests[#server.requests + 1] = request
  local status, headers, body = server.handler(request)
  if status == nil then return nil end
  if type(body) == "table" then body = json.encode(body) end
  return httptext.write(("HTTP/1.1 %d %s"):format(status, STATUS[status] or "Status"), headers, body or "")
end

-- True: something was done.
local function serve(server, connection)
  local text, message = connection.socket:receive()
  if text == "" or message then
    connection.over = true
    return true
  end
  connection.received = connection.received .. (text or "")
  local request = not connection.asked and httptext.parse(connection.received)
  if request then
    connection.asked = true
    connection.answer = answer(server, request)
  end
  local sent = connection.answer and connection.socket:send(connection.answer)
  if sent then
    connection.answer = connection.answer:sub(sent + 1)
    connection.over = connection.answer == ""
  end
  return text ~= nil or (sent or 0) > 0
end

local function step(server)
  local done = false
  local accepted = server.socket:accept()
  while accepted do
    server.connections[#server.connections + 1] = { socket = accepted, received = "" }
    accepted, done = server.socket:accept(), true
  end
  for i = #server.connections, 1, -1 do
    local connection = server.connections[i]
    done = serve(server, connection) or done
    if connection.over then
      connection.socket:close()
      table.remove(server.connections, i)
    end
  end
  return done
end

-- Does what there is to do; true: there was something.
function servers.step()
  local done = false
  for _, server in ipairs(open_servers) do done = step(server) or done end
  return done
end

-- Whether someone may be about to ask.
function servers.any() return #open_servers > 0 end

return servers
