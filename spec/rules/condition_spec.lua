-- The grammar of conditions (lua/lure/rules/condition.lua). That libsinsp reads them alike is said by
-- spec/sinsp/filters_spec.lua.

local condition = require "lure.rules.condition"

-- A tree as a text: every group in brackets, every text in quotes.
local function shown(node)
  local kind = node.kind
  local of = {}
  for i, part in ipairs(node.children or node.args or node.values or {}) do of[i] = shown(part) end
  if kind == "and" or kind == "or" then return "[" .. table.concat(of, " " .. kind .. " ") .. "]" end
  if kind == "not" then return "[not " .. shown(node.child) .. "]" end
  if kind == "identifier" then return node.name end
  if kind == "exists" then return shown(node.left) .. " exists" end
  if kind == "compare" then
    local op = node.modifier and node.op .. ":" .. node.modifier or node.op
    return ("%s %s %s"):format(shown(node.left), op, shown(node.right))
  end
  local argument = node.arg and ("{%s}"):format(node.arg) or ""
  if kind == "field" then return node.name .. argument end
  if kind == "transformer" then return ("%s(%s)%s"):format(node.name, table.concat(of, ","), argument) end
  if kind == "value" then return node.quoted and ("'%s'"):format(node.text) or ("`%s`"):format(node.text) end
  return (kind == "tuple" and "<%s>" or "(%s)"):format(table.concat(of, ","))
end

local function read(text) return shown(assert(condition.parse(text))) end

-- The text of a value behind "a.b = ".
local function value(text) return assert(condition.parse("a.b = " .. text)).right.text end

local function refusal(text)
  local node, problem = condition.parse(text)
  assert.is_nil(node, text)
  return ("%d:%d: %s"):format(problem.line, problem.column, problem.message)
end

local function accepts(texts)
  for _, text in ipairs(texts) do
    local node, problem = condition.parse(text)
    assert(node, text .. ": " .. (problem and problem.message or ""))
  end
end

local function refuses(texts)
  for _, text in ipairs(texts) do assert.is_nil((condition.parse(text)), text) end
end

describe("a condition", function()
  it("binds not closer than and, and and closer than or", function()
    assert.equal("[a or [b and [not c]] or [d and e]]", read "a or b and not c or d and e")
    assert.equal("[[a or b] and [not [c or d]]]", read "(a or b) and not (c or d)")
  end)

  it("takes not twice for nothing", function()
    assert.equal("a", read "not not a")
    assert.equal("[not a]", read "not not not(a)")
    assert.equal("nota", read "nota")
  end)

  it("needs a blank or a parenthesis behind a word, and in front of none", function()
    assert.equal("[a and b and c]", read "(a)and(b)and(c)")
    assert.equal("[a.b exists and c]", read "a.b existsand c")
    refuses { "a andb", "a orb", "a and", "and a", "a or or b", "a not b", "aand b" }
  end)

  it("takes what follows or( alone: its and belongs to nobody", function()
    assert.equal("[a or b]", read "a or(b)")
    refuses { "a or(b) and c" }
    assert.equal("[a or [b and c]]", read "a or (b) and c")
  end)

  it("may stand on many lines", function()
    assert.equal("[a.b = `1` and c.d in (`x`,`y`)]", read "\ta.b\n=\n1\r\n and\bc.d in (x,\n y)\n")
  end)

  it("is nested 18 parentheses deep at most, as in libsinsp", function()
    local function nested(depth) return ("("):rep(depth) .. "a.b < 1" .. (")"):rep(depth) end
    assert.equal("a.b < `1`", read(nested(18)))
    assert.matches("^1:23: the condition is nested too deep .*; move parts of it into macros", refusal(nested(19)))
    assert.matches("nested too deep", refusal(("("):rep(100000)))
  end)

  it("says in which line and column it is wrong, what was expected, what came and what to do", function()
    assert.equal('2:2: expected "and" or "or", got "d"; put a text with blanks between quotes', refusal "a.b = c\n d")
    assert.equal("1:1: the condition is empty; expected a check, as in a.b = 1", refusal "")
    assert.equal('1:1: expected a check (FIELD OPERATOR VALUE), the name of a macro or "(", got "="', refusal "= 1")
    assert.matches('^1:5: expected an operator behind a%.b, got "equals"; there are exists <= < ', refusal "a.b equals 1")
    assert.matches("^1:7: expected a value, a transformer or val%(FIELD%), got the end; ", refusal "a.b = ")
    assert.matches('^1:8: expected "and", "or" or "%)", got the end; ', refusal "(a or b")
    assert.matches("^1:6: .* transformers are tolower .* getopt and, on the right, val, with no blank", refusal "lower(a.b) = c")
  end)

  it("keeps where each part stands", function()
    local node = condition.parse "a and not\n(b.c in (d, e))"
    assert.same({ 1, 7 }, { node.children[1].at, node.children[2].at })
    local check = node.children[2].child
    assert.same({ 12, 12, 19, 20, 23 }, { check.at, check.left.at, check.right.at, check.right.values[1].at,
      check.right.values[2].at })
  end)
end)

describe("a check", function()
  it("has one of all operators", function()
    assert.equal(20, #condition.operators)
    for _, op in ipairs(condition.operators) do
      local right = op == "exists" and "" or (op == "in" or op == "intersects" or op == "pmatch") and " (`1`)" or " `1`"
      assert.equal("a.b " .. op .. right, read("a.b " .. op .. right:gsub("`", "")))
    end
  end)

  it("has a blank behind operators that are words, and need none behind others", function()
    assert.equal("a.b = `c`", read "a.b=c")
    assert.equal("a.b >= `1`", read "a.b>=1")
    assert.equal("a.b in (`c`)", read "a.b in(c)")
    refuses { "a.b containsc", "a.b contains'c'", "a.b startswith", "a.b EXISTS", "a.b === c", "a.b !== c" }
  end)

  it("compares < <= > >= with numbers alone, or with fields", function()
    assert.equal("[a.b < `0x1F` and a.b <= `-1.5e+10` and a.b > `+3` and a.b >= val(c.d)]",
      read "a.b < 0x1F and a.b <= -1.5e+10 and a.b > +3 and a.b >= val(c.d)")
    refuses { "a.b < c", "a.b < '1'", "a.b > 1e5", "a.b > .5", "a.b > 0x", "a.b < (1)" }
  end)

  it("takes a list, or the name of one, behind in, intersects and pmatch", function()
    assert.equal("a.b in ()", read "a.b in ( )")
    assert.equal("a.b intersects (`c`,'d e',`*.log`,'f')", read [[a.b intersects (c, "d e",*.log , 'f')]])
    assert.equal("a.b pmatch `paths`", read "a.b pmatch paths")
    assert.equal("a.b in val(c.d)", read "a.b in val(c.d)")
    refuses { "a.b in (,)", "a.b in (c,)", "a.b in (c d)", "a.b in (val(c.d))", "a.b in 'c'", "a.b in (c", "a.b = (c)" }
  end)

  it("takes a list whose first text has a wrong escape as an empty one, and tells of it", function()
    local node = assert(condition.parse [[a.b in ("\q")]])
    assert.equal("a.b in ()", shown(node))
    assert.matches([[^unknown escape \q; ]], node.right.problem.message)
    assert.equal(10, node.right.problem.at)
    refuses { [[a.b in ("\q", c)]], [[a.b in (c, "\q")]] }
  end)

  it("may have oneof, anyof or allof and a list behind an operator of texts", function()
    assert.equal("a.b =:anyof (`c`,`d`)", read "a.b = anyof (c, d)")
    assert.equal("a.b contains:oneof (`c`)", read "a.b contains oneof (c)")
    assert.equal("a.b !=:allof `names`", read "a.b != allof names")
    assert.equal("[a.b = `anyof` and c]", read "a.b = anyof and c")
    assert.equal("a.b = `anyof`", read "a.b = anyof")
    refuses { "a.b =anyof (c)", "a.b = anyof(c)", "a.b < anyof (1)", "a.b in anyof (c)" }
  end)
end)

describe("a field", function()
  it("has a dot in its name, and at most one argument, bare or quoted", function()
    assert.equal("a.b_1.c{x/y=(z)} exists", read "a.b_1.c[x/y=(z)] exists")
    assert.equal("a.b{a ]\"} exists", read [=[a.b["a ]\""] exists]=])
    assert.equal("a.b{} exists", read "a.b[''] exists")
    accepts { "a.b[1] = 1", "a.b[key] = 1" }
    refuses { "a.b[] = 1", "a.b [1] = 1", "a.b[1 = 1", "a.b[ 1] = 1", "a.b[[] = 1", "a.b['x] = 1", "a = 1", "a. = 1",
      "a.1 = 1", "_a.b = 1" }
  end)

  it("goes through transformers, on both sides; val is for the right one", function()
    assert.equal("tolower(b64(a.b)) = toupper(c.d{1})", read "tolower(b64( a.b ) ) = toupper(c.d[1])")
    assert.equal("a.b = val(c.d)", read "a.b = val( c.d )")
    refuses { "val(a.b) = c", "a.b = val(tolower(c.d))", "tolower(val(a.b)) = c", "tolower (a.b) = c", "a.b = tolower()",
      "unknown(a.b) = c", "tolower(a) = c" }
  end)

  it("stands with texts, numbers and lists in transformers of several arguments", function()
    assert.equal("join('-',<a.b,'c',`1`,len(d.e)>) = `x`", read "join('-', (a.b, 'c', 1, len(d.e))) = x")
    assert.equal("concat(<>) exists", read "concat(()) exists")
    assert.equal("getopt(a.b,'nt:'){t} = `x`", read [[getopt(a.b, "nt:")[t] = x]])
    refuses { "join('-', (a.b) = x", "join('-', (,)) = x", "join('-', (a.b,)) = x", "join('-', ((a.b))) = x",
      "join(-, a.b) = x", "getopt(a.b)[] = x" }
  end)
end)

describe("a value", function()
  it("is all up to a blank, a parenthesis, a comma, an equals sign or a quote", function()
    assert.equal([[0a!@#456:/\.;!$%^&*[]{}|]], value [[0a!@#456:/\.;!$%^&*[]{}|]])
    assert.equal("ä€😀", value "ä€😀")
    refuses { "a.b = c=", "a.b = c,", "a.b = c(", "a.b = c'", "a.b = ", "a.b = c d" }
  end)

  it("ends at a byte that is not UTF-8, if no quotes stand around it", function()
    for _, bad in ipairs { "\xFF", "\xC3", "\xC0\x80", "\xF4\x90\x80\x80" } do
      refuses { "a.b = c" .. bad, "a.b = " .. bad, "a.b[" .. bad .. "] = c" }
      assert.equal("c" .. bad, value("'c" .. bad .. "'"))
    end
    assert.equal("\xED\xA0\x80", value "\xED\xA0\x80") -- RE2 takes surrogates
  end)

  it("is taken as it stands between quotes, but for escapes", function()
    assert.equal([[it's " (=,]], value [["it's \" (=,"]])
    assert.equal([[it's " (=,]], value [['it\'s " (=,']])
    assert.equal("\b\f\n\r\t\\/A\xFF", value [["\b\f\n\r\t\\/\x41\xff"]])
    assert.equal("a\\b", value [["a\ b"]]) -- libsinsp's: no blank
    assert.equal("", value "''")
    assert.equal("a\nb", value "'a\nb'")
  end)

  it("has no other escapes, and none of the other quote", function()
    assert.matches([[^1:8: \" is no escape between ' and '; write "]], refusal [[a.b = '\"']])
    assert.matches([[^1:9: unknown escape \d; there are .* write \\ for a backslash]], refusal [[a.b = "a\d"]])
    refuses { [[a.b = "\x4"]], [[a.b = "\xg0"]], [[a.b = "\a"]], [[a.b = "\u0041"]] }
  end)

  it("is not closed by a quote behind a backslash, be that escaped itself or not", function()
    refuses { [[a.b = "c\\"]], [[a.b = 'c\']], [[a.b = "c]] }
    assert.equal([[c\" or d.e = ]], value [["c\\\" or d.e = "]])
  end)
end)

describe("macros in a condition", function()
  local macros = {
    one = condition.parse "a.b = 1",
    two = condition.parse "one or c.d = 2",
    odd = condition.parse "e.f = 3 and missing",
    own = condition.parse "not own",
  }

  local function expanded(text)
    local node, problem = condition.expand(condition.parse(text), function(name) return macros[name] end)
    return node and shown(node) or problem.at .. ": " .. problem.message
  end

  it("are put in as if parentheses stood around them", function()
    assert.equal("[[not [a.b = `1` or c.d = `2`]] and g.h exists]", expanded "not two and g.h exists")
    assert.equal("[one or c.d = `2`]", shown(macros.two))
  end)

  it("have to be there, and not contain themselves", function()
    assert.equal('8: no macro "missing"; define it above', expanded "one or missing")
    assert.matches('no macro "missing"', expanded "odd")
    assert.matches('macro "own" contains itself', expanded "one or own")
  end)
end)
