-- findings: what is wrong with a script, or worth a look: { file =, line = or nil, severity = "error" or
-- "hint", message = }, each once.

local findings = {}
findings.__index = findings

function findings.new() return setmetatable({ list = {}, errors = 0, known = {} }, findings) end

function findings:add(severity, file, line, message)
  local key = ("%s:%s:%s"):format(file, line, message)
  if self.known[key] then return end
  self.known[key] = true
  self.list[#self.list + 1] = { file = file, line = line, severity = severity, message = message }
  if severity == "error" then self.errors = self.errors + 1 end
end

-- Adds an error that has its place in it, as "FILE:LINE: message" or "FILE: message"; without one it is `file`'s.
function findings:add_placed(problem, file)
  local at, line, message = problem:match("^([^%s:][^:]*):(%d+): (.*)$")
  if not at then at, message = problem:match("^([^:]*%.lua): (.*)$") end
  if not at then at, message = problem:match("^(/[^:]*): (.*)$") end
  self:add("error", at or file, math.tointeger(line), message or problem)
end

return findings
