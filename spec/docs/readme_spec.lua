-- What README.md says is so: its tables, its plugin, its command, the files it names.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

local function read(path)
  local file = assert(io.open(source .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

local readme = read("README.md")

--- The part of README.md under a heading, up to the next one of any depth.
local function section(heading)
  local _, from = readme:find("\n#+ " .. heading .. "\n")
  assert(from, "README.md has no section " .. heading)
  return readme:sub(from, (readme:find("\n#+ ", from)) or -1)
end

--- The names in the first column of the tables of a section that begin with this header.
local function first_column(text, header)
  local names, inside = {}, false
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    if line:find("^| " .. header .. " |") then inside = true
    elseif not line:find("^|") then inside = false
    elseif inside then
      for name in line:match("^|(.-)|"):gmatch("`([%w_]+)`") do names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

--- The names in an X-macro list of a C file.
local function names_in(path, macro)
  local names = {}
  local list = read(path):match("#define " .. macro .. "%(X%).-\n\n")
  for name in list:gmatch('X%([%w_]+,%s*"([%w_]+)",.-%)') do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

describe("README.md", function()
  it("has every key of the script's table, and no other", function()
    local keys = names_in("src/script/keys.h", "SCRIPT_KEYS")
    assert.is_true(#keys > 20)
    assert.same(keys, first_column(section("The script"), "key"))
  end)

  it("has every key of a field, and no other", function()
    assert.same(names_in("src/script/field.c", "FIELD_KEYS"), first_column(section("Fields"), "key"))
  end)

  it("has every type of a field, and no other", function()
    local types = {}
    for name in read("src/event/types.c"):gmatch('{"(%l[%w]+)", TYPE_') do types[#types + 1] = name end
    table.sort(types)
    assert.same(types, first_column(section("Fields"), "type"))
  end)

  it("has every limit, and no other", function()
    local limits = {}
    for name in read("src/script/limits.c"):gmatch('{"([%w_]+)", read_') do limits[#limits + 1] = name end
    table.sort(limits)
    assert.same(limits, first_column(section("Limits"), "key"))
  end)

  it("shows a plugin that is the example, and what its command prints", function()
    local plugin = readme:match("```lua\n(.-)```")
    assert.equal(read("examples/accounts.lua"), plugin)
    local command, shown = readme:match("```console\n%$ (build/bin/lure [^\n]+)\n(.-)```")
    local output, status = support.run(("cd %s && %s 2>/dev/null"):format(source, (command:gsub("^build", support.build))))
    assert.equal(0, status, output)
    assert.equal(shown, output)
  end)

  it("names only files that exist", function()
    for _, document in ipairs { "README.md", "docs/architecture.md" } do
      for path in read(document):gmatch("`([%l]+/[%w_/.]+)`") do
        local built = path:match("^build/(.+)") or path:match("^bin/.+") or path:match("^lib/.+")
        local file = io.open(built and support.build .. "/" .. built or source .. "/" .. path)
        assert.is_truthy(file, document .. " names " .. path)
        file:close()
      end
    end
  end)
end)
