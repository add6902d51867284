-- kernelfacts: what hosts know of types of events of the kernel; see eventfacts.lua, which has it as texts.
--
--   local facts = kernelfacts.of(code)       nil: there is no such type
--   facts.name                               "open"
--   facts.category                           "file"; "read", "write", "io": that of what the descriptor is of
--   facts.is_syscall, .creates, .destroys, .uses, .reads, .writes, .waits     true, or nil
--   facts.parameters[number]                 { form =, names = { { name, value }, … }, directory = number }, or nil
--   kernelfacts.code_of(name)                the number of the first type of that name; nil: there is none
--   kernelfacts.type_names()                 all names of types, by any key
--   kernelfacts.flag(table_name, name)       the value of a flag
--   kernelfacts.error(number)                "ENOENT" of 2, or nil
--   kernelfacts.signal(number)               "SIGKILL" of 9, or nil
--   kernelfacts.syscall(number)              "openat" by libscap's number, or nil
--   kernelfacts.syscalls()                   all names of these, by number

local eventfacts = require "lure.cli.eventfacts"

local kernelfacts = {}

local LETTERS = { s = "is_syscall", c = "creates", d = "destroys", u = "uses", r = "reads", w = "writes", a = "waits" }

-- "NAME=VALUE NAME=VALUE" as a list of { name, value }.
local function pairs_of(text)
  local list = {}
  for name, value in text:gmatch "(%S+)=(%d+)" do list[#list + 1] = { name, math.tointeger(tonumber(value)) } end
  return list
end

local function by_number(text)
  local names = {}
  for _, pair in ipairs(pairs_of(text)) do names[pair[2]] = pair[1] end
  return names
end

local tables = setmetatable({}, { __index = function(known, name)
  local text = eventfacts.names[name]
  if text then known[name] = pairs_of(text) end
  return rawget(known, name)
end })

local function read_parameter(text)
  local directory = text:match "^@(%d+)$"
  if directory then return { directory = math.tointeger(tonumber(directory)) } end
  local found = {}
  for word in text:gmatch "[^,]+" do
    if eventfacts.names[word] then found.names = tables[word] else found.form = word end
  end
  return found
end

local function read_type(name, category, letters, rest)
  local facts = { name = name, category = category, parameters = {} }
  for letter in letters:gmatch "%l" do facts[LETTERS[letter]] = true end
  for number, text in rest:gmatch "(%d+):(%S+)" do
    facts.parameters[math.tointeger(tonumber(number))] = read_parameter(text)
  end
  return facts
end

local types

local function all_types()
  if types then return types end
  types = {}
  for number, name, category, letters, rest in eventfacts.events:gmatch "(%d+) (%S+) (%a+) ([%l-]+)([^\n]*)" do
    types[math.tointeger(tonumber(number))] = read_type(name, category, letters, rest)
  end
  return types
end

function kernelfacts.of(code) return all_types()[code] end

function kernelfacts.code_of(name)
  local code = 0
  while all_types()[code] do
    if types[code].name == name then return code end
    code = code + 1
  end
end

function kernelfacts.type_names()
  local names = {}
  for code, facts in pairs(all_types()) do names[code] = facts.name end
  return names
end

function kernelfacts.flag(table_name, name)
  for _, pair in ipairs(tables[table_name]) do
    if pair[1] == name then return pair[2] end
  end
  error(("no flag %s in %s"):format(name, table_name))
end

local errors, signals, syscalls

function kernelfacts.error(number)
  errors = errors or by_number(eventfacts.errors)
  return errors[number]
end

function kernelfacts.signal(number)
  signals = signals or by_number(eventfacts.signals)
  return signals[number]
end

function kernelfacts.syscalls()
  if not syscalls then
    syscalls = {}
    for number, name in eventfacts.syscalls:gmatch "(%d+)=(%S+)" do
      syscalls[math.tointeger(tonumber(number))] = name
    end
  end
  return syscalls
end

function kernelfacts.syscall(number) return kernelfacts.syscalls()[number] end

return kernelfacts
