-- blocking: what waits, in the functions that a host calls for events.

-- name -> whether it waits, by the number of its arguments (nil: not known)
local function always() return true end
local waits = {
  ["os.execute"] = always,
  ["io.popen"] = always,
  ["io.read"] = always,
  ["io.lines"] = function(arguments) return arguments == 0 end,
  ["io.stdin:read"] = always,
  ["io.stdin:lines"] = always,
  ["socket.connect"] = always,
  ["socket.http.request"] = always,
  ["socket.sleep"] = always,
  ["ssl.https.request"] = always,
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

local at_each_event = "holds the host up at each event; look things up in init or async, and keep them in a table"

-- What a wait does in a callback, and what to do instead; in the order in which they are looked at.
local callbacks = {
  { key = "next", does = '"next" holds the host up meanwhile; nothing there yet is lure.TIMEOUT' },
  { key = "open", does = 'the iterator of "open" holds the host up meanwhile; use next, which can say lure.TIMEOUT' },
  { key = "async", does = 'no event passes while "async" runs; let another program do it, and read what it wrote' },
  { key = "parse", does = '"parse" ' .. at_each_event },
  { key = "decode", does = '"decode" ' .. at_each_event },
  { key = "extract", does = '"extract" ' .. at_each_event },
  { key = "to_string", does = '"to_string" ' .. at_each_event },
}

-- The functions that the script's table has under a key: where that is not known, all that some table gets under it;
-- and for fields always, as each has a table of its own.
local function roots_of(seen, key)
  local fields = seen.result and seen.result.fields
  if fields and key ~= "extract" then return { fields[key] and fields[key].closure } end
  return seen.setters[key] or {}
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

-- `file`: { name =, seen = what flow.follow answers }
return function(file, findings)
  local calls, told = calls_of(file.seen), {}
  local function say(line, what, callback)
    if not told[line] then findings:add("hint", file.name, line, what .. " " .. callback.does) end
    told[line] = true
  end
  local iterates = not roots_of(file.seen, "next")[1]
  for _, callback in ipairs(callbacks) do
    local roots = (callback.key ~= "open" or iterates) and roots_of(file.seen, callback.key) or {}
    for _, fn in ipairs(reached_from(roots, calls)) do
      for _, call in ipairs(calls[fn] or {}) do
        local wait = call.name and waits[call.name]
        if wait and wait(call.arguments) then say(call.line, call.name .. " may wait, and", callback) end
      end
      for _, line in ipairs(busy_loops(fn, calls[fn] or {})) do
        say(line, "a loop that waits for the time:", callback)
      end
    end
  end
end
