-- Event sources of each kind that waits, and clients of them, for real hosts.

local folder = require "spec.hosts.testdirectory"
local socket = require "socket"
local sockets = require "spec.net.sockets"

local waiting = {}

waiting.kinds = { "tail", "process", "udp", "tcp", "unix", "http", "poller" }

--- The script: its open parameters are a kind, and what it reads.
waiting.script = [[
local lure = require "lure"
local kinds = {}

function kinds.tail(path, emit)
  for line in lure.file.tail(path) do emit(line) end
end

function kinds.process(path, emit)
  local words = { "sh", "-c", 'echo $$ >"$0"; echo hello; exec sleep 1000', path }
  for line in lure.process.run(words):lines() do emit(line) end
end

function kinds.udp(address, emit)
  for text in lure.net.listen(address):datagrams() do emit(text) end
end

function kinds.tcp(address, emit)
  lure.net.listen(address):serve(function(connection)
    for line in connection:lines() do emit(line) end
  end)
end

kinds.unix = kinds.tcp

function kinds.http(address, emit)
  lure.http.serve({ listen = address }, function(request)
    emit(request.body)
    return 204
  end)
end

function kinds.poller(url, emit)
  while true do
    emit(lure.http.get(url, { retry = true }).body)
    lure.sleep(3600)
  end
end

return { name = "waiting", id = 998, version = "0.1.0", event_source = "waiting", description = "-", contact = "-",
  produce = function(params, emit)
    local kind, where = params:match "^(%a+) (.*)$"
    kinds[kind](where, emit)
  end }
]]

--- A port of 127.0.0.1 that nobody uses.
local function free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return math.tointeger(port)
end

local LOGGER = "logger --server 127.0.0.1 --port %d --%s --rfc5424 --tag spec hello"

--- What a source of this kind reads, the command that sends it an event, and one that runs beside it.
function waiting.parts(kind, place)
  local port, path = free_port(), place:file(kind)
  if kind == "tail" then
    place:write(kind, "")
    return path, "echo hello >>" .. folder.quote(path)
  elseif kind == "process" then
    return path, "true"
  elseif kind == "udp" or kind == "tcp" then
    return ("%s://127.0.0.1:%d"):format(kind, port), LOGGER:format(port, kind)
  elseif kind == "unix" then
    return "unix://" .. path, "logger --socket " .. folder.quote(path) .. " --rfc5424 --tag spec hello"
  elseif kind == "http" then
    return "tcp://127.0.0.1:" .. port, ("curl -s -d hello http://127.0.0.1:%d/hook"):format(port)
  end
  place:write("page", "hello\n")
  return ("http://127.0.0.1:%d/page"):format(port), "true",
    ("python3 -m http.server --bind 127.0.0.1 --directory %s %d"):format(folder.quote(place.path), port)
end

--- Waits until it holds, calling `meanwhile`, if there is one, again and again.
function waiting.wait(what, condition, meanwhile)
  local deadline = os.time() + 60
  while not condition() do
    assert(os.time() < deadline, "waited in vain for " .. what)
    if meanwhile then meanwhile() end
    socket.sleep(0.05)
  end
end

--- Starts a command line in the background, in the test's directory, which reads `input` (nothing). Its outputs are
--- NAME.out and NAME.err, and NAME.status is there when it has ended.
function waiting.start(place, name, command, input)
  local line = 'cd %s && { unset LD_PRELOAD; %s <%s.in >%s.out 2>%s.err; echo $? >%s.status; } 2>/dev/null &'
  place:write(name .. ".in", input or "")
  assert(os.execute(line:format(folder.quote(place.path), command, name, name, name, name)))
end

--- `command` as one that writes the number of its process into NAME.pid.
function waiting.numbered(name, command)
  return "sh -c " .. folder.quote(("echo $$ >%s.pid; exec %s"):format(name, command))
end

function waiting.signal(place, name, number)
  local pid = place:read(name .. ".pid"):match "%d+"
  if pid then os.execute(("kill -%s %s 2>/dev/null"):format(number, pid)) end
end

--- Kills what was started under these names, and waits until it has written its last file: then the directory can go.
function waiting.kill(place, ...)
  for _, name in ipairs { ... } do
    local started = io.open(place:file(name .. ".in"))
    if started then
      started:close()
      waiting.wait("the end of " .. name, function() return place:read(name .. ".status") ~= "" end,
        function() waiting.signal(place, name, "KILL") end)
    end
  end
end

--- The command that sends an event, as something to do meanwhile; it fails where nobody listens yet.
function waiting.sending(command)
  return function() sockets.run(command) end
end

--- Is the program gone that a source of the kind "process" has started?
function waiting.is_gone(place, kind)
  local pid = kind == "process" and place:read(kind):match "%d+"
  local status = pid and io.open("/proc/" .. pid .. "/stat")
  local text = status and status:read "a" or ") Z"
  if status then status:close() end
  return text:match "%) (%a)" == "Z"
end

return waiting
