-- The official rules for the audit log of Kubernetes (../shared/data, where it is there), with the scripts that stand in
-- for the plugins that they require: what sysdig said of each event and each rule.

local json_text = require "spec.json_text"
local program = require "spec.cli.program"

local SOURCE = os.getenv("LURE_SOURCE") or "."
local DATA = SOURCE .. "/../shared/data/k8saudit/"

local read = require("spec.examples.reference").read

--- The payloads as lines, and "FILE INDEX" of each.
local function events_of(text)
  local payloads, names = {}, {}
  for line in text:gmatch "[^\n]+" do
    local event = json_text.decode(line)
    assert.is_nil(event.payload:find "\n")
    payloads[#payloads + 1], names[#names + 1] = event.payload, ("%s %d"):format(event.file, event.index)
  end
  return table.concat(payloads, "\n") .. "\n", names
end

--- A file of rules that lets the output of each rule tell the number of the event.
local function numbered(rules)
  local parts = {}
  for name in rules:gmatch "\n%- rule: ([^\n]+)" do
    parts[#parts + 1] = ("- rule: %s\n  output: '%%evt.num'\n  override: {output: append}\n"):format(name)
  end
  return table.concat(parts), #parts
end

describe("the official rules of k8saudit", function()
  it("fire for the events that they fire for in sysdig", function()
    local rules, lines, cases = read(DATA .. "rules.yaml"), read(DATA .. "events.jsonl"), read(DATA .. "rule_cases.tsv")
    if not (rules and lines and cases) then return pending "no ../shared/data" end
    local payloads, names = events_of(lines)
    local more, count = numbered(rules)
    assert.equal(48, count)
    local folder = program.folder_with { ["events.json"] = payloads, ["rules.yaml"] = rules, ["more.yaml"] = more }
    local result = program.lure_in(folder, "run", SOURCE .. "/examples/json.lua", "--source",
      SOURCE .. "/examples/k8saudit.lua", "--open", "events.json", "--rules", "rules.yaml", "--rules", "more.yaml", "--matching",
      "all", "--json")
    assert.equal(0, result.status, result.err)
    assert.matches("^" .. #names .. " events, ", result.err:gsub("^lure: note: [^\n]*\n", ""))
    local fired = {}
    for _, line in ipairs(result.lines) do
      local alert = json_text.decode(line)
      fired[("%s %s"):format(names[alert.output_fields["evt.num"]], alert.rule)] = true
    end
    local wrong, compared = {}, 0
    for file, index, rule, matched in cases:gmatch "([^\t\n]+)\t(%d+)\t([^\t\n]+)\t([01])\n" do
      local key = ("%s %s %s"):format(file, index, rule)
      compared = compared + 1
      if (fired[key] or false) ~= (matched == "1") then wrong[#wrong + 1] = key end
    end
    assert.equal(#names * 48, compared)
    assert.same({}, wrong)
  end)
end)
