-- The checks of fuzz/documents.c. Called with lure.json, returns a function of a text and of the bytes that decide.
local json = ...
local null = json.null

local bytes, at

--- A number from 1 to `most`, by the next byte.
local function choose(most)
  at = at + 1
  return (bytes:byte(at) or 0) % most + 1
end

local function is_document(value) return type(value) == "userdata" and value ~= null end

local function equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for key, value in pairs(a) do
    if not equal(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return (getmetatable(a) ~= nil) == (getmetatable(b) ~= nil)
end

local odd = { "a", "b", "", "0", "get", "x~/", 1, 2, 3, 0, -1, 1.5, 7.0, math.maxinteger, math.mininteger, 1e300, true }

--- A key of the document, if it has some; else one that it may not have.
local function choose_key(document)
  local kind = choose(4)
  if kind == 1 then return odd[choose(#odd)] end
  if kind == 2 and #document > 0 then return choose(#document) end
  local count, last = choose(8), nil
  for key in pairs(document) do
    last, count = key, count - 1
    if count == 0 then break end
  end
  return last == nil and odd[choose(#odd)] or last
end

local function part(key)
  if math.type(key) == "integer" then return "/" .. key - 1 end
  return "/" .. tostring(key):gsub("~", "~0"):gsub("/", "~1")
end

--- Some pairs of a document, as they come.
local function some_pairs(document, count)
  local found = {}
  for key, value in pairs(document) do
    found[#found + 1], count = { key, value }, count - 1
    if count == 0 then break end
  end
  return found
end

--- Each question of a document: what is asked, with what, and what the decoded value says.
local questions = {
  { "index", choose_key, function(document, key) return document[key] end,
    function(value, key)
      if key == "get" or key == "raw" or key == "table" then return nil, true end
      return value[key]
    end },
  { "get", function(document) return part(choose_key(document)) end,
    function(document, pointer) return document:get(pointer) end },
  { "raw", choose_key, function(document, key) return document:raw(key) end,
    function(_, _) return nil, true end },
  { "count", function() return nil end, function(document) return #document end,
    function(value) return getmetatable(value) and #value or 0 end },
  { "pairs", function() return choose(20) end, some_pairs },
  { "text", function() return nil end, function(document) return tostring(document) end },
}

--- The same answer? A document is compared by its text.
local function same(a, b)
  if is_document(a) then return is_document(b) and tostring(a) == tostring(b) end
  if type(a) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for i = 1, math.max(#a, #b) do
    if type(b) ~= "table" or not same(a[i], b[i]) then return false end
  end
  return true
end

--- Does an answer fit the decoded value?
local function fits(answer, value)
  if is_document(answer) then
    local fine, decoded = pcall(answer.table, answer)
    return fine and equal(decoded, value)
  end
  return equal(answer, value)
end

--- The document at the end of these keys, of a document that was not asked anything.
local function fresh(text, keys)
  local document = json.parse(text)
  for _, key in ipairs(keys) do document = document[key] end
  return document
end

local function ask(text, held)
  local question = questions[choose(#questions)]
  local with = question[2](held.document)
  local where = ("%s of %q"):format(question[1], tostring(with))
  local answer = question[3](held.document, with)
  if not same(answer, question[3](fresh(text, held.keys), with)) then
    error(where .. " depends on what was asked before: " .. tostring(answer))
  end
  if held.value ~= nil and question[4] then
    local expected, unknown = question[4](held.value, with)
    if not unknown and not fits(answer, expected) then
      error(where .. " is not what the decoder has: " .. tostring(answer))
    end
  end
  if question[1] == "index" and is_document(answer) then
    local keys = table.move(held.keys, 1, #held.keys, 1, {})
    keys[#keys + 1] = with
    return { document = answer, keys = keys, value = held.value and held.value[with] }
  end
end

return function(text, decisions)
  bytes, at = decisions, 0
  local strict, value = pcall(json.decode, text)
  local fine, document = pcall(json.parse, text)
  if not fine or not is_document(document) then
    assert(fine or not strict, "parse refuses what decode takes")
    return
  end
  local kept = { { document = document, keys = {}, value = strict and value or nil } }
  while at < #bytes do
    local held = kept[choose(#kept)]
    local next_held = ask(text, held)
    if next_held and #kept < 6 then kept[#kept + 1] = next_held end
  end
  if strict then assert(equal(document:table(), value), "table() is not what the decoder has") end
end
