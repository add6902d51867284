-- stop: how a command ends early, with an exit status and what to say.

local host = require "lure.host"

local stop = {}

local Stop = {}
Stop.__index = Stop

stop.FAILED = 1
stop.USAGE = 2

local function throw(status, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error(setmetatable({ status = status, message = message }, Stop), 0)
end

-- The script or its source failed.
function stop.failed(message, ...) throw(stop.FAILED, message, ...) end

-- The same; `trace` says where the script was.
function stop.traced_failure(message, trace)
  error(setmetatable({ status = stop.FAILED, message = message, trace = trace }, Stop), 0)
end

-- The command line is wrong.
function stop.usage(message, ...) throw(stop.USAGE, message, ...) end

-- Nobody reads our output any more: nothing to say.
function stop.unread() throw(0, nil) end

-- A signal came: the status that a shell gives for one.
function stop.by_signal(number) throw(128 + number, nil) end

-- Is this error one of the above? Any other is a bug.
function stop.is(value) return getmetatable(value) == Stop end

-- Is it the end that nobody is to hear of?
function stop.is_quiet(value) return stop.is(value) and value.status == 0 end

-- What a plugin does that the framework forbids, in words; nil: `value` is another error.
function stop.broken_rule(value)
  if not host.is_broken(value) then return nil end
  return "against the rules of the plugin API, a host may crash: " .. value:gsub("^lure[%w.]*:%d+: ", "")
end

-- For xpcall: a bug keeps the place where it was thrown.
function stop.traced(value)
  if stop.is(value) then return value end
  local broken = stop.broken_rule(value)
  if broken then return setmetatable({ status = stop.FAILED, message = broken }, Stop) end
  return debug.traceback(tostring(value), 2)
end

return stop
