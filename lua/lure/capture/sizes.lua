-- sizes: about how many bytes of memory it takes to keep what a capture says.
--
--   sizes.ENTRY, sizes.ELEMENT    a thread or descriptor, and an element of a list, beside their texts
--   sizes.of(values)              the texts in a table, and in the tables in it; what is in a list is an element

local sizes = { ENTRY = 1024, ELEMENT = 128 }

function sizes.of(values)
  local size = 0
  for key, value in pairs(values) do
    if type(value) == "string" then
      size = size + #value + (math.type(key) and sizes.ELEMENT or 0)
    elseif type(value) == "table" then
      size = size + sizes.ELEMENT + sizes.of(value)
    end
  end
  return size
end

return sizes
