-- docs/architecture.md names every directory of src and of spec, and its layers are those of the sources.

local pages = require "spec.docs.pages"
local support = require "spec.support"

local page = pages.read("docs/architecture.md")

local function directories(path)
  local list = {}
  for name in support.run(("cd %s && ls -d %s/*/"):format(support.quote(pages.source), path)):gmatch("([^/\n]+)/\n") do
    list[#list + 1] = name
  end
  return list
end

--- By directory of src: its layer, counted from the top. In a row of the table they share one.
local function layers()
  local layer, row = {}, 0
  for names in page:match("## Layers(.-)\n## "):gmatch("\n| ([^|]*`src/[^|]*) |") do
    row = row + 1
    for name in names:gmatch("`src/(%w+)`") do layer[name] = row end
  end
  return layer
end

describe("docs/architecture.md", function()
  it("names every directory of src", function()
    local layer = layers()
    for _, name in ipairs(directories "src") do assert.is_number(layer[name], name) end
  end)

  it("has the layers that the sources have: each directory includes only headers of layers below it", function()
    local layer, included = layers(), 0
    layer.base, layer.lua = layer.lua, layer.lua -- beside each other in the picture, and so are these
    layer.modules, layer.hostconfig = layer.hostconfig, layer.hostconfig
    local beside = { testhost = { v3 = true, v0 = true, base = true, hostconfig = true, regex = true },
      cli = { base = true, net = true, file = true, event = true } }
    local grep = ("cd %s/src && grep -roE '#include \"[a-z0-9]+/[a-z0-9_]+[.]h' ."):format(support.quote(pages.source))
    for from, to in support.run(grep):gmatch("%./(%w+)/[^:\n]*:#include \"(%w+)/") do
      if from ~= to then
        local allowed = beside[from] and beside[from][to] or not beside[from] and layer[from] < layer[to]
        assert.is_true(allowed, ("src/%s includes a header of src/%s"):format(from, to))
        included = included + 1
      end
    end
    assert.is_true(included > 100)
  end)

  it("has pictures that are XML", function()
    local pictures = 0
    for name in page:gmatch("%]%((architecture[%w-]*%.svg)%)") do
      local text, open = pages.read("docs/" .. name), {}
      for closing, element, ending in text:gsub("<!%-%-.-%-%->", ""):gmatch("<(/?)(%w+)[^<>]-(/?)>") do
        if closing == "/" then assert.equal(table.remove(open), element)
        elseif ending == "" then open[#open + 1] = element end
      end
      assert.equal(0, #open)
      assert.not_matches("&%f[^&a]", text)
      pictures = pictures + 1
    end
    assert.equal(4, pictures)
  end)
end)
