-- lpeg and re: LPeg as it is, and what bounds it.

local given = require "spec.given"
local support = require "spec.support"

local value = given.evaluator { config = '{"lure": {"time": 60}}' }

--- Runs code with `lpeg` and `re` as locals.
local function run(code)
  return value('local lpeg, re = require "lpeg", require "re" ' .. code)
end

--- The error of code.
local function failure(code)
  return run(("return (select(2, pcall(function() %s end)):gsub('^code:%%d+: ', ''))"):format(code))
end

describe("lpeg", function()
  it("is LPeg, without what prints to standard output", function()
    assert.equal("LPeg 1.1.0, nil, nil, pattern, nil", run "return lpeg.version, lpeg.ptree, lpeg.pcode, lpeg.type(lpeg.P(1)), lpeg.type(1)")
  end)

  it("matches sequences, choices, repetitions, predicates and sets", function()
    assert.equal("4, 3, nil, 1, 3", run [[
      local P, S, R = lpeg.P, lpeg.S, lpeg.R
      return (P "ab" * R "09"):match "ab1", (P "x" + "ab"):match "abc", (R "az" ^ 3):match "ab1", (R "09" ^ 0):match "x",
        (S "abc" ^ -2):match "abcabc"]])
    assert.equal("2, nil, 2, nil, 3", run [[
      local P = lpeg.P
      return (P "a" * #P "b"):match "ab", (P "a" * #P "b"):match "ac", (P "a" - "b"):match "a", (P(1) - "b"):match "b",
        (P "a" * lpeg.B "a" * "b"):match "ab"]])
    assert.equal("4, nil", run "local p = lpeg.utfR(0x80, 0x10FFFF) return p:match '€', p:match 'e'")
  end)

  it("captures texts, places, tables, groups, functions' results and substitutions", function()
    assert.equal("k, 12, 6", run [[
      local word, number = lpeg.C(lpeg.R "az" ^ 1), lpeg.R "09" ^ 1 / tonumber
      return (word * lpeg.P "=" ^ 1 * number * lpeg.Cp()):match "k==12"]])
    assert.equal("1, nil, 2", run [[
      local pair = lpeg.Cg(lpeg.C(lpeg.R "az") * "=" * lpeg.C(lpeg.R "09"))
      local t = lpeg.Cf(lpeg.Ct "" * (pair * lpeg.P "," ^ -1) ^ 0, rawset):match "a=1,b=2" return t.a, t.c, t.b]])
    assert.equal("<b>-<a>", run [[return lpeg.Cs((lpeg.R "az" / "<%0>" + 1) ^ 0):match("b-a")]])
    assert.equal("12", run [[return (lpeg.Cc(0) * (lpeg.R "09" / tonumber % function(sum, n) return sum + n end) ^ 1):match "345"]])
    assert.equal("aa, nil", run [[
      local p = lpeg.C(lpeg.Cg(lpeg.C(1), "x") * lpeg.Cmt(lpeg.Cb "x" * lpeg.C(1), function(_, _, a, b) return a == b end))
      return (p:match "aa"), (p:match "ab")]])
    assert.equal("y", run [[return (lpeg.Carg(2) * 1):match("z", 1, "x", "y")]])
  end)

  it("matches grammars, and says which rule is wrong", function()
    assert.equal("7, nil", run [[
      local p = lpeg.P { "S", S = "(" * lpeg.V "S" ^ 0 * ")" } * -1 return p:match "(()())", p:match "(()"]])
    assert.equal("rule 'A' may be left recursive", failure [[lpeg.P { "A", A = lpeg.V "A" * "x" + "y" }]])
    assert.equal("rule 'B' undefined in given grammar", failure [[lpeg.P { "A", A = lpeg.V "B" }]])
    assert.equal("empty loop in rule 'A'", failure [[lpeg.P { "A", A = ("x" * lpeg.V "B") ^ 0 * lpeg.V "B" ^ 0, B = lpeg.P "" }]])
    assert.equal("loop body may accept empty string", failure [[local _ = lpeg.P "" ^ 0]])
    assert.matches("backtrack stack overflow %(current limit is 400%)",
      failure [[lpeg.P { "S", S = "(" * lpeg.V "S" * ")" + "x" }:match(("("):rep(1000))]])
  end)

  it("takes any bytes, and the case of ASCII alone", function()
    assert.equal("4", run [[return (lpeg.P "\0" * lpeg.R "\x80\xff" * 1):match "\0\xff\n"]])
    assert.equal("2, nil", run [[local alpha = lpeg.locale().alpha return alpha:match "e", alpha:match "\xe9"]])
  end)
end)

describe("re", function()
  it("compiles grammars, with definitions", function()
    assert.equal("a, 12, 7, h.ll.", run [[
      local t = re.compile "{| {:k: %w+ :} '=' {:v: %d+ :} |}":match "a=12"
      return t.k, t.v, (re.find("hello world", "'wor'")), re.gsub("hello", "[aeiou]", ".")]])
    assert.equal("42, 3", run [[
      local mul = re.compile("({[0-9]+} '*' {[0-9]+}) -> mul", { mul = function(a, b) return a * b end })
      return mul:match "6*7", re.match("aab", "'a'*")]])
  end)

  it("says near what a grammar is wrong", function()
    assert.matches("pattern error near ''b'", failure [[re.compile "a <- ('b"]])
    assert.matches("name 'nothing' undefined", failure [[re.compile "%nothing"]])
  end)

  it("does not need what a script has put in place of require or getmetatable", function()
    local state = support.start(given.field [[function()
      getmetatable, require_kept = nil, require
      local re = require_kept "re"
      return re.match("x", "{.}")
    end]])
    assert.equal("x", state:extract(support.event "1", "x.y"))
    state:destroy()
  end)
end)

describe("an argument of lpeg and re", function()
  it("may be anything: it is taken, or refused with a text", function()
    assert.equal("true", run [[
      local deep = lpeg.P "a" for _ = 1, 10 do deep = lpeg.Ct(deep + lpeg.Cg(deep, "n")) end
      local values = { 0, -1, 1, 2^53, math.mininteger, math.maxinteger, 0/0, 1/0, "", "a", "ab", ("x"):rep(300), "\0\xff", true, false, {},
        { 1 }, { "a" }, { "A", A = lpeg.V "A" }, { lpeg.V(1) }, { "A", A = lpeg.P "a" * lpeg.V "B", B = lpeg.C "b" ^ 0 }, print, tostring,
        lpeg.P "a", lpeg.V "x", lpeg.C(1) ^ 0, -lpeg.P(1), lpeg.Cb "n", lpeg.Carg(3), lpeg.Cc(nil), lpeg.B "a", lpeg.Cs(lpeg.P(1) / "%1"),
        lpeg.Cmt(1, function() return 5 end), deep, setmetatable({}, { __index = function() return lpeg.P(1) end }), coroutine.create(print) }
      local functions, bad = {}, 0
      for _, module in ipairs { lpeg, re } do
        for name, f in pairs(module) do if type(f) == "function" then functions[#functions + 1] = { name, f } end end
      end
      for name, f in pairs { add = function(a, b) return a + b end, mul = function(a, b) return a * b end, sub = function(a, b) return a - b end,
        pow = function(a, b) return a ^ b end, div = function(a, b) return a / b end, mod = function(a, b) return a % b end,
        unm = function(a) return -a end, len = function(a) return #a end } do functions[#functions + 1] = { name, f } end
      local n = #values
      for _, one in ipairs(functions) do
        for i = 0, n do
          for j = 0, n do
            local ok, result = pcall(one[2], values[i], values[j], values[(i * j) % n])
            if ok and lpeg.type(result) then ok, result = pcall(lpeg.match, result, "abab", 1, "x") end
            if not ok and type(result) ~= "string" then bad = bad + 1 end
          end
        end
      end
      return bad == 0]])
  end)
end)

describe("a pattern of lpeg", function()
  it("has a metatable that scripts cannot reach", function()
    assert.equal("false, nil, false", run [[return getmetatable(lpeg.P(1)), lpeg.P(1).__gc, (pcall(setmetatable, lpeg.P(1), {}))]])
  end)

  it("may be as large as memory lets it, and sizes do not overflow", function()
    for _, code in ipairs { "lpeg.P(1 << 40)", "lpeg.P(math.mininteger)", "lpeg.P(-(1 << 31))", "lpeg.P(1) ^ (1 << 31)", "lpeg.P(1) ^ -(1 << 31)",
      "lpeg.P(1) ^ math.mininteger", "lpeg.P(4095) ^ (1 << 20)", "lpeg.P(4094) ^ -(1 << 20)", 'lpeg.P(("x"):rep((1 << 23) + 1))',
      "(lpeg.P(1 << 22) * lpeg.P(1 << 22)) * lpeg.P(1)" } do
      assert.equal("pattern is too large", failure("local _ = " .. code), code)
    end
    assert.equal("8388609", run [[return lpeg.P(1 << 23):match(("x"):rep(1 << 23))]])
  end)

  it("may be nested deeply, and not without an end", function()
    assert.equal("150", run [[
      local p = lpeg.P "x" for _ = 1, 150 do p = lpeg.C(p) end return #table.pack(p:match "x")]])
    assert.equal("subcapture nesting too deep", failure [[
      local p = lpeg.P "x" for _ = 1, 600 do p = lpeg.C(p) end p:match "x"]])
    assert.matches("pattern is nested too deeply", failure [[
      local p = lpeg.P "x" for _ = 1, 12000 do p = #p end p:match "x"]])
    assert.equal("6", run [[local p = lpeg.P(false) for i = 1, 1000 do p = p + ("w" .. i .. ";") end return p:match "w999;"]])
  end)

  it("in functions of captures of patterns is bounded by the C stack together with them", function()
    assert.matches("too deep", failure [[
      local function again(n)
        local p = lpeg.P "x" / function() return again(n + 1) end
        for _ = 1, 60 do p = lpeg.Cs(p) end
        return p:match "x"
      end
      again(1)]])
  end)

  it("whose compilation was stopped is compiled anew", function()
    local state = support.start(given.field [[(function()
      local lpeg = require "lpeg"
      local list, count = lpeg.P(false), 0
      return function(payload)
        if payload == "more" then
          for _ = 1, 100 do count = count + 1 list = list + ("word" .. count .. ".") end
        end
        return tostring(list:match "word7.")
      end
    end)()]], { config = '{"lure": {"time": 0.02}}' })
    local stopped = 0
    for n = 1, 40 do -- the time that it takes grows by its square
      for _, payload in ipairs { "more", "match", "match" } do
        local got, message = state:extract(support.event(payload .. ""), "x.y")
        if got then
          assert.equal("7", got)
        else
          assert.matches("stopped after 0.02 s", message)
          stopped = stopped + 1
        end
      end
      if stopped > 4 then break end
      assert.is_true(n < 40)
    end
    state:destroy()
  end)

  it("takes time in proportion to the text, and so do its captures", function()
    local ratio = run [[
      local p = lpeg.Ct((lpeg.C(lpeg.R "az" ^ 1) * "=" * lpeg.Cg(lpeg.C(lpeg.R "09" ^ 1), "n") * lpeg.Cb "n" * lpeg.P " " ^ 0) ^ 0)
      local function time(n)
        local s, begin = ("ab=12 "):rep(n), os.clock()
        assert(#p:match(s) == 2 * n)
        return os.clock() - begin
      end
      time(2000)
      return time(20000) / time(2000)]]
    assert.is_true(tonumber(ratio) < 40, ratio)
  end)
end)

describe("lpeg and re", function()
  it("are there in the safe sandbox", function()
    local safe = given.evaluator { config = '{"lure": {"sandbox": "safe"}}' }
    assert.equal("3, 2", safe [[return require "lpeg".match("ab", "abc"), require "re".match("a", ".")]])
  end)

  it("are charged for their memory", function()
    local small = given.evaluator { config = '{"lure": {"memory": 4000000}}' }
    assert.matches("not enough memory", small [[
      local lpeg = require "lpeg"
      return select(2, pcall(function() local p = lpeg.P "x" while true do p = p * p end end))]])
    assert.matches("not enough memory", small [[
      local lpeg = require "lpeg"
      local p = lpeg.Ct(lpeg.C(1) ^ 0)
      return select(2, pcall(p.match, p, ("x"):rep(1 << 20)))]])
  end)
end)
