-- priorities: how urgent a rule is, most urgent first, as Falco names them.
--
--   priorities.read("info")      its number, from 0; nil: there is none of that name
--   priorities.names[7]          "Informational": by number + 1

local priorities = {
  names = { "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug" },
}

local by_name = { info = 6 }
for i, name in ipairs(priorities.names) do by_name[name:lower()] = i - 1 end

function priorities.read(name) return by_name[name:lower()] end

-- The names in words, for messages.
function priorities.all() return table.concat(priorities.names, ", ") end

return priorities
