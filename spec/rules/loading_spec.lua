-- How files of rules are put together: lists, macros, versions, and files behind each other, as Falco's loader does it.

local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"

local rule, condition, mistake, hints = rulefiles.rule, rulefiles.condition, rulefiles.mistake, rulefiles.hints

describe("lists in rules", function()
  it("stand for their items, with quotes around those with blanks", function()
    assert.equal('shop.user in (ann, bob, "carl o")', condition("- list: users\n  items: [ann, bob, carl o]\n"
      .. rule("r", "shop.user in (users)")))
  end)

  it("stand for the items of a list among them", function()
    assert.equal("shop.user in (ann, bob, eve)", condition("- list: few\n  items: [ann, bob]\n- list: users\n  items: [few, eve]\n"
      .. rule("r", "shop.user in (users)")))
    assert.equal("shop.user in (ann, bob, eve)", condition("- list: users\n  items: [few, eve]\n- list: few\n  items: [ann, bob]\n"
      .. rule("r", "shop.user in (users)")))
  end)

  it("are replaced as words only", function()
    assert.equal("shop.user in (few_more, ann)", condition("- list: few\n  items: [ann]\n"
      .. rule("r", "shop.user in (few_more, few)")))
  end)

  it("may be empty, and take a comma with them", function()
    local none = "- list: none\n  items: []\n"
    assert.equal("shop.user in (ann)", condition(none .. rule("r", "shop.user in (ann, none)")))
    assert.equal("shop.user in (ann)", condition(none .. rule("r", "shop.user in (none, ann)")))
    assert.equal("shop.user in ()", condition(none .. rule("r", "shop.user in (none)")))
  end)

  it("get items appended, by override or append", function()
    for _, how in ipairs { "override: {items: append}", "append: true" } do
      assert.equal("shop.user in (ann, bob)", condition("- list: users\n  items: [ann]\n- list: users\n  items: [bob]\n  " .. how
        .. "\n" .. rule("r", "shop.user in (users)")))
    end
  end)

  it("get items replaced by override, and by a list of the same name", function()
    for _, how in ipairs { "override: {items: replace}", "" } do
      assert.equal("shop.user in (bob)", condition("- list: users\n  items: [ann]\n- list: users\n  items: [bob]\n  " .. how
        .. "\n" .. rule("r", "shop.user in (users)")))
    end
  end)

  it("need one of the same name to append to, and none to replace", function()
    local text = "- list: users\n  items: [ann]\n  override: {items: %s}\n- list: users\n  items: [bob]\n"
      .. rule("r", "shop.user in (users)")
    assert.equal("rules.yaml:1: list users: has items to append, but no list of that name stands before it; define it first, "
      .. "in this file or in one that is loaded before", mistake(text:format "append"))
    assert.equal("shop.user in (bob)", condition(text:format "replace"))
  end)

  it("have names that a condition can have", function()
    assert.is_true(hints('- list: "a list"\n  items: [x]\n' .. rule("r", "shop.user in (a list)"),
      "rules.yaml:1: list a list: a name with spaces"))
  end)
end)

describe("macros in rules", function()
  it("stand for their conditions", function()
    assert.equal("(shop.user = ann and (shop.price > 5 or not shop.paid = true))", condition(
      "- macro: odd\n  condition: (shop.price > 5 or not shop.paid = true)\n" .. rule("r", "shop.user = ann and odd")))
  end)

  it("make no condition of more than 50000 parts", function()
    local list = { "- macro: m0\n  condition: shop.paid = true\n" }
    for i = 1, 40 do list[i + 1] = ("- macro: m%d\n  condition: m%d and m%d\n"):format(i, i - 1, i - 1) end -- each twice as large
    assert.is_string(condition(table.concat(list, "", 1, 15) .. rule("r", "shop.paid = true")))
    assert.equal("rules.yaml:32: macro m15: condition: with its macros the condition has more than 50000 parts; write it shorter",
      mistake(table.concat(list) .. rule("r", "m40")))
  end)

  it("see macros that stand before them, and rules see all", function()
    local odd, both = "- macro: odd\n  condition: shop.price > 5\n", "- macro: both\n  condition: odd and shop.user = ann\n"
    assert.equal("(shop.price > 5 and shop.user = ann)", condition(odd .. both .. rule("r", "both")))
    assert.equal("(shop.price > 5 and shop.user = ann)", condition(rule("r", "both") .. odd .. both))
    assert.matches("^rules%.yaml:2: macro both: condition: macro odd is defined only below, in line 3",
      mistake(both .. odd .. rule("r", "shop.paid = true")))
  end)

  it("see what stands before their last change", function()
    assert.equal("((shop.user = ann or shop.price > 5) and shop.paid = true)", condition(
      "- macro: all\n  condition: (shop.user = ann\n" .. "- macro: odd\n  condition: shop.price > 5\n"
      .. "- macro: all\n  condition: or odd)\n  override: {condition: append}\n" .. rule("r", "all and shop.paid = true")))
  end)

  it("get conditions appended, and replaced", function()
    local text = "- macro: m\n  condition: shop.user = ann\n- macro: m\n  condition: or shop.user = bob\n  %s\n"
      .. rule("r", "shop.price > 5 and m")
    for _, how in ipairs { "override: {condition: append}", "append: true" } do
      assert.equal("(shop.price > 5 and (shop.user = ann or shop.user = bob))", condition(text:format(how)))
    end
    local replaced = "- macro: m\n  condition: shop.user = ann\n- macro: m\n  condition: shop.user = bob\n  %s\n"
      .. rule("r", "shop.price > 5 and m")
    for _, how in ipairs { "override: {condition: replace}", "" } do
      assert.equal("(shop.price > 5 and shop.user = bob)", condition(replaced:format(how)))
    end
  end)

  it("need one of the same name to append to", function()
    for _, how in ipairs { "override: {condition: append}", "append: true" } do
      assert.matches("^rules%.yaml:1: macro m: has a condition to append, but no macro of that name stands before it; ",
        mistake("- macro: m\n  condition: or shop.price > 5\n  " .. how .. "\n- macro: m\n  condition: shop.user = ann\n"
          .. rule("r", "m")))
    end
  end)

  it("are told of with their line where nobody defines them, or they contain themselves", function()
    assert.matches('^rules%.yaml:5: rule r: condition: no macro "mm"', mistake("- macro: m\n  condition: shop.paid = true\n"
      .. rule("r", "m and mm")))
    assert.matches('^rules%.yaml:3: macro a: condition: ', mistake("- macro: a\n  condition: >\n    shop.paid = true and a\n"
      .. rule("r", "shop.paid = true")))
  end)

  it("have names that a condition can have", function()
    assert.is_true(hints("- macro: a-b\n  condition: shop.paid = true\n" .. rule("r", "shop.paid = true"),
      'rules.yaml:1: macro a-b: the name can have letters, digits and "_" only'))
  end)
end)

describe("files of rules", function()
  it("build on those before them", function()
    assert.equal("(shop.user = ann and shop.price > 5)", condition { rule("r", "shop.user = ann"),
      "- rule: r\n  condition: and shop.price > 5\n  override: {condition: append}\n" })
  end)

  it("change what those before them have, wherever it comes from", function()
    local users = rule("r", "m and shop.user in (staff, 'x staff')", "  exceptions:\n  - name: e\n    fields: shop.item\n    values: [some]\n")
    local files = { "- list: staff\n  items: [ann]\n", "- macro: m\n  condition: shop.item = n\n", users }
    local function whole(paid, item, staff, some)
      return ("((%sshop.item = %s and shop.user in (%s, \"x staff\")) and not shop.item in (%s))"):format(paid, item, staff, some)
    end
    local function with(...) return condition { files[1], files[2], files[3], ... } end
    assert.equal(whole("", "n", "ann", "some"), with "- list: others\n  items: [bob]\n")
    assert.equal(whole("", "n", "ann, bob", "some"), with "- list: staff\n  items: [bob]\n  override: {items: append}\n")
    assert.equal(whole("", "n", "bob", "some"), with "- list: staff\n  items: [bob]\n")
    assert.equal(whole("", "n", "ann", "a, b"), with "- list: some\n  items: [a, b]\n")
    assert.equal(whole("", "1", "ann", "some"), with "- list: n\n  items: [1]\n")
    assert.equal(whole("", "n", "bob", "some"), with "- list: ann\n  items: [bob]\n")
    assert.equal("(shop.paid = true and shop.user in (ann, \"x staff\")) and not shop.item in (some)",
      with("- macro: m\n  condition: shop.paid = true\n"):sub(2, -2))
  end)

  it("are told of once all are read, where they leave something unused", function()
    local function unused(...)
      local told = rulefiles.check { "- list: l\n  items: [a]\n", "- macro: m\n  condition: shop.user in (l)\n", rule("r", "m"), ... }
      assert.same({}, told.errors)
      return table.concat(told.hints, "\n"):match "list l: no rule" ~= nil
    end
    assert.is_false(unused())
    assert.is_false(unused "- list: others\n  items: [a]\n")
    assert.is_true(unused "- macro: m\n  condition: shop.paid = true\n  override: {condition: replace}\n")
  end)

  it("have to be right without those behind them", function()
    assert.matches("^1%.yaml:3: rule r: condition: no macro", mistake { rule("r", "m"), "- macro: m\n  condition: shop.paid = true\n" })
    assert.equal("shop.paid = true", condition { "- macro: m\n  condition: shop.paid = true\n", rule("r", "m") })
  end)

  it("that are no YAML are told of with the line", function()
    assert.matches("rules%.yaml:3: not read: ", mistake("- rule: x\n  desc: [\n"))
  end)
end)

describe("versions that rules require", function()
  local base = rule("r", "shop.paid = true")

  it("are of an engine that lure knows, as three numbers or one", function()
    for _, version in ipairs { "0.26.0", "26", '"0.63.0"', "0.7.1" } do
      assert.equal("shop.paid = true", condition("- required_engine_version: " .. version .. "\n" .. base))
    end
    for _, version in ipairs { "0.64.0", "64", "1.0.0" } do
      assert.matches("^rules%.yaml:1: required_engine_version: these rules are for an engine of Falco from ", mistake(
        "- required_engine_version: " .. version .. "\n" .. base))
    end
    assert.equal('rules.yaml:1: required_engine_version: expected a version like 0.26.0, got "seven"', mistake(
      "- required_engine_version: seven\n" .. base))
  end)

  local function plugins(list) return "- required_plugin_versions:\n" .. list .. base end

  it("are of plugins that are loaded, not older, and with the same first number", function()
    assert.equal("shop.paid = true", condition(plugins "  - {name: shop, version: 0.3.0}\n"))
    assert.equal("shop.paid = true", condition(plugins "  - {name: shop, version: 0.2.9}\n"))
    assert.matches("rules%.yaml:2: required_plugin_versions: plugin shop 0%.3%.1 is needed.* and this is 0%.3%.0$",
      mistake(plugins "  - {name: shop, version: 0.3.1}\n"))
    assert.matches("plugin shop 1%.0%.0 is needed", mistake(plugins "  - {name: shop, version: 1.0.0}\n"))
    assert.matches("plugin moon 0%.1%.0 or newer is needed, and not loaded", mistake(plugins "  - {name: moon, version: 0.1.0}\n"))
  end)

  it("may have alternatives", function()
    assert.equal("shop.paid = true", condition(plugins
      "  - name: moon\n    version: 0.1.0\n    alternatives: [{name: shop, version: 0.3.0}]\n"))
    assert.matches("plugin moon 0%.1%.0 or sun 2%.0%.0 or newer is needed", mistake(plugins
      "  - name: moon\n    version: 0.1.0\n    alternatives: [{name: sun, version: 2.0.0}]\n"))
    assert.matches("plugin moon stands among the alternatives twice", mistake(plugins
      "  - name: moon\n    version: 0.1.0\n    alternatives: [{name: moon, version: 2.0.0}]\n"))
    assert.matches('rules%.yaml:2: required_plugin_versions: moon: expected a version like 0%.1%.0, got "x"',
      mistake(plugins "  - {name: moon, version: x}\n"))
    assert.matches("rules%.yaml:2: required_plugin_versions: expected a list", mistake("- required_plugin_versions:\n    a: b\n"
      .. base))
  end)
end)

describe("a file of rules", function()
  it("that check takes for a script is told to be none", function()
    local folder = rulefiles.folder { rule("r", "shop.paid = true"), rule("s", "shop.paid = true") }
    local result = program.lure_in(folder, "check", "shop.lua", "--rules", "1.yaml", "2.yaml")
    assert.same({ 2, "lure: check: 2.yaml is no script; give --rules in front of each file of rules\n" }, { result.status, result.err })
  end)

  it("with a NUL byte, behind which nothing would be read, is refused", function()
    local first = rule("r", "shop.paid = true")
    assert.matches("rules%.yaml:7: not read: has a NUL byte", mistake(first .. "\0" .. rule("s", "shop.paid = true")))
  end)
end)
