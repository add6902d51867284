-- lure check: what a host would refuse plugins for, and what people get wrong.

local args = require "lure.cli.args"
local falcoentry = require "lure.cli.falcoentry"
local findings_of = require "lure.cli.lint.findings"
local hostnames = require "lure.cli.lint.hostnames"
local identity = require "lure.cli.lint.identity"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local order = require "lure.cli.lint.order"
local samples = require "lure.cli.lint.samples"
local ruleoptions = require "lure.cli.ruleoptions"
local schema = require "lure.cli.schema"
local stop = require "lure.cli.stop"
local system = require "lure.system"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.lint.text"

local print = terminal.print

local apis = { ["3"] = 3, ["0"] = 0, ["0.3"] = 0, ["0.3.0"] = 0 }

local check = {
  name = "check",
  summary = "report mistakes in a script",
  words = { least = 1, most = math.huge, name = "script" },
  options = {
    ["--api"] = {
      key = "api",
      value = "VERSION",
      read = function(value) return apis[value], "3 or 0.3" end,
    },
    ["--run"] = { key = "run" },
    ["--events"] = { key = "events", value = "FILE" },
    ["--capture"] = { key = "capture", value = "FILE" },
    ["--config"] = { key = "config", value = "JSON", read = args.contents },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--falco"] = falcoentry.option,
    ["--rules"] = ruleoptions.rules,
    ["--priority"] = ruleoptions.priority,
    ["--field"] = { key = "fields", value = "NAME[ARGUMENT]", list = true },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure check SCRIPT|PLUGIN.so... [--run] [--events FILE] [--capture FILE]
                  [--rules RULES]... [--api VERSION] [--json]

Loads each script as a host does, through the same library, and reports all its
mistakes, one in a line:

  FILE:LINE: what is wrong, and what to do

Findings are what a host would refuse, and, also in the modules beside the script
or packed with it: names that are never assigned (string.fromat), with the name
that was probably meant; declarations whose order differs each time that the
script is loaded; fields with the name of a field of the host; fields that the
host's table of threads does not have. For several plugins (scripts or any
libraries) also what keeps them out of one host: the same name, id or field.

Hints are about what a host accepts but is probably wrong: globals, names and ids
that break the rules of Falco's registry, fields of official plugins, calls that
block the host, patterns that take very long, results that are not used,
arguments that a field does not declare, modules that do not exist, a missing
description. A note tells whether the script also runs in hosts with the plugin
API 0.3.0 (Falco 0.31, sysdig 0.29). The script's top level is run more than once;
"init" and the other functions are run only with these options:

  --run           extracts every field of the first events of the script's own
                  source: at most 20, for about a second. A field that fails is a
                  finding, a field that never has a value is a hint, with what
                  the payload has where its path leads; so is a metric whose
                  name Falco changes
  --events FILE   the same with these events: one payload in a line, or what lure
                  record wrote; the first 1000
  --capture FILE  the same with the first 1000 events of a capture (.scap) that the
                  script has fields for; its parser gets all, as in lure run
  --field NAME[ARGUMENT]  extracts this too, as in --field 'dummy.divisible[3]';
                  fields that need an argument are skipped otherwise. Repeatable
  --config JSON   the configuration for that, by default {}
  --open PARAMS   the open parameters; by default the first of the script's
                  open_params; "@FILE", here and in --config, is replaced by the
                  content of a file
  --falco FILE    with --run: SCRIPT, init_config and open_params from Falco's
                  configuration, as for lure run
  --rules RULES   also looks at these rules, a file or a directory of .yaml files, in the
                  order in which they are given: what Falco refuses is a finding; what
                  it warns of is a hint, and so are rules that never fire, rules that
                  another one always comes before, and exceptions without effect.
                  Rules of sources that none of the scripts has are not looked at.
                  Repeatable
  --priority PRIORITY   with --rules: rules that are less urgent never fire
  --api VERSION   the plugin API to check for: 3 (the default), or 0.3, which
                  knows fewer types of fields and no parsing
  --json          one object: findings (a list of file, line, severity "error"
                  or "hint", message) and, if it loads, what the script is
                  (of several: scripts, a list); samples, with --run or --events; rules,
                  with --rules

Exit status: 0 without findings (hints do not count), 1 with findings, 2 for a
wrong command line.

  lure check examples/dummy.lua
  lure check examples/dummy.lua --run --field 'dummy.divisible[3]'
  lure check mine.lua /usr/share/falco/plugins/libk8saudit.so
  lure check mine.lua --rules mine_rules.yaml
  lure check my.lua --json | jq -r '.findings[].message'
]],
}

local function base_name(path) return path:match("([^/]*)$") end

local function look_at_descriptions(info, file, findings)
  if info.description == "" then
    findings:add("hint", file, nil, "no description; hosts show it in their lists of plugins: description = \"...\"")
  end
  if info.contact == "" then
    findings:add("hint", file, nil, "no contact; say whom to ask about the plugin: contact = \"you@example.org\"")
  end
end

local function config_keys(info)
  local keys = {}
  for _, key in ipairs(info.init_schema and schema.keys(info.init_schema) or {}) do
    if key ~= "script" and key ~= "lure" then keys[#keys + 1] = key end
  end
  return keys
end

-- Whether all that it has are fields for events of the kernel.
local function only_kernel(info)
  local sources = info.extract_event_sources
  return not info.capabilities.sourcing and #sources == 1 and sources[1] == "syscall"
end

-- Whether the script also runs under the old plugin API, in words; nil: that cannot be told.
local function old_api_note(script)
  if not library.find(0) then return nil end
  local loaded, problems = library.load(script, 0, true)
  if loaded and only_kernel(loaded:info()) then
    return "loads under plugin API 0.3.0, whose hosts show plugins no events of the kernel"
  elseif loaded then
    return "runs under plugin API 0.3.0 too"
  end
  return ("does not run under plugin API 0.3.0: %s%s"):format(problems[1],
    #problems > 1 and (" (and %d more; see --api 0.3)"):format(#problems - 1) or "")
end

-- ---- for people ----

local function join(list) return #list > 0 and table.concat(list, ", ") or "none" end

local function print_summary(plugin)
  local info = plugin.info
  print(("%s %s%s"):format(info.name, info.version,
    info.id and (", id %d, source %s"):format(info.id, info.event_source) or ", no source of its own"))
  print("  capabilities: " .. join(library.capabilities(info)))
  print(("  plugin API: %s or later"):format(info.api))
  print(("  fields: %d"):format(#info.fields))
  print("  config: " .. join(config_keys(info)))
  if plugin.note then print("  note: " .. plugin.note) end
  if plugin.samples then print("  samples: " .. samples.summary(plugin.samples)) end
end

local function print_finding(finding)
  local place = finding.line and ("%s:%d"):format(finding.file, finding.line) or finding.file
  print(("%s: %s%s"):format(place, finding.severity == "hint" and "hint: " or "", finding.message))
end

local function print_all(plugins, findings, rules)
  for _, plugin in ipairs(plugins) do
    if plugin.info then print_summary(plugin) end
  end
  if rules then print(require("lure.cli.lint.rules").summary(rules)) end
  for _, finding in ipairs(findings.list) do print_finding(finding) end
  local count = findings.errors
  print(count == 0 and "no findings" or count == 1 and "1 finding" or count .. " findings")
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

local function name_json(field) return json.string(field.name) end

local function samples_json(result)
  return object {
    { "events", tostring(result.events) },
    { "not_asked", list_of(result.left_out, name_json) },
    { "note", result.note and json.string(result.note) or "null" },
  }
end

local function script_json(plugin)
  local info = plugin.info
  local members = {
    { "name", json.string(info.name) },
    { "version", json.string(info.version) },
    { "id", info.id and tostring(info.id) or "null" },
    { "event_source", info.event_source and json.string(info.event_source) or "null" },
    { "required_api_version", json.string(info.api) },
    { "capabilities", list_of(library.capabilities(info), json.string) },
    { "fields", list_of(info.fields, name_json) },
    { "config", list_of(config_keys(info), json.string) },
    { "note", plugin.note and json.string(plugin.note) or "null" },
  }
  if plugin.samples then members[#members + 1] = { "samples", samples_json(plugin.samples) } end
  return object(members)
end

local function rules_json(rules)
  local nodetext, priorities = require "lure.rules.nodetext", require "lure.rules.priorities"
  return list_of(rules.all, function(rule)
    return object {
      { "name", json.string(rule.name) },
      { "source", json.string(rule.source) },
      { "fires", tostring(rule.why == nil) },
      { "why_not", rule.why and json.string(rule.why) or "null" },
      { "priority", json.string(priorities.names[rule.priority + 1]) },
      { "desc", json.string(rule.desc:string()) },
      { "output", json.string(rule.output:string()) },
      { "tags", list_of(rule.tag_list, json.string) },
      { "condition", rule.node and json.string(nodetext.of(rule.node)) or "null" },
    }
  end)
end

local function print_json(plugins, findings, rules)
  local members, loaded = { { "findings", list_of(findings.list, finding_json) } }, {}
  for _, plugin in ipairs(plugins) do
    if plugin.info then loaded[#loaded + 1] = plugin end
  end
  if #plugins > 1 then
    members[2] = { "scripts", list_of(loaded, script_json) }
  elseif loaded[1] then
    members[2] = { "script", script_json(loaded[1]) }
  end
  if rules then members[#members + 1] = { "rules", rules_json(rules) } end
  print(object(members))
end

-- ---- the command ----

-- Reads the script, and begins to load it in child processes.
local function begin(plugin, options)
  plugin.source = text.read(plugin.path, options.api)
  plugin.is_script = not library.is_plugin(plugin.path)
  plugin.line_of = function(word)
    return plugin.source and plugin.is_script and text.line_of(plugin.source, word) or nil
  end
  plugin.loads = plugin.source and order.begin(plugin, plugin.source, options)
end

local function look_at(plugin, options, findings)
  local file, source = plugin.file, plugin.source
  local loaded, problems = library.load(plugin.path, options.api)
  if loaded then
    plugin.info = loaded:info()
    if options.api == 3 and plugin.is_script then plugin.note = old_api_note(plugin.path) end
  end
  if plugin.loads then plugin.loads:finish(plugin.info, findings) end
  for _, problem in ipairs(problems or {}) do findings:add_placed(problem, file) end
  if source then text.look_at(source, findings) end
  if not loaded then return end
  if source then
    text.look_at_modules(source, findings)
    look_at_descriptions(plugin.info, file, findings)
  end
  identity.look_at(plugin.info, file, plugin.line_of, findings)
  hostnames.look_at(plugin.info, file, plugin.line_of, findings)
  if plugin.samples then samples.judge(plugin.samples, file, plugin.line_of, findings) end
end

local function compare_all(plugins, findings)
  for i, second in ipairs(plugins) do
    for j = 1, i - 1 do
      if plugins[j].info and second.info then identity.compare(plugins[j], second, findings) end
    end
  end
end

-- What the rules are, with their findings; nil: there are none, or a script did not load.
local function look_at_rules(plugins, options, findings)
  local infos = {}
  for i, plugin in ipairs(plugins) do infos[i] = plugin.info end
  if not options.rules or #infos < #plugins then return nil end
  local first = #findings.list + 1
  local loaded = require("lure.cli.lint.rules").look_at(options.rules, infos, options.priority, findings)
  findings:sort_from(first)
  return loaded
end

local function check_options(options)
  for _, word in ipairs(options.words) do
    if word:find "%.ya?ml$" then
      stop.usage("check: %s is no script; give --rules in front of each file of rules", word)
    end
  end
  if options.events then
    local message
    options.lines, message = samples.read(options.events)
    if not options.lines then stop.usage("check: --events: %s", message) end
  end
  if options.capture and options.events then
    stop.usage "check: sample events come either from --events or from --capture"
  elseif options.capture and options.api == 0 then
    stop.usage "check: --capture is for the plugin API 3"
  elseif options.capture and not system.is_file(options.capture) then
    stop.usage("check: --capture: %s is no regular file", options.capture)
  end
  options.samples = options.run or options.lines ~= nil or options.capture ~= nil
  for _, name in ipairs { "--falco", "--field", "--config", "--open" } do
    if options[check.options[name].key] and not options.samples then
      stop.usage("check: %s is for sample events: add --run, --events FILE or --capture FILE", name)
    end
  end
  options.api, options.fields = options.api or 3, options.fields or {}
end

-- A field that none of the plugins has; where one does not load nobody can tell.
local function check_fields(plugins, names)
  local infos = {}
  for i, plugin in ipairs(plugins) do infos[i] = plugin.info end
  local problem = #infos == #plugins and samples.problem_of(infos, names)
  if problem then stop.usage("check: --field: %s", problem) end
end

function check.main(options)
  ruleoptions.check("check", options, {})
  check_options(options)
  local findings, plugins = findings_of.new(), {}
  for i, path in ipairs(options.words) do
    plugins[i] = { path = path, file = base_name(path), samples = options.samples and samples.ask(path, options) }
  end
  begin(plugins[1], options)
  for i in ipairs(plugins) do
    local first = #findings.list + 1
    if plugins[i + 1] then begin(plugins[i + 1], options) end -- its children work meanwhile
    look_at(plugins[i], options, findings)
    findings:sort_from(first)
  end
  check_fields(plugins, options.fields)
  compare_all(plugins, findings)
  local rules = look_at_rules(plugins, options, findings)
  if options.json then print_json(plugins, findings, rules) else print_all(plugins, findings, rules) end
  return findings.errors == 0 and 0 or 1
end

return check
