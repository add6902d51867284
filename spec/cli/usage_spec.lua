local program = require "spec.cli.program"
local support = require "spec.support"
local lure = program.lure

local function refused(...)
  local result = lure(...)
  assert.equal(2, result.status)
  assert.equal("", result.out)
  return result.err
end

describe("the command line", function()
  it("--version tells lure's version, Lua's, and those of the libraries that are compiled in", function()
    local result, pinned = lure("--version"), {}
    for line in io.lines("cmake/sources.txt") do
      pinned[#pinned + 1] = line:match("^([^#].*) %x+$")
    end
    assert.equal(9, #pinned)
    assert.matches("^lure %d+%.%d+%.%d+, Lua 5%.4%.%d+\nlibraries %(Debian's versions%): ", result.out)
    assert.equal(table.concat(pinned, ", ") .. "\n", result.out:match("versions%): (.*)"))
    assert.equal(0, result.status)
  end)

  it("--help lists the commands, and so does nothing at all, as an error", function()
    assert.matches("run .*check ", lure("--help").out)
    assert.equal(lure("--help").out, lure("help").out)
    assert.equal(lure("--help").out, refused())
  end)

  it("has help with examples for every command, in two ways", function()
    for _, command in ipairs { "run", "check" } do
      local result = lure("help", command)
      assert.matches("^usage: lure " .. command, result.out)
      assert.matches("\n  lure " .. command .. " examples/dummy.lua", result.out)
      assert.matches("Exit status", result.out)
      assert.equal(0, result.status)
      assert.equal(result.out, lure(command, "--help").out)
    end
  end)

  it("suggests the nearest command and option", function()
    assert.equal('lure: unknown command "chek"; did you mean "check"?; see: lure --help\n', refused("chek"))
    assert.matches('unknown option "%-%-jsn"; did you mean "%-%-json"%?; see: lure run %-%-help',
      refused("run", "x.lua", "--jsn"))
    assert.matches('unknown option "%-z";', refused("run", "x.lua", "-z"))
  end)

  it("suggests what was meant where a file, an option or a word stands in a command's place", function()
    assert.equal('lure: unknown command "base.lua"; did you mean "lure run base.lua"?; see: lure --help\n',
      refused("base.lua"))
    assert.matches('did you mean "lure run a/b"%?', refused("a/b"))
    assert.matches('did you mean "lure run libx.so"%?', refused("libx.so"))
    assert.matches('did you mean "lure %-%-version"%?', refused("version"))
    assert.matches('unknown option "%-%-verson"; did you mean "%-%-version"%?', refused("--verson"))
    assert.matches('unknown option "%-%-jsn"; see: lure %-%-help', refused("--jsn"))
    assert.matches('did you mean "lure run %-%-json"%?', refused("--json", "run", "x.lua"))
    assert.matches('unknown command "chek"; did you mean "check"%?', refused("help", "chek"))
    assert.matches('unknown option "%-json"; did you mean "%-%-json"%?', refused("run", "x.lua", "-json"))
    assert.matches('unknown option "%-profile"; did you mean "%-%-profile"%?', refused("run", "x.lua", "-profile"))
  end)

  it("suggests the nearest file where there is no such script", function()
    local path = support.file("", "accounts.lua")
    local folder = path:match("(.*)/")
    assert.equal(('lure: %s/acounts.lua does not exist; did you mean "%s"?\n'):format(folder, path),
      refused("run", folder .. "/acounts.lua"))
    assert.equal(('lure: %s/accounts does not exist; did you mean "%s"?\n'):format(folder, path),
      refused("show", folder .. "/accounts"))
  end)

  it("says which value is missing or wrong", function()
    assert.matches("%-%-config needs a value: %-%-config JSON", refused("run", "x.lua", "--config"))
    assert.matches('%-n: expected a number from 1, got "0"', refused("run", "x.lua", "-n", "0"))
    assert.matches('%-n: expected a number from 1, got "many"', refused("run", "x.lua", "-n", "many"))
    assert.matches("%-%-json takes no value", refused("run", "x.lua", "--json=1"))
    assert.matches('%-%-api: expected 3 or 0.3, got "7"', refused("check", "x.lua", "--api", "7"))
  end)

  it("takes a configuration and open parameters from a file", function()
    local echo = program.script([[init = function(config) seen = config.a end,
      open = function(params) return { params .. seen } end, next = function(i) return table.remove(i) end]], "local seen")
    local config, params = support.file('{"a": 12}\n', "config.json"), support.file("from a file\n", "params")
    assert.same({ "from a file12" },
      lure("run", echo, "--config", "@" .. config, "--open=@" .. params, "-p%evt.plugininfo").lines)
    assert.same({ "@x12" }, lure("run", echo, "--config", "@" .. config, "--open", "@@x", "-p%evt.plugininfo").lines)
    assert.matches("%-%-config: expected a file that can be read %(/nowhere: No such file or directory%), got",
      refused("run", echo, "--config", "@/nowhere"))
  end)

  it("takes one script", function()
    assert.matches("run: which script%?", refused("run"))
    assert.matches('one script at a time; got "a.lua" and "b.lua"', refused("run", "a.lua", "b.lua"))
  end)

  it("takes options before and behind the script, with a space or an equals sign, until --", function()
    local expected = { "2", "3" }
    assert.same(expected, lure("run", "-n", "2", program.dummy, "--config", '{"jitter":0}', "-p", "%dummy.value").lines)
    assert.same(expected,
      lure("run", "-n", "2", '--config={"jitter":0}', "-p", "%dummy.value", "--", program.dummy).lines)
  end)

  it("takes options of one letter with their values in one word, and several in one", function()
    local expected = { "2", "3" }
    assert.same(expected, lure("run", "-n2", program.dummy, '--config={"jitter":0}', "-p%dummy.value").lines)
    assert.equal(lure("run", "--help").out, lure("run", "-hn2").out)
    assert.equal(lure("run", "--help").out, lure("run", "x.lua", "-n2", "-h").out)
    assert.matches('%-n: expected a number from 1, got "x"', refused("run", "x.lua", "-nx"))
    assert.matches('unknown option "%-z"', refused("run", "x.lua", "-hz"))
    assert.matches("%-n needs a value: %-n N", refused("run", "x.lua", "-hn"))
  end)
end)

describe("a folder in place of a script", function()
  local function folder_with(...)
    local folder = support.file("", "mine/spec/x_spec.lua"):match("(.*)/spec/")
    for _, name in ipairs { ... } do
      local file = assert(io.open(folder .. "/" .. name, "w"))
      file:write("return { ", program.source, program.once(name), " }")
      file:close()
    end
    return folder
  end

  it("is the script that has its name, or its only one, for every command that takes a script", function()
    for _, folder in ipairs { folder_with("mine.lua", "other.lua"), folder_with "only.lua" } do
      local script = io.open(folder .. "/only.lua") and "only.lua" or "mine.lua"
      for _, written in ipairs { folder, folder .. "/", folder .. "/spec/.." } do
        if written:find("%.%.$") and script == "mine.lua" then break end -- its name is hard to tell
        assert.same({ script }, lure("run", written, "-p", "%evt.plugininfo").lines)
      end
      assert.matches("plugin +t 1%.0%.0", lure("show", folder).out)
      assert.matches("^t 1%.0%.0.*no findings", lure("check", folder).out)
      assert.equal("2\n", program.shell("echo 1+1 | $lure", { "repl", folder }).out)
      assert.equal(0, lure("record", folder, "-o", folder .. "/events.json").status)
      assert.equal(0, lure("pack", folder, "-o", folder .. "/libt.so").status)
      local extractor = support.file [[return { name = "x", version = "1.0.0", fields = {
        { name = "x.y", type = "string", desc = "-", extract = function() end } } }]]
      assert.same({ script }, lure("run", extractor, "--source", folder, "-p", "%evt.plugininfo").lines)
    end
  end)

  it("may be the working directory", function()
    local result = program.shell("cd " .. support.quote(folder_with("mine.lua", "other.lua")) .. " && $lure",
      { "run", ".", "-p%evt.plugininfo" })
    assert.same({ "mine.lua" }, result.lines)
  end)

  it("without a script, or with several, is an error that says what is expected", function()
    local folder = folder_with()
    assert.equal(("lure: %s is a directory without a script; expected mine.lua in it\n"):format(folder),
      refused("run", folder))
    folder = folder_with("a.lua", "b.lua")
    assert.equal(("lure: %s is a directory with several scripts (a.lua, b.lua); say which: %s/a.lua\n"):format(folder,
      folder), refused("check", folder))
  end)
end)
