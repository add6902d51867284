-- Lua modules in every kind of process: pure ones always work, C modules work or say why not.

local support = require "spec.support"
local program = require "spec.cli.program"

local quote = support.quote

local REFUSED = "this process has another Lua, and a C module would mix the two up; use a pure Lua module"

-- What the hosts print of their own Lua, which they share with nobody; `held`: in a library that nobody else sees.
local hosts = {
  { name = "plain", own = "no Lua", works = true },
  { name = "luajit", own = "LuaJIT 500500" },
  { name = "lua5.3", own = "Lua 5.3 500500" },
  { name = "lua5.4", own = "Lua 5.4 500500" },
  { name = "held-luajit", own = "LuaJIT 500500", held = true },
  { name = "held-lua5.3", own = "Lua 5.3 500500", held = true },
  { name = "held-lua5.4", own = "Lua 5.4 500500", held = true },
}

local function new_folder() return support.run("mktemp -d -p " .. quote(support.folder())):gsub("\n$", "") end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

--- A source called `name` whose one event is what this expression gives, or the error that it throws.
-- `before` stands before it.
local function source_of(name, expression, before)
  return (before or "") .. ([[local function ask() return %s end
return { name = %q, version = "0.1.0", id = 999, event_source = %q,
  open = function() return { true } end,
  next = function(instance)
    if table.remove(instance) then return tostring((select(2, pcall(ask)))) end
  end }]]):format(expression, name, name)
end

local PURE = 'require("pure") .. " in " .. _VERSION'
local CJSON = [[require("cjson").encode({ 1, 2, { a = "b" } }) .. #require("cjson").decode("[1,2,3]")]]
local LFS = [[require("lfs").attributes("/", "mode")]]
local modules_in_c = {
  { name = "cjson", use = CJSON, answer = '[1,2,{"a":"b"}]3' },
  { name = "socket", use = [[math.type(require("socket").gettime()) .. " time"]], answer = "float time" },
  { name = "lfs", use = LFS, answer = "directory" },
}

--- A copy of our library with a script beside it. Answers the library's path.
local function plain(name, expression, before)
  local folder = new_folder()
  support.run(("cp %s %s/lib%s.so"):format(quote(support.lib()), quote(folder), name))
  write(folder .. "/" .. name .. ".lua", source_of(name, expression, before))
  write(folder .. "/pure.lua", 'return "pure"')
  return folder .. "/lib" .. name .. ".so"
end

--- The same, packed.
local function packed(name, expression)
  local library = plain(name, expression)
  local folder = library:match("^(.*)/")
  local result = program.lure("pack", folder .. "/" .. name .. ".lua", "-o", folder .. "/packed.so")
  assert.equal(0, result.status, result.err)
  return folder .. "/packed.so"
end

--- Runs a host with these libraries, which it loads twice. Answers what each said ("NAME: TEXT"), by name.
local function run(host, ...)
  local words = { quote(("%s/spec/modules/%s"):format(support.build, host.name)) }
  for _, library in ipairs { ... } do words[#words + 1] = quote(library) end
  local output, status = support.run("timeout 60 " .. table.concat(words, " ") .. " 2>/dev/null")
  assert.equal(0, status, output)
  local said, own = {}, 0
  for name, text in output:gmatch("([^\n:]+): ([^\n]*)") do
    if name == "host" then
      assert.equal(host.own, text)
      own = own + 1
    elseif text ~= "loaded" then
      assert.equal(said[name] or text, text)
      said[name] = text
    end
  end
  assert.equal(6, own, output)
  assert.matches("\nend\n$", output)
  return said
end

for _, host in ipairs(hosts) do
  local where = host.held and "in a library of its own" or "inside"
  describe(("a host with %s %s"):format(host.own:gsub(" %d+$", ""), where), function()
    it("runs a script with a pure Lua module", function()
      assert.same({ a = "pure in Lua 5.4" }, run(host, plain("a", PURE)))
    end)

    it("runs two packed plugins beside a plain one", function()
      assert.same({ a = "pure in Lua 5.4", b = "pure in Lua 5.4", c = "pure in Lua 5.4" },
        run(host, packed("a", PURE), packed("b", PURE), plain("c", PURE)))
    end)

    for _, module in ipairs(modules_in_c) do
      it(("%s the C module %s"):format(host.works and "runs" or "does not crash with, but refuses,", module.name), function()
        local said = run(host, plain("a", module.use)).a
        if host.works then
          assert.equal(module.answer, said)
        else
          assert.matches(REFUSED, said, 1, true)
        end
      end)
    end

    it(host.works and "has a C module as soon as the script is read" or "refuses one as soon as the script is read", function()
      local said = run(host, plain("a", "loaded()", "local ok, cjson = pcall(require, 'cjson')\n"
        .. "local function loaded() return ok and cjson.encode { 1 } or cjson end\n")).a
      if host.works then assert.equal("[1]", said) else assert.matches(REFUSED, said, 1, true) end
    end)

    it(host.works and "has C modules in two packed plugins at once" or "refuses C modules in packed plugins", function()
      local said = run(host, packed("a", CJSON), packed("b", CJSON), plain("c", LFS))
      if host.works then
        assert.same({ a = '[1,2,{"a":"b"}]3', b = '[1,2,{"a":"b"}]3', c = "directory" }, said)
      else
        for _, name in ipairs { "a", "b", "c" } do assert.matches(REFUSED, said[name], 1, true) end
      end
    end)
  end)
end

describe("the program lure", function()
  it("runs scripts with C modules, plain and packed", function()
    for _, module in ipairs(modules_in_c) do
      local script = support.file(source_of("a", module.use))
      local result = program.lure("run", script, "-p", "%evt.plugininfo")
      assert.same({ module.answer }, result.lines, result.err)
      local again = program.lure("run", packed("a", module.use), "-p", "%evt.plugininfo")
      assert.same({ module.answer }, again.lines, again.err)
    end
  end)
end)
