-- What lure check says of rules that Falco takes, and that do nothing; and of what it warns of.

local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"

local rule, check, mistake = rulefiles.rule, rulefiles.check, rulefiles.mistake

-- All that is said of these rules, if nothing is wrong with them.
local function hints(text)
  local told = check(text)
  assert.same({}, told.errors)
  return table.concat(told.hints, "\n")
end

local function says(text, wanted) assert.matches(wanted, hints(text), 1, true) end

local function says_nothing(text) assert.equal("", hints(text)) end

describe("lure check --rules", function()
  it("says nothing of rules that are fine, and how many can fire", function()
    says_nothing(rule("a", "shop.user = ann and shop.price > 5") .. rule("b", "shop.user = bob"))
    local folder, names = rulefiles.folder(rule("a", "shop.user = ann") .. rule("b", "shop.user = bob", "  enabled: false\n")
      .. rule("c", "x.y = 1"):gsub("source: shop", "source: moon"))
    local result = program.lure_in(folder, "check", "shop.lua", table.unpack(names))
    assert.equal(0, result.status)
    assert.matches("\nrules: 1 of 3 can fire; skipped: 1 rule of the source moon\n", result.out)
  end)

  it("finds fields that are not there, with the nearest name, and what does not fit their types", function()
    assert.equal('rules.yaml:3: rule r: condition: no field "shop.usr"; did you mean "shop.user"?', mistake(rule("r", "shop.usr = 1")))
    assert.equal('rules.yaml:4: rule r: output: no field "shop.usr"; did you mean "shop.user"?', mistake((rule("r",
      "shop.paid = true"):gsub("output: o", "output: '%%shop.usr'"))))
    assert.matches('^rules%.yaml:3: rule r: condition: .*"many"', mistake(rule("r", "shop.price = many")))
    assert.matches("^rules%.yaml:3: rule r: condition: .*contains", mistake(rule("r", "shop.price contains 5")))
    assert.matches('^rules%.yaml:3: rule r: condition: .*"nowhere"', mistake(rule("r", "shop.from = nowhere")))
    assert.matches("^rules%.yaml:3: rule r: condition: .*argument", mistake(rule("r", "shop.value = 1")))
    assert.matches("^rules%.yaml:4: rule r: output: .*%%", mistake((rule("r", "shop.paid = true"):gsub("output: o", "output: 5%%"))))
  end)

  it("knows the fields that Falco has in events of plugins, and those that it has not", function()
    says_nothing((rule("a", "evt.source = shop and evt.num > 1"):gsub("output: o", "output: '%%evt.plugininfo %%evt.time'")))
    assert.matches("^rules%.yaml:3: rule r: condition: Falco has evt%.type in events of the kernel only; for those of plugins there are ",
      mistake(rule("r", "evt.type = pluginevent")))
    assert.matches("^rules%.yaml:4: rule r: output: Falco has proc%.name in events of the kernel only", mistake((rule("r",
      "shop.paid = true"):gsub("output: o", "output: '%%proc.name'"))))
  end)

  it("tells of an official plugin that is missing once, and not of each rule with its fields", function()
    local needs = "- required_plugin_versions:\n  - {name: json, version: 0.7.0}\n"
    local rules = rule("a", "jevt.value[/x] = 1"):gsub("output: o", "output: '%%jevt.rawtime'") .. rule("b", "jevt.value[/y] = 2")
      .. rule("c", "jevt.obj exists")
    local sentence = 'rules have fields of the plugin json, such as %s; load it, too, as in "lure check json.lua SCRIPT --rules …"'
    assert.equal("rules.yaml:2: required_plugin_versions: plugin json 0.7.0 or newer is needed, and not loaded; Falco refuses the "
      .. "rules without it; 3 " .. sentence:format "jevt.rawtime", mistake(needs .. rules))
    assert.equal("rules.yaml:1: 3 " .. sentence:format "jevt.rawtime", mistake(rules))
    assert.equal("rules.yaml:1: 1 rule has fields of the plugin okta, such as okta.app; load it, too, as in "
      .. '"lure check okta.lua SCRIPT --rules …"', mistake(rule("a", "okta.app = x")))
    assert.equal('rules.yaml:3: rule r: condition: no field "jevt.valu"', mistake(rule("r", "jevt.valu = 1")))
  end)

  it("finds the line of a condition that a mistake is in, wherever that comes from", function()
    assert.equal('rules.yaml:5: rule r: condition: no field "shop.usr"; did you mean "shop.user"?', mistake(rule("r",
      ">\n    shop.paid = true\n    and shop.usr = ann")))
    assert.equal('rules.yaml:2: rule r: condition: no field "shop.usr"; did you mean "shop.user"?', mistake(
      "- macro: m\n  condition: shop.usr = ann\n" .. rule("r", "shop.paid = true and m")))
    assert.matches("^rules%.yaml:4: rule r: condition: ", mistake("- list: l\n  items:\n  - 5\n  - many\n"
      .. rule("r", "shop.price in (l)")))
    assert.matches("^2%.yaml:3: rule r: condition: ", mistake { rule("r", "shop.paid = true"),
      "- rule: r\n  condition: >\n    and shop.usr = ann\n  override: {condition: append}\n" })
  end)

  it("skips rules with fields that are not there where they say so", function()
    local text = rule("r", "shop.usr = ann", "  skip-if-unknown-filter: true\n")
    says(text, 'rules.yaml:3: rule r: condition: no field "shop.usr"')
    assert.equal("unknown filter", check(text).rules.r.why_not)
    assert.equal("unknown filter", check((rule("r", "shop.paid = true", "  skip-if-unknown-filter: true\n"):gsub("output: o",
      "output: '%%shop.usr'"))).rules.r.why_not)
    assert.equal(1, #check(rule("r", "shop.price = many", "  skip-if-unknown-filter: true\n")).errors)
  end)

  it("skips those with an event type that nobody has where they say so, too", function()
    local folder = program.folder_with {
      ["sy.lua"] = 'return { name = "sy", version = "0.1.0", parse_event_sources = { "syscall" }, parse = function() end }',
      ["rules.yaml"] = "- rule: r\n  desc: d\n  condition: evt.type in (open, opne)\n  output: o\n  priority: INFO\n"
        .. "  skip-if-unknown-filter: true\n" }
    local result = program.lure_in(folder, "check", "sy.lua", "--rules", "rules.yaml")
    assert.equal(0, result.status, result.out)
    assert.matches('\nrules.yaml:3: hint: rule r: condition: evt.type in: there is no event "opne"; did you mean "open"?\n', result.out, 1,
      true)
    assert.matches("\nrules: 0 of 1 can fire\n", result.out)
  end)

  it("refuses fields of the kernel's events in rules of a plugin's, also those that lure has no values of", function()
    assert.matches("rules.yaml:3: rule r: condition: Falco has fd.sip.name in events of the kernel only;", mistake(rule("r",
      "shop.paid = true and fd.sip.name exists")), 1, true)
  end)

  it("finds lists and macros that nothing uses", function()
    says("- list: l\n  items: [a]\n" .. rule("r", "shop.paid = true"), "rules.yaml:1: list l: no rule, macro or list uses it")
    says("- macro: m\n  condition: shop.paid = true\n" .. rule("r", "shop.paid = true"), "rules.yaml:1: macro m: no rule")
    says_nothing("- list: k\n  items: [a]\n- list: l\n  items: [k, b]\n- macro: n\n  condition: shop.user in (l)\n"
      .. "- macro: m\n  condition: (n)\n" .. rule("r", "m"))
  end)

  it("finds rules that another one always comes before", function()
    says(rule("a", "shop.user = ann and shop.price > 5") .. rule("b", "shop.price>5 and (shop.user=ann)"),
      'rules.yaml:7: rule b: gives no alert: "a" (rules.yaml:1), which stands before it, has the same condition')
    says(rule("a", "shop.user = ann") .. rule("b", "shop.user = ann and shop.price > 5"),
      'rules.yaml:7: rule b: gives no alert: "a" (rules.yaml:1), which stands before it, is true of all that this is true of')
    says_nothing(rule("a", "shop.user = ann and shop.price > 5") .. rule("b", "shop.user = ann"))
    says_nothing(rule("a", "shop.user = ann or shop.price > 5") .. rule("b", "shop.user = ann"))
    local disabled = hints(rule("a", "shop.user = ann", "  enabled: false\n") .. rule("b", "shop.user = ann"))
    assert.equal("rules.yaml:1: rule a: is disabled, so it never fires", disabled)
  end)

  it("finds rules that contradict themselves", function()
    says(rule("r", "shop.user = ann and shop.price > 5 and shop.user in (bob, eve)"),
      "rules.yaml:1: rule r: never fires: its condition has shop.user = ann and shop.user in (bob, eve)")
    says_nothing(rule("r", "shop.user = ann and shop.user in (ann, eve)"))
    says_nothing(rule("r", "shop.user = ann or shop.user = bob"))
    says_nothing(rule("r", "shop.tags intersects (a) and shop.tags intersects (b)"))
  end)

  it("finds exceptions without effect", function()
    local function with(values, condition)
      return rule("r", condition, "  exceptions:\n  - name: e\n    fields: [shop.user, shop.action]\n    values:\n" .. values)
    end
    says(with("    - [ann, sell]\n", "shop.action = buy"),
      "rules.yaml:11: rule r: exception e: the value [ann, sell] has no effect: the condition of the rule has shop.action = buy")
    says(with("    - [ann, buy]\n    - [ann, buy]\n", "shop.action = buy"),
      "rules.yaml:12: rule r: exception e: the value [ann, buy] stands there twice")
    says_nothing(with("    - [ann, buy]\n    - [bob, buy]\n", "shop.action in (buy, sell)"))
    says_nothing(with("    - [ann, look]\n", "shop.action = look or shop.paid = true"))
  end)

  it("looks at rules for several plugins together", function()
    local folder = program.folder_with { ["shop.lua"] = rulefiles.script, ["more.lua"] = [[
      return { name = "more", version = "0.1.0", description = "d", contact = "c", extract_event_sources = { "shop" },
        fields = { { name = "more.x", type = "string", desc = "-", path = "/x" } } }]],
      ["rules.yaml"] = rule("r", "shop.user = ann and more.x = 1") }
    assert.equal(0, program.lure_in(folder, "check", "shop.lua", "more.lua", "--rules", "rules.yaml").status)
    local result = program.lure_in(folder, "check", "shop.lua", "--rules", "rules.yaml")
    assert.equal(1, result.status)
    assert.matches('rules.yaml:3: rule r: condition: no field "more.x"', result.out, 1, true)
  end)
end)
