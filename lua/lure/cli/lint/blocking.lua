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

-- Functions of C that call another one, which cannot wait: the number of that argument. By name, and by method.
local calls_back = { ["string.gsub"] = 3, ["table.sort"] = 2, ["load"] = 1, ["lure.ip.set"] = 1 }
local methods_call_back = { gsub = 3 }

local clocks = { ["os.time"] = true, ["os.clock"] = true, ["lure.now"] = true, ["socket.gettime"] = true }

local function calls_of(seen)
  local by_function = {}
  for _, call in ipairs(seen.calls) do
    by_function[call.caller] = by_function[call.caller] or {}
    table.insert(by_function[call.caller], call)
  end
  return by_function
end

-- The functions that are given to lure.spawn.
local function spawned_in(seen)
  local list = {}
  for _, call in ipairs(seen.calls) do
    local given = call.name == "lure.spawn" and call.values[1]
    if given and given.closure then list[#list + 1] = given.closure end
  end
  return list
end

-- The functions that the host's question reaches: those given, what they call, and what is written in them; but
-- none of `apart`.
local function reached_from(roots, calls, apart)
  local reached, list = {}, {}
  for _, fn in ipairs(apart or {}) do reached[fn] = true end
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
  { key = "lure.spawn", does = 'a task of "lure.spawn" ' .. meanwhile, tasks = true },
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
  if key == "lure.spawn" then return spawned_in(seen) end
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
  local calls, spawned, told = calls_of(file.seen), spawned_in(file.seen), {}
  -- once of each call in a line, though several callbacks reach it
  local function say(line, what, text)
    local key = line .. " " .. what
    if not told[key] then findings:add("hint", file.name, line, text) end
    told[key] = true
  end
  local function look_at_call(call, callback)
    local instead = blocks[call.name]
    if instead and (not only_with[call.name] or only_with[call.name] == call.arguments) then
      say(call.line, call.name, ("%s may wait, and %s"):format(call.name, callback.does:format(instead)))
    elseif suspends[call.name] and not callback.tasks then
      say(call.line, call.name, ('%s waits, which "%s" cannot: it throws; wait in init, next, produce or async, and '
        .. "keep the result"):format(call.name, callback.key))
    end
  end
  local function look_at_callback(call)
    local number = calls_back[call.name] or methods_call_back[call.method]
    local given = number and call.values[number]
    local roots = given and given.closure and { given.closure } or {}
    local problem = "%s waits, which a function that " .. (call.name or "string." .. (call.method or ""))
      .. " calls cannot: it throws; wait before or behind that call"
    for _, fn in ipairs(reached_from(roots, calls, spawned)) do
      for _, inner in ipairs(calls[fn] or {}) do
        if suspends[inner.name] then say(inner.line, inner.name, problem:format(inner.name)) end
      end
    end
  end
  for _, call in ipairs(file.seen.calls) do look_at_callback(call) end
  local iterates = not roots_of(file.seen, "next")[1]
  for _, callback in ipairs(callbacks) do
    local roots = (callback.key ~= "open" or iterates) and roots_of(file.seen, callback.key) or {}
    for _, fn in ipairs(reached_from(roots, calls)) do
      for _, call in ipairs(calls[fn] or {}) do
        if call.name then look_at_call(call, callback) end
      end
      for _, line in ipairs(busy_loops(fn, calls[fn] or {})) do
        say(line, "loop", "a loop that waits for the time: " .. callback.does:format "lure.sleep")
      end
    end
  end
end
