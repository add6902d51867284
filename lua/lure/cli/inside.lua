-- inside: what `lure repl` runs in the script's own Lua state, where it is sent as text.
--
-- It is given the script's plugin table and a function upvalue(function, number), and answers a
-- function (text, event) of which the first line of the text says what is wanted:
--
--   "evaluate"  the rest is Lua; the answer is "value" and, behind a line's end, what it came to,
--               or "more" where the text is only a beginning, or "error" and what went wrong
--   "complete"  the rest is the word before the cursor; the answer is what it may become, a line each

local plugin, upvalue = ...

local LONGEST_STRING = 1000
local LONGEST_LINE = 76
local MOST_MEMBERS = 50
local DEEPEST = 4

-- ---- names ----

-- Calls visit(name, value) for the locals that the script's functions use, from the plugin table on,
-- until it answers true. These are the script's own top level: its state.
local function each_local(visit)
  local seen = {}

  local function look(value, depth)
    if type(value) ~= "function" and type(value) ~= "table" or seen[value] then return false end
    seen[value] = true
    if type(value) == "table" then
      for _, member in next, value do
        if depth < DEEPEST and look(member, depth + 1) then return true end
      end
      return false
    end
    for i = 1, 255 do
      local name, used = upvalue(value, i)
      if not name then break end
      if name ~= "_ENV" and (visit(name, used) or type(used) == "function" and look(used, depth)) then return true end
    end
    return false
  end

  look(plugin, 1)
end

local function script_local(wanted)
  local found
  each_local(function(name, value)
    if name == wanted then found = value end
    return name == wanted
  end)
  return found
end

-- What is assigned at the prompt stays here; what is not here is the script's.
local env = setmetatable({ plugin = plugin, lure = require "lure" }, {
  __index = function(_, name)
    local value = script_local(name)
    if value == nil then value = _G[name] end
    return value
  end,
})

-- ---- values ----

local shown

local function escaped(letter)
  if letter == "\n" then return "\\n" end
  if letter == '"' or letter == "\\" then return "\\" .. letter end
  return ("\\x%02x"):format(letter:byte())
end

local function shown_string(value)
  local text = value:sub(1, LONGEST_STRING)
  text = '"' .. text:gsub(utf8.len(text) and '[%c"\\]' or '[%c"\\\x80-\xFF]', escaped) .. '"'
  return #value <= LONGEST_STRING and text or ("%s... (%d bytes)"):format(text, #value)
end

local function shown_key(key)
  if type(key) == "string" and key:find("^[%a_][%w_]*$") then return key end
  return "[" .. shown(key, DEEPEST) .. "]"
end

local kinds = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local kind_a, kind_b = kinds[type(a)] or 4, kinds[type(b)] or 4
  if kind_a ~= kind_b then return kind_a < kind_b end
  if kind_a < 3 then return a < b end
  return tostring(a) < tostring(b)
end

-- Members as texts: those of the list without keys, then the others in order.
local function members_of(value, depth)
  local members, keys, length = {}, {}, rawlen(value)
  for i = 1, math.min(length, MOST_MEMBERS) do members[i] = shown(rawget(value, i), depth) end
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then keys[#keys + 1] = key end
  end
  table.sort(keys, before)
  for i = 1, math.min(#keys, MOST_MEMBERS - #members) do
    members[#members + 1] = shown_key(keys[i]) .. " = " .. shown(rawget(value, keys[i]), depth)
  end
  local left = length + #keys - #members
  if left > 0 then members[#members + 1] = ("... (%d more)"):format(left) end
  return members
end

local function shown_table(value, depth)
  if next(value) == nil then return "{}" end
  if depth > DEEPEST then return "{...}" end
  local members = members_of(value, depth + 1)
  local line = "{ " .. table.concat(members, ", ") .. " }"
  if #line <= LONGEST_LINE and not line:find("\n") then return line end
  local indent = ("  "):rep(depth)
  return "{\n" .. indent .. table.concat(members, ",\n" .. indent) .. "\n" .. ("  "):rep(depth - 1) .. "}"
end

local function shown_function(value)
  local info = debug.getinfo(value, "S")
  if info.what == "C" then return "function" end
  return ("function <%s:%d>"):format(info.short_src, info.linedefined)
end

function shown(value, depth)
  local kind = type(value)
  local meta = (kind == "table" or kind == "userdata") and getmetatable(value)
  if type(meta) == "table" and rawget(meta, "__tostring") then return tostring(value) end
  if kind == "string" then return shown_string(value) end
  if kind == "table" then return shown_table(value, depth) end
  if kind == "function" then return shown_function(value) end
  return tostring(value)
end

local function shown_all(results)
  local texts = {}
  for i = 2, results.n do texts[#texts + 1] = shown(results[i], 1) end
  return table.concat(texts, "\n")
end

-- ---- what is wanted ----

local function message_of(problem)
  if type(problem) == "string" then return problem end
  return "threw a value that is no text: " .. shown(problem, 1)
end

local function evaluate(text)
  local chunk = load("return " .. text, "=repl", "t", env)
  local problem
  if not chunk then chunk, problem = load(text, "=repl", "t", env) end
  if not chunk then return (problem:find("<eof>$") and "more\n" or "error\n") .. problem end
  local results = table.pack(xpcall(chunk, message_of))
  if not results[1] then return "error\n" .. results[2] end
  return "value\n" .. shown_all(results)
end

local words = "and break do else elseif end false for function goto if in local nil not or repeat return then true "
  .. "until while"

-- The names in `value` that may be asked for; an event tells of its own when it is asked for another.
local function names_in(value)
  local names = {}
  if type(value) == "string" then value = string end
  if type(value) == "table" then
    for name in next, value do names[name] = true end
  elseif type(value) == "userdata" then
    local _, told = pcall(function() return value[""] end)
    for name in (type(told) == "string" and told:match("it has (.+)$") or ""):gmatch("%a+") do
      if name ~= "and" then names[name] = true end
    end
  end
  return names
end

local function names_at_top()
  local names = {}
  for _, value in ipairs { env, _G } do
    for name in next, value do names[name] = true end
  end
  each_local(function(name) names[name] = true end)
  for word in words:gmatch("%a+") do names[word] = true end
  return names
end

local function complete(word)
  local head, last = word:match("^(.*[.:])([%w_]*)$")
  local names
  if head then
    local value = env
    for name in head:gmatch("[^.:]+") do
      value = (type(value) == "table" or type(value) == "userdata") and value[name] or nil
    end
    names = names_in(value)
  else
    head, last, names = "", word, names_at_top()
  end
  local found = {}
  for name in next, names do
    if type(name) == "string" and name:find("^[%a_][%w_]*$") and name:sub(1, #last) == last then
      found[#found + 1] = head .. name
    end
  end
  table.sort(found)
  return table.concat(found, "\n")
end

return function(text, event)
  local wanted, rest = text:match("^(%a+)\n(.*)$")
  env.event = event
  if wanted == "evaluate" then return evaluate(rest) end
  local done, answer = pcall(complete, rest)
  return done and answer or ""
end
