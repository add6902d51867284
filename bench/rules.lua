-- lua5.4 bench/rules.lua FOLDER
-- Writes fifty conditions of five checks over the fields of bench/plugins/dummy.lua: rules_50.txt, one a line, for
-- libsinsp, and rules_50.yaml, as rules. The first four checks are true of each event, the last of none.

local folder = arg[1]
local RULES <const> = 50

-- The last check is another one each time, so that no filter can take it from another.
local LAST <const> = { "dummy.value = %d", "dummy.strvalue = never%d", "dummy.strvalue startswith never%d",
  "dummy.strvalue in (never%d, x)", "dummy.divisible[3] = %d" }

local function condition(number)
  return ("dummy.value > 0 and dummy.value != %d and dummy.strvalue exists and dummy.strvalue != x%d and "):format(
    1 << 60 | number, number) .. LAST[number % #LAST + 1]:format(1 << 61 | number)
end

local filters, rules = {}, {}
for i = 1, RULES do
  filters[i] = condition(i) .. "\n"
  rules[i] = ("- rule: r%d\n  desc: d\n  condition: %s\n  output: o\n  priority: INFO\n  source: dummy\n"):format(i,
    condition(i))
end

for name, parts in pairs { ["rules_50.txt"] = filters, ["rules_50.yaml"] = rules } do
  local file = assert(io.open(folder .. "/" .. name, "w"))
  assert(file:write(table.concat(parts)))
  assert(file:close())
end
