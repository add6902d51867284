-- lure.text: what Python's libraries and go-logfmt make of texts, and the bounds.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function hex(text) return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) end

--- What a script with this body returns, where `text` is lure.text; nil and the message.
local function returned(body, config)
  return given.returned(("function() local text = lure.text %s end"):format(body), "1", { config = config })
end

local fails = given.failing(returned)

--- Answers a line as reference.py does.
local ANSWER = [[function(line)
  local text, crypto = lure.text, lure.crypto
  local words = text.split(line, " ")
  local name = table.remove(words, 1)
  for i, word in ipairs(words) do words[i] = crypto.unhex(word) end
  local function parts(list)
    local result = {}
    for i, part in ipairs(list) do result[i] = crypto.hex(part) .. "," end
    return table.concat(result)
  end
  local functions = {
    split = function(s, separator, most) return parts(text.split(s, separator, math.tointeger(tonumber(most)))) end,
    words = function(s, most) return parts(text.split(s, nil, math.tointeger(tonumber(most)))) end,
    trim = function(s) return crypto.hex(text.trim(s)) end,
    csv = function(s, separator)
      local list, why = text.csv(s, { separator = separator })
      if not list then assert(why:find "^line %d+: ") return "wrong" end
      for i, record in ipairs(list) do list[i] = parts(record) .. ";" end
      return table.concat(list)
    end,
    url = function(s) return crypto.hex(text.url(s)) end,
    query = function(s)
      local query, names, list = text.query(s), {}, {}
      for key in pairs(query) do names[#names + 1] = key end
      table.sort(names)
      for _, key in ipairs(names) do list[#list + 1] = key list[#list + 1] = query[key] end
      return parts(list)
    end,
    glob = function(pattern, s) return tostring(text.glob(pattern, s)) end,
    is_utf8 = function(s)
      local valid, place = text.is_utf8(s)
      return valid and "valid" or tostring(place)
    end,
    utf8 = function(s) return crypto.hex(text.utf8(s)) end,
  }
  return functions[name](table.unpack(words))
end]]

--- A text of some of these parts.
local function random_text(parts, most)
  local list = {}
  for i = 1, math.random(0, most) do list[i] = parts[math.random(#parts)] end
  return table.concat(list)
end

--- Compares so many random cases of a function with Python's. `make` returns the arguments.
local function compare(name, count, make)
  local lines = {}
  math.randomseed(20)
  for i = 1, count do
    local words = { make(i) }
    for n, word in ipairs(words) do words[n] = hex(word) end
    lines[i] = name .. " " .. table.concat(words, " ")
  end
  local path = support.file(table.concat(lines, "\n") .. "\n")
  local answers = support.run(("LD_PRELOAD= python3 %s/spec/text/reference.py %s"):format(SOURCE, path))
  local state = support.start(given.field(ANSWER))
  local number = 0
  for answer in answers:gmatch "([^\n]*)\n" do
    number = number + 1
    local value, message = state:extract(support.event { data = lines[number], num = number }, "x.y")
    assert.equal(answer, value, lines[number] .. (message or ""))
  end
  assert.equal(count, number, answers)
  state:destroy()
end

describe("lure.text does as Python:", function()
  local LETTERS = { "a", "b", "ab", " ", "\t", "\n", "\v\f", "\r", ",", ",,", "\0", "\xff", "\xc3\xa4" }

  it("split", function()
    compare("split", 1500, function() return random_text(LETTERS, 12), LETTERS[math.random(#LETTERS)], tostring(math.random(6)) end)
  end)

  it("split at white space", function()
    compare("words", 1500, function() return random_text(LETTERS, 12), tostring(math.random(6)) end)
  end)

  it("trim", function() compare("trim", 500, function() return random_text(LETTERS, 6) end) end)

  it("csv, with errors", function()
    local parts = { "a", "bc", '"', '""', ",", ";", "\n", "\r\n", "\r", " ", '"a"', '"b,c"', '"d\ne"', '"f""g"', "\xff", "\0" }
    compare("csv", 4000, function() return random_text(parts, 14), math.random(4) > 1 and "," or ";" end)
  end)

  it("url", function()
    compare("url", 800, function() return random_text({ "a", "%", "%4", "%41", "%zz", "%C3%a4", "+", "%25", "%00", "\xff" }, 8) end)
  end)

  it("query", function()
    compare("query", 1500, function() return random_text({ "a", "b", "=", "&", "&&", "%3d", "%26", "+", "%zz", "a=1", ";", "?" }, 12) end)
  end)

  it("glob", function()
    local parts = { "a", "b", "*", "?", "[ab]", "[!a]", "[a-c]", "[", "]", "[]]", "[!]a]", "-", "!", "[a-]", "[-a]", "[c-a]", "[!c-a]", "\n" }
    compare("glob", 6000, function()
      return random_text(parts, 6), random_text({ "a", "b", "c", "d", "-", "]", "[", "!", "\n", "*" }, 7)
    end)
  end)

  it("is_utf8 and utf8", function()
    local parts = { "a", "\0", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x80", "\xc3", "\xe2\x82", "\xf0\x9f", "\xff",
      "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\xef\xbf\xbd", "plain text of some length " }
    compare("is_utf8", 1500, function() return random_text(parts, 8) end)
    compare("utf8", 1500, function() return random_text(parts, 8) end)
  end)
end)

describe("lure.text.logfmt", function()
  --- What is read, as key=value of sorted keys; or the message.
  local function read(line)
    return (returned(([[
      local line = %q
      local pairs_of, why = text.logfmt(line)
      if not pairs_of then return why end
      local list = {}
      for key, value in pairs(pairs_of) do list[#list + 1] = key .. "=" .. (value == true and "<true>" or "'" .. value .. "'") end
      table.sort(list)
      return table.concat(list, " ")]]):format(line)))
  end

  it("reads what go-logfmt does", function()
    for line, expected in pairs {
      [""] = "", ["  "] = "",
      ["a=1 b=\"bar\" c=2h3s d=alone e"] = "a='1' b='bar' c='2h3s' d='alone' e=<true>",
      ["a= b=\"\" c"] = "a='' b='' c=<true>",
      ["a=1 a=2"] = "a='2'",
      ["a=1\tb=2\nc=3"] = "a='1' b='2' c='3'",
      ["\u{e4}=\u{f6}"] = "\u{e4}='\u{f6}'",
      ["a=\"b\"c=d"] = "a='b' c='d'",
      ["a=\"b\\\"c\\\\\\/\\'\\n\\t\\b\\f\\r\""] = "a='b\"c\\/'\n\t\b\f\r'",
      ["a=\"\\u00e4\\u20AC\\ud83d\\ude00\\ud83dx\\udE00\""] = "a='\u{e4}\u{20ac}\u{1f600}\u{fffd}x\u{fffd}'",
      ["a=\"=b c\""] = "a='=b c'",
      ["a=\\n"] = "a='\\n'",
      ["a=[b]{c}"] = "a='[b]{c}'",
      ["=a"] = 'byte 1: expected a key before "="',
      ["a=1 =b"] = 'byte 5: expected a key before "="',
      ["a=b=c"] = 'byte 4: "=" or a quote in a value without quotes',
      ["a=b\"c"] = 'byte 4: "=" or a quote in a value without quotes',
      ["a\"=1"] = "byte 2: a quote in a key",
      ["\"a\"=1"] = "byte 1: a quote in a key",
      ["a=\"b"] = "byte 3: a quoted value has no end",
      ["a=\"b\\\""] = "byte 3: a quoted value has no end",
      ["a=\"b\nc\""] = "byte 3: a quoted value has no end",
      ["a=\"\\x\""] = "byte 4: a quoted value with an escape or a control character that is none of its",
      ["a=\"\\u12g4\""] = "byte 4: a quoted value with an escape or a control character that is none of its",
      ["a=\"\\\t\""] = "byte 4: a quoted value with an escape or a control character that is none of its",
      ["\u{fffd}=1"] = "byte 1: a key that is not UTF-8",
    } do
      assert.equal(expected, read(line), line)
    end
    assert.equal("byte 3: a key that is not UTF-8", read "b \xff=1")
  end)

  it("makes U+FFFD of each bad byte of an escaped value, and leaves others as they are", function()
    assert.equal(hex "\u{fffd}\u{fffd}\n|" .. hex "\xe2\x82", (returned [[
      local read = text.logfmt 'a="\xe2\x82\\n" b="\xe2\x82"'
      return lure.crypto.hex(read.a .. "|" .. read.b)]]))
  end)
end)

describe("lure.text.csv", function()
  it("has records by the columns of the first line, or of a list", function()
    assert.equal("ann 5 bob nil 2", returned [[
      local list = assert(text.csv("name,count\nann,5\n\nbob\n", { header = true }))
      return table.concat({ list[1].name, list[1].count, list[2].name, tostring(list[2].count), #list }, " ")]])
    assert.equal("ann 5 1", returned [[
      local list = assert(text.csv("ann;5", { header = { "name", "count" }, separator = ";" }))
      return table.concat({ list[1].name, list[1].count, #list }, " ")]])
    assert.equal("line 3: it has more values than there are columns", returned [[
      return select(2, text.csv("name\nann\nbob,6\n", { header = true }))]])
  end)

  it("says in which line a text is wrong", function()
    for text, message in pairs {
      ['a\n"b'] = "line 2: a quoted value has no end",
      ['"a\nb"\n"c"d'] = "line 3: expected a separator or the line's end behind a quoted value",
      ['"a\r\nb"\r\n\r\n"c\r"d'] = "line 4: expected a separator or the line's end behind a quoted value",
    } do
      assert.equal(message, (returned(("return select(2, text.csv(%q))"):format(text))))
    end
  end)
end)

describe("lure.text", function()
  it("is there in the safe sandbox", function()
    assert.equal("a", returned([[return require "lure.text".trim " a "]], '{"lure": {"sandbox": "safe"}}'))
  end)

  it("refuses other arguments", function()
    for _, call in ipairs { "split", "trim", "logfmt", "csv", "url", "query", "utf8", "is_utf8" } do
      for _, value in ipairs { "nil", "5", "{}", "print" } do
        fails(("text.%s(%s)"):format(call, value), ("script.lua:4: field x.y: lure.text.%s: text: expected a text, got "):format(call))
      end
    end
    fails("text.glob(1, 'a')", "lure.text.glob: pattern: expected a text, got integer 1")
    fails("text.glob('a')", "lure.text.glob: text: expected a text, got ")
    fails("text.split('a', '')", "lure.text.split: separator: expected a text that is not empty")
    fails("text.split('a', ',', 0)", "lure.text.split: most: expected an integer from 1, got integer 0")
    for _, separator in ipairs { "''", "',,'", "'\"'", "'\\n'", "5" } do
      fails(("text.csv('a', { separator = %s })"):format(separator),
        "lure.text.csv: separator: expected one byte, neither a quote nor a line break, got ")
    end
    fails("text.csv('a', { header = 1 })", "lure.text.csv: header: expected true or a list of names, got integer 1")
    fails("text.csv('a', { header = { 1 } })", "lure.text.csv: header: expected names, got integer 1")
    fails("text.csv('a', { heder = true })", 'lure.text.csv: unknown option string "heder"; did you mean "header"?')
  end)
end)
