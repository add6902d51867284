local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local F = "extract = function() end"

--- An extractor with these fields, written as the inside of tables; they begin in line 4.
local function fields(...)
  local list = {}
  for i, field in ipairs { ... } do
    list[i] = "{ " .. field .. " },"
  end
  return given.extractor("fields = {\n" .. table.concat(list, "\n") .. "}")
end

local function field(rest)
  return fields('name = "x.y", type = "string", desc = "-", ' .. rest)
end

describe("a field", function()
  it("is told to hosts with all that it declares", function()
    local info = assert(support.load_script(fields(
      'name = "x.y", type = "uint64", desc = "A number", display = "Number", ' .. F,
      'name = "x.z", type = "ipaddr", desc = "Addresses", list = true, add_output = true, '
        .. 'properties = { "hidden", "info" }, arg = { required = true, index = true, key = true }, ' .. F))):info()
    local first, second = info.fields[1], info.fields[2]
    assert.same({ "x.y", "uint64", "A number", "Number", false, false },
      { first.name, first.type, first.desc, first.display, first.list, first.add_output })
    assert.same({ required = false, index = false, key = false }, first.arg)
    assert.same({ "x.z", "ipaddr", "Addresses", nil, true, true },
      { second.name, second.type, second.desc, second.display, second.list, second.add_output })
    assert.same({ required = true, index = true, key = true }, second.arg)
    assert.same({ "hidden", "info" }, second.properties)
  end)

  it("has a name as in dummy.value", function()
    assert.equal('script.lua:3: field 1 has no name; add name = "plugin.field"',
      given.problem(fields('type = "string", desc = "-", ' .. F)))
    for _, name in ipairs { "value", "x.", ".y", "x..y", "x y.z", "1x.y", "x.1y", "x.y[1]", "x-y.z" } do
      assert.equal(('script.lua:4: field "%s": expected a name as in "dummy.value": words of letters, digits and "_" '
        .. 'with "." between them'):format(name),
        given.problem(fields(('name = "%s", type = "string", desc = "-", '):format(name) .. F)))
    end
    for _, name in ipairs { "x.y", "X_1.y_2.z3" } do
      assert.truthy(support.load_script(fields(('name = "%s", type = "string", desc = "-", '):format(name) .. F)))
    end
  end)

  it("may not have the name of another", function()
    local one = 'name = "x.y", type = "string", desc = "-", ' .. F
    assert.equal('script.lua:4: two fields are called "x.y"', given.problem(fields(one, one)))
  end)

  it("has one of the types that there are", function()
    assert.equal('script.lua:4: field x.y: no type; add type = "string" or another',
      given.problem(fields('name = "x.y", desc = "-", ' .. F)))
    assert.equal('script.lua:4: field x.y: unknown type "unit64"; did you mean "uint64"?',
      given.problem(fields('name = "x.y", type = "unit64", desc = "-", ' .. F)))
    assert.equal('script.lua:4: field x.y: unknown type "temperature"; there are string, uint64, bool, reltime, '
      .. "abstime, ipaddr and ipnet", given.problem(fields('name = "x.y", type = "temperature", desc = "-", ' .. F)))
    for _, type in ipairs(support.field_types) do
      local info = assert(support.load_script(given.field("print", type))):info()
      assert.equal(type, info.fields[1].type)
    end
  end)

  it("has the types that the plugin API 0.3.0 knows there", function()
    for type, plain in pairs { string = "string", uint64 = "uint64", bool = "uint64", reltime = "uint64",
                               abstime = "uint64", ipaddr = "string", ipnet = "string" } do
      local info = assert(support.load_script(given.field("print", type), { api = 0 })):info()
      assert.equal(plain, info.fields[1].type)
    end
  end)

  it("that is a list is refused by name in the plugin API 0.3.0", function()
    assert.equal("script.lua:4: field x.y: list: the plugin API 0.3.0 has no lists",
      given.problem(field("list = true, " .. F), { api = 0 }))
  end)

  it("has a description, without which hosts refuse it", function()
    for _, rest in ipairs { "", 'desc = "",' } do
      assert.equal("script.lua:4: field x.y: no desc; hosts refuse a field without one",
        given.problem(fields('name = "x.y", type = "string", ' .. rest .. F)))
    end
  end)

  it("has extract, path or both", function()
    assert.truthy(support.load_script(field('path = "/a", ' .. F)))
    assert.equal("script.lua:4: field x.y: has neither extract nor path, and the script no extract for all",
      given.problem(field("")))
    assert.truthy(support.load_script(given.extractor(
      'extract = function() end, fields = { { name = "x.y", type = "string", desc = "-" } }')))
  end)

  it("is not said to lack what it has with a wrong value", function()
    for wrong, expected in pairs {
      ['path = "a", default = "none"'] = 'path: "a" is no JSON Pointer: it begins with "/", or is empty for the whole document',
      ["extract = 1"] = "extract: expected a function, got integer 1",
      ['path = lure.ARG, arg = 1'] = "arg: expected a table, got integer 1",
    } do
      assert.equal("script.lua:4: field x.y: " .. expected, given.problem(field(wrong)))
    end
    assert.equal("script.lua:4: field x.y: desc: expected a string, got integer 1",
      given.problem(fields('name = "x.y", type = "string", desc = 1, ' .. F)))
  end)

  it("takes an argument that is an index, a key, or either", function()
    assert.equal("script.lua:4: field x.y: arg: say what it takes: index = true, key = true, or both",
      given.problem(field("arg = { required = true }, " .. F)))
    assert.equal('script.lua:4: unknown key "keys" in arg of field x.y; did you mean "key"?',
      given.problem(field("arg = { index = true, keys = true }, " .. F)))
    assert.equal("script.lua:4: field x.y: arg.index: expected true or false, got integer 1",
      given.problem(field("arg = { index = 1 }, " .. F)))
  end)

  it("may not have a key that is not known", function()
    assert.equal('script.lua:4: unknown key "description" in field x.y', given.problem(field('description = "-", ' .. F)))
    assert.equal('script.lua:4: unknown key "extarct" in field x.y; did you mean "extract"?',
      given.problem(field("extarct = 1, " .. F)))
  end)

  local WRONG = { name = "1", type = "{}", desc = "1", display = "{}", list = "1", arg = "true", properties = '"hidden"',
                  add_output = '"yes"', extract = "{}" }
  for key, value in pairs(WRONG) do
    it("with a " .. key .. " of the wrong type is refused", function()
      local keys = { name = '"x.y"', type = '"string"', desc = '"-"', extract = "print" }
      keys[key] = value
      local list = {}
      for name, text in pairs(keys) do
        list[#list + 1] = name .. " = " .. text
      end
      given.holds(given.problem(fields(table.concat(list, ", "))), ": expected ", ", got ", key)
    end)
  end

  it("has a path of one pointer or a list of them, or lure.ARG", function()
    for _, path in ipairs { '"/a"', '{ "/a", "/b" }', '""' } do
      assert.truthy(support.load_script(field("path = " .. path)))
    end
    for _, path in ipairs { '"a"', "{}", "{ 1 }", "print", "lure.TIMEOUT" } do
      given.holds(given.problem(field("path = " .. path)), "script.lua:4: field x.y: path: ")
    end
    assert.truthy(support.load_script(field("path = lure.ARG, arg = { key = true }")))
    assert.equal("script.lua:4: field x.y: path = lure.ARG needs arg = { key = true }",
      given.problem(field("path = lure.ARG")))
  end)

  it("with a star in its path is a list, or takes an index", function()
    given.holds(given.problem(field('path = "/a/*"')), 'script.lua:4: field x.y: path: a "*" can have many values; '
      .. "add list = true, or arg = { index = true }")
    assert.truthy(support.load_script(field('path = "/a/*", list = true')))
    assert.truthy(support.load_script(field('path = "/a/*", arg = { index = true }')))
  end)

  it("has no argument that its path does not use", function()
    for declared, problem in pairs {
      ['path = "/a", arg = { key = true }'] = "arg.key: nothing uses it, as the path is the same for each; put {arg} where it belongs, or "
        .. "for a path as argument give path = lure.ARG",
      ['path = "/a/*", arg = { index = true, key = true }'] = "arg.key: nothing uses it",
      ['path = "/a", arg = { index = true }'] = 'arg.index: nothing uses it, as the path has no "*" whose element it picks',
      ['path = { "/a", "/b" }, arg = { index = true }'] = "arg.index: nothing uses it",
      ["path = lure.ARG, arg = { key = true, index = true }"] = "arg.index: the argument is the path",
    } do
      given.holds(given.problem(field(declared)), "script.lua:4: field x.y: " .. problem)
    end
    for _, declared in ipairs {
      'path = "/a", list = true, arg = { index = true }', 'path = { "/a/*", "/b" }, arg = { index = true }',
      'path = "", list = true, arg = { index = true, required = true }', "path = lure.ARG, list = true, arg = { key = true }",
    } do
      assert.truthy(support.load_script(field(declared)))
    end
  end)

  it("has a default of its type, and only with a path", function()
    assert.equal("script.lua:4: field x.y: default belongs to a path", given.problem(field('default = "a", ' .. F)))
    given.holds(given.problem(fields('name = "x.y", type = "uint64", desc = "-", path = "/a", default = "a"')),
      "script.lua:4: field x.y: default: expected ")
    assert.truthy(support.load_script(fields('name = "x.y", type = "uint64", desc = "-", path = "/a", default = 0')))
  end)

  it("has properties that are a list of strings", function()
    for _, value in ipairs { "{ 1 }", "{ a = true }", '{ a = "b" }' } do
      given.holds(given.problem(field(("properties = %s, "):format(value) .. F)),
        "script.lua:4: field x.y: properties: expected a list of strings")
    end
  end)
end)

describe("fields", function()
  it("is a list of tables, with at least one", function()
    given.holds(given.problem(given.extractor("fields = {}")), "script.lua:3: fields: expected a list with at least one field")
    assert.equal("script.lua:3: field 1: expected a table, got integer 1",
      (given.problem(given.extractor("fields = { 1 }")):match("[^\n]*")))
    given.holds(given.problem(given.extractor('fields = { { name = "x.y", type = "string", desc = "-", '
      .. F .. '}, colour = {} }')),
      'script.lua:3: fields: expected a list without holes, got a table with the key string "colour"')
  end)

  it("are reported all at once, each with its line", function()
    assert.equal(table.concat({
      'script.lua:4: field x.a: unknown type "strin"; did you mean "string"?',
      "script.lua:5: field x.b: no desc; hosts refuse a field without one",
    }, "\n\t"), given.problem(fields('name = "x.a", type = "strin", desc = "-", ' .. F,
      'name = "x.b", type = "string", ' .. F)))
  end)

  it("that are other ones in the second run of the script fail init with a text", function()
    local counter = support.file("0", "count")
    local library = assert(support.load_script(([[
      local file = io.open(%q, "r+")
      local count = file:read("n")
      file:seek("set"); file:write(count + 1); file:close()
      return { name = "x", version = "0.1.0",
        fields = { { name = count == 0 and "x.a" or "x.b", type = "string", desc = "-", extract = print } } }
    ]]):format(counter)))
    local state, message = library:init()
    assert.is_nil(state)
    given.holds(message, "script.lua: ", '"x.a" is not where it was when the script was first run')
  end)
end)
