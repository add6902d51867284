local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local EXAMPLES = (os.getenv("LURE_SOURCE") or ".") .. "/examples/"

local function start(name, options)
  return support.start(EXAMPLES .. name .. ".lua", options)
end

for _, api in ipairs { 3, 0 } do
  for name, id in pairs { dummy = 999, dummy_c = 998 } do
    describe(("examples/%s.lua in plugin API %d"):format(name, api), function()
      local function instance_of(params, config)
        local state = start(name, { api = api, config = config or '{"jitter": 0}' })
        return assert(state:open(params)), state
      end

      it("has its id, the source dummy, and three fields", function()
        local info = assert(support.load_script(EXAMPLES .. name .. ".lua", { api = api })):info()
        assert.same({ name, id, "dummy" }, { info.name, info.id, info.event_source })
        local fields = {}
        for i, field in ipairs(info.fields) do
          fields[i] = field.name .. " " .. field.type .. (field.arg.required and " required" or "")
        end
        assert.same({ "dummy.value uint64", "dummy.strvalue string", "dummy.divisible uint64 required" }, fields)
      end)

      it("delivers samples that grow from start, maxEvents of them", function()
        assert.same({ { "11", "12", "13" }, "eof" }, { given.payloads((instance_of '{"start": 10, "maxEvents": 3}')) })
        assert.same({ {}, "eof" }, { given.payloads((instance_of '{"start": 10, "maxEvents": 0}')) })
      end)

      it("adds up to jitter to each", function()
        local last = 0
        for _, text in ipairs((given.payloads((instance_of('{"start": 0, "maxEvents": 200}', '{"jitter": 4}'))))) do
          local step = tonumber(text) - last
          assert.is_true(step >= 1 and step <= 5)
          last = tonumber(text)
        end
      end)

      it("extracts the sample, as a number and as text, and what divides it", function()
        local instance, state = instance_of '{"start": 11, "maxEvents": 1}'
        local _, events = instance:next_batch()
        local event = events[1]
        assert.equal(12, state:extract(event, "dummy.value"))
        assert.equal("12", state:extract(event, "dummy.strvalue"))
        assert.equal(1, state:extract(event, "dummy.divisible[3]"))
        assert.equal(0, state:extract(event, "dummy.divisible[5]"))
        local value, message = state:extract(event, "dummy.divisible[0]")
        assert.is_nil(value)
        given.holds(message, name .. ".lua:", "the argument must not be 0")
      end)

      it("shows the sample as JSON", function()
        local instance, state = instance_of '{"start": 8, "maxEvents": 1}'
        local _, events = instance:next_batch()
        assert.equal(name == "dummy" and '{"sample": "9"}' or '{"sample": 9}', state:to_string(events[1]))
      end)

      it("refuses a jitter that is no integer, or negative", function()
        local library = assert(support.load_script(EXAMPLES .. name .. ".lua", { api = api }))
        for _, config in ipairs { '{"jitter": "a"}', '{"jitter": -1}', '{"jitter": 1.5}' } do
          local state, message = library:init(config)
          assert.is_nil(state)
          given.holds(message, "jitter")
        end
      end)
    end)
  end
end

describe("examples/dummy.lua", function()
  it("names what is wrong with its parameters", function()
    local state = start "dummy"
    for params, words in pairs {
      ["start"] = { "open parameters: expected JSON" }, ['{"maxEvents": 1}'] = { '"start" is missing' },
      ['{"start": 1}'] = { '"maxEvents" is missing' }, [""] = { "is missing" },
      ['{"start": "1", "maxEvents": 1}'] = { "open parameters.start: expected an integer, got string" },
      ['{"start": -1, "maxEvents": 1}'] = { "open parameters.start: expected at least 0" },
    } do
      local instance, message = state:open(params)
      assert.is_nil(instance)
      given.holds(message, "dummy.lua:", table.unpack(words))
    end
  end)

  it("suggests parameters that work", function()
    local state = start "dummy"
    local suggestions = state:open_params()
    assert.equal(20, #(given.payloads(assert(state:open(suggestions[1].value)))))
  end)

  it("has no values for events that are not its own", function()
    local state = start "dummy"
    assert.is_nil((state:extract(support.event "no number", "dummy.value")))
    assert.equal("no number", state:to_string(support.event "no number"))
  end)
end)

describe("examples/dummy_c.lua", function()
  it("takes empty config and parameters as defaults", function()
    local state = start "dummy_c"
    assert.equal(20, #(given.payloads(assert(state:open()))))
  end)

  it("refuses parameters that are not JSON", function()
    local instance, message = start("dummy_c"):open "start"
    assert.is_nil(instance)
    given.holds(message, "open: ")
  end)
end)
