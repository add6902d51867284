-- State tables: a script's own, and those of the host.
local host = require "lure.host"
local support = require "spec.support"

--- A reader: a parse function with this body, over the script's own table `users` of n entries.
local function own(body)
  return function(n)
    local state = support.start(([[local lure = require "lure"
      local users, n = lure.table "users", %d
      return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" },
        tables = { users = { key = "string", fields = { count = "uint64", home = "string",
          sessions = { key = "uint64", fields = { tty = "string" } } } } },
        parse = function(event)
          if event.tid == 1 then for i = 1, n do users:add("u" .. i, { count = i }) end return end
          %s
        end }]]):format(n, body), { config = [[{"lure":{"time":3600}}]] })
    local function parse(tid)
      assert(state:parse(host.event { type = 3, params = {}, tid = tid, source = "syscall" }))
    end
    parse(1)
    return function()
      parse(2)
    end
  end
end

--- The same over the host's table of n threads.
local function foreign(body)
  return function(n)
    local inspector = host.inspector()
    local threads = inspector:table "threads"
    for i = 1, n do
      threads:add(i, { comm = "c" .. i })
    end
    local library = assert(support.load_script(([[local lure = require "lure"
      local threads, n = lure.table("threads", { fields = { comm = "string", ["x.n"] = "uint64" } }), %d
      return { name = "x", version = "0.1.0", parse_event_sources = { "syscall" }, parse = function(event) %s end }]]):format(
      n, body)))
    local state = assert(library:init([[{"lure":{"time":3600}}]], { inspector = inspector }))
    return function()
      assert(state:parse(host.event { type = 3, params = {}, tid = 2, source = "syscall" }))
    end
  end
end

return {
  ["own: adding"] = { 300, own "for i = n + 1, 2 * n do users:add('u' .. i, { count = i }) end" },
  ["own: getting"] = { 300, own "for i = 1, n do local _ = users:get('u' .. i).count end" },
  ["own: getting none"] = { 300, own "for i = 1, n do assert(users:get('none' .. i) == nil) end" },
  ["own: iterating"] = { 300, own "local sum = 0 users:each(function(entry) sum = sum + entry.count end)" },
  ["own: iterating and erasing"] = { 300, own "users:each(function(_, key) users:erase(key) end) assert(#users == 0)" },
  ["own: erasing"] = { 300, own "for i = 1, n do users:erase('u' .. i) end" },
  ["own: clearing"] = { 300, own "users:clear()" },
  ["own: a subtable each"] = { 100, own [[users:each(function(entry) entry.sessions:add(1, { tty = "t" }) end)]] },
  ["own: entries of a subtable"] = { 100, own [[local s = users:get("u1").sessions for i = 1, n do s:add(i, { tty = "t" }) end
    local c = 0 s:each(function() c = c + 1 end) assert(c == n)]] },
  ["own: bytes of a text"] = { 5000, own [[users:get("u1").home = ("x\255"):rep(n)]] },
  ["foreign: getting"] = { 300, foreign "for i = 1, n do local _ = threads:get(i).comm end" },
  ["foreign: writing"] = { 300, foreign "for i = 1, n do threads:get(i)['x.n'] = i end" },
  ["foreign: iterating"] = { 300, foreign "threads:each(function(entry) local _ = entry.comm end)" },
  ["foreign: erasing"] = { 100, foreign "for i = 1, n do threads:erase(i) end" },
}
