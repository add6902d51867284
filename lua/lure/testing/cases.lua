-- cases: files of events and the alerts that rules have to give for them, for people who write no Lua.
--
--   script: logins.lua
--   rules: logins_rules.yaml                 or a list; beside the file, in the folder above it, or absolute
--   config: {jitter: 0}                      like `priority` and `matching`, may be left out
--   cases:
--   - name: root logs in
--     event: '{"user": "root"}'              a text, or a map or list, which becomes JSON; `events`: a list of them
--     alerts:                                in their order: names of rules, or maps with `rule` and, if wanted,
--     - rule: Login of root                  `output`, `priority`, `tags`
--       output: root logged in
--   - name: others
--     event: {user: bob}
--     alerts: []
--
--   local file, problem = cases.read(path)       { path =, script =, rules =, config =, cases = }
--   local message = cases.differences(case, alerts)
--
-- A problem is a text with the line. The values of maps are taken for what they are in YAML's core: numbers, true,
-- false, null, unless they are in quotes.

local json = require "lure.cli.json"
local text = require "lure.cli.text"
local yaml = require "lure.rules.yaml"

local cases = {}

local KEYS = { "script", "rules", "config", "priority", "matching", "cases" }
local CASE_KEYS = { "name", "event", "events", "alerts" }
local ALERT_KEYS = { "rule", "output", "priority", "tags" }

local function fail(value, message, ...)
  error({ problem = ("%s:%d: %s"):format(value.file.name, value.line, message:format(...)) }, 0)
end

local function check_keys(value, known)
  for _, key in ipairs(value.keys) do
    local found = false
    for _, one in ipairs(known) do found = found or one == key end
    if not found then fail(value.values[key], 'unknown key "%s"%s', key, text.suggestion(key, known)) end
  end
end

-- ---- payloads ----

local function scalar_json(value)
  local word = value.text
  if not value.quoted and (word == "true" or word == "false" or word:find "^%-?%d+$" or word:find "^%-?%d+%.%d+$")
    and not word:find "^%-?0%d" then
    return word
  end
  return json.string(word)
end

local function as_json(value)
  if value.text then return scalar_json(value) end
  local parts = {}
  if value.list then
    for i, element in ipairs(value.list) do parts[i] = as_json(element) end
    return "[" .. table.concat(parts, ",") .. "]"
  elseif value.keys then
    for i, key in ipairs(value.keys) do parts[i] = json.string(key) .. ":" .. as_json(value.values[key]) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  return "null"
end

local function payload(value)
  if value.text then return value.text end
  return as_json(value)
end

-- ---- reading ----

local function texts_of(value, what)
  if value.text then return { value.text } end
  if not value.list then fail(value, "%s: expected a text or a list of texts", what) end
  local list = {}
  for i, element in ipairs(value.list) do
    if not element.text then fail(element, "%s: expected texts", what) end
    list[i] = element.text
  end
  return list
end

local function read_alert(value)
  if value.text then return { rule = value.text } end
  if not value.keys then fail(value, "alerts: expected names of rules, or maps") end
  check_keys(value, ALERT_KEYS)
  local alert = {}
  for _, key in ipairs { "rule", "output", "priority" } do
    local one = value.values[key]
    if one and not one.text then fail(one, "%s: expected a text", key) end
    alert[key] = one and one.text
  end
  if not alert.rule then fail(value, 'an alert has no "rule"') end
  alert.tags = value.values.tags and texts_of(value.values.tags, "tags")
  return alert
end

local function read_alerts(value, case)
  local list = {}
  if not value then fail(case, 'the case has no "alerts"; write alerts: [] where none is expected') end
  if not value.list then fail(value, "alerts: expected a list; [] for none") end
  for i, element in ipairs(value.list) do list[i] = read_alert(element) end
  return list
end

local function read_case(value, number)
  if not value.keys then fail(value, "cases: expected maps with name, event and alerts") end
  check_keys(value, CASE_KEYS)
  local name, event, events = value.values.name, value.values.event, value.values.events
  if name and not name.text then fail(name, "name: expected a text") end
  if (event == nil) == (events == nil) then fail(value, 'a case has "event", or "events", a list: one of both') end
  if events and not events.list then fail(events, "events: expected a list of payloads") end
  local payloads = {}
  for i, one in ipairs(events and events.list or { event }) do payloads[i] = payload(one) end
  return { name = name and name.text or ("case %d"):format(number), line = value.line, payloads = payloads,
    alerts = read_alerts(value.values.alerts, value) }
end

local function scalar_of(root, key)
  local value = root.values[key]
  if value and not value.text then fail(value, "%s: expected a text", key) end
  return value and value.text
end

local function read_file(file)
  local root = file.documents[1]
  if not root or not root.keys then
    error({ problem = ("%s:1: expected a map with script, rules and cases"):format(file.name) }, 0)
  end
  check_keys(root, KEYS)
  for _, key in ipairs { "script", "rules", "cases" } do
    if not root.values[key] then fail(root, 'has no "%s"', key) end
  end
  local config, list = root.values.config, root.values.cases
  if not list.list or #list.list == 0 then fail(list, "cases: expected a list of them") end
  local read = { path = file.path, name = file.name, rules = texts_of(root.values.rules, "rules"),
    config = config and payload(config), cases = {} }
  for _, key in ipairs { "script", "priority", "matching" } do read[key] = scalar_of(root, key) end
  for i, one in ipairs(list.list) do read.cases[i] = read_case(one, i) end
  return read
end

function cases.read(path)
  local file, message = yaml.read(path)
  if not file then return nil, message end
  local done, result = pcall(read_file, file)
  if done then return result end
  if type(result) == "table" and result.problem then return nil, result.problem end
  error(result, 0)
end

-- ---- comparing ----

local function rules_of(alerts)
  local names = {}
  for i, alert in ipairs(alerts) do names[i] = ('"%s"'):format(alert.rule) end
  return #names > 0 and table.concat(names, ", ") or "none"
end

local function difference(expected, got)
  for _, key in ipairs { "output", "priority" } do
    if expected[key] and expected[key] ~= got[key] then
      return ('rule "%s": expected the %s\n  %s\ngot\n  %s'):format(got.rule, key, expected[key], got[key])
    end
  end
  if expected.tags and table.concat(expected.tags, ", ") ~= table.concat(got.tags, ", ") then
    return ('rule "%s": expected the tags %s, got %s'):format(got.rule, table.concat(expected.tags, ", "),
      table.concat(got.tags, ", "))
  end
end

-- What is wrong with the alerts that came; nil: nothing.
function cases.differences(case, alerts)
  if rules_of(case.alerts) ~= rules_of(alerts) then
    return ("expected alerts of %s, got %s"):format(rules_of(case.alerts), rules_of(alerts))
  end
  for i, expected in ipairs(case.alerts) do
    local wrong = difference(expected, alerts[i])
    if wrong then return wrong end
  end
end

return cases
