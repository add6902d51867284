-- text: words and values as people read them.

local text = {}

-- How many letters are to be changed, added or left out, or neighbours swapped.
local function distance(a, b)
  local above, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local before = above
    above, row = row, { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
  end
  return row[#b]
end

-- The name of the list that was probably meant, or nil.
function text.nearest(name, names)
  local best, least = nil, math.max(1, #name // 3) + 1
  for _, known in ipairs(names) do
    if math.abs(#known - #name) < least then -- so many letters are to be added or left out
      local changes = distance(name:lower(), known:lower())
      if changes < least then best, least = known, changes end
    end
  end
  return best
end

-- '; did you mean "dummy.value"?', or "".
function text.suggestion(name, names)
  local nearest = text.nearest(name, names)
  return nearest and ('; did you mean "%s"?'):format(nearest) or ""
end

-- "1 event", "2 events".
function text.count(number, word) return ("%d %s%s"):format(number, word, number == 1 and "" or "s") end

-- The digits of 64 bits without a sign.
function text.digits(number)
  if number >= 0 then return tostring(number) end
  local tenth = (number >> 1) // 5
  return ("%d%d"):format(tenth, number - tenth * 10)
end

-- Of a parameter's bytes hosts show no more.
local LONGEST_BYTES <const> = 80

-- Bytes as hosts show them: what is not ASCII is a dot.
function text.bytes(bytes)
  local shown = bytes:gsub("[^\x20-\x7E]", ".")
  return #shown > LONGEST_BYTES and shown:sub(1, LONGEST_BYTES - 3) .. "..." or shown
end

-- The first so many letters of a text that is UTF-8.
function text.cut(line, letters)
  local behind = utf8.offset(line, letters + 1)
  return behind and line:sub(1, behind - 1) or line
end

-- A field's value: lists as (a,b), and numbers that may be none of integers as hosts print them.
function text.value(value)
  if math.type(value) == "float" then return ("%.1f"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local elements = {}
  for i, element in ipairs(value) do elements[i] = tostring(element) end
  return "(" .. table.concat(elements, ",") .. ")"
end

-- A shown thing's value (see fields): points in time as such, unless they are wanted `raw`, or come as a host
-- prints them.
function text.shown(shown, value, raw)
  if shown.type ~= "abstime" or shown.as_is or raw then return text.value(value) end
  if type(value) ~= "table" then return text.iso8601(value) end
  local elements = {}
  for i, element in ipairs(value) do elements[i] = text.iso8601(element) end
  return text.value(elements)
end

local told_second, told_text

-- Nanoseconds since the epoch, as an integer or digits, in local time: HH:MM:SS.nnnnnnnnn
function text.time(ts)
  local digits = ("%10s"):format(tostring(ts)):gsub(" ", "0")
  local second = digits:sub(1, -10)
  if second ~= told_second then
    told_second, told_text = second, os.date("%H:%M:%S.", math.tointeger(second))
  end
  return told_text .. digits:sub(-9)
end

-- The same as hosts write %evt.time.iso8601: 2017-07-14T02:40:00.123456789+0000
function text.iso8601(ts)
  local digits = ("%10s"):format(tostring(ts)):gsub(" ", "0")
  return os.date("!%Y-%m-%dT%H:%M:%S.", math.tointeger(digits:sub(1, -10))) .. digits:sub(-9) .. "+0000"
end

return text
