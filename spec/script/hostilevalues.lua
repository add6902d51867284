--- Values that a careless check lets through: what scripts put wherever C reads a value of theirs.
--
-- `prelude` is what a script that uses them begins with: there `values[n]()` makes value `n`, called `names[n]`.
local hostile = {}

local expressions = {
  "nil", "false", "true",
  "0", "-1", "-0.0", "5.0", "1.5", "0/0", "1/0", "-1/0", "1e308", "2^53", "2^63", "2^64", "-2^63",
  "math.mininteger", "math.maxinteger", "1 << 31", "1 << 32", "(1 << 32) + 1",
  "''", "'5'", "'-1'", "'0x10'", "'1e3'", "'5 '", "'a\\0b'", "'5\\0'", "'\\0'", "'name\\0'", "'\\255\\xC0\\x80'", "'\\27[31m'",
  "'\\u{202E}'", "'%n%s%p'", "('x'):rep(70000)",
  "{}", "{ 1, 2 }", "{ 'a', 'b' }", "{ [1] = 1, [3] = 3 }", "{ [0] = 1 }", "{ [1.5] = 1 }", "{ [true] = 1 }",
  "{ [print] = 1 }", "{ 1, a = 2 }", "{ ['a\\0b'] = 1 }", "{ ['key\\0'] = 'int8', ['type\\0'] = 'int8' }", "{ {} }", "{ { {} } }",
  "{ 'a\\0b' }", "{ 0/0 }", "{ print }", "{ 1, 2, nil, 4 }", "own(4)", "cycle()", "deep(300)", "deep(20000)", "long(100000)",
  "throws()", "yields()", "grows()", "shrinks()", "endless()", "lies()", "named()", "closed()",
  "print", "function() error(setmetatable({}, { __tostring = function() return {} end })) end", "coroutine.create(print)",
  "dead()", "lure.TIMEOUT", "lure.ARG", "lure.json.null", "lure.json.parse '[1, [2], {}]'", "lure.json.parse '{\"a\": [1]}'",
  "lure.json.parse '[1, 2'",
}

hostile.names = expressions

local makers = {}
for i, expression in ipairs(expressions) do makers[i] = ("function() return %s end,"):format(expression) end

hostile.prelude = [[
local lure = require "lure"
local function own(n) local t = {} for i = 1, n do t[i] = { t } end return t end
local function cycle() local t = {} t[1] = t t.a = t return t end
local function deep(n) local t = {} for _ = 1, n do t = { t } end return t end
local function long(n) local t = {} for i = 1, n do t[i] = i end return t end
local function with(all)
  local meta = {}
  for _, name in ipairs { "__index", "__newindex", "__len", "__pairs", "__call", "__eq", "__lt", "__le", "__concat", "__tostring",
    "__close", "__add", "__unm", "__div" } do meta[name] = all(name) end
  return meta
end
local function throws() return setmetatable({}, with(function() return function() error "hostile" end end)) end
local function yields() return setmetatable({}, with(function() return coroutine.yield end)) end
local function grows()
  local n, t = 0, { 1, 2 }
  return setmetatable(t, with(function(name) return function(_, k)
    for _ = 1, 50 do n = n + 1 t[n], t["k" .. n] = n, k end
    return name == "__tostring" and "hostile" or n
  end end))
end
local function shrinks()
  local t = { 1, 2, 3, a = 1, b = 2 }
  return setmetatable(t, with(function(name) return function()
    for k in pairs(t) do t[k] = nil end
    collectgarbage()
    return name == "__tostring" and "hostile" or nil
  end end))
end
local function endless() -- a chain of __index, longer than Lua follows
  local t = {}
  for _ = 1, 3000 do t = setmetatable({}, { __index = t }) end
  return t
end
local function lies()
  return setmetatable({ 1 }, { __len = function() return math.maxinteger end, __index = function(_, k) return k end,
    __tostring = function() return {} end, __name = "lure.table", __metatable = "mine", __pairs = function() return 5 end })
end
local function named() return setmetatable({}, { __name = "FILE*\27[31m", __mode = "kv", __tostring = function() return 5 end }) end
local function closed() return setmetatable({}, { __close = function() error "hostile" end, __gcs = 1 }) end
local function dead() local c = coroutine.create(error) coroutine.resume(c) return c end
local values = {
]] .. table.concat(makers, "\n") .. "\n}\n"

--- What a script of that API may have, a bit of each.
local parts = {
  [0] = [[name = "x", version = "0.1.0", id = 999, event_source = "x", description = "-", contact = "-",
  config = { a = { type = "string", default = "-", enum = { "-", "b" } } }, params = { p = { type = "integer", minimum = 0 } },
  batch = { events = 3, bytes = 100, milliseconds = 1 }, open_params = { { value = "{}", desc = "-", separator = "," } },
  init = function() end, destroy = function() end, close = function() end, extract = function() return "all" end,
  open = function() return {} end, next = function() return "5" end, progress = function() return 0.5, "half" end,
  to_string = function() return "text" end, decode = function(event) return event.data end,
  extract_event_sources = { "x" },
  fields = { { name = "x.y", type = "string", desc = "-", display = "-", arg = { index = true, key = true, required = false },
      properties = { "hidden" }, add_output = true, extract = function() return "value" end },
    { name = "x.n", type = "uint64", desc = "-", extract = function() return 5 end },
    { name = "x.at", type = "abstime", time = "s", desc = "-", path = "/at", default = 5 } },]],
  [3] = [[extract_event_types = { "open", 322 }, parse = function() end, parse_event_sources = { "x" },
  parse_event_types = { 322 }, required_event_schema_version = "4.0.0",
  async_events = { "one" }, async_event_sources = { "x" }, async_interval = 100, async = function() return false end,
  dump_state = function() end, capture_open = function() end, capture_close = function() end,
  tables = { own = { key = "string", fields = { n = "uint64", s = "string", sub = { key = "int8", fields = { b = "bool" } } } } },
  metrics = function() return { { name = "m", value = 1, monotonic = true } } end, set_config = function() end,]],
}

--- The table `t` of such a script.
function hostile.table(api)
  return "local t = { " .. parts[0] .. (api == 3 and parts[3] or "") .. " }"
end

return hostile
