-- What README.md says is so: its plugin, its commands, the files that it and the pages of docs name, and their links.

local folder = require "spec.hosts.testdirectory"
local pages = require "spec.docs.pages"
local support = require "spec.support"

local read, source = pages.read, pages.source
local readme = read("README.md")

local documents = {}
for path in support.run(("cd %s && ls *.md docs/*.md .github/*.md"):format(source)):gmatch("[^\n]+") do
  documents[#documents + 1] = path
end

--- The anchors of a page, as GitHub makes them of its headings.
local function anchors(page)
  local set = {}
  for heading in ("\n" .. page:gsub("\n```.-\n```", "")):gmatch("\n#+ ([^\n]*)") do
    set[heading:lower():gsub("[^%w _-]", ""):gsub(" ", "-")] = true
  end
  return set
end

describe("README.md", function()
  it("is short, and shows a plugin and how to run it on its first screen", function()
    local lines, command = 0, nil
    for line in readme:gmatch("([^\n]*)\n") do
      lines = lines + 1
      if line:find("^%$ ") and not command then command = lines end
    end
    assert.is_true(lines <= 165)
    assert.is_true(command < 30)
  end)

  it("shows plugins that are the examples, and what their commands print", function()
    local count = 0
    for plugin, command, shown in readme:gmatch("```lua\n(.-)```\n\n```console\n%$ (build/bin/lure [^\n]+)\n(.-)```") do
      assert.equal(read(("examples/%s.lua"):format(plugin:match "^%-%- (%w+):")), plugin)
      local output, status = support.run(("cd %s && %s 2>/dev/null"):format(source, (command:gsub("^build", support.build))))
      assert.equal(0, status, output)
      assert.equal(shown, output)
      count = count + 1
    end
    assert.equal(2, count)
  end)

  it("names every example", function()
    for path in support.run(("cd %s && ls examples/*.lua"):format(source)):gmatch("[^\n]+") do
      assert.is_truthy(readme:find(("`%s`"):format(path), 1, true), path)
    end
  end)

  it("has a picture of what its first command and others print", function()
    local output, status = support.run(("LURE_BUILD=%s %s --check"):format(support.quote(support.build),
      support.quote(source .. "/script/picture")))
    assert.equal(0, status, output)
  end)
end)

describe("the documentation", function()
  --- Calls `f` with every command of the page's console blocks.
  local function each_command(document, f)
    for _, block in ipairs(pages.blocks(read(document))) do
      for _, command in ipairs(block.kind == "console" and pages.commands(block.text) or {}) do f(command.command) end
    end
  end

  it("shows commands that run, in a directory with the example and the library", function()
    local place, run = pages.place(), 0
    support.run(("cp %s/examples/accounts.lua %s/lib/liblure.so %s"):format(support.quote(source),
      support.quote(support.build), support.quote(place.path)))
    for _, document in ipairs { "README.md", "docs/falco.md" } do
      each_command(document, function(command)
        if command:find("^sysdig") and not pages.has_sysdig() then
          folder.declare_missing("sysdig of forky")
        elseif not command:find("^[%w.]+/") then -- those belong to the source tree
          local output, status = place.run(command)
          assert.equal(0, status, command .. "\n" .. output)
          run = run + 1
        end
      end)
    end
    assert.is_true(run >= 7)
  end)

  it("shows commands whose scripts, specs and examples exist", function()
    local named = 0
    for _, document in ipairs { "README.md", "CONTRIBUTING.md" } do
      each_command(document, function(command)
        for path in command:gmatch("%f[%w]%l+/[%w_/.-]+") do
          if path:find("^script/") or path:find("^spec/") or path:find("^examples/") then
            assert(io.open(source .. "/" .. path)):close()
            named = named + 1
          end
        end
      end)
    end
    assert.is_true(named >= 12)
  end)

  it("tells what each preset is for", function()
    local page = read("CONTRIBUTING.md")
    for name in read("CMakePresets.json"):gmatch('"name": "([%w_-]+)"') do
      assert.matches("\n| [^|]*`" .. name:gsub("%-", "%%-") .. "`[^|]* | ", page)
    end
  end)

  it("shows how lure.host is used by code that runs", function()
    local code = read("CONTRIBUTING.md"):match("\n```lua\n(local host = .-)```")
    local printed
    local chunk = assert(load(code:gsub("build/", support.build .. "/"):gsub("examples/", source .. "/examples/"), "=page", "t",
      setmetatable({ print = function(...) printed = { ... } end }, { __index = _G })))
    chunk()
    assert.same({ "2", 2 }, printed)
  end)

  it("shows a spec that passes", function()
    local code = read("CONTRIBUTING.md"):match("\n```lua\n(it%(.-)```")
    assert(load(code, "=page", "t", setmetatable({ support = support, assert = assert,
      it = function(_, f) f() end }, { __index = _G })))()
  end)

  it("has links that lead somewhere", function()
    local links = 0
    for _, document in ipairs(documents) do
      local here = document:match("^(.*/)") or ""
      for link in read(document):gmatch("%]%(([^)]*)%)") do
        if not link:find("^https://") then
          local path, anchor = link:match("^([^#]*)#?(.*)$")
          local target = path == "" and document or here .. path
          local page = read(target)
          if anchor ~= "" then assert.is_true(anchors(page)[anchor], document .. ": " .. link) end
        end
        links = links + 1
      end
    end
    assert.is_true(links > 40)
  end)

  it("names only files that exist, and directories that presets make", function()
    local presets = read("CMakePresets.json")
    for _, document in ipairs(documents) do
      local page = document ~= "docs/tutorial.md" and read(document) or "" -- that one makes files, and is run
      for path in page:gmatch("`([%l]+/[%w_/.]+)`") do
        local built = path:match("^build/(.+)") or path:match("^bin/.+") or path:match("^lib/.+")
        local file = io.open(built and support.build .. "/" .. built or source .. "/" .. path)
        if file then file:close() end
        assert.is_true(file ~= nil or presets:find("{sourceDir}/" .. path, 1, true) ~= nil, document .. " names " .. path)
      end
    end
  end)
end)
