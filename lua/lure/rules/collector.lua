-- collector: lists, macros and rules as files define, append to, replace and enable them, one after the other.
--
--   local collected = collector.new(world, found)     `world`: see loader.lua; `found`: problems.new()
--   collected:define_list(list) …                      throw what Falco refuses
--   collected:join()                                   behind each file
--   collected.rules.list, collected.rules.by_name      in the order of their first definitions; macros, lists, too
--
-- What replaces another takes over its place in the order, and its `index`, so that what stood behind that still sees
-- it. `seen` is the number of what changed it last: a macro sees those that are older than that.
--
--   collected.count                 the number of the last item; those of later items are larger
--   collected.news                  names of new lists and macros, since somebody has emptied it; and of `changes`:
--                                   whether something changed that was there

local condition = require "lure.rules.condition"
local exceptions = require "lure.rules.exceptions"
local filter = require "lure.rules.filter"
local problems = require "lure.rules.problems"
local text = require "lure.rules.text"

local Collector = {}
Collector.__index = Collector

local collector = {}

local function new_kind() return { list = {}, by_name = {}, broken = {} } end

function collector.new(world, found)
  return setmetatable({ world = world, found = found, count = 0, lists = new_kind(), macros = new_kind(),
    rules = new_kind(), added = {}, required_plugins = {}, news = {}, changes = false }, Collector)
end

function Collector:next()
  self.count = self.count + 1
  return self.count
end

local function put(self, kind, item)
  local before = kind.by_name[item.name]
  item.seen = self:next()
  item.index = before and before.index or item.seen
  if before then
    kind.list[before.place] = item
    item.place, item.before = before.place, before
    self.changes = true
  else
    if kind ~= self.rules then table.insert(self.news, item.name) end
    kind.list[#kind.list + 1], item.place = item, #kind.list + 1
  end
  kind.by_name[item.name] = item
end

-- An item of that name could not be read: what refers to it is not wrong because of that.
function Collector:break_name(kind, name) self[kind].broken[name] = true end

-- The item to append to; nil where it is missing for a reason that was told.
local function to_change(self, kind, what, item, how)
  local before = kind.by_name[item.name]
  self.changes = true
  if before then return before end
  if kind.broken[item.name] then return nil end
  problems.fail(item.value, '%s %s: %s, but no %s of that name stands before it; define it first, in this file or '
    .. "in one that is loaded before", what, item.name, how, what)
end

-- ---- texts that are appended ----

-- They become one when all of a file was read: to copy what there is for each would take long where there are many.
local function append_text(self, item, key, more)
  local added = self.added[item] or {}
  self.added[item] = added
  added[key] = added[key] or { item[key] }
  if #added[key] > 0 then table.insert(added[key], " ") end
  table.insert(added[key], more)
end

-- What was appended becomes a part of what it was appended to.
function Collector:join()
  for item, added in pairs(self.added) do
    for key, parts in pairs(added) do item[key] = text.joined(parts) end
  end
  self.added = {}
end

-- ---- lists and macros ----

function Collector:define_list(list) put(self, self.lists, list) end

function Collector:append_list(list)
  local before = to_change(self, self.lists, "list", list, "has items to append")
  if not before then return end
  -- the table is the one of the first file's tree, which nobody reads again
  table.move(list.items, 1, #list.items, #before.items + 1, before.items)
  before.seen = self:next()
end

function Collector:define_macro(macro) put(self, self.macros, macro) end

function Collector:append_macro(macro)
  local before = to_change(self, self.macros, "macro", macro, "has a condition to append")
  if not before then return end
  append_text(self, before, "condition", macro.condition)
  before.seen = self:next()
end

-- ---- rules ----

local function check_source(before, rule)
  if before and before.source ~= "" and rule.source ~= "" and before.source ~= rule.source then
    problems.fail(rule.value, "rule %s: is one of the source %s here, and of %s before; give one of them another name",
      rule.name, rule.source, before.source)
  end
end

-- What tells whether a text is a field in events of the source; see exceptions.lua.
function Collector:field_check(source)
  local fields = self.world.sources[source]
  return function(name)
    if not fields then return true end
    local node, problem = condition.parse(name .. " exists")
    local check = nil
    if node then check, problem = filter.compile(node, fields) end
    return check ~= nil, problem and problem.message
  end
end

function Collector:define_rule(rule)
  local before = self.rules.by_name[rule.name]
  check_source(before, rule)
  for _, exception in ipairs(rule.exceptions) do
    exceptions.validate(exception, "rule " .. rule.name, self:field_check(rule.source))
  end
  put(self, self.rules, rule)
end

function Collector:append_rule(change)
  local before = to_change(self, self.rules, "rule", change, "has something to append")
  if not before then return end
  check_source(before, change)
  if not next(change.set) then
    problems.fail(change.value, 'rule %s: appends nothing; give it a "condition" or "exceptions"', change.name)
  end
  local set = change.set
  for _, key in ipairs { "condition", "output", "desc" } do
    if set[key] then append_text(self, before, key, set[key]) end
  end
  for tag in pairs(set.tags or {}) do before.tags[tag] = true end
  if set.exceptions then
    exceptions.append(before, set.exceptions, "rule " .. change.name, self:field_check(before.source))
  end
  before.seen = self:next()
end

function Collector:replace_in_rule(change)
  local before = to_change(self, self.rules, "rule", change, "has something to replace")
  if not before then return end
  check_source(before, change)
  if change.set.exceptions then
    for _, exception in ipairs(change.set.exceptions) do
      exceptions.validate(exception, "rule " .. change.name, self:field_check(before.source))
    end
  end
  for key, value in pairs(change.set) do
    before[key] = value
    if self.added[before] then self.added[before][key] = nil end
  end
  before.seen = self:next()
end

function Collector:enable_rule(change)
  local before = self.rules.by_name[change.name]
  if before then
    before.enabled, self.changes = change.enabled, true
  elseif not self.rules.broken[change.name] then
    problems.fail(change.value, 'rule %s: has only "enabled", but no rule of that name stands before it; add its '
      .. "condition, output, desc and priority, or define it before", change.name)
  end
end

return collector
