-- eventfilter: --filter CONDITION: which events a command shows.
--
--   local shows = eventfilter.new(text, info)     a usage error where the condition is wrong; findings are told
--   shows(view, event)                            true or false; to be asked of every event, in order

local condition = require "lure.rules.condition"
local fields = require "lure.rules.fields"
local filter = require "lure.rules.filter"
local lexer = require "lure.rules.lexer"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"

local eventfilter = {}

-- "column 5", with the line where there are several.
local function place(text, at)
  local line, column = lexer.place(text, at)
  return text:find("\n", 1, true) and ("line %d, column %d"):format(line, column) or ("column %d"):format(column)
end

function eventfilter.new(text, info)
  local node, problem = condition.parse(text)
  if not node then stop.usage("--filter: %s: %s", place(text, problem.at), problem.message) end
  local check, findings = filter.compile(node, fields.new(info))
  if not check then stop.usage("--filter: %s: %s", place(text, findings.at), findings.message) end
  for _, finding in ipairs(findings) do
    terminal.note(("lure: --filter: %s: %s"):format(place(text, finding.at), finding.message))
  end
  return function(view, event)
    local done, result = pcall(check, view, event)
    if done then return result end
    if type(result) == "table" and result.pattern then stop.failed("--filter: %s", result.message) end
    error(result, 0)
  end
end

return eventfilter
