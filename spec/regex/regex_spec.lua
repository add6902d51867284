-- lure.regex: patterns, matches, and what bounds them.

local given = require "spec.given"
local support = require "spec.support"

local value = given.evaluator()

--- The error of code.
local function failure(code)
  return value(("return (select(2, pcall(function() %s end)):gsub('^code:%%d+: ', ''))"):format(code))
end

describe("lure.regex.compile", function()
  it("says where in the pattern something is wrong, and what", function()
    assert.equal('lure.regex.compile: pattern: missing closing parenthesis, at byte 4, behind "a(b"',
      failure [[lure.regex.compile "a(b"]])
    assert.equal('lure.regex.compile: pattern: quantifier does not follow a repeatable item, at byte 1',
      failure [[lure.regex.compile "*a"]])
    local long = failure [[lure.regex.compile(("x"):rep(100) .. "[")]]
    assert.matches('at byte 102, behind "%.%.%.x+%["$', long)
  end)

  it("takes flags, and refuses others", function()
    assert.equal("true, false", value [[return lure.regex.compile("AB", "i"):test "ab", lure.regex.compile "AB":test "ab"]])
    assert.equal("3, 3", value [[return lure.regex.compile("^b$", "m"):find "a\nb\nc"]])
    assert.equal("true, false", value [[return lure.regex.compile("a.b", "s"):test "a\nb", lure.regex.compile "a.b":test "a\nb"]])
    assert.equal("true", value [[return lure.regex.compile(" a b # the two", "x"):test "ab"]])
    assert.equal("nil, 2", value [[local p = lure.regex.compile("b", "a") return p:find "ab", (p:find("ab", 2))]])
    assert.equal("1, 2", value [[return lure.regex.compile("AB", "xsmi"):find "ab"]])
    assert.equal('lure.regex.compile: flags: expected some of i, m, s, x, u, a, got "q"', failure [[lure.regex.compile("a", "iq")]])
    assert.equal("lure.regex.compile: flags: expected a text, got integer 1", failure [[lure.regex.compile("a", 1)]])
    assert.matches("^lure%.regex%.compile: pattern: expected a text, got ", failure [[lure.regex.compile(nil)]])
  end)

  it("takes a pattern of 65535 bytes, and none that is longer", function()
    local long = [[("#" .. ("x"):rep(%d) .. "\n") .. "a"]]
    assert.equal("true", value(("return lure.regex.compile(%s, 'x'):test 'a'"):format(long:format(65532))))
    assert.matches("^lure%.regex%.compile: pattern: longer than 65535 bytes, at byte 65536, behind ",
      failure(("lure.regex.compile(%s, 'x')"):format(long:format(65533))))
    assert.matches("regular expression is too large", failure [[lure.regex.compile(("(?:abcdefgh){99}"):rep(99))]])
    assert.matches("parentheses are too deeply nested", failure [[lure.regex.compile(("("):rep(251) .. (")"):rep(251))]])
    assert.equal("true", value [[return lure.regex.compile(("("):rep(250) .. (")"):rep(250)):test ""]])
  end)

  it("lets no pattern ask for UTF-8 by itself, and knows no half characters", function()
    assert.matches("using UTF is disabled", failure [[lure.regex.compile "(*UTF)a"]])
    assert.matches("using UCP is disabled", failure [[lure.regex.compile "(*UCP)a"]])
    assert.matches("using \\C is disabled", failure [[lure.regex.compile("\\C", "u")]])
    assert.matches("UTF%-8 error", failure [[lure.regex.compile("\xff", "u")]])
  end)

  it("gives objects whose insides scripts cannot reach", function()
    assert.equal("false, nil, false", value [[local p = lure.regex.compile "a"
      return getmetatable(p), p.__gc, (pcall(function() p.match = 1 end))]])
    assert.equal("lure.regex pattern: match: expected a pattern, got string \"a\"; call it as pattern:match(...)",
      failure [[lure.regex.compile "a".match "a"]])
    assert.matches("expected a pattern, got ", failure [[lure.regex.compile "a".match(io and io.stdout or {}, "a")]])
  end)
end)

describe("a match", function()
  it("has the groups by number and by name, and the whole at 0", function()
    assert.equal("k=12, k, 12, k, 12, 2", value [[
      local m = lure.regex.compile "(?<key>\\w+)=(?<value>\\d+)":match "- k=12;"
      return m[0], m[1], m[2], m.key, m.value, #m]])
  end)

  it("has nil for a group that has no part in it, and an empty text for one that matched nothing", function()
    assert.equal("b, nil, b, nil, nil", value [[
      local m = lure.regex.compile "(?<a>a)|(?<b>b)(c)?":match "b" return m[0], m[1], m[2], m[3], m.a]])
    assert.equal("a, , b", value [[local m = lure.regex.compile "(a)()(b)":match "ab" return m[1], m[2], m[3] ]])
    assert.equal("two, two", value [[
      local m = lure.regex.compile "(?J)(?:(?<x>one)|(?<x>two))":match "two" return m.x, m[2] ]])
  end)

  it("begins at a place, as string.find has it", function()
    assert.equal("1, 3, 3, 4, 4, nil, nil, 1", value [[
      local p = lure.regex.compile "(?<=b|^)|$"
      return p:find("abb", 1), (p:find("abb", 2)), (p:find("abb", -1)), (p:find("abb", 4)), (p:find("abb", -0 + 4)), p:find("abb", 5),
        p:find("abb", math.maxinteger), (p:find("abb", math.mininteger))]])
    assert.equal("nil, 1", value [[return lure.regex.compile "^b":find("ab", 2), (lure.regex.compile "a":find("ab", -9))]])
    assert.matches("lure%.regex pattern: find: init: expected an integer, got number 1%.5", failure [[lure.regex.compile "a":find("a", 1.5)]])
  end)

  it("takes any bytes", function()
    assert.equal("2, 5", value [[return lure.regex.compile "\\x00.\\xff\\n":find "a\0\x80\xff\n"]])
    assert.equal("4", value [[local m = lure.regex.compile ".{4}":match(utf8.char(0x20AC, 0x20AC)) return #m[0] ]])
  end)

  it("with the flag u takes characters, and bytes that are none by themselves", function()
    assert.equal("6, true, true", value [[
      local p = lure.regex.compile(".{2}", "u") local m = p:match(utf8.char(0x20AC, 0x20AC))
      return #m[0], lure.regex.compile("^\\w$", "u"):test "é", lure.regex.compile("É", "iu"):test "é"]])
    assert.equal("1, 5, \\xff\\xc3, x", value [[
      local from, to, bad, x = lure.regex.compile("é(..)(x)", "u"):find "é\xff\xc3x"
      return from, to, bad:gsub(".", function(c) return ("\\x%02x"):format(c:byte()) end), x]])
    assert.equal("3, 5", value [[return lure.regex.compile(".", "u"):find("é€", 2)]])
    assert.equal("5 1 5", value [[
      local t = {} for m in lure.regex.compile("\\x{1a}|.", "u"):gmatch "\xe2\x82a\xf0\x90" do t[#t + 1] = #m[0] end
      local p = lure.regex.compile("\\x{1a}", "u")
      local n = 0 for _ in p:gmatch "\xe2\x82a\xf0\x90" do n = n + 1 end
      return #t .. " " .. math.max(table.unpack(t)) .. " " .. n + 1]])
  end)

  it("goes on behind the last one, also where that was empty", function()
    local code = [[local t = {} for m in lure.regex.compile(%q):gmatch(%q) do t[#t + 1] = m[0] end return table.concat(t, "|")]]
    assert.equal("a|b|c", value(code:format("\\w", "a b c")))
    assert.equal("|aa||", value(code:format("a*", "baac")))
    assert.equal("|a|", value(code:format("|a", "a")))
    assert.equal("", value(code:format("x", "abc")))
    assert.equal("b, nil, nil", value [[local f = lure.regex.compile "\\w":gmatch("ab", 2) return f()[0], f(), f()]])
  end)

  it("comes to an end where \\K in a look-behind puts the begin of each before where it was looked for", function()
    local code = [[local n, t = 0, {} for m in lure.regex.compile("(?(DEFINE)(?<x>\\K.))(?<=(?&x))", %q):gmatch(%q) do
      n = n + 1 t[n] = m[0] assert(n < 10) end return t[1] .. t[n - 1] .. t[n] ]]
    assert.equal("abc", value(code:format("", "abc")))
    assert.equal("aéc", value(code:format("u", "aéc")))
  end)

  it("that recurses without an end is an error", function()
    assert.matches("the pattern recurses without an end", failure [[lure.regex.compile "^(?:a|(?R))*?(?R)?b":test "c"
      lure.regex.compile "((?1)?a|b)":test "c" lure.regex.compile "(?<a>(?<b>x?)(?&a))":test "y"]])
  end)
end)

describe("a pattern that takes long", function()
  --- What code in a field returns, and its error. How long it took is the matter of spec/script/timebudget_spec.lua.
  local function stopped(code, config)
    local state = support.start(given.field(("function() %s end"):format(code)), { config = config })
    local got, message = state:extract(support.event "x", "x.y")
    state:destroy()
    return got, message
  end

  local cases = {
    ["nested repetitions"] = [[lure.regex.compile "(a+)+$":test(("a"):rep(50) .. "b")]],
    ["alternatives that overlap"] = [[lure.regex.compile "^(a|aa|a?)+$":test(("a"):rep(60) .. "b")]],
    ["repetitions that overlap"] = [[lure.regex.compile "^(?:.*a){20}$":test(("a"):rep(400) .. "b")]],
    ["a scan from each place"] = [[lure.regex.compile ".*?a{60000}b|x*+y":test(("a"):rep(1 << 22))]],
    ["references"] = [[lure.regex.compile "^(a+)+(\\1+)+(\\2\\1)+b":test(("a"):rep(5000))]],
    ["recursion"] = [[lure.regex.compile "^((a(?1)?)*)+$":test(("a"):rep(40) .. "b")]],
    ["look-arounds"] = [[lure.regex.compile "(?=(a+)+b)|(?<=a|aa)(a*)*c":test(("a"):rep(2000))]],
    ["a case-insensitive one in Unicode"] = [[lure.regex.compile("(\\w+\\s?)+\\d$", "iu"):test(("é"):rep(60) .. "!")]],
  }
  for name, code in pairs(cases) do
    it("ends with the time of the call: " .. name, function()
      local got, message = stopped(code, '{"lure": {"time": 0.3}}')
      assert.is_nil(got)
      assert.matches("stopped after 0%.3 s %(limit: init_config%.lure%.time%)", message)
    end)
  end

  it("cannot be caught", function()
    local got, message = stopped([[pcall(function() ]] .. cases["nested repetitions"] .. [[ end) return "caught"]],
      '{"lure": {"time": 0.2}}')
    assert.is_nil(got)
    assert.matches("stopped after 0%.2 s", message)
  end)

  it("may set a limit of its own, which is an error that can be caught", function()
    assert.matches("match: the pattern's own limit, %(%*LIMIT_%.%.%.=, is exceeded",
      failure [[lure.regex.compile "(*LIMIT_MATCH=100)(a+)+$":match(("a"):rep(50) .. "b")]])
    assert.matches("test: the pattern's own limit, %(%*LIMIT_%.%.%.=, is exceeded",
      failure [[lure.regex.compile "(*LIMIT_HEAP=0)(?:a|b)*c":test(("ab"):rep(10000))]])
  end)

  it("does not let one that was stopped spoil the next", function()
    local state = support.start(given.field [[(function()
      local p = lure.regex.compile "(a+)+$"
      return function(payload) return p:test(payload) and "yes" or "no" end
    end)()]], { config = '{"lure": {"time": 0.1}}' })
    local _, message = state:extract(support.event(("a"):rep(50) .. "b"), "x.y")
    assert.matches("stopped after", message)
    assert.equal("yes", state:extract(support.event "aaa", "x.y"))
    assert.equal("no", state:extract(support.event "b", "x.y"))
    state:destroy()
  end)

  it("takes time in proportion to the text where the pattern does", function()
    local seconds = value [[
      local function time(n)
        local p, u, s, begin = lure.regex.compile "(\\d+)-", lure.regex.compile("(\\d+)-", "u"), ("12- \xff"):rep(n), os.clock()
        local count = 0
        for _ in p:gmatch(s) do count = count + 1 end
        for _ in u:gmatch(s) do count = count + 1 end
        assert(count == 2 * n)
        return os.clock() - begin
      end
      time(2000)
      return time(20000) / time(2000)]]
    assert.is_true(tonumber(seconds) < 30, seconds)
  end)
end)

describe("memory of patterns", function()
  it("is charged: what a match backtracks over may not exceed the limit, and is given back", function()
    local small = given.evaluator { config = '{"lure": {"memory": 8000000}}' }
    assert.matches("lure%.regex pattern: test: not enough memory %(limit: init_config%.lure%.memory%)", small [[
      local p = lure.regex.compile "^(?:(a)|b)*c"
      local ok, message = pcall(p.test, p, ("ab"):rep(1 << 17)) assert(not ok)
      assert(p:test(("ab"):rep(100) .. "c"))
      return message]])
  end)

  it("is given back behind a match that backtracked far, whose groups stay", function()
    assert.equal("10002, x, x, 1, 10002, x", value [[
      local p, text = lure.regex.compile "(?:a|b)*c(?<last>x)", ("ab"):rep(5000) .. "cx"
      local m = p:match(text)
      return #m[0], m[1], m.last, p:find(text)]])
  end)

  it("that a match backtracked over is given back after it", function()
    local small = given.evaluator { config = '{"lure": {"memory": 10000000}}' }
    assert.equal("true, true, true", small [[
      local text = ("ab"):rep(6000) .. "c"
      local function deep() return lure.regex.compile "^(?:(a)|b)*c" end
      local first, second, third = deep(), deep(), deep()
      return first:test(text), second:test(text), third:test(text)]])
  end)

  it("is freed by the collector, without which no pattern finds room", function()
    local small = given.evaluator { config = '{"lure": {"memory": 4000000}}' }
    assert.equal("2000", small [[local n = 0
      for i = 1, 2000 do if lure.regex.compile("(a|b)+" .. i):test("ab" .. i) then n = n + 1 end end return n]])
  end)
end)

describe("lure.regex", function()
  it("is there in the safe sandbox", function()
    local safe = given.evaluator { config = '{"lure": {"sandbox": "safe"}}' }
    assert.equal("true, true", safe [[return require "lure.regex" == lure.regex, lure.regex.compile "a":test "a"]])
  end)
end)
