--- Clients for specs of lure.net: LuaSocket's, and programs.
local given = require "spec.given"
local socket = require "socket"
local support = require "spec.support"

local sockets = {}

--- As support.run, without the sanitizer's library that specs of special builds preload: not every program runs with it.
function sockets.run(command) return support.run("unset LD_PRELOAD\n" .. command) end

--- A path for a unix socket, at which nothing stands.
function sockets.path()
  return (support.run("mktemp -u -p " .. support.folder()):gsub("\n$", ""))
end

--- A port of 127.0.0.1 that nobody listens at.
function sockets.free_port()
  local server = assert(socket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  server:close()
  return math.tointeger(port)
end

--- Calls next_batch until `condition(list)` holds; `list` has the payloads so far.
function sockets.until_there(instance, condition)
  local list, deadline = {}, os.time() + 60
  while not condition(list) do
    assert(os.time() < deadline, "it does not come: " .. table.concat(list, ", "))
    local rc, events, message = instance:next_batch()
    assert(rc == "success" or rc == "timeout" or #events > 0, message or rc)
    for _, event in ipairs(events) do list[#list + 1] = event.data end
  end
  return list
end

--- So many payloads.
function sockets.received(instance, count)
  return sockets.until_there(instance, function(list) return #list >= count end)
end

--- A source that listens at `address` (an expression of Lua's), with `body` as the function of `open`, which has `listener`.
-- Its first event is the listener's port, or 0. Returns the instance, the port, the plugin.
function sockets.listening(address, body, options)
  local script = given.source(([[
    init = function() queue = {} end,
    open = function()
      local function emit(text) table.insert(queue, text) end
      listener = lure.net.listen(%s)
      emit(listener:port() or 0)
      local run = (function() %s end)()
      if run then lure.spawn(run) end
      return {}
    end,
    next = function()
      while not queue[1] do lure.sleep(0.001) end
      return table.remove(queue, 1)
    end,]]):format(address, body))
  options = options or {}
  options.config = options.config or '{"lure": {"max_errors": 1}}'
  local instance, plugin = given.opened(script, options)
  return instance, tonumber(sockets.received(instance, 1)[1]), plugin
end

--- A connected client.
function sockets.connected(port, host)
  local client = assert(socket.tcp())
  client:settimeout(60)
  assert(client:connect(host or "127.0.0.1", port))
  return client
end

return sockets
