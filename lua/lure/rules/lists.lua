-- lists: their items in the places of their names, in the texts of conditions.
--
--   lists.flatten(collected.lists, since)    the `whole` text of each list whose `index` is larger: its items, with
--                                            those of lists among them
--   condition = lists.put_in(condition, collected.lists)
--
-- Falco replaces names as text, before a condition is parsed, wherever blanks, parentheses, commas or "=" are around
-- them, list by list in their order; so does this, in one pass through the text. It differs in two ways that no rule
-- should need: blanks around the name of a list without items, within quotes, become one, and a name that holds one of
-- these characters is not found in what another list's items have made.
--
-- Lists that were put in somewhere have `used` set.

local exceptions = require "lure.rules.exceptions"
local text = require "lure.rules.text"

local lists = {}

local AROUND <const> = "[ \t\n\r(),=]"
local WORD <const> = "()([^ \t\n\r(),=]+)()"

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
  list.whole, list.named = text.of(whole), nil
end

function lists.flatten(kind, since)
  if since == 0 then kind.odd = {} end
  for _, list in ipairs(kind.list) do
    if list.index > since then
      flatten_one(list, kind)
      if list.name:find(AROUND) then kind.odd[#kind.odd + 1] = list end
    end
  end
end

-- ---- names in a text ----

local function is_whole_word(string, from, to)
  local before, behind = string:sub(from - 1, from - 1), string:sub(to + 1, to + 1)
  return (from == 1 or before:find(AROUND)) and (to == #string or behind:find(AROUND))
end

-- Adds where the name of an `odd` list stands, which is no word: of names that overlap the list that is first counts.
local function add_odd(found, string, odd)
  local from, to = string:find(odd.name, 1, true)
  while from do
    local rest, at, is_free = {}, 1, is_whole_word(string, from, to)
    for _, one in ipairs(found) do
      local is_apart = one.to < from or one.from > to
      is_free = is_free and (is_apart or one.list.place > odd.place)
      if one.to < from then at = #rest + 2 end
      if is_apart then rest[#rest + 1] = one end
    end
    if is_free then
      table.insert(rest, at, { from = from, to = to, list = odd })
      found = rest
    end
    from, to = string:find(odd.name, to + 1, true)
  end
  return found
end

-- Where lists behind the place `behind` are named: { from =, to =, list = }, in their order.
local function named_in(string, kind, behind)
  local found = {}
  for from, word, after in string:gmatch(WORD) do
    local list = kind.by_name[word]
    if list and list.place > behind then found[#found + 1] = { from = from, to = after - 1, list = list } end
  end
  for _, odd in ipairs(kind.odd) do
    if odd.place > behind then found = add_odd(found, string, odd) end
  end
  return found
end

-- ---- what comes of it ----

-- Texts one behind the other, with no blanks where a list is put in, and without a comma at one without items.
local Output = {}
Output.__index = Output

-- So much of a text. Behind a list it begins without blanks.
function Output:add(one, from, to)
  local string = text.string_of(one)
  if self.is_behind_list then from = string:find("[^ \t\n\r]", from) or to + 1 end
  if from > to then return end
  if self.drops_comma and string:sub(from, from) == "," then from = from + 1 end
  self.is_behind_list, self.drops_comma = false, false
  self[#self + 1] = { of = one, from = from, to = to }
end

-- Takes the blanks at the end away, and then the `letter`: was it there?
function Output:cut(letter)
  while #self > 0 do
    local last = self[#self]
    local string = text.string_of(last.of)
    while last.to >= last.from and string:find("^[ \t\n\r]", last.to) do last.to = last.to - 1 end
    if last.to >= last.from then
      local is_there = string:sub(last.to, last.to) == letter
      if is_there then last.to = last.to - 1 end
      return is_there
    end
    self[#self] = nil
  end
  return false
end

function Output:text()
  local parts = {}
  for i, one in ipairs(self) do
    local string = text.string_of(one.of)
    local is_whole = one.from == 1 and one.to == #string
    parts[i] = (is_whole or type(one.of) == "string") and one.of or one.of:sub(one.from, one.to)
  end
  return text.joined(parts)
end

-- Begins with a list's text in the place of its name. What is put in may have names of later lists in it.
function Output:begin_list(list, kind)
  list.used, list.named = true, list.named or named_in(list.whole:string(), kind, list.place)
  local is_empty = list.whole:string() == ""
  local dropped = self:cut(is_empty and "," or nil)
  self.is_behind_list, self.drops_comma = false, false
  if #self > 0 then self:add(" ", 1, 1) end
  return { text = list.whole, named = list.named, number = 0, at = 1, is_list = true,
    leaves_comma = is_empty and not dropped }
end

function Output:end_list(list)
  self:add(" ", 1, 1)
  self.is_behind_list, self.drops_comma = true, self.drops_comma or list.leaves_comma
end

-- Not recursive: lists may name each other a hundred thousand deep.
function lists.put_in(condition, kind)
  local named = named_in(condition:string(), kind, 0)
  if #named == 0 then return condition end
  local output = setmetatable({}, Output)
  local open = { { text = condition, named = named, number = 0, at = 1 } } -- the texts that were begun
  while #open > 0 do
    local top = open[#open]
    top.number = top.number + 1
    local name = top.named[top.number]
    output:add(top.text, top.at, name and name.from - 1 or #top.text:string())
    if name then
      top.at = name.to + 1
      open[#open + 1] = output:begin_list(name.list, kind)
    else
      open[#open] = nil
      if top.is_list then output:end_list(top) end
    end
  end
  return output:text()
end

return lists
