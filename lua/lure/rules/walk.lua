-- walk: every node of a condition, and every operand in it, but the values of lists, which may be many.
--
--   walk.each(node, visit)          visit(part); true ends it, and is the answer

local walk = {}

local ONE <const>, MANY <const> = { "left", "right", "child" }, { "children", "args", "values" }

function walk.each(node, visit)
  if visit(node) then return true end
  if node.kind == "list" then return false end
  for _, key in ipairs(ONE) do
    local part = node[key]
    if part and walk.each(part, visit) then return true end
  end
  for _, key in ipairs(MANY) do
    local list = node[key]
    for i = 1, list and #list or 0 do
      if walk.each(list[i], visit) then return true end
    end
  end
  return false
end

return walk
