-- rules: rules in a spec, and what they say of an event.
--
--   local rules = rules.load(plugin, { "/path/rules.yaml" }, { priority = "notice", matching = "all" })
--   local alerts = rules:alerts(event)
--   rules.assertions(assert)             makes luassert know assert.fires and assert.silent
--
-- Errors are thrown as texts, without a place: the caller knows the spec's line.

local alert = require "lure.rules.alert"
local contains = require "lure.cli.contains"
local lazily = require "lure.cli.lazily"
local loader = require "lure.rules.loader"
local priorities = require "lure.rules.priorities"
local problems = require "lure.rules.problems"
local ruleset = require "lure.rules.ruleset"
local text = require "lure.cli.text"
local view = require "lure.cli.view"
local world = require "lure.rules.world"

local kernelparams = lazily "lure.cli.kernelparams"
local threads = lazily "lure.cli.threads"

local rules = {}

---@class lure.testing.Rules
local Rules = {}
Rules.__index = Rules

local function priority_of(name)
  if name == nil then return nil end
  local priority = priorities.read(tostring(name))
  if not priority then
    error(('priority: expected %s, got "%s"'):format(priorities.all(), tostring(name)), 0)
  end
  return priority
end

local function check_matching(how)
  if how ~= nil and how ~= "first" and how ~= "all" then
    error(('matching: expected "first" or "all", got "%s"'):format(tostring(how)), 0)
  end
end

local function errors_of(found)
  local lines = {}
  for _, problem in ipairs(found.list) do
    if problem.severity == "error" then lines[#lines + 1] = problems.text(problem) end
  end
  return lines
end

function rules.load(plugin, paths, options)
  check_matching(options.matching)
  local loaded = loader.load(paths, world.of_plugin(plugin.info, priority_of(options.priority)))
  local errors = errors_of(loaded.found)
  if #errors > 0 then error(table.concat(errors, "\n"), 0) end
  return setmetatable({ plugin = plugin, set = ruleset.new(loaded, options) }, Rules)
end

-- What is to be known of an event of the kernel, or of a capture.
local function view_of_captured(self, captured)
  local info = self.plugin.info
  local is_own = captured.plugin_id and captured.plugin_id == info.id
  return view.new {
    captured = captured, kernel = not captured.plugin_id and kernelparams.row(captured.code) or nil,
    async = captured.name and { name = captured.name, data = captured.data } or nil,
    plugin = is_own and info.name or nil, plugin_id = captured.plugin_id, state = self.plugin.state,
    text_state = is_own and info.capabilities.sourcing and self.plugin.state or nil,
    threads = threads.new(assert(self.plugin.state:inspector():table "threads")),
  }
end

-- The event as hosts see it, and what tells of it. The source is the plugin's own, unless the event has one.
local function seen(self, event)
  if event.captured then return view_of_captured(self, event.captured), event:raw() end
  local info = self.plugin.info
  local sources = #info.extract_event_sources > 0 and info.extract_event_sources or info.parse_event_sources
  return view.new {
    plugin = info.event_source and info.name, plugin_id = info.id or 0, state = self.plugin.state,
    source = event.source or info.event_source or sources[1], speaks = info.capabilities.sourcing,
  }, event:raw()
end

local function told(rule, view_of, event)
  return { rule = rule.name, priority = alert.priority(rule), source = rule.source, tags = rule.tag_list,
    output = rule.format:text(view_of, event), text = alert.text(rule, view_of, event),
    json = alert.json(rule, view_of, event) }
end

-- What Falco would tell of the event: a list, which has one element at most, unless matching is "all".
function Rules:alerts(event)
  local view_of, raw = seen(self, event)
  local list = {}
  for i, rule in ipairs(self.set:alerts(view_of, raw)) do list[i] = told(rule, view_of, raw) end
  return list
end

-- The names of rules whose conditions are true, in their order, and of those that give an alert.
local function names(self, event)
  local view_of, raw = seen(self, event)
  local fired, matching = {}, {}
  for i, rule in ipairs(self.set:alerts(view_of, raw)) do fired[i] = rule.name end
  for i, rule in ipairs(self.set:matching(view_of, raw)) do matching[i] = rule.name end
  return fired, matching
end

local WHY = {
  source = "its source is not the plugin's",
  priority = "its priority is below the least that is wanted",
  disabled = "it is disabled",
  kernel = "it has a field of the kernel's events, of which lure has no values",
  broken = "it is wrong",
  ["unknown filter"] = "it has a field that nobody has, and skip-if-unknown-filter",
}

-- Why no rule of that name can fire; nil: it can.
local function problem_of(self, name)
  local rule = self.set:named(name)
  if not rule then
    local all = {}
    for i, one in ipairs(self.set.loaded.all) do all[i] = one.name end
    return ('no rule "%s"%s'):format(tostring(name), text.suggestion(tostring(name), all))
  end
  return rule.why and ('rule "%s" cannot fire: %s'):format(name, WHY[rule.why] or rule.why)
end

local function quoted(list)
  local parts = {}
  for i, name in ipairs(list) do parts[i] = ('"%s"'):format(name) end
  return #parts > 0 and table.concat(parts, ", ") or "none"
end

local function shown(event) return event.captured and event.type or event.data end

-- Does that rule give an alert? If not, what is wrong, in words.
function rules.fires(self, name, event)
  local problem = problem_of(self, name)
  if problem then return false, problem end
  local fired, matching = names(self, event)
  if contains(fired, name) then return true end
  if contains(matching, name) then
    return false, ('rule "%s" is true of the event, but Falco gives one alert an event, that of the first rule: "%s" '
      .. 'stands before it (rule_matching; with { matching = "all" } both fire)'):format(name, fired[1])
  end
  return false, ('expected an alert of the rule "%s" for the event %s; there is %s'):format(name, shown(event),
    quoted(fired))
end

-- Is there no alert, or with a name none of that rule?
function rules.is_silent(self, event, name)
  local problem = name and problem_of(self, name)
  if problem then return false, problem end
  local fired = names(self, event)
  if name and not contains(fired, name) or #fired == 0 then return true end
  local which = name and (' of the rule "%s"'):format(name) or ""
  return false, ("expected no alert%s for the event %s; there is %s"):format(which, shown(event), quoted(fired))
end

local function assertion(check)
  return function(state, arguments)
    local self = arguments[1]
    if getmetatable(self) ~= Rules then
      error("expected rules as the first argument: assert.fires(rules, NAME, event), assert.silent(rules, event)", 0)
    end
    local good, message = check(self, arguments[2], arguments[3])
    state.failure_message = message
    return good
  end
end

function rules.assertions(assert)
  assert:register("assertion", "fires", assertion(rules.fires))
  assert:register("assertion", "silent", assertion(rules.is_silent))
end

return rules
