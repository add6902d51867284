-- What a fuzz target in Lua decides by the bytes of its input; see input.h.
local input = {}

local bytes, at

function input.begin(text)
  bytes, at = text, 1
end

function input.left()
  return #bytes - at + 1
end

--- A number from 0, below `below`; 0 behind the end.
function input.below(below)
  local number
  if below <= 256 then
    number = bytes:byte(at) or 0
    at = at + 1
  else
    number = input.left() >= 4 and string.unpack("<I4", bytes, at) or 0
    at = at + 4
  end
  return number % below
end

function input.once_in(times)
  return input.below(times) == 0
end

function input.pick(list)
  return list[input.below(#list) + 1]
end

--- At most `most` of the bytes that are left.
function input.bytes(most)
  local taken = bytes:sub(at, at + most - 1)
  at = at + #taken
  return taken
end

return input
