local given = require "spec.given"
local host = require "lure.host"
local json = require "spec.json_text"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A source whose one payload shows its configuration as JSON. `config` is the declaration, in line 3.
local function showing(config)
  return given.source(config .. [[
    init = function(config) shown = lure.json.encode(config) end,
    next = function(instance) if instance.done then return nil end; instance.done = true; return shown end]])
end

--- What `init` is given.
local function given_to_init(config, text)
  local instance = given.opened(showing(config), { config = text })
  return json.decode(given.payloads(instance)[1])
end

--- Why init refuses this configuration.
local function refused(config, text, options)
  local state, message = assert(support.load_script(showing(config), options)):init(text)
  assert.is_nil(state)
  return message
end

local function schema_of(declaration)
  return json.decode(assert(support.load_script(showing(declaration))):info().init_schema)
end

local JITTER = 'config = { jitter = { type = "integer", minimum = 0, maximum = 100, default = 10 } },'

describe("the configuration", function()
  it("is {} where the host has none", function()
    for _, text in ipairs { "", " ", "{}", "\n\t{ } " } do
      assert.same({}, given_to_init("", text))
    end
  end)

  it("is what the host gives where the script declares none", function()
    assert.same({ a = { 1, "b", { c = true } }, d = 1.5 }, given_to_init("", '{"a": [1, "b", {"c": true}], "d": 1.5}'))
  end)

  it("comes without script and lure", function()
    assert.same({ a = 1 }, given_to_init("", '{"a": 1, "lure": {"time": 5}}'))
  end)

  it("has its defaults filled in", function()
    assert.same({ jitter = 10 }, given_to_init(JITTER, ""))
    assert.same({ jitter = 3 }, given_to_init(JITTER, '{"jitter": 3}'))
    assert.same({ jitter = 0 }, given_to_init(JITTER, '{"jitter": 0}'))
  end)

  it("has integral doubles as integers, because Falco's YAML reader makes them", function()
    local instance = given.opened(given.source [[
      config = { big = { type = "integer" } },
      init = function(config) kind = math.type(config.big) .. " " .. config.big end,
      next = function(i) if i.done then return nil end; i.done = true; return kind end]],
      { config = '{"big": 3000000000.0}' })
    assert.same({ "integer 3000000000" }, given.payloads(instance))
  end)

  it("has all 64 bits of its integers, given and default", function()
    local config = [[config = { first = { type = "integer", default = math.maxinteger }, second = { type = "integer" },
      list = { type = "array" }, text = { type = "string" } },]]
    assert.same({ first = math.maxinteger, second = 9007199254740993, text = '1"2\\', list = { math.mininteger, 1e300, 1 } },
      given_to_init(config, [[{"text": "1\"2\\", "second": 9007199254740993, "list": [-9223372036854775808, 1e300, 1]}]]))
    given.holds(refused(config, '{"first": 9223372036854775808}'),
      "init_config.first: expected an integer, got a number beyond 64 bits")
    given.holds(refused(config, '{"first": -9223372036854775809}'),
      "init_config.first: expected an integer, got a number beyond 64 bits")
  end)

  it("is compared with its bounds by all 64 bits", function()
    local config = [[config = { size = { type = "integer", minimum = -9007199254740992, maximum = 9007199254740992 },
      kind = { enum = { 9007199254740993, 1 } } },]]
    assert.same({ kind = 9007199254740993 }, given_to_init(config, '{"kind": 9007199254740993}'))
    given.holds(refused(config, '{"kind": 9007199254740992}'), "init_config.kind: expected one of [9007199254740993,1]")
    assert.matches('"maximum":9007199254740992,', support.load_script(showing(config)):info().init_schema, 1, true)
    assert.same({ size = 9007199254740992 }, given_to_init(config, '{"size": 9007199254740992}'))
    given.holds(refused(config, '{"size": 9007199254740993}'), "init_config.size: expected at most 9007199254740992")
    given.holds(refused(config, '{"size": -9007199254740993}'), "init_config.size: expected at least -9007199254740992")
  end)

  it("that is not JSON is refused with the place", function()
    for _, text in ipairs { '{"a" 1}', '{"a": 1', "jitter", "{}}", "{'a': 1}" } do
      assert.equal("script.lua: init_config: expected JSON; cannot be read from byte N on",
        (refused("", text):gsub("byte %d+", "byte N")))
    end
  end)

  it("that is no object is refused", function()
    for _, text in ipairs { "[]", "1", '"text"', "true", "[{}]" } do
      assert.equal("script.lua:3: init_config: expected a JSON object", refused(JITTER, text))
    end
  end)

  it("that is refused can be given again", function()
    local library = assert(support.load_script(showing(JITTER)))
    assert.is_nil((library:init("[")))
    local state = assert(library:init("{}"))
    assert.same({ '{"jitter":10}' }, given.payloads(assert(state:open())))
  end)

  it("has a key of the wrong type refused with key and type, never with the value", function()
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got string",
      refused(JITTER, '{"jitter": "hunter2"}'))
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got number", refused(JITTER, '{"jitter": 1.5}'))
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got null", refused(JITTER, '{"jitter": null}'))
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got array", refused(JITTER, '{"jitter": []}'))
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got object", refused(JITTER, '{"jitter": {}}'))
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got boolean",
      refused(JITTER, '{"jitter": true}'))
  end)

  it("knows each JSON type", function()
    local values = { string = '"hunter2"', integer = "1777", number = "1.777", boolean = "true", array = '["hunter2"]',
                     object = '{"hunter2": 1}' }
    local words = { string = "a string", integer = "an integer", number = "a number", boolean = "a boolean",
                    array = "an array", object = "an object" }
    for type, word in pairs(words) do
      for other, value in pairs(values) do
        local declaration = ('config = { key = { type = "%s" } },'):format(type)
        local text = ('{"key": %s}'):format(value)
        if type == other or (type == "number" and other == "integer") then
          assert.truthy(given_to_init(declaration, text))
        else
          assert.equal(("script.lua:3: init_config.key: expected %s, got %s"):format(word, other),
            refused(declaration, text))
        end
      end
    end
  end)

  it("has its minimum and maximum", function()
    assert.equal("script.lua:3: init_config.jitter: expected at least 0", refused(JITTER, '{"jitter": -17}'))
    assert.equal("script.lua:3: init_config.jitter: expected at most 100", refused(JITTER, '{"jitter": 1777}'))
    assert.same({ jitter = 100 }, given_to_init(JITTER, '{"jitter": 100}'))
  end)

  it("has its minLength and maxLength, in characters", function()
    local declaration = 'config = { name = { type = "string", minLength = 2, maxLength = 3 } },'
    assert.equal("script.lua:3: init_config.name: expected at least 2 characters", refused(declaration, '{"name": "\u{E9}"}'))
    assert.equal("script.lua:3: init_config.name: expected at most 3 characters", refused(declaration, '{"name": "\u{E9}\u{E9}\u{E9}\u{E9}"}'))
    assert.same({ name = "ab" }, given_to_init(declaration, '{"name": "ab"}'))
    assert.same({ name = "\u{E9}\u{E9}\u{E9}" }, given_to_init(declaration, '{"name": "\u{E9}\u{E9}\u{E9}"}'))
  end)

  it("has its minItems and maxItems", function()
    local declaration = 'config = { list = { type = "array", minItems = 1, maxItems = 2 } },'
    assert.equal("script.lua:3: init_config.list: expected at least 1 elements", refused(declaration, '{"list": []}'))
    assert.equal("script.lua:3: init_config.list: expected at most 2 elements", refused(declaration, '{"list": [1, 2, 3]}'))
    assert.same({ list = { 1 } }, given_to_init(declaration, '{"list": [1]}'))
    assert.same({ list = { 1, 2 } }, given_to_init(declaration, '{"list": [1, 2]}'))
  end)

  it("has an enum", function()
    local declaration = 'config = { mode = { type = "string", enum = { "fast", "slow" } } },'
    assert.same({ mode = "slow" }, given_to_init(declaration, '{"mode": "slow"}'))
    assert.equal('script.lua:3: init_config.mode: expected one of ["fast","slow"]',
      refused(declaration, '{"mode": "hunter2"}'))
  end)

  it("has items", function()
    local declaration = 'config = { ports = { type = "array", items = { type = "integer", minimum = 1 } } },'
    assert.same({ ports = { 1, 2 } }, given_to_init(declaration, '{"ports": [1, 2]}'))
    assert.equal("script.lua:3: init_config.ports[1]: expected an integer, got string",
      refused(declaration, '{"ports": [1, "hunter2"]}'))
    assert.equal("script.lua:3: init_config.ports[0]: expected at least 1", refused(declaration, '{"ports": [0]}'))
  end)

  it("has properties in properties", function()
    local declaration = [[config = { http = { type = "object", required = true, properties = {
      host = { type = "string", required = true }, port = { type = "integer", default = 80 } } } },]]
    assert.same({ http = { host = "h", port = 80 } }, given_to_init(declaration, '{"http": {"host": "h"}}'))
    assert.equal('script.lua:3: init_config.http: "host" is missing (string)', refused(declaration, '{"http": {}}'))
    assert.equal('script.lua:3: init_config: "http" is missing (object)', refused(declaration, "{}"))
  end)

  it("needs what is required", function()
    local declaration = 'config = { token = { type = "string", required = true, secret = true } },'
    assert.equal('script.lua:3: init_config: "token" is missing (string)', refused(declaration, ""))
    assert.same({ token = "t" }, given_to_init(declaration, '{"token": "t"}'))
  end)

  it("never shows a secret, nor any other value, in a message", function()
    local declaration = [[config = { token = { type = "string", secret = true, enum = { "a" } },
      port = { type = "integer", secret = true, maximum = 5 } },]]
    for _, text in ipairs { '{"token": 8765309}', '{"token": "8765309"}', '{"port": 8765309}', '{"port": "8765309"}',
                            '{"token": ["8765309"]}', '{"tokne": "8765309"}', '{"port": 8765309', '"8765309"' } do
      assert.is_nil(refused(declaration, text):find("8765309", 1, true))
    end
  end)

  it("with a key that is not declared is refused with the nearest", function()
    assert.equal('script.lua:3: init_config: unknown key "jiter"; did you mean "jitter"?', refused(JITTER, '{"jiter": 1}'))
    given.holds(refused(JITTER, '{"temperature": 1}'), 'script.lua:3: init_config: unknown key "temperature"')
  end)

  it("takes the last of equal keys, as hosts do that check it", function()
    assert.same({ jitter = 2 }, given_to_init(JITTER, '{"jitter": 1, "jitter": 2}'))
  end)

  it("is checked in both plugin APIs", function()
    assert.equal("script.lua:3: init_config.jitter: expected an integer, got string",
      refused(JITTER, '{"jitter": "a"}', { api = 0 }))
  end)
end)

describe("a config declaration", function()
  it("is shown to hosts as a schema, with required as its list, and a secret as writeOnly", function()
    local schema = schema_of [[config = { token = { type = "string", required = true, secret = true },
      jitter = { type = "integer", default = 10, description = "Random", minimum = 0 } },]]
    assert.equal("object", schema.type)
    assert.same({ "token" }, schema.required)
    assert.same({ type = "string", writeOnly = true }, schema.properties.token)
    assert.same({ type = "integer", default = 10, description = "Random", minimum = 0 }, schema.properties.jitter)
  end)

  it("permits script and lure in the schema that hosts are shown", function()
    local schema = schema_of(JITTER)
    assert.same({ type = "string" }, schema.properties.script)
    assert.same({ type = "object" }, schema.properties.lure)
    assert.is_nil(schema.required)
  end)

  it("is refused where it is no table of properties", function()
    given.holds(given.problem(showing 'config = { "jitter" },'), "script.lua:3: config: expected a table of properties by name")
    given.holds(given.problem(showing "config = { jitter = 10 },"), "script.lua:3: config.jitter: expected a table such as ")
    given.holds(given.problem(showing 'config = { jitter = { type = "int" } },'),
      'script.lua:3: config.jitter.type: expected string, integer, number, boolean, array, object or null, or a list of '
        .. 'these, got "int"')
    given.holds(given.problem(showing 'config = { jitter = { type = "integer", default = "x" } },'),
      "script.lua:3: config.jitter.default: expected an integer, got string")
    given.holds(given.problem(showing 'config = { jitter = { default = print } },'), "script.lua", "config")
  end)

  it("is refused where a host's own reader would refuse the schema", function()
    for property, expected in pairs {
      ['{ minimum = "x" }'] = 'config.a.minimum: expected a number, got "x"',
      ["{ minimum = 0/0 }"] = "is no number in JSON",
      ["{ enum = 5 }"] = "config.a.enum: expected a list of at least one value, got 5",
      ["{ enum = {} }"] = "config.a.enum: expected a list of at least one value, got an empty table",
      ['{ required = "yes" }'] = 'config.a.required: expected true or false, got "yes"',
      ["{ items = 5 }"] = 'config.a.items: expected a table such as { type = "string" }, got 5',
      ['{ items = { type = "int" } }'] = "config.a.items.type: expected string, integer",
      ['{ type = { "string", "int" } }'] = "config.a.type: expected string, integer",
      ['{ minLength = "x" }'] = 'config.a.minLength: expected an integer from 0, got "x"',
      ["{ minimum = 20, maximum = 10 }"] = "config.a: minimum is more than maximum",
      ['{ typ = "integer" }'] = 'config.a: unknown keyword "typ"; did you mean "type"?',
      ['{ properties = { b = { type = "int" } } }'] = "config.a.b.type: expected string, integer",
      ["{ secret = 1 }"] = "config.a.secret: expected true or false, got 1",
    } do
      given.holds(given.problem(showing(("config = { a = %s },"):format(property))), "script.lua", expected)
    end
    for schema, expected in pairs {
      ['{"type": "int"}'] = 'init_schema.type: expected string, integer',
      ['{"type": "array"}'] = 'init_schema.type: expected "object", got "array"',
      ['{"properties": {"a": {"minimum": "x"}}}'] = 'init_schema.a.minimum: expected a number, got "x"',
      ['{"required": true}'] = "init_schema.required: expected a list of names, got true",
    } do
      given.holds(given.problem(showing(("init_schema = '%s',"):format(schema))), "script.lua:3: ", expected)
    end
  end)

  it("has its nested required properties in the host's form, too", function()
    local schema = schema_of [[config = { l = { type = "object", properties = {
      a = { type = "integer", required = true }, b = { type = "string", secret = true } } },
      m = { type = "array", items = { type = "object", required = true, properties = { c = { required = true } } } } },]]
    assert.same({ "a" }, schema.properties.l.required)
    assert.same({ type = "integer" }, schema.properties.l.properties.a)
    assert.same({ type = "string", writeOnly = true }, schema.properties.l.properties.b)
    assert.same({ "c" }, schema.properties.m.items.required)
    assert.is_nil(schema.required)
  end)

  it("may not take the names script and lure, which are lure's own", function()
    for _, name in ipairs { "script", "lure" } do
      given.holds(given.problem(showing(('config = { %s = { type = "string" } },'):format(name))),
        ("config.%s: this key of init_config is lure's own"):format(name))
    end
  end)

  it("and init_schema are one too many", function()
    given.holds(given.problem(showing(JITTER .. "init_schema = '{}',")), "script.lua:3: config and init_schema say the same")
  end)
end)

describe("init_schema", function()
  local function whole(schema)
    return "init_schema = [==[" .. schema .. "]==],"
  end

  it("is taken as written, with script and lure permitted", function()
    local schema = schema_of(whole [[{"type": "object", "title": "T", "properties": {"a": {"type": "integer"}}}]])
    assert.equal("T", schema.title)
    assert.same({ a = { type = "integer" }, script = { type = "string" }, lure = { type = "object" } }, schema.properties)
  end)

  it("permits script and lure also where additionalProperties is false", function()
    local declaration = whole [[{"type": "object", "additionalProperties": false, "properties": {"a": {}}}]]
    local schema = schema_of(declaration)
    assert.is_false(schema.additionalProperties)
    assert.same({ type = "string" }, schema.properties.script)
    assert.same({ a = 1 }, given_to_init(declaration, '{"a": 1, "lure": {"time": 1}}'))
    schema = schema_of(whole [[{"additionalProperties": false}]])
    assert.same({ type = "object" }, schema.properties.lure)
  end)

  it("is checked: type, properties, required, enum, minimum, maximum, items; defaults are filled in", function()
    local declaration = whole [[{"type": "object", "required": ["a"], "properties": {
      "a": {"type": ["integer", "string"], "minimum": 2}, "b": {"default": [1]}, "c": {"enum": [1, "x"]}}}]]
    assert.same({ a = "s", b = { 1 } }, given_to_init(declaration, '{"a": "s"}'))
    assert.equal('script.lua:3: init_config: "a" is missing', refused(declaration, "{}"))
    assert.equal("script.lua:3: init_config.a: expected at least 2", refused(declaration, '{"a": 1}'))
    given.holds(refused(declaration, '{"a": true}'), "script.lua:3: init_config.a: got boolean")
    given.holds(refused(declaration, '{"a": 2, "c": 3}'), "script.lua:3: init_config.c: expected one of [1,\"x\"]")
  end)

  it("passes keywords that it does not know, and keys that it does not name", function()
    assert.same({ a = "x" }, given_to_init(whole [[{"type": "object", "pattern": "y", "properties": {}}]], '{"a": "x"}'))
  end)

  it("is the text of a JSON object", function()
    for _, schema in ipairs { "[]", "{", "", "text" } do
      given.holds(given.problem(showing(whole(schema))), "script.lua:3: init_schema: expected the text of a JSON object")
    end
  end)
end)

describe("the open parameters", function()
  local PARAMS = [[params = { start = { type = "integer", required = true }, step = { type = "integer", default = 2 } },
    open = function(params) return { shown = lure.json.encode(params) } end,
    next = function(i) local shown = i.shown; i.shown = nil; return shown end]]
  local PLAIN = [[open = function(params) return { shown = math.type(params) or type(params) .. ":" .. params } end,
    next = function(i) local shown = i.shown; i.shown = nil; return shown end]]

  for _, api in ipairs { 3, 0 } do
    describe("in plugin API " .. api, function()
      it("are the host's string where the script declares none", function()
        local state = support.start(given.source(PLAIN), { api = api })
        for _, text in ipairs { "", "{}", "a b", "[1" } do
          assert.same({ "string:" .. text }, given.payloads(assert(state:open(text))))
        end
      end)

      it("are decoded and checked, with defaults, where the script declares them", function()
        local state = support.start(given.source(PARAMS), { api = api })
        assert.same({ start = 1, step = 2 }, json.decode(given.payloads(assert(state:open '{"start": 1}'))[1]))
      end)

      it("are refused with what is missing or wrong, and open works after that", function()
        local state = support.start(given.source(PARAMS), { api = api })
        local function refused_with(text)
          local instance, message = state:open(text)
          assert.is_nil(instance)
          return message
        end
        assert.equal('script.lua:3: open parameters: "start" is missing (integer)', refused_with "")
        assert.equal('script.lua:3: open parameters: "start" is missing (integer)', refused_with "{}")
        assert.equal("script.lua:3: open parameters: expected a JSON object", refused_with "[]")
        given.holds(refused_with "start", "script.lua:3: open parameters: expected JSON; cannot be read from byte ")
        assert.equal("script.lua:3: open parameters.start: expected an integer, got string", refused_with '{"start": "1"}')
        assert.equal('script.lua:3: open parameters: unknown key "sart"; did you mean "start"?', refused_with '{"sart": 1}')
        assert.truthy(state:open '{"start": 1}')
      end)
    end)
  end

  it("that are {} may all be optional", function()
    local state = support.start(given.source [[params = { a = { type = "integer", default = 7 } },
      open = function(params) return { params.a } end, next = function(i) return table.remove(i) end]])
    assert.same({ "7" }, given.payloads(assert(state:open(""))))
  end)
end)

describe("open_params", function()
  local NEXT = "next = function() end,"

  for _, api in ipairs { 3, 0 } do
    it("is a list of suggestions, in plugin API " .. api, function()
      local state = support.start(given.source(NEXT
        .. 'open_params = { { value = "a", desc = "A", separator = "," }, { value = "b" } }'), { api = api })
      assert.same({ { value = "a", desc = "A", separator = "," }, { value = "b" } }, state:open_params())
    end)

    it("is a function that makes one, in plugin API " .. api, function()
      local state = support.start(given.source(NEXT
        .. 'open_params = function() return { { value = tostring(lure.now() > 0) } } end'), { api = api })
      assert.same({ { value = "true" } }, state:open_params())
    end)
  end

  it("has no empty value, for which hosts refuse the source", function()
    given.holds(given.problem(given.source(NEXT .. 'open_params = { { value = "" } }')),
      "script.lua:3: open_params: element 1: value: hosts take no empty one; leave the element out")
  end)

  it("may be empty", function()
    assert.same({}, support.start(given.source(NEXT .. "open_params = {}")):open_params())
    assert.same({}, support.start(given.source(NEXT .. "open_params = function() return {} end")):open_params())
  end)

  it("that is a function may fail", function()
    local list, message = support.start(given.source(NEXT .. 'open_params = function() error("no disk") end')):open_params()
    assert.same({ nil, "script.lua:3: open_params: no disk" }, { list, message })
    list, message = support.start(given.source(NEXT .. 'open_params = function() return nil, "no disk" end')):open_params()
    assert.same({ nil, "script.lua:3: open_params: no disk" }, { list, message })
    list, message = support.start(given.source(NEXT .. "open_params = function() return 5 end")):open_params()
    assert.is_nil(list)
    given.holds(message, "script.lua:3: open_params: expected a list, got integer 5")
    list, message = support.start(given.source(NEXT .. "open_params = function() end")):open_params()
    assert.is_nil(list)
    given.holds(message, "script.lua:3: open_params: expected a list, got nil")
  end)

  it("is refused where it is no such list", function()
    for _, value in ipairs { '{ "a" }', "{ { desc = 'x' } }", "{ { value = 1 } }", "{ a = 1 }",
                             "{ { value = 'a', desc = 1 } }", "{ { value = 'a', temperature = 1 } }" } do
      given.holds(given.problem(given.source(NEXT .. "open_params = " .. value)), "script.lua:3: ", "open_params")
    end
  end)
end)

describe("what init gets", function()
  it("has null and lists as lure.json.decode gives them", function()
    local state = support.start(given.extractor [=[
      init = function(config)
        got = ("%d %s %s %s %s"):format(#config.l, config.l[3], lure.json.encode(config.e), lure.json.encode(config.l),
          tostring(config.none == lure.json.null))
      end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() return got end } }]=],
      { config = '{"l":["a",null,"c"],"e":[],"none":null}' })
    assert.equal('3 c [] ["a",null,"c"] true', (state:extract(support.event "1", "x.y")))
  end)
end)

describe("integers above 2^63-1 and NULs", function()
  local TEXT = [[{"n":18446744073709551615,"m":9223372036854775808,"z":"\u0000x\u0000","a\u0000b":["\\u0000"]}]]
  local GOT = [[18446744073709551615 9223372036854775808 "\0x\0" \u0000 4]]
  --- A script of which `get` is what stands in its table; the event's payload is what it gets.
  local function script(get)
    return [=[local lure = require "lure"
      local shown
      local function show(config)
        local count = 0
        for _ in pairs(config) do count = count + 1 end
        return ("%s %s %q %s %d"):format(config.n, config.m, config.z, config["a\0b"][1], count)
      end
      return { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() return shown end, ]=]
      .. get .. " }"
  end
  local function first(state, params)
    local _, events = assert(state:open(params)):next_batch()
    return events[1].data
  end

  it("reach init as lure.json.decode gives them", function()
    assert.equal(GOT, first((support.start(script "init = function(config) shown = show(config) end", { config = TEXT }))))
  end)

  it("reach set_config", function()
    local state = support.start(script "set_config = function(config) shown = show(config) end", { config = "{}" })
    assert(state:set_config(TEXT))
    assert.equal(GOT, first(state))
  end)

  it("reach open, where its parameters are declared", function()
    local state = support.start(script [=[params = { n = {}, z = {} },
      open = function(params) shown = ("%s %q"):format(params.n, params.z) end]=])
    assert.equal([[18446744073709551615 "\0x\0"]], first(state, [[{"n":18446744073709551615,"z":"\u0000x\u0000"}]]))
  end)

  it("are in defaults, and in the schema that hosts see", function()
    local library = support.load_script(script [=[config = { z = { type = "string", default = "\0x\0" } },
      init = function(config) shown = ("%q"):format(config.z) end]=])
    given.holds(library:info().init_schema, [["default":"\u0000x\u0000"]])
    assert.equal([["\0x\0"]], first(assert(library:init "{}")))
  end)

  it("are told apart from texts without them", function()
    local declared = [=[config = { z = { type = "string", enum = { "a", "c\0" } } }, init = function(config) shown = config.z end]=]
    assert.equal("c\0", first((support.start(script(declared), { config = [[{"z":"c\u0000"}]] }))))
    local state, message = support.load_script(script(declared)):init [[{"z":"a\u0000"}]]
    assert.is_nil(state)
    given.holds(message, [[init_config.z: expected one of ["a","c\u0000"]])
  end)

  it("leave the place of a mistake as it is", function()
    local function problem(text)
      local state, message = support.load_script(script ""):init(text)
      assert.is_nil(state)
      return message
    end
    given.holds(problem [[{"z":"\u0000\u0000",x}]], "cannot be read from byte 21 on")
    assert.equal(problem [[{"z":"aaaaaaaaaaaa",x}]], problem [[{"z":"\u0000\u0000",x}]])
  end)

  it("are no integers for a schema: those a script can count with", function()
    local state, message = support.load_script(script [=[config = { n = { type = "integer" } },
      init = function() end]=]):init [[{"n":9223372036854775808}]]
    assert.is_nil(state)
    given.holds(message, "init_config.n: expected an integer, got a number beyond 64 bits")
  end)
end)

describe("a configuration that is null,", function()
  it("or whose part `lure` is, has nothing in it: Falco makes that of an empty map", function()
    local library = assert(support.load_script(given.field "print"))
    for _, text in ipairs { "null", " null\n", '{"lure": null}' } do
      assert(library:init(text)):destroy()
    end
    assert.is_nil((library:init '{"lure": 1}'))
    assert.is_nil((library:init "1"))
  end)
end)
