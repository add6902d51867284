-- contains: whether a list has a value.
--
--   contains({ "syscall", "doors" }, "doors")
return function(list, wanted)
  for _, one in ipairs(list) do
    if one == wanted then return true end
  end
  return false
end
