--- Files of rules, looked at by `lure check --rules --json`, for the specs of how they are loaded.
local program = require "spec.cli.program"
local json_text = require "spec.json_text"

local rulefiles = {}

-- A script whose fields have every property that conditions look at. It may also run: a payload is JSON.
rulefiles.script = [[
return { name = "shop", version = "0.3.0", id = 999, event_source = "shop", description = "d", contact = "c",
  open = function(path) return path == "" and function() end or io.lines(path) end,
  fields = {
    { name = "shop.user", type = "string", desc = "-", path = "/user" },
    { name = "shop.action", type = "string", desc = "-", path = "/action" },
    { name = "shop.item", type = "string", desc = "-", path = "/item" },
    { name = "shop.price", type = "uint64", desc = "-", path = "/price" },
    { name = "shop.tags", type = "string", list = true, desc = "-", path = "/tags" },
    { name = "shop.from", type = "ipaddr", desc = "-", path = "/from" },
    { name = "shop.net", type = "ipnet", desc = "-", path = "/from" },
    { name = "shop.paid", type = "bool", desc = "-", path = "/paid" },
    { name = "shop.value", type = "string", desc = "-", path = "/{arg}", arg = { key = true, required = true } },
  } }
]]

--- The text of a rule of the source shop; `more`: lines behind, each of which begins with two blanks.
function rulefiles.rule(name, condition, more)
  return ("- rule: %s\n  desc: d\n  condition: %s\n  output: o\n  priority: INFO\n  source: shop\n%s"):format(name, condition,
    more or "")
end

--- A folder with the script, shop.lua, and files of rules: a text, which is rules.yaml, or a list, 1.yaml, 2.yaml, …
function rulefiles.folder(texts)
  local files, names = { ["shop.lua"] = rulefiles.script }, {}
  if type(texts) == "string" then
    files["rules.yaml"], names = texts, { "--rules", "rules.yaml" }
  else
    for i, text in ipairs(texts) do
      files[i .. ".yaml"] = text
      table.move({ "--rules", i .. ".yaml" }, 1, 2, #names + 1, names)
    end
  end
  return program.folder_with(files), names
end

--- What lure check says of rules: { errors =, hints =, lists of "FILE:LINE: message"; rules =, by name }.
function rulefiles.check(texts, ...)
  local folder, names = rulefiles.folder(texts)
  local result = program.lure_in(folder, "check", "shop.lua", "--json", table.unpack(table.move({ ... }, 1, select("#", ...),
    #names + 1, names)))
  assert(result.status < 2, result.err)
  local told, answer = json_text.decode(result.out), { errors = {}, hints = {}, rules = {} }
  for _, finding in ipairs(told.findings) do
    if finding.file ~= "shop.lua" then
      local list = finding.severity == "error" and answer.errors or answer.hints
      local place = finding.line and ("%s:%d"):format(finding.file, finding.line) or finding.file
      list[#list + 1] = ("%s: %s"):format(place, finding.message)
    end
  end
  for i, rule in ipairs(told.rules) do
    answer.rules[rule.name] = rule
    answer.rules[i] = rule
  end
  return answer
end

--- The condition of the rule called "r", which the files have, as it is compiled.
function rulefiles.condition(texts)
  local told = rulefiles.check(texts)
  assert(#told.errors == 0, table.concat(told.errors, "\n"))
  return told.rules.r.condition
end

--- The only mistake that is found.
function rulefiles.mistake(texts)
  local told = rulefiles.check(texts)
  assert(#told.errors == 1, ("%d errors: %s"):format(#told.errors, table.concat(told.errors, "\n")))
  return told.errors[1]
end

--- Is this among the hints (a plain text)?
function rulefiles.hints(texts, wanted)
  local told = rulefiles.check(texts)
  assert(#told.errors == 0, table.concat(told.errors, "\n"))
  for _, hint in ipairs(told.hints) do
    if hint:find(wanted, 1, true) then return true end
  end
  return false, table.concat(told.hints, "\n")
end

return rulefiles
