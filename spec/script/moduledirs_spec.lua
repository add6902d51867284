--- Directories of modules whose names have characters that mean something: to Lua's templates, or to the dynamic loader.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- Files in a new directory: { NAME = TEXT }. Returns the directory.
local function files(list)
  local directory = support.file("", "base/file"):match "(.*)/"
  for name, text in pairs(list) do
    support.run("mkdir -p " .. support.quote((directory .. "/" .. name):match "(.*)/"))
    local file = assert(io.open(directory .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
  return directory
end

--- What `require(module)` is in the script, or the error.
local function required(script, module, sandbox, path)
  local file = assert(io.open(script, "wb"))
  file:write(given.field(("function() return require(%q) end"):format(module)))
  file:close()
  local state = support.start(script, { config = ('{"lure": {"sandbox": "%s", "path": "%s"}}'):format(sandbox, path or "") })
  local value, message = state:extract(support.event "1", "x.y")
  return value or message
end

for _, sandbox in ipairs { "full", "safe" } do
  describe(("a directory of modules, in the %s sandbox, "):format(sandbox), function()
    for _, name in ipairs { "a;b", "a?b", "?", ";", "?;?", "%1", "a b" } do
      it(("may be called %q"):format(name), function()
        local directory = files { [name .. "/in/one.lua"] = "return 'one'", [name .. "/in/two/init.lua"] = "return 'two'" }
        local script = ("%s/%s/in/script.lua"):format(directory, name)
        assert.equal("one", required(script, "one", sandbox))
        assert.equal("two", required(script, "two", sandbox))
        given.holds(required(script, "three", sandbox), "module 'three' not found", name .. "/in/three.lua")
      end)
    end

    it("is no other one whose name its question mark could become", function()
      local directory = files { ["s?/in/script.lua"] = "", ["secret/in/ecret.lua"] = "return 'SECRET'" }
      given.holds(required(directory .. "/s?/in/script.lua", "ecret", sandbox), "module 'ecret' not found")
    end)

    it("is no other one that begins behind its semicolon", function()
      local directory = files { ["s;build/script.lua"] = "" }
      local message = required(directory .. "/s;build/script.lua", "nothing", sandbox)
      given.holds(message, directory .. "/s;build/nothing.lua")
      assert.is_nil(message:find("'build/nothing.lua'", 1, true))
    end)

    it("may have a question mark in init_config.lure.path", function()
      local directory = files { ["script.lua"] = "", ["s?/one.lua"] = "return 'one'", ["secret/ecret.lua"] = "return 'SECRET'" }
      assert.equal("one", required(directory .. "/script.lua", "one", sandbox, directory .. "/s?"))
      given.holds(required(directory .. "/script.lua", "ecret", sandbox, directory .. "/s?/"), "module 'ecret' not found",
        directory .. "/s?/ecret.lua")
    end)
  end)
end

describe("a C module", function()
  for _, name in ipairs { "$ORIGIN", "a${LIB}", "$PLATFORM" } do
    it(("in a directory called %s is refused: dlopen would open another file"):format(name), function()
      local directory = files { [name .. "/script.lua"] = "", [name .. "/native.so"] = "" }
      given.holds(required(directory .. "/" .. name .. "/script.lua", "native", "full"),
        'C module "native" (' .. directory .. "/" .. name .. '/native.so): the dynamic loader replaces what begins with "$" in a path')
    end)
  end
end)

describe("the environment variable LURE_SANDBOX", function()
  local script = given.extractor [[ config = { no_io = { type = "boolean" } },
    fields = { { name = "x.y", type = "string", desc = io and "io" or "none", extract = function() return io and "io" or "none" end } } ]]

  --- What the top level sees when the library is loaded.
  local function at_load(value)
    local library = assert(support.load_script(script, { env = { LURE_SANDBOX = value } }))
    return library:info().fields[1].desc
  end

  it("is the sandbox of a script's top level where lure cannot read the host's configuration", function()
    assert.equal("none", at_load "safe")
    assert.equal("io", at_load "full")
    assert.equal("io", at_load "")
  end)

  it("that is mistyped is the safe one", function() assert.equal("none", at_load "Safe") end)
end)
