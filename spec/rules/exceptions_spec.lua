-- What exceptions of rules become, as Falco's loader makes conditions of them.

local rulefiles = require "spec.rules.rulefiles"

local condition, mistake, hints = rulefiles.condition, rulefiles.mistake, rulefiles.hints

-- A rule with exceptions: lines of one, without the blanks in front.
local function with(...)
  local lines = {}
  for _, exception in ipairs { ... } do
    local first = true
    for line in exception:gmatch("[^\n]+") do
      lines[#lines + 1] = ("  %s %s\n"):format(first and "-" or " ", line)
      first = false
    end
  end
  return rulefiles.rule("r", "shop.paid = true", "  exceptions:\n" .. table.concat(lines))
end

local function not_of(text) return ("(shop.paid = true and not %s)"):format(text) end

describe("an exception", function()
  it("of one field is compared with all values at once, by in", function()
    assert.equal(not_of "shop.user in (ann, \"carl o\")", condition(with "name: e\nfields: shop.user\nvalues: [ann, carl o]"))
  end)

  it("of one field may be compared by pmatch, intersects, and an operator with a modifier", function()
    assert.equal(not_of "shop.user pmatch (/a, /b)", condition(with
      "name: e\nfields: shop.user\ncomps: pmatch\nvalues: [/a, /b]"))
    assert.equal(not_of "shop.tags intersects (a, b)", condition(with
      "name: e\nfields: shop.tags\ncomps: intersects\nvalues: [a, b]"))
    assert.equal(not_of "shop.user startswith oneof (a, b)", condition(with
      "name: e\nfields: shop.user\ncomps: startswith oneof\nvalues: [a, b]"))
  end)

  it("of several fields is one of its tuples, by = where nothing else is said", function()
    assert.equal(not_of "((shop.user = ann and shop.action = buy) or (shop.user = bob and shop.action = \"look at\"))", condition(with
      "name: e\nfields: [shop.user, shop.action]\nvalues:\n- [ann, buy]\n- [bob, look at]"))
  end)

  it("of several fields has an operator for each", function()
    assert.equal(not_of "(shop.user startswith an and shop.price > 5 and shop.action in (buy, sell) and shop.item in (tea))",
      condition(with("name: e\nfields: [shop.user, shop.price, shop.action, shop.item]\ncomps: [startswith, '>', in, in]\n"
        .. "values:\n- [an, 5, [buy, sell], tea]")))
    assert.equal(not_of "shop.user contains \"ann b\"", condition(with
      "name: e\nfields: [shop.user]\ncomps: [contains]\nvalues:\n- [ann b]"))
    assert.equal(not_of "shop.user endswith anyof (a, b)", condition(with
      "name: e\nfields: [shop.user]\ncomps: [' endswith anyof ']\nvalues:\n- [[a, b]]"))
    assert.equal(not_of "shop.user contains allof (a)", condition(with
      "name: e\nfields: [shop.user]\ncomps: [contains allof]\nvalues:\n- [a]"))
  end)

  it("may have fields that are transformed, and values that are", function()
    assert.equal(not_of "tolower(shop.user) = ann", condition(with
      "name: e\nfields: [tolower(shop.user)]\ncomps: [=]\nvalues:\n- [ann]"))
    assert.equal(not_of "shop.user = toupper(shop.item)", condition(with
      "name: e\nfields: [shop.user]\ncomps: [=]\nvalues:\n- [toupper(shop.item)]"))
    assert.equal(not_of "shop.value[a] in (1)", condition(with "name: e\nfields: 'shop.value[a]'\nvalues: [1]"))
  end)

  it("may name lists among its values", function()
    assert.equal(not_of "shop.user in (ann, bob)", condition("- list: few\n  items: [ann, bob]\n" .. with
      "name: e\nfields: shop.user\nvalues: [few]"))
  end)

  it("without values changes nothing, which is told of, as one that stands twice is", function()
    assert.equal("shop.paid = true", condition(with "name: e\nfields: shop.user"))
    assert.is_true(hints(with "name: e\nfields: shop.user", "rules.yaml:8: rule r: exception e: has no effect, because it has no values"))
    assert.is_true(hints(with("name: e\nfields: shop.user\nvalues: [a]", "name: e\nfields: shop.user\nvalues: [b]"),
      "rules.yaml:11: rule r: exception e stands in this rule twice; both count"))
  end)

  it("stands beside others, and beside a condition with or", function()
    assert.equal("((shop.paid = true or shop.price = 1) and not shop.user in (a) and not shop.item in (b))", condition((with(
      "name: e\nfields: shop.user\nvalues: [a]", "name: f\nfields: shop.item\nvalues: [b]"):gsub("shop.paid = true",
      "shop.paid = true or shop.price = 1"))))
  end)

  it("says with the line what is wrong", function()
    for line, text in pairs {
      ['8: rule r: exception e: has no "fields"; add them'] = "name: e\nvalues: [a]",
      ['8: rule r: an exception: has no "name"; add it'] = "fields: shop.user",
      ['9: rule r: exception e: fields: no field "shop.usr"; did you mean "shop.user"?'] = "name: e\nfields: shop.usr\nvalues: [a]",
      ['10: rule r: exception e: expected 2 comps, one for each of the fields, got 1'] =
        "name: e\nfields: [shop.user, shop.item]\ncomps: [=]",
      ['10: rule r: exception e: fields is one text, and comps a list; make both the same'] = "name: e\nfields: shop.user\ncomps: [in]",
      ['11: rule r: exception e: values: expected lists of 2, one for each of the fields, got one of 1'] =
        "name: e\nfields: [shop.user, shop.item]\nvalues:\n- [a]",
      ['10: rule r: exception e: values: expected texts, because fields is one text, got a list; or make fields a list'] =
        "name: e\nfields: shop.user\nvalues: [[a]]",
      ['10: rule r: exception e: values: expected a list, got "a"'] = "name: e\nfields: shop.user\nvalues: a",
      ['8: rule r: exceptions: expected maps, got "x"'] = "x",
    } do
      assert.equal("rules.yaml:" .. line, mistake(with(text)))
    end
  end)

  it("refuses operators that there are not, or that take no list", function()
    for _, operator in ipairs { "frobulate", "frobulate oneof", "in oneof", "'>= oneof'", "oneof" } do
      assert.matches('^rules%.yaml:10: rule r: exception e: comps: "[^"]*" is no operator; there are exists, ', mistake(with(
        "name: e\nfields: [shop.user]\ncomps: [" .. operator .. "]\nvalues:\n- [a]")))
    end
    for _, operator in ipairs { "=", "startswith", "frobulate oneof" } do
      assert.matches('^rules%.yaml:10: rule r: exception e: comps: one field is compared with all values at once', mistake(with(
        "name: e\nfields: shop.user\ncomps: " .. operator .. "\nvalues: [a]")))
    end
  end)

  it("tells of a mistake in one of its values with the line of that", function()
    assert.matches("^rules%.yaml:12: rule r: condition: ", mistake(with
      "name: e\nfields: [shop.price]\nvalues:\n- [5]\n- [many]"))
  end)
end)

describe("exceptions of a later rule", function()
  local base = with "name: e\nfields: [shop.user, shop.item]\nvalues:\n- [ann, tea]"

  local function appended(lines) return base .. "- rule: r\n  exceptions:\n" .. lines .. "  override: {exceptions: append}\n" end

  it("append values to one of the same name, and new ones", function()
    for _, how in ipairs { "append: true", "override: {exceptions: append}" } do
      assert.equal(not_of "((shop.user = ann and shop.item = tea) or (shop.user = bob and shop.item = milk))", condition(base
        .. "- rule: r\n  exceptions:\n  - {name: e, values: [[bob, milk]]}\n  " .. how .. "\n"))
    end
    assert.equal("(shop.paid = true and not (shop.user = ann and shop.item = tea) and not shop.price in (5))", condition(
      appended "  - {name: f, fields: shop.price, values: [5]}\n"))
  end)

  it("replace all of them", function()
    assert.equal(not_of "shop.price in (5)", condition(base
      .. "- rule: r\n  exceptions:\n  - {name: f, fields: shop.price, values: [5]}\n  override: {exceptions: replace}\n"))
    assert.matches('has no "fields"; add them$', mistake(base
      .. "- rule: r\n  exceptions:\n  - {name: e, values: [[a, b]]}\n  override: {exceptions: replace}\n"))
  end)

  it("append no fields, no comps, and nothing without values", function()
    assert.matches('^rules%.yaml:14: rule r: exception e: has "fields", but the rule has an exception of that name', mistake(
      appended "  - {name: e, fields: [shop.user], values: [[a]]}\n"))
    assert.matches('^rules%.yaml:14: rule r: exception e: has "comps", but', mistake(
      appended "  - {name: e, comps: [in, in], values: [[a, b]]}\n"))
    assert.matches('^rules%.yaml:14: rule r: exception f: has no "fields", and the rule has no exception of that name', mistake(
      appended "  - {name: f, values: [a]}\n"))
    assert.matches('^rules%.yaml:14: rule r: exception f: has no "values"; ', mistake(
      appended "  - {name: f, fields: shop.user}\n"))
    assert.is_true(hints(appended "  - {name: e, value: [[a, b]]}\n",
      'rules.yaml:14: rule r: exception e: has no "values" to append, so nothing changes'))
    assert.is_true(hints(appended "  - {name: e, value: [[a, b]]}\n", 'exception e: unknown key "value", which Falco ignores'))
  end)
end)
