-- lists: their items in the places of their names, in the texts of conditions.
--
--   lists.flatten(collected.lists)           the `texts` of each list: its items, with those of lists among them
--   condition = lists.put_in(condition, collected.lists)
--
-- Falco replaces names as text, before a condition is parsed, wherever blanks, parentheses, commas or "=" are around
-- them: so does this, in the same order. Lists that were put in somewhere have `used` set.

local exceptions = require "lure.rules.exceptions"
local text = require "lure.rules.text"

local lists = {}

-- A list among the items stands for its items, not for those of lists among these, if it is older.
function lists.flatten(kind)
  for _, list in ipairs(kind.list) do
    local flat = {}
    for _, item in ipairs(list.items) do
      local inner = kind.by_name[item.text]
      if inner and inner.index < list.seen then
        inner.used = true
        table.move(inner.items, 1, #inner.items, #flat + 1, flat)
      else
        flat[#flat + 1] = item
      end
    end
    local parts = {}
    for i, item in ipairs(flat) do
      if i > 1 then parts[#parts + 1] = ", " end
      parts[#parts + 1] = exceptions.quoted { text = item.text, value = item }
    end
    list.flat, list.whole = flat, text.joined(parts)
  end
end

local BLANK = "[ \t\n\r]"
local AROUND = "[ \t\n\r(),=]"

local function is_whole_word(string, from, to)
  local before, behind = string:sub(from - 1, from - 1), string:sub(to + 1, to + 1)
  return (from == 1 or before:find(AROUND)) and (to == #string or behind:find(AROUND))
end

-- The place of the first and the last byte that its items replace: with the blanks around the name, and, where there
-- are no items, a comma.
local function range_of(string, from, to, is_empty)
  while from > 1 and string:sub(from - 1, from - 1):find(BLANK) do from = from - 1 end
  while to < #string and string:sub(to + 1, to + 1):find(BLANK) do to = to + 1 end
  if is_empty and string:sub(from - 1, from - 1) == "," then
    from = from - 1
  elseif is_empty and string:sub(to + 1, to + 1) == "," then
    to = to + 1
  end
  return from, to
end

local function put_one(condition, list)
  local string = condition:string()
  local from, to = string:find(list.name, 1, true)
  while from do
    if is_whole_word(string, from, to) then
      list.used = true
      local first, last = range_of(string, from, to, list.whole:string() == "")
      local before = first > 1 and condition:sub(1, first - 1) .. " " or ""
      condition = text.joined { before, list.whole, " ", condition:sub(last + 1, #string) }
      string = condition:string()
      from = first + #list.whole:string() + 1
    end
    from, to = string:find(list.name, from + 1, true)
  end
  return condition
end

function lists.put_in(condition, kind)
  for _, list in ipairs(kind.list) do condition = put_one(condition, list) end
  return condition
end

return lists
