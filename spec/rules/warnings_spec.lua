-- What Falco takes and warns of, and so lure check: facts of the tests of Falco's engine.

local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"

local rule, condition, hints, mistake = rulefiles.rule, rulefiles.condition, rulefiles.hints, rulefiles.mistake

-- A rule with one exception.
local function excepted(fields, comps, values)
  return rule("r", "shop.price > 5", ("  exceptions:\n  - name: e\n    fields: [%s]\n    comps: [%s]\n    values:\n    - [%s]\n"):format(
    fields, comps, values))
end

describe("values that look like more than a text", function()
  it("are compared as texts where they are names of fields, which is told", function()
    for _, case in ipairs { { "shop.item", "shop.item" }, { '"shop.item"', "shop.item" }, { '"shop.item "', '"shop.item "' } } do
      local text = excepted("shop.user", '"="', case[1])
      assert.equal(("(shop.price > 5 and not shop.user = %s)"):format(case[2]), condition(text))
      assert.is_true(hints(text, "is compared as a text; write val(shop.item) for the value of the field"))
    end
  end)

  it("are transformers, in quotes of YAML, too, but not with blanks in them, which is told", function()
    for _, value in ipairs { "toupper(shop.item)", '"toupper(shop.item)"' } do
      assert.equal("(shop.price > 5 and not shop.user = toupper(shop.item))", condition(excepted("shop.user", '"="', value)))
    end
    for _, value in ipairs { "toupper( shop.item)", '"toupper( shop.item)"' } do
      local text = excepted("shop.user", '"="', value)
      assert.equal('(shop.price > 5 and not shop.user = "toupper( shop.item)")', condition(text))
      assert.is_true(hints(text, '"toupper( shop.item)" is compared as a text; write it without quotes and blanks for what toupper'))
    end
    assert.is_false((hints(excepted("shop.user", '"="', '"other( shop.item)"'), "is compared as a text")))
  end)

  it("may stand behind transformers of fields, with blanks, too", function()
    for _, field in ipairs { "tolower(shop.user)", '"tolower(shop.user)"', '"tolower( shop.user)"' } do
      local text = excepted(field, '"="', "test")
      assert.equal("(shop.price > 5 and not tolower(shop.user) = test)", condition(text))
      assert.is_false((hints(text, "compared as a text")))
    end
  end)
end)

describe("operators of exceptions", function()
  it("may have modifiers behind those of texts", function()
    for comps, values in pairs { ['"startswith oneof"'] = "[a, b]", ['"contains allof"'] = "[a, b]", ['"endswith anyof"'] = "[.sh, .py]",
      ['"= oneof"'] = "[n, m]", ['"glob oneof"'] = '["/tmp/*.sh", x]', ['"icontains oneof"'] = "[A, B]",
      ['"regex oneof"'] = '["r[0-9]+", x]', ['"  startswith oneof  "'] = "[a, b]" } do
      assert.matches(comps:match '"%s*(.-)%s*"' .. " (", condition(excepted("shop.user", comps, values)), 1, true)
    end
    assert.equal("(shop.price > 5 and not shop.user startswith oneof (a))", condition(excepted("shop.user", '"startswith oneof"', "a")))
    assert.equal("(shop.price > 5 and not (shop.user startswith oneof (a, b) and shop.item startswith /etc/))",
      condition(excepted("shop.user, shop.item", '"startswith oneof", startswith', "[a, b], /etc/")))
  end)

  it("have none behind those of lists and numbers, and are no modifiers alone", function()
    for _, comps in ipairs { "frobulate oneof", "in oneof", ">= oneof", "oneof" } do
      assert.matches(('comps: "%s" is no operator; there are'):format(comps), mistake(excepted("shop.user", '"' .. comps .. '"', "[a]")),
        1, true)
    end
  end)
end)

describe("fields that Falco warns of", function()
  local script = [[return { name = "sy", version = "0.3.0", extract_event_sources = { "syscall" }, description = "d", contact = "c",
    fields = { { name = "sy.x", type = "string", desc = "-", extract = function() return "x" end } } }]]

  -- What lure check says of a rule of kernel events.
  local function told(text, output)
    local folder = program.folder_with { ["sy.lua"] = script, ["rules.yaml"] = ("- macro: m\n  condition: evt.dir = <\n"
      .. "- rule: r\n  desc: d\n  condition: >\n    evt.type = openat\n    and %s\n  output: '%s'\n  priority: INFO\n"):format(text, output
      or "o") }
    return program.lure_in(folder, "check", "sy.lua", "--rules", "rules.yaml").out
  end

  it("are those that need the beginnings of system calls, with the line that they stand in", function()
    assert.matches('\nrules.yaml:7: hint: rule r: condition: evt.dir is deprecated, since drivers give no events', told("evt.dir = <"), 1,
      true)
    assert.matches('\nrules.yaml:2: hint: rule r: condition: evt.dir is deprecated,', told("m"), 1, true)
    assert.matches('\nrules.yaml:8: hint: rule r: output: evt.dir is deprecated,', told("sy.x = a", "x %evt.dir"), 1, true)
    assert.not_matches("deprecated", told("sy.x = a", "x %evt.type"))
  end)

  it("are compared with <NA>, if they are of k8saudit or json", function()
    local folder = program.folder_with { ["ka.lua"] = script:gsub('"syscall"', '"ka"'):gsub("sy%.x", "ka.verb"),
      ["rules.yaml"] = "- rule: r\n  desc: d\n  condition: ka.verb in (get, <NA>)\n  output: o\n  priority: INFO\n  source: ka\n"
        .. "- rule: s\n  desc: d\n  condition: ka.verb startswith <NA>\n  output: o\n  priority: INFO\n  source: ka\n"
        .. "- rule: t\n  desc: d\n  condition: concat(evt.source, tolower(ka.verb)) = <NA>\n  output: o\n  priority: INFO\n  source: ka\n"
        .. "- rule: u\n  desc: d\n  condition: concat(ka.verb, evt.source) = <NA>\n  output: o\n  priority: INFO\n  source: ka\n" }
    local out = program.lure_in(folder, "check", "ka.lua", "--rules", "rules.yaml").out
    assert.matches('rules.yaml:3: hint: rule r: condition: ka.verb in <NA>: outputs show that where there is no value, and it never is '
      .. 'one; write "not ka.verb exists"', out, 1, true)
    assert.matches("rules.yaml:15: hint: rule t: condition: ka.verb = <NA>: ", out, 1, true) -- the last field counts
    assert.not_matches("rule [su]: condition", out)
  end)
end)

describe("%container.info", function()
  local function told(output) return rulefiles.check((rule("r", "shop.paid = true"):gsub("output: o", function() return output end))) end

  it("is taken out of outputs, as by Falco, which is told with its line", function()
    local answer = told "output: >\n    x %container.info\n    %shop.user %container.info"
    assert.same({}, answer.errors)
    assert.matches("^rules%.yaml:5: rule r: output: Falco leaves %%container%.info out of it,", answer.hints[1])
    assert.equal(1, #answer.hints)
    assert.is_true(answer.rules.r.fires)
  end)

  it("is refused where nothing else is there", function()
    assert.same({ 'rules.yaml:4: rule r: output: is empty; write a text, or fields' }, told("output: '%container.info'").errors)
  end)
end)

-- Facts of Falco's engine and of libsinsp's count of codes.
describe("the types of the kernel's events that a condition is of", function()
  local script = [[return { name = "sy", version = "0.3.0", extract_event_sources = { "syscall" }, description = "d", contact = "c",
    fields = { { name = "sy.x", type = "string", desc = "-", extract = function() return "x" end } } }]]

  -- What lure check says of rules with these conditions: those that are of too many types, and those that are refused.
  local function told(conditions, more)
    local texts = {}
    for i, text in ipairs(conditions) do
      texts[i] = ("- rule: r%d\n  desc: d\n  condition: '%s'\n  output: o\n  priority: INFO\n%s"):format(i, text, more or "")
    end
    local folder = program.folder_with { ["sy.lua"] = script, ["rules.yaml"] = table.concat(texts) }
    local out, many, refused = program.lure_in(folder, "check", "sy.lua", "--rules", "rules.yaml").out, {}, {}
    for i in out:gmatch "hint: rule r(%d+): its condition is of too many types of events" do many[#many + 1] = conditions[tonumber(i)] end
    for i in out:gmatch "yaml:%d+: rule r(%d+): condition: " do refused[#refused + 1] = conditions[tonumber(i)] end
    return many, refused
  end

  it("are too many without a check of evt.type that leaves few, which is told", function()
    local wanted = { "sy.x = a", "evt.type != open", "not evt.type = open", "evt.type = open or sy.x = a", "not (evt.type = open and sy.x = a)",
      "not evt.num = 0", "evt.num >= 1", "evt.num in (0, 1)", "evt.type exists", "not evt.num in ()", "not (evt.type = open or sy.x = a)",
      "evt.num = 5", "evt.type = open or evt.num > 0" }
    assert.same({ wanted, {} }, { told(wanted) })
    assert.same({ {}, {} }, { told(wanted, "  warn_evttypes: false\n") })
  end)

  it("are few where one is, or none can be", function()
    local few = { "evt.type = open", "evt.type in (open, openat) and sy.x = a", "sy.x = a and (evt.type = open or evt.type = close)",
      "not evt.type != open", "not (evt.type != open or sy.x = a)", "evt.num = 0", "evt.num < 1", "not evt.num > 0", "not evt.num >= 1",
      "evt.type = open and evt.type = close", "evt.type = open and not evt.num = 0", "evt.num in ()", "not evt.type exists",
      "syscall.type = open", "evt.num in (0, 0)" }
    assert.same({ {}, {} }, { told(few) })
  end)

  it("are compared as they are, with names", function()
    local wrong = { "tolower(evt.type) = open", "evt.type = val(sy.x)", "sy.x = a and toupper(tolower(evt.type)) exists",
      "evt.type in (open) or not tolower(evt.type) in (open)" }
    assert.same({ {}, wrong }, { told(wrong) })
    assert.same({ {}, {} }, { told { "tolower(sy.x) = val(evt.type) and evt.type = open", "tolower(evt.type) startswith o and evt.type = open" } })
  end)
end)
