-- values: what stands behind the keys of an item of rules, read as Falco reads it.
--
-- Each function takes the item (a map of yaml.lua), the key, and what to call the item in messages, and throws a
-- problem (problems.lua) with the line of what it does not like.

local problems = require "lure.rules.problems"

local values = {}

function values.get(item, key) return item.values and item.values[key] end

function values.is_null(value) return not (value.text or value.list or value.keys) end

-- What a value is, in words.
function values.kind(value)
  return value.list and "a list" or value.keys and "a map" or value.text and ('"%s"'):format(value.text) or "nothing"
end

local function scalar(item, key, who, required)
  local value = values.get(item, key)
  if not value then
    if required then problems.fail(item, '%s: has no "%s"; add it', who, key) end
    return nil
  end
  if value.text and value.text ~= "" then return value end
  problems.fail(value, '%s: %s: expected a text, got %s', who, key, values.kind(value))
end

-- The value, which is a text that is not empty. nil: there is none, and it is not required.
function values.text(item, key, who) return scalar(item, key, who, false) end

function values.required(item, key, who) return scalar(item, key, who, true) end

-- The same where the key may also stand there with nothing behind it; then nil.
function values.maybe_empty(item, key, who)
  local value = values.get(item, key)
  if not value or values.is_null(value) or value.text == "" then return nil end
  return scalar(item, key, who, false)
end

local TRUTH = { y = true, yes = true, ["true"] = true, on = true,
  n = false, no = false, ["false"] = false, off = false }

-- Lower case, upper case, or the first letter alone.
local function truth_of(text)
  local lower = text:lower()
  if text ~= lower and text ~= text:upper() and text ~= lower:gsub("^%l", string.upper) then return nil end
  return TRUTH[lower]
end

-- nil: the key is not there.
function values.boolean(item, key, who)
  local value = values.text(item, key, who)
  if not value then return nil end
  local truth = truth_of(value.text)
  if truth == nil then problems.fail(value, '%s: %s: expected true or false, got "%s"', who, key, value.text) end
  return truth
end

-- A number from 0, of 32 bits.
function values.number(item, key, who)
  local value = values.text(item, key, who)
  if not value then return nil end
  local number = value.text:find "^%s*%+?%w+%s*$" and math.tointeger(tonumber(value.text))
  if not number or number < 0 or number >= 1 << 32 then
    problems.fail(value, '%s: %s: expected a number from 0, got "%s"', who, key, value.text)
  end
  return number
end

-- The texts of a list. nil: the key is not there.
function values.texts(item, key, who, required)
  local value = values.get(item, key)
  if not value then
    if required then problems.fail(item, '%s: has no "%s"; add it', who, key) end
    return nil
  end
  if not value.list then
    problems.fail(value, '%s: %s: expected a list, got %s; write %s: [%s]', who, key, values.kind(value), key,
      value.text or "")
  end
  for _, element in ipairs(value.list) do
    if not element.text then
      problems.fail(element, '%s: %s: expected a list of texts, got %s in it', who, key, values.kind(element))
    end
  end
  return value.list
end

return values
