-- Falco's own rules for audit events of Kubernetes, with examples/k8saudit.lua and examples/json.lua in libsinsp: they match
-- where they do with the official plugins (../shared/data, where it is there).

local driver = require "spec.sinsp.driver"
local json_text = require "spec.json_text"

local DATA = (os.getenv("LURE_SOURCE") or ".") .. "/../shared/data/k8saudit/"

local function read(name)
  local file = io.open(DATA .. name)
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

driver.describe("a rule for audit events", function(libsinsp)
  it("matches where it does with the official plugins", function()
    local events, conditions = read "events.jsonl", read "rule_conditions.json"
    if not events then return pending "no ../shared/data" end
    local payloads, number = {}, {}
    for line in events:gmatch "[^\n]+" do
      local event = json_text.decode(line)
      payloads[#payloads + 1] = event.payload
      number[("%s %d"):format(event.file, event.index)] = #payloads
    end
    local expected, cases = {}, 0
    for file, index, rule, matched in read "rule_cases.tsv":gmatch "([^\t\n]+)\t(%d+)\t([^\t\n]+)\t([01])\n" do
      expected[rule] = expected[rule] or {}
      if matched == "1" then table.insert(expected[rule], number[file .. " " .. index]) end
      cases = cases + 1
    end

    libsinsp:with "json"
    libsinsp:with "k8saudit"
    libsinsp.folder:write("audit.jsonl", table.concat(payloads, "\n"))
    local scenario, rules = { "load a ./libk8saudit.so", "load a ./libjson.so" }, {}
    for rule, condition in pairs(json_text.decode(conditions)) do
      rules[#rules + 1] = rule
      table.insert(scenario, ("filter a %s\nopen a k8saudit ./audit.jsonl\nall a %%evt.num\nclose a"):format(condition))
    end
    local found, rule = {}, 1
    for _, line in ipairs(libsinsp:play(table.concat(scenario, "\n"))) do
      found[rules[rule]] = found[rules[rule]] or {}
      if line == "end" then rule = rule + 1 else table.insert(found[rules[rule]], line) end
    end

    local wrong = {}
    for name, list in pairs(expected) do
      local own = table.concat(found[name] or { "nothing" }, " ")
      if own ~= table.concat(list, " ") then
        wrong[#wrong + 1] = ("%s: %s, not %s"):format(name, own, table.concat(list, " "))
      end
    end
    assert.equal("", table.concat(wrong, "\n"))
    assert.same({ 71 * 48, 48 }, { cases, #rules })
  end)
end)
