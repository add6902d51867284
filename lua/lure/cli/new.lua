-- lure new: a folder with a plugin to begin with.

local files = require "lure.cli.files"
local library = require "lure.cli.library"
local process = require "lure.process"
local registry = require "lure.cli.registry"
local stop = require "lure.cli.stop"

local kinds = { "source", "extractor", "json", "async" }

local new = {
  name = "new",
  summary = "write a plugin to begin with",
  words = { least = 1, most = 1, name = "name" },
  options = {
    ["--source"] = { key = "source" },
    ["--extractor"] = { key = "extractor" },
    ["--json"] = { key = "json" },
    ["--async"] = { key = "async" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure new NAME [--source | --extractor | --json | --async]

Writes a folder NAME with a plugin that runs as it is, for you to change:

  NAME.lua             the script
  spec/NAME_spec.lua   its specs, for lure test
  NAME_rules.yaml      a rule for Falco
  falco.yaml           the lines for Falco's configuration
  .luarc.json          lets editors with LuaLS (lua-language-server) know
                       the types of all that a script can use

  --source      an event source of its own (the default)
  --json        an event source of JSON documents, whose fields are paths
  --extractor   fields for the events of another source; also events.jsonl, some
                payloads to try it with
  --async       events that come by themselves, among those of the kernel

NAME is also the plugin's name: a lower case letter, then lower case letters,
digits, "_" or "-"; it may be behind a folder. What exists is left as it is.

Exit status: 0; 2 if the name is taken or not fit, or for a wrong command line.

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
  return chosen or "source"
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

local luarc = [==[
{
  "runtime.version": "Lua 5.4",
  "workspace.checkThirdParty": false,
  "workspace.library": ["]==] .. library.types() .. [==[", "${3rd}/busted/library", "${3rd}/luassert/library"]
}
]==]

-- Name of the file, its text, what it is. The kind's texts have @NAME@, @FOLDER@, and @WORD@, which has no "-".
local function files_of(template, name)
  local source = template.open_params and ("    open_params: '%s'\n"):format(template.open_params) or ""
  local falco = [==[
# For Falco's configuration, /etc/falco/falco.yaml. To try it as it is, in this folder:
#
#   falco -c falco.yaml -r @NAME@_rules.yaml
plugins:
  - name: @NAME@
    # One library file is one script in a process: for a second script use a copy of the file,
    # or make a library of its own by lure pack.
    library_path: ]==] .. (library.find(3) or "liblure.so") .. [==[

    init_config:
      script: @NAME@.lua # relative to this file, or an absolute path
]==] .. source .. [==[
load_plugins: [@NAME@]
stdout_output:
  enabled: true
]==]
  local rules = [==[
- required_plugin_versions:
    - name: @NAME@
      version: 0.1.0

]==] .. template.rules
  local list = {
    { name .. ".lua", template.script, template.what },
    { "spec/" .. name .. "_spec.lua", template.spec, "its specs, for lure test" },
    { name .. "_rules.yaml", rules, "a rule for Falco" },
    { "falco.yaml", falco, "the lines for Falco's configuration" },
  }
  list[#list + 1] = { ".luarc.json", luarc, "types, for editors with LuaLS" }
  if template.events then list[#list + 1] = { "events.jsonl", template.events, "payloads to try it with" } end
  return list
end

local function make_folder(path)
  local made, message = process.make_folder(path)
  if made then return end
  if process.exists(path) then
    stop.usage("new: %s exists, and is left as it is; choose another name", path)
  end
  stop.failed("%s", message)
end

local function print_next(folder, name, template)
  local script = folder .. "/" .. name .. ".lua"
  local options = (template.run_options or ""):gsub("@FOLDER@", folder)
  local commands = {
    { "lure run " .. script .. options, "its events" },
    { "lure test " .. folder, "its specs" },
    { "lure check " .. script, "what a host would refuse" },
  }
  print "\nnext:"
  local width = 0
  for _, command in ipairs(commands) do width = math.max(width, #command[1]) end
  for _, command in ipairs(commands) do print(("  %-" .. width .. "s  %s"):format(table.unpack(command))) end
end

function new.main(options)
  local folder = options.words[1]:gsub("(.)/+$", "%1")
  local name = folder:match("[^/]*$")
  local kind = kind_of(options)
  check_name(name)
  local template = require("lure.cli.templates." .. kind)
  local values = { NAME = name, WORD = name:gsub("-", "_"), FOLDER = folder }
  make_folder(folder)
  make_folder(folder .. "/spec")
  local list = files_of(template, name)
  local width = 0
  for _, file in ipairs(list) do width = math.max(width, #folder + #file[1] + 1) end
  for _, file in ipairs(list) do
    local path = folder .. "/" .. file[1]
    files.write(path, (file[2]:gsub("@(%u+)@", values)))
    print(("%-" .. width .. "s  %s"):format(path, file[3]))
  end
  print_next(folder, name, template)
  return 0
end

return new
