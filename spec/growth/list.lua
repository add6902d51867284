--- n texts in one, with a separator (by default a comma) between: `element`, in which "@" stands for 1 to n.
return function(n, element, separator)
  local parts = {}
  for i = 1, n do
    parts[i] = (element:gsub("@", i))
  end
  return table.concat(parts, separator or ",")
end
