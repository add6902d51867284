-- blocking: what waits, in the functions that a host asks for events.

-- name -> whether it waits, by the number of its arguments (nil: not known)
local function always() return true end
local waits = {
  ["os.execute"] = always,
  ["io.popen"] = always,
  ["io.read"] = always,
  ["io.lines"] = function(arguments) return arguments == 0 end,
  ["io.stdin:read"] = always,
  ["io.stdin:lines"] = always,
  ["socket.sleep"] = always,
}

local clocks = { ["os.time"] = true, ["os.clock"] = true, ["lure.now"] = true, ["socket.gettime"] = true }

local function calls_of(seen)
  local by_function = {}
  for _, call in ipairs(seen.calls) do
    by_function[call.caller] = by_function[call.caller] or {}
    table.insert(by_function[call.caller], call)
  end
  return by_function
end

-- The functions that the host's question reaches: those given, what they call, and what is written in them.
local function reached_from(roots, calls)
  local reached, list = {}, {}
  local function reach(fn)
    if reached[fn] then return end
    reached[fn] = true
    list[#list + 1] = fn
    for _, call in ipairs(calls[fn] or {}) do
      if call.closure then reach(call.closure) end
    end
    for i = 0, #fn.functions do
      if fn.functions[i] then reach(fn.functions[i]) end
    end
  end
  for _, fn in ipairs(roots) do reach(fn) end
  return list
end

-- The functions that are asked for events, and the key that they have in the script's table.
local function roots_of(seen)
  local fields = seen.result and seen.result.fields
  for _, key in ipairs { "next", "open" } do
    if fields and fields[key] and fields[key].closure then return { fields[key].closure }, key end
    if not fields and seen.setters[key] then return seen.setters[key], key end
  end
  return {}
end

-- Loops that do nothing but ask for the time: the line of each.
local function busy_loops(fn, calls)
  local lines = {}
  for place, code in ipairs(fn.instructions) do
    if code.op == "JMP" and code.to <= place then
      local asked, other
      for _, call in ipairs(calls) do
        if call.place >= code.to and call.place <= place then
          if clocks[call.name] then asked = asked or call.line else other = true end
        end
      end
      if asked and not other then lines[#lines + 1] = asked end
    end
  end
  return lines
end

local advice = { next = "nothing there yet is lure.TIMEOUT", open = "use next, which can say lure.TIMEOUT" }

-- `file`: { name =, seen = what flow.follow answers }
return function(file, findings)
  local roots, key = roots_of(file.seen)
  local calls = calls_of(file.seen)
  local asked = key == "next" and '"next"' or 'the iterator of "open"'
  for _, fn in ipairs(reached_from(roots, calls)) do
    for _, call in ipairs(calls[fn] or {}) do
      local wait = call.name and waits[call.name]
      if wait and wait(call.arguments) then
        findings:add("hint", file.name, call.line,
          ("%s may wait, and %s holds the host up meanwhile; %s"):format(call.name, asked, advice[key]))
      end
    end
    for _, line in ipairs(busy_loops(fn, calls[fn] or {})) do
      findings:add("hint", file.name, line,
        ("a loop that waits for the time: %s holds the host up meanwhile; %s"):format(asked, advice[key]))
    end
  end
end
