-- loader: files of rules, from YAML to what can look at events.
--
--   local loaded = loader.load({ "rules.yaml", "rules.d" }, world)
--   loaded.found                     problems.lua: what Falco refuses, what it warns of
--   loaded.rules                     those that can fire, in their order; see below
--   loaded.all                       all that the files have
--   loaded.files                     the paths that were read; loaded.folders
--
-- `world` is what Falco would know beside the rules (world.lua). A rule has
--
--   name, desc, source, value       `value`: where it stands
--   priority                        a number; see priorities.lua
--   tag_list                        its tags, sorted
--   check(), fields                 whether it fires for the event that its `fields` (fields.lua) have selected
--   node                            its condition, with all macros and exceptions in it
--   format                          its output; see output.lua
--   why                             nil, or why it cannot fire: "source" (that is none of the world's), "priority",
--                                   "disabled", "kernel" (a field that lure has no values of), "unknown filter" (one
--                                   that nobody has, and it says skip-if-unknown-filter) or "broken"

local collector = require "lure.rules.collector"
local condition = require "lure.rules.condition"
local eventcodes = require "lure.rules.eventcodes"
local exceptions = require "lure.rules.exceptions"
local filter = require "lure.rules.filter"
local knownfields = require "lure.rules.knownfields"
local lists = require "lure.rules.lists"
local missingplugins = require "lure.rules.missingplugins"
local names = require "lure.rules.names"
local output = require "lure.rules.output"
local rulefiles = require "lure.rules.rulefiles"
local places = require "lure.rules.places"
local problems = require "lure.rules.problems"
local reader = require "lure.rules.reader"
local versions = require "lure.rules.versions"
local walk = require "lure.rules.walk"
local warnings = require "lure.rules.warnings"
local yaml = require "lure.rules.yaml"

local loader = {}

-- How deep Falco lets conditions of rules be nested.
local DEEPEST = 1000

-- With more KiB than this the collector of garbage waits for less of it: percent of what there is.
local LARGE <const>, PAUSE <const> = 32 << 10, 130

local Loader = {}
Loader.__index = Loader

-- ---- macros ----

-- Adds what is wrong with a condition that was parsed or compiled of `whole` (nil: of a node, whose places are known).
function Loader:tell(severity, problem, whole, item, who)
  local place
  if whole then
    local file, line = whole:place(problem.at or 1)
    place = file and { file = file, line = line }
  elseif problem.at then
    place = self.places:place(problem.at)
  end
  self.found:add(severity, place or item.value, "%s: condition: %s", who, problem.message)
end

-- The values of a list that is a piece of a condition; false: it cannot stand alone. Each is parsed once: many rules
-- have the same large ones.
function Loader:list_of(piece)
  local list = self.lists[piece]
  if list == nil then
    list = condition.list(piece:string()) or false
    self.lists[piece] = list
    if list then
      self.places:take(list, piece)
      list.with = {}
    end
  end
  return list
end

-- The values of lists that stand one behind the other: one table for all conditions that have the same.
local function values_of(run)
  local last = run[1]
  for i = 2, #run do
    last.with[run[i]] = last.with[run[i]] or { with = {} }
    last = last.with[run[i]]
  end
  if not last.values then
    last.values = {}
    for _, list in ipairs(run) do table.move(list.values, 1, #list.values, #last.values + 1, last.values) end
  end
  return last.values
end

-- The lists that stand in a condition as a whole, and those with nothing but a comma between them as one.
function Loader:known_lists(whole)
  local runs, run, string = {}, nil, whole:string()
  for _, one in ipairs(whole:pieces()) do
    local list = self:list_of(one.piece)
    if not list or not run or string:match("^[ \t\r\n]*,[ \t\r\n]*()", run.behind) ~= one.begins then
      run = list and { begins = one.begins } or nil
      runs[#runs + 1] = run
    end
    if run then run[#run + 1], run.behind = list, one.ends + 1 end
  end
  local known = {}
  for _, lists_there in ipairs(runs) do
    known[lists_there.begins] = { values = values_of(lists_there), behind = lists_there.behind }
  end
  return known
end

-- The node of a condition; nil: it is wrong, which is told.
function Loader:parse(item, whole, who)
  self.names:add(whole:string())
  whole = lists.put_in(whole, self.collected.lists)
  local node, problem = condition.parse(whole:string(), DEEPEST, self:known_lists(whole))
  if not node then
    self:tell("error", problem, whole, item, who)
    return nil
  end
  self.places:take(node, whole)
  return node
end

-- Marks the macros that a condition names.
local function mark_used(node, by_name)
  walk.each(node, function(part)
    if part.kind == "identifier" and by_name[part.name] then by_name[part.name].used = true end
  end)
end

-- The node with its macros put in, and the number of its parts; nil: one is unknown, which is told unless that has a
-- reason that was.
function Loader:expand(item, node, seen, who)
  local macros = self.collected.macros
  mark_used(node, macros.by_name)
  local expanded, parts = condition.expand(node, function(name)
    local macro = macros.by_name[name]
    if macro and macro.index < seen then return macro.expanded or macro.node, macro.expanded and macro.parts end
  end)
  if expanded then return expanded, parts end
  local problem = parts
  local missing = macros.by_name[problem.name]
  if macros.broken[problem.name] or missing and not missing.node and missing.index < seen then return nil end
  if missing and missing.index >= seen then
    problem.message = ('macro %s is defined only below, in line %d; define it above'):format(problem.name,
      missing.value.line)
  end
  self:tell("error", problem, nil, item, who)
  return nil
end

function Loader:compile_macros(since)
  local kind = self.collected.macros
  for _, macro in ipairs(kind.list) do
    if macro.index > since then
      macro.expanded, macro.node = nil, self:parse(macro, macro.condition, "macro " .. macro.name)
    end
  end
  for _, macro in ipairs(kind.list) do
    if macro.index > since and macro.node then
      macro.expanded, macro.parts = self:expand(macro, macro.node, macro.seen, "macro " .. macro.name)
      if not macro.expanded then macro.node = nil end
    end
  end
end

-- ---- rules ----

-- Tells what Falco warns of in the condition and, if that is right, in the output.
function Loader:warn(rule, node, format, who)
  warnings.of_condition(node, function(at, message)
    self:tell("warning", { at = at, message = message }, nil, rule, who)
  end)
  for _, name in ipairs(format and format.names or {}) do
    local message = warnings.of_field(name)
    local file, line = rule.output:place(1)
    local place = file and { file = file, line = line } or rule.value
    if message then self.found:add("warning", place, "%s: output: %s", who, message) end
  end
end

-- Tells what Falco says of the types of the kernel's events that the condition is of. False: it refuses it.
function Loader:look_at_types(rule, node, who)
  if rule.source ~= "syscall" then return true end
  local are_many, problem = eventcodes.are_many(node)
  if problem then
    self:tell("error", problem, nil, rule, who)
  elseif are_many and rule.warn_evttypes ~= false then
    self.found:add("warning", rule.value, "%s: its condition is of too many types of events, and costs time with each; "
      .. "begin it with a check of evt.type, or set warn_evttypes to false", who)
  end
  return not problem
end

local CONTAINER_INFO = "%container.info"

-- The output without what Falco takes out of it, and warns of.
function Loader:output_of(rule, who)
  local shown = rule.output
  local from, to = shown:string():find(CONTAINER_INFO, 1, true)
  if not from then return shown end
  local file, line = shown:place(from)
  self.found:add("warning", file and { file = file, line = line } or rule.value, "%s: output: Falco leaves %s out of "
    .. "it, and refuses it from 1.0 on; delete it", who, CONTAINER_INFO)
  repeat
    shown = shown:sub(1, from - 1) .. shown:sub(to + 1, #shown:string())
    from, to = shown:string():find(CONTAINER_INFO, 1, true)
  until not from
  return shown
end

-- Compiles the output and the condition. nil: something is wrong, or the rule is to be left out.
function Loader:compile_rule(rule, fields)
  local who = "rule " .. rule.name
  local skips = rule["skip-if-unknown-filter"]
  local shown = self:output_of(rule, who)
  local format, problem = output.compile(shown:string(), fields)
  if not format then
    local file, line = shown:place(problem.at)
    if not file then file, line = rule.output:place(1) end
    local skipped = skips and problem.unknown
    local place = file and { file = file, line = line } or rule.value
    if skipped or not self.missing:take(rule, problem) then
      self.found:add(skipped and "warning" or "error", place, "%s: output: %s", who, problem.message)
    end
    rule.why = skipped and "unknown filter" or "broken"
  end
  local whole
  if not self.found:catch(function() whole = exceptions.condition(rule) end) then return nil end
  local node = self:parse(rule, whole, who)
  node = node and self:expand(rule, node, math.huge, who)
  if not node then return nil end
  problem = knownfields.problem(node, fields)
  local missing = not problem and (knownfields.of_kernel(node, fields) or format and format.of_kernel)
  if missing then
    if not self:look_at_types(rule, node, who) then return nil end
    rule.why = "kernel"
    self.found:add("hint", rule.value, "%s: has %s, of which lure has no values: the rule is left out here", who,
      missing)
    return nil
  end
  local check
  if not problem then check, problem = filter.compile(node, fields) end
  if not check then
    local skipped = skips and problem.unknown
    if skipped or not self.missing:take(rule, problem) then
      self:tell(skipped and "warning" or "error", problem, nil, rule, who)
    end
    if skipped then rule.why = "unknown filter" end
    return nil
  end
  for _, finding in ipairs(problem) do self:tell("warning", finding, nil, rule, who) end
  if not self:look_at_types(rule, node, who) then return nil end
  self:warn(rule, node, format, who)
  rule.node, rule.format, rule.fields = node, format, fields
  return format and check
end

local function sorted_tags(tags)
  local list = {}
  for tag in pairs(tags) do list[#list + 1] = tag end
  table.sort(list)
  return list
end

-- Compiles a rule, and says why it cannot fire.
function Loader:take_rule(rule)
  local fields = self.world.sources[rule.source]
  rule.why, rule.check, rule.tag_list = nil, nil, sorted_tags(rule.tags)
  if not fields then
    rule.why = "source"
    return
  end
  rule.check = self:compile_rule(rule, fields)
  if not rule.check then
    rule.why = rule.why or "broken"
  elseif not rule.enabled then
    rule.why = "disabled"
  elseif rule.priority > self.world.priority then
    rule.why = "priority"
  else
    self.rules[#self.rules + 1] = rule
  end
end

-- ---- all files ----

-- Do the new items leave all that was compiled before as it is?
function Loader:adds_only()
  if self.collected.changes then return false end
  for _, name in ipairs(self.collected.news) do
    if self.names:has(name) then return false end
  end
  return true
end

function Loader:start()
  self.rules, self.lists, self.names = {}, {}, names.new()
  self.places, self.missing = places.new(), missingplugins.new(self.world)
  for _, kind in ipairs { self.collected.lists, self.collected.macros } do
    for _, item in ipairs(kind.list) do item.used = false end
  end
end

-- Falco compiles all that it has behind each file. What would become the same again is left as it is here.
function Loader:compile()
  local collected, since = self.collected, self.compiled
  collected:join()
  if not self:adds_only() then
    self:start()
    since = 0
  end
  lists.flatten(collected.lists, since)
  for _, list in ipairs(collected.lists.list) do
    if list.index > since then self.names:add(list.whole:string()) end
  end
  self:compile_macros(since)
  for _, rule in ipairs(collected.rules.list) do
    if rule.index > since then self:take_rule(rule) end
  end
  self.compiled, collected.news, collected.changes = collected.count, {}, false
end

function Loader:check_unused()
  for _, kind in ipairs { { self.collected.macros, "macro" }, { self.collected.lists, "list" } } do
    for _, item in ipairs(kind[1].list) do
      if not item.used then
        self.found:add("warning", item.value, "%s %s: no rule, macro or list uses it; delete it, or use it", kind[2],
          item.name)
      end
    end
  end
end

local function requirement_text(alternatives)
  local texts = {}
  for i, one in ipairs(alternatives) do texts[i] = ("%s %s"):format(one.name, one.version) end
  return table.concat(texts, " or ")
end

-- nil: one of the plugins does. Otherwise why none does.
local function unsatisfied(alternatives, plugins)
  for _, one in ipairs(alternatives) do
    for _, plugin in ipairs(plugins) do
      if plugin.name == one.name then
        local offered = versions.read(plugin.version)
        if offered and versions.suffices(offered, versions.read(one.version)) then return nil end
        return ("plugin %s %s is needed, with the same first number and not older, and this is %s"):format(one.name,
          one.version, plugin.version)
      end
    end
  end
  return ("plugin %s or newer is needed, and not loaded; Falco refuses the rules without it"):format(
    requirement_text(alternatives))
end

-- What is to be said of rules with fields of these plugins; nil: there are none.
function Loader:missing_fields(alternatives)
  for _, one in ipairs(alternatives) do
    local sentence = self.missing:take_sentence(one.name)
    if sentence then return sentence end
  end
end

function Loader:check_plugins()
  for _, alternatives in ipairs(self.collected.required_plugins) do
    local why = unsatisfied(alternatives, self.world.plugins)
    if why then
      local fields = self:missing_fields(alternatives)
      local severity = self.world.lenient and not fields and "note" or "error"
      self.found:add(severity, alternatives[1].value, "required_plugin_versions: %s%s", why,
        fields and "; " .. fields or "")
    end
  end
  for _, one in ipairs(self.missing:rest()) do
    self.found:add("error", one.rule.value, "%s", self.missing:take_sentence(one.plugin))
  end
end

function Loader:read(path)
  local file, message = yaml.read(path)
  if file then
    reader.read(file, self.collected, self.found)
  else
    self.found:add("error", {}, message)
  end
end

function loader.load(named, world)
  local found = problems.new()
  local self = setmetatable({ world = world, found = found, collected = collector.new(world, found), compiled = 0 },
    Loader)
  local files, folders = rulefiles.find(named, found)
  local pause = collectgarbage("setpause", 200)
  self:start()
  for _, path in ipairs(files) do
    self:read(path)
    if collectgarbage "count" > LARGE then collectgarbage("setpause", PAUSE) end
    self:compile()
  end
  collectgarbage("setpause", pause)
  self:check_unused()
  self:check_plugins()
  return { found = found, rules = self.rules, all = self.collected.rules.list, collected = self.collected,
    files = files, folders = folders }
end

return loader
