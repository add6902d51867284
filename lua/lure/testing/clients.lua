-- clients: what specs send to scripts: messages, lines, HTTP requests.

local sockets = require "lure.sockets"
local json = require "lure.cli.json"
local httptext = require "lure.testing.httptext"
local sources = require "lure.testing.sources"

local clients = {}

-- A script may be about to listen.
local function connect(address)
  local socket, message
  sources.wait(function()
    socket, message = sockets.connect(address)
    return socket or not (message:find "refused" or message:find "No such file")
  end)
  return socket or error(("%s: %s"):format(address, message), 0)
end

local function send_all(socket, address, text)
  repeat
    local sent, message
    sources.wait(function()
      sent, message = socket:send(text)
      return sent ~= 0 or text == ""
    end)
    if not sent then error(("%s: %s"):format(address, message), 0) end
    if sent == 0 and text ~= "" then error(address .. ": nobody takes what is sent", 0) end
    text = text:sub(sent + 1)
  until text == ""
end

-- Each text is a message (udp, unixgram), or all go over one connection (tcp, unix), which is closed then.
function clients.send(address, ...)
  local socket = connect(address)
  for _, text in ipairs { ... } do send_all(socket, address, text) end
  socket:close()
end

-- An HTTP request to a script that serves: { status =, headers =, body = }.
function clients.request(url, options)
  options = options or {}
  local address, target = url:match("^http://([^/]+)(.*)$")
  if not address then error(('request: expected "http://ADDRESS:PORT/…", got "%s"'):format(url), 0) end
  address = "tcp://" .. address .. (address:find(":%d+$") and "" or ":80")
  local body = type(options.body) == "table" and json.encode(options.body) or options.body or ""
  local headers = { Host = url:match("^http://([^/]+)") }
  for name, value in pairs(options.headers or {}) do headers[name] = value end
  local socket = connect(address)
  local first = ("%s %s HTTP/1.1"):format(options.method or (options.body and "POST" or "GET"),
    target == "" and "/" or target)
  send_all(socket, address, httptext.write(first, headers, body))
  local received, ended = "", false
  local done = sources.wait(function()
    local text, message = socket:receive()
    ended = text == "" or message ~= nil
    received = received .. (text or "")
    return ended
  end)
  socket:close()
  local answer = httptext.parse(received, ended)
  if not answer then error(("%s: %s"):format(url, done and "the connection was closed" or "no answer"), 0) end
  return { status = tonumber(answer.first:match("^%S+ (%d+)")), headers = answer.headers, body = answer.body }
end

return clients
