-- One row, one place: what each list has beside its rows. CONTRIBUTING.md ("How to add ...") goes by these.

local pages = require "spec.docs.pages"
local support = require "spec.support"

local read = pages.read

--- All that is written in files of the source tree.
local function all(pattern)
  local texts = {}
  for path in support.run(("cd %s && ls %s"):format(support.quote(pages.source), pattern)):gmatch("[^\n]+") do
    texts[#texts + 1] = read(path)
  end
  assert(#texts > 0, pattern)
  return table.concat(texts, "\n")
end

--- The identifiers in the rows of a list in C, sorted.
local function identifiers_in(path, row)
  local list = {}
  for name in read(path):gmatch("\n%s*" .. row .. "%(([%w_]+),") do list[#list + 1] = name end
  table.sort(list)
  assert(#list > 5, path)
  return list
end

--- The enumerators that begin so in an enum of a header, without their beginning, sorted.
local function enumerators(path, prefix)
  local list = {}
  for name in read(path):gmatch("\n%s+" .. prefix .. "([%u%d]+) = %d") do list[#list + 1] = name end
  table.sort(list)
  return list
end

describe("a row", function()
  it("stands for each type of a field that the plugin API has", function()
    assert.same(enumerators("src/v3/abitypes.h", "FTYPE_"), identifiers_in("src/event/fieldtypes.def", "FIELD_TYPE"))
  end)

  it("of a type has a value in every host that specs run", function()
    local values = read("spec/hosts/types_spec.lua"):match("local values = (%b{})")
    for _, type in ipairs(support.field_types) do
      assert.is_truthy(values:find(('{ "%s", '):format(type), 1, true), type)
    end
  end)

  it("stands for each type of a state table's field that the plugin API has", function()
    assert.same(enumerators("src/v3/tableabi.h", "SS_PLUGIN_ST_"), identifiers_in("src/script/statetypes.def", "STATE_TYPE"))
  end)

  it("of a script key has code that reads or calls the key", function()
    local code = all "src/*/*.c"
    for _, key in ipairs(identifiers_in("src/script/keys.def", "SCRIPT_KEY")) do
      assert.is_truthy(code:find("KEY_" .. key .. "%f[^%w_]"), "nothing in src uses KEY_" .. key)
    end
  end)

  it("of a key that is a function is known to the linter as one that must not wait, or here as one that may", function()
    local may = { init = true, destroy = true, close = true, reload = true, set_config = true, -- once, or seldom
      open_params = true, capture_close = true, dump_state = true, progress = true }
    local linted = read("lua/lure/cli/lint/blocking.lua"):match("\nlocal callbacks = (%b{})")
    local functions = 0
    for key in read("src/script/keys.def"):gmatch('\nSCRIPT_KEY%([%u_]+,%s+"([%w_]+)",%s+[%u_ |]*FUNCTION') do
      assert.not_equal(may[key] == true, linted:find(('{ key = "%s",'):format(key), 1, true) ~= nil, key)
      functions = functions + 1
    end
    assert.is_true(functions > 15)
  end)

  it("of a format has its name in the types, its paths in docs/reference.md, specs, and a limit of its work", function()
    local names = {}
    for name in read("src/format/formats.def"):gmatch '\nFORMAT%("(%w+)"' do
      names[#names + 1] = name
      local page = read("docs/reference.md"):match "\n### Formats\n(.-)\n### "
      assert.is_truthy(page:find(('\n| `"%s"` |'):format(name), 1, true) or page:find(('\n| `{ "%s", '):format(name), 1, true), name)
      if name ~= "json" then -- spec/growth/json.lua, spec/formats/documents_spec.lua
        assert.is_truthy(read("spec/growth/formats.lua"):find(('"%s"'):format(name), 1, true), name)
        assert.is_truthy(read(("spec/formats/%s_spec.lua"):format(name)):find(('describe("the format %s"'):format(name), 1, true))
      end
    end
    local types = read("lua/lure/meta.lua"):match "@alias lure%.FormatName ([^\n]*)"
    local declared = {}
    for name in types:gmatch '"(%w+)"' do declared[#declared + 1] = name end
    assert.same(names, declared)
    assert.same(names, require("lure.cli.templates.format").names)
    assert.is_true(#names > 3)
  end)

  it("of a module is known to lure pack and lure check as one that no file has to be found for", function()
    local own = read("lua/lure/cli/modules.lua"):match("local own = (%b{})")
    local rows = read("src/script/scriptmodules.c"):match("modules%[%] = (%b{});")
    local count = 0
    for name in rows:gmatch '{"(%w+)",' do
      count = count + 1
      assert.is_truthy(own:find(('["lure.%s"] = true'):format(name), 1, true), name)
    end
    assert.is_true(count >= 3)
  end)

  it("of a symbol has a call in lure.host, which plays the hosts", function()
    for _, api in ipairs { "v3", "v0" } do
      local code = all(("src/testhost/%s*.c"):format(api)) .. all "src/testhost/[a-z]*.c"
      for name in read(("src/%s/abi.h"):format(api)):match("#define PLUGIN_API_SYMBOLS.-\n\n"):gmatch("X%(([%w_]+),") do
        assert.is_truthy(code:find("%(library, " .. name .. "%)") or code:find("%(state%->library, " .. name .. "%)") or
          code:find("SYMBOL_" .. name .. "%f[^%w_]"), "nothing in src/testhost calls plugin_" .. name)
      end
    end
  end)
end)

describe("a command of the program", function()
  local commands = {}
  for name in read("lua/lure/cli.lua"):match("\nlocal commands = {(.-)}"):gmatch('"(%l+)"') do
    commands[#commands + 1] = name
  end
  table.sort(commands)

  it("is one of the list in lua/lure/cli.lua", function()
    local files = support.run(("cd %s/lua/lure/cli && grep -l '^  summary =' *.lua"):format(support.quote(pages.source)))
    local there = {}
    for name in files:gmatch("(%l+)%.lua\n") do there[#there + 1] = name end
    assert.same(there, commands)
  end)

  it("has a row in docs/reference.md", function()
    local rows = {}
    for name in read("docs/reference.md"):gmatch("\n| `lure (%l+)[^|\n]*` |") do rows[#rows + 1] = name end
    table.sort(rows)
    assert.same(commands, rows)
  end)

  it("has a spec of its own", function()
    for _, name in ipairs(commands) do
      assert(io.open(("%s/spec/cli/%s_spec.lua"):format(pages.source, name))):close()
    end
  end)
end)

describe("a capability", function()
  it("that lure.host tells is one that the program shows", function()
    local function names(path, from)
      local list = {}
      for name in read(path):match(from):gmatch('"(%l+)"') do list[#list + 1] = name end
      return list
    end
    local told = names("src/testhost/lua_library.c", "set_capabilities_lj.-names%[%] = ({.-);")
    assert.is_true(#told > 4)
    assert.same(told, names("lua/lure/cli/library.lua", "library%.capabilities.-ipairs (%b{})"))
  end)
end)

describe("a member of a module", function()
  it("has a spec that uses it", function()
    local specs = all "spec/*/*_spec.lua spec/*/*.lua"
    for _, one in ipairs(require "spec.modulefunctions") do
      local object = one.object:match "%w+$"
      assert.is_truthy(specs:find(object .. "[.:]" .. one.name .. "%f[^%w_]"), "no spec uses " .. one.call)
    end
  end)
end)

-- One that luaL_newmetatable has registered is empty where memory is out before it is filled. So the next call fills it
-- again, or it is registered at the end (src/lua/metatable.h).
describe("a metatable", function()
  it("is filled at each call, not only where it is new", function()
    local count = 0
    for before, line in all("src/*/*.c"):gmatch "\n([^\n]*)(luaL_newmetatable%([^\n]*)" do
      count = count + 1
      assert.is_truthy(before:find "^%s*$", before .. line)
    end
    assert.is_true(count > 5)
  end)
end)

describe("where memory of C is out", function()
  it("garbage is collected in one place, src/lua/garbage.c", function()
    local _, count = all("src/*/*.c"):gsub("LUA_GCCOLLECT", "")
    assert.equal(1, count)
  end)
end)

describe("a fuzz target", function()
  it("has a row in fuzz/README.md, and seeds", function()
    local rows = read("fuzz/README.md")
    local count = 0
    for target in read("fuzz/CMakeLists.txt"):gmatch("\nfuzz_target%(([%w_]+)") do
      count = count + 1
      assert.is_truthy(rows:find(("\n| `%s` | "):format(target), 1, true), target)
      assert.is_true(#all(("fuzz/seeds/%s/*"):format(target)) > 0, target)
    end
    assert.is_true(count > 10)
  end)
end)
