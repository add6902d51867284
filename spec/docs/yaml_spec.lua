-- Every YAML in README.md and docs is YAML: for Falco (yaml-cpp), and for libyaml.

local support = require "spec.support"
local yaml = require "spec.yaml"

local source = os.getenv("LURE_SOURCE") or "."

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

-- The ```yaml blocks of a page.
local function blocks_of(page)
  local blocks = {}
  for text in page:gmatch("\n```yaml\n(.-)\n```") do blocks[#blocks + 1] = text .. "\n" end
  return blocks
end

describe("documentation", function()
  local pages = {}
  for path in support.run(("ls %s/README.md %s/docs/*.md"):format(source, source)):gmatch("[^\n]+") do
    pages[#pages + 1] = path
  end

  it("has YAML that both parsers take, and outputs that begin with a field in quotes", function()
    assert.is_true(#pages >= 7)
    for _, path in ipairs(pages) do
      local page = read(path)
      for _, block in ipairs(blocks_of(page)) do assert(yaml.read(block, true)) end
      assert.not_matches("output: +%%", page, nil, false)
    end
  end)

  for _, page in ipairs { "README.md", "docs/falco.md" } do
    it("shows the entry of a plugin, and a rule for it, in " .. page, function()
      local blocks = blocks_of(read(source .. "/" .. page))
      local configuration = yaml.configuration(blocks[1])
      assert.same({ "accounts" }, configuration.load_plugins)
      assert.same({ "accounts", "/etc/passwd", '{"script":"accounts.lua"}' }, { configuration.plugins[1].name,
        configuration.plugins[1].open_params, configuration.plugins[1].init_config })
      assert.equal(page == "docs/falco.md" and "nodriver" or nil, configuration.engine and configuration.engine.kind)
      local rules = yaml.read(blocks[2])[1]
      assert.equal("Account %account.name has the number 0", rules[1].output)
      assert.equal("accounts", rules[1].source)
    end)
  end
end)
