-- --config @FILE, --open @FILE and --falco FILE: what a run takes from files, JSON or YAML (lua/lure/cli/settings.lua
-- and falcoentry.lua, src/hostconfig/lure_settings.h).

local program = require "spec.cli.program"
local support = require "spec.support"
local lure = program.lure

local libraries = support.build .. "/lib/"

-- A source whose only event is its configuration and its open parameters; `config` is what it declares.
local function shows(config)
  return ([[
    local seen
    return { name = "shows", version = "1.0.0", id = 7, event_source = "shows",
      config = %s,
      init = function(config) seen = require("lure").json.encode(config) end,
      open = function(params) return { seen .. " " .. params } end,
      next = function(instance) return table.remove(instance) end }]]):format(config or "nil")
end

local fields = [[return { name = "fields", version = "1.0.0", extract_event_sources = { "shows" },
  fields = { { name = "f.text", type = "string", desc = "-", extract = function(v) return "<" .. v .. ">" end } } }]]

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

-- A folder with these files, by their names.
local function folder_with(files)
  local folder = support.folder()
  for name, text in pairs(files) do write(folder .. "/" .. name, text) end
  return folder
end

-- A folder with shows.lua and a falco.yaml of this entry.
local function place(rest, config)
  local folder = folder_with {
    ["shows.lua"] = shows(config),
    ["falco.yaml"] = "plugins:\n  - name: shows\n    library_path: " .. libraries .. "liblure.so\n" .. rest,
  }
  return folder .. "/falco.yaml", folder
end

local function shown(...)
  local result = lure("run", ...)
  return result.status == 0 and result.lines[1] or result.err
end

local function refusal(...)
  local result = lure(...)
  assert.equal(2, result.status)
  return result.err
end

describe("@FILE of --config and --open", function()
  local script = support.file(shows())

  local function handed(name, text, option)
    local file = folder_with({ [name] = text }) .. "/" .. name
    return shown(script, "--config", option == "--open" and "{}" or "@" .. file,
      "--open", option == "--open" and "@" .. file or "-", "-p", "%evt.plugininfo")
  end

  it("is JSON of a map in YAML, read as Falco's own, but what is in quotes stays a text", function()
    for _, ending in ipairs { "yaml", "yml" } do
      assert.equal('{"a":83,"b":"0123","big":12345678901234,"c":[true,"yes",1.5],"d":{"e":"text"}} -',
        handed("c." .. ending, 'a: 0123\nb: "0123"\nc: [yes, "yes", 1.5]\nd: {e: text}\nbig: 12345678901234\n'))
      assert.equal('{} {"a":[1,"1"],"b":{}}', handed("o." .. ending, 'a:\n  - 1\n  - "1"\nb: {}\n', "--open"))
    end
  end)

  it("is the text that stands alone in YAML, and a list", function()
    assert.equal("{} /var/log/x", handed("o.yaml", "# where\n/var/log/x\n", "--open"))
    assert.equal("{} [1,2]", handed("o.yaml", "- 1\n- 2\n", "--open"))
    assert.equal('{} [null]', handed("o.yaml", "- ~", "--open"))
    assert.equal("{} []", handed("o.yaml", "[]", "--open"))
    assert.equal("{} ", handed("o.yaml", "", "--open"))
  end)

  it("stays as it is written where it is JSON, or no YAML by its name", function()
    assert.equal('{} {"a": 1.0}', handed("o.yaml", '{"a": 1.0}', "--open"))
    assert.equal('{} [ "0123" ]', handed("o.yml", '[ "0123" ]', "--open"))
    assert.equal("{} a: 1", handed("o.txt", "a: 1\n", "--open"))
  end)

  it("says where it is no YAML", function()
    local file = support.file("a: 1\nb: [1\n", "broken.yaml")
    assert.matches("^lure: broken%.yaml:%d: not read: ", refusal("run", script, "--config", "@" .. file))
  end)
end)

describe("--falco", function()
  it("takes script, configuration and open parameters from Falco's configuration, relative to it", function()
    local file = place('    init_config: {script: shows.lua, a: 1}\n    open_params: " here "\nload_plugins: [shows]\n')
    assert.equal('{"a":1} here', shown("--falco", file, "-p", "%evt.plugininfo"))
  end)

  it("gives the script what it gets in Falco: the texts that it declares, and what is in quotes", function()
    local file = place('    init_config: {script: shows.lua, id: 0123, other: "yes", n: 0x10}\n',
      '{ id = { type = "string" }, other = { type = "string" }, n = { type = "integer" } }')
    assert.equal('{"id":"0123","n":16,"other":"yes"} ', shown("--falco", file, "-p", "%evt.plugininfo"))
  end)

  it("takes an init_config in JSON as it stands, and variables of the environment", function()
    local file = place([[    init_config: '{"script": "shows.lua", "a": "${HOME}", "b": "0123"}']] .. "\n    open_params: ${HOME}/x\n")
    local home = os.getenv "HOME"
    assert.equal(('{"a":"%s","b":"0123"} %s/x'):format(home, home), shown("--falco", file, "-p", "%evt.plugininfo"))
  end)

  it("gives way to what the command line says", function()
    local file, folder = place "    init_config: {script: shows.lua, a: 1}\n    open_params: here\n"
    assert.equal('{"b":2} there', shown(folder .. "/shows.lua", "--falco", file, "--config", '{"b": 2}', "--open", "there",
      "-p", "%evt.plugininfo"))
  end)

  it("finds the entry of a script by its file, then by what it is called, and of a name", function()
    local file, folder = place(("    init_config: {script: shows.lua, a: 1}\n"
      .. "  - {name: second, library_path: %sliblure.so, init_config: {script: second.lua, a: 2}}\n"):format(libraries))
    write(folder .. "/second.lua", shows())
    local elsewhere = support.file(shows(), "second.lua")
    for expected, words in pairs { [1] = { "shows", folder .. "/./shows.lua" }, [2] = { "second", elsewhere } } do
      for _, word in ipairs(words) do
        assert.equal(('{"a":%d} '):format(expected), (shown(word, "--falco", file, "-p", "%evt.plugininfo")))
      end
    end
    assert.equal(("lure: %s has 2 plugins that may be meant; say which, by script or name: "
      .. "falco.yaml:4: shows (shows.lua), falco.yaml:5: second (second.lua)\n"):format(file), refusal("run", "--falco", file))
    local other = support.file(shows(), "other.lua")
    assert.equal(("lure: %s loads no plugin that is %s; it has falco.yaml:4: shows (shows.lua), "
      .. "falco.yaml:5: second (second.lua)\n"):format(file, other), refusal("run", other, "--falco", file))
  end)

  it("says with file and line what is wrong", function()
    local file, folder = place "    init_config: {script: nowhere.lua}\n"
    assert.matches('^lure: falco%.yaml:4: script "nowhere%.lua" found neither beside falco%.yaml %('
      .. folder:gsub("%p", "%%%0") .. "/nowhere%.lua%) nor in ", refusal("run", "--falco", file))
    assert.matches("^lure: falco%.yaml:5: open_params: expected a text",
      refusal("run", "--falco", (place "    init_config: {script: shows.lua}\n    open_params: {a: 1}\n")))
    assert.matches("^lure: falco%.yaml:%d: not read: ", refusal("run", "--falco", (place "    init_config: [1\n")))
    assert.matches("expected plugins, and load_plugins with their names; got none",
      refusal("run", "--falco", (place "    init_config: {script: shows.lua}\nload_plugins: []\n")))
    assert.matches("%-%-falco: expected a file that can be read %(/nowhere: No such file or directory%), got",
      refusal("run", "--falco", "/nowhere"))
    file, folder = place "    init_config: {script: shows.lua}\n"
    assert.matches("one script at a time", refusal("check", "--run", "--falco", file, folder .. "/shows.lua", folder .. "/x.lua"))
    assert.matches("%-%-falco is for sample events", refusal("check", "--falco", file))
  end)

  it("gives a plugin that only has fields the events of the other one", function()
    local file, folder = place([[
    init_config: {script: fields.lua}
  - {name: source, library_path: %s/libsource.so, init_config: '{"a": 1}', open_params: here}
]])
    write(file, read(file):format(folder))
    write(folder .. "/fields.lua", fields)
    assert.equal(0, lure("pack", folder .. "/shows.lua", "-o", folder .. "/libsource.so").status)
    assert.equal('<{"a":1} here>', shown("--falco", file, "-p", "%f.text"))
    assert.equal('<{"a":1} here>', shown("--falco", file, "--source", "source", "-p", "%f.text"))
    assert.equal("<line>", program.shell("echo line | $lure",
      { "run", "--falco", file, "--events", "-", "-p", "%f.text" }).lines[1])
  end)

  it("serves lure record, check --run and repl as well", function()
    local file, folder = place("    init_config: {script: shows.lua, a: 1}\n    open_params: here\n")
    assert.equal(0, lure("record", "--falco", file, "-o", folder .. "/events").status)
    assert.matches([["payload":"{\"a\":1} here"]], read(folder .. "/events"), 1, true)
    write(folder .. "/shows.lua", (shows():gsub("next =", [[fields = { { name = "s.a", type = "string", desc = "-",
      extract = function(v) if v ~= '{"a":1} here' then error(v) end return v end } }, next =]])))
    local checked = lure("check", "--run", "--falco", file)
    assert.same({ 0, "" }, { checked.status, checked.err })
    assert.matches("samples: 1 event", checked.out)
    assert.equal([["{\"a\":1} here"]],
      program.shell("printf ':next\\nevent.data\\n' | $lure", { "repl", "--falco", file }).lines[2])
  end)

  it("runs what lure new has written", function()
    for kind, option in pairs { source = "--source", json = "--json", extractor = "--extractor", async = "--async" } do
      local name = "my-" .. kind
      local mine = support.folder() .. "/" .. name
      assert.equal(0, program.shell(("cd %s && $lure"):format(support.folder()), { "new", name, option }).status)
      if kind == "extractor" then lure("pack", mine .. "/samples.lua", "-o", mine .. "/libsamples.so") end
      local result = program.shell(("cd %s && timeout 60 $lure </dev/null"):format(mine),
        { "run", "--falco", "falco.yaml", "-n", "1" })
      assert.same({ kind, 0, 1, "" }, { kind, result.status, #result.lines, (result.err:gsub("^1 event, [^\n]*\n$", "")) })
    end
  end)
end)
