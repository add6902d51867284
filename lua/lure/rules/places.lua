-- places: one row of numbers for the bytes of all conditions, so that a part of a macro's condition is found again when
-- it has become a part of a rule's.
--
--   local known = places.new()
--   known:take(node, condition)     the `at` of a node that was parsed of a text (text.lua), and of all in it, become
--                                   numbers of that row; not of the values of a `known` list, which have them
--   known:place(at)                 { file =, line = } of one; nil: there is none

local walk = require "lure.rules.walk"

local Places = {}
Places.__index = Places

local places = {}

local NONE <const> = {}

function places.new() return setmetatable({ list = {}, count = 0 }, Places) end

function Places:take(node, condition)
  walk.each(node, function(part)
    part.at = part.at and part.at + self.count
    for _, value in ipairs(part.kind == "list" and not part.known and part.values or NONE) do
      value.at = value.at + self.count
    end
  end)
  self.list[#self.list + 1] = { behind = self.count, condition = condition:places() }
  self.count = self.count + #condition:string() + 1
end

function Places:place(at)
  local low, high = 1, #self.list
  while low < high do
    local middle = (low + high + 1) // 2
    if self.list[middle].behind < at then low = middle else high = middle - 1 end
  end
  local found = self.list[low]
  local file, line
  if found then file, line = found.condition:place(at - found.behind) end
  return file and { file = file, line = line }
end

return places
