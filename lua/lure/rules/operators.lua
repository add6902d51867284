-- operators: what exceptions compare with, by the lists of condition.lua.
--
--   operators.is_operator("startswith oneof")     an operator, or one with its modifier
--   operators.takes_list("in")                    its right side is a list in parentheses

local condition = require "lure.rules.condition"

local operators = {}

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

local known, of_lists = set_of(condition.operators), set_of(condition.list_operators)
local of_texts, modifiers = set_of(condition.text_operators), set_of(condition.modifiers)

local function has_modifier(text)
  local operator, modifier = text:match("^(%S+) +(%S+)$")
  return operator ~= nil and of_texts[operator] and modifiers[modifier]
end

function operators.is_operator(text) return known[text] or has_modifier(text) or false end

function operators.takes_list(text) return of_lists[text] or has_modifier(text) or false end

-- In words, for messages.
function operators.all() return table.concat(condition.operators, ", ") end

return operators
