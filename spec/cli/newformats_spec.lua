-- lure new --format: for each format a plugin that runs, whose specs pass and whose log has what its rule is about.
local formats = require "lure.cli.templates.format"
local program = require "spec.cli.program"
local support = require "spec.support"
local yaml = require "spec.yaml"
local quote, lure_in = support.quote, program.lure_in

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- An empty folder.
local function workplace() return (support.file("", "empty"):match("^(.*)/")) end

describe("lure new --format", function()
  for _, format in ipairs(table.move(formats.names, 2, #formats.names, 1, {})) do -- json: new_spec.lua
    describe(format, function()
      local folder, told
      setup(function()
        folder = workplace()
        told = lure_in(folder, "new", "my-probe", "--format", format)
        assert.equal(0, told.status, told.err)
      end)

      it("runs by the command that it says, and has all fields that it declares", function()
        local words = {}
        for word in told.out:match("\n  lure (run .-)  "):gmatch("%S+") do words[#words + 1] = word end
        local result = lure_in(folder, table.unpack(words))
        assert.equal(0, result.status, result.err)
        local shown = table.concat(result.lines, "\n")
        for name in read(folder .. "/my-probe/my-probe.lua"):gmatch '\n +{ name = "([%w_.]+)"[^\n]*path = "' do
          assert.is_truthy(shown:find(name .. "=", 1, true), name)
        end
      end)

      it("is a plugin without findings, whose specs pass", function()
        local result = lure_in(folder, "check", "my-probe")
        assert.equal("no findings", result.lines[#result.lines])
        assert.not_matches("hint", result.out)
        result = lure_in(folder, "test", "my-probe", "--output=TAP")
        assert.matches("ok 3", result.out)
        assert.equal(0, result.status, result.out .. result.err)
      end)

      it("is at most sixty lines, all shorter than 121 letters, with types and without unfilled places", function()
        local text = read(folder .. "/my-probe/my-probe.lua")
        assert.is_true(select(2, text:gsub("\n", "")) <= 60)
        for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 120, line) end
        assert.matches("\n%-%-%-@type lure.Plugin\nreturn {\n  name = \"my%-probe\"", text)
        assert.equal("", (support.run("grep -rnE '@[A-Z]+@' " .. quote(folder))))
      end)

      it("has a rule for Falco, and a configuration that opens its lines", function()
        local rule = yaml.rules(read(folder .. "/my-probe/my-probe_rules.yaml"))[1]
        assert.equal("my_probe", rule.source)
        assert.matches("my_probe%.", rule.condition)
        local plugin = yaml.configuration(read(folder .. "/my-probe/falco.yaml")).plugins[1]
        assert.equal("samples.log", plugin.open_params)
      end)
    end)
  end

  it("json is what --json is", function()
    local folder = workplace()
    lure_in(folder, "new", "a", "--format", "json")
    assert.matches('path = "/user/name"', read(folder .. "/a/a.lua"))
  end)

  it("is Lua that luacheck likes", function()
    local folder = workplace()
    for _, format in ipairs(formats.names) do lure_in(folder, "new", format, "--format", format) end
    local output, status = support.run(
      ("cd %s && luacheck --no-color --std lua54+busted --no-max-line-length ."):format(quote(folder)))
    assert.equal(0, status, output)
  end)

  it("refuses what is no format, and two kinds at once", function()
    local folder = workplace()
    local result = lure_in(folder, "new", "probe", "--format", "sislog")
    assert.matches('new: %-%-format: expected json, .* or regex, got "sislog"; did you mean "syslog"?', result.err)
    assert.equal(2, result.status)
    result = lure_in(folder, "new", "probe", "--json", "--format", "csv")
    assert.equal("lure: new: one of --json and --format, not both; see: lure new --help\n", result.err)
    assert.equal(2, result.status)
    assert.equal("empty\n", (support.run("ls " .. quote(folder))))
  end)
end)
