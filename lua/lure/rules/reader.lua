-- reader: the items of a file of rules, one after the other, into a collector.
--
--   reader.read(file, collected, found)      `file`: of yaml.lua; what is wrong is in `found`
--
-- Falco stops at the first mistake. This goes on with the next item, so that all of them are told.

local exceptions = require "lure.rules.exceptions"
local priorities = require "lure.rules.priorities"
local problems = require "lure.rules.problems"
local ruletext = require "lure.rules.text"
local values = require "lure.rules.values"
local versions = require "lure.rules.versions"
local suggestion = require("lure.cli.text").suggestion

local reader = {}

local function set_of(list)
  local set = {}
  for _, key in ipairs(list) do set[key] = true end
  return set
end

-- ---- keys ----

local KEYS = {
  required_engine_version = { "required_engine_version" },
  required_plugin_versions = { "required_plugin_versions" },
  list = { "list", "items", "append", "override" },
  macro = { "macro", "condition", "append", "override" },
  rule = { "rule", "condition", "output", "desc", "priority", "source", "enabled", "capture", "capture_duration",
    "warn_evttypes", "skip-if-unknown-filter", "tags", "exceptions", "override", "append" },
}

-- What can be appended to, and what can be replaced, under `override`.
local APPENDED = { list = set_of { "items" }, macro = set_of { "condition" },
  rule = set_of { "condition", "output", "desc", "tags", "exceptions" } }
local REPLACED = { list = set_of { "items" }, macro = set_of { "condition" },
  rule = set_of { "condition", "output", "desc", "priority", "capture", "capture_duration", "tags", "exceptions",
    "enabled", "warn_evttypes", "skip-if-unknown-filter" } }

local function warn_of_unknown_keys(item, kind, who, found)
  local known = set_of(KEYS[kind])
  for _, key in ipairs(item.keys) do
    if not known[key] then
      found:add("warning", item.values[key], '%s: unknown key "%s", which Falco ignores%s', who, key,
        suggestion(key, KEYS[kind]))
    end
  end
end

local function deprecated_append(item, who, key, found)
  if item.values.append then
    found:add("warning", item.values.append, '%s: "append" is deprecated; write override: {%s: append}', who, key)
  end
end

-- ---- override ----

local function check_operation(kind, key, value, who)
  local operation = value.text
  if operation == "append" and not APPENDED[kind][key] then
    problems.fail(value, '%s: override: "%s" cannot be appended to%s', who, key,
      REPLACED[kind][key] and "; write replace" or "")
  elseif operation == "replace" and not REPLACED[kind][key] then
    problems.fail(value, '%s: override: "%s" cannot be replaced', who, key)
  elseif operation ~= "append" and operation ~= "replace" then
    problems.fail(value, '%s: override: %s: expected append or replace, got %s', who, key, values.kind(value))
  end
  return operation
end

-- The keys to append to, and those to replace; nil: there is no override.
local function overrides(item, kind, who)
  local value = values.get(item, "override")
  if not value or not value.keys or #value.keys == 0 then return nil end
  local sets = { append = {}, replace = {} }
  for _, key in ipairs(value.keys) do
    local place = value.values[key]
    sets[check_operation(kind, key, place, who)][key] = place
  end
  if values.boolean(item, "append", who) then
    problems.fail(item.values.append, '%s: "override" and "append: true" exclude each other; write "append" under '
      .. '"override" alone', who)
  end
  return sets
end

-- ---- versions ----

local function read_engine(item, collected)
  local value = values.required(item, "required_engine_version", "required_engine_version")
  local version = versions.engine(value.text)
  if not version then
    problems.fail(value, 'required_engine_version: expected a version like 0.26.0, got "%s"', value.text)
  end
  if not versions.suffices(versions.read(versions.ENGINE), version) then
    problems.fail(value, "required_engine_version: these rules are for an engine of Falco from %s on, and lure knows "
      .. "the rules of %s; use a newer lure", versions.text(version), versions.ENGINE)
  end
  collected.required_engine = version
end

local function read_requirement(value, who)
  if not value.keys then
    problems.fail(value, "%s: expected a map of name and version, got %s", who, values.kind(value))
  end
  local name = values.required(value, "name", who)
  local version = values.required(value, "version", who)
  if not versions.read(version.text) then
    problems.fail(version, '%s: %s: expected a version like 0.1.0, got "%s"', who, name.text, version.text)
  end
  return { name = name.text, version = version.text, value = value }
end

local function read_alternatives(value, who, list)
  local given = values.get(value, "alternatives")
  if not given then return end
  if not given.list then problems.fail(given, "%s: alternatives: expected a list, got %s", who, values.kind(given)) end
  local known = { [list[1].name] = true }
  for _, one in ipairs(given.list) do
    local requirement = read_requirement(one, who)
    if known[requirement.name] then
      problems.fail(one, "%s: plugin %s stands among the alternatives twice", who, requirement.name)
    end
    known[requirement.name] = true
    list[#list + 1] = requirement
  end
end

local function read_plugins(item, collected)
  local who = "required_plugin_versions"
  local value = item.values[who]
  if not value.list then problems.fail(value, "%s: expected a list, got %s", who, values.kind(value)) end
  for _, one in ipairs(value.list) do
    local alternatives = { read_requirement(one, who) }
    read_alternatives(one, who, alternatives)
    table.insert(collected.required_plugins, alternatives)
  end
end

-- ---- lists and macros ----

local function read_list(item, collected, found)
  local name = values.required(item, "list", "a list").text
  local who = "list " .. name
  if name:find "[()\"'%s=,]" then
    found:add("warning", item.values.list, "%s: a name with spaces, quotes, parentheses, = or , cannot be used; choose "
      .. "another one", who)
  end
  local list = { name = name, value = item, items = values.texts(item, "items", who, true) }
  local append = values.boolean(item, "append", who)
  local sets = overrides(item, "list", who)
  deprecated_append(item, who, "items", found)
  if append or sets and sets.append.items then
    collected:append_list(list)
  else
    list.replaces = sets ~= nil
    collected:define_list(list)
  end
end

local function read_macro(item, collected, found)
  local name = values.required(item, "macro", "a macro").text
  local who = "macro " .. name
  if not name:find "^%a[%w_]*$" then
    found:add("warning", item.values.macro, '%s: the name can have letters, digits and "_" only; no condition can name '
      .. "this one", who)
  end
  local macro = { name = name, value = item, condition = ruletext.of(values.required(item, "condition", who)) }
  local append = values.boolean(item, "append", who)
  local sets = overrides(item, "macro", who)
  deprecated_append(item, who, "condition", found)
  if append or sets and sets.append.condition then
    collected:append_macro(macro)
  else
    macro.replaces = sets ~= nil
    collected:define_macro(macro)
  end
end

-- ---- rules ----

local function priority_of(item, who)
  local value = values.required(item, "priority", who)
  local priority = priorities.read(value.text)
  if not priority then
    problems.fail(value, '%s: priority: expected %s, got "%s"%s', who, priorities.all(), value.text,
      suggestion(value.text, priorities.names))
  end
  return priority
end

local function tags_of(item, who)
  local set = {}
  for _, tag in ipairs(values.texts(item, "tags", who) or {}) do set[tag.text] = true end
  return set
end

local function text_of(item, key, who) return ruletext.of(values.required(item, key, who)) end

-- Without the white space around it.
local function trimmed(output)
  local from, to = output:string():match "^%s*()(.-)%s*$"
  return output:sub(from, from + #to - 1)
end

-- What a key of a rule says, however it came there.
local READ = {
  condition = function(item, who) return text_of(item, "condition", who) end,
  output = function(item, who) return text_of(item, "output", who) end,
  desc = function(item, who) return text_of(item, "desc", who) end,
  priority = priority_of,
  tags = tags_of,
  exceptions = function(item, who, found, append) return exceptions.read(item, who, append, found) end,
  capture = function(item, who) return values.boolean(item, "capture", who) end,
  capture_duration = function(item, who) return values.number(item, "capture_duration", who) end,
  enabled = function(item, who) return values.boolean(item, "enabled", who) end,
  warn_evttypes = function(item, who) return values.boolean(item, "warn_evttypes", who) end,
  ["skip-if-unknown-filter"] = function(item, who) return values.boolean(item, "skip-if-unknown-filter", who) end,
}

local ORDER = { "condition", "exceptions", "output", "desc", "tags", "priority", "capture", "capture_duration",
  "enabled", "warn_evttypes", "skip-if-unknown-filter" }

local function change_of(item, name, who, keys, operation, found)
  local set = {}
  for _, key in ipairs(ORDER) do
    if keys[key] then
      if not values.get(item, key) then
        problems.fail(keys[key], '%s: override: is to %s "%s", but the rule has no "%s" here; add it', who, operation,
          key, key)
      end
      set[key] = READ[key](item, who, found, operation == "append")
    end
  end
  local source = values.maybe_empty(item, "source", who)
  return { name = name, value = item, source = keys.condition and source and source.text or "", set = set }
end

local function override_rule(item, name, who, sets, collected, found)
  for _, key in ipairs(item.keys) do
    local known = APPENDED.rule[key] or REPLACED.rule[key]
    if known and not sets.append[key] and not sets.replace[key] then
      problems.fail(item.values[key], '%s: has "%s", but "override" does not say what to do with it; add %s: replace%s',
        who, key, key, APPENDED.rule[key] and ", or append" or "")
    end
  end
  if next(sets.append) then collected:append_rule(change_of(item, name, who, sets.append, "append", found)) end
  if next(sets.replace) then
    collected:replace_in_rule(change_of(item, name, who, sets.replace, "replace", found))
  end
end

local function append_rule(item, name, who, collected, found)
  local keys = {}
  for _, key in ipairs { "condition", "exceptions" } do keys[key] = values.get(item, key) end
  local change = change_of(item, name, who, keys, "append", found)
  local source = values.maybe_empty(item, "source", who)
  change.source = source and source.text or ""
  for _, key in ipairs(item.keys) do
    if READ[key] and not keys[key] and key ~= "desc" then
      found:add("hint", item.values[key], '%s: "append" appends conditions and exceptions only, and Falco ignores "%s" '
        .. "here; write override", who, key)
    end
  end
  collected:append_rule(change)
end

local function enable_rule(item, name, who, collected, found)
  if not values.get(item, "enabled") then
    problems.fail(item, '%s: has no "condition", "output", "desc" and "priority"; add them, or "enabled", to enable a '
      .. "rule that stands before it", who)
  end
  local enabled = values.boolean(item, "enabled", who)
  found:add("warning", item.values.enabled, "%s: enabled alone is deprecated; add override: {enabled: replace}", who)
  collected:enable_rule { name = name, value = item, enabled = enabled }
end

local function define_rule(item, name, who, collected, found)
  local rule = { name = name, value = item, enabled = true, source = "syscall" }
  for _, key in ipairs { "condition", "output", "desc", "priority" } do rule[key] = READ[key](item, who, found) end
  rule.output = trimmed(rule.output)
  rule.source = (values.text(item, "source", who) or { text = "syscall" }).text
  for _, key in ipairs(ORDER) do
    if values.get(item, key) and rule[key] == nil or key == "enabled" and values.get(item, key) then
      rule[key] = READ[key](item, who, found)
    end
  end
  rule.tags, rule.exceptions = rule.tags or {}, rule.exceptions or {}
  collected:define_rule(rule)
end

local function read_rule(item, collected, found)
  local name = values.required(item, "rule", "a rule").text
  local who = "rule " .. name
  local append = values.boolean(item, "append", who)
  deprecated_append(item, who, "condition", found)
  local sets = overrides(item, "rule", who)
  local has = item.values
  if sets then
    override_rule(item, name, who, sets, collected, found)
  elseif append then
    append_rule(item, name, who, collected, found)
  elseif not (has.condition or has.output or has.desc or has.priority) then
    enable_rule(item, name, who, collected, found)
  else
    define_rule(item, name, who, collected, found)
  end
end

-- ---- items ----

-- In this order: an item is what the first of them that it has says.
local ITEMS = {
  { "required_engine_version", read_engine },
  { "required_plugin_versions", read_plugins },
  { "list", read_list, "lists" },
  { "macro", read_macro, "macros" },
  { "rule", read_rule, "rules" },
}

local KINDS = {}
for i, row in ipairs(ITEMS) do KINDS[i] = row[1] end

local function read_item(item, collected, found)
  if not item.keys then
    found:add("error", item, "expected a map with one of %s, got %s", table.concat(KINDS, ", "), values.kind(item))
    return
  end
  for _, row in ipairs(ITEMS) do
    local key, read, kind = row[1], row[2], row[3]
    if item.values[key] then
      local named = item.values[key].text
      if not found:catch(read, item, collected, found) and kind and named then collected:break_name(kind, named) end
      warn_of_unknown_keys(item, key, named and key .. " " .. named or key, found)
      return
    end
  end
  local named = item.keys[1] or ""
  found:add("warning", item, 'neither a rule, a macro nor a list: unknown item "%s", which Falco ignores%s', named,
    suggestion(named, KINDS))
end

function reader.read(file, collected, found)
  for _, document in ipairs(file.documents) do
    if document.list then
      for _, item in ipairs(document.list) do
        if not values.is_null(item) then read_item(item, collected, found) end
      end
    elseif not values.is_null(document) then
      found:add("error", document, 'expected a list of rules, macros and lists, each behind "- ", got %s',
        values.kind(document))
    end
  end
end

return reader
