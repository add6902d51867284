--- Ways to use up time, each a function body that would go on for more than a minute: most are one call of a C
--- function, or steps that take long each. Long texts are made by two calls of rep: a single one of so many copies would
--- be stopped for what it would take.
local burners = {
  -- steps of the VM
  ["a loop"] = "while true do end",
  ["goto"] = "::again:: goto again",
  ["a numeric for"] = "for _ = 1, 1 << 62 do end",
  ["a generic for"] = "for _ in function() return 1 end do end",
  ["tail calls"] = "local function f() return f() end f()",
  ["recursion"] = "local function f(n) if n > 0 then f(n - 1) f(n - 1) end end f(190)",
  ["__index"] = "local t = setmetatable({}, { __index = function() return nil end }) while not t.x do end",
  ["metamethods without an end"] =
    "local t t = setmetatable({}, { __index = function(_, k) return t[k + 1] end }) while true do pcall(function() return t[1] end) end",
  ["pcall in a loop"] = "while true do pcall(error) end",
  ["pcall of a loop"] = "while true do pcall(function() while true do end end) end",
  ["xpcall with a handler that loops"] = "while true do xpcall(error, function() while true do end end) end",
  ["handlers that fail"] = "while true do xpcall(error, function() error() end) end",
  ["errors deep in the stack"] =
    "local function f(n) if n > 0 then f(n - 1) return end while true do pcall(error) end end f(150000)",
  ["errors in a huge function"] = [[
    local code = { "local t = ... local a = t " }
    for i = 1, 150 do code[#code + 1] = ("local a%d = a%s "):format(i, i > 1 and i - 1 or "") end
    code[#code + 1] = "if t then " .. ("a = t.x "):rep(200000) .. " end return a150.x.y"
    local f = load(table.concat(code))
    while true do pcall(f) end]],
  ["levels of the stack"] = [[
    local function f(n) if n > 0 then f(n - 1) return end while true do pcall(error, "x", 90000) end end f(90000)]],
  ["tracebacks"] = [[
    for i = 1, 300000 do string["x" .. i] = i end
    while true do debug.traceback() end]],
  ["a million arguments"] = [[
    local function f(...) while true do select("#", ...) end end f(table.unpack({}, 1, 400000))]],
  ["a million results"] = [[
    local function f(...) while true do local _ = select(2, ...) end end f(table.unpack({}, 1, 400000))]],

  -- coroutines
  ["coroutines of a few steps"] =
    "local function f(n) if n > 0 then for _ = 1, 80 do coroutine.wrap(f)(n - 1) end end end f(8)",
  ["coroutines that are resumed"] = [[
    local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end]],
  ["coroutines in pcall"] = "while true do pcall(coroutine.wrap(function() while true do end end)) end",
  ["coroutines that are closed"] = [[
    while true do
      local co = coroutine.create(function()
        local _ <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end)
      coroutine.resume(co) coroutine.close(co)
    end]],
  ["closing values"] = [[
    while true do
      pcall(function()
        local _ <close> = setmetatable({}, { __close = function() while true do end end }) while true do end end)
    end]],
  ["many closing values"] = [[
    local mt = { __close = function() while true do end end }
    local function f(n) local _ <close> = setmetatable({}, mt) if n > 0 then f(n - 1) end while true do end end
    while true do pcall(f, 100) end]],

  -- strings
  ["rep of nothing"] = [[(""):rep(1 << 62)]],
  ["rep"] = [[local s = ("x"):rep(1 << 24) while true do s:rep(4) end]],
  ["upper"] = [[local s = ("x"):rep(1 << 24) while true do s:upper() end]],
  ["lower"] = [[local s = ("x"):rep(1 << 24) while true do s:lower() end]],
  ["reverse"] = [[local s = ("x"):rep(1 << 24) while true do s:reverse() end]],
  ["sub"] = [[local s = ("x"):rep(1 << 24) while true do s:sub(2) end]],
  ["byte"] = [[local s = ("x"):rep(200000) while true do s:byte(1, -1) end]],
  ["char"] = [[local function f(...) while true do string.char(...) end end f(("x"):rep(200000):byte(1, -1))]],
  ["concatenation"] = [[local s = ("x"):rep(1 << 24) while true do local _ = s .. "y" end]],
  ["equal texts"] = [[local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) while a == b do end]],
  ["order of texts"] = [[local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) while a <= b do end]],
  ["order of texts of zeros"] = [[local a, b = ("\0"):rep(1 << 24), ("\0"):rep(1 << 24) while a <= b do end]],
  ["long keys"] = [[
    local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) local t = { [a] = 1 } while t[b] do end]],
  ["long keys set"] = [[
    local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) local t = { [a] = 1 } while true do t[b] = 2 end]],
  ["long keys, rawget"] = [[
    local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) local t = { [a] = 1 } while rawget(t, b) do end]],
  ["long texts, rawequal"] = [[
    local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) while rawequal(a, b) do end]],
  ["tonumber"] = [[local s = ("0"):rep(1 << 24) while true do tonumber(s) end]],
  ["tonumber with a base"] = [[local s = ("0"):rep(1 << 24) while true do tonumber(s, 7) end]],
  ["arithmetic of texts"] = [[local s = ("0"):rep(1 << 24) while true do local _ = s + 1 end]],
  ["numbers in long texts"] = [[local s = ("0"):rep(1 << 12) while true do math.floor(s) end]],
  ["integers in long texts"] = [[local s = ("0"):rep(1 << 12) while true do string.rep("", s) end]],
  ["format"] = [[local s = ("%d"):rep(1 << 22):gsub("d", "%%") while true do string.format(s) end]],
  ["format of floats"] = [[
    local f = ("%99.99f"):rep(200) local function g(...) while true do string.format(f, ...) end end
    local t = {} for i = 1, 200 do t[i] = 1e308 end g(table.unpack(t))]],
  ["format %q"] = [[local s = ("\1"):rep(1 << 24) while true do string.format("%q", s) end]],
  ["pack"] = [[local f = (" "):rep(1 << 24) while true do string.pack(f) end]],
  ["pack of a long field"] = [[while true do string.pack("c20000000", "") end]],
  ["packsize"] = [[local f = (" "):rep(1 << 24) while true do string.packsize(f) end]],
  ["unpack"] = [[local f = (" "):rep(1 << 24) while true do string.unpack(f, "") end]],
  ["dump"] = [[local f = load(("local a = {} "):rep(180) .. ("x = {} "):rep(200000)) while true do string.dump(f) end]],

  -- patterns
  ["backtracking"] = [[(("a"):rep(300)):match("(.-)a(.-)a(.-)a(.-)a(.-)a(.-)a(.-)b$")]],
  ["greedy backtracking"] = [[(("a"):rep(300)):match(("a*"):rep(30) .. "b")]],
  ["optional bytes"] = [[(("a"):rep(100)):match(("a?"):rep(99) .. ("a"):rep(100) .. "b")]],
  ["a class at each place"] = [[(("a"):rep(1 << 22)):match("%a*%d")]],
  ["a byte at each place"] = [[(("a"):rep(1 << 22)):match("a*b")]],
  ["any byte at each place"] = [[(("a"):rep(1 << 22)):match("(.*)b")]],
  ["the shortest at each place"] = [[(("a"):rep(1 << 22)):match("(.-)b")]],
  ["all but a byte at each place"] = [[(("a"):rep(1 << 22)):match("[^b]*b")]],
  ["a set at each place"] = [[(("a"):rep(1 << 22)):match("[ab]*c")]],
  ["a huge set"] = [[local set = "[" .. ("b"):rep(1 << 20) .. "]*c" ; (("a"):rep(1 << 20)):match(set)]],
  ["a huge set that matches"] = [[local set = "[" .. ("b"):rep(1 << 20) .. "a]*c" ; (("a"):rep(1 << 20)):match(set)]],
  ["%b"] = [[(("("):rep(1 << 22)):match("%b()")]],
  ["%f"] = [[local set = "%f[" .. ("b"):rep(1 << 20) .. "]" ; (("a"):rep(1 << 20)):match(set)]],
  ["back references"] = [[local s = ("a"):rep(1 << 20) ; (s .. "b" .. s .. "c"):match("(a*).?%1d")]],
  ["find of a long plain pattern in a short text"] = [[local p = ("a"):rep(10000000) while true do string.find("x", p) end]],
  ["plain find of what is not there"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do s:find("y", 1, true) end]],
  ["plain find of what is at the end"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) .. "y" while true do s:find("y", 1, true) end]],
  ["match of what is not there"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do s:match("y()") end]],
  ["match of what is at the end"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) .. "y" while true do s:match("y()") end]],
  ["gmatch of what is not there"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do for _ in s:gmatch("y%d") do end end]],
  ["gsub of what is not there"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do s:gsub("y", "") end]],
  ["plain find"] = [[(("a"):rep(1 << 24)):find(("a"):rep(1 << 20) .. "b", 1, true)]],
  ["a plain beginning"] = [[(("a"):rep(1 << 24)):match(("a"):rep(1 << 20) .. "b()")]],
  ["gmatch"] = [[local s = ("a"):rep(1 << 22) for _ in s:gmatch("a*b") do end]],
  ["gsub"] = [[local s = ("x"):rep(10000000) while true do s:gsub("x", { x = "y" }) end]],
  ["gsub with a function"] = [[local s = ("x"):rep(10000000) while true do s:gsub("x", string.len) end]],
  ["gsub with a long replacement"] = [[
    local s, r = ("x"):rep(1 << 20), ("%2"):rep(1 << 18) while true do s:gsub("(x)()()", { }) s:gsub("()", "") s:gsub("(x)(y?)", r) end]],
  ["gsub without a match"] = [[(("a"):rep(1 << 22)):gsub("a*b", "")]],

  -- UTF-8
  ["utf8.len"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do utf8.len(s) end]],
  ["utf8.offset"] = [[local s = ("x"):rep(1 << 13):rep(1 << 13) while true do utf8.offset(s, -1 << 62) end]],
  ["utf8.offset to the front"] = [[local s = ("\x80"):rep(1 << 13):rep(1 << 13) while true do utf8.offset(s, 0, -1) end]],
  ["utf8.offset of one"] = [[local s = "x" .. ("\x80"):rep(1 << 13):rep(1 << 13) while true do utf8.offset(s, 2) end]],
  ["utf8.codes"] = [[local s = "x" .. ("\x80"):rep(1 << 13):rep(1 << 13) local f = utf8.codes("x", true) while true do f(s, 1) end]],
  ["utf8.codepoint"] = [[local s = ("x"):rep(400000) while true do utf8.codepoint(s, 1, -1) end]],
  ["utf8.char"] = [[local function f(...) while true do utf8.char(...) end end f(("x"):rep(200000):byte(1, -1))]],

  -- tables
  ["table.move"] = "table.move({}, 1, 1 << 62, 2)",
  ["table.insert"] = "table.insert(setmetatable({}, { __len = function() return 1 << 62 end }), 1, 0)",
  ["table.remove"] = "table.remove(setmetatable({}, { __len = function() return 1 << 62 end }), 1)",
  ["table.insert at the front"] =
    "local t = {} for i = 1, 400000 do t[i] = 1 end while true do table.insert(t, 1, 1) end",
  ["table.concat"] = [[table.concat(setmetatable({}, { __index = function() return "" end }), "", 1, 1 << 62)]],
  ["table.concat of long texts"] = [[local s = ("x"):rep(1 << 24) while true do table.concat({ s, s, s }) end]],
  ["table.unpack"] = "while true do table.unpack({}, 1, 400000) end",
  ["table.sort"] = "local t = {} for i = 1, 1 << 18 do t[i] = i * 7919 % 1000003 end while true do table.sort(t) end",
  ["table.sort with an order that lies"] =
    "local t = {} for i = 1, 1 << 18 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end",
  ["next of an emptied table"] =
    "local t = {} for i = 1, 1 << 18 do t[i] = 1 end for i = 1, 1 << 18 do t[i] = nil end while true do next(t) end",
  ["next of emptied keys"] =
    "local t = {} for i = 1, 1 << 18 do t[-i] = 1 end for i = 1, 1 << 18 do t[-i] = nil end while true do next(t) end",
  ["a table that is built again and again"] = [[
    local t = {} for i = 1, 1 << 18 do t[-i] = 1 end
    local n = 1 << 18 while true do t[-n + (1 << 18) - 1] = nil n = n + 1 t[-n] = 1 end]],
  ["length"] = "local t = {} for i = 1, 1 << 18 do t[i] = 1 end while true do local _ = #t end",

  -- the compiler
  ["load of a long chunk"] = [[local s = ("x = 1 "):rep(1 << 20) while true do load(s) end]],
  ["load of a long comment"] = [[local s = "--" .. ("["):rep(1 << 13):rep(1 << 13) while true do load(s) end]],
  ["load of a long text"] = [[local s = "return '" .. ("x"):rep(1 << 13):rep(1 << 13) .. "'" while true do load(s) end]],
  ["load of a deep chunk"] = [[local s = "x = " .. ("{"):rep(190) .. ("}"):rep(190) while true do load(s) end]],
  ["load with a reader"] = [[load(function() return "x = 1 " end)]],
  ["load with a reader in C"] = [[while true do load(os.date) end]],
  ["load of many elseif"] = [[load("if x then " .. ("elseif x then "):rep(1 << 20) .. "end")]],
  ["load of many or"] = [[load("x = x " .. ("or x "):rep(1 << 20))]],
  ["load of many goto"] = [[
    local t = {} for i = 1, 30000 do t[i] = ("goto l%d "):format(i) end
    for i = 30000, 1, -1 do t[#t + 1] = ("::l%d:: "):format(i) end
    local s = table.concat(t) while true do load(s) end]],
  ["load of nested functions"] = [[
    local t = {} for i = 1, 190 do t[#t + 1] = "local a" .. i .. " = 1 " end
    local s = ("return function() " .. table.concat(t)):rep(60) .. ("x = y "):rep(1 << 18) .. ("end "):rep(60)
    while true do load(s) end]],

  -- the collector
  ["collectgarbage"] = "local t = {} for i = 1, 1 << 18 do t[i] = {} end while true do collectgarbage() end",
  ["collectgarbage of steps"] = [[while true do collectgarbage("step", 1 << 30) end]],
  ["collectgarbage of another mode"] = [[
    local t = {} for i = 1, 1 << 18 do t[i] = {} end
    while true do collectgarbage("generational") collectgarbage("incremental") end]],
  ["memory that is not there"] = [[
    local t = {} for i = 1, 1 << 18 do t[i] = {} end while true do pcall(string.rep, "x", 1 << 40) end]],
  ["weak tables in a chain"] = [[
    local mt, keys, tables = { __mode = "k" }, {}, {}
    for i = 1, 20000 do keys[i] = {} end
    for i = 1, 20000 do tables[i] = setmetatable({}, mt) end
    for i = 1, 19999 do tables[i * 7919 % 20000 + 1][ keys[i] ] = keys[i + 1] end
    local first = keys[1] keys = nil
    while true do collectgarbage() end]],

  -- what lure adds
  ["lure.json.encode"] = [[
    local t = { 0.1 } for _ = 1, 24 do t = { t, t } end lure.json.encode(t)]],
  ["lure.json.encode of long texts"] = [[local s = { ("\1"):rep(1 << 24) } while true do lure.json.encode(s) end]],
  ["lure.json.encode of many keys"] = [[
    local t = {} for i = 1, 1 << 18 do t["k" .. i] = i end while true do lure.json.encode(t) end]],
  ["lure.json.decode"] = [[local s = "[" .. ("1,"):rep(1 << 20) .. "1]" while true do lure.json.decode(s) end]],
  ["lure.json.decode of long texts"] = [[local s = '"' .. ("\\n"):rep(1 << 24) .. '"' while true do lure.json.decode(s) end]],
  ["lure.json.decode of spaces at the end"] = [[local s = "1" .. (" "):rep(1 << 13):rep(1 << 13) while true do lure.json.decode(s) end]],
  ["lure.json.parse of spaces"] = [[local s = (" "):rep(1 << 13):rep(1 << 13) .. "{}" while true do lure.json.parse(s) end]],
  ["lure.json.parse of spaces alone"] = [[local s = (" "):rep(1 << 13):rep(1 << 13) while true do pcall(lure.json.parse, s) end]],
  ["lure.json.parse of spaces at the end"] = [[local s = "{}" .. (" "):rep(1 << 13):rep(1 << 13) while true do lure.json.parse(s) end]],
  ["pairs of spaces"] = [[local d = lure.json.parse("{" .. (" "):rep(1 << 13):rep(1 << 13) .. "}") while true do pairs(d) end]],
  ["lure.json.kind of a long document"] = [[
    local d = lure.json.parse('{"a":"' .. ("x"):rep(1 << 13):rep(1 << 13) .. '"}') while true do lure.json.kind(d) end]],
  ["lure.json.decode of spaces"] = [[local s = (" "):rep(1 << 13):rep(1 << 13) .. "1" while true do lure.json.decode(s) end]],
  ["lure.json.parse"] = [[local s = "[" .. ("1,"):rep(1 << 22) .. "1]" while true do local _ = #lure.json.parse(s) end]],
  ["documents by index"] = [[
    local d = lure.json.parse("[" .. ("[1],"):rep(1 << 20) .. "1]")
    while true do local _ = d[1 << 20], d[1] end]],
  ["documents by key"] = [[
    local t = {} for i = 1, 1 << 18 do t[i] = ('"k%d":1'):format(i) end
    local d = lure.json.parse("{" .. table.concat(t, ",") .. "}")
    while true do local _ = d.none end]],
  ["encode of documents"] = [[
    local d = lure.json.parse("[" .. ("[1],"):rep(1 << 20) .. "1]") while true do lure.json.encode(d) end]],
  ["gzip"] = [[local s = ("x"):rep(1 << 24) while true do lure.compress.gzip(s, { level = 9 }) end]],
  ["gunzip"] = [[local s = lure.compress.gzip(("x"):rep(1 << 24)) while true do lure.compress.gunzip(s) end]],
  ["zlib of nothing"] = [[while true do lure.compress.unzlib(lure.compress.zlib "") end]],
  ["gunzip of empty members"] = [[local s = lure.compress.gzip(""):rep(1 << 18) while true do lure.compress.gunzip(s) end]],
  ["split"] = [[local s = (","):rep(1 << 22) while true do lure.text.split(s, ",") end]],
  ["words"] = [[local s = ("a "):rep(1 << 22) while true do lure.text.split(s) end]],
  ["trim"] = [[local s = (" "):rep(1 << 24) while true do lure.text.trim(s) end]],
  ["logfmt"] = [[local s = ('a="\\n" '):rep(1 << 20) while true do lure.text.logfmt(s) end]],
  ["csv"] = [[local s = ('"a""b",c\n'):rep(1 << 20) while true do lure.text.csv(s) end]],
  ["queries"] = [[local s = ("a=%41&"):rep(1 << 20) while true do lure.text.query(lure.text.url(s)) end]],
  ["a glob"] = [[lure.text.glob("*" .. ("a"):rep(1 << 18) .. "b", ("a"):rep(1 << 20))]],
  ["a glob of sets"] = [[while true do lure.text.glob("*" .. ("[" .. ("b"):rep(1 << 19) .. "a]"):rep(1 << 2) .. "c", ("a"):rep(1 << 20)) end]],
  ["a glob of brackets"] = [[while true do lure.text.glob("*" .. ("["):rep(1 << 20) .. "a", ("["):rep(1 << 22)) end]],
  ["UTF-8"] = [[local s = ("\xff\0"):rep(1 << 22) while true do lure.text.is_utf8(lure.text.utf8(s)) end]],
  ["a window"] = [[local w, n = lure.window(1e-6), 0 while true do n = n + 1 w:add(n, n, n) w:sum(n) end]],
  ["a window with long keys"] = [[local w, s = lure.window(1), ("x"):rep(1 << 24) while true do w:add(s, 1, s) end]],
  ["the sum of many floats"] = [[
    local w = lure.window(1) for n = 1, 200000 do w:add("k", 1, n + 0.5) end while true do w:sum("k") end]],
  ["a pattern that backtracks"] = [[lure.regex.compile "(a+)+$":test(("a"):rep(64) .. "b")]],
  ["a pattern that scans again and again"] = [[
    local p, s = lure.regex.compile "a*+b|.{60000}c", ("a"):rep(1 << 24) while true do p:test(s) end]],
  ["a pattern that refers back"] = [[
    local p = lure.regex.compile "^(a+)(a+)\\1\\1\\2x" while true do p:find(("a"):rep(1 << 16)) end]],
  ["a pattern with a long class"] = [[
    local p = lure.regex.compile("[" .. ("\\p{Lu}\\p{Nd}"):rep(2000) .. "]*x", "u") while true do p:test(("a"):rep(1 << 22)) end]],
  ["a pattern of grapheme clusters"] = [[
    local p, s = lure.regex.compile("\\X*x", "u"), utf8.char(0x1F1E6):rep(1 << 20) while true do p:test(s) end]],
  ["a pattern that recurses"] = [[
    local p = lure.regex.compile "^(a(?1)*)*$" while true do p:test(("a"):rep(64) .. "b") end]],
  ["patterns with many groups"] = [[
    local p = lure.regex.compile(("()"):rep(3000) .. "(a|b)*+x") while true do p:test(("ab"):rep(1000)) end]],
  ["matches"] = [[local s = ("a1 "):rep(1 << 20) while true do for _ in lure.regex.compile "(?<k>a)(\\d)":gmatch(s) do end end]],
  ["matches of broken UTF-8"] = [[
    local p, s = lure.regex.compile("x", "u"), ("\xff"):rep(1 << 24) while true do p:test(s) end]],
  ["patterns"] = [[local s = ("(?<n>a)") .. ("a?b|"):rep(3000) while true do lure.regex.compile(s) end]],
  ["a grammar of exponential size"] = [[
    local lpeg, g = require "lpeg", { "r1" }
    for i = 1, 100 do g["r" .. i] = lpeg.V("r" .. i + 1) + lpeg.V("r" .. i + 1) end
    g.r101 = lpeg.P "" lpeg.P(g)]],
  ["a grammar of exponential length"] = [[
    local lpeg, g = require "lpeg", { "r1" }
    for i = 1, 100 do g["r" .. i] = "x" * lpeg.V("r" .. i + 1) * lpeg.V("r" .. i + 1) end
    g.r101 = lpeg.P "x" lpeg.C(lpeg.P(g)):match "x"]],
  ["a grammar that backtracks"] = [[
    local lpeg = require "lpeg"
    local a = lpeg.V "A" lpeg.P { "A", A = "a" * a * "x" + "a" * a * "y" + "a" * a * "z" + "a" }:match(("a"):rep(100))]],
  ["a grammar that searches"] = [[
    local lpeg, s = require "lpeg", ("a"):rep(1 << 20)
    lpeg.P { lpeg.R "ab" ^ 0 * "x" + 1 * lpeg.V(1) }:match(s)]],
  ["long lists of alternatives"] = [[
    local lpeg = require "lpeg" local p = lpeg.P(false) while true do p = p + "w" p:match "" end]],
  ["nested captures"] = [[
    local lpeg = require "lpeg" local p = lpeg.P "x" for _ = 1, 150 do p = lpeg.Cs(p) end
    while true do p:match "x" end]],
  ["captures that refer back"] = [[
    local lpeg = require "lpeg"
    local p = lpeg.Cg(lpeg.P "a", "k") * lpeg.C(1) ^ 0 * lpeg.P(true)
    local q = lpeg.Cg(lpeg.C(1), "first") * (lpeg.Cb "first" / 0 * 1) ^ 0
    while true do q:match(("a"):rep(1 << 20)) p:match(("a"):rep(1 << 10)) end]],
  ["captures at match time"] = [[
    local lpeg = require "lpeg"
    local one = lpeg.Cmt(1, function(_, i) return i, i end)
    local p = lpeg.Cmt(one ^ 0, function() return true end)
    while true do p:match(("a"):rep(20000)) end]],
  ["sets"] = [[local s = ("x"):rep(1 << 24) while true do require "lpeg".S(s) end]],
  ["constants of patterns"] = [[
    local lpeg = require "lpeg" local p = lpeg.P(true) for i = 1, 60000 do p = p * lpeg.Cc(i) end]],
  ["re"] = [[local re, n = require "re", 0 while true do n = n + 1 re.compile("a <- 'x' / b^100 b <- [a-z]" .. (" "):rep(n % 100)) end]],
  ["digests"] = [[local s = ("x"):rep(1 << 24) while true do lure.crypto.sha256(s) lure.crypto.md5(s) end]],
  ["digests of nothing"] = [[while true do lure.crypto.hmac("sha512", "", "") end]],
  ["a digest that takes too long"] = [[local s = ("x"):rep(1 << 13):rep(1 << 12) while true do lure.crypto.hmac("sha512", s, s) end]],
  ["hex and back"] = [[local s = ("x"):rep(1 << 23) while true do lure.crypto.unhex(lure.crypto.hex(s)) end]],
  ["base64 and back"] = [[local s = ("x"):rep(1 << 23) while true do lure.crypto.unbase64(lure.crypto.base64(s)) end]],
  ["equal secrets"] = [[local a, b = ("x"):rep(1 << 24), ("x"):rep(1 << 24) while lure.crypto.equal(a, b) do end]],
  ["random bytes"] = [[while true do lure.crypto.random(1 << 20) end]],
  ["log lines"] = [[local s = ("x"):rep(1 << 24) while true do lure.log.info(s) end]],
  ["print"] = [[local s = ("x"):rep(1 << 24) while true do print(s) end]],
  ["os.date"] = [[local s = ("%c"):rep(1 << 20) while true do os.date(s) end]],
  ["files"] = [[local f = assert(io.open("/dev/zero")) while true do f:read(1 << 20) end]],
}

return burners
