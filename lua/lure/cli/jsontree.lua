-- jsontree: a JSON text as a tree, for what has to look at every value of it.
--
--   local value, message = jsontree.read(text)
--
-- A value is { kind = "object", members = { KEY = value }, keys = list in order }, { kind = "array", list = },
-- { kind = "string", text = }, { kind = "number", number = }, { kind = "boolean", truth = } or { kind = "null" }.
-- nil: the text is no JSON, and where it is not. Of a key that stands twice the last counts, as in Falco.

local json = require "lure.cli.json"

local jsontree = {}

local DEEPEST = 200

local read_value

local function skip(text, at) return text:match("^[ \t\r\n]*()", at) end

local function read_string(text, at)
  local finish = at + 1
  repeat
    local letter, behind = text:match('^[^"\\%c]*(["\\])()', finish)
    if not letter then return nil, at end
    finish = letter == "\\" and behind + 1 or behind
  until letter == '"'
  return json.text(text:sub(at, finish - 1)), finish
end

-- What stands between brackets: `take(at)` reads one element and answers the place behind it, nil and where it fails.
local function read_elements(text, at, close, take)
  at = skip(text, at + 1)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    local behind, failed = take(at)
    if not behind then return nil, failed end
    at = skip(text, behind)
    local letter = text:sub(at, at)
    if letter == close then return at + 1 end
    if letter ~= "," then return nil, at end
    at = skip(text, at + 1)
  end
end

local function read_object(text, at, depth)
  local value = { kind = "object", members = {}, keys = {} }
  local finish, failed = read_elements(text, at, "}", function(place)
    if text:sub(place, place) ~= '"' then return nil, place end
    local key, behind = read_string(text, place)
    local start = key and text:match("^[ \t\r\n]*:[ \t\r\n]*()", behind)
    if not start then return nil, behind end
    local member
    member, behind = read_value(text, start, depth)
    if not member then return nil, behind end
    if not value.members[key] then table.insert(value.keys, key) end
    value.members[key] = member
    return behind
  end)
  return finish and value, finish or failed
end

local function read_array(text, at, depth)
  local value = { kind = "array", list = {} }
  local finish, failed = read_elements(text, at, "]", function(place)
    local element, behind = read_value(text, place, depth)
    if not element then return nil, behind end
    table.insert(value.list, element)
    return behind
  end)
  return finish and value, finish or failed
end

local words = {
  ["true"] = { kind = "boolean", truth = true }, ["false"] = { kind = "boolean", truth = false },
  null = { kind = "null" },
}

-- A value and the place behind it; nil and the place where there is none.
function read_value(text, at, depth)
  local first = text:sub(at, at)
  if depth > DEEPEST then return nil, at end
  if first == "{" then return read_object(text, at, depth + 1) end
  if first == "[" then return read_array(text, at, depth + 1) end
  if first == '"' then
    local content, finish = read_string(text, at)
    return content and { kind = "string", text = content }, finish
  end
  local word, finish = text:match("^([%w%.+-]+)()", at)
  if words[word] then return words[word], finish end
  if word and (word:find("^%-?[1-9]%d*%.?%d*[eE]?[+-]?%d*$") or word:find("^%-?0%.?%d*[eE]?[+-]?%d*$")) then
    local number = tonumber(word)
    if number and word:find("%d$") then return { kind = "number", number = number }, finish end
  end
  return nil, at
end

function jsontree.read(text)
  local value, at = read_value(text, skip(text, 1), 0)
  if value then at = skip(text, at) end
  if value and at > #text then return value end
  return nil, ("no JSON from its byte %d on"):format(at)
end

return jsontree
