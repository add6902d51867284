-- What paths and documents have to find in a text that the strict decoder takes.
--
-- Called with lure.json, returns three functions:
--  * check(text, pointer, cells): whether the strings `cells` are what a path of type string, with list = true, has.
--    nil: the strict decoder does not take the text, or cannot tell.
--  * check_numbers(text, pointer, cells): the same for the type uint64, of whose values `cells` are the digits.
--  * check_document(text): whether lure.json.parse has what the strict decoder has; of what that does not take, it only
--    looks at all there is.
local json = ...
local decode, null = json.decode, json.null

local function is_list(value) return value[1] ~= nil or getmetatable(value) ~= nil end

local function parts_of(pointer)
  local parts = {}
  for part in pointer:gmatch "/([^/]*)" do
    parts[#parts + 1] = part:gsub("~1", "/"):gsub("~0", "~")
  end
  return parts
end

--- Adds what is found from `value` along the parts. False: the order of an object's values would have to be known.
local function follow(value, parts, at, found)
  local part = parts[at]
  if not part then
    local ends = type(value) == "table" and is_list(value) and value or { value } -- a list stands for its elements
    for _, element in ipairs(ends) do
      if element ~= null then found[#found + 1] = element end
    end
    return true
  elseif type(value) ~= "table" then
    return true
  elseif part == "*" then
    if not is_list(value) then return next(value) == nil end
    for _, element in ipairs(value) do
      if not follow(element, parts, at + 1, found) then return false end
    end
    return true
  elseif is_list(value) then
    local number = part:find "^%d+$" and (part == "0" or part:sub(1, 1) ~= "0") and math.tointeger(tonumber(part))
    return follow(number and value[number + 1], parts, at + 1, found)
  end
  return follow(value[part], parts, at + 1, found)
end

local function equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b and math.type(a) == math.type(b)
  end
  for key, value in pairs(a) do
    if not equal(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return is_list(a) == is_list(b)
end

local endings = { "\x80", "\xBF", "\x80\x80", "\xBF\xBF", "\x80\x80\x80", "\xBF\xBF\xBF" }

--- Is there a character that begins with these bytes, and has more?
local function begins(bytes)
  for _, ending in ipairs(endings) do
    if utf8.len(bytes .. ending) == 1 then return true end
  end
  return false
end

--- A text as hosts get it (base/utf8.h).
local function cleaned(text)
  local parts, at = {}, 1
  while at <= #text do
    local _, bad = utf8.len(text, at)
    parts[#parts + 1] = text:sub(at, (bad or #text + 1) - 1)
    if not bad then break end
    local length = 1 -- of the part of a character that begins there: as long as it can go on to be one
    while length < 4 and begins(text:sub(bad, bad + length)) do length = length + 1 end
    parts[#parts + 1] = "\u{FFFD}"
    at = bad + length
  end
  return table.concat(parts)
end

--- A value whose texts are like that. nil: two keys of an object are the same then.
local function cleaned_all(value)
  if type(value) == "string" then return cleaned(value) end
  if type(value) ~= "table" then return value end
  local copy = setmetatable({}, getmetatable(value))
  for key, child in pairs(value) do
    key, child = cleaned_all(key), cleaned_all(child)
    if copy[key] ~= nil or child == nil then return nil end
    copy[key] = child
  end
  return copy
end

local function agrees(value, cell)
  if type(value) == "string" then
    return cell == cleaned(value):gsub("\0", "\\u0000")
  elseif type(value) == "boolean" then
    return cell == tostring(value)
  end
  local fine, again = pcall(decode, cell)
  value = cleaned_all(value)
  return fine and (value == nil or equal(value, again))
end

local last, last_fine, last_value -- one text is asked about many times

local function decode_once(text)
  if text ~= last then
    last, last_fine, last_value = text, pcall(decode, text)
  end
end

--- What stands where the pointer leads to; nil: see above.
local function find(text, pointer)
  decode_once(text)
  local found = {}
  return last_fine and follow(last_value, parts_of(pointer), 1, found) and found or nil
end

--- The digits of the integer from 0 up to 2^64-1 that a value is, nil: it is none; false: a float does not tell.
local function digits_of(value)
  if math.type(value) == "float" then
    if value ~= value or math.abs(value) >= 2^53 then return false end
    value = math.tointeger(value)
  end
  local digits = (math.type(value) or type(value) == "string") and tostring(value):match "^0*(%d+)$"
  local fits = digits and (#digits < 20 or #digits == 20 and digits <= "18446744073709551615")
  return fits and digits or nil
end

local function check_numbers(text, pointer, cells)
  local found = find(text, pointer)
  if not found then return nil end
  local count = 0
  for _, value in ipairs(found) do
    local digits = digits_of(value)
    if digits == false then return nil end
    if digits then
      count = count + 1
      if cells[count] ~= digits then return false end
    end
  end
  return count == #cells
end

local function check(text, pointer, cells)
  local found = find(text, pointer)
  if not found then return nil end
  if #found ~= #cells then return false end
  for i, value in ipairs(found) do
    if not agrees(value, cells[i]) then return false end
  end
  return true
end

local function is_document(value) return type(value) == "userdata" and value ~= null end

--- Two answers of a document for the same value.
local function same(a, b)
  if is_document(a) then return is_document(b) and tostring(a) == tostring(b) end
  return a == b
end

local METHODS = { get = true, raw = true, table = true } -- keys of these names are there for `get` alone

--- All that there is under a document, by every way to it: with the decoded value, or without one.
local function look(document, value)
  local strict, count = value ~= nil, 0
  if not is_document(document) then return not strict or equal(document, value) end
  if strict and type(value) ~= "table" then return false end
  for key, child in pairs(document) do
    count = count + 1
    local pointer = math.type(key) and "/" .. key - 1 or "/" .. key:gsub("~", "~0"):gsub("/", "~1")
    if not (same(document:get(pointer), child) and (METHODS[key] or same(document[key], child))) then
      return false
    end
    if strict and value[key] == nil or not look(child, strict and value[key] or nil) then return false end
  end
  for _ in pairs(strict and value or {}) do count = count - 1 end
  return not strict or count == 0 and #document == #value
end

local function check_document(text)
  decode_once(text)
  local fine, document = pcall(json.parse, text)
  if not fine then return not last_fine end
  if not look(document, last_fine and last_value or nil) then return false end
  if not is_document(document) then return true end
  local complete, value = pcall(document.table, document)
  return not last_fine or complete and equal(value, last_value)
end

return check, check_document, check_numbers
