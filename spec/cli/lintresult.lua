--- Runs `lure check` on scripts, for the specs of its linter.
local program = require "spec.cli.program"
local support = require "spec.support"

local lint_result = {}

--- A script without hints about itself; `body` stands behind a head of two lines, in which `plugin` is its table.
function lint_result.script(body, name)
  return support.file([[local lure = require "lure"
local plugin = { name = "t", version = "1.0.0", id = 999, event_source = "t", description = "d", contact = "c" }
]] .. body .. "\nreturn plugin\n", name)
end

--- What `lure check` says with these words, without what the scripts are: a list of lines; and the whole result.
function lint_result.findings_of(...)
  local result = program.lure("check", ...)
  local list = {}
  for _, line in ipairs(result.lines) do
    if line:find("^[^ ]*%.lua:") or line:find("^lib[^ ]*%.so:") then list[#list + 1] = line end
  end
  return list, result
end

return lint_result
