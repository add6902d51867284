-- text: a condition that is put together from several places, and knows of each byte where it stands.
--
--   local condition = text.of(value) .. " and " .. text.of(other)      values of yaml.lua
--   text.joined { "(", condition, value, ")" }
--   text.later("a, b", make)        the same; make() is called to make it, if anybody asks for a place in it
--   text.of(condition)              as a part in one piece, so that what it is joined into stays small
--   condition:pieces()              which of these stand in it as a whole: a list of { piece =, begins =, ends = }
--   condition:string()            text.string_of(one): of a string or a value, too
--   condition:place(at)             the file and the line; nil: no file has that
--   condition:places()              the same without its string, for place() alone
--   condition:sub(from, to)
--
-- Texts are values: none is changed after it was made.

local yaml = require "lure.rules.yaml"

local Text = {}
Text.__index = Text

local text = {}

-- A part is { of = a value of yaml.lua or a text, from = its place there, begins =, ends = its places here }. What
-- stands in no file is in none.
local function new(parts, whole) return setmetatable({ parts = parts, whole = whole }, Text) end

local function add_part(parts, of, from, begins, length)
  if length > 0 then parts[#parts + 1] = { of = of, from = from, begins = begins, ends = begins + length - 1 } end
end

-- Of a string, a text or a value.
function text.string_of(one) return type(one) == "string" and one or one.whole or one.text end

-- All of them one behind the other: texts, strings, and values of yaml.lua.
function text.joined(list)
  local parts, strings, behind = {}, {}, 0
  for i, one in ipairs(list) do
    if type(one) == "string" then
      strings[i] = one
    elseif getmetatable(one) == Text then
      strings[i] = one.whole
      for _, part in ipairs(one.parts) do
        add_part(parts, part.of, part.from, part.begins + behind, part.ends - part.begins + 1)
      end
    else
      strings[i] = one.text
      add_part(parts, one, 1, behind + 1, #one.text)
    end
    behind = behind + #strings[i]
  end
  return new(parts, table.concat(strings))
end

function text.of(value)
  local parts, whole = {}, getmetatable(value) == Text and value.whole or value.text
  add_part(parts, value, 1, 1, #whole)
  return new(parts, whole)
end

function text.later(string, make) return setmetatable({ make = make, whole = string }, Text) end

function Text.__concat(a, b) return text.joined { a, b } end

function Text:string() return self.whole end

-- The number of the last part that begins at `at` or before it; 0: there is none.
local function part_at(parts, at)
  local low, high = 0, #parts
  while low < high do
    local middle = (low + high + 1) // 2
    if parts[middle].begins <= at then low = middle else high = middle - 1 end
  end
  return low
end

function Text:sub(from, to)
  local parts, i = {}, math.max(part_at(self.parts, from), 1)
  local part = self.parts[i]
  while part and part.begins <= to do
    local first, last = math.max(part.begins, from), math.min(part.ends, to)
    add_part(parts, part.of, part.from + first - part.begins, first - from + 1, last - first + 1)
    i = i + 1
    part = self.parts[i]
  end
  return new(parts, self.whole:sub(from, to))
end

function Text:places() return setmetatable({ parts = self.parts, make = self.make }, Text) end

function Text:pieces()
  local list = {}
  for _, part in ipairs(self.parts) do
    if getmetatable(part.of) == Text and part.ends - part.begins + 1 == #part.of.whole then
      list[#list + 1] = { piece = part.of, begins = part.begins, ends = part.ends }
    end
  end
  return list
end

-- Where the byte stands, or what is before it, or, if nothing is, behind it.
function Text:place(at)
  self.parts = self.parts or self.make().parts
  local found = self.parts[math.max(part_at(self.parts, at), 1)]
  if not found then return nil end
  local place = found.from + math.min(math.max(at, found.begins), found.ends) - found.begins
  if getmetatable(found.of) == Text then return found.of:place(place) end
  return found.of.file, yaml.line_at(found.of, place)
end

return text
