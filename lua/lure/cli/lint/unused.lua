-- unused: calls whose result is all that they do, and that nobody takes.

local whole = "%s changes nothing, and its result is not used; did you mean x = %s(…)?"

-- Functions without effect: of these tables all, but for those that have one (false).
local tables = {
  math = { random = true, randomseed = true },
  string = { gmatch = true, gsub = true },
  utf8 = {},
}
local functions = { tostring = true, tonumber = true, type = true, rawequal = true, rawget = true, rawlen = true,
  ["table.concat"] = true, ["table.unpack"] = true, ["os.time"] = true, ["os.date"] = true, ["os.clock"] = true,
  ["os.getenv"] = true }

-- Methods of strings that other objects hardly have.
local methods = { byte = true, format = true, lower = true, rep = true, reverse = true, sub = true, upper = true }

local function has_no_effect(name)
  local module, member = name:match("^(%l%w+)[.:](%l%w*)$")
  if tables[module] then return not tables[module][member] end
  return functions[name]
end

-- Does gsub only make a text: does it replace by a text, and not by a function, which may do anything?
local function replaces_by_text(call)
  return call.values[3] ~= nil and type(call.values[3].text) == "string" and call.arguments == 3
end

-- What the call is named, where it has no effect.
local function idle(call, setters)
  local name = call.name and call.name:gsub(":", ".")
  if call.method then
    local known = methods[call.method] or call.method == "gsub" and replaces_by_text(call)
    return known and not setters[call.method] and "x:" .. call.method or nil
  end
  if name == "string.gsub" then return replaces_by_text(call) and name or nil end
  return name and has_no_effect(name) and name or nil
end

-- `files`: list of { name =, seen = what flow.follow answers }.
return function(files, findings)
  local setters = {}
  for _, file in ipairs(files) do
    for key in pairs(file.seen.setters) do setters[key] = true end
  end
  for _, file in ipairs(files) do
    for _, call in ipairs(file.seen.calls) do
      local name = call.unused and idle(call, setters)
      if name then findings:add("hint", file.name, call.line, whole:format(name, name)) end
    end
  end
end
