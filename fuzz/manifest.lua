-- Scripts that return any table: the library is loaded, or refused with a message that names the script; and what hosts
-- are told is UTF-8, without control characters, and where it is JSON it is strict JSON.
local options = ...
local host = require "lure.host"
local input = require "input"

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local keys = {}
local keys_file = package.path:gsub("fuzz/%?.*", "src/script/keys.def")
for key in read_file(keys_file):gmatch 'SCRIPT_KEY%([%w_]+,%s*"([%w_]+)"' do
  keys[#keys + 1] = key
end

-- ---- values, as Lua writes them ----

local TEXTS = { "", "x", "dummy", "0.1.0", "1.2", "4294967296.0.0", "x.y", "syscall", "\0", "\xff", "a\xc3", "\u{202E}",
  "\27[1m", "\u{2028}", "\n", '"', "\\", "{}", "[]", '{"type": "object"}', '{"properties": {"a": {"type": "integer"}}}',
  "%s%n", "open", "uint64", "string", "*", "/a/*/b", "ipaddr", "table", "3.0.0", "3.12.0", "\u{1F600}",
  "\xed\xa0\x80", "hidden", "s",  "%Y", "function", "lure", "threads" }
local ODD = { "0", "1", "-1", "999", "1 << 31", "1 << 32", "math.maxinteger", "math.mininteger", "0/0", "1/0", "1.5",
  "2^53", "1e308", "true", "false", "nil", "function() end", "print", "coroutine.create(print)", "lure.ARG",
  "lure.TIMEOUT", "lure.json.null", "self", "setmetatable({}, { __index = error })",
  "setmetatable({}, { __len = function() return 9 end })",
  "setmetatable({}, { __pairs = error, __tostring = error })", "lure.json.array", "io.stdout", "deep", "wide", "lure" }

local value

local function text()
  if input.once_in(6) then return ("%q"):format(input.bytes(input.below(24))) end
  return ("%q"):format(input.pick(TEXTS))
end

--- A table with some of these keys, whose values are those of `makers`, or any.
local function record(depth, makers)
  local names, list = {}, {}
  for name in pairs(makers) do names[#names + 1] = name end
  table.sort(names)
  for _ = 1, input.below(#names + 2) do
    local name = input.pick(names)
    local maker = not input.once_in(12) and makers[name] or value
    list[#list + 1] = ("[%q] = %s"):format(input.once_in(24) and name .. "s" or name, maker(depth - 1))
  end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local function list_of(maker)
  return function(depth)
    local list = {}
    for i = 1, input.below(4) do list[i] = maker(depth - 1) end
    return "{ " .. table.concat(list, ", ") .. (input.once_in(16) and ", [9] = 1" or "") .. " }"
  end
end

function value(depth)
  local kind = input.below(depth > 0 and 5 or 3)
  if kind == 0 then return text() end
  if kind < 3 then return input.pick(ODD) end
  if kind == 3 then return list_of(value)(depth) end
  return record(depth, { a = value, b = value, name = text, type = text, key = value, [""] = value, ["\xff"] = value })
end

local function one_of(...)
  local list = { ... }
  return function() return input.pick(list) end
end

local flag = one_of("true", "false")
local number = one_of("0", "1", "5", "-1", "1.5", "1e300", "0/0", "math.maxinteger")
local callback = one_of("function() end", "function(...) return ... end", "function() error 'no' end")
local names = list_of(text)

local property
local function properties(depth)
  if depth <= 0 then return "{}" end
  local list = {}
  for i = 1, input.below(4) do list[i] = ("[%s] = %s"):format(text(), property(depth - 1)) end
  return "{ " .. table.concat(list, ", ") .. " }"
end

function property(depth)
  return record(depth, {
    type = one_of('"string"', '"integer"', '"number"', '"boolean"', '"array"', '"object"', '"null"'),
    description = text, title = text, default = value, enum = list_of(value), minimum = number, maximum = number,
    multipleOf = number, minLength = number, maxLength = number, minItems = number, maxItems = number, pattern = text,
    format = text, items = property, properties = properties, required = flag, secret = flag })
end

local TYPES = one_of('"string"', '"uint64"', '"bool"', '"reltime"', '"abstime"', '"ipaddr"', '"ipnet"', '"int8"')

local function field(depth)
  local function arg(d) return record(d, { key = flag, index = flag, required = flag }) end
  local made = record(depth, { name = one_of('"x.y"', '"x.z"', '"dummy.value"', '"x..y"', '"X"', '"x.\u{e4}"'),
    type = TYPES,
    desc = text, display = text, list = flag, arg = arg,
    properties = names, add_output = flag, extract = callback,
    path = one_of('"/a"', '"/a/*"', "lure.ARG", '{ "/a", "/b" }',
      '"/a/{b,c}"', '"/{arg}/*/{a,{b}"', '"/{{x}/{a,b}/{c,d}"'),
    where = function(d) return record(d, { kind = value, ["/a"] = text, ["b/c"] = list_of(text), ["*"] = number }) end,
    null = value, join = text, keys = flag, all = flag,
    time = text, default = one_of('"x"', "0", "lure.path '/b'", "lure.path('/b', 1)", "lure.path '/*'", value(1)) })
  if input.once_in(3) then return made end
  return ("{ name = 'x.f%d', type = %s, desc = %s, extract = print, arg = %s, list = %s, properties = %s }"):format(
    input.below(20), TYPES(), text(), one_of("nil", "{ key = true }", "{ index = true, required = true }")(), flag(),
    input.once_in(2) and "nil" or names(1))
end

local table_type = one_of('"int8"', '"uint64"', '"string"', '"bool"', '"int64"', '"table"', '"x"')
local function own_table(depth)
  return record(depth, { key = table_type, fields = function(d)
    local list = {}
    for i = 1, input.below(4) do
      list[i] = ("[%s] = %s"):format(text(), d > 0 and input.once_in(3) and own_table(d - 1) or table_type())
    end
    return "{ " .. table.concat(list, ", ") .. " }"
  end, optional = flag })
end

local function tables(depth)
  local list = {}
  for i = 1, input.below(3) do list[i] = ("[%s] = %s"):format(text(), own_table(depth - 1)) end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local MAKERS = {
  name = one_of('"x"', '"dummy"'), version = one_of('"0.1.0"', '"1.2.3"'), id = one_of("999", "1", "4294967295"),
  event_source = one_of('"x"', '"dummy"', '"\u{e4}"'), description = text, contact = text,
  required_api_version = one_of('"3.0.0"', '"3.10.0"'),
  when = one_of('"/a"', '"a"', '{ "/a", "/*/b" }', "{}"),
  fields = list_of(field), config = properties, params = properties,
  init_schema = one_of('[[{"type": "object"}]]',
    '[[{"properties": {"a": {"type": "string", "pattern": "("}}}]]', '"{"'),
  open_params = function(d)
    if input.once_in(3) then return callback() end
    return list_of(function(e) return record(e, { value = text, desc = text, separator = text }) end)(d)
  end,
  batch = function(d) return record(d, { events = number, bytes = number, milliseconds = number }) end,
  extract_event_sources = names, parse_event_sources = names, async_events = names, async_event_sources = names,
  extract_event_types = list_of(one_of('"open"', "3", "322", '"no such"', '"PPME_SYSCALL_OPEN_X"', "-1")),
  parse_event_types = list_of(one_of('"openat"', "306", "402", "70000")),
  required_event_schema_version = one_of('"4.0.0"', '"1.0"'),
  async_interval = number, tables = tables,
}
for _, key in ipairs(keys) do MAKERS[key] = MAKERS[key] or callback end

local PRELUDE = [[
local lure = require "lure"
local self, deep, wide = {}, {}, {}
self[1], self.self = self, self
for _ = 1, 300 do deep = { deep } end
for i = 1, 300 do wide[i] = i end
]]
local WHOLE = { "name = 'x', version = '0.1.0',", "id = 999, event_source = 'x', next = function() end,",
  "fields = { { name = 'x.y', type = 'string', desc = '-', extract = print } },", "parse = function() end,",
  "async_events = { 'a' }, async = function() end," }

local function make_script()
  local list = {}
  for _, part in ipairs(WHOLE) do
    if not input.once_in(3) then list[#list + 1] = part end
  end
  for _ = 1, input.below(8) do
    local key = input.pick(keys)
    local maker = not input.once_in(12) and MAKERS[key] or value
    list[#list + 1] = ("[%q] = %s,"):format(input.once_in(32) and key .. "x" or key, maker(4))
  end
  if input.once_in(16) then list[#list + 1] = ("[%s or 1] = %s,"):format(value(1), value(2)) end
  local used = input.once_in(4) and ("pcall(lure.table, %s, %s)\n"):format(text(), own_table(3)) or ""
  if input.once_in(16) then return PRELUDE .. "return " .. value(2) end
  return PRELUDE .. used .. "return {\n" .. table.concat(list, "\n") .. "\n}\n"
end

-- ---- what hosts are told ----

--- The place behind the JSON value at `at`; an error: there is none.
local function skip_json(json, at)
  at = json:match("^[ \t\r\n]*()", at)
  local open = json:sub(at, at)
  local behind = json:match("^true()", at) or json:match("^false()", at) or json:match("^null()", at)
    or json:match("^-?0()%f[^%d]", at) or json:match("^-?[1-9]%d*()", at)
  if behind and json:find("^[-%d]", at) then
    behind = json:match("^%.%d+()", behind) or behind
    return json:match("^[eE][+-]?%d+()", behind) or behind
  elseif behind then
    return behind
  elseif open == '"' then
    at = at + 1
    while json:sub(at, at) ~= '"' do
      at = assert(json:match('^[^%c\\"]+()', at) or json:match('^\\[bfnrt/\\"]()', at)
        or json:match("^\\u%x%x%x%x()", at), "a string")
    end
    return at + 1
  end
  local close = assert(({ ["{"] = "}", ["["] = "]" })[open], "a value")
  at = json:match("^[ \t\r\n]*()", at + 1)
  if json:sub(at, at) == close then return at + 1 end
  repeat
    if open == "{" then
      at = skip_json(json, at)
      at = assert(json:match("^[ \t\r\n]*:()", at), "a colon")
    end
    at = json:match("^[ \t\r\n]*()", skip_json(json, at)) + 1
  until json:sub(at - 1, at - 1) ~= ","
  assert(json:sub(at - 1, at - 1) == close, "a comma")
  return at
end

local function check_json(json)
  local fine, at = pcall(skip_json, json, 1)
  if not fine or json:find("[^ \t\r\n]", at) then error("no JSON: " .. json .. "\n" .. tostring(at)) end
end

local function check_text(where, told, lines)
  if not utf8.len(told) then error(("%s is no UTF-8: %q"):format(where, told)) end
  local bad = lines and told:gsub("[\n\t]", "") or told
  if bad:find "%c" and lines then error(("%s has control characters: %q"):format(where, told)) end
end

local function check_all(where, told)
  if type(told) == "string" then check_text(where, told) end
  if type(told) == "table" then
    for key, inner in pairs(told) do check_all(where .. "." .. tostring(key), inner) end
  end
end

local path = options.directory .. "/script.lua"

return function(bytes)
  input.begin(bytes)
  local script = make_script()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local library, message = host.load(options.library, { env = { LURE_SCRIPT = path } })
  if not library then
    check_text("the message", message, true)
    if not message:find("script.lua", 1, true) then error(script .. "\nis refused without a name: " .. message) end
    return
  end
  local info = library:info()
  check_all("info", info)
  check_json(info.fields_json or "[]")
  check_json(info.init_schema or "{}")
  local state, problem = library:init(input.once_in(2) and "" or '{"a": 1, "lure": {"time": 1}}')
  if state then
    state:destroy()
  else
    check_text("the error of init", problem, true)
  end
end
