-- lure run --watch --rules: rules that change while events come.

local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"
local support = require "spec.support"

local quote = support.quote

local SCRIPT = [[
local lure = require "lure"
return { name = "shop", version = "0.3.0", id = 999, event_source = "shop",
  produce = function(_, emit) while true do emit("tick") lure.sleep(0.002) end end,
  fields = { { name = "shop.user", type = "string", desc = "-", extract = function() return "ann" end } } }
]]

local FUNCTIONS = [[
  seen() { for i in $(seq 2000); do grep -qF -- "$1" out && return; sleep 0.01; done; echo "never seen: $1"; }
  again() { from=$(wc -c <out); for i in $(seq 2000); do tail -c +$((from + 1)) out 2>/dev/null | grep -qF -- "$1" && return
    sleep 0.01; done; echo "never seen again: $1"; }
  rule() { printf -- '- rule: %s\n  desc: d\n  condition: %s\n  output: fires %s\n  priority: INFO\n  source: shop\n' "$1" "$2" "$1"; }
]]

local function watched(steps)
  local folder = program.folder_with { ["shop.lua"] = SCRIPT, ["rules/a.yaml"] =
    rulefiles.rule("one", "shop.user = ann"):gsub("output: o", "output: fires one") }
  local result = program.shell(("cd %s\n%s\n: >out\ntimeout 60 $lure >out 2>&1 </dev/null & child=$!\n%s\nkill -INT $child; wait $child; "
    .. "echo \"status $?\""):format(quote(folder), FUNCTIONS, steps), { "run", "shop.lua", "--watch", "--rules", "rules" })
  local file = assert(io.open(folder .. "/out"))
  local said = file:read("a")
  file:close()
  assert.equal("", result.err)
  return said, result.out
end

describe("lure run --watch --rules", function()
  it("takes over rules that change", function()
    local said, told = watched "seen 'fires one'\nrule two 'shop.user = ann' >rules/a.yaml\nseen 'fires two'\n"
    assert.equal("status 130\n", told, said)
    assert.is_nil(said:match "fires two.*fires one")
  end)

  it("tells what is wrong with rules, and goes on with those before", function()
    local said, told = watched("seen 'fires one'\nrule two 'shop.usr = ann' >rules/a.yaml\nseen 'no field'\nagain 'fires one'\n"
      .. "rule three 'shop.user = ann' >rules/a.yaml\nseen 'fires three'\n")
    assert.equal("status 130\n", told, said)
    assert.matches('lure: a%.yaml:3: rule two: condition: no field "shop%.usr"; did you mean "shop%.user"%?\n', said)
  end)

  it("notices a file that is new in a directory of rules", function()
    local said, told = watched("seen 'fires one'\nrule zero 'shop.user exists' >x; mv x rules/0.yaml\nseen 'fires zero'\n")
    assert.equal("status 130\n", told, said)
  end)
end)
