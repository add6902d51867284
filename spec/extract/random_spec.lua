-- Random scripts, and hosts that extract fields at random: a plugin state that other threads may enter (one with
-- `set_config`) never prefetches (src/v3/entry_extract.c), and gives the same values; so does one without any of the
-- optimizations, or with one of them.
local host = require "lure.host"
local given = require "spec.given"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local SCRIPTS = 150
local OPTIMIZE = { "false", '["direct_evaluation"]', '["prefetch"]', '["direct_evaluation", "batch_prefetch", "prefetch"]',
  '["block_allocator"]', '["event_check"]' }
local EVENTS = 500

local function pick(list)
  return list[math.random(#list)]
end

local function once_in(times)
  return math.random(times) == 1
end

--- An expression: an integer, or now and then an error (by 0, or of a payload that is no number).
local function number(depth)
  if depth == 0 or once_in(3) then
    return pick { "tointeger(v)", "tointeger(v)", "last", "calls", "by", "7", "300", "#v" }
  end
  return ("(%s %s %s)"):format(number(depth - 1), pick { "+", "-", "*", "&", "|", "~", "<<", ">>", "%", "//" }, number(depth - 1))
end

local RESULTS = {
  uint64 = function() return pick { "last", "calls", "last + tointeger(v)", number(2) } end,
  bool = function() return number(1) .. pick { " < ", " == ", " ~= ", " >= " } .. pick { "7", "last", "calls" } end,
  string = function() return pick { "v", "v", "text", "calls % 2 == 0 and v or nil" } end,
}

--- Things that end a prefetch, or change the values of fields, at some events.
local EFFECTS = { "last = tointeger(v)", "calls = calls + 1", "text = text .. '.'", "last = ('x'):rep(calls):len()", "error 'at times'" }

local function extract(type)
  local effect = once_in(2) and
    ("if tointeger(v) %% %d == %d then %s end"):format(pick { 20, 41, 97 }, math.random(0, 3), pick(EFFECTS)) or ""
  return ("function(v, by) by = by or 5; %s return %s end"):format(effect, RESULTS[type]())
end

--- A script with fields x.f1, x.f2 and so on, as text; and a list of their names as they are extracted.
local function script()
  local fields, names = {}, {}
  for i = 1, math.random(5) do
    local type = pick { "uint64", "uint64", "bool", "string" }
    local by = once_in(3)
    fields[i] = ('{ name = "x.f%d", type = "%s", desc = "-", %s extract = %s }'):format(i, type,
      by and "arg = { index = true }," or "", extract(type))
    names[i] = "x.f" .. i .. (by and pick { "[3]", "[0]" } or "")
  end
  return ([[batch = { events = %d, milliseconds = 100 },
    open = function() return { n = 0 } end,
    next = function(i) i.n = i.n + 1; return %s end,
    fields = (function()
      local last, calls, text, tointeger = 1, 0, "text", math.tointeger
      return { %s }
    end)(), ]]):format(pick { 3, 40, 100, 500 }, pick { "i.n", "i.n", "i.n * 1000003", "'0' .. i.n" },
    table.concat(fields, ",\n")), names
end

--- The events that the host shows where event number `place` of the batch is next. habit: not always just that.
local function shown(events, place, habit)
  local event = events[place]
  if not habit or not once_in(25) then
    return { event }
  end
  return pick { {}, { event, events[1], event }, { events[math.random(#events)] }, { event:copy { data = "77" }, event } }
end

--- All results of a host that extracts as the random numbers from `seed` on say.
local function answers(text, names, seed, optimize)
  local instance, state = given.opened(given.source(text), { config = optimize })
  local list, left = {}, EVENTS
  math.randomseed(seed)
  local habit, asked = once_in(2), {}
  for i = 1, math.random(4) do asked[i] = pick(names) end
  while left > 0 do
    local _, events, message = instance:next_batch()
    list[#list + 1] = message
    local shows = habit and once_in(4) and math.random(0, #events) or #events
    for place = 1, math.min(left, shows) do
      for _, event in ipairs(shown(events, place, habit)) do
        for i = 1, #asked do
          local value, problem = state:extract(event, once_in(200) and pick(names) or asked[i])
          list[#list + 1] = problem or tostring(value)
        end
      end
      if once_in(300) then list[#list + 1] = state:to_string(events[place]) end
    end
    left = left - math.max(#events, 1)
  end
  return table.concat(list, "\n")
end

describe("random fields of a random script", function()
  for seed = 1, SCRIPTS do
    it("have the values that they have without prefetch, number " .. seed, function()
      math.randomseed(seed)
      local text, names = script()
      assert.equal(answers(text .. "set_config = function() end", names, seed), answers(text, names, seed), text)
    end)

    it("have the values that they have without optimizations, number " .. seed, function()
      math.randomseed(seed)
      local text, names = script()
      local optimize = pick(OPTIMIZE)
      assert.equal(answers(text, names, seed, ('{"lure": {"optimize": %s}}'):format(optimize)),
        answers(text, names, seed), optimize .. text)
    end)
  end
end)
