-- Conditions of events (lua/lure/rules): each operator for each type, what is refused, and what libsinsp newer than the
-- one of the tests has. spec/sinsp/filters_spec.lua compares all else with libsinsp.

local condition = require "lure.rules.condition"
local fields = require "lure.rules.fields"
local filter = require "lure.rules.filter"
local view = require "lure.cli.view"
local support = require "spec.support"

local script = [[return {
  name = "types", id = 997, version = "0.1.0", event_source = "types", description = "-", contact = "-",
  open = function() end, next = function() end,
  fields = {
    { name = "t.s", type = "string", desc = "-", path = "/s" }, { name = "t.s2", type = "string", desc = "-", path = "/s2" },
    { name = "t.u", type = "uint64", desc = "-", path = "/u" }, { name = "t.b", type = "bool", desc = "-", path = "/b" },
    { name = "t.r", type = "reltime", desc = "-", path = "/u" }, { name = "t.t", type = "abstime", desc = "-", path = "/u" },
    { name = "t.a", type = "ipaddr", desc = "-", path = "/a" }, { name = "t.n", type = "ipnet", desc = "-", path = "/a" },
    { name = "t.sl", type = "string", list = true, desc = "-", path = "/sl" },
    { name = "t.ul", type = "uint64", list = true, desc = "-", path = "/ul" },
    { name = "t.nl", type = "ipnet", list = true, desc = "-", path = "/al" },
    { name = "t.key", type = "string", desc = "-", path = "/m/{arg}", arg = { key = true } },
    { name = "t.index", type = "uint64", desc = "-", extract = function(_, i) return i end,
      arg = { index = true, required = true } },
    { name = "t.calls", type = "uint64", desc = "-", extract = function() calls = (calls or 0) + 1 return calls end },
    { name = "t.failing", type = "string", desc = "-", extract = function() error "no" end },
  },
}]]

describe("a condition", function()
  local state, known, shown

  setup(function()
    local library
    state, library = support.start(script)
    local info = library:info()
    known = fields.new(info)
    shown = view.new { state = state, source = "types", plugin = "types", plugin_id = 997, before = 0 }
  end)

  local function compile(text)
    local node, problem = condition.parse(text)
    if not node then return nil, problem end
    return filter.compile(node, known)
  end

  -- What it is of an event with this payload.
  local function holds(text, payload)
    local check, problem = compile(text)
    assert(check, text .. ": " .. tostring(problem.message))
    return check(shown, support.event(payload or "{}"))
  end

  local function refusal(text)
    local check, problem = compile(text)
    assert.is_nil(check, text)
    return ("%d: %s"):format(problem.at, problem.message)
  end

  -- Which of the conditions are true; all have to be written down as one or the other.
  local function expect(payload, true_ones, false_ones)
    for _, text in ipairs(true_ones) do assert.is_true(holds(text, payload), text) end
    for _, text in ipairs(false_ones) do assert.is_false(holds(text, payload), text) end
  end

  describe("of a text", function()
    it("compares bytes", function()
      expect([[{"s": "abc"}]],
        { "t.s = abc", "t.s == 'abc'", "t.s != abd", "t.s >= 5", "t.s > 12", "t.s in (x, abc)", "t.s intersects (abc)" },
        { "t.s = ABC", "t.s = ab", "t.s != abc", "t.s < 5", "t.s <= 12", "t.s in ()", "t.s in (ab, bc)" })
    end)

    it("looks for parts, of ASCII in any case with an i", function()
      expect([[{"s": "/var/Log/ä"}]],
        { "t.s contains /Log", "t.s icontains /LOG", "t.s startswith /var", "t.s endswith ä", "t.s contains ''",
          "t.s endswith ''", "t.s startswith ''", "t.s icontains ''" },
        { "t.s contains log", "t.s icontains Ä", "t.s startswith var", "t.s endswith a", "t.s contains '/var/Log/ä/'" })
    end)

    it("takes the whole of a pattern", function()
      expect([[{"s": "/var/log/a[1]*"}]],
        { "t.s glob /var/*", "t.s glob /var/???/a*", "t.s iglob /VAR/*", [=[t.s glob '/var/log/a\\[[0-9]]\\*']=],
          "t.s regex /var/.*", [[t.s regex '/var/log/a\\[1\\]\\*']], "t.s regex '(/[a-z]+)+.{4}'" },
        { "t.s glob /var", "t.s glob /VAR/*", "t.s regex /var", "t.s regex var.*", "t.s glob var*" })
    end)

    it("is a path, or below one, in pmatch", function()
      expect([[{"s": "/var/log/audit/x"}]],
        { "t.s pmatch (/etc, /var/log)", "t.s pmatch (/var/log/audit/x)", "t.s pmatch (/var/*/audit)", "t.s pmatch (/)",
          "t.s pmatch (var//log/)", "t.s pmatch (/var/*, /*/log)", "t.s pmatch (/x*/log, /v*/log)" },
        { "t.s pmatch (/var/lo)", "t.s pmatch (/var/log/audit/x/y)", "t.s pmatch ()", "t.s pmatch (/log)" })
    end)
  end)

  describe("of a number", function()
    it("knows no sign, up to 64 bits", function()
      expect([[{"u": 18446744073709551615}]],
        { "t.u = 18446744073709551615", "t.u > 9223372036854775807", "t.u > 5", "t.u >= 18446744073709551615",
          "t.u = 99999999999999999999", "t.u = -1", "t.u in (1, -1)", "t.r != 1", "not t.t < 18446744073709551615" },
        { "t.u < 5", "t.u <= 9223372036854775808", "t.u > 18446744073709551615", "t.u = 0" })
      expect([[{"u": 5}]],
        { "t.u = 5", "t.u = '+5'", "t.u = ' 005'", "t.u < 6", "t.u <= 5", "t.u > 4", "t.u < 9223372036854775808" },
        { "t.u < 5", "t.u > 5", "t.u > 9223372036854775808", "t.u in (4, 6)" })
    end)

    it("takes decimal digits only", function()
      for _, text in ipairs { "0x5", "1.5", "five", "''", "'5 '" } do
        assert.matches("^7: t%.u =: .* is no number; libsinsp takes decimal digits only", refusal("t.u = " .. text))
      end
    end)
  end)

  it("of a truth value takes true and false", function()
    expect([[{"b": false}]], { "t.b = false", "t.b != true", "t.b in (false)" }, { "t.b = true", "t.b in (true)" })
    assert.equal('7: t.b =: "yes" is neither true nor false', refusal "t.b = yes")
    assert.matches('^1: "<" is no operator for t.b, which is a bool; expected =, !=, in, intersects or exists',
      refusal "t.b < 1")
  end)

  it("of an address compares its bytes", function()
    expect([[{"a": "2001:db8::1"}]],
      { "t.a = 2001:DB8:0::1", "t.a != 10.0.0.1", "t.a in (::1, 2001:db8::1)", "t.n = 2001:db8::/32", "t.n in (2001:db8::/127)",
        "t.n != 10.0.0.0/8", "t.n intersects (::/1)", "t.n != 2001:db9::/32" },
      { "t.a = 2001:db8::2", "t.a in (10.0.0.1)", "t.n = 2001:db8::2/128", "t.n in (2001:db8::2/127)", "t.n = 0.0.0.0/0" })
    expect([[{"a": "10.1.2.3"}]],
      { "t.a = 10.1.2.3", "t.n = 10.0.0.0/8", "t.n = 10.1.255.255/16", "t.n = 0.0.0.0/0", "t.n = 10.1.2.3/32" },
      { "t.n = 10.1.2.2/32", "t.n = 11.0.0.0/8", "t.a = ::ffff:a01:203" })
    assert.equal('7: t.a =: "10.1" is no IP address', refusal "t.a = 10.1")
    assert.equal('7: t.n =: "10.1.2.3" is no IP network; write its mask, as in 10.0.0.0/8 or 10.1.2.3/32',
      refusal "t.n = 10.1.2.3")
    assert.matches('"10.0.0.0/33" is no IP network: expected a mask of 0 to 32 bits', refusal "t.n = 10.0.0.0/33")
    assert.matches('"::/0" is no IP network: expected a mask of 1 to 128 bits', refusal "t.n = ::/0")
  end)

  it("of a list is true of all its elements with in, of one with intersects", function()
    expect([[{"sl": ["a", "b"], "ul": [1, 18446744073709551615], "al": ["10.0.0.1", "::1"]}]],
      { "t.sl in (a, b, c)", "t.sl intersects (x, b)", "t.ul in (1, -1)", "t.ul intersects (1)", "t.sl exists",
        "t.nl in (10.0.0.0/8, ::/1)", "t.nl intersects (::1/128)" },
      { "t.sl in (a)", "t.sl intersects (c)", "t.sl in ()", "t.ul in (1)", "t.nl in (10.0.0.0/8)" })
    assert.matches('^1: "=" is no operator for t.sl, which is a list of string; expected in, intersects or exists',
      refusal "t.sl = a")
  end)

  it("is false where a field has no value, also with !=", function()
    expect([[{"sl": []}]],
      { "not t.s exists", "not t.s = ''", "not t.sl exists" },
      { "t.s exists", "t.s != a", "t.s = ''", "t.s in ('')", "t.u < 5", "t.a != ::1", "t.n != ::/1", "t.sl in (a)",
        "t.sl intersects (a)", "t.s != val(t.s2)", "t.s = val(t.s2)", "t.b != true", "t.s regex .*", "t.s pmatch (/)" })
    local failed
    local told = support.capture_stderr(function() failed = holds "t.failing exists" end)
    assert.is_false(failed)
    assert.matches("field t.failing: no", told)
  end)

  it("knows an empty text from none", function()
    expect([[{"s": ""}]], { "t.s exists", "t.s = ''", "t.s in ('')", "t.s != a", "t.s pmatch (/)" }, { "t.s = a" })
  end)

  it("compares fields with fields of their type", function()
    expect([[{"s": "abc", "s2": "b", "u": 5, "sl": ["a"]}]],
      { "t.s contains val(t.s2)", "t.s != val(t.s2)", "t.s < val(t.s2)", "t.u = val(t.u)", "t.sl in val(t.sl)",
        "t.s in val(t.s)", "t.r <= val(t.r)" },
      { "t.s = val(t.s2)", "t.s startswith val(t.s2)", "t.u > val(t.u)" })
    assert.equal("7: t.s is string and t.u is uint64: expected the same type on both sides", refusal "t.s = val(t.u)")
    assert.matches("t%.s is string and t%.sl is string list", refusal "t.s in val(t.sl)")
    assert.matches("t%.n is an ipnet: libsinsp compares these with no field", refusal "t.n = val(t.n)")
    assert.matches('^11: "regex" takes no field on its right; write texts', refusal "t.s regex val(t.s2)")
  end)

  it("gets arguments of fields", function()
    expect([[{"m": {"x": "y", "a b": "c"}}]], { "t.key[x] = y", "t.key['x'] = y", "t.index[7] = 7" }, { "t.key[y] exists" })
    assert.equal("1: field t.s takes no argument", refusal "t.s[x] exists")
    assert.equal("1: field t.index needs an argument, as in t.index[3]", refusal "t.index exists")
    assert.matches('takes an index as argument, as in t.index%[3%], got "07": an index has no zeros in front',
      refusal "t.index[07] exists")
    assert.matches('cannot have the argument "a b": hosts end one at a blank', refusal "t.key['a b'] exists")
  end)

  it("knows the fields of every event", function()
    local event = support.event { data = "{}", num = 3, ts = 1700000000123456789 }
    for _, text in ipairs { "evt.num = 3", "evt.source = types", "evt.pluginname = types", "evt.is_async = false",
      "evt.rawtime = 1700000000123456789", "evt.rawtime.ns = 123456789", "not evt.asynctype exists" } do
      assert.is_true(compile(text)(shown, event), text)
    end
  end)

  it("asks for each field once an event, and only where it matters", function()
    local first = holds("t.calls exists and t.calls >= 0 and not t.calls in (0)")
    assert.is_true(first)
    local check = compile "t.s = nothing and t.calls exists"
    check(shown, support.event "{}")
    assert.is_true(holds "t.calls = 2")
  end)

  it("refuses a field that is not there, and names the nearest", function()
    assert.equal('1: no field "t.sx"; did you mean "t.s"?', refusal "t.sx = 1")
    assert.matches('^16: "m" is a macro, and there is none of that name', refusal "t.b exists and m")
  end)

  it("may be nested as deep as macros make it", function()
    local node = condition.parse "t.u = 5"
    for i = 1, 300 do
      node = { kind = i % 2 == 0 and "and" or "or", children = { node, condition.parse "t.b = true" } }
    end
    local check = filter.compile(node, known)
    assert.is_true(check(shown, support.event [[{"u": 5, "b": true}]]))
    assert.is_false(check(shown, support.event [[{"u": 5, "b": false}]]))
  end)

  it("of evt.type has names of events, of system calls and of async events", function()
    assert.is_true(compile "evt.type = pluginevent"(shown, support.event "{}"))
    for _, name in ipairs { "openat", "clone3", "quotactl_fd" } do
      assert.is_false(compile("evt.type = " .. name)(shown, support.event "{}"))
    end
    local check, problem = compile "evt.type in (open, opne)"
    assert.is_nil(check)
    assert.equal('evt.type in: there is no event "opne"; did you mean "open"?', problem.message)
  end)

  it("of a field of the kernel's events is false, and told", function()
    local check, findings = compile "fd.sip.name exists or t.s = t.s2"
    assert.is_false(check(shown, support.event [[{"s": "a"}]]))
    assert.equal("fd.sip.name is a field of the kernel's events, which lure does not know: it has no value here", findings[1].message)
    assert.matches('^"t.s2" is compared as a text; write val%(t.s2%)', findings[2].message)
    assert.equal(29, findings[2].at)
  end)

  describe("with a transformer", function()
    it("compares what it makes", function()
      expect([[{"s": "/A/Bc", "s2": "YWI=", "sl": ["A", "B"]}]],
        { "tolower(t.s) = /a/bc", "toupper(t.s) endswith BC", "basename(t.s) = Bc", "b64(t.s2) = ab", "len(t.s) = 5",
          "len(t.sl) = 2", "len(b64(t.s2)) = 2", "tolower(t.s) in (/a/bc)", "tolower(t.s) = tolower(t.s)",
          "tolower(basename(t.s)) regex bc" },
        { "tolower(t.s) = /A/Bc", "b64(t.s) exists", "len(t.s2) = 3" })
    end)

    it("never finds an element of a list that it made, as libsinsp", function()
      expect([[{"sl": ["A"]}]], { "tolower(t.sl) exists", "tolower(t.sl) in tolower(t.sl)" }, { "tolower(t.sl) in (a)" })
    end)

    it("takes base64 as it is written: no odd letters, no bits left over", function()
      for text, fine in pairs { [""] = true, YQ = true, ["YQ=="] = true, YR = false, Y = false, ["Y=="] = false, ["Y-"] = false,
        ["="] = false, YWJj = true, YWI = true, ["YWI==="] = false } do
        assert.equal(fine, holds("b64(t.s) exists", ('{"s": "%s"}'):format(text)), text)
      end
    end)

    it("is refused where the type is none of its", function()
      assert.equal("1: tolower takes no uint64, which t.u is; it takes texts", refusal "tolower(t.u) = a")
      assert.matches("len takes no uint64", refusal "len(len(t.s)) = 1")
      assert.matches("b64 takes no uint64 list", refusal "b64(t.ul) in (1)")
    end)

    it("may join, concatenate and read options", function()
      expect([[{"s": "a", "s2": "b", "sl": ["-n", "-tval", "x"], "u": 18446744073709551615}]],
        { "join('-', (t.s, t.s2, 'c')) = a-b-c", "join(',', (t.u, 1)) = '18446744073709551615,1'", "concat(t.s, '/', t.s2) = a/b",
          "tolower(concat('X', t.s)) = xa", "getopt(t.sl, 'nt:') in (n, t, val)", "getopt(t.sl, 'nt:')[t] = val",
          "getopt(t.sl, 'nt:')[n] = n", "getopt(('-q', '-t'), 't:') in ('?', '')", "len((t.s, t.s2)) = 2", "tolower('A') = a" },
        { "getopt(t.sl, 'nt:')[x] exists", "getopt(t.sl, 'n') in (n)", "join(',', (t.s, t.key[x])) exists",
          "concat(t.s, t.key[x]) exists" })
      assert.matches("concat takes texts: its operand 2 is none", refusal "concat(t.s, t.u) = 1")
      assert.matches("join takes two: a separator and a list", refusal "join(t.s, t.sl, t.s) = 1")
      assert.matches("join takes several operands", refusal "join(t.sl) = 1")
      assert.matches("the second of join's: expected a list", refusal "join(t.s, t.s) = 1")
      assert.matches("getopt%[ab%]: expected one letter", refusal "getopt(t.sl, 'a')[ab] = 1")
      assert.matches("tolower takes one operand, got 2", refusal "tolower(t.s, t.s2) = a")
      assert.matches("tolower takes no argument in brackets", refusal "tolower(t.s)[x] = a")
    end)
  end)

  it("may be of one, any or all of a list's values", function()
    expect([[{"s": "abc", "u": 5, "a": "10.0.0.1"}]],
      { "t.s = anyof (x, abc)", "t.s contains oneof (a, x)", "t.s contains allof (a, b)", "t.s != allof (x, y)",
        "t.s startswith anyof (b, a)", "t.u != anyof (5, 6)", "t.s regex anyof (x, a.*)", "t.a = anyof (10.0.0.1)",
        "t.n != allof (10.0.0.0/8)" },
      { "t.s = anyof ()", "t.s contains oneof (a, b)", "t.s contains allof (a, x)", "t.s != allof (abc, x)",
        "t.u = oneof (5, 5)", "t.s2 != allof (x)", "t.n = anyof (10.0.0.0/8)" })
  end)
end)
