local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function new_folder()
  return (support.file("", "kept/none"):gsub("/none$", ""))
end

local function config(folder, rest)
  return ('{"lure": {"state": "%s"%s}}'):format(folder, rest or "")
end

--- Opens a source with these parts whose state is in the folder. Returns the instance and the state.
local function opened(parts, folder, options)
  options = options or {}
  return given.opened(given.source("batch = { events = 2 }, " .. parts),
    { api = options.api, params = options.params, config = config(folder, options.rest) })
end

--- The numbers in the next batch that has events, at most two; in so many batches that there are `least` (1).
local function read(instance, least)
  local numbers = {}
  repeat
    local rc, events, message = instance:next_batch()
    assert(rc == "success" or rc == "timeout", message)
    for _, event in ipairs(events) do numbers[#numbers + 1] = math.tointeger(event.data) end
  until #numbers >= (least or 1)
  return numbers
end

--- The numbers from 1 to the last of a list, as one text.
local function up_to(numbers)
  return ("123456789"):sub(1, numbers[#numbers])
end

-- Three kinds of sources that give n = 1, 2, … 9 with "n" as cursor, after where they were.
local sources = {
  produce = [[produce = function(_, emit)
    for n = math.tointeger(lure.cursor() or 0) + 1, 9 do emit(n, nil, tostring(n)) end
  end]],
  next = [[open = function() return { n = math.tointeger(lure.cursor() or 0) } end,
    next = function(i)
      i.n = i.n + 1
      if i.n < 10 then return i.n, nil, tostring(i.n) end
    end]],
  ["an iterator"] = [[open = function()
    return function(_, n) n = n + 1 if n < 10 then return n, nil, tostring(n) end end, nil, math.tointeger(lure.cursor() or 0)
  end]],
  ["a list with cursors"] = [[open = function() return { n = math.tointeger(lure.cursor() or 0) } end,
    next = function(i)
      local list = {}
      for n = i.n + 1, math.min(i.n + 5, 9) do list[#list + 1] = { n, nil, tostring(n) } end
      i.n = i.n + #list
      if #list > 0 then return list end
    end]],
  ["a list with one cursor"] = [[open = function() return { n = math.tointeger(lure.cursor() or 0) } end,
    next = function(i)
      if i.n >= 9 then return nil end
      i.n = i.n + 1
      return { i.n }, nil, tostring(i.n)
    end]],
}

for _, api in ipairs { 3, 0 } do
  for kind, source in pairs(sources) do
    describe("a cursor of " .. kind .. " in plugin API " .. api, function()
      it("is kept once the host has asked for the next batch, and no sooner", function()
        local folder = new_folder()
        local instance, state = opened(source, folder, { api = api })
        local taken, other = read(instance), read(instance)
        assert.equal(1, taken[1])
        assert.equal(taken[#taken] + 1, other[1])
        local again = opened(source, folder, { api = api }) -- as if the host had been killed
        assert.equal(other[1], read(again)[1])
        assert.truthy(state)
      end)

      -- Falco looks for signals before each event, and closes without a look at the rest of the batch.
      it("is not kept when the source is closed in the midst of a batch", function()
        local folder = new_folder()
        local instance = opened(source, folder, { api = api })
        local taken, other = read(instance), read(instance)
        instance:close()
        instance = opened(source, folder, { api = api })
        assert.equal(taken[#taken] + 1, read(instance)[1])
        assert.equal(taken[#taken] + 1, other[1])
        instance:close()
        instance = opened(source, folder, { api = api, params = "others" })
        assert.equal(1, read(instance)[1])
      end)
    end)
  end
end

--- A source of n = 1, 2, … with an acknowledgement that writes its number to `seen`; the field x.seen shows that.
local function acknowledged(body)
  return ([[produce = function(_, emit)
    seen = ""
    for n = 1, 9 do emit(n, nil, function() %s seen = seen .. n end) end
    lure.sleep(1e6)
  end, fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } }]]):format(body)
end

local function seen(state)
  return state:extract(support.event("1"), "x.seen")
end

describe("an acknowledgement", function()
  it("is called once the host has asked for the next batch, in order", function()
    local instance, state = opened(acknowledged "", new_folder())
    local first = read(instance)
    assert.equal("", seen(state))
    read(instance)
    assert.equal(up_to(first), seen(state))
    instance:close()
    assert.equal(up_to(first), seen(state))
  end)

  it("may wait, and the next ones wait for it", function()
    local instance, state = opened(acknowledged "lure.sleep(n == 1 and 0.05 or 0)", new_folder())
    read(instance, 9)
    repeat instance:next_batch() until seen(state) ~= ""
    instance:close()
    assert.equal("123456789", seen(state))
  end)

  it("that throws is logged, and those behind it are called", function()
    local errors = support.capture_stderr(function()
      local instance, state = opened(acknowledged "if n == 1 then error('oh') end", new_folder())
      local taken = read(instance, 2)
      read(instance)
      instance:close()
      assert.equal(up_to(taken):sub(2), seen(state))
    end)
    given.holds(errors, "script.lua:5: acknowledgement: oh")
  end)

  it("that lasts is given up a second after close", function()
    local instance, state = opened(acknowledged "lure.sleep(n == 2 and 1e6 or 0)", new_folder())
    read(instance, 2)
    read(instance)
    instance:close()
    assert.equal("1", seen(state))
  end)

  it("that waits when the plugin is destroyed, which several threads enter, leaves its lock as it was", function()
    local instance, state = opened("metrics = true, " .. acknowledged "lure.sleep(0.01)", new_folder())
    read(instance)
    read(instance)
    local library = assert(support.load_script(given.field "print"))
    state:destroy()
    local again = assert(library:init "{}") -- perhaps in the same memory
    again:destroy()
    instance, state = opened("metrics = true, " .. acknowledged "lure.sleep(0.01)", new_folder())
    local taken = read(instance)
    read(instance)
    instance:close()
    assert.equal(up_to(taken), seen(state))
  end)

  it("runs for a source of next, too", function()
    local instance, state = opened([[next = function(i)
      i.n = (i.n or 0) + 1
      return i.n, nil, function() seen = (seen or "") .. i.n end
    end, fields = { { name = "x.seen", type = "string", desc = "-", extract = function() return seen end } }]], new_folder())
    local taken = read(instance)
    read(instance)
    assert.equal(tostring(taken[#taken]):rep(#taken), seen(state)) -- before next is called again
  end)
end)

describe("lure.cursor", function()
  it("is the newest that was given, kept or not", function()
    local instance = opened([[produce = function(_, emit)
      emit(tostring(lure.cursor()), nil, "a\0b")
      emit(#lure.cursor(), nil, "c")
      emit(lure.cursor())
    end]], new_folder())
    assert.same({ { "nil", "3", "c" }, "eof" }, { given.patiently(instance) })
  end)

  for kind, source in pairs(sources) do
    it("that is refused in the safe sandbox delivers no event: " .. kind, function()
      local instance = given.opened(given.source((source:gsub("lure.cursor%(%)", "nil"))),
        { config = '{"lure": {"sandbox": "safe", "max_errors": 1}}' })
      local list, rc, message = given.patiently(instance)
      assert.same({ {}, "failure" }, { list, rc })
      given.holds(message, "script.lua:", ': a cursor: not in the safe sandbox; list "state" in init_config.lure.allow')
      assert.truthy(message:find "^script%.lua:%d+: ")
    end)
  end

  it("is refused outside of event sources, and in the safe sandbox", function()
    local state = support.start(given.field "function() return lure.cursor() end")
    given.holds(select(2, state:extract(support.event("1"), "x.y")), "lure.cursor: only in open, next, produce and tasks")
    given.holds(given.problem "require 'lure'.cursor()", "lure.cursor: only in open, next, produce")
    local instance = opened("produce = function() lure.cursor() end", new_folder(),
      { rest = ', "sandbox": "safe", "max_errors": 1' })
    given.holds(select(3, given.patiently(instance)),
      'lure.cursor: not in the safe sandbox; list "state" in init_config.lure.allow')
  end)

  for value, got in pairs { ["1"] = "integer 1", ["{}"] = "table", ["true"] = "true" } do
    it("does not take " .. value .. " for a cursor", function()
      for _, parts in ipairs { "produce = function(_, emit) emit(1, 2, %s) end", "next = function() return 1, 2, %s end",
        "next = function() return { { 1, 2, %s } } end", "open = function() return function() return 1, 2, %s end end" } do
        local instance = opened(parts:format(value), new_folder(), { rest = ', "max_errors": 1' })
        given.holds(select(3, given.patiently(instance)), "script.lua:3: ",
          "expected a cursor (a string) or an acknowledgement (a function) behind the time, got " .. got)
      end
    end)
  end
end)
