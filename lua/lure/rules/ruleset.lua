-- ruleset: the rules that look at events, and how often they fired.
--
--   local rules = ruleset.new(loaded, { matching = "first" })      `loaded`: of loader.lua
--   rules:alerts(view, event)       the rules that fire for an event: one at most, or with "all" any number
--   rules:counts()                  a list of { rule =, count = }, most often first
--   rules:skipped()                 a list of texts: "2 rules of the source syscall"
--
-- As in Falco, a rule sees the events of its own source only, and by default an event gives one alert: of the first
-- rule, in the order of the files, whose condition is true.

local text = require "lure.cli.text"

local Ruleset = {}
Ruleset.__index = Ruleset

local ruleset = {}

function ruleset.new(loaded, options)
  local by_source = {}
  for _, rule in ipairs(loaded.rules) do
    by_source[rule.source] = by_source[rule.source] or {}
    table.insert(by_source[rule.source], rule)
  end
  return setmetatable({ loaded = loaded, rules = loaded.rules, by_source = by_source, fired = {},
    first = options.matching ~= "all" }, Ruleset)
end

local NONE = {}

-- Those whose condition is true, in their order: the first of them, or all.
local function true_of(self, view, event, first)
  local rules, found = self.by_source[view:source_of(event)], {}
  if not rules then return NONE end
  rules[1].fields:select(view, event)
  for _, rule in ipairs(rules) do
    if rule.check() then
      found[#found + 1] = rule
      if first then return found end
    end
  end
  return found
end

-- All rules whose condition is true, which are not counted as fired.
function Ruleset:matching(view, event) return true_of(self, view, event, false) end

function Ruleset:alerts(view, event)
  local found = true_of(self, view, event, self.first)
  for _, rule in ipairs(found) do self.fired[rule] = (self.fired[rule] or 0) + 1 end
  return found
end

function Ruleset:counts()
  local list, order = {}, {}
  for i, rule in ipairs(self.rules) do
    list[i], order[rule] = { rule = rule, count = self.fired[rule] or 0 }, i
  end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return order[a.rule] < order[b.rule]
  end)
  return list
end

-- Why rules were left out that are neither wrong nor disabled.
local LEFT_OUT = {
  source = function(rule) return " of the source " .. rule.source end,
  kernel = function() return " with fields of the kernel that lure does not have" end,
}

function Ruleset:skipped()
  local list, counts = {}, {}
  for _, rule in ipairs(self.loaded.all) do
    local reason = LEFT_OUT[rule.why] and LEFT_OUT[rule.why](rule)
    if reason then
      if not counts[reason] then list[#list + 1] = reason end
      counts[reason] = (counts[reason] or 0) + 1
    end
  end
  for i, reason in ipairs(list) do
    list[i] = text.count(counts[reason], "rule") .. reason
  end
  return list
end

-- The rule of that name, whether it can fire or not; nil: there is none.
function Ruleset:named(name)
  for _, rule in ipairs(self.loaded.all) do
    if rule.name == name then return rule end
  end
end

return ruleset
