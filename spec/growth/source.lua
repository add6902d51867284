-- Sources: batches, lines of files; async events and metrics; kernel events; hot reload.
local changing = require "spec.reload.reloadedscript"
local host = require "lure.host"
local support = require "spec.support"
local system = require "spec.events.kernelevents"

--- A reader: a source whose `next` is this function; its batches until the end.
local function source(next_function, batch)
  return function(n)
    local state = support.start(([[ local lure = require "lure" local n, count = %d, 0
      return { name = "x", version = "1.0.0", id = 999, event_source = "x", %s next = %s }]]):format(n, batch or "",
      next_function), { config = [[{"lure":{"time":3600}}]] })
    local instance = assert(state:open())
    return function()
      local result
      repeat
        result = instance:next_batch()
      until result ~= "success"
      assert(result == "eof", result)
    end
  end
end

--- A reader: `parse`, or another function that sees one kernel event, of this type with these parameters.
local function kernel(expression, symbol, values)
  return function(n)
    local state = support.start(([[return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" }, fields = {
      { name = "x.y", type = "string", desc = "-", extract = function(_, _, event) return %s end } } }]]):format(expression))
    local event = host.event(system.options(symbol, values(n)))
    return function()
      assert(state:extract(event, "x.y"))
    end
  end
end

--- A reader: a hot reload that carries a table with the script's table over.
local function reload(table_of)
  return function(n)
    local text = changing.source("1", "old", ("init = function() plugin.kept = %s end, reload = function(old) end"):format(table_of(n)))
    text = text:gsub("local state = {}\nlocal plugin =", "local plugin\nplugin =")
    local path, state = changing.start(text, { config = [[{"lure":{"reload":0.01,"time":3600}}]] })
    local instance = assert(state:open())
    instance:next_batch()
    changing.write(path, (text:gsub('"old"', '"new"')))
    return function()
      local restore = host.redirect_stderr "/dev/null"
      local _, events = instance:next_batch()
      restore()
      assert(state:extract(events[1], "x.y") == "new")
    end
  end
end

return {
  ["payloads, one at a time"] = { 300, source [[function() count = count + 1 if count <= n then return "x" end end]] },
  ["payloads, in one list"] = { 1000, source [[function()
    count = count + 1
    if count == 1 then local list = {} for i = 1, n do list[i] = "x" end return list end
  end]] },
  ["payloads, growing batches"] = { 100, source([[function() count = count + 1 if count <= n then return ("x"):rep(100) end end]],
    "batch = { events = 100000, bytes = 10000000 },") },
  ["lines of a file"] = { 300, source [[(function()
    local path = os.tmpname()
    local file = io.open(path, "w")
    for i = 1, n do file:write("line ", i, "\n") end
    file:close()
    local lines = io.lines(path)
    os.remove(path)
    return function() return lines() end
  end)()]] },
  ["one long line of a file"] = { 20000, source [[(function()
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write(("x"):rep(n), "\n")
    file:close()
    local lines = io.lines(path)
    os.remove(path)
    return function() return lines() end
  end)()]] },
  ["metrics"] = { 100, function(n)
    local state = support.start(([[return { name = "x", version = "1.0.0", id = 999, event_source = "x", next = function() end,
      metrics = function()
        local list = {}
        for i = 1, %d do list[i] = { name = "m" .. i, value = i } end
        return list
      end }]]):format(n))
    return function()
      assert(state:metrics())
    end
  end },
  ["kernel events: bytes of a parameter"] = { 5000, kernel("event.param.name", "SYSCALL_OPEN_X", function(n)
    return { name = ("x\xFF"):rep(n // 2) .. "\0" }
  end) },
  ["kernel events: arguments of a process"] = { 1000, kernel("tostring(#event.param.args)", "SYSCALL_EXECVE_19_X", function(n)
    return { args = ("arg\0"):rep(n) }
  end) },
  ["hot reload: elements"] = { 300, reload(function(n)
    return ("(function() local t = {} for i = 1, %d do t[i] = i end return t end)()"):format(n)
  end) },
  ["hot reload: members that are tables"] = { 300, reload(function(n)
    return ("(function() local t = {} for i = 1, %d do t['k' .. i] = { t } end return t end)()"):format(n)
  end) },
  ["hot reload: depth"] = { 100, reload(function(n)
    return ("(function() local t = {} for i = 1, %d do t = { t } end return t end)()"):format(n)
  end) },
}
