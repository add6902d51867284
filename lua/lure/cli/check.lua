-- lure check: what a host would refuse a script for, and more, without running it.

local json = require "lure.cli.json"
local library = require "lure.cli.library"

local apis = { ["3"] = 3, ["0"] = 0, ["0.3"] = 0, ["0.3.0"] = 0 }

local check = {
  name = "check",
  summary = "say what is wrong with a script",
  options = {
    ["--api"] = {
      key = "api",
      value = "VERSION",
      read = function(value) return apis[value], "3 or 0.3" end,
    },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure check SCRIPT [--api VERSION] [--json]

Loads the script as a host does, through the same library, and says all that
is wrong with it, a line each:

  FILE:LINE: what is wrong, and what to do

Hints are about what a host takes and people miss; a note says whether the
script also runs where hosts have the plugin API 0.3.0 (Falco 0.31, sysdig
0.29). The script's top level runs, "init" and the other functions do not.

  --api VERSION   the plugin API to check for: 3 (the default), or 0.3, which
                  knows fewer types of fields and no parsing
  --json          one object: findings (a list of file, line, severity "error"
                  or "hint", message) and, if it loads, what the script is

Exit status: 0 without findings (hints do not count), 1 with, 2 for a wrong
command line.

  lure check examples/dummy.lua
  lure check my.lua --json | jq -r '.findings[].message'
]],
}

local function base_name(path) return path:match("([^/]*)$") end

-- "FILE:LINE: message" or "FILE: message", taken apart.
local function finding_of(problem, script)
  local file, line, message = problem:match("^(.-):(%d+): (.*)$")
  if file then return { file = file, line = math.tointeger(line), message = message, severity = "error" } end
  file, message = problem:match("^([^:]*%.lua): (.*)$")
  if not file then file, message = problem:match("^(/[^:]*): (.*)$") end
  return { file = file or base_name(script), message = message or problem, severity = "error" }
end

local function findings_of(problems, script)
  local findings = {}
  for i, problem in ipairs(problems) do findings[i] = finding_of(problem, script) end
  return findings
end

local function add_hints(findings, info, script)
  local function hint(message)
    findings[#findings + 1] = { file = base_name(script), message = message, severity = "hint" }
  end
  if info.description == "" then
    hint("no description; hosts show it in their lists of plugins: description = \"...\"")
  end
  if info.contact == "" then
    hint("no contact; say whom to ask about the plugin: contact = \"you@example.org\"")
  end
end

local function config_keys(info)
  local properties = info.init_schema and json.member(info.init_schema, "properties")
  local keys = {}
  for _, member in ipairs(properties and json.members(properties) or {}) do
    if member.key ~= "script" and member.key ~= "lure" then keys[#keys + 1] = member.key end
  end
  return keys
end

local function capabilities(info)
  local names = {}
  for _, name in ipairs { "sourcing", "extraction", "parsing", "async", "listening" } do
    if info.capabilities[name] then names[#names + 1] = name end
  end
  return names
end

-- Whether the script also runs under the old plugin API, in words; nil: that cannot be told.
local function old_api_note(script)
  if not library.find(0) then return nil end
  local loaded, problems = library.load(script, 0, true, true)
  if loaded then return "runs under plugin API 0.3.0 too" end
  return ("does not run under plugin API 0.3.0: %s%s"):format(problems[1],
    #problems > 1 and (" (and %d more; see --api 0.3)"):format(#problems - 1) or "")
end

local function join(list) return #list > 0 and table.concat(list, ", ") or "none" end

local function print_summary(info, note)
  print(("%s %s%s"):format(info.name, info.version,
    info.id and (", id %d, source %s"):format(info.id, info.event_source) or ", no source of its own"))
  print("  capabilities: " .. join(capabilities(info)))
  print(("  plugin API: %s or later"):format(info.api))
  print(("  fields: %d"):format(#info.fields))
  print("  config: " .. join(config_keys(info)))
  if note then print("  note: " .. note) end
end

local function print_finding(finding)
  local place = finding.line and ("%s:%d"):format(finding.file, finding.line) or finding.file
  print(("%s: %s%s"):format(place, finding.severity == "hint" and "hint: " or "", finding.message))
end

-- ---- JSON ----

local function object(members)
  local parts = {}
  for i, member in ipairs(members) do parts[i] = json.string(member[1]) .. ":" .. member[2] end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function list_of(list, write)
  local parts = {}
  for i, element in ipairs(list) do parts[i] = write(element) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function finding_json(finding)
  return object {
    { "file", json.string(finding.file) },
    { "line", finding.line and tostring(finding.line) or "null" },
    { "severity", json.string(finding.severity) },
    { "message", json.string(finding.message) },
  }
end

local function script_json(info, note)
  return object {
    { "name", json.string(info.name) },
    { "version", json.string(info.version) },
    { "id", info.id and tostring(info.id) or "null" },
    { "event_source", info.event_source and json.string(info.event_source) or "null" },
    { "required_api_version", json.string(info.api) },
    { "capabilities", list_of(capabilities(info), json.string) },
    { "fields", list_of(info.fields, function(field) return json.string(field.name) end) },
    { "config", list_of(config_keys(info), json.string) },
    { "note", note and json.string(note) or "null" },
  }
end

-- ---- the command ----

local function show(options, findings, errors, info, note)
  if options.json then
    local members = { { "findings", list_of(findings, finding_json) } }
    if info then members[2] = { "script", script_json(info, note) } end
    print(object(members))
    return
  end
  if info then print_summary(info, note) end
  for _, finding in ipairs(findings) do print_finding(finding) end
  print(errors == 0 and "no findings" or errors == 1 and "1 finding" or errors .. " findings")
end

function check.main(options)
  local api = options.api or 3
  local loaded, problems = library.load(options.script, api, false, true)
  if not loaded then
    local findings = findings_of(problems, options.script)
    show(options, findings, #findings)
    return 1
  end
  local info, findings = loaded:info(), {}
  add_hints(findings, info, options.script)
  show(options, findings, 0, info, api == 3 and old_api_note(options.script) or nil)
  return 0
end

return check
