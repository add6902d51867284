-- output: what a rule prints when it fires.
--
--   local format, problem = output.compile("user=%ka.user.name", fields)
--   format:text(view, event)                the text, with "<NA>" where a field has no value
--   format:fields(view, event)              a list of { name, JSON } of all fields in it, sorted by name
--   format.of_kernel                        the name of a field that lure has no values of; nil: there is none
--
-- "%field", "%field[argument]" and "%transformer(field)" stand for values; a number behind the percent sign for so many
-- bytes of them. There is no escape for a percent sign, as there is none in Falco. A "*" in front means nothing here.
-- What is no field as a whole is one as far as it is, so "%evt.num." works. A problem is { at =, message =,
-- unknown = true for a field that nobody has, field = its name }.

local condition = require "lure.rules.condition"
local json = require "lure.cli.json"
local nodetext = require "lure.rules.nodetext"
local shown = require "lure.rules.shown"
local text = require "lure.cli.text"

local output = {}

local Format = {}
Format.__index = Format

-- Falco takes the whole rest for a field first, and gives up a byte of it until it is one.
local function read_field(rest, fields)
  local length, problem = #rest, nil
  while length > 0 do
    local node, behind = condition.operand(rest:sub(1, length))
    if node then
      local found, wrong = shown.compile(node, fields)
      if found then return found, behind, node end
      problem, length = problem or wrong, behind - 2
    else
      problem, length = problem or behind, length - 1
    end
  end
  return nil, problem
end

-- The word that was meant to be a field, for messages.
local function word_of(rest) return rest:match "^[%w_.-]+%b()" or rest:match "^[%w_.-]*%w" or rest:match "^%S*" end

-- The fields that stand in a node, by their names as Falco's JSON has them.
local function collect(node, fields, by_name)
  if node.kind == "field" then
    by_name[nodetext.of(node)] = shown.compile(node, fields)
  end
  for _, key in ipairs { "args", "values" } do
    for _, part in ipairs(node[key] or {}) do collect(part, fields, by_name) end
  end
end

function output.compile(format, fields)
  if format == "" then return nil, { at = 1, message = "is empty; write a text, or fields" } end
  local pieces, by_name = {}, {}
  local at = format:find "^%*" and 2 or 1
  while at <= #format do
    local literal, percent = format:match("^([^%%]*)()", at)
    if literal ~= "" then pieces[#pieces + 1] = literal end
    if percent > #format then break end
    local digits, begin = format:match("^(%d*)()", percent + 1)
    if begin > #format then
      return nil, { at = percent,
        message = '"%" is the last character; a field has to follow, and there is no escape for it' }
    end
    local field, behind, node = read_field(format:sub(begin), fields)
    if not field then
      local message = behind and behind.unknown and behind.message
        or ('"%%%s" is no field%s'):format(word_of(format:sub(begin)), behind and ": " .. behind.message or "")
      local problem = behind or {}
      return nil, { at = percent, message = message, unknown = problem.unknown, field = problem.field }
    end
    collect(node, fields, by_name)
    pieces[#pieces + 1] = { field = field, width = digits ~= "" and math.tointeger(tonumber(digits)) or nil }
    at = begin + behind - 1
  end
  local names, of_kernel = {}, nil
  for name, field in pairs(by_name) do
    names[#names + 1] = name
    if field.type == "unknown" then of_kernel = name end
  end
  table.sort(names)
  return setmetatable({ pieces = pieces, names = names, by_name = by_name, of_kernel = of_kernel }, Format)
end

-- ---- values ----

-- A network is "<IPNET>" in outputs, whatever it is, and so is each of a list.
local function printed(field, value)
  if field.type ~= "ipnet" then return value end
  if type(value) ~= "table" then return "<IPNET>" end
  local elements = {}
  for i in ipairs(value) do elements[i] = "<IPNET>" end
  return elements
end

local function value_text(field, view, event)
  local value = field.get(view, event)
  return value == nil and "<NA>" or text.value(printed(field, value))
end

function Format:text(view, event)
  local parts = {}
  for i, piece in ipairs(self.pieces) do
    if type(piece) == "string" then
      parts[i] = piece
    else
      local value = value_text(piece.field, view, event)
      local width = piece.width
      if width and width > 0 then value = value:sub(1, width) .. (" "):rep(width - #value) end
      parts[i] = value
    end
  end
  return table.concat(parts)
end

local numbers = { uint64 = true, abstime = true, reltime = true }

local function value_json(kind, value)
  if type(value) == "table" then
    local elements = {}
    for i, element in ipairs(value) do elements[i] = value_json(kind, element) end
    return "[" .. table.concat(elements, ",") .. "]"
  elseif type(value) == "string" and numbers[kind] and value:find "^%d+$" then
    return value:match "^0*(%d+)$"
  elseif type(value) == "string" then
    return json.string(value)
  elseif math.type(value) == "float" then
    return (("%.17g"):format(value):gsub("^-?%d+$", "%0.0"))
  end
  return tostring(value)
end

-- Times of an event that are texts in a text are its nanoseconds in JSON.
local function is_time(name) return name:find "^evt%.time" or name:find "^evt%.datetime" or name == "evt.outputtime" end

function Format:fields(view, event)
  local list = {}
  for i, name in ipairs(self.names) do
    local field = self.by_name[name]
    local value = field.get(view, event)
    list[i] = { name, is_time(name) and tostring(event.ts) or value == nil and "null"
      or value_json(field.type, printed(field, value)) }
  end
  return list
end

return output
