-- lure show: what a plugin is and which fields it has, a script or any plugin's library.

local args = require "lure.cli.args"
local bundle = require "lure.cli.bundle"
local falcofiles = require "lure.cli.falcofiles"
local files = require "lure.cli.files"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local outfile = require "lure.cli.outfile"
local system = require "lure.system"
local shell = require "lure.cli.shell"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local print = terminal.print

local show = {
  name = "show",
  summary = "show what a plugin is, and its fields",
  options = {
    ["--format"] = { key = "format", value = "FORMAT",
      choices = { "table", "markdown", "json", "falco", "falco-rules" } },
    ["-o"] = { key = "output", value = "DIR" },
    ["--open"] = { key = "open", value = "PARAMS", read = args.contents },
    ["--source"] = { key = "source", value = "PLUGIN" },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure show SCRIPT|PLUGIN.so [--format FORMAT] [--json] [-o DIR] [--open PARAMS]
       [--source PLUGIN.so]

Shows name, version, capabilities, plugin API and fields of a script, or of any
plugin for Falco: a library, whatever language it is written in. Only what hosts
ask before init is run; of a script, its top level. With --format falco the init
of a source is run too, because only then it can be asked for its open_params.

  --format FORMAT   table (the default), markdown (for a README), json; or for
                    Falco: falco, a complete falco.yaml for a Falco without a
                    driver, and falco-rules, rules to start from
  --json            as --format json: one object
  -o DIR            with --format falco: writes both, as DIR/NAME.yaml and
                    DIR/NAME_rules.yaml; NAME is that of the script. Existing
                    files are not changed
  --open PARAMS     with --format falco: the open parameters; by default the first
                    of the source's open_params; "@FILE" is replaced by the content
                    of a file
  --source PLUGIN.so   with --format falco: the plugin whose events it gets; Falco
                    refuses a plugin that only has fields without such a plugin

Exit status: 0; 1 if a host would refuse the plugin; 2 for a wrong command line.

  lure show examples/dummy.lua
  lure show /usr/share/falco/plugins/libk8saudit.so --format markdown
  lure show mine.lua --format falco -o . && falco -c mine.yaml -r mine_rules.yaml
]],
}

local OFFERS = { { "get_metrics", "metrics" }, { "set_config", "set_config" }, { "dump_state", "dump_state" } }

local function capabilities(info)
  local names = library.capabilities(info)
  for _, offer in ipairs(OFFERS) do
    if info.symbols[offer[1]] then names[#names + 1] = offer[2] end
  end
  return names
end

-- How a rule writes the field's argument: "[index]", "[key]", both, in more brackets where it may be left out.
local function argument(field)
  local arg = field.arg
  local kind = arg.index and arg.key and "index or key" or arg.index and "index" or (arg.key or arg.required) and "key"
  if not kind then return "" end
  return arg.required and ("[%s]"):format(kind) or ("[[%s]]"):format(kind)
end

local function type_of(field) return field.list and "list of " .. field.type or field.type end

local function source_of(info)
  return info.id and ("id %d, event source %s"):format(info.id, info.event_source) or "no event source of its own"
end

local function list_text(list) return #list > 0 and table.concat(list, ", ") or "every event source" end

-- Name and value of what is told of the plugin itself.
local function head(info)
  local lines = {
    { "plugin", ("%s %s, %s"):format(info.name, info.version, source_of(info)) },
    { "description", info.description ~= "" and info.description or nil },
    { "contact", info.contact ~= "" and info.contact or nil },
    { "packed", info.packed },
    { "capabilities", table.concat(capabilities(info), ", ") },
    { "plugin API", info.api .. " or later" },
    { "fields of events of", info.capabilities.extraction and list_text(info.extract_event_sources) or nil },
    { "parses events of", info.capabilities.parsing and list_text(info.parse_event_sources) or nil },
    { "async events", info.capabilities.async and table.concat(info.async_events, ", ") or nil },
  }
  local told = {}
  for _, line in ipairs(lines) do
    if line[2] then told[#told + 1] = { line[1], terminal.escaped(line[2]) } end
  end
  return told
end

-- The names of what `lure pack` has put into a library; nil: it is none of lure's, or has nothing in it.
local function packed_in(path)
  local content = files.read(path)
  local list = content and bundle.read(content)
  if not list or not list[1] then return nil end
  local names = {}
  for i, packed in ipairs(list) do names[i] = packed.name end
  return table.concat(names, ", ")
end

local function width(list, text_of)
  local most = 0
  for _, item in ipairs(list) do most = math.max(most, utf8.len(text_of(item)) or #text_of(item)) end
  return most
end

local function padded(word, to) return word .. (" "):rep(to - (utf8.len(word) or #word)) end

local function name_of(field) return terminal.escaped(field.name .. argument(field)) end

local function print_table(info)
  local lines = head(info)
  local first = width(lines, function(line) return line[1] end)
  for _, line in ipairs(lines) do print(padded(line[1], first) .. "  " .. line[2]) end
  if #info.fields == 0 then return end
  local names, types = width(info.fields, name_of), width(info.fields, type_of)
  print("")
  for _, field in ipairs(info.fields) do
    print(padded(name_of(field), names) .. "  " .. padded(type_of(field), types) .. "  "
      .. field.desc)
  end
end

local function one_line(words) return terminal.escaped((words:gsub("%s+", " "))) end

local function cell(words) return (one_line(words):gsub("|", "\\|")) end

local function print_markdown(info)
  print("# " .. one_line(info.name))
  print ""
  if info.description ~= "" then terminal.print_lines(one_line(info.description) .. "\n\n") end
  terminal.print_lines "| | |\n|---|---|"
  for _, line in ipairs(head(info)) do
    if line[1] ~= "description" then print(("| %s | %s |"):format(line[1], cell(line[2]))) end
  end
  if #info.fields == 0 then return end
  terminal.print_lines "\n| field | type | meaning |\n|---|---|---|"
  for _, field in ipairs(info.fields) do
    print(("| `%s` | %s | %s |"):format(name_of(field), type_of(field), cell(field.desc)))
  end
end

local function object(members)
  local parts = {}
  for _, member in ipairs(members) do
    if member[2] then parts[#parts + 1] = json.string(member[1]) .. ":" .. member[2] end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function list_of(list, write)
  local parts = {}
  for i, item in ipairs(list) do parts[i] = (write or json.string)(item) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function field_json(field)
  return object {
    { "name", json.string(field.name) }, { "type", json.string(field.type) }, { "desc", json.string(field.desc) },
    { "display", field.display and json.string(field.display) }, { "list", tostring(field.list) },
    { "arg", object { { "required", tostring(field.arg.required) }, { "index", tostring(field.arg.index) },
      { "key", tostring(field.arg.key) } } },
    { "properties", list_of(field.properties) },
  }
end

local function print_json(info)
  print(object {
    { "name", json.string(info.name) }, { "version", json.string(info.version) },
    { "description", json.string(info.description) }, { "contact", json.string(info.contact) },
    { "packed", info.packed and json.string(info.packed) },
    { "id", info.id and tostring(info.id) or "null" },
    { "event_source", info.event_source and json.string(info.event_source) or "null" },
    { "required_api_version", json.string(info.api) }, { "capabilities", list_of(capabilities(info)) },
    { "extract_event_sources", list_of(info.extract_event_sources) },
    { "parse_event_sources", list_of(info.parse_event_sources) },
    { "async_events", list_of(info.async_events) },
    { "init_schema", info.init_schema and json.members(info.init_schema) and #json.members(info.init_schema) > 0
      and json.printable(json.utf8(info.init_schema)) or "null" },
    { "fields", list_of(info.fields, field_json) },
  })
end

-- ---- for Falco ----

-- The suggestions of a source's open parameters: they are asked of a plugin state, so init runs. nil, why not.
local function suggestions(loaded, config)
  local state, problem = loaded:init(config)
  if not state then return nil, problem end
  local list, message = state:open_params()
  state:destroy()
  return list, message
end

-- What falcofiles wants to know of a script or a library.
local function deployed(path, loaded, open)
  local info = loaded:info()
  local is_library = library.is_plugin(path)
  local plugin = { info = info, library = is_library and system.absolute(path) or library.find(3),
    script = not is_library and system.absolute(path) or nil, open = open }
  local name = path:match("[^/]*$"):gsub("%.lua$", ""):gsub("%.so[%d.]*$", ""):gsub("^lib(.)", "%1")
  plugin.file = name:gsub("[^%w._-]", "_")
  if info.capabilities.sourcing and not open then
    plugin.open_params, plugin.failed = suggestions(loaded, falcofiles.config(plugin))
  end
  return plugin
end

local function load(path)
  local loaded, problems = library.load(path, 3)
  if not loaded then stop.failed("%s", table.concat(problems, "\n")) end
  return loaded
end

-- The plugin that gives the events.
local function source_of_events(path, open)
  if not library.is_plugin(path) then
    stop.usage("show: --source: %s is a script; one library file is one script, so pack it: lure pack %s", path,
      shell.word(path))
  end
  local source = deployed(path, load(path), open)
  if not source.info.capabilities.sourcing then
    stop.usage("show: --source: %s has no event source (no open, no next)", path)
  end
  return source
end

local function print_falco(loaded, options, format)
  local plugin = deployed(options.script, loaded, not options.source and options.open or nil)
  if options.source then plugin.source = source_of_events(options.source, options.open) end
  local made = falcofiles.make(plugin)
  local missing = not plugin.source and falcofiles.missing_sources(plugin.info)
  if missing then
    terminal.note(("lure: Falco refuses %s until a plugin with events of %s is loaded too; "
      .. "name it: --source PLUGIN.so"):format(plugin.info.name, table.concat(missing, ", ")))
  end
  if not options.output then
    return terminal.print_lines(format == "falco" and made.configuration or made.rules)
  end
  local base = options.output:gsub("(.)/+$", "%1") .. "/" .. plugin.file
  local paths = { base .. ".yaml", base .. "_rules.yaml" }
  for _, path in ipairs(paths) do
    outfile.check(path, false, function(message) stop.usage("show: %s", message) end)
  end
  outfile.write_all({ { paths[1], made.configuration }, { paths[2], made.rules } })
  for _, path in ipairs(paths) do print(path) end
end

local formats = { table = print_table, markdown = print_markdown, json = print_json }

function show.main(options)
  local format = options.json and "json" or options.format or "table"
  local only_falco = options.output and "-o" or options.open and "--open" or options.source and "--source"
  if formats[format] and only_falco then stop.usage("show: %s is for --format falco", only_falco) end
  local loaded = load(options.script)
  if not formats[format] then
    print_falco(loaded, options, format)
    return 0
  end
  local info = loaded:info()
  if info.console and library.is_plugin(options.script) then info.packed = packed_in(options.script) end
  formats[format](info)
  return 0
end

return show
