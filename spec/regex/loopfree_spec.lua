-- Patterns in which no group repeats are matched by a program of our own (src/regex/loopfree.h): it finds what PCRE2's
-- interpreter finds, which matches the same pattern behind `(?=)`, a look-ahead that changes nothing.

local given = require "spec.given"

local value = given.evaluator()

--- Code: the same(pattern, flags, text...) where all matches of both are the same; else what differs.
local same = [[
local function told(pattern, flags, text)
  local compiled, all = lure.regex.compile(pattern, flags), {}
  for init = 1, #text + 1 do
    local found = table.pack(compiled:find(text, init))
    for i = 1, found.n do all[#all + 1] = tostring(found[i]) end
    all[#all + 1] = "/"
  end
  for m in compiled:gmatch(text) do all[#all + 1] = "<" .. m[0] .. ">" end
  return table.concat(all, " ")
end
local function same(pattern, flags, ...)
  for _, text in ipairs { ... } do
    local got, expected = told(pattern, flags, text), told("(?=)" .. pattern, flags, text)
    if got ~= expected then return ("%s on %q: %s, PCRE2: %s"):format(pattern, text, got, expected) end
  end
  return "same"
end
]]

local texts = [["", "a", "b", "ab", "aab=12 b", "12-34 ab\n", "\n", "a\nb\n", "ab ab_1\n a=\"b c\" ", "AB\xE9\xFF\0b"]]

--- The patterns, each with all texts and with flags.
local function compare(patterns)
  local code = { same }
  for _, pattern in ipairs(patterns) do
    for _, flags in ipairs { "", "i", "ms", "a" } do
      code[#code + 1] = ("do local r = same([==[%s]==], %q, %s) if r ~= 'same' then return r end end"):format(pattern, flags, texts)
    end
  end
  code[#code + 1] = "return 'same'"
  assert.equal("same", value(table.concat(code, "\n")))
end

describe("a pattern without loops finds what PCRE2 finds:", function()
  it("bytes and classes of bytes", function()
    compare { "ab", "a", "[ab]", "[^ab]", ".", "\\N", "\\d\\d", "\\w=\\d", "\\s\\S", "\\D\\W", "\\h\\H", "\\v|\\V", "[[:punct:]]",
      "\\xE9[\\x80-\\xFF]", "=", "[^\\s=]", "(?i:aB)", "(?i)[a-c]=", "(?i)[^a]" }
  end)

  it("repetitions, greedy, lazy and possessive", function()
    compare { "a*b", "a+?b", "a?ab", "a??b", "a*+b", "\\w+=", "\\w*?\\d", ".*b", ".*?b", ".+ .+", "[ab]*a", "[ab]*?b", "[^=]*=",
      "\\d{2}", "\\d{1,2}\\d", "\\d{1,2}?\\d", "\\w{2,}", "a{0,2}+b", "[ab]{2}", "[ab]{0,1}b", "\\S*\\s*\\S", "(?s).*b", "(?s).*?$" }
  end)

  it("groups, alternatives, and groups that are optional", function()
    compare { "(a)(b)", "(?<k>\\w+)=(?<v>\\d*)", "(a)|(b)", "(?:(a)|(b)|(=))(b)?", "((a)|b)(?:=)?", "(a)?(b)?", "(a)??b", "(?:a|ab)(?:b|=)",
      "(a|(b)|c)=?", "()", "(|a)b", "(a|)b", "(?:(a)b|(a)a)", "(\\w*)(\\w*)", "(.*?)(b)?$", "((?:a|(b)) ?)b?", "a|b|=|1",
      "((\\w+))", "(\\w+)=(\\d+)|((a+) )b", "((a)|b){2}", "(?:(a)|b){2}", "(?|(a)(b)|(b))", "(\\w){2}=" }
  end)

  it("assertions about a place", function()
    compare { "^", "$", "^a", "b$", "(?m)^b", "(?m)b$", "\\Aa", "\\z", "\\Z", "b\\Z", "\\bab\\b", "\\Bb", "\\b", "\\B", "\\Gab", "^$", "(?m)^$" }
  end)
end)

describe("a pattern without loops", function()
  --- Patterns at a limit of the program (loopfree.h), and beyond it: both are what they are.
  local function both(pattern, text)
    return value(same .. ("return same(%s, '', %s)"):format(pattern, text))
  end

  it("may have 256 steps, 1024 bytes, 64 classes, and 32 groups in each other; else PCRE2 matches it", function()
    for _, count in ipairs { 254, 255, 256, 257 } do
      assert.equal("same", both(("('[ab]'):rep(%d)"):format(count), "('ab'):rep(129)"))
    end
    for _, count in ipairs { 1023, 1024, 1025 } do
      assert.equal("same", both(("('x'):rep(%d)"):format(count), ("('x'):rep(%d)"):format(count)))
    end
    for _, count in ipairs { 63, 64, 65 } do
      assert.equal("same", both(([[(function() local p = {} for i = 1, %d do
        p[i] = ("[\\x00-\\x%%02x]"):format(128 + i) end return "x" .. table.concat(p) end)()]]):format(count), "'x' .. ('0'):rep(70)"))
    end
    for _, depth in ipairs { 30, 31, 32, 33 } do
      assert.equal("same", both(("('('):rep(%d) .. 'a' .. (')'):rep(%d)"):format(depth, depth), "'ba'"))
    end
  end)

  it("ends with the time of the call, too, whatever takes long", function()
    for _, code in ipairs {
      [[lure.regex.compile "^.*.*.*.*.*.*[bc]":test(("a"):rep(3000))]],
      [[lure.regex.compile ".*?.*?.*?.*?[bc]":test(("a"):rep(3000))]],
      [[lure.regex.compile "a{50000}[bc]":test(("a"):rep(1 << 22))]],
      [[lure.regex.compile "(?:.*a|.*b|.*c)(?:.*a|.*b)(?:.*a|.*b)[de]":test(("abc"):rep(3000))]],
    } do
      local _, message = pcall(given.evaluator { config = '{"lure": {"time": 0.2}}' }, code)
      assert.matches("stopped after 0%.2 s %(limit: init_config%.lure%.time%)", message)
    end
  end)
end)
