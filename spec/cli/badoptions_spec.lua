-- bin/lure: every option value that makes no sense is refused with a sentence.

local program = require "spec.cli.program"
local support = require "spec.support"

local lure, quote = program.lure, support.quote

local odd = { "", "[", "%", "\xFF\xFE\n", ("x"):rep(300) }

-- What each command needs besides, so that the value is looked at.
local needed = {
  run = "$script -n 1",
  repl = "$script",
  check = "$script --run",
  test = "$spec",
  record = "$script -n 1 -o recorded --force",
  show = "$script",
  pack = "$script",
}

-- The options of a command that take a value: with nothing behind them they say so.
local function with_values(command, folder)
  local names = {}
  for name in lure("--completion").out:match("\n *" .. command .. '%) words="(%-[^"]*)"'):gmatch("%S+") do
    local told = program.shell(("cd %s && $lure"):format(quote(folder)), { command, name }).err
    if told:find(name .. " needs a value", 1, true) then names[#names + 1] = name end
  end
  return names
end

local function look_at(result, what)
  local told = what .. ": " .. result.err
  assert.is_nil(result.err:find("bug in lure", 1, true), told)
  assert.is_nil(result.err:find("traceback", 1, true), told)
  assert.is_true(result.status <= 2, told)
  assert.is_true(result.status == 0 or result.err ~= "" or result.out:find "finding" ~= nil, told)
end

describe("a value that nobody expects is told in a sentence by lure", function()
  for command, rest in pairs(needed) do
    it(command, function()
      local script = program.script(program.once "12" .. [[fields = {
        { name = "t.plain", type = "string", desc = "-", path = "" },
        { name = "t.key", type = "string", desc = "-", arg = { key = true }, extract = function(_, arg) return arg end } }]])
      local spec = support.file("describe('a plugin', function() it('is', function() end) end)", "t_spec.lua")
      local folder = script:match("(.*)/")
      local words = rest:gsub("%$(%l+)", { script = quote(script), spec = quote(spec) })
      local names = with_values(command, folder)
      assert.is_true(#names > 0)
      for _, name in ipairs(names) do
        for _, value in ipairs(odd) do
          local line = ("cd %s && timeout 60 $lure %s </dev/null"):format(quote(folder), words)
          look_at(program.shell(line, { command, name, value }), ("lure %s %s %q"):format(command, name, value))
        end
      end
    end)
  end
end)

describe("a folder that cannot be looked through", function()
  it("is told in a sentence", function()
    local result = lure("test", "/") -- Penlight takes it for ""
    assert.matches("^lure: test: / cannot be looked through for specs: cannot open ", result.err)
    assert.equal(2, result.status)
  end)
end)

describe("a named pipe that nobody writes", function()
  local folder = support.folder() .. "/pipes"
  support.run("mkdir -p " .. folder)

  local function holds(text, ...)
    local result = program.shell(("cd %s && timeout 20 $lure </dev/null"):format(quote(folder)), { ... })
    assert.truthy((result.out .. result.err):find(text, 1, true), result.out .. result.err)
    assert.not_equal(0, result.status)
  end

  it("is refused at once as a plugin", function()
    support.run("mkfifo " .. quote(folder .. "/pipe.so"))
    local told = "pipe.so: is no regular file"
    local left = "pipe.so is no regular file, and is left as it is"
    for _, command in ipairs { "run", "check", "show", "repl" } do holds(told, command, "pipe.so") end
    holds(told, "run", program.dummy, "--source", "pipe.so")
    holds(left, "pack", program.dummy, "-o", "pipe.so")
    holds(left, "record", program.dummy, "-o", "pipe.so")
  end)

  it("is refused at once as a script, and as a module of one", function()
    support.run("mkfifo " .. quote(folder .. "/pipe.lua"))
    local file = assert(io.open(folder .. "/script.lua", "w"))
    file:write('require "pipe"; return {}')
    file:close()
    for _, command in ipairs { "run", "check", "show", "pack" } do holds("pipe.lua: is no regular file", command, "pipe.lua") end
    for _, command in ipairs { "run", "check", "show" } do holds("pipe.lua: is no regular file", command, "script.lua") end
    holds('module "pipe" not found beside the script', "pack", "script.lua")
  end)
end)

describe("a layer that cannot be written", function()
  it("leaves nothing of it", function()
    local folder = support.file("", "nothing"):match("(.*)/")
    local result = program.shell("PATH= $lure", { "pack", program.dummy, "-o", folder .. "/libdummy.so", "--oci" })
    assert.matches("^lure: .*%.tar%.gz: needs gzip; try: apt%-get install gzip\n$", result.err)
    assert.equal(1, result.status)
    assert.equal("nothing\n", (support.run("ls -A " .. quote(folder))))
  end)
end)

describe("lure check --field", function()
  local function told(...)
    local result = lure("check", program.dummy, ...)
    assert.equal(2, result.status)
    assert.equal("", result.out)
    return result.err
  end

  it("says which field there is not, which argument is missing, and which is too many", function()
    assert.equal('lure: check: --field: no field "dummy.valeu"; did you mean "dummy.value"?\n',
      told("--run", "--field", "dummy.valeu"))
    assert.equal('lure: check: --field: no field ""\n', told("--run", "--field", ""))
    assert.equal("lure: check: --field: field dummy.divisible needs an argument: dummy.divisible[3]\n",
      told("--run", "--field", "dummy.divisible"))
    assert.equal('lure: check: --field: field dummy.divisible takes an index, as in dummy.divisible[3]; got "x"\n',
      told("--run", "--field", "dummy.divisible[x]"))
    assert.equal("lure: check: --field: field dummy.value takes no argument\n",
      told("--run", "--field", "dummy.value[1]"))
  end)

  it("is of any of several plugins", function()
    local other = program.script(program.once "12" .. [[fields = {
      { name = "t.key", type = "string", desc = "-", arg = { key = true }, extract = function(_, arg) return arg end } }]])
    local result = lure("check", program.dummy, other, "--run", "--field", "t.key[a]", "--field", "dummy.divisible[3]")
    assert.equal(0, result.status, result.out .. result.err)
    assert.is_nil(result.out:find("not asked", 1, true))
  end)

  it("needs events, as --config and --open do", function()
    for _, name in ipairs { "--field", "--config", "--open" } do
      assert.equal(("lure: check: %s is for sample events: add --run, --events FILE or --capture FILE\n"):format(name), told(name, "x"))
    end
  end)
end)

describe("a pattern that Lua refuses", function()
  it("is a wrong command line, however far it would be read", function()
    local spec = support.file("describe('a plugin', function() it('is', function() end) end)", "t_spec.lua")
    for pattern, why in pairs { ["["] = "has a [ without ]", ["never%"] = "ends with %", ["(x"] = "has a ( without )",
      ["x)"] = "has a ) without (", ["%f"] = "needs a [ behind %f", ["%b("] = "needs two characters behind %b",
      ["(x)%2"] = "has no capture 2 in front of %2" } do
      for _, option in ipairs { "--pattern", "--filter", "--filter-out" } do
        local result = lure("test", spec, option, pattern)
        assert.equal(('lure: test: %s: expected a Lua pattern (this one %s), got "%s"; see: lure test --help\n'):format(
          option, why, pattern), result.err)
        assert.equal(2, result.status)
      end
    end
    assert.equal(0, lure("test", spec, "--filter", "^(a) []p]lug[^]%]]-%f[%W] i()s$").status)
  end)
end)

describe("a name that is too long for a layer", function()
  it("is refused before anything is written, and the longest is packed", function()
    local folder = support.file("", "nothing"):match("(.*)/")
    local function pack(length)
      local result = lure("pack", program.dummy, "-o", folder .. "/lib" .. ("n"):rep(length - 6) .. ".so", "--oci")
      return result, (support.run("ls " .. quote(folder)))
    end
    local result, left = pack(101)
    assert.equal(("lure: pack: a layer holds names of up to 100 bytes, and lib%s.so has 101; give a shorter one with -o\n")
      :format(("n"):rep(95)), result.err)
    assert.equal(2, result.status)
    assert.equal("nothing\n", left)
    result, left = pack(100)
    assert.equal(0, result.status, result.err)
    assert.matches("%.tar%.gz\n", left)
  end)
end)
