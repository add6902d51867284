-- order: what a script declares, each time that it is loaded.
--
-- Hosts load a script more than once, and refuse one that declares something else then. Most often it goes
-- through a table with pairs, whose order is another one in each Lua state. So the script is loaded until even the
-- order of two keys has changed for sure: it has not by a chance of 2^-31. One that takes long to load is loaded less
-- often. The loads are made in child processes, meanwhile the command goes on, and its own load is one of them.

local forkedcall = require "lure.forkedcall"
local host = require "lure.host"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local stop = require "lure.cli.stop"
local system = require "lure.system"

local MANY = 32     -- loads, where the order of a table counts
local FEW = 2       -- elsewhere: the time, or a random number
local CHILDREN = 2  -- at the same time
local PATIENCE = 15 -- seconds for one load
local ENOUGH = 20   -- seconds for all of them, if there were FEW

local order = {}
order.__index = order

-- The file and the line of the first call that goes through a table in no order; nil: there is none.
local function unordered(files)
  for _, file in ipairs(files) do
    for _, call in ipairs(file.seen.calls) do
      if call.name == "pairs" or call.name == "next" then return file.name, call.line end
    end
  end
end

-- ---- what is declared ----

local PAIR <const> = "s4s4"

-- All that is declared, as one text: keys and values in order. The fields are in it as the text that says them all.
local function declaration_of(info)
  local parts = {}
  for key, value in pairs(info) do
    if key ~= "fields" then
      parts[#parts + 1] = PAIR:pack(key, type(value) == "string" and value or json.encode(value))
    end
  end
  table.sort(parts)
  return table.concat(parts)
end

local function values_of(declaration)
  local values, at = {}, 1
  while at <= #declaration do
    local key, value, behind = PAIR:unpack(declaration, at)
    values[key], at = value, behind
  end
  return values
end

-- The fields in an order of their own.
local function sorted_fields(values)
  local fields = values.fields_json and json.elements(values.fields_json) or {}
  table.sort(fields)
  return table.concat(fields, ",")
end

-- The key that differs, and what is told of it.
local function difference(one, other)
  one, other = values_of(one), values_of(other)
  if one.fields_json ~= other.fields_json then
    return "fields",
      sorted_fields(one) == sorted_fields(other) and "the fields come in another order" or "the fields are others"
  end
  for key, value in pairs(one) do
    if other[key] ~= value then return key, ('"%s" is another'):format(key) end
  end
end

-- ---- in a child ----

-- Says what the script declares, and what else it declares when it is loaded again.
local function declare(path, api, loads, begin, say)
  collectgarbage "stop" -- it would write to, and so copy, each page of the memory
  host.redirect_stderr "/dev/null"
  local first
  for load = 1, loads do
    if load > 1 and system.seconds() - begin > ENOUGH then return end
    local loaded = library.load_anew(path, api)
    local declaration = loaded and declaration_of(loaded:info())
    if not first and not declaration then return end
    if declaration and declaration ~= first then say(("s4"):pack(declaration)) end
    first = first or declaration
  end
end

-- What was said, one declaration after another; one that was cut off is left out.
local function each_declaration(said)
  local at = 1
  return function()
    if #said < at + 3 or #said < at + 3 + ("I4"):unpack(said, at) then return nil end
    local declaration
    declaration, at = ("s4"):unpack(said, at)
    return declaration
  end
end

-- ---- the check ----

-- Keeps CHILDREN at work while there is something left to do.
local function start(self)
  while self.left > 0 and #self.calls < CHILDREN and (not self.begun or system.seconds() - self.begin <= ENOUGH) do
    local loads = math.min(self.left, self.loads)
    self.left, self.begun = self.left - loads, true
    local call, problem = forkedcall.start(function(say)
      pcall(declare, self.plugin.path, self.api, loads, system.seconds(), say)
    end)
    self.calls[#self.calls + 1] = call or stop.failed("check: a child process: %s", problem)
  end
end

-- Begins to load the plugin's script, which is not loaded yet in this process. `files` as text.read answers them.
function order.begin(plugin, files, options)
  local self = setmetatable({ plugin = plugin, api = options.api, calls = {}, begin = system.seconds() }, order)
  self.file, self.line = unordered(files)
  self.left = (self.file and MANY or FEW) - 1
  -- a library with its script in it is read once in a process
  self.loads = library.is_plugin(plugin.path) and 1 or math.ceil(self.left / CHILDREN)
  start(self)
  return self
end

local function tell(self, first, other, findings)
  local key, what = difference(first, other)
  local advice = self.file and "; pairs has no order: go through a list, or sort the keys first" or ""
  findings:add("error", self.file or self.plugin.file, self.line or self.plugin.line_of(key),
    what .. " each time that the script is loaded, and hosts load it more than once" .. advice)
end

-- Waits for the children, and adds a finding where something else was declared than `info` says; nil: the command's
-- own load failed.
function order:finish(info, findings)
  local first = info and declaration_of(info)
  while self.calls[1] do
    local said = table.remove(self.calls, 1):finish(self.loads == 1 and PATIENCE or ENOUGH + PATIENCE)
    if said == "" and not first then self.left = 0 end -- it does not load
    for declaration in each_declaration(said) do
      first = first or declaration
      if declaration ~= first then
        for _, call in ipairs(self.calls) do call:finish(0) end
        return tell(self, first, declaration, findings)
      end
    end
    start(self)
  end
end

return order
