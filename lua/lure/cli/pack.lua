-- lure pack: a script and its modules as a plugin of their own: one shared object.

local bundle = require "lure.cli.bundle"
local files = require "lure.cli.files"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local modules = require "lure.cli.modules"
local oci = require "lure.cli.oci"
local outfile = require "lure.cli.outfile"
local system = require "lure.system"
local shell = require "lure.cli.shell"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local print = terminal.print

local pack = {
  name = "pack",
  summary = "make a self-contained plugin of a script",
  options = {
    ["-o"] = { key = "output", value = "libNAME.so" },
    ["--api"] = { key = "api", value = "VERSION", choices = { "3", "0.3" } },
    ["--module"] = { key = "modules", value = "NAME", list = true },
    ["--path"] = { key = "path", value = "DIRS" },
    ["--oci"] = { key = "oci" },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [[
usage: lure pack SCRIPT [-o libNAME.so] [--api VERSION] [--oci] [--json]

Makes one shared object of the script, the Lua modules that it requires and
lure itself: a plugin like any other, which does not need lure to be installed
where it runs, nor "script" in its init_config. A process can load many of them.

  -o libNAME.so   the file; by default lib and the script's name, in the working
                  directory. A packed plugin is replaced, any other file is not
  --api VERSION   the plugin API: 3 (the default: Falco 0.35 and later), or 0.3
                  (Falco 0.31, sysdig 0.29)
  --module NAME   packs this module, too. Modules whose names are in the text,
                  require "NAME", are packed anyway
  --path DIRS     where modules are searched besides the script's directory and
                  Lua's own, separated by ";"
  --oci           also writes, beside it, what falcoctl pushes to a registry:
                  NAME-VERSION-linux-MACHINE.tar.gz, the layer, and .json, its
                  configuration
  --json          prints one object: file, name, version, required_api_version,
                  machine, packed (list of module, file, bytes), c_modules, oci

Modules written in C are not packed: they must be installed where the plugin
runs. The same input gives the same bytes.

Exit status: 0; 1 if the script is at fault; 2 for a wrong command line.

  lure pack examples/dummy.lua -o libdummy.so
  lure run libdummy.so -n 3
]],
}

local function read(path)
  local text, message = files.read(path)
  return text or stop.failed("%s", message)
end

-- The files to pack, the script first; the names of C modules; and the places
-- where a module's name is computed, unless --module is there.
local function collect(options)
  local directories = {}
  for directory in (options.path or ""):gmatch("[^;]+") do directories[#directories + 1] = directory end
  local list, in_c, missing, computed = modules.needed_by(options.script, directories, options.modules or {})
  if missing[1] then
    local lines = {}
    for i, module in ipairs(missing) do
      local place = module.line and ("%s:%d"):format(module.file, module.line) or "--module"
      lines[i] = ('%s: module "%s" not found beside the script, nor where Lua modules are installed; name its '
        .. "directory with --path"):format(place, module.name)
    end
    stop.failed("%s", table.concat(lines, "\n"))
  end
  local name = options.script:match("[^/]*$")
  table.insert(list, 1, { module = "", name = name, path = options.script, text = read(options.script) })
  return list, in_c, options.modules and {} or computed
end

local function check_output(options, path)
  local name = path:match("[^/]*$")
  if options.oci and #name > oci.LONGEST_NAME then
    stop.usage("pack: a layer holds names of up to %d bytes, and %s has %d; give a shorter one with -o",
      oci.LONGEST_NAME, name, #name)
  end
  outfile.check(path, true, function(message) stop.usage("pack: %s", message) end)
  if not system.exists(path) then return end
  local packed, _, damaged = bundle.read(read(path))
  if not packed or not (packed[1] or damaged) then
    stop.usage("pack: %s is there, and is no plugin packed by lure; it is not overwritten", path)
  end
end

-- Writes the library and loads it as a host does. Answers what it is, and the file, which is not yet finished.
local function try(path, content)
  local file = outfile.create(path, { replaces = true, executable = true, ending = ".so" })
  file:write(content)
  file:complete()
  local loaded, problems = library.load(file.part, 3)
  if loaded then return loaded:info(), file end
  file:drop()
  for i, problem in ipairs(problems) do
    local module = problem:match("module '([^']+)' not found")
    if module then problems[i] = ("%s; if it is Lua, pack it, too: --module %s"):format(problem, module) end
  end
  stop.failed("%s", table.concat(problems, "\n"))
end

-- What falcoctl wants, as two files that are not yet finished.
local function make_oci(info, path, content, machine)
  local problem = oci.problem_of(info.name)
  if problem then stop.failed("pack: --oci: %s", problem) end
  local base = ("%s%s-%s-linux-%s"):format(path:match("^.*/") or "", info.name, info.version, machine)
  local made = { layer = base .. ".tar.gz", config = base .. ".json",
    platform = "linux/" .. oci.architectures[machine] }
  for _, name in ipairs { made.layer, made.config } do
    outfile.check(name, true, function(message) stop.usage("pack: %s", message) end)
  end
  made.files = { oci.layer(made.layer, path:match("[^/]*$"), content),
    outfile.create(made.config, { replaces = true }) }
  made.files[2]:write(oci.configuration(info))
  made.files[2]:complete()
  return made
end

-- ---- what is told ----

local function print_people(result)
  local info = result.info
  print(("%s: %s %s, plugin API %s or later, %s, %d bytes"):format(result.path, info.name, info.version, info.api,
    result.machine, result.bytes))
  local longest = 0
  for _, file in ipairs(result.files) do longest = math.max(longest, #file.name) end
  for _, file in ipairs(result.files) do
    print(("  %s  %d bytes"):format(file.name .. (" "):rep(longest - #file.name), #file.text))
  end
  if result.in_c[1] then
    print("not packed, to be installed where it runs: C modules " .. table.concat(result.in_c, ", "))
  end
  for _, place in ipairs(result.computed) do
    print(("%s:%d: requires a module by a name that is computed, which is not packed unless --module names it"):format(
      place.file, place.line))
  end
  if result.oci then
    print(("%s, %s: to push them:"):format(result.oci.layer, result.oci.config))
    local layer = result.oci.layer:gsub("^%-", "./-")
    print(("  falcoctl registry push --type plugin --version %s --platform %s --requires plugin_api_version:%s "
      .. "REGISTRY/%s:%s %s"):format(shell.word(info.version), result.oci.platform, shell.word(info.api),
      shell.word(info.name), shell.word(info.version), shell.word(layer)))
  end
end

local function list_of(list, written)
  local parts = {}
  for i, item in ipairs(list) do parts[i] = written(item) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function print_json(result)
  local info = result.info
  local packed = list_of(result.files, function(file)
    return ('{"module":%s,"file":%s,"bytes":%d}'):format(json.string(file.module), json.string(file.name), #file.text)
  end)
  local as_oci = result.oci and ('{"layer":%s,"config":%s,"platform":%s}'):format(json.string(result.oci.layer),
    json.string(result.oci.config), json.string(result.oci.platform)) or "null"
  print(('{"file":%s,"name":%s,"version":%s,"required_api_version":%s,"machine":%s,"bytes":%d,"packed":%s,'
    .. '"c_modules":%s,"oci":%s}'):format(json.string(result.path), json.string(info.name),
    json.string(info.version), json.string(info.api), json.string(result.machine), result.bytes, packed,
    list_of(result.in_c, json.string), as_oci))
end

function pack.main(options)
  if library.is_plugin(options.script) then stop.usage("pack: %s is a plugin already", options.script) end
  local path = options.output or ("lib%s.so"):format(options.script:match("([^/]*)$"):gsub("%.lua$", ""))
  check_output(options, path)
  local template, tried = library.find(options.api == "0.3" and 0 or 3)
  if not template then stop.failed("lure's library not found (%s)", tried) end
  local list, in_c, computed = collect(options)
  local content, problem = bundle.pack(read(template), list)
  if not content then stop.failed("%s %s", template, problem) end
  local info, file = try(path, content)
  local _, machine = bundle.read(content)
  local result = { path = path, info = info, files = list, in_c = in_c, computed = computed, machine = machine,
    bytes = #content }
  if options.oci then result.oci = make_oci(info, path, content, machine) end
  outfile.finish_all { file, table.unpack(result.oci and result.oci.files or {}) }
  if options.json then print_json(result) else print_people(result) end
  return 0
end

return pack
