-- refusal: functions that throw a problem, a table, for what they refuse; whatever else they throw is a fault of ours.
--
--   refusal.caught(f, ...)          what f(...) answers; or nil and the problem

local refusal = {}

local function answer(done, result, ...)
  if done then return result, ... end
  if type(result) ~= "table" then error(result, 0) end
  return nil, result
end

function refusal.caught(f, ...) return answer(pcall(f, ...)) end

return refusal
