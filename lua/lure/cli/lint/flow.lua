-- flow: what a script does with which names, as far as that can be told without running it.
--
--   local seen = flow.follow(main, known)
--
-- `main` is what lure.bytecode reads, `known` what lint/sandbox answers. The registers are
-- followed once, from top to bottom; where ways meet, only locals with one value are still known. The answer:
--
--   reads    list of { name = "string.fromat", key = "fromat", known = the table that should have it,
--            line =, tested = it is only asked whether it is there,
--            alternative = it stands behind "or" }
--   writes   list of { name =, line =, global = boolean }: globals, and members of known tables
--   calls    list of { name = "os.execute", or nil, method = "sub" of `x:sub(…)` where x is not known, closure =,
--            arguments = number or nil, values = the values known of those, by their numbers, from 1 (of a
--            method what stands before ":" is the first), unused = it is a statement, line =, place =,
--            caller = the function that it is in }
--   vague    true where the globals are used as a table: then there may be more of them
--   locals   name -> first line
--   result   what the text returns: { fields = } of a table that is made in it, or nil
--   setters  key -> closures that some table gets under that key
--
-- A value that is known is { name =, known =, closure =, fields =, list =, text =, line = }, each where it applies:
-- `fields` and `list` are what a table was made with, `text` is a constant.

local flow = {}

-- ---- variables ----

-- The local variables at a place, in the order of their registers.
local function locals_at(fn, place)
  local list = {}
  for _, variable in ipairs(fn.locals) do
    if variable.from > place then break end
    if place <= variable.to then list[#list + 1] = variable end
  end
  return list
end

-- The same for every place, and the one behind the last: one list as long as nothing changes.
local function find_locals(fn)
  local changes, list = { [1] = true }, nil
  for _, variable in ipairs(fn.locals) do changes[variable.from], changes[variable.to + 1] = true, true end
  fn.locals_at = {}
  for place = 1, #fn.instructions + 1 do
    if changes[place] then list = locals_at(fn, place) end
    fn.locals_at[place] = list
  end
end

-- The local variable in a register at a place.
local function local_at(fn, register, place) return fn.locals_at[place][register + 1] end

-- The variable that an upvalue is, through the functions around: a local, or "globals"; nil: not known.
local function variable_of(fn, index)
  local upvalue = fn.upvalues[index]
  if not fn.parent then return index == 0 and "globals" or nil end
  if not upvalue.in_stack then return variable_of(fn.parent, upvalue.index) end
  -- a local function is seen from behind its own closure on
  return local_at(fn.parent, upvalue.index, fn.made_at) or local_at(fn.parent, upvalue.index, fn.made_at + 1)
end

-- Links functions with those around them, and counts what is stored to each variable after its first value.
local function prepare(fn)
  find_locals(fn)
  for place, code in ipairs(fn.instructions) do
    if code.op == "CLOSURE" then
      local inner = fn.functions[code.b]
      inner.parent, inner.made_at = fn, place
    elseif code.op == "SETUPVAL" then
      local variable = variable_of(fn, code.b)
      if type(variable) == "table" then variable.stores = (variable.stores or 0) + 1 end
    end
    local variable = code.sets and local_at(fn, code.a, place)
    if variable then variable.stores = (variable.stores or 0) + 1 end
  end
  for i = 0, #fn.functions do
    if fn.functions[i] then prepare(fn.functions[i]) end
  end
end

-- ---- registers ----

local Frame = {}
Frame.__index = Frame

function Frame:get(register)
  local variable = local_at(self.fn, register, self.place)
  if variable then return variable.value end
  return self.registers[register]
end

function Frame:set(register, value)
  local variable = local_at(self.fn, register, self.place)
  if not variable then
    self.registers[register] = value
  elseif variable.stores == 1 and variable.was_nil then
    variable.value = value
  end
end

function Frame:clear_from(register)
  for known in pairs(self.registers) do
    if known >= register then self.registers[known] = nil end
  end
end

function Frame:upvalue(index)
  local variable = variable_of(self.fn, index)
  if variable == "globals" then return { name = "_G", known = self.known.globals } end
  return variable and variable.value
end

-- Variables whose first value is in its register now.
function Frame:begin_locals()
  local list = self.fn.locals_at[self.place]
  if list == self.fn.locals_at[self.place - 1] then return end
  for i, variable in ipairs(list) do
    if variable.from == self.place then
      local value = self.registers[i - 1]
      variable.was_nil = value == Frame.NIL
      if not variable.stores and not variable.was_nil then variable.value = value end
    end
  end
end

Frame.NIL = {}

-- ---- what is read ----

local function is_tested(self, register)
  local after = self.fn.instructions[self.place + 1]
  return after.op == "TEST" and after.a == register or after.op == "TESTSET" and after.b == register
    or after.op == "EQK" and after.a == register and self.fn.constants[after.b] == false
end

-- Is it what stands behind "or", read into that register from `start` on?
local function is_alternative(self, register, start)
  local jump, test = self.fn.instructions[start - 1], self.fn.instructions[start - 2]
  return jump ~= nil and test ~= nil and jump.op == "JMP" and test.k == true
    and (test.op == "TEST" or test.op == "TESTSET") and test.a == register
end

-- The globals themselves, used for anything but a name that stands there.
local function is_vague(self, register)
  local after = self.fn.instructions[self.place + 1]
  return not (after.op == "GETFIELD" and after.b == register or after.op == "SETFIELD" and after.a == register)
end

local function is_globals(self, value) return value and value.known == self.known.globals end

local function name_of(self, base, key, link)
  return is_globals(self, base) and key or base.name .. (link or ".") .. key
end

-- base.key, read into a register.
function Frame:member(base, key, register, link)
  if not base or type(key) ~= "string" then return nil end
  if base.fields then return base.fields[key] end
  if not base.name then return nil end
  local name = name_of(self, base, key, link)
  local start = base.start or self.place
  local members = type(base.known) == "table" and base.known or nil
  local found = members and members[key]
  if members then
    self.seen.reads[#self.seen.reads + 1] = {
      name = name, key = key, known = members, line = self.line,
      tested = is_tested(self, register), alternative = is_alternative(self, register, start),
    }
  end
  return { name = name, known = found ~= true and found or nil, start = start }
end

function Frame:assign(base, key, value)
  if not base or type(key) ~= "string" then return end
  if base.fields then
    base.fields[key] = value or {}
  elseif base.known then
    local global = is_globals(self, base)
    table.insert(self.seen.writes, { name = name_of(self, base, key), line = self.line, global = global })
  end
  if value and value.closure then
    self.seen.setters[key] = self.seen.setters[key] or {}
    table.insert(self.seen.setters[key], value.closure)
  end
end

-- What a call answers: a module that is required, or nothing known.
function Frame:call(code)
  local called, argument = self:get(code.a), self:get(code.a + 1)
  local values, count = {}, code.b > 0 and code.b - 1 or nil
  for i = 1, count or 0 do values[i] = self:get(code.a + i) end
  table.insert(self.seen.calls, {
    name = called and called.name, method = called and called.method, closure = called and called.closure,
    line = self.line, place = self.place, arguments = count, values = values, caller = self.fn,
    unused = code.op == "CALL" and code.c == 1,
  })
  if called and called.name == "require" and code.b == 2 and argument and argument.text then
    return { name = argument.text, known = self.known.modules[argument.text] }
  end
end

-- ---- instructions ----

local steps = {}

function steps.MOVE(self, code) self:set(code.a, self:get(code.b)) end

function steps.LOADK(self, code) self:set(code.a, { text = self.fn.constants[code.b] }) end

function steps.LOADNIL(self, code)
  for register = code.a, code.a + code.b do self:set(register, Frame.NIL) end
end

function steps.GETUPVAL(self, code)
  local value = self:upvalue(code.b)
  if is_globals(self, value) and is_vague(self, code.a) then self.seen.vague = true end
  self:set(code.a, value)
end

local function read_member(self, code, base)
  local value = self:member(base, self.fn.constants[code.c], code.a)
  if is_globals(self, value) and is_vague(self, code.a) then self.seen.vague = true end
  self:set(code.a, value)
end

function steps.GETTABUP(self, code) read_member(self, code, self:upvalue(code.b)) end

function steps.GETFIELD(self, code) read_member(self, code, self:get(code.b)) end

function steps.SELF(self, code)
  local base, key = self:get(code.b), code.k and self.fn.constants[code.c]
  local value = key and self:member(base, key, code.a, ":") or nil
  if key and not value and not (base and (base.name or base.fields)) then value = { method = key } end
  self:set(code.a, value)
  self:set(code.a + 1, base)
end

function steps.SETTABUP(self, code)
  self:assign(self:upvalue(code.a), self.fn.constants[code.b], not code.k and self:get(code.c) or nil)
end

function steps.SETFIELD(self, code)
  local value
  if code.k then value = { text = self.fn.constants[code.c] } else value = self:get(code.c) end
  self:assign(self:get(code.a), self.fn.constants[code.b], value)
end

function steps.NEWTABLE(self, code) self:set(code.a, { fields = {}, list = {}, line = self.line }) end

function steps.SETLIST(self, code)
  local target = self:get(code.a)
  for i = 1, target and target.list and code.b or 0 do
    table.insert(target.list, self:get(code.a + i) or {})
  end
  self:clear_from(code.a + 1)
end

function steps.CLOSURE(self, code) self:set(code.a, { closure = self.fn.functions[code.b] }) end

function steps.CALL(self, code)
  local result = self:call(code)
  self:clear_from(code.a)
  self:set(code.a, result)
end

function steps.TAILCALL(self, code)
  self:call(code)
  self:clear_from(code.a)
end

function steps.VARARG(self, code)
  if code.c == 2 then self:set(code.a, nil) else self:clear_from(code.a) end
end

function steps.TFORCALL(self, code) self:clear_from(code.a + 4) end

function steps.RETURN(self, code)
  if not self.fn.parent and code.b == 2 then self.seen.result = self.seen.result or self:get(code.a) end
end

function steps.RETURN1(self, code)
  if not self.fn.parent then self.seen.result = self.seen.result or self:get(code.a) end
end

-- The places where a way from above comes in.
local function meetings(fn)
  local places = {}
  for place, code in ipairs(fn.instructions) do
    if code.to and code.to > place then places[code.to] = true end
  end
  return places
end

local function walk(fn, known, seen)
  local self = setmetatable({ fn = fn, known = known, seen = seen, registers = {} }, Frame)
  local met = meetings(fn)
  for _, variable in ipairs(fn.locals) do
    local first = fn.instructions[math.max(variable.from - 1, 1)]
    seen.locals[variable.name] = seen.locals[variable.name] or first and first.line
  end
  for place, code in ipairs(fn.instructions) do
    self.place, self.line = place, code.line
    if met[place] then self.registers = {} end
    self:begin_locals()
    local step = steps[code.op]
    if step then
      step(self, code)
    elseif code.sets then
      self:set(code.a, nil)
    end
  end
  for i = 0, #fn.functions do
    if fn.functions[i] then walk(fn.functions[i], known, seen) end
  end
end

function flow.follow(main, known)
  local seen = { reads = {}, writes = {}, calls = {}, setters = {}, locals = {}, vague = false }
  prepare(main)
  walk(main, known, seen)
  return seen
end

return flow
