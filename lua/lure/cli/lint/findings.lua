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

-- Those from the nth on by file, as the files came, and line; what has no line is first.
function findings:sort_from(first)
  local order, keys = {}, {}
  for i = first, #self.list do
    local finding = self.list[i]
    order[finding.file] = order[finding.file] or i
    keys[finding] = { order[finding.file], finding.line or 0, i }
  end
  local rest = table.move(self.list, first, #self.list, 1, {})
  table.sort(rest, function(a, b)
    for level, key in ipairs(keys[a]) do
      if key ~= keys[b][level] then return key < keys[b][level] end
    end
    return false
  end)
  table.move(rest, 1, #rest, first, self.list)
end

return findings
