-- format: the FORMAT of -p. "%field" and "%field[argument]" stand for values, "%%" for a
-- percent sign; all else is shown as it is.

local fields = require "lure.cli.fields"
local stop = require "lure.cli.stop"

local format = {}

-- The longest beginning of `word` that is a field, so that "%evt.num: %a.b-%c.d." works. What is
-- none at all is answered as a whole, for the message.
local function split_name(info, word)
  local name = word
  while name and not fields.exists(info, name) do
    name = name:match("^(.+)%.+$") or name:match("^(.+)%-[^-]*$")
  end
  return name or word:match("^(.-)[.-]*$")
end

-- The argument in brackets at `at`, and the place behind it.
local function read_argument(pattern, at)
  if pattern:sub(at, at) ~= "[" then return nil, at end
  local argument, behind = pattern:match("^%[([^%]]*)%]()", at)
  if not argument then stop.usage('-p: "%s" has no closing bracket', pattern:sub(at)) end
  return argument, behind
end

-- A list of texts and shown things (see fields).
function format.read(pattern, info)
  local pieces, at = {}, 1
  while at <= #pattern do
    local literal, percent = pattern:match("^([^%%]*)()", at)
    if literal ~= "" then pieces[#pieces + 1] = literal end
    if percent > #pattern then break end
    local word = pattern:match("^[%w_.-]+", percent + 1)
    if pattern:sub(percent + 1, percent + 1) == "%" then
      pieces[#pieces + 1] = "%"
      at = percent + 2
    elseif word then
      local name = split_name(info, word)
      local argument
      argument, at = read_argument(pattern, percent + 1 + #name)
      pieces[#pieces + 1] = fields.named(info, name, argument)
    else
      stop.usage('-p: "%%" is followed by no field in "%s"; write %%%% for a percent sign', pattern:sub(percent))
    end
  end
  return pieces
end

-- The shown things among the pieces.
function format.fields(pieces)
  local shown = {}
  for _, piece in ipairs(pieces) do
    if type(piece) == "table" then shown[#shown + 1] = piece end
  end
  return shown
end

return format
