-- eventdescriptor: the file descriptor of an event of the kernel: the one that it uses, makes or closes.
--
--   eventdescriptor.number(view)         -1 where the call made none; nil: it is no event of a descriptor
--   eventdescriptor.find(view)           what threads.lua knows of it; nil: nothing, or it is no event of one
--   eventdescriptor.field(make, otherwise)
--                                        the getter of a field: what make(descriptor, view) says where it is known, and
--                                        otherwise(view), if there is that, where it is not

local lazily = require "lure.cli.lazily"

local kernelfacts = lazily "lure.cli.kernelfacts"
local kernelparams = lazily "lure.cli.kernelparams"

local eventdescriptor = {}

local NONE = -1

local function is_exit(row) return row.code % 2 == 1 end

-- The parameter that is the descriptor of a call that uses one: the first behind what it returns; of splice the one
-- that is written to.
local function used_parameter(row)
  local seen, wanted = 0, row.name == "splice" and 2 or 1
  for number, parameter in ipairs(row.parameters) do
    if parameter.type == "fd" and not (number == 1 and is_exit(row)) then
      seen = seen + 1
      if seen == wanted then return number end
    end
  end
end

local function value_of(view, number)
  local fd = number and kernelparams.value(view.captured, number)
  return math.type(fd) == "integer" and fd or NONE
end

function eventdescriptor.number(view)
  local row = view.kernel
  local facts = row and kernelfacts.of(row.code)
  if not (facts and (facts.uses or facts.creates or facts.destroys)) then return nil end
  if row.symbol == "PPME_SOCKET_SOCKETPAIR_X" and view.captured.fd then return value_of(view, 3) end
  if view.captured.last_fd then return view.captured.last_fd end
  if facts.uses then return value_of(view, used_parameter(row)) end
  local makes = is_exit(row) and row.parameters[1] and row.parameters[1].type == "fd"
  return makes and math.max(value_of(view, 1), NONE) or NONE
end

function eventdescriptor.find(view)
  local tid = view.threads and view.captured.thread
  local number = tid and eventdescriptor.number(view)
  return number and number >= 0 and view.threads:descriptor(tid, number) or nil
end

function eventdescriptor.field(make, otherwise)
  return function(view)
    local number = eventdescriptor.number(view)
    if not number or not view.threads or not view.captured.thread then return nil end
    local descriptor = eventdescriptor.find(view)
    if descriptor then return make(descriptor, view) end
    return otherwise and otherwise(view)
  end
end

return eventdescriptor
