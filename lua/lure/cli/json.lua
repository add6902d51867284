-- json: writing values as JSON, and finding one's way in a JSON text without changing it.

local system = require "lure.system"
local unprintable = require "lure.cli.unprintable"

local json = {}

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(letter) return escapes[letter] or ("\\u%04x"):format(letter:byte()) end

-- Beginnings of characters: what may stand behind each first byte.
local CUT <const> = { "^\xE0[\xA0-\xBF]", "^[\xE1-\xEC\xEE\xEF][\x80-\xBF]", "^\xED[\x80-\x9F]",
  "^\xF0[\x90-\xBF][\x80-\xBF]?", "^[\xF1-\xF3][\x80-\xBF][\x80-\xBF]?", "^\xF4[\x80-\x8F][\x80-\xBF]?" }

-- The place behind what is no character at `at`: the longest beginning of one, or a byte.
local function behind_cut(text, at)
  for _, pattern in ipairs(CUT) do
    local _, finish = text:find(pattern, at)
    if finish then return finish + 1 end
  end
  return at + 1
end

-- The text with U+FFFD for each part that is not UTF-8: for one that is the beginning of a character, only one.
function json.utf8(text)
  local parts, at = {}, 1
  while true do
    local _, bad = utf8.len(text, at)
    if not bad then break end
    parts[#parts + 1] = text:sub(at, bad - 1)
    parts[#parts + 1] = "\u{FFFD}"
    at = behind_cut(text, bad)
  end
  parts[#parts + 1] = text:sub(at)
  return table.concat(parts)
end

-- The same JSON, which is UTF-8, with escapes in its strings for what a terminal does not show.
json.printable = unprintable.replacer(function(code)
  if code < 0x10000 then return ("\\u%04x"):format(code) end
  return ("\\u%04x\\u%04x"):format(0xD7C0 + (code >> 10), 0xDC00 | code & 0x3FF)
end)

function json.is_utf8(text) return utf8.len(text) ~= nil end

-- Any string as a JSON string.
function json.string(text)
  if system.is_printable(text) then return '"' .. text:gsub('["\\]', escape) .. '"' end
  if not json.is_utf8(text) then text = json.utf8(text) end
  return '"' .. json.printable((text:gsub('[%c"\\]', escape))) .. '"'
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- Any bytes as base64.
function json.base64(bytes)
  local text = bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    local out = {}
    for i = 1, 4 do
      local index = (bits >> (24 - 6 * i) & 63) + 1
      out[i] = i <= #group + 1 and letters:sub(index, index) or "="
    end
    return table.concat(out)
  end)
  return text
end

-- Any value of booleans, numbers, strings, lists and tables, the keys of tables in order of their names.
-- An empty table is {}.
function json.encode(value)
  if type(value) == "string" then return json.string(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, element in ipairs(value) do parts[i] = json.encode(element) end
  if #parts > 0 then return "[" .. table.concat(parts, ",") .. "]" end
  for key, element in pairs(value) do
    parts[#parts + 1] = json.string(tostring(key)) .. ":" .. json.encode(element)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

-- ---- reading ----

local value_end -- the place behind the value that begins at `at`; nil: it is none

local function skip_space(text, at) return text:match("^[ \t\r\n]*()", at) end

local function string_end(text, at)
  at = at + 1
  while true do
    local letter, place = text:match('^[^"\\%c]*(["\\])()', at)
    if letter == nil then return nil end
    if letter == '"' then return place end
    at = place + 1
  end
end

-- Walks through what stands between brackets; `visit(start of the key, of the value, its end)`.
local function container_end(text, at, visit)
  local is_object = text:sub(at, at) == "{"
  local close = is_object and "}" or "]"
  at = skip_space(text, at + 1)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    local key = at
    if is_object then
      at = text:sub(at, at) == '"' and string_end(text, at)
      at = at and text:match("^[ \t\r\n]*:()", at)
      if not at then return nil end
    end
    local start = skip_space(text, at)
    local finish = value_end(text, start)
    if not finish then return nil end
    if visit then visit(key, start, finish) end
    at = skip_space(text, finish)
    local letter = text:sub(at, at)
    if letter == close then return at + 1 end
    if letter ~= "," then return nil end
    at = skip_space(text, at + 1)
  end
end

function value_end(text, at)
  local first = text:sub(at, at)
  if first == '"' then return string_end(text, at) end
  if first == "{" or first == "[" then return container_end(text, at) end
  local word, finish = text:match("^([%w%.+-]+)()", at)
  if word == "true" or word == "false" or word == "null" then return finish end
  return word and word:match("^%-?%d+%.?%d*[eE]?[+-]?%d*$") and finish
end

-- The members of the object that the text is, in order: { key, start, finish } (places of the
-- value). nil: it is no object, or not JSON. Keys are as written, between their quotes.
function json.members(text)
  local members = {}
  local at = skip_space(text, 1)
  if text:sub(at, at) ~= "{" then return nil end
  local finish = container_end(text, at, function(key, start, value_finish)
    members[#members + 1] = { key = text:sub(key + 1, string_end(text, key) - 2), start = start, finish = value_finish }
  end)
  if not finish or skip_space(text, finish) <= #text then return nil end
  return members
end

-- The elements of the list that the text is, as texts; nil: it is none.
function json.elements(text)
  local elements = {}
  if text:sub(1, 1) ~= "[" then return nil end
  local finish = container_end(text, 1, function(_, start, element_finish)
    elements[#elements + 1] = text:sub(start, element_finish - 1)
  end)
  if finish ~= #text + 1 then return nil end
  return elements
end

-- The member of that key, as text; nil: there is none.
function json.member(text, key)
  for _, member in ipairs(json.members(text) or {}) do
    if member.key == key then return text:sub(member.start, member.finish - 1), member end
  end
end

-- The text with a first member more; `value` is JSON.
function json.insert(text, key, value)
  local members = assert(json.members(text))
  local head, rest = text:match("^(%s*{)(.*)$")
  return ('%s"%s":%s%s%s'):format(head, key, value, #members > 0 and "," or "", rest)
end

-- The JSON text without white space between its parts.
function json.compact(text)
  local parts, at = {}, 1
  while at <= #text do
    local finish = text:sub(at, at) == '"' and string_end(text, at) or text:match('^[^"]+()', at) or #text + 1
    local part = text:sub(at, finish - 1)
    parts[#parts + 1] = part:sub(1, 1) == '"' and part or part:gsub("%s", "")
    at = finish
  end
  return table.concat(parts)
end

local unescapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

-- The letter that an escape at `at` stands for, and the place behind it.
local function unescape(text, at)
  local letter = text:sub(at + 1, at + 1)
  if letter ~= "u" then return unescapes[letter] or letter, at + 2 end
  local high, low = text:match("^\\u([dD][89abAB]%x%x)\\u([dD][c-fC-F]%x%x)", at)
  if not high then return utf8.char(tonumber(text:sub(at + 2, at + 5), 16)), at + 6 end
  return utf8.char(0x10000 + ((tonumber(high, 16) & 0x3FF) << 10 | tonumber(low, 16) & 0x3FF)), at + 12
end

-- What a JSON string stands for; nil: it is none.
function json.text(literal)
  if literal:sub(1, 1) ~= '"' or string_end(literal, 1) ~= #literal + 1 then return nil end
  local parts, at = {}, 2
  while true do
    local escaped = literal:find("\\", at, true)
    parts[#parts + 1] = literal:sub(at, (escaped or #literal) - 1)
    if not escaped then return table.concat(parts) end
    parts[#parts + 1], at = unescape(literal, escaped)
  end
end

-- The bytes that base64 stands for.
function json.from_base64(text)
  local bytes = text:gsub("(.)(.)(.)(.)", function(...)
    local bits, count = 0, 3
    for _, letter in ipairs { ... } do
      local index = letters:find(letter, 1, true)
      if not index then count = count - 1 end
      bits = bits << 6 | (index or 1) - 1
    end
    return string.pack(">I3", bits):sub(1, count)
  end)
  return bytes
end

return json
