-- arguments: functions of fields that look at an argument that their field does not declare, and so is always nil.

-- Which operands of an instruction are registers that it reads; "c" only where it is no constant.
local operands = {}
for letters, names in pairs {
  a = "SETUPVAL EQK EQI LTI LEI GTI GEI TEST RETURN RETURN1 MMBINI MMBINK",
  ab = "EQ LT LE MMBIN",
  ac = "SETI SETFIELD",
  abc = "SETTABLE",
  b = "MOVE GETI GETFIELD ADDI ADDK SUBK MULK MODK POWK DIVK IDIVK BANDK BORK BXORK SHRI SHLI UNM BNOT NOT LEN TESTSET",
  bc = "GETTABLE SELF ADD SUB MUL MOD POW DIV IDIV BAND BOR BXOR SHL SHR",
  c = "SETTABUP",
} do
  for name in names:gmatch("%S+") do operands[name] = letters end
end

local ARGUMENT = 1 -- the register of the second parameter

-- The line where a function reads its second parameter, and the parameter's name; nil: it does not.
local function reads_argument(fn)
  local parameter = fn.locals[ARGUMENT + 1]
  if not parameter or parameter.from ~= 1 then return nil end
  for _, code in ipairs(fn.instructions) do
    for letter in (operands[code.op] or ""):gmatch(".") do
      if code[letter] == ARGUMENT and not (letter == "c" and code.k) then return code.line, parameter.name end
    end
    for i = 0, code.op == "CLOSURE" and #fn.functions[code.b].upvalues or -1 do
      local upvalue = fn.functions[code.b].upvalues[i]
      if upvalue and upvalue.in_stack and upvalue.index == ARGUMENT then return code.line, parameter.name end
    end
  end
end

local events = { e = true, ev = true, evt = true, event = true }

local function message_of(name, fields)
  local of = #fields == 1 and "field " .. fields[1] or "no field with this function"
  local said = #fields == 1 and of .. " declares no arg" or of .. " declares one"
  if events[name] then
    return ('"%s" is always nil: the second parameter is the argument in brackets, and %s; the event is the third')
      :format(name, said)
  end
  return ('"%s" is always nil: %s; arg = { key = true } or { index = true } lets rules give it'):format(name, said)
end

-- The functions of fields: closure -> { fields = list of names, declared = one of them has an argument }.
local function functions_of(result)
  local list = result.fields.fields and result.fields.fields.list
  local shared = result.fields.extract and result.fields.extract.closure
  local functions = {}
  for _, field in ipairs(list or {}) do
    if not field.fields then return {} end -- a field that is made elsewhere: it may share any of them
    local closure = field.fields.extract and field.fields.extract.closure
    if not closure and not field.fields.extract and not field.fields.path then closure = shared end
    if closure then
      functions[closure] = functions[closure] or { fields = {} }
      local fn = functions[closure]
      local name = field.fields.name and field.fields.name.text
      table.insert(fn.fields, type(name) == "string" and name or "of it")
      fn.declared = fn.declared or field.fields.arg ~= nil
    end
  end
  return functions
end

-- `file`: { name =, seen = what flow.follow answers }
return function(file, findings)
  local result = file.seen.result
  if not (result and result.fields) then return end
  for closure, fn in pairs(functions_of(result)) do
    local line, name = reads_argument(closure)
    if line and not fn.declared then findings:add("hint", file.name, line, message_of(name, fn.fields)) end
  end
end
