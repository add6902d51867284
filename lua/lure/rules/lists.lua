-- lists: their items in the places of their names, in the texts of conditions.
--
--   lists.flatten(collected.lists, since)    the `whole` text of each list whose `index` is larger: its items, with
--                                            those of lists among them
--   condition = lists.put_in(condition, collected.lists)
--
-- Falco replaces names as text, before a condition is parsed, wherever blanks, parentheses, commas or "=" are around
-- them: so does this, in the same order. Lists that were put in somewhere have `used` set.

local exceptions = require "lure.rules.exceptions"
local text = require "lure.rules.text"

local lists = {}

local BLANK = "[ \t\n\r]"
local AROUND = "[ \t\n\r(),=]"
local WORD = "[^ \t\n\r(),=]+"

-- A list among the items stands for its items, not for those of lists among these, if it is older.
local function items_of(list, kind)
  local items = {}
  for _, item in ipairs(list.items) do
    local inner = kind.by_name[item.text]
    if inner and inner.index < list.seen then
      inner.used = true
      table.move(inner.items, 1, #inner.items, #items + 1, items)
    else
      items[#items + 1] = item
    end
  end
  return items
end

local function quoted(item) return exceptions.quoted { text = item.text, value = item } end

-- Where each item of a large list stands is a large table, which hardly anybody asks for.
local function flatten_one(list, kind)
  local items, strings = items_of(list, kind), {}
  for i, item in ipairs(items) do strings[i] = text.string_of(quoted(item)) end
  local whole = text.later(table.concat(strings, ", "), function()
    local parts = {}
    for i, item in ipairs(items) do
      if i > 1 then parts[#parts + 1] = ", " end
      parts[#parts + 1] = quoted(item)
    end
    return text.joined(parts)
  end)
  list.whole, list.names = text.of(whole), nil
end

function lists.flatten(kind, since)
  if since == 0 then kind.odd = {} end
  for place, list in ipairs(kind.list) do
    if list.index > since then
      flatten_one(list, kind)
      if list.name:find(AROUND) then kind.odd[#kind.odd + 1] = place end
    end
  end
end

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

-- The places of the lists that a text names by a word. (Other names, in `odd`, have to be looked for.)
local function named_in(string, kind)
  local places = {}
  for word in string:gmatch(WORD) do
    local list = kind.by_name[word]
    if list then places[list.place] = true end
  end
  return places
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

-- The first place behind `before`; nil: there is none.
local function next_place(places, before)
  local first
  for place in pairs(places) do
    if place > before and (not first or place < first) then first = place end
  end
  return first
end

-- What is put in may have names of later lists in it.
function lists.put_in(condition, kind)
  local places = named_in(condition:string(), kind)
  for _, odd in ipairs(kind.odd) do places[odd] = true end
  local place = next_place(places, 0)
  while place do
    local list = kind.list[place]
    condition = put_one(condition, list)
    list.names = list.names or named_in(list.whole:string(), kind)
    for inner in pairs(list.names) do places[inner] = true end
    place = next_place(places, place)
  end
  return condition
end

return lists
