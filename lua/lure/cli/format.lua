-- format: the FORMAT of -p. "%field", "%field[argument]" and "%transformer(field)" stand for values, with a number
-- behind the percent sign for so many letters of them; "%%" for a percent sign; all else is shown as it is. A "*"
-- in front, as sysdig's outputs and Falco's have it, means nothing here.

local fields = require "lure.cli.fields"
local stop = require "lure.cli.stop"
local text = require "lure.cli.text"

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

local read_item

-- "tolower(" and what it is of. nil: it is none
local function read_transformer(pattern, at, info)
  local name, inner = pattern:match("^([%w_]+)%(()", at)
  if not name or fields.exists(info, name) then return nil end
  local known = fields.transformers()
  local found = false
  for _, one in ipairs(known) do found = found or one == name end
  if not found then
    stop.usage('-p: unknown transformer "%s"%s; there are %s', name, text.suggestion(name, known),
      table.concat(known, ", "))
  end
  local shown, behind = read_item(pattern, inner, info)
  if not shown then stop.usage('-p: "%s" is followed by no field', pattern:sub(at, inner - 1)) end
  if pattern:sub(behind, behind) ~= ")" then
    stop.usage('-p: "%s" has no closing parenthesis', pattern:sub(at))
  end
  return fields.transformed(name, shown), behind + 1
end

-- The shown thing at `at`, and the place behind it; nil: there is none.
function read_item(pattern, at, info)
  local shown, behind = read_transformer(pattern, at, info)
  if shown then return shown, behind end
  local word = pattern:match("^[%w_.-]+", at)
  if not word then return nil end
  local name = split_name(info, word)
  local argument
  argument, behind = read_argument(pattern, at + #name)
  return fields.named(info, name, argument), behind
end

-- "%20field": its width, and the place behind it.
local function read_width(pattern, at)
  local digits, behind = pattern:match("^(%d+)()", at)
  if not digits then return nil, at end
  if #digits > 4 then stop.usage('-p: "%%%s": expected a width of at most 9999 letters', digits) end
  return math.tointeger(tonumber(digits)), behind
end

-- A list of texts and shown things (see fields).
function format.read(pattern, info)
  local pieces, at = {}, pattern:sub(1, 1) == "*" and 2 or 1
  while at <= #pattern do
    local literal, percent = pattern:match("^([^%%]*)()", at)
    if literal ~= "" then pieces[#pieces + 1] = literal end
    if percent > #pattern then break end
    if pattern:sub(percent + 1, percent + 1) == "%" then
      pieces[#pieces + 1] = "%"
      at = percent + 2
    else
      local width, begin = read_width(pattern, percent + 1)
      local shown, behind = read_item(pattern, begin, info)
      if not shown then
        stop.usage('-p: "%%" is followed by no field in "%s"; write %%%% for a percent sign', pattern:sub(percent))
      end
      shown.width = width
      pieces[#pieces + 1], at = shown, behind
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
