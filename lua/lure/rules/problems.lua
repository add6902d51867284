-- problems: what is wrong with rules, or worth a look.
--
--   local found = problems.new()
--   found:add("error", value, "list x: …")          { severity =, file =, line =, message = }, each once
--   problems.fail(value, "expected %s", "a list")   throws one
--   found:catch(f, ...)                             f(...), and adds what it throws; false if it does
--
-- A place is a value of yaml.lua, or any table with a `file` and a `line`. A severity is "error", for which Falco
-- refuses the file, "warning", of which Falco warns, or "hint", of what Falco says nothing.

local Problems = {}
Problems.__index = Problems

local Problem = {}

local problems = {}

function problems.new() return setmetatable({ list = {}, errors = 0, known = {} }, Problems) end

function Problems:add(severity, place, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  local file, line = place.file and place.file.name, place.line
  local key = ("%s:%s:%s"):format(file, line, message)
  if self.known[key] then return end
  self.known[key] = true
  if severity == "error" then self.errors = self.errors + 1 end
  self.list[#self.list + 1] = { severity = severity, file = file, line = line, message = message }
end

function problems.fail(place, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error(setmetatable({ place = place, message = message }, Problem), 0)
end

local function traced(thrown)
  if getmetatable(thrown) == Problem then return thrown end
  return debug.traceback(tostring(thrown), 2)
end

function Problems:catch(f, ...)
  local done, thrown = xpcall(f, traced, ...)
  if done then return true end
  if getmetatable(thrown) ~= Problem then error(thrown, 0) end
  self:add("error", thrown.place, thrown.message)
  return false
end

-- "rules.yaml:3: message", or what there is of it.
function problems.text(problem)
  if not problem.file then return problem.message end
  if not problem.line then return ("%s: %s"):format(problem.file, problem.message) end
  return ("%s:%d: %s"):format(problem.file, problem.line, problem.message)
end

return problems
