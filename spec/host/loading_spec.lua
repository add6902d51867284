local host = require "lure.host"
local support = require "spec.support"

local function plugin(name)
  return ("%s/spec/%s.so"):format(support.build, name)
end

local function refusal(name, options)
  local library, message, detail = host.load(plugin(name), options)
  assert.is_nil(library)
  return message, detail
end

local function fault(name)
  return refusal("faulty_v3", { env = { FAULT = name } })
end

local function fields(json)
  return refusal("faulty_v3", { env = { FIELDS = json } })
end

describe("loading a plugin of API 3", function()
  it("tells what the plugin says of itself", function()
    local info = assert(host.load(plugin "counter_v3")):info()
    assert.equal("3.0.0", info.api)
    assert.equal("counter", info.name)
    assert.equal("Numbers that grow", info.description)
    assert.equal("specs of lure.host", info.contact)
    assert.equal("1.2.3", info.version)
    assert.equal(77, info.id)
    assert.equal("counter", info.event_source)
    assert.equal('{"type":"object"}', info.init_schema)
  end)

  it("infers the capabilities from the symbols", function()
    local info = assert(host.load(plugin "counter_v3")):info()
    assert.same({ sourcing = true, extraction = true, parsing = false, async = false, listening = false },
      info.capabilities)
    assert.is_true(info.symbols.get_progress)
    assert.is_false(info.symbols.parse_event)
  end)

  it("lists the fields as libsinsp reads them", function()
    local list = assert(host.load(plugin "counter_v3")):info().fields
    assert.same({
      id = 7, name = "counter.digits", type = "string", desc = "The digits", list = true, add_output = true,
      properties = { "hidden" }, arg = { required = false, index = false, key = false },
    }, list[8])
    assert.same({ required = true, index = true, key = false }, list[9].arg)
    assert.equal("What was said", list[10].display)
  end)

  it("counts a plugin's own source among those it extracts from", function()
    assert.same({ "counter" }, assert(host.load(plugin "counter_v3")):info().extract_event_sources)
    assert.same({ "counter" }, assert(host.load(plugin "counter_v0")):info().extract_event_sources)
    assert.same({ "counter", "text" }, assert(host.load(plugin "extractor_v3")):info().extract_event_sources)
  end)

  it("of which nothing is a plugin names the dynamic loader's reason", function()
    local message = refusal("none")
    assert.truthy(message:find("cannot load plugin " .. plugin "none", 1, true))
    assert.truthy(message:find("can't load plugin dynamic library: ", 1, true))
  end)

  it("from what is no regular file is refused at once, though the dynamic loader would wait for a pipe's writer", function()
    local pipe = support.folder() .. "/pipe.so"
    support.run("mkfifo " .. pipe)
    for _, path in ipairs { pipe, support.folder() } do
      local library, message = host.load(path)
      assert.is_nil(library)
      assert.equal("cannot load plugin " .. path .. ": is no regular file; expected a plugin's library (.so)", message)
    end
  end)

  it("whose version is no version shows the whole text and keeps it", function()
    local message, detail = fault "text"
    assert.truthy(message:find("plugin provided an invalid required API version: 'dummy.lua:3: unexpected", 1, true))
    assert.equal("dummy.lua:3: unexpected symbol near 'x'", detail.required_api_version)
  end)

  it("refuses another major version, or a minor one above the host's", function()
    assert.truthy(fault("major"):find("'2.0.0' not compatible with the framework's API version '3." .. support.newest_minor .. ".0'",
      1, true))
    assert.truthy(fault("minor"):find("framework's minor is less than the requested one", 1, true))
    local message = refusal("extractor_v3", { minor = 11 })
    assert.truthy(message:find("'3.12.0' not compatible with the framework's API version '3.11.0'", 1, true))
  end)

  it("names the first required symbol that is missing", function()
    assert.truthy(refusal("bare_v3"):find("required symbol not implemented: 'get_version'", 1, true))
  end)

  it("refuses a plugin that can do nothing", function()
    local names = { "get_required_api_version", "get_version", "get_name", "get_description", "get_contact", "init",
      "destroy", "get_last_error" }
    local message = refusal("counter_v3", { symbols_only = names })
    assert.truthy(message:find("plugin does not implement any capability", 1, true))
  end)

  it("refuses half a capability", function()
    local names = { "get_required_api_version", "get_version", "get_name", "get_description", "get_contact", "init",
      "destroy", "get_last_error", "open", "next_batch" }
    local message = refusal("counter_v3", { symbols_only = names })
    assert.truthy(message:find("must implement all of 'plugin_open'", 1, true))
    names[9], names[10] = "extract_fields", nil
    message = refusal("counter_v3", { symbols_only = names })
    assert.truthy(message:find("must implement both 'plugin_get_fields'", 1, true))
  end)

  it("refuses an id without a source, and a source without an id", function()
    assert.truthy(fault("id"):find("must implement both 'plugin_get_id' and", 1, true))
    assert.truthy(fault("source"):find("must implement both 'plugin_get_id' and", 1, true))
  end)

  it("refuses what libsinsp does not accept as a declaration", function()
    assert.truthy(fault("version"):find("plugin provided an invalid version string: 'one'", 1, true))
    assert.truthy(fault("syscall"):find("plugin can't implement the reserved event source 'syscall'", 1, true))
    for _, sources in ipairs { "sources", "nested sources" } do
      assert.equal("error in plugin faulty: 'get_extract_event_sources' did not return a json array", fault(sources))
    end
    assert.truthy(fault("null"):find("plugin_get_required_api_version answered NULL", 1, true))
  end)

  it("takes names that are no texts as libsinsp does", function()
    local library = assert(host.load(plugin "faulty_v3", { env = { FAULT = "odd sources" } }))
    assert.same({ "5", "true", "faulty" }, library:info().extract_event_sources)
  end)

  it("refuses a field list that libsinsp cannot use", function()
    local begin = "error in plugin faulty: "
    assert.equal(begin .. "get_fields returned an invalid JSON", fields "{}")
    assert.equal(begin .. "get_fields returned an invalid JSON", fields "[")
    assert.equal(begin .. "plugins with extraction capability must export at least one field", fields "[]")
    assert.equal(begin .. "field JSON entry has no type", fields '[{"name": "a.b"}]')
    assert.equal(begin .. "field JSON entry has no name", fields '[{"type": "string"}]')
    assert.equal(begin .. "field JSON entry has no desc", fields '[{"type": "string", "name": "a.b"}]')
    assert.equal(begin .. "invalid field type int", fields '[{"type": "int", "name": "a.b", "desc": "-"}]')
    assert.equal(begin .. "field a.b isList property is not boolean",
      fields '[{"type": "string", "name": "a.b", "desc": "-", "isList": 1}]')
    assert.equal(begin .. "field a.b arg has isRequired true, but none of isKey nor isIndex is true",
      fields '[{"type": "string", "name": "a.b", "desc": "-", "arg": {"isRequired": true}}]')
  end)

  it("looks up only what a host of that minor version knows", function()
    assert.is_true(assert(host.load(plugin "counter_v3", { minor = 12 })):info().symbols.extract_fields)
    local message = refusal("extractor_v3", { minor = 0 })
    assert.truthy(message:find("'3.0.0'", 1, true))
  end)

  it("again makes all look-ups and checks again", function()
    local library = assert(host.load(plugin "faulty_v3", { env = { FAULT = false } }))
    assert.equal("faulty", assert(library:loading_again()):info().name)
  end)

  it("sets the environment back afterwards", function()
    fault "version"
    assert.is_nil(os.getenv("FAULT"))
  end)

  it("refuses options that it does not know", function()
    assert.has_error(function() host.load(plugin "counter_v3", { minro = 3 }) end, 'unknown option "minro"')
  end)
end)

describe("loading a plugin of API 0.3.0", function()
  it("is chosen by the symbol that only those have", function()
    local info = assert(host.load(plugin "counter_v0")):info()
    assert.equal("0.3.0", info.api)
    assert.equal(77, info.id)
    assert.equal("counter", info.event_source)
    assert.same({ sourcing = true, extraction = true, parsing = false, async = false, listening = false },
      info.capabilities)
    assert.is_true(info.fields[2].arg.required)
  end)

  it("knows extractors, and the sources that they want", function()
    local info = assert(host.load(plugin "extractor_v0")):info()
    assert.equal("0.2.0", info.api)
    assert.is_nil(info.id)
    assert.is_nil(info.event_source)
    assert.same({ "counter" }, info.extract_event_sources)
    assert.is_false(info.capabilities.sourcing)
  end)

  it("refuses one of API 3, in the words of that time", function()
    local library, message, detail = host.load(plugin "counter_v3", { api = 0 })
    assert.is_nil(library)
    assert.truthy(message:find("Unsupported plugin required api version 3.0.0", 1, true))
    assert.equal("3.0.0", detail.required_api_version)
  end)

  it("names the first symbol that is missing", function()
    local message = refusal("counter_v0", { symbols_only = { "get_required_api_version", "get_type" } })
    assert.truthy(message:find("Dynamic library symbol plugin_get_last_error not present", 1, true))
  end)
end)

describe("a message of lure.host", function()
  it("that is cut ends with a whole character", function()
    for shift = 0, 3 do
      local script = ('error("%s" .. ("\u{20AC}"):rep(2000), 0)'):format(("x"):rep(shift))
      local restore = host.redirect_stderr("/dev/null")
      local _, message = support.load_script(script)
      restore()
      assert.truthy(utf8.len(message), "shifted by " .. shift)
      assert.is_true(#message > 900)
    end
  end)
end)
