-- .github: the workflow is YAML that calls .ci/run on each Debian that README.md names, and templates have front matter.

local pages = require "spec.docs.pages"
local yaml = require "spec.yaml"

describe("the workflow for GitHub Actions", function()
  local workflow = assert(yaml.read(pages.read(".github/workflows/ci.yml")))[1]
  local test = workflow.jobs.test

  it("calls .ci/run, and tests nothing else", function()
    local commands = {}
    for _, step in ipairs(test.steps) do commands[#commands + 1] = step.run end
    assert.equal(".ci/run", commands[#commands])
    for _, command in ipairs(commands) do assert.not_matches("script/", command) end
  end)

  it("thereby runs test commands of README.md, and nothing else", function()
    local commands, allowed = 0, { ["#!/usr/bin/env"] = true, ["#"] = true, set = true, cd = true, export = true, ["["] = true }
    for line in pages.read(".ci/run"):gmatch("[^\n]+") do
      local command = line:gsub("^exec ", "")
      if command:find("^script/") then
        assert.matches("[`\n$ ]" .. command:gsub("%-", "%%-") .. "[` ]", pages.read("README.md"))
        commands = commands + 1
      else
        assert.is_true(allowed[line:match("^[^%s]+")] ~= nil, line)
      end
    end
    assert.equal(2, commands)
  end)

  it("runs in Debian 12 and 13, on both architectures", function()
    assert.equal("debian:${{ matrix.debian }}", test.container.image)
    assert.same({ "bookworm", "trixie" }, test.strategy.matrix.debian)
    assert.same({ "amd64", "arm64" }, test.strategy.matrix.architecture)
  end)
end)

describe("a template", function()
  for _, name in ipairs { "bug", "feature" } do
    it(name .. " says what it is for", function()
      local front = pages.read((".github/ISSUE_TEMPLATE/%s.md"):format(name)):match("^%-%-%-\n(.-)\n%-%-%-\n")
      local read = assert(yaml.read(front))[1]
      assert.is_true(#read.name > 0 and #read.about > 0)
    end)
  end
end)

describe("CHANGELOG.md", function()
  it("has a section for this version, and one for what comes", function()
    local log = pages.read("CHANGELOG.md")
    local version = pages.read("VERSION"):gsub("%s", "")
    assert.matches("\n## [" .. version .. "] - 20", log, 1, true)
    assert.matches("\n## [Unreleased]\n", log, 1, true)
  end)
end)
