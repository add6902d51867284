--- What a script gets of an init_config that is a map in falco.yaml, of which Falco makes numbers and booleans.
local process = require "spec.hostconfig.hostprocess"
local support = require "spec.support"

local here

before_each(function() here = process.folder() end)
after_each(function() here:remove() end)

--- What init gets, as JSON, where falco.yaml has `map` (lines of YAML), the script declares `declared`, and Falco
-- hands over `given`. With it the schema that Falco checks before.
local function init(map, declared, given, words, before)
  here:write("one.lua", ([[local lure = require "lure"
    return { name = "one", version = "1.0.0", %s
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } },
      init = function(config)
        local names, parts = {}, {}
        for name in pairs(config) do names[#names + 1] = name end
        table.sort(names)
        for i, name in ipairs(names) do parts[i] = name .. "=" .. lure.json.encode(config[name]) end
        return nil, table.concat(parts, " ")
      end }]]):format(declared))
  here:write("falco.yaml", "plugins:\n  - name: one\n    library_path: @LIB@\n    init_config:\n      script: one.lua\n" ..
    map:gsub("[^\n]+", "      %0") .. "\n")
  local answer = here:falco("-c falco.yaml " .. (words or ""),
    (before or "") .. " LOADER_CONFIG=" .. support.quote('{"script": "one.lua", ' .. given .. "}"))
  return answer.init, answer.schema
end

local function types(schema) return schema:match('"properties":(.*),"script"') end

describe("a text in falco.yaml's map", function()
  local STRING = 'config = { zip = { type = "string" } },'

  it("that looks like a number or a boolean is a text where the script wants one, as it is written", function()
    for written, given in pairs { ['"0123"'] = "83", ["'12345'"] = "12345", ["0x1F"] = "31", ['"1e5"'] = "100000.0", ["3.10"] = "3.1",
                                  ['"yes"'] = "true", ["no"] = "false", ['"4294967296"'] = "4294967296.0", ["-0"] = "0", ["+7"] = "7",
                                  ["|-\n  007"] = "7" } do
      local got, schema = init("zip: " .. written, STRING, '"zip": ' .. given)
      assert.equal('zip="' .. written:gsub("[\"'|\n ]", ""):gsub("^%-(00)", "%1") .. '"', got)
      assert.equal('{"zip":{}', types(schema))
    end
  end)

  it("that is no number leaves the schema as it is", function()
    local got, schema = init("zip: A1", STRING, '"zip": "A1"')
    assert.equal('zip="A1"', got)
    assert.equal('{"zip":{"type":"string"}', types(schema))
  end)

  it("may be one of an enum, and its description stays", function()
    local ENUM = 'config = { level = { type = "string", enum = { "1", "02" }, description = "d" } },'
    local got, schema = init('level: "02"', ENUM, '"level": 2')
    assert.equal('level="02"', got)
    assert.equal('{"level":{"description":"d"}', types(schema))
    assert.match('init_config.level: expected one of ["1","02"]', (init('level: "03"', ENUM, '"level": 3')), 1, true)
  end)

  it("need not be within bounds that are those of numbers", function()
    local BOUNDS = 'config = { a = { minimum = 5, maximum = 6, multipleOf = 5 } },'
    local got, schema = init('a: "-1"', BOUNDS, '"a": -1')
    assert.equal('a="-1"', got)
    assert.equal('{"a":{}', types(schema))
  end)

  it("of an integer that a double does not have may be one of an enum", function()
    local got, schema = init("a: 9007199254740993", "config = { a = { enum = { 9007199254740993 } } },", '"a": 9007199254740992.0')
    assert.equal("a=9007199254740993", got)
    assert.equal('{"a":{}', types(schema))
  end)

  it("is found in maps and lists", function()
    local got, schema = init('codes: ["01", A, "2"]\nhome: {zip: "0123", floor: 3}', [[config = {
      codes = { type = "array", items = { type = "string" } },
      home = { type = "object", properties = { zip = { type = "string" }, floor = { type = "integer" } } } },]],
      '"codes": [1, "A", 2], "home": {"floor": 3, "zip": 83}')
    assert.equal('codes=["01","A","2"] home={"floor":3,"zip":"0123"}', (got:gsub('{"zip":"0123","floor":3}', '{"floor":3,"zip":"0123"}')))
    assert.equal('{"codes":{"items":{},"type":"array"},"home":{"properties":{"floor":{"type":"integer"},"zip":{}},"type":"object"}', types(schema))
  end)

  it("is found by a whole schema, too", function()
    local got, schema = init('zip: "0123"', [==[init_schema = [[{"type": "object", "properties": {"zip": {"type": "string"}}}]],]==], '"zip": 83')
    assert.equal('zip="0123"', got)
    assert.equal('{"zip":{}', types(schema))
  end)

  it("is a number or a boolean where the script wants that, in quotes or not", function()
    assert.equal("count=5 on=true", (init('count: "5"\non: "yes"',
      'config = { count = { type = "integer" }, on = { type = "boolean" } },', '"count": 5, "on": true')))
  end)

  it("is what its quotes say where nothing is declared", function()
    assert.equal('a="0123" b=83 c="yes" d=true e=5', (init('a: "0123"\nb: 0123\nc: \'yes\'\nd: yes\ne: 5', "",
      '"a": 83, "b": 83, "c": true, "d": true, "e": 5')))
    assert.equal('a="5" b=5', (init('a: "5"\nb: 5', 'config = { a = { type = { "string", "integer" } }, b = { type = { "string", "integer" } } },',
      '"a": 5, "b": 5')))
  end)

  it("may come from a variable, an alias, and -o", function()
    assert.equal('zip="0123"', (init('zip: "${ZIP}"', STRING, '"zip": 83', "", "ZIP=0123")))
    assert.equal('a="0123" zip="0123"', (init('a: &z "0123"\nzip: *z', "", '"a": 83, "zip": 83')))
    assert.equal('zip="0456"', (init('zip: "0123"', STRING, '"zip": 302', "-o plugins[0].init_config.zip=0456")))
  end)

  it("that is not what the host hands over is refused, and never guessed", function()
    assert.match("init_config.zip: expected a string, got integer; the host has made a number or a boolean of a text: give " ..
      "init_config as a JSON text, where quotes count", (init('zip: "0123"', STRING, '"zip": 84')), 1, true)
  end)
end)

describe("in falco.yaml's map", function()
  it("an empty list or map is that, and not null", function()
    local got, schema = init("tags: []\nmore: {}\nnone: ~",
      'config = { tags = { type = "array" }, more = { type = "object" }, none = { type = "null" } },',
      '"tags": null, "more": null, "none": null')
    assert.equal("more={} none=null tags=[]", got)
    assert.equal('{"more":{},"none":{"type":"null"},"tags":{}', types(schema))
  end)

  it("an integer above 2^63-1 is its digits, as lure.json.decode has it", function()
    assert.equal('big="18446744073709551615"', (init("big: 18446744073709551615", "", '"big": 1.8446744073709552e19')))
  end)

  it("an integer has all its digits", function()
    assert.equal("big=9007199254740993 less=-9007199254740993", (init("big: 9007199254740993\nless: -9007199254740993",
      'config = { big = { type = "integer" } , less = { type = "integer" } },', '"big": 9007199254740992.0, "less": -9007199254740992.0')))
  end)
end)

describe("init_config as a JSON text", function()
  it("is what it says, and the schema is strict", function()
    here:script("one.lua", "one")
    here:write("one.lua", [[return { name = "one", version = "1.0.0", config = { zip = { type = "string" } },
      fields = { { name = "x.y", type = "string", desc = "-", extract = print } }, init = function(c) return nil, c.zip end }]])
    here:write("falco.yaml", "plugins:\n  - name: one\n    library_path: @LIB@\n    init_config: '{\"script\": \"one.lua\", \"zip\": \"0123\"}'\n")
    local answer = here:falco("-c falco.yaml", [[LOADER_CONFIG='{"script": "one.lua", "zip": "0123"}']])
    assert.equal("0123", answer.init)
    assert.match('{"zip":{"type":"string"}', answer.schema, 1, true)
  end)
end)
