-- Rules in specs of plugins, and cases of rules, as lure test runs them.

local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"

local rule = rulefiles.rule

local RULES = rule("Bought", "shop.action = buy", "  tags: [b, a]\n"):gsub("output: o", "output: '%%shop.user bought'")
  .. rule("Ann", "shop.user = ann"):gsub("INFO", "ERROR") .. rule("Off", "shop.paid = true", "  enabled: false\n")

local HEAD = 'local testing = require "lure.testing"\nlocal plugin = testing.load "shop.lua"\n'
  .. "local rules = plugin:rules('rules.yaml')\nlocal ann = plugin:event '{\"user\": \"ann\", \"action\": \"buy\"}'\n"
  .. "local bob = plugin:event '{\"user\": \"bob\"}'\n"

local function run_files(files, ...)
  files["shop.lua"], files["rules.yaml"] = rulefiles.script, files["rules.yaml"] or RULES
  return program.lure_in(program.folder_with(files), "test", "--output=TAP", ...)
end

local function passes(body)
  local result = run_files { ["spec/a_spec.lua"] = HEAD .. 'it("passes", function() ' .. body .. " end)" }
  assert.equal(0, result.status, result.out .. result.err)
end

--- What a spec fails with.
local function failure(body)
  local result = run_files { ["spec/a_spec.lua"] = HEAD .. 'it("fails", function() ' .. body .. " end)" }
  assert.equal(1, result.status, result.out)
  return (result.out:match("Failure message: (.*)\n1%.%.1"):gsub("\n# ", "\n"))
end

describe("rules in a spec", function()
  it("answer the alerts of an event", function()
    passes [[
      local alerts = rules:alerts(ann)
      assert.equal(1, #alerts)
      local alert = alerts[1]
      assert.same({ "Bought", "Informational", "shop", "ann bought" }, { alert.rule, alert.priority, alert.source, alert.output })
      assert.same({ "a", "b" }, alert.tags)
      assert.matches("^%d+:%d+:%d+%.%d+: Informational ann bought$", alert.text)
      assert.matches('"rule":"Bought"', alert.json, 1, true)
      assert.same({}, rules:alerts(bob))]]
  end)

  it("may be several files, with options", function()
    passes [[
      local all = plugin:rules("rules.yaml", { matching = "all" })
      assert.equal(2, #all:alerts(ann))
      assert.equal("Ann", plugin:rules("rules.yaml", { priority = "error" }):alerts(ann)[1].rule)]]
    local result = run_files { ["spec/a_spec.lua"] = HEAD .. [[
      it("passes", function() assert.fires(plugin:rules("rules.yaml", "../more"), "Bought", bob) end)]],
      ["more/x.yaml"] = "- rule: Bought\n  condition: or shop.user = bob\n  override: {condition: append}\n" }
    assert.equal(0, result.status, result.out)
  end)

  it("see events of their source only", function()
    passes [[assert.silent(rules, plugin:event('{"action": "buy"}', { source = "moon" }))]]
  end)

  it("are asserted to fire, and to be silent", function()
    passes 'assert.fires(rules, "Bought", ann) assert.silent(rules, bob) assert.silent(rules, ann, "Ann")'
  end)

  it("say what they did instead, at the line of the spec", function()
    assert.equal('spec/a_spec.lua:6: expected an alert of the rule "Bought" for the event {"user": "bob"}; there is none',
      failure 'assert.fires(rules, "Bought", bob)')
    assert.matches('spec/a_spec.lua:6: expected no alert for the event .*; there is "Bought"$', failure "assert.silent(rules, ann)")
    assert.matches('expected no alert of the rule "Bought" for the event .*; there is "Bought"$',
      failure 'assert.silent(rules, ann, "Bought")')
  end)

  it("say why a rule gives no alert", function()
    assert.matches('rule "Ann" is true of the event, but Falco gives one alert an event, that of the first rule: "Bought" stands '
      .. "before it", failure 'assert.fires(rules, "Ann", ann)', 1, true)
    assert.matches('no rule "Bough"; did you mean "Bought"?', failure 'assert.fires(rules, "Bough", ann)', 1, true)
    assert.matches('rule "Off" cannot fire: it is disabled', failure 'assert.silent(rules, ann, "Off")', 1, true)
    assert.matches('rule "Bought" cannot fire: its priority is below the least that is wanted',
      failure 'assert.fires(plugin:rules("rules.yaml", { priority = "error" }), "Bought", ann)', 1, true)
  end)

  it("say what is wrong with their files, at the line of the spec", function()
    passes [[
      assert.error_matches(function() plugin:rules "none.yaml" end, "^none.yaml: found neither in")
      assert.error_matches(function() plugin:rules() end, "which files?", 1, true)
      assert.error_matches(function() plugin:rules("rules.yaml", { priority = "warn" }) end, "priority: expected Emergency")
      assert.error_matches(function() plugin:rules("rules.yaml", { matching = "one" }) end, 'matching: expected "first"')
      assert.error_matches(function() plugin:rules("rules.yaml", { some = 1 }) end, 'unknown option "some"')]]
    local result = run_files { ["spec/a_spec.lua"] = HEAD, ["rules.yaml"] = rule("r", "shop.usr = ann") }
    assert.matches('rules.yaml:3: rule r: condition: no field "shop.usr"', result.out .. result.err, 1, true)
  end)
end)

describe("cases of rules", function()
  local CASES = "script: shop.lua\nrules: rules.yaml\ncases:\n"

  local function run(cases, ...) return run_files({ ["spec/shop_cases.yaml"] = cases }, ...) end

  it("pass where the alerts are those that are expected", function()
    local result = run(CASES .. [[
- name: ann buys
  event: {user: ann, action: buy, price: 5}
  alerts: [Bought]
- name: with all that an alert has
  event: '{"user": "ann", "action": "buy"}'
  alerts:
  - {rule: Bought, output: ann bought, priority: Informational, tags: [a, b]}
- name: several events
  events:
  - {user: bob}
  - {user: ann}
  - {action: buy}
  alerts: [Ann, Bought]
- event: {user: bob}
  alerts: []
]])
    assert.equal(0, result.status, result.out .. result.err)
    assert.matches("ok 1 - shop_cases.yaml ann buys\nok 2 - shop_cases.yaml with all that an alert has\nok 3 - shop_cases.yaml "
      .. "several events\nok 4 - shop_cases.yaml case 4\n1..4\n", result.out, 1, true)
  end)

  it("fail with the line of the case, and what came instead", function()
    local result = run(CASES .. "- event: {user: ann}\n  alerts: [Bought]\n- event: {action: buy}\n  alerts:\n"
      .. "  - {rule: Bought, output: x}\n")
    assert.equal(1, result.status)
    assert.matches('# spec/shop_cases.yaml @ 4\n# Failure message: shop_cases.yaml:4: expected alerts of "Bought", got "Ann"',
      result.out, 1, true)
    assert.matches('shop_cases.yaml:6: rule "Bought": expected the output\n#   x\n# got\n#   <NA> bought', result.out, 1, true)
  end)

  it("take configuration, priority, matching and several files", function()
    local result = run_files { ["spec/x_cases.yml"] = "script: ../shop.lua\nrules: [rules.yaml, more.yaml]\nmatching: all\n"
      .. "priority: error\nconfig: {}\ncases:\n- event: {user: ann, action: buy}\n  alerts: [Ann, More]\n",
      ["more.yaml"] = rule("More", "shop.user exists"):gsub("INFO", "ALERT") }
    assert.equal(0, result.status, result.out .. result.err)
  end)

  it("have payloads with numbers and texts as YAML has them", function()
    local result = run(CASES .. "- event: {user: 'ann', price: '5', action: buy, paid: true, item: null, tags: [1, a]}\n"
      .. "  alerts:\n  - {rule: P, output: '{\"user\":\"ann\",\"price\":\"5\",\"action\":\"buy\",\"paid\":true,\"item\":null,"
      .. "\"tags\":[1,\"a\"]}'}\n", nil)
    assert.matches('expected alerts of "P", got "Bought"', result.out, 1, true)
    result = run_files { ["rules.yaml"] = rule("P", "shop.user exists"):gsub("output: o", "output: '%%evt.plugininfo'"),
      ["spec/shop_cases.yaml"] = CASES .. "- event: {user: 'ann', price: '5', paid: true, item: null, tags: [1, a]}\n  alerts:\n"
        .. "  - rule: P\n    output: '{\"user\":\"ann\",\"price\":\"5\",\"paid\":true,\"item\":null,\"tags\":[1,\"a\"]}'\n" }
    assert.equal(0, result.status, result.out .. result.err)
  end)

  it("say with the line what is wrong with them", function()
    for message, text in pairs {
      ['shop_cases.yaml:1: has no "rules"'] = "script: shop.lua\ncases: []\n",
      ['shop_cases.yaml:3: cases: expected a list of them'] = "script: shop.lua\nrules: rules.yaml\ncases: []\n",
      ['shop_cases.yaml:1: expected a map with script, rules and cases'] = "- x\n",
      ['shop_cases.yaml:4: unknown key "evnt"; did you mean "event"?'] = CASES .. "- evnt: x\n",
      ['shop_cases.yaml:4: a case has "event", or "events", a list: one of both'] = CASES .. "- alerts: []\n",
      ['shop_cases.yaml:4: the case has no "alerts"; write alerts: [] where none is expected'] = CASES .. "- event: x\n",
      ['shop_cases.yaml:5: an alert has no "rule"'] = CASES .. "- event: x\n  alerts: [{output: x}]\n",
      ["shop_cases.yaml: none.lua is found neither in spec nor in its parent directory nor in the working directory"] =
        "script: none.lua\nrules: rules.yaml\ncases:\n- event: x\n  alerts: []\n",
    } do
      local result = run(text)
      assert.is_true(result.status ~= 0)
      assert.matches(message, result.out .. result.err, 1, true)
    end
  end)

  it("are found beside specs, and alone", function()
    local result = run_files({ ["a_cases.yaml"] = CASES .. "- event: {user: ann}\n  alerts: [Ann]\n" }, ".")
    assert.equal(0, result.status, result.out .. result.err)
    result = run_files({ ["a_cases.yaml"] = CASES .. "- event: {user: ann}\n  alerts: [Ann]\n" }, "a_cases.yaml")
    assert.equal(0, result.status, result.out .. result.err)
  end)
end)

describe("rules of events of the kernel", function()
  it("see their types, their parameters, and the plugin's fields", function()
    local result = run_files({ ["spec/a_spec.lua"] = [[
      local testing = require "lure.testing"
      it("see", function()
        local plugin = testing.load "opens.lua"
        local rules = plugin:rules "rules.yaml"
        local event = plugin:event { type = "openat", tid = 7, params = { fd = 3, name = "/tmp/x" } }
        assert.fires(rules, "Opened", event)
        assert.equal("openat /tmp/x opened", rules:alerts(event)[1].output)
        assert.silent(rules, plugin:event { type = "openat", tid = 7, params = { fd = 3, name = "/etc/passwd" } })
        assert.silent(rules, plugin:event { type = "close", tid = 7, params = { fd = 3 } })
      end)]], ["opens.lua"] = [[
      return { name = "opens", version = "0.1.0", extract_event_sources = { "syscall" }, fields = {
        { name = "opens.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name end } } }]],
      ["rules.yaml"] = "- rule: Opened\n  desc: d\n  condition: evt.type = openat and opens.name startswith /tmp\n"
        .. "  output: '%evt.type %evt.arg.name opened'\n  priority: INFO\n"
        .. "- rule: By cat\n  desc: d\n  condition: proc.name = cat\n  output: o\n  priority: INFO\n" })
    assert.equal(0, result.status, result.out .. result.err)
  end)
end)
