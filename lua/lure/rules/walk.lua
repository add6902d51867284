-- walk: every node of a condition, and every operand in it.
--
--   walk.each(node, visit)          visit(part); true ends it, and is the answer

local walk = {}

function walk.each(node, visit)
  if visit(node) then return true end
  for _, key in ipairs { "left", "right", "child" } do
    if node[key] and walk.each(node[key], visit) then return true end
  end
  for _, key in ipairs { "children", "args", "values" } do
    for _, part in ipairs(node[key] or {}) do
      if walk.each(part, visit) then return true end
    end
  end
  return false
end

return walk
