-- transformers: what conditions can make of values, tolower(…) and the like, as libsinsp (0.25) does.
--
--   transformers.simple[name]      of one operand: type_of(type, list) -> type, list, or nil; and apply(value, list)
--   transformers.several[name]     of several: check(operands, arg) -> type, list, or nil, why; new(arg) -> apply
--
-- Values are the raw ones of fields.lua, and nil where there is none. What libsinsp makes of a text it ends with a NUL
-- that it counts, so "in" never finds such an element of a list: a text made here ends with it, too. Operators that
-- take texts up to a NUL, and `cut`, do not see it.

local transformers = { simple = {}, several = {} }

-- A text up to its first NUL, as C functions read it.
local function cut(value)
  local nul = value:find("\0", 1, true)
  return nul and value:sub(1, nul - 1) or value
end
transformers.cut = cut

-- A text without the NULs at its end.
local function trim(value)
  local finish = #value
  while value:byte(finish) == 0 do finish = finish - 1 end
  return finish < #value and value:sub(1, finish) or value
end
transformers.trim = trim

local function terminated(value) return value:byte(-1) == 0 and value or value .. "\0" end

-- Takes texts, or lists of them.
local function of_texts(change)
  local function one(value)
    local changed = change(trim(value))
    return changed and terminated(changed)
  end
  return {
    type_of = function(kind, list)
      if kind == "string" then return kind, list end
    end,
    apply = function(value)
      if type(value) ~= "table" then return one(value) end
      local changed = {}
      for i, element in ipairs(value) do
        changed[i] = one(element)
        if changed[i] == nil then return nil end
      end
      return changed
    end,
  }
end

transformers.simple.tolower = of_texts(string.lower)
transformers.simple.toupper = of_texts(string.upper)
transformers.simple.basename = of_texts(function(value) return value:match("[^/]*$") end)

-- ---- b64 ----

local sextets = {}
for i = 0, 63 do
  sextets[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(i + 1)] = i
end

-- The bytes of a base64 text, with or without padding; nil: it is none. Bits that are left over have to be 0.
local function decoded(value)
  if value == "" then return "" end
  local finish = #value
  for _ = 1, 2 do
    if value:byte(finish) == 61 then finish = finish - 1 end
  end
  if finish == 0 or finish % 4 == 1 then return nil end
  local bytes, bits, count = {}, 0, 0
  for i = 1, finish do
    local sextet = sextets[value:byte(i)]
    if not sextet then return nil end
    bits, count = (bits << 6 | sextet) & 0xFFFF, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(bits >> count & 0xFF)
    end
  end
  return bits & ((1 << count) - 1) == 0 and table.concat(bytes) or nil
end

local b64 = of_texts(decoded)
local of_text = b64.type_of
b64.type_of = function(kind, list)
  if kind == "bytes" then return kind, list end
  return of_text(kind, list)
end
transformers.simple.b64 = b64

-- ---- len ----

-- The number of a list's elements, or of a text's bytes.
transformers.simple.len = {
  type_of = function(kind, list)
    if list or kind == "string" or kind == "bytes" then return "uint64", false end
  end,
  apply = function(value, list)
    if list then return #value end
    if type(value) == "table" then value = value[1] end -- of getopt: libsinsp forgets that it is a list
    return value and #cut(value)
  end,
}

-- ---- of several operands ----

-- `base_type` and `base_list` are what an operand was before it was transformed: libsinsp looks at that here.

transformers.several.join = {
  check = function(operands)
    if #operands ~= 2 then return nil, "join takes two: a separator and a list, as in join(',', x.list)" end
    if operands[1].base_list then return nil, "the first of join's is the separator: expected a text, got a list" end
    if not operands[2].base_list then
      return nil, "the second of join's: expected a list, as in join(',', (x.a, 'b'))"
    end
    return "string", false
  end,
  new = function()
    return function(separator, list)
      local parts = {}
      for i, element in ipairs(list) do parts[i] = cut(element) end
      return table.concat(parts, separator)
    end
  end,
}

transformers.several.concat = {
  check = function(operands)
    if #operands < 2 then return nil, "concat takes two texts or more" end
    for i, operand in ipairs(operands) do
      if operand.base_type ~= "string" or operand.base_list then
        return nil, ("concat takes texts: its operand %d is none"):format(i)
      end
    end
    return "string", false
  end,
  new = function()
    return function(...)
      local parts = { ... }
      for i, part in ipairs(parts) do parts[i] = cut(part) end
      return table.concat(parts)
    end
  end,
}

-- The letters of an optstring, as of getopt(3), and those with an argument.
local function read_options(optstring)
  local valid, argued = {}, {}
  for letter, colon in optstring:gsub("^:", ""):gmatch("([^:])(:?)") do
    valid[letter] = true
    if colon ~= "" then argued[letter] = true end
  end
  return valid, argued
end

-- Calls found(letter, value or nil) for each option of a list of words; letter nil: it is no option of these.
local function walk_options(words, optstring, found)
  local valid, argued = read_options(optstring)
  local i = 1
  while words[i] do
    local word = words[i]
    if word == "--" or not word:find("^%-.") then return end
    local at = word:find("^%-%-") and #word + 1 or 2 -- long options are skipped
    while at <= #word do
      local letter = word:sub(at, at)
      at = at + 1
      if not valid[letter] then
        found(nil)
      elseif argued[letter] then
        local value = at <= #word and word:sub(at) or nil
        if not value then
          i = i + 1
          value = words[i]
        end
        found(letter, value, value == nil)
        break
      else
        found(letter)
      end
    end
    i = i + 1
  end
end

-- Without an argument in brackets all options and their values, with one the value of the last of that letter.
transformers.several.getopt = {
  check = function(operands, arg)
    if #operands ~= 2 then
      return nil, "getopt takes two: a list of words and an optstring, as in getopt(x.args, 'nt:')"
    end
    if not operands[1].base_list or operands[1].base_type ~= "string" then
      return nil, "the first of getopt's: expected a list of texts"
    end
    if operands[2].base_list or operands[2].base_type ~= "string" then
      return nil, "the second of getopt's is the optstring: expected a text"
    end
    if arg and #arg ~= 1 then return nil, ('getopt[%s]: expected one letter in the brackets'):format(arg) end
    return "string", not arg
  end,
  new = function(arg)
    if arg then
      return function(words, optstring)
        local last
        walk_options(words, optstring, function(letter, value, missing)
          if letter == arg then last = missing and "" or value or letter end
        end)
        return last
      end
    end
    return function(words, optstring)
      local all = {}
      walk_options(words, optstring, function(letter, value, missing)
        all[#all + 1] = missing and "" or letter or "?"
        if value then all[#all + 1] = value end
      end)
      return all
    end
  end,
}

return transformers
