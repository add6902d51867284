--- JSON for specs: `decode` by lure.json itself, inside a plugin, would be the code under test; this is Lua of our own.
local json_text = {}

local decode_value

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function decode_string(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = assert(text:find('["\\]', from), "a string has no end")
    parts[#parts + 1] = text:sub(from, stop - 1)
    if text:sub(stop, stop) == '"' then
      return table.concat(parts), stop + 1
    end
    local letter = text:sub(stop + 1, stop + 1)
    local plain = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f" }
    if letter == "u" then
      parts[#parts + 1] = utf8.char(tonumber(text:sub(stop + 2, stop + 5), 16))
      from = stop + 6
    else
      parts[#parts + 1] = plain[letter] or letter
      from = stop + 2
    end
  end
end

local function decode_list(text, at)
  local list = {}
  at = skip(text, at + 1)
  while text:sub(at, at) ~= "]" do
    list[#list + 1], at = decode_value(text, at)
    at = skip(text, at)
    if text:sub(at, at) == "," then
      at = skip(text, at + 1)
    end
  end
  return list, at + 1
end

local function decode_object(text, at)
  local object = {}
  at = skip(text, at + 1)
  while text:sub(at, at) ~= "}" do
    local key
    key, at = decode_string(text, at)
    at = assert(text:match("^[ \t\r\n]*:[ \t\r\n]*()", at), "no colon")
    object[key], at = decode_value(text, at)
    at = skip(text, at)
    if text:sub(at, at) == "," then
      at = skip(text, at + 1)
    end
  end
  return object, at + 1
end

function decode_value(text, at)
  at = skip(text, at)
  local letter = text:sub(at, at)
  if letter == "{" then return decode_object(text, at) end
  if letter == "[" then return decode_list(text, at) end
  if letter == '"' then return decode_string(text, at) end
  local word, stop = text:match("^([%w.+-]+)()", at)
  local words = { ["true"] = true, ["false"] = false }
  if words[word] ~= nil then return words[word], stop end
  if word == "null" then return nil, stop end
  return assert(tonumber(word), "no JSON"), stop
end

--- The value that a JSON text stands for; null is nil.
function json_text.decode(text)
  return (decode_value(text, 1))
end

return json_text
