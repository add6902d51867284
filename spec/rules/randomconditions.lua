-- Random conditions over the fields of a script that has every type, and random events for it; of a seed always the same.
--
--   local random = randomconditions.new(seed [, "0.29"])     of what sysdig 0.29 knows, and takes as libsinsp
--   random:script(events)     the text of a source with so many events
--   random:condition()        a text; some are wrong on purpose
--
-- Conditions are of what libsinsp 0.23 knows. They leave out where it goes wrong by chance, as with two patterns of pmatch
-- for the same part of a path, and where it is not what newer ones are: patterns of regex that RE2 refuses never match
-- there, bytes that are not UTF-8 stay as they are for these, and an empty argument is none.

local randomconditions = {}

local Random = {}
Random.__index = Random

-- ---- chance ----

-- An integer from 1; by a generator of its own, which tests of other files do not advance.
function Random:below(count)
  self.state = (self.state * 6364136223846793005 + 1442695040888963407)
  return (self.state >> 33) % count + 1
end

function Random:one_of(list) return list[self:below(#list)] end

-- True in one of so many cases.
function Random:rarely(of) return self:below(of) == 1 end

function Random:some(list, most)
  local some = {}
  for i = 1, self:below(most) do some[i] = self:one_of(list) end
  return some
end

-- ---- values ----

local pools = {
  string = { "", "a", "A", "ab", "aB", "abc", "b", "ba", "/a", "/a/b", "/a/b.c", "a b", "12", "5", "äb", "Ä", "*", "a*",
    "true", "YWI=", "YWI", "YQ==", "YQ", "YR", "YWI===", "/etc/passwd", "a.b", "it's", 'say "a"', "a\nb", "\\", "x=1", "(a)" },
  uint64 = { "0", "1", "2", "5", "12", "1000", "9223372036854775807", "9223372036854775808", "18446744073709551615" },
  bool = { "true", "false" },
  ipaddr = { "10.0.0.1", "10.0.0.2", "10.1.2.3", "192.168.0.1", "::1", "2001:db8::1", "2001:db8::ffff", "::ffff:10.0.0.1" },
}
pools.ipnet = pools.ipaddr

-- What constants may be beside these.
local others = {
  string = { "b*", "?b", "[ab]", "a?", "/a/*", "/*/b", "aab", "a.b", "t.s", ("a"):rep(255) },
  uint64 = { "3", "-1", "+5", "007", "18446744073709551616", "-9223372036854775809", " 5", "65541", "4294967297" },
  bool = { "true" },
  ipaddr = { "10.0.0.3", "::2", "0:0::1" },
  ipnet = { "10.0.0.0/8", "10.0.0.1/32", "10.0.0.0/31", "0.0.0.0/0", "2001:db8::/32", "2001:db8::/125", "::/1", "::1/128",
    "10.1.2.3/9", "10.0.0.0/264", "2001:db8::8000/113" },
}

-- What libsinsp refuses.
local wrong = {
  string = { ("a"):rep(256) },
  uint64 = { "0x5", "1.5", "abc", "", "5 ", "- 1" },
  bool = { "True", "1", "yes", "" },
  ipaddr = { "10.0.0", "10.0.0.01", "fe80::1%lo", "localhost", "10.0.0.0/8" },
  ipnet = { "::/0", "10.0.0.0/33", "10.0.0.1", "::1/129", "10.0.0.0/-1", "10.0.0.0/8x", "/8" },
}
for _, pool in ipairs { pools, others, wrong } do
  for _, kind in ipairs { "reltime", "abstime", "uint32", "int16" } do pool[kind] = pool.uint64 end
end

local regexes = { "a", "a.*", "[a-b]+", "(a|b)*", "a?b?c?", "[[:alpha:]]+", "[^a]*", ".", "^a$", "a{1,2}b?", "/a/.*", ".*b",
  "(/[a-z]+)+(\\.c)?", "\\*", "a\\x62", "[]a]", "[a\\]b-]+", "ä.", ".{2}", "((a)|(b)|(ab)){2}", "a|b|", "a**b", "(^a|b$)+",
  "[[:^alpha:]]*", "[[:space:][:digit:]]+", "a+?", "\\141b", "a{,2}", "[A-Ä]+", "[^\\x00-\\x7f]+b" }

-- ---- the script ----

local types = { "string", "uint64", "bool", "reltime", "abstime", "ipaddr", "ipnet" }

local short = { string = "s", uint64 = "u", bool = "b", reltime = "r", abstime = "t", ipaddr = "a", ipnet = "n" }

-- Fields of the plugin; each type has four: t.s, t.s2, a list t.sl, and with a key t.sk.
local plugin_fields, plain_fields = {}, {}
for _, kind in ipairs(types) do
  local name = "t." .. short[kind]
  for _, row in ipairs { { name }, { name .. "2" }, { name .. "l", true }, { name .. "k", key = true } } do
    local field = { name = row[1], type = kind, list = row[2], key = row.key }
    plugin_fields[#plugin_fields + 1] = field
    if (kind == "string" or kind == "uint64") and not field.list and not field.key then
      plain_fields[#plain_fields + 1] = field
    end
  end
end

local host_fields = {
  { name = "evt.num", type = "uint64" }, { name = "evt.source", type = "string" }, { name = "evt.is_async", type = "bool" },
  { name = "evt.pluginname", type = "string" }, { name = "evt.plugininfo", type = "string" },
  { name = "evt.rawtime", type = "abstime" }, { name = "evt.rawtime.s", type = "abstime" },
  { name = "evt.rawtime.ns", type = "abstime" }, { name = "evt.reltime", type = "reltime" },
  { name = "evt.reltime.s", type = "reltime" }, { name = "evt.reltime.ns", type = "reltime" },
  { name = "evt.time.iso8601", type = "string" }, { name = "evt.asynctype", type = "string" },
  { name = "evt.category", type = "string" }, { name = "evt.count", type = "uint32" }, { name = "evt.cpu", type = "int16" },
}

local function json_text(value)
  return '"' .. value:gsub('[\\"%c]', function(letter) return ("\\u%04x"):format(letter:byte()) end) .. '"'
end

-- A value of the type as JSON.
function Random:json_value(kind)
  local value = self:one_of(pools[kind])
  return (kind == "string" or kind == "ipaddr" or kind == "ipnet") and json_text(value) or value
end

-- A payload; each field is missing now and then, lists may be empty.
function Random:payload()
  local members = {}
  for _, field in ipairs(self.fields) do
    if not self:rarely(5) then
      local key = field.name:sub(3)
      local value
      if field.list then
        local elements = {}
        for i = 1, self:below(4) - 1 do elements[i] = self:json_value(field.type) end
        value = "[" .. table.concat(elements, ",") .. "]"
      elseif field.key then
        value = ('{"x":%s,"y":%s}'):format(self:json_value(field.type), self:json_value(field.type))
      else
        value = self:json_value(field.type)
      end
      members[#members + 1] = ('"%s":%s'):format(key, value)
    end
  end
  return "{" .. table.concat(members, ",") .. "}"
end

function Random:script(events)
  local payloads, declared = {}, {}
  for i = 1, events do payloads[i] = ("  { %q, %d },"):format(self:payload(), 1700000000000000000 + i * i * 400000001) end
  for i, field in ipairs(self.fields) do
    local key = field.name:sub(3)
    declared[i] = ('  { name = "%s", type = "%s", desc = "-", path = "/%s%s"%s%s },'):format(field.name, field.type, key,
      field.key and "/{arg}" or "", field.list and ", list = true" or "",
      field.key and ", arg = { key = true, required = true }" or "")
  end
  return ([[
local events = {
%s
}
return {
  name = "types", id = 997, version = "0.1.0", event_source = "types", description = "-", contact = "-",
  open = function()
    local i = 0
    return function()
      i = i + 1
      if events[i] then return events[i][1], events[i][2] end
    end
  end,
  fields = {
%s
  },
}
]]):format(table.concat(payloads, "\n"), table.concat(declared, "\n"))
end

-- ---- conditions ----

local operators = {
  string = { "=", "==", "!=", "<", "<=", ">", ">=", "contains", "icontains", "startswith", "endswith", "glob", "iglob",
    "regex", "in", "intersects", "pmatch", "exists" },
  uint64 = { "=", "==", "!=", "<", "<=", ">", ">=", "in", "intersects", "exists" },
  bool = { "=", "!=", "in", "intersects", "exists" },
  ipaddr = { "=", "!=", "in", "intersects", "exists" },
  list = { "in", "intersects", "exists" },
}
operators.uint32, operators.int16 = operators.uint64, operators.uint64
operators.reltime, operators.abstime, operators.ipnet = operators.uint64, operators.uint64, operators.ipaddr

local old_operators = {}
for op in ("= != < <= > >= contains icontains startswith endswith glob in pmatch exists"):gmatch("%S+") do
  old_operators[op] = true
end

local all_operators = { "=", "==", "!=", "<", "<=", ">", ">=", "contains", "icontains", "bcontains", "startswith",
  "bstartswith", "endswith", "in", "intersects", "pmatch", "glob", "iglob", "regex", "exists" }

local numbers = { ["<"] = true, ["<="] = true, [">"] = true, [">="] = true }
local listed = { ["in"] = true, intersects = true, pmatch = true }

-- A text as a constant: bare where that goes, mostly.
function Random:quoted(text)
  if text:find("^[^()\"'%s=,]+$") and not self:rarely(4) then return text end
  local quote = self:rarely(2) and "'" or '"'
  local inside = text:gsub("\\", "\\\\"):gsub(quote, "\\" .. quote)
  if self:rarely(2) then inside = inside:gsub("\n", "\\n") end
  if inside:find("\\$") then inside = inside .. "/" end -- a quote behind it would not close
  return quote .. inside .. quote
end

-- sysdig 0.29 has other escapes.
function Random:plain_constant(kind)
  local text
  repeat
    text = self:one_of(self:rarely(5) and others[kind] or pools[kind])
  until text:find("^[%w/.*?]+$")
  return text
end

function Random:constant(kind)
  if self.old then return self:plain_constant(kind) end
  if self:rarely(80) then return self:one_of(wrong[kind]) end
  return self:one_of((kind == "ipnet" or self:rarely(5)) and others[kind] or pools[kind])
end

-- A field, with its argument: name, type, is it a list.
function Random:field(kind, list)
  local field
  repeat
    field = self:one_of(not self.old and self:rarely(8) and host_fields or self.fields)
  until not kind or self:rarely(400) or field.type == kind and (field.list or false) == list
  local name = field.name
  if field.key then name = name .. self:one_of { "[x]", "[y]", "['x']", '["y"]' } end
  if self:rarely(200) and not self.old then name = name .. self:one_of { "[x]", "[]", "x", ".x", "[1]", "['a b']" } end
  return name, field.type, field.list or false
end

-- The same in a transformer now and then.
function Random:operand(kind, list)
  local name, found, is_list = self:field(kind, list)
  if self.old or not self:rarely(found == "string" and 4 or 300) then return name, found, is_list end
  for _ = 1, self:below(2) do
    local transformer = self:one_of { "tolower", "toupper", "b64", "basename", "len" }
    name = ("%s(%s%s%s)"):format(transformer, self:rarely(4) and " " or "", name, self:rarely(4) and " " or "")
    if transformer == "len" then found, is_list = "uint64", false end
  end
  return name, found, is_list
end

function Random:list(kind, op)
  local values, patterns = {}, 0
  for i, text in ipairs(self:some({ 1, 2, 3 }, 3)) do
    text = text and self:constant(kind)
    if op == "pmatch" and text:find("[?*[]") then
      patterns = patterns + 1
      if patterns > 1 then text = "/a" end
    end
    values[i] = self:quoted(text)
  end
  if self:rarely(12) then values = {} end
  return ("(%s)"):format(table.concat(values, self:one_of { ",", ", ", " , " }))
end

function Random:right(kind, list, op)
  if self:rarely(6) and not self.old then
    local operand = self:operand(kind, list)
    return operand:find("(", 1, true) and operand or ("val(%s)"):format(operand)
  end
  if listed[op] then return self:list(kind, op) end
  if numbers[op] and self.old then return self:one_of(pools.uint64) end
  if numbers[op] and kind == "string" then return self:one_of { "5", "12", "0", "-1", "0x5" } end
  if op == "regex" then return self:quoted(self:one_of(regexes)) end
  if op:find("^b") then return self:one_of { "61", "6162", "2F", "", "zz", "6" } end
  return self:quoted(self:constant(kind))
end

function Random:check()
  local name, kind, list = self:operand()
  local op = self:one_of(self:rarely(40) and all_operators or operators[list and "list" or kind])
  if self.old and not old_operators[op] or op == "regex" and name:find("b64", 1, true) then op = "=" end
  if op == "exists" then return name .. " exists" end
  local tight = op:find("%p") and self:rarely(3)
  return name .. (tight and "" or " ") .. op .. (tight and "" or self.old and " " or self:one_of { " ", " ", "  ", "\t" })
    .. self:right(kind, list, op)
end

function Random:expression(depth)
  local kind = depth > 3 and 1 or self:below(8)
  if kind <= 3 then return self:check() end
  if kind == 4 and self.old then return ("not %s"):format(self:check()) end
  if kind == 4 then return self:one_of { "not ", "not not " } .. self:expression(depth + 1) end
  if kind == 5 then return ("not(%s)"):format(self:expression(depth + 1)) end
  local parts = {}
  for i = 1, 1 + self:below(3) do
    local part = self:expression(depth + 1)
    parts[i] = (self.old or self:rarely(2)) and ("(%s)"):format(part) or part
  end
  if kind == 6 then return ("(%s)"):format(table.concat(parts, " or ")) end
  return table.concat(parts, kind == 7 and " and " or " or ")
end

-- A letter is left out, doubled, or becomes another one.
function Random:mistake(text)
  local at = self:below(#text)
  local other = self:one_of { "", text:sub(at, at):rep(2), "(", ")", ",", "'", '"', "=", " ", "[", "]", "x", "not ", "\\" }
  return text:sub(1, at - 1) .. other .. text:sub(at + 1)
end

function Random:condition()
  local text = self:expression(1)
  if self:rarely(10) and not self.old and not text:find("regex", 1, true) then text = self:mistake(text) end
  -- 0.23 takes an empty argument for none
  if text:find("['']", 1, true) or text:find('[""]', 1, true) then return self:condition() end
  return text
end

function randomconditions.new(seed, version)
  return setmetatable({ state = seed, old = version == "0.29", fields = version and plain_fields or plugin_fields }, Random)
end

return randomconditions
