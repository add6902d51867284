-- blocking: what blocks the host, in the functions that it calls for events; and waits where a script cannot wait.

-- name -> what waits without blocking, instead
local blocks = {
  ["os.execute"] = "lure.process.run, or lure.sleep,",
  ["io.popen"] = "lure.process.run",
  ["io.read"] = "lure.file.tail",
  ["io.lines"] = "lure.file.tail",
  ["io.stdin:read"] = "lure.file.tail",
  ["io.stdin:lines"] = "lure.file.tail",
  ["socket.connect"] = "lure.net.connect",
  ["socket.select"] = "lure.spawn, a task for each socket,",
  ["socket.sleep"] = "lure.sleep",
  ["socket.dns.toip"] = "lure.net.connect",
  ["socket.http.request"] = "lure.http.request",
  ["ssl.https.request"] = "lure.http.request",
  ["posix.sleep"] = "lure.sleep",
  ["posix.unistd.sleep"] = "lure.sleep",
  ["posix.time.nanosleep"] = "lure.sleep",
}

-- Those that do so only with so many arguments.
local only_with = { ["io.lines"] = 0 }

-- Waits of lure's own, by their names and, of those with methods, by the functions that give these.
local suspends = {
  ["lure.sleep"] = true,
  ["lure.file.tail"] = true,
  ["lure.process.run"] = true,
  ["lure.net.listen"] = true,
  ["lure.net.connect"] = true,
  ["lure.http.get"] = true,
  ["lure.http.post"] = true,
  ["lure.http.request"] = true,
  ["lure.http.serve"] = true,
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

local meanwhile = "holds the host up meanwhile; %s makes the script alone wait"
local at_each_event = "holds the host up at each event; look things up in init or async, and keep them in a table"

-- What a wait does in a callback, and what to do instead; in the order in which they are looked at. `tasks`: it may
-- wait, by functions of lure.
local callbacks = {
  { key = "next", does = '"next" ' .. meanwhile, tasks = true },
  { key = "produce", does = '"produce" ' .. meanwhile, tasks = true },
  { key = "open", does = 'the iterator of "open" ' .. meanwhile, tasks = true },
  { key = "async", does = 'no event passes while "async" runs; %s makes it alone wait', tasks = true },
  { key = "capture_open", does = 'no event passes meanwhile; %s in a function of "every" makes that alone wait',
    tasks = true },
  { key = "parse", does = '"parse" ' .. at_each_event },
  { key = "decode", does = '"decode" ' .. at_each_event },
  { key = "extract", does = '"extract" ' .. at_each_event },
  { key = "to_string", does = '"to_string" ' .. at_each_event },
  { key = "metrics", does = '"metrics" holds the host up; keep what it returns in variables' },
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
  local function say(line, text)
    if not told[line] then findings:add("hint", file.name, line, text) end
    told[line] = true
  end
  local function look_at_call(call, callback)
    local instead = blocks[call.name]
    if instead and (not only_with[call.name] or only_with[call.name] == call.arguments) then
      say(call.line, ("%s may wait, and %s"):format(call.name, callback.does:format(instead)))
    elseif suspends[call.name] and not callback.tasks then
      say(call.line, ('%s waits, which "%s" cannot: it throws; wait in init, next, produce or async, and keep the '
        .. "result"):format(call.name, callback.key))
    end
  end
  local iterates = not roots_of(file.seen, "next")[1]
  for _, callback in ipairs(callbacks) do
    local roots = (callback.key ~= "open" or iterates) and roots_of(file.seen, callback.key) or {}
    for _, fn in ipairs(reached_from(roots, calls)) do
      for _, call in ipairs(calls[fn] or {}) do
        if call.name then look_at_call(call, callback) end
      end
      for _, line in ipairs(busy_loops(fn, calls[fn] or {})) do
        say(line, "a loop that waits for the time: " .. callback.does:format "lure.sleep")
      end
    end
  end
end
