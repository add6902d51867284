-- Field arguments and paths, against a naive evaluation of the same tree.
--
-- The input makes a script with some fields, some documents, and questions. A document is made as a tree of nodes
-- { text =, plain =, kind =, items = }: `text` is its JSON, `plain` the same without white space.
local options = ...
local host = require "lure.host"
local input = require "input"

local EVENT_START = 38 -- of a payload in its event

-- key, how it may be written in JSON
local KEYS = { { "a", "a" }, { "b", "\\u0062" }, { "c/d", "c\\/d" }, { "e~f", "e~f" }, { "", "" }, { "0", "0" },
  { "1", "1" }, { "*", "*" }, { "ä", "\\u00e4" }, { "~1", "~1" }, { "n\0l", "n\\u0000l" }, { "00", "00" }, { "-", "-" },
  { 'q"', 'q\\"' }, { "a long key that takes more than one block of thirty-two bytes",
    "a long key that takes more than one block of thirty-two bytes" } }

-- its text; as string, uint64, bool
local SCALARS = { { "null" }, { "true", "true", nil, true }, { "false", "false", nil, false }, { "0", "0", 0 },
  { "12", "12", 12 }, { "-7", "-7" }, { "1.50", "1.50" }, { "18446744073709551615", "18446744073709551615",
  "18446744073709551615" }, { "18446744073709551616", "18446744073709551616" }, { '""', "" }, { '"x"', "x" },
  { '"12"', "12", 12 }, { '"true"', "true", nil, true }, { '"\\u0000\\n"', "\\u0000\n" },
  { '"\\ud83d\\ude00ä"', "\u{1F600}ä" }, { '"[{"', "[{" }, { '"\\\\\\""', '\\"' },
  { '"a text that takes more than one block of thirty-two bytes, and so on and so on, to sixty-four"',
    "a text that takes more than one block of thirty-two bytes, and so on and so on, to sixty-four" } }

local SPACES = { "", "", "", " ", "\n", "\t  " }

--- A value as a function gets it that its path leads to: a string, or the name of its type; nil of null.
local function found_of(row)
  if row[1]:sub(1, 1) == '"' then return { text = row[2]:gsub("\\u0000", "\0") } end
  if row[1] == "18446744073709551615" then return { text = row[1] } end -- no integer of Lua's
  return row[1] ~= "null" and { type = row[4] == nil and "number" or "boolean" } or nil
end

local function scalar()
  local row = input.pick(SCALARS)
  return { kind = "scalar", text = row[1], plain = row[1], string = row[2], uint64 = row[3], bool = row[4],
    found = found_of(row) }
end

local function node(depth)
  local kind = depth > 0 and input.below(3) or 0
  if kind == 0 then return scalar() end
  local texts, plains, items = {}, {}, {}
  for i = 1, input.below(5) do
    local key = input.pick(KEYS)
    local item = node(depth - 1)
    local written = kind == 2 and ('"%s":'):format(input.once_in(3) and key[2]:gsub("^a$", "\\u0061") or key[2]) or ""
    items[i] = { key = key[1], value = item }
    texts[i] = input.pick(SPACES) .. written .. input.pick(SPACES) .. item.text .. input.pick(SPACES)
    plains[i] = written .. item.plain
  end
  local open, close = table.unpack(kind == 1 and { "[", "]" } or { "{", "}" })
  local plain = open .. table.concat(plains, ",") .. close
  return { kind = kind == 1 and "list" or "object", items = items, text = open .. table.concat(texts, ",") .. close,
    plain = plain, string = plain, found = { type = "userdata" } }
end

-- ---- the naive evaluation ----

--- The parts of a pointer; nil: it is none.
local function parts_of(pointer)
  if pointer == "" then return {} end
  if pointer:sub(1, 1) ~= "/" or pointer:gsub("~[01]", ""):find "~" then return nil end
  local parts = {}
  for part in pointer:sub(2):gmatch "[^/]*" do
    parts[#parts + 1] = { text = part:gsub("~1", "/"):gsub("~0", "~"), star = part == "*" }
  end
  return #parts <= 64 and parts or nil
end

local function child(value, part)
  for i, item in ipairs(value.items or {}) do
    local key = value.kind == "object" and item.key or tostring(i - 1)
    if key == part.text then return item.value end
  end
end

local function has_star(parts)
  for _, part in ipairs(parts) do
    if part.star then return true end
  end
  return false
end

--- What a function returns of what its path has found, as its source below does.
local FUNCTIONS = {
  { 'type(v) == "string" and match(v, "^(%w*)") or type(v)', function(found)
    return found.text and found.text:match "^(%w*)" or found.type
  end },
  { 'type(v) == "string" and match(v, "[^%d]+") or v == true and "true" or nil', function(found, where)
    return found.text and found.text:match "[^%d]+" or where.bool == true and "true" or nil
  end },
  { '(v == "x" or v == 12) and "yes" or "no"', function(found, where)
    return (found.text == "x" or where.text == "12") and "yes" or "no"
  end },
}

--- What a field with these pointers has: a list of { value =, node = }.
local function evaluate(field, pointers, root, index)
  local found, listed = {}, false
  local function is_full() return not field.list and #found > 0 end
  local function add(value)
    if is_full() or value[field.type] == nil then return end
    found[#found + 1] = { value = value[field.type], node = value }
  end
  local function add_default()
    if field.default ~= nil and not is_full() then found[#found + 1] = { value = field.default_value } end
  end
  local function finish(value, wanted)
    if not (field.list and value.kind == "list") then
      if not wanted or wanted == "0" then add(value) end
      return
    end
    listed = true
    for i, item in ipairs(value.items) do
      if not wanted or wanted == tostring(i - 1) then
        local before = #found
        add(item.value)
        if #found == before then add_default() end
      end
    end
  end
  local function walk(value, parts, at, wanted)
    local part = parts[at]
    if not part then
      finish(value, wanted)
    elseif not part.star then
      value = child(value, part)
      if value then walk(value, parts, at + 1, wanted) end
    else
      for i, item in ipairs(value.items or {}) do
        if not wanted or wanted == tostring(i - 1) then
          local before = #found
          walk(item.value, parts, at + 1)
          if #found == before then add_default() end
        end
      end
    end
  end
  local stars = false
  for _, pointer in ipairs(pointers) do
    stars = stars or has_star(pointer)
    if #found == 0 then walk(root, pointer, 1, index) end
  end
  if #found == 0 and root.items and not listed and not stars and (not index or index == "0") then add_default() end
  return found
end

-- ---- scripts ----

local function pointer(bad)
  local parts = {}
  for i = 1, input.below(4) do
    parts[i] = input.once_in(4) and "*" or input.pick(KEYS)[1]:gsub("~", "~0"):gsub("/", "~1"):gsub("\0.*", "")
  end
  if bad and input.once_in(8) then
    return input.pick { "a", "~", "/~", "/a~2/b", "/a/~", ("/a"):rep(65), "[0]", " /a" }
  end
  if input.once_in(16) then return ("/a"):rep(input.below(64)) end
  return #parts == 0 and "" or "/" .. table.concat(parts, "/")
end

local DEFAULTS = { string = { { '"none"', "none" }, { "7", "7" }, { "true", "true" }, { '""', "" } },
  uint64 = { { "42", 42 }, { '"12"', 12 } }, bool = { { "true", true }, { "false", false } } }

local function make_path_field(field)
  field.pointers, field.compiled = {}, {}
  local stars = false
  for i = 1, 1 + input.below(3) do
    field.pointers[i] = pointer(true)
    field.compiled[i] = parts_of(field.pointers[i])
    field.bad = field.bad or not field.compiled[i]
    stars = stars or has_star(field.compiled[i] or {})
  end
  field.list = input.once_in(2)
  field.index = (field.list or stars) and input.once_in(2)
  if stars and not field.list then field.index = true end
  local list = {}
  for i, text in ipairs(field.pointers) do list[i] = ("%q"):format(text) end
  field.source = "path = { " .. table.concat(list, ", ") .. " }"
end

local function make_argument_field(field)
  field.list, field.key, field.source = input.once_in(2), true, "path = lure.ARG"
end

local function make_function_field(field)
  field.pointers, field.compiled, field.bad, field.list = nil, nil, nil, false
  field.type, field.index, field.key = "string", input.once_in(2), input.once_in(2)
  field.source = "extract = function(_, arg) return (math.type(arg) or type(arg)) .. ' ' .. tostring(arg) end"
end

local function make_found_field(field)
  make_path_field(field)
  local stars = false
  for _, parts in ipairs(field.compiled) do stars = stars or has_star(parts) end
  if stars then return make_function_field(field) end
  field.type, field.list, field.index, field.of_found = "found", false, false, input.pick(FUNCTIONS)
  field.source = ("%s, extract = function(v) return %s end"):format(field.source, field.of_found[1])
end

local MAKERS = { make_path_field, make_argument_field, make_function_field, make_found_field }

local function make_field(i)
  local field = { name = "x.f" .. i, type = input.pick { "string", "string", "uint64", "bool" } }
  local maker = input.pick(MAKERS)
  maker(field)
  if not field.source:find "extract" and input.once_in(2) then
    local default = input.pick(DEFAULTS[field.type])
    field.default, field.default_value = default[1], default[2]
  end
  field.required = (field.key or field.index) and input.once_in(4)
  return field
end

local function show_field(field)
  local arg = {}
  for _, name in ipairs { "key", "index", "required" } do
    if field[name] then arg[#arg + 1] = name .. " = true" end
  end
  return ("{ name = %q, type = %q, desc = '-', list = %s, %s%s%s },\n"):format(field.name,
    field.of_found and "string" or field.type, tostring(field.list or false), field.source,
    #arg > 0 and ", arg = { " .. table.concat(arg, ", ") .. " }" or "",
    field.default and ", default = " .. field.default or "")
end

local script_path = options.directory .. "/script.lua"

local function load_script(fields)
  local texts = {}
  for i, field in ipairs(fields) do texts[i] = show_field(field) end
  local text = 'local lure = require "lure"\nlocal match, type = string.match, type\n'
    .. 'return { name = "x", version = "0.1.0", id = 999, event_source = "x",\n'
    .. "next = function() end, fields = {\n" .. table.concat(texts) .. "} }\n"
  local file = assert(io.open(script_path, "w"))
  file:write(text)
  file:close()
  return text, host.load(options.library, { env = { LURE_SCRIPT = script_path } })
end

-- ---- questions ----

local INDICES = { "0", "1", "2", "3", "17", "4294967296", "9223372036854775807", "9223372036854775808",
  "18446744073709551615" }
local OTHERS = { "00", "01", "-1", "1.0", "", " 1", "18446744073709551616", "x", "0x1", "*" }

--- An argument that the field takes, or nil: none.
local function make_argument(field)
  if not (field.key or field.index) or not field.required and input.once_in(3) then return nil end
  if field.index and not (field.key and input.once_in(2)) then return input.pick(INDICES) end
  if field.source:find "lure.ARG" then return (pointer(true):gsub("%]", "")) end
  return input.once_in(2) and input.pick(OTHERS) or input.pick(INDICES)
end

local function is_index(argument)
  return argument:find "^%d+$" and (argument == "0" or argument:sub(1, 1) ~= "0")
    and (#argument < 20 or #argument == 20 and argument <= "18446744073709551615")
end

local function expected_argument(field, argument)
  if not argument then return "nil nil" end
  if field.index and is_index(argument) then
    local fits = math.tointeger(tonumber(argument))
    if fits then return "integer " .. argument end
    return field.key and "string " .. argument or "integer " .. math.maxinteger
  end
  return "string " .. argument
end

local function expect(field, argument, root)
  if field.of_found then
    local found = evaluate(field, field.compiled, root)[1]
    local value = found and field.of_found[2](found.value, found.node)
    return value and { { value = value:gsub("\0", "\\u0000") } } or {}
  end
  if field.pointers then return evaluate(field, field.compiled, root, argument) end
  if field.source:find "lure.ARG" then
    local parts = argument and parts_of(argument)
    return parts and evaluate(field, { parts }, root) or {}
  end
  return { { value = expected_argument(field, argument) } }
end

local function same(field, got, expected)
  if #expected == 0 then return got == nil end
  if not field.list then return got == expected[1].value end
  if type(got) ~= "table" or #got ~= #expected then return false end
  for i, one in ipairs(expected) do
    if got[i] ~= one.value then return false end
  end
  return true
end

local function show(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local list = {}
  for i, one in ipairs(value) do
    local element = one
    if type(one) == "table" then element = one.value end
    list[i] = ("%q"):format(element)
  end
  return "{ " .. table.concat(list, ", ") .. " }"
end

local function check_offsets(payload, places, expected)
  for i, one in ipairs(expected) do
    local start, length = places[i][1], places[i][2]
    if not one.node then
      assert(start == 0 and length == 0, "a default stands nowhere")
    else
      local text = one.node.text
      if text:sub(1, 1) == '"' then text = text:sub(2, -2) end
      assert(payload:sub(start - EVENT_START + 1, start - EVENT_START + length) == text, "wrong offsets")
    end
  end
end

local function ask(state, text, field, root, payload, event)
  local argument = make_argument(field)
  local question = argument and ("%s[%s]"):format(field.name, argument) or field.name
  local expected = expect(field, argument, root)
  local got, places
  if input.once_in(4) then
    local values = assert(state:extract(event, { question, question }))
    got = values[1]
    assert(show(values[1]) == show(values[2]), "the same question has another answer")
  else
    got, places = state:extract(event, question, { offsets = field.pointers ~= nil and not field.of_found })
  end
  if not same(field, got, expected) then
    error(("%s\n%s\n%s: got %s, expected %s"):format(text, payload, question, show(got), show(expected)))
  end
  if places then check_offsets(payload, places, expected) end
end

local function check_refused(text, fields, message)
  for _, field in ipairs(fields) do
    if field.bad then
      return assert(message and message:find("field " .. field.name .. ": path", 1, true), message or text)
    end
  end
  error(text .. tostring(message))
end

return function(bytes)
  input.begin(bytes)
  local fields = {}
  for i = 1, 1 + input.below(6) do fields[i] = make_field(i) end
  local text, library, message = load_script(fields)
  if not library then return check_refused(text, fields, message) end
  for _, field in ipairs(fields) do assert(not field.bad, text) end
  local state = assert(library:init(""))
  for number = 1, 1 + input.below(3) do
    local root = node(5)
    local payload = input.pick(SPACES) .. root.text .. input.pick(SPACES)
    local event = host.event { data = payload, num = input.once_in(2) and 0 or number, source = "x", id = 999 }
    for _ = 1, 1 + input.below(8) do ask(state, text, input.pick(fields), root, payload, event) end
    if input.left() <= 0 then break end
  end
  state:destroy()
end
