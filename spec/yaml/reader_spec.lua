local yaml = require "spec.yaml"

-- The JSON text that Falco makes of a map with the key a.
local function config(value)
  return yaml.configuration(("plugins: [{ init_config: { a: %s } }]"):format(value)).plugins[1].init_config
end

describe("YAML, as Falco reads it,", function()
  it("has scalars in init_config that are what they look like, in quotes or not", function()
    for written, read in pairs {
      ["12345"] = "12345", ['"12345"'] = "12345", ['"0123"'] = "83", ['"yes"'] = "true", ["off"] = "false",
      ['"1e5"'] = "1e+05", ["0x10"] = "16", ['"12 "'] = "12", ["3000000000"] = "3e+09", ["~"] = "null", ["[]"] = "null",
      ["word"] = '"word"', ['" 12"'] = '" 12"', ['""'] = '""', ['"inf"'] = '"inf"', ["[1, b]"] = '[1,"b"]',
    } do
      assert.equal(('{"a":%s}'):format(read), config(written), written)
    end
  end)

  it("has texts everywhere else", function()
    assert.same({ { a = "0123", plugins = { { init_config = '{"a": "0123"}' } } } },
      (yaml.read [[{ a: 0123, plugins: [{ init_config: '{"a": "0123"}' }] }]]))
  end)

  it("has variables in falco.yaml, and none in rules", function()
    local text = 'a: ["${WORD}", "$${WORD}", "$1 ${WORD}", "<${NONE}>"]'
    assert.same({ "hello", "${WORD}", "$1 ${WORD}", "<>" }, yaml.configuration(text, "WORD=hello").a)
    assert.same({ "${WORD}", "$${WORD}", "$1 ${WORD}", "<${NONE}>" }, yaml.read(text)[1].a)
  end)

  it("is refused where yaml-cpp or libyaml refuses it", function()
    for _, text in ipairs { "output: %user", "a: [", "a: `x`", "a: \xC2\x80" } do
      local documents, problem = yaml.read(text)
      assert.is_nil(documents, text)
      assert.matches("^[%a-]+: ", problem)
    end
  end)
end)
