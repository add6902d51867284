-- pattern: the parts of a Lua pattern, read without matching anything.
--
--   local items, message = pattern.read("^(%a+)=(.-)$")
--
-- `items` is a list of { set = "%a", "." or "[^x]", or a character, repeats = "*", "+", "-", "?" or nil,
-- at = where it begins }; captures, anchors, %b, %f and %1 stand there as { set = nil }. nil: Lua refuses the
-- pattern, and why. string.find alone does not tell: it reads a pattern only as far as the text matches.

local pattern = {}

-- The place behind a set that begins at `at`; nil: it has no end.
local function set_end(text, at)
  at = text:match("^%[%^?()", at)
  repeat -- a "]" that is first stands for itself
    local letter = text:sub(at, at)
    if letter == "" then return nil end
    at = at + (letter == "%" and 2 or 1)
  until text:sub(at, at) == "]"
  return at + 1
end

-- The place behind what "%" begins, and whether it is a set; nil and why not.
local function escape_end(text, at, open)
  local letter = text:sub(at + 1, at + 1)
  if letter == "" then return nil, "ends with %" end
  if letter == "b" then
    if #text < at + 3 then return nil, "needs two characters behind %b" end
    return at + 4
  elseif letter == "f" then
    if text:sub(at + 2, at + 2) ~= "[" then return nil, "needs a [ behind %f" end
    local finish = set_end(text, at + 2)
    if not finish then return nil, "has a [ without ]" end
    return finish
  elseif letter:find("%d") then
    if open.closed[math.tointeger(letter)] then return at + 2 end
    return nil, ("has no capture %s in front of %%%s"):format(letter, letter)
  end
  return at + 2, nil, true
end

local MOST_CAPTURES = 32

local function capture(text, at, open)
  if text:sub(at, at) == "(" then
    open.count = open.count + 1
    if open.count > MOST_CAPTURES then return nil, "has too many captures" end
    if text:sub(at + 1, at + 1) == ")" then
      open.closed[open.count] = true
      return at + 2
    end
    table.insert(open.stack, open.count)
    return at + 1
  end
  local number = table.remove(open.stack)
  if not number then return nil, "has a ) without (" end
  open.closed[number] = true
  return at + 1
end

-- The place behind the part at `at`, what is wrong with it, and whether it may be repeated.
local function part_end(text, at, open)
  local letter = text:sub(at, at)
  if letter == "(" or letter == ")" then return capture(text, at, open) end
  if letter == "%" then return escape_end(text, at, open) end
  if letter == "[" then
    local finish = set_end(text, at)
    return finish, "has a [ without ]", true
  end
  return at + 1, nil, letter ~= "$" or at < #text
end

function pattern.read(text)
  local items, open, at = {}, { stack = {}, closed = {}, count = 0 }, 1
  if text:sub(1, 1) == "^" then items[1], at = { at = 1 }, 2 end
  while at <= #text do
    local finish, problem, repeatable = part_end(text, at, open)
    if not finish then return nil, problem end
    local repeats = repeatable and text:match("^[*+?-]", finish) or nil
    items[#items + 1] = { set = repeatable and text:sub(at, finish - 1) or nil, repeats = repeats, at = at }
    at = finish + (repeats and 1 or 0)
  end
  if open.stack[1] then return nil, "has a ( without )" end
  return items
end

return pattern
