-- colour: whether there are colours on a terminal, and which.
--
--   colour.mode = "auto" | "always" | "never"       what --color says
--   local dim, plain = colour.of("dim", OUTPUT)     escape sequences, or "" and ""

local system = require "lure.system"

local colour = { mode = "auto", modes = { "auto", "always", "never" } }

local codes = { dim = "2", bold = "1", wrong = "1;31", mark = "1;32" }

-- By itself only on a terminal that knows colours, unless the person wants none.
local function is_on(descriptor)
  if colour.mode ~= "auto" then return colour.mode == "always" end
  local refused = os.getenv("NO_COLOR")
  return system.is_terminal(descriptor) and (refused == nil or refused == "") and os.getenv("TERM") ~= "dumb"
end

-- What switches a colour on, and off again.
function colour.of(name, descriptor)
  if not is_on(descriptor) then return "", "" end
  return ("\27[%sm"):format(codes[name]), "\27[0m"
end

return colour
