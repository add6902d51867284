local json_text = require "spec.json_text"
local process = require "spec.hostconfig.hostprocess"
local program = require "spec.cli.program"
local support = require "spec.support"
local yaml = require "spec.yaml"
local quote, lure_in = support.quote, program.lure_in

local kinds = { "source", "json", "extractor", "async" }

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

--- An empty folder.
local function workplace() return (support.file("", "empty"):match("^(.*)/")) end

describe("lure new", function()
  it("writes a source and says what to do next", function()
    local folder = workplace()
    local result = lure_in(folder, "new", "probe")
    assert.equal(0, result.status, result.err)
    assert.equal([[
probe/probe.lua              an event source: the machine's load, a sample now and then
probe/spec/probe_spec.lua    its specs, for lure test
probe/spec/probe_cases.yaml  cases of its rule, for lure test
probe/probe_rules.yaml       a rule for Falco
probe/falco.yaml             Falco's configuration for it
probe/.luarc.json            types, for editors with LuaLS

next:
  lure run probe/probe.lua                                 its events
  lure run probe/probe.lua --rules probe/probe_rules.yaml  its alerts
  lure test probe                                          its specs
  lure check probe/probe.lua                               what a host would refuse
  lure falco probe/probe.lua                               its alerts in Falco, where that is installed
]], result.out)
    assert.equal("", result.err)
  end)

  for _, kind in ipairs(kinds) do
    describe("--" .. kind, function()
      local folder, script
      setup(function()
        folder = workplace()
        assert.equal(0, lure_in(folder, "new", "my-probe", "--" .. kind).status)
        script = folder .. "/my-probe/my-probe.lua"
      end)

      it("is a plugin without findings, and without hints", function()
        local result = lure_in(folder, "check", script)
        assert.equal("no findings", result.lines[#result.lines])
        assert.not_matches("hint", result.out)
        assert.equal(0, result.status)
      end)

      it("has specs that pass, from beside and from inside the folder", function()
        local result = lure_in(folder, "test", "my-probe", "--output=TAP")
        assert.matches("ok 2", result.out)
        assert.not_matches("not ok", result.out)
        assert.equal(0, result.status, result.out .. result.err)
        assert.equal(0, lure_in(folder .. "/my-probe", "test").status)
      end)

      it("is Lua that luacheck likes", function()
        local output, status = support.run(
          ("cd %s && luacheck --no-color --std lua54+busted --no-max-line-length ."):format(quote(folder)))
        assert.equal(0, status, output)
      end)

      it("has a script of at most sixty lines, all shorter than 121 letters", function()
        local text = read(script)
        assert.is_true(select(2, text:gsub("\n", "")) <= 60)
        for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 120, line) end
      end)

      it("has a script whose types editors know, from a folder that is there", function()
        local luarc = json_text.decode(read(folder .. "/my-probe/.luarc.json"))
        assert.matches("%-%-%-@meta lure\n", read(luarc["workspace.library"][1] .. "/meta.lua"))
        assert.equal("Lua 5.4", luarc["runtime.version"])
        assert.matches("\n%-%-%-@type lure.Plugin\n[%l ]*=?[%l ]*{\n  name = \"my%-probe\"", read(script))
      end)

      it("leaves no place unfilled", function()
        local found = support.run("grep -rnE '@[A-Z]+@' " .. quote(folder))
        assert.equal("", found)
      end)
    end)
  end

  for kind, first in pairs {
    source = "^1 .* my_probe%.minute=[%d.]+ my_probe%.running=%d+ my_probe%.tasks=%d+$",
    json = "^1 .* my_probe%.action=login my_probe%.user=alice my_probe%.uid=1000 my_probe%.from=192%.0%.2%.7$",
    extractor = "^1 .* my_probe%.user=alice my_probe%.pod=web%-1 my_probe%.shell=false$",
    async = '^1 [%d:.]+ changed {"bytes":%d+,"path":"/etc/passwd"}$',
  } do
    it("--" .. kind .. " runs by the command that it says, and shows its first event", function()
      local folder = workplace()
      local words = {}
      local told = lure_in(folder, "new", "my-probe", "--" .. kind).out:match("\n  lure (run .-)  ")
      for word in told:gmatch("%S+") do words[#words + 1] = word end
      local result = lure_in(folder, table.unpack(words))
      assert.equal(0, result.status, result.err)
      assert.matches(first, result.lines[1])
    end)
  end

  describe("writes for Falco", function()
    local here
    before_each(function() here = process.folder() end)
    after_each(function() here:remove() end)

    -- The folder's file, of a new plugin of that kind.
    local function written(kind, file)
      lure_in(here.path, "new", "my-probe", "--" .. kind)
      return read(here.path .. "/my-probe/" .. file)
    end

    it("a configuration for a Falco without a driver, whose log is to be seen", function()
      for _, kind in ipairs(kinds) do
        local configuration = yaml.configuration(written(kind, "falco.yaml"))
        assert.same({ kind = "nodriver" }, configuration.engine)
        assert.same({ "true", "true" }, { configuration.log_stderr, configuration.stdout_output.enabled })
        local names = {}
        for i, plugin in ipairs(configuration.plugins) do names[i] = plugin.name end
        assert.same(configuration.load_plugins, names)
        assert.equal("my-probe", names[#names])
        assert.equal('{"script":"my-probe.lua"}', configuration.plugins[#names].init_config)
        support.run("rm -r " .. quote(here.path .. "/my-probe"))
      end
    end)

    it("rules whose texts are what they were meant to be", function()
      local rules = yaml.rules(written("json", "my-probe_rules.yaml"))
      assert.same({ { rule = "Login of root", desc = "Somebody logged in as root", priority = "WARNING",
        condition = "my_probe.action = login and my_probe.uid = 0",
        output = "%my_probe.user logged in from %my_probe.from", source = "my_probe" } }, rules)
    end)

    it("a rule for the name of its async events", function()
      local rules = yaml.rules(written("async", "my-probe_rules.yaml"))
      assert.equal("evt.type = changed", rules[1].condition)
      assert.is_nil(rules[1].source) -- syscall
    end)

    it("an extractor's configuration that also loads a source of the events it extracts from", function()
      local configuration = yaml.configuration(written("extractor", "falco.yaml"))
      assert.same({ "my-probe-samples", "my-probe" }, configuration.load_plugins)
      local sources = configuration.plugins[1]
      assert.equal(0, lure_in(here.path .. "/my-probe", "pack", "samples.lua", "-o", "libsamples.so").status)
      local shown = lure_in(here.path, "run", sources.library_path, "--open", "my-probe/" .. sources.open_params)
      assert.equal(2, #shown.lines)
      here.library = sources.library_path
      assert.equal("k8s_audit", here:falco("-c my-probe/falco.yaml").source)
      local result = lure_in(here.path .. "/my-probe", "run", "my-probe.lua", "--source", "samples.lua", "-p", "%my_probe.shell")
      assert.same({ "false", "true" }, result.lines)
    end)

    it("a configuration from which the library finds the script in a process named falco", function()
      for _, kind in ipairs(kinds) do
        local plugins = yaml.configuration(written(kind, "falco.yaml")).plugins
        here.library = plugins[#plugins].library_path
        local answer = here:falco("-c my-probe/falco.yaml")
        support.run("rm -r " .. quote(here.path .. "/my-probe"))
        assert.equal("my-probe", answer.name, answer.text)
      end
    end)

    it("a configuration that is YAML whatever the folder is called", function()
      local folder = here.path .. "/a: ${b} 'c' \"d\" #"
      support.run("mkdir " .. quote(folder))
      assert.equal(0, lure_in(folder, "new", "my-probe", "--extractor").status)
      local configuration = yaml.configuration(read(folder .. "/my-probe/falco.yaml"))
      assert.equal(folder .. "/my-probe/libsamples.so", configuration.plugins[1].library_path)
    end)
  end)

  it("says what to do next in columns, however long the folder's name is", function()
    local folder = ("x"):rep(120)
    local result = lure_in(workplace(), "new", folder .. "/probe", "--extractor")
    assert.equal(1, result.status) -- the folder is missing
    local here = workplace()
    support.run("mkdir " .. quote(here .. "/" .. folder))
    result = lure_in(here, "new", folder .. "/probe", "--extractor")
    assert.same({ "", 0 }, { result.err, result.status })
  end)

  it("takes a folder before the name", function()
    local folder = workplace()
    support.run("mkdir " .. quote(folder .. "/sub"))
    assert.equal(0, lure_in(folder, "new", "sub/probe/").status)
    assert.equal(0, lure_in(folder, "check", "sub/probe/probe.lua").status)
  end)

  describe("refuses", function()
    local function refusal(...)
      local result = lure_in(workplace(), "new", ...)
      assert.equal(2, result.status)
      assert.equal("", result.out)
      return result.err
    end

    it("a name that no plugin may have, and says which it may", function()
      assert.equal('lure: new: "My Probe" is no name for a plugin: a lower case letter, then lower case letters, digits, '
        .. '"_" or "-"; perhaps "my-probe"\n', refusal("My Probe"))
      assert.matches('"9lives" is no name .*; perhaps "lives"\n$', refusal("9lives"))
      assert.matches('"42" is no name [^;]*\n$', refusal("42"))
      assert.matches('"syscall" is what Falco calls something of its own', refusal("syscall"))
    end)

    it("two kinds at once, and no name at all", function()
      assert.matches("one of %-%-json and %-%-async, not both", refusal("x", "--json", "--async"))
      assert.matches("new: which name%?", refusal())
    end)

    it("to overwrite anything", function()
      local folder = workplace()
      support.run("mkdir " .. quote(folder .. "/probe"))
      local result = lure_in(folder, "new", "probe")
      assert.equal("lure: new: probe exists, and is left as it is; choose another name\n", result.err)
      assert.equal(2, result.status)
      assert.equal("", support.run("ls " .. quote(folder .. "/probe")))
    end)
  end)

  it("says why a folder cannot be made", function()
    local result = lure_in(workplace(), "new", "no/such/probe")
    assert.equal("lure: no/such/probe: No such file or directory\n", result.err)
    assert.equal(1, result.status)
  end)
end)
