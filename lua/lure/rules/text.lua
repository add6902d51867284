-- text: a condition that is put together from several places, and knows of each byte where it stands.
--
--   local condition = text.of(value) .. " and " .. text.of(other)      values of yaml.lua
--   condition:string()
--   condition:place(at)             the file and the line; nil: no file has that
--   condition:sub(from, to)
--
-- Texts are values: none is changed after it was made.

local yaml = require "lure.rules.yaml"

local Text = {}
Text.__index = Text

local text = {}

-- `parts`: { text =, value = (nil: it stands nowhere), from = its place there, begins = its place here }.
local function new(parts)
  local strings, at, kept = {}, 1, {}
  for _, part in ipairs(parts) do
    if part.text ~= "" then
      kept[#kept + 1] = { text = part.text, value = part.value, from = part.from, begins = at }
      strings[#strings + 1] = part.text
      at = at + #part.text
    end
  end
  return setmetatable({ parts = kept, whole = table.concat(strings) }, Text)
end

function text.of(value) return new { { text = value.text, value = value, from = 1 } } end

local function parts_of(one)
  if type(one) == "string" then return { { text = one } } end
  return one.parts
end

-- All of them, texts and strings, one behind the other.
function text.joined(list)
  local parts = {}
  for _, one in ipairs(list) do
    for _, part in ipairs(parts_of(one)) do parts[#parts + 1] = part end
  end
  return new(parts)
end

function Text.__concat(a, b) return text.joined { a, b } end

function Text:string() return self.whole end

function Text:sub(from, to)
  local parts = {}
  for _, part in ipairs(self.parts) do
    local first = math.max(1, from - part.begins + 1)
    local last = math.min(#part.text, to - part.begins + 1)
    if first <= last then
      parts[#parts + 1] = { text = part.text:sub(first, last), value = part.value,
        from = part.from and part.from + first - 1 }
    end
  end
  return new(parts)
end

-- Where the byte stands, or what is before it, or, if nothing is, behind it.
function Text:place(at)
  local found
  for _, part in ipairs(self.parts) do
    if part.value and (part.begins <= at or not found) then found = part end
  end
  if not found then return nil end
  local offset = math.min(math.max(at - found.begins, 0), #found.text - 1)
  local place = math.min(found.from + offset, #found.value.text)
  return found.value.file, yaml.line_at(found.value, place)
end

return text
