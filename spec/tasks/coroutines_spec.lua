local given = require "spec.given"
local host = require "lure.host"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What a `next` with this body returns.
local function returned(body)
  local instance = given.opened(given.source("next = function()\n" .. body .. "\nend"),
    { config = '{"lure": {"max_errors": 1}}' })
  local rc, events, message
  repeat
    rc, events, message = instance:next_batch()
  until rc ~= "timeout"
  return events[1] and events[1].data or message
end

describe("a coroutine of the script's", function()
  it("may yield, and what it calls may fail, more often than ThreadSanitizer has room for unseen jumps", function()
    assert.equal("140000", returned [[
      local count = 0
      local generator = coroutine.wrap(function()
        while true do
          if not pcall(error) then count = count + 1 end
          coroutine.yield()
        end
      end)
      for _ = 1, 70000 do generator(); count = count + 1 end
      return tostring(count)]])
  end)

  it("waits as the task does", function()
    assert.equal("1 2 3", returned [[
      local generator = coroutine.wrap(function(...)
        for _, value in ipairs { ... } do lure.sleep(0.001); coroutine.yield(value) end
      end)
      return generator(1, 2, 3) .. " " .. generator() .. " " .. generator()]])
  end)

  it("waits in another, and gives its values on", function()
    assert.equal("true a true b true c false", returned [[
      local inner = coroutine.create(function(x)
        lure.sleep(0.001)
        local y = coroutine.yield(x)
        lure.sleep(0.001)
        return y
      end)
      local outer = coroutine.create(function()
        local done, value = coroutine.resume(inner, "a")
        coroutine.yield(tostring(done) .. " " .. value)
        done, value = coroutine.resume(inner, "b")
        coroutine.yield(tostring(done) .. " " .. value)
        lure.sleep(0.001)
        return "true c"
      end)
      local texts = {}
      for i = 1, 3 do texts[i] = select(2, coroutine.resume(outer)) end
      return table.concat(texts, " ") .. " " .. tostring((coroutine.resume(inner)))]])
  end)

  it("waits below pcall, xpcall, metamethods of Lua code, generic for and closing values", function()
    assert.equal("1 index true oh! 3", returned [[
      local list = {}
      for value in coroutine.wrap(function() lure.sleep(0.001); coroutine.yield(1) end) do list[1] = value break end
      local object = setmetatable({}, { __index = function() lure.sleep(0.001); return "index" end })
      list[2] = object.anything
      list[3] = tostring(pcall(lure.sleep, 0.001))
      list[4] = select(2, xpcall(function() lure.sleep(0.001); error("oh", 0) end, function(text) return text .. "!" end))
      do
        local value <close> = setmetatable({}, { __close = function() lure.sleep(0.001); list[5] = 3 end })
      end
      return table.concat(list, " ")]])
  end)

  it("is closed by a cancellation, from the inside out", function()
    local instance, plugin = given.opened(given.source [[batch = { milliseconds = 1 }, next = function()
      seen = ""
      local function closing(name)
        return setmetatable({}, { __close = function() seen = seen .. name end })
      end
      local value <close> = closing "1"
      coroutine.wrap(function()
        local value <close> = closing "2"
        coroutine.resume(coroutine.create(function()
          local value <close> = closing "3"
          lure.sleep(1e6)
          seen = "went on"
        end))
        seen = "went on"
      end)()
      seen = "went on"
    end, fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } }]])
    assert.equal("timeout", (instance:next_batch()))
    instance:close()
    assert.equal("321", plugin:extract(host.event { data = "1" }, "x.seen"))
  end)

  it("has an error that is caught after a wait", function()
    assert.equal("false script.lua:4: oh dead", returned [[local co = coroutine.create(function() lure.sleep(0.001); error("oh") end)
      local done, text = coroutine.resume(co)
      return tostring(done) .. " " .. text .. " " .. coroutine.status(co)]])
  end)

  it("that has an error in wrap has its place", function()
    given.holds(returned 'coroutine.wrap(function() lure.sleep(0.001); error("oh") end)()',
      "script.lua:4: next: script.lua:4: oh")
  end)
end)

describe("the coroutine library inside of a task", function()
  for what, body in pairs {
    ["running says that it is the main coroutine"] = [[
      local co, main = coroutine.running()
      return tostring(main) .. " " .. type(co) .. " " .. coroutine.status(co) .. "|true thread running"]],
    ["running is the same after a wait"] = [[
      local before = coroutine.running()
      lure.sleep(0.001)
      return tostring(before == coroutine.running()) .. "|true"]],
    ["isyieldable is false outside of coroutines, and true inside"] = [[
      return tostring(coroutine.isyieldable()) .. tostring(coroutine.wrap(coroutine.isyieldable)()) .. "|falsetrue"]],
    ["yield outside of coroutines is an error"] = [[
      return select(2, pcall(coroutine.yield, 1)) .. "|attempt to yield from outside a coroutine"]],
    ["the main coroutine can be neither resumed nor closed"] = [[
      local main = coroutine.running()
      local _, resumed = coroutine.resume(main)
      local _, closed = pcall(coroutine.close, main)
      local _, inside = coroutine.wrap(function() return pcall(coroutine.close, main) end)()
      return resumed .. ", " .. closed .. ", " .. inside
        .. "|cannot resume non-suspended coroutine, cannot close a running coroutine, cannot close a normal coroutine"]],
    ["status tells suspended, running, normal and dead"] = [[
      local co, list = nil, {}
      co = coroutine.create(function()
        list[2] = coroutine.status(co)
        coroutine.wrap(function() list[3] = coroutine.status(co) end)()
        coroutine.yield()
      end)
      list[1] = coroutine.status(co)
      coroutine.resume(co)
      list[4] = coroutine.status(co)
      coroutine.resume(co)
      list[5] = coroutine.status(co)
      return table.concat(list, " ") .. "|suspended running normal suspended dead"]],
    ["a dead coroutine is not resumed"] = [[
      local co = coroutine.wrap(function() end)
      co()
      local _, text = pcall(co)
      return text .. "|cannot resume dead coroutine"]],
    ["close closes a suspended one, with its closing values"] = [[
      local text
      local co = coroutine.create(function()
        local value <close> = setmetatable({}, { __close = function() text = "closed" end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      local done = coroutine.close(co)
      return tostring(done) .. " " .. text .. " " .. coroutine.status(co) .. "|true closed dead"]],
    ["close tells an error of a closing value"] = [[
      local co = coroutine.create(function()
        local value <close> = setmetatable({}, { __close = function() error("oh", 0) end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      local done, text = coroutine.close(co)
      return tostring(done) .. " " .. text .. "|false oh"]],
    ["create and wrap want a function"] = [[
      local _, a = pcall(coroutine.create, 1)
      local _, b = pcall(coroutine.wrap)
      return a .. ", " .. b .. "|bad argument #1 to 'coroutine.create' (function expected, got number), " ..
        "bad argument #1 to 'coroutine.wrap' (function expected, got no value)"]],
    ["resume wants a coroutine"] = [[
      local _, a = pcall(coroutine.resume, 1)
      return a .. "|bad argument #1 to 'coroutine.resume' (coroutine expected, got number)"]],
  } do
    it(what, function()
      local got, expected = returned(body):match "^(.*)|(.*)$"
      assert.equal(expected, got)
    end)
  end
end)
