-- transformers: what outputs can make of a field's value, "%tolower(proc.name)", as libsinsp (0.23) has them.
--
--   local transformer = transformers.tolower
--   transformer.type_of(type, is_list)   the type of what it makes, and is it a list; nil: it takes no such value
--   transformer.apply(value)             nil: there is no value

local json = require "lure.cli.json"

local transformers = {}

-- Takes texts, or lists of them, and makes a text of each.
local function of_texts(change)
  local function apply(value)
    if type(value) ~= "table" then return change(value) end
    local changed = {}
    for i, element in ipairs(value) do
      changed[i] = change(element)
      if changed[i] == nil then return nil end
    end
    return changed
  end
  return {
    type_of = function(kind, is_list)
      if kind == "string" then return kind, is_list end
    end,
    apply = apply,
  }
end

-- Without its padding, or with it.
local function decoded(value)
  local letters = value:gsub("=+$", "")
  if letters:find("[^%w+/]") or #letters % 4 == 1 then return nil end
  return json.from_base64(letters .. ("="):rep(-#letters % 4))
end

transformers.tolower = of_texts(string.lower)
transformers.toupper = of_texts(string.upper)
transformers.basename = of_texts(function(value) return value:match("[^/]*$") end)
transformers.b64 = of_texts(decoded)

-- The number of a list's elements, or of a text's bytes.
transformers.len = {
  type_of = function(kind, is_list)
    if is_list or kind == "string" then return "uint64", false end
  end,
  apply = function(value) return #value end,
}

return transformers
