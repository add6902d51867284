-- text: a condition that is put together from several places, and knows of each byte where it stands.
--
--   local condition = text.of(value) .. " and " .. text.of(other)      values of yaml.lua
--   text.joined { "(", condition, value, ")" }
--   condition:string()
--   condition:place(at)             the file and the line; nil: no file has that
--   condition:sub(from, to)
--
-- Texts are values: none is changed after it was made.

local yaml = require "lure.rules.yaml"

local Text = {}
Text.__index = Text

local text = {}

-- A part is { text =, value = (nil: it stands nowhere), from = its place there, begins = its place here }.
local function new(parts, strings)
  return setmetatable({ parts = parts, whole = table.concat(strings) }, Text)
end

-- All of them one behind the other: texts, strings, and values of yaml.lua.
function text.joined(list)
  local parts, strings, at = {}, {}, 1
  local function add(string, value, from)
    if string == "" then return end
    parts[#parts + 1] = { text = string, value = value, from = from, begins = at }
    strings[#strings + 1] = string
    at = at + #string
  end
  for _, one in ipairs(list) do
    if type(one) == "string" then
      add(one)
    elseif one.parts then
      for _, part in ipairs(one.parts) do add(part.text, part.value, part.from) end
    else
      add(one.text, one, 1)
    end
  end
  return new(parts, strings)
end

function text.of(value) return text.joined { value } end

function Text.__concat(a, b) return text.joined { a, b } end

function Text:string() return self.whole end

function Text:sub(from, to)
  local parts, strings = {}, {}
  for _, part in ipairs(self.parts) do
    local first = math.max(1, from - part.begins + 1)
    local last = math.min(#part.text, to - part.begins + 1)
    if first <= last then
      local string = part.text:sub(first, last)
      parts[#parts + 1] = { text = string, value = part.value, from = part.from and part.from + first - 1,
        begins = math.max(1, part.begins - from + 1) }
      strings[#strings + 1] = string
    end
  end
  return new(parts, strings)
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
