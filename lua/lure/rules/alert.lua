-- alert: a rule that has fired, as Falco prints it.
--
--   alert.text(rule, view, event)      "13:53:31.726060287: Warning root wrote /etc/passwd"
--   alert.json(rule, view, event)      one object, with Falco's keys
--   alert.priority(rule)               "Warning"
--
-- A text is escaped as a JSON string is, without its quotes: Falco does so behind 0.44, and a terminal is safe from it.

local eventfields = require "lure.cli.eventfields"
local json = require "lure.cli.json"
local priorities = require "lure.rules.priorities"
local text = require "lure.cli.text"

local alert = {}

function alert.priority(rule) return priorities.names[rule.priority + 1] end

-- Before it is escaped.
local function plain(rule, view, event)
  return ("%s: %s %s"):format(text.time(event.ts), alert.priority(rule), rule.format:text(view, event))
end

function alert.text(rule, view, event) return json.string(plain(rule, view, event)):sub(2, -2) end

-- 2017-07-14T02:40:00.123456789Z
local function utc(ts) return (text.iso8601(ts):gsub("%+0000$", "Z")) end

local hostname

local function strings(list)
  local parts = {}
  for i, one in ipairs(list) do parts[i] = json.string(one) end
  return "[" .. table.concat(parts, ",") .. "]"
end

-- The fields of the output, and that of the time in front of it, in the order of their names.
local function output_fields(rule, view, event)
  local list = rule.format:fields(view, event)
  for i = #list, 1, -1 do
    if list[i][1] == "evt.time" then table.remove(list, i) end
  end
  table.insert(list, { "evt.time", tostring(event.ts) })
  table.sort(list, function(a, b) return a[1] < b[1] end)
  local parts = {}
  for i, one in ipairs(list) do parts[i] = json.string(one[1]) .. ":" .. one[2] end
  return "{" .. table.concat(parts, ",") .. "}"
end

function alert.json(rule, view, event)
  hostname = hostname or eventfields.find("evt.hostname").new()
  local members = {
    { "hostname", json.string(hostname(view, event) or "") },
    { "output", json.string(plain(rule, view, event)) },
    { "output_fields", output_fields(rule, view, event) },
    { "priority", json.string(alert.priority(rule)) },
    { "rule", json.string(rule.name) },
    { "source", json.string(rule.source) },
    { "tags", strings(rule.tag_list) },
    { "time", json.string(utc(event.ts)) },
  }
  for i, member in ipairs(members) do members[i] = ('"%s":%s'):format(member[1], member[2]) end
  return "{" .. table.concat(members, ",") .. "}"
end

return alert
