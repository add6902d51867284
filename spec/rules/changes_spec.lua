-- Rules that later ones append to, replace parts of, enable and define again, as Falco's loader does it.

local rulefiles = require "spec.rules.rulefiles"

local rule, condition, mistake, hints, check = rulefiles.rule, rulefiles.condition, rulefiles.mistake, rulefiles.hints,
  rulefiles.check

describe("rules", function()
  local base = rule("r", "shop.user = ann", "  tags: [b, a]\n")

  it("get conditions, outputs, descriptions and tags appended", function()
    local told = check(base .. "- rule: r\n  condition: and shop.price > 5\n  output: p=%shop.price\n  desc: more\n  tags: [c]\n"
      .. "  override: {condition: append, output: append, desc: append, tags: append}\n")
    assert.same({}, told.errors)
    assert.same({ "a", "b", "c" }, told.rules.r.tags)
    assert.equal("o p=%shop.price", told.rules.r.output)
    assert.equal("d more", told.rules.r.desc)
    assert.equal("(shop.user = ann and shop.price > 5)", told.rules.r.condition)
  end)

  it("get all of them and more replaced", function()
    local told = check(base .. "- rule: r\n  condition: shop.price > 5\n  output: p\n  desc: n\n  tags: [c]\n  priority: error\n"
      .. "  enabled: false\n  warn_evttypes: false\n  skip-if-unknown-filter: true\n  capture: true\n  capture_duration: 5\n"
      .. "  override: {condition: replace, output: replace, desc: replace, tags: replace, priority: replace, enabled: replace,\n"
      .. "    warn_evttypes: replace, skip-if-unknown-filter: replace, capture: replace, capture_duration: replace}\n")
    assert.same({}, told.errors)
    local r = told.rules.r
    assert.same({ "c", "p", "n", "Error", "disabled", "shop.price > 5" }, { r.tags[1], r.output, r.desc, r.priority, r.why_not,
      r.condition })
  end)

  it("can have one key appended and another replaced", function()
    local told = check(base .. "- rule: r\n  condition: and shop.price > 5\n  priority: WARNING\n  desc: new\n"
      .. "  override: {condition: append, priority: replace, desc: replace}\n")
    assert.same({ "new", "Warning", "(shop.user = ann and shop.price > 5)" }, { told.rules.r.desc, told.rules.r.priority,
      told.rules.r.condition })
  end)

  it("refuse what override cannot do", function()
    local function override(lines) return mistake(base .. "- rule: r\n" .. lines) end
    assert.equal('rules.yaml:10: rule r: override: "priority" cannot be appended to; write replace',
      override "  priority: WARNING\n  override: {priority: append}\n")
    assert.equal('rules.yaml:10: rule r: override: "source" cannot be replaced', override
      "  source: shop\n  override: {source: replace}\n")
    assert.equal('rules.yaml:10: rule r: override: desc: expected append or replace, got "add"',
      override "  desc: x\n  override: {desc: add}\n")
    assert.equal('rules.yaml:9: rule r: override: is to append "condition", but the rule has no "condition" here; add it',
      override "  override: {condition: append}\n")
    assert.matches('^rules%.yaml:10: rule r: has "priority", but "override" does not say what to do with it; add priority: replace$',
      override "  desc: x\n  priority: WARNING\n  override: {desc: replace}\n")
    assert.matches('^rules%.yaml:10: rule r: "override" and "append: true" exclude each other',
      override "  desc: x\n  append: true\n  override: {desc: replace}\n")
  end)

  it("need one of the same name before them", function()
    assert.matches("^rules%.yaml:1: rule r: has something to append, but no rule of that name stands before it",
      mistake("- rule: r\n  condition: and shop.paid = true\n  append: true\n" .. base))
    assert.matches("^rules%.yaml:1: rule r: has something to replace, but no rule of that name stands before it",
      mistake("- rule: r\n  condition: shop.paid = true\n  override: {condition: replace}\n" .. base))
    assert.matches('^rules%.yaml:1: rule r: has only "enabled", but no rule of that name stands before it',
      mistake("- rule: r\n  enabled: true\n" .. base))
  end)

  it("are enabled and disabled by a rule with nothing else, which is deprecated", function()
    local off = rule("r", "shop.paid = true", "  enabled: false\n")
    assert.is_false(check(off).rules.r.fires)
    assert.is_true(check(off .. "- rule: r\n  enabled: true\n").rules.r.fires)
    assert.is_true(hints(off .. "- rule: r\n  enabled: true\n", "rules.yaml:9: rule r: enabled alone is deprecated"))
    assert.is_true(check(off .. "- rule: r\n  enabled: true\n  override: {enabled: replace}\n").rules.r.fires)
  end)

  it("that append by append: true keep what else stands there", function()
    local off = rule("r", "shop.paid = true", "  enabled: false\n")
    local told = check(off .. "- rule: r\n  condition: and shop.price > 5\n  append: true\n  enabled: true\n")
    assert.equal("disabled", told.rules.r.why_not)
    assert.equal("(shop.paid = true and shop.price > 5)", told.rules.r.condition)
  end)

  it("of the same name replace one as a whole, and keep its place", function()
    local told = check(base .. rule("s", "shop.price = 1") .. rule("r", "shop.paid = true"))
    assert.same({ "r", "shop.paid = true", "s" }, { told.rules[1].name, told.rules[1].condition, told.rules[2].name })
    assert.is_true(hints(base .. rule("r", "shop.paid = true"), "rules.yaml:8: rule r: replaces the one of that name in "
      .. "rules.yaml:1 as a whole"))
  end)

  it("of one name have one source", function()
    local other = "- rule: r\n  desc: d\n  condition: a.b = 1\n  output: o\n  priority: INFO\n  source: other\n"
    assert.matches("^rules%.yaml:8: rule r: is one of the source other here, and of shop before; ", mistake(base .. other))
    assert.matches("^rules%.yaml:8: rule r: is one of the source other here", mistake(base
      .. "- rule: r\n  condition: and a.b = 1\n  source: other\n  append: true\n"))
    assert.equal("(shop.user = ann and shop.price > 5)", condition(base
      .. '- rule: r\n  condition: and shop.price > 5\n  source: ""\n  append: true\n'))
  end)

  it("of other sources are not looked at, and of syscall where they name none", function()
    local told = check("- rule: k\n  desc: d\n  condition: proc.name = cat\n  output: '%proc.name'\n  priority: INFO\n"
      .. base:gsub("source: shop", "source: moon"))
    assert.same({}, told.errors)
    assert.same({ "syscall", "source", "moon", "source" }, { told.rules.k.source, told.rules.k.why_not, told.rules.r.source,
      told.rules.r.why_not })
  end)

  it("have priorities in any case, and info for informational", function()
    for _, name in ipairs { "info", "INFORMATIONAL", "Info" } do
      assert.equal("Informational", check((rule("r", "shop.paid = true"):gsub("INFO", name))).rules.r.priority)
    end
    assert.matches('^rules%.yaml:5: rule r: priority: expected Emergency, .* Debug, got "warn"',
      mistake((rule("r", "shop.paid = true"):gsub("INFO", "warn"))))
  end)

  it("that are less urgent than the least priority do not fire", function()
    local told = check(base .. rule("s", "shop.price = 1"):gsub("INFO", "error"), "--priority", "Notice")
    assert.same({ "priority", true }, { told.rules.r.why_not, told.rules.s.fires })
  end)

  it("say with the line what is missing, or of another kind", function()
    for line, text in pairs {
      ['1: rule r: has no "output"; add it'] = base:gsub("  output: o\n", ""),
      ['1: rule r: has no "desc"; add it'] = base:gsub("  desc: d\n", ""),
      ['3: rule r: condition: expected a text, got a list'] = base:gsub("shop.user = ann", "[a]"),
      ['3: rule r: condition: expected a text, got ""'] = base:gsub("shop.user = ann", '""'),
      ['4: rule r: output: expected a text, got nothing'] = base:gsub("output: o", "output:"),
      ['7: rule r: tags: expected a list, got "x"; write tags: [x]'] = base:gsub("%[b, a%]", "x"),
      ['7: rule r: enabled: expected true or false, got "maybe"'] = base:gsub("tags: %[b, a%]", "enabled: maybe"),
      ['7: rule r: capture_duration: expected a number from 0, got "long"'] = base:gsub("tags: %[b, a%]",
        "capture_duration: long"),
      ['1: expected a map with one of required_engine_version, required_plugin_versions, list, macro, rule, got "x"'] = "- x\n",
      ['1: expected a list of rules, macros and lists, each behind "- ", got a map'] = "rule: r\n",
      ['1: a list: list: expected a text, got nothing'] = "- list:\n  items: []\n",
      ['1: list l: has no "items"; add it'] = "- list: l\n",
      ['2: list l: items: expected a list of texts, got a list in it'] = "- list: l\n  items: [[a]]\n",
    } do
      assert.equal("rules.yaml:" .. line, mistake(text))
    end
  end)

  it("are told of even behind a mistake, each mistake once", function()
    local told = check("- rule: a\n- rule: b\n  desc: x\n- rule: a\n  condition: and shop.paid = true\n  append: true\n")
    assert.equal(2, #told.errors)
  end)

  it("may have keys that nobody knows, which are told of", function()
    assert.is_true(hints(base .. "  prority: x\n", 'rules.yaml:8: rule r: unknown key "prority", which Falco ignores; did you '
      .. 'mean "priority"?'))
    assert.is_true(hints(base .. "- list: l\n  items: []\n  priority: x\n", 'list l: unknown key "priority"'))
    assert.is_true(hints(base .. "- rules: x\n", 'rules.yaml:8: neither a rule, a macro nor a list: unknown item "rules"'))
  end)

  it("may be several documents, and nothing at all", function()
    assert.equal("(shop.user = ann and shop.paid = true)", condition("---\n" .. base .. "---\n- rule: r\n"
      .. "  condition: and shop.paid = true\n  override: {condition: append}\n"))
    assert.same({}, check("# nothing\n").errors)
  end)
end)
