-- lure new: a directory with a plugin to begin with.

local falcoyaml = require "lure.cli.falcoyaml"
local formats = require "lure.cli.templates.format"
local library = require "lure.cli.library"
local outfile = require "lure.cli.outfile"
local system = require "lure.system"
local registry = require "lure.cli.registry"
local shell = require "lure.cli.shell"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local print = terminal.print

local kinds = { "source", "extractor", "json", "async" }

local new = {
  name = "new",
  summary = "create a plugin to start from",
  words = { least = 1, most = 1, name = "name" },
  options = {
    ["--source"] = { key = "source" },
    ["--extractor"] = { key = "extractor" },
    ["--json"] = { key = "json" },
    ["--async"] = { key = "async" },
    ["--format"] = { key = "format", value = "FORMAT", choices = formats.names },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure new NAME [--source | --extractor | --json | --async | --format FORMAT]

Creates a directory NAME with a plugin that runs as it is, for you to change:

  NAME.lua             the script
  spec/NAME_spec.lua   its specs, for lure test
  spec/NAME_cases.yaml cases of its rule, for lure test
  NAME_rules.yaml      a rule for Falco
  falco.yaml           a configuration of Falco that runs it
  .luarc.json          lets editors with LuaLS (lua-language-server) know
                       the types of all that a script can use

  --source      an event source (the default)
  --json        an event source of JSON documents, with fields that are paths
  --extractor   fields for the events of another source; also writes events.jsonl,
                some payloads to try it with, and samples.lua, a source of them
  --async       async events, among those of any other source
  --format FORMAT
                an event source of the lines of a log in this format: logfmt,
                syslog, cef, leef, combined (nginx, Apache), csv, regex, or json
                as --json; also writes samples.log, some lines to try it with

NAME is also the plugin's name: a lower case letter, then lower case letters,
digits, "_" or "-"; a path may stand before it. Existing files are never changed.

Exit status: 0; 2 if the name is taken or invalid, or for a wrong command line.

  lure new logins --json && lure run logins/logins.lua
]],
}

local function kind_of(options)
  local chosen
  for _, kind in ipairs(kinds) do
    if options[kind] then
      if chosen then stop.usage("new: one of --%s and --%s, not both; see: lure new --help", chosen, kind) end
      chosen = kind
    end
  end
  if options.format and chosen then
    stop.usage("new: one of --%s and --format, not both; see: lure new --help", chosen)
  end
  return chosen or "source"
end

local function template_of(options)
  local kind, format = kind_of(options), options.format
  if format and format ~= "json" then return formats.of(format) end
  return require("lure.cli.templates." .. (format or kind))
end

local function check_name(name)
  if not name:find(registry.name_pattern) then
    local fit = name:lower():gsub("[^a-z0-9_-]+", "-"):gsub("^[^a-z]+", ""):gsub("%-$", "")
    stop.usage('new: "%s" is no name for a plugin: a lower case letter, then lower case letters, digits, "_" or "-"%s',
      name, fit ~= "" and ('; perhaps "%s"'):format(fit) or "")
  elseif registry.reserved_sources[name] then
    stop.usage('new: "%s" is what Falco calls something of its own; choose another name', name)
  end
end

-- The text with what stands for @KEY@.
local function filled(text, values) return (text:gsub("@(%u+)@", values)) end

local luarc = [==[
{
  "runtime.version": "Lua 5.4",
  "workspace.checkThirdParty": false,
  "workspace.library": ["]==] .. library.types() .. [==[", "${3rd}/busted/library", "${3rd}/luassert/library"]
}
]==]

-- ---- Falco's files ----

local function falco_head(template)
  local lines = { "# Falco with @NAME@, and without a driver. To try it as it is, in this directory:", "#" }
  if template.samples then lines[#lines + 1] = "#   lure pack samples.lua -o libsamples.so" end
  lines[#lines + 1] = "#   falco -c falco.yaml -r @NAME@_rules.yaml"
  return table.concat(lines, "\n") .. "\n#\n" .. [==[
# or: lure falco @NAME@.lua]==] .. filled(template.falco_options or "", { DIRECTORY = "" }) .. "\n" .. [==[
#
# Installed, the script is in /etc/falco/lure/, the rules in /etc/falco/rules.d/, and this file without its
# last part in /etc/falco/config.d/. No script may be there: Falco takes every file there for YAML.
]==]
end

local function falco_yaml(template, name, directory)
  local names = { name }
  local plugins = { falcoyaml.plugin {
    name = name, library = library.find(3) or "liblure.so", open = template.open_params,
    library_notes = { "One library file is one script in a process: for a second script use a copy of the file,",
      "or make a library of its own by lure pack." },
    notes = { "Relative to this file, or in /etc/falco/lure/; or an absolute path." },
    init = { { "script", falcoyaml.json(name .. ".lua") } },
  } }
  if template.samples then
    table.insert(names, 1, name .. "-samples")
    table.insert(plugins, 1, falcoyaml.plugin {
      name = names[1], library = system.absolute(directory) .. "/libsamples.so", open = "events.jsonl",
      library_notes = { "Events to try it with. The real ones are those of another plugin, which stands here then." },
    })
  end
  return falco_head(template) .. "plugins:\n" .. table.concat(plugins) .. falcoyaml.load_plugins(names)
    .. "\n# Only to try it:\n" .. falcoyaml.trying()
end

local function rules_yaml(template, name, values)
  local rule = {}
  for key, text in pairs(template.rule) do rule[key] = filled(text, values) end
  return falcoyaml.required(name, "0.1.0") .. "\n" .. falcoyaml.rule(rule)
end

local CASES_HEAD = [==[
# Events, and the alerts that the rule gives for them. To run it: lure test
script: @NAME@.lua
rules: @NAME@_rules.yaml
cases:
]==]

-- Name of the file, its text, what it is. The kind's texts have @NAME@, and @WORD@, which has no "-"; its options
-- @DIRECTORY@, where its files are.
local function files_of(template, name, directory, values)
  local list = {
    { name .. ".lua", template.script, template.what },
    { "spec/" .. name .. "_spec.lua", template.spec, "its specs, for lure test" },
    { name .. "_rules.yaml", rules_yaml(template, name, values), "a rule for Falco" },
    { "falco.yaml", falco_yaml(template, name, directory), "Falco's configuration for it" },
  }
  if template.cases then
    local cases = CASES_HEAD .. template.cases
    table.insert(list, 3, { ("spec/%s_cases.yaml"):format(name), cases, "cases of its rule, for lure test" })
  end
  list[#list + 1] = { ".luarc.json", luarc, "types, for editors with LuaLS" }
  if template.samples then
    list[#list + 1] = { "events.jsonl", template.events, "payloads to try it with" }
    list[#list + 1] = { "samples.lua", template.samples, "an event source that gives them" }
  end
  return table.move(template.files or {}, 1, #(template.files or {}), #list + 1, list)
end

local WIDEST = 80 -- longer ones stand out

-- A list of two words each.
local function print_columns(list, margin)
  local width = 0
  for _, words in ipairs(list) do
    if #words[1] <= WIDEST then width = math.max(width, #words[1]) end
  end
  for _, words in ipairs(list) do print(margin .. words[1] .. (" "):rep(width - #words[1]) .. "  " .. words[2]) end
end

local function print_next(directory, name, template)
  local script = shell.word(directory .. "/" .. name .. ".lua")
  local function with(options)
    local function word_of(file) return shell.word(directory .. "/" .. file) end
    return script .. (options or ""):gsub("@DIRECTORY@(%S*)", word_of)
  end
  local commands = {
    { "lure run " .. with(template.run_options), "its events" },
    { "lure test " .. shell.word(directory), "its specs" },
    { "lure check " .. script, "what a host would refuse" },
    { "lure falco " .. with(template.falco_options), "its alerts, where Falco is installed" },
  }
  if template.cases then
    local rules = " --rules " .. shell.word(("%s/%s_rules.yaml"):format(directory, name))
    table.insert(commands, 2, { "lure run " .. with(template.run_options) .. rules, "its alerts" })
    commands[5][2] = "its alerts in Falco, where that is installed"
  end
  terminal.print_lines "\nnext:"
  print_columns(commands, "  ")
end

function new.main(options)
  local directory = options.words[1]:gsub("(.)/+$", "%1")
  local name = directory:match("[^/]*$")
  local template = template_of(options)
  check_name(name)
  local values = { NAME = name, WORD = name:gsub("-", "_")}
  if system.exists(directory) then
    stop.usage("new: %s exists, and is left as it is; choose another name", directory)
  end
  local made = outfile.directory(directory)
  made:make_directory "spec"
  local list = files_of(template, name, directory, values)
  local told = {}
  for i, file in ipairs(list) do
    told[i] = { directory .. "/" .. file[1], file[3] }
    made:write(file[1], filled(file[2], values))
  end
  made:finish()
  print_columns(told, "")
  print_next(directory, name, template)
  return 0
end

return new
