-- Extracted values stay valid, at the same address, until the event changes.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local TYPES = {
  string = 'v .. ":%d"', uint64 = "tonumber(v) * 100 + %d", bool = "%d %% 2 == 0", reltime = "tonumber(v) + %d",
  abstime = "tonumber(v) + %d", ipaddr = '"10.0." .. v .. ".%d"', ipnet = '"2001:db8::" .. v .. ":%d"',
}
local NAMES = {}
for type in pairs(TYPES) do
  NAMES[#NAMES + 1] = type
end
table.sort(NAMES)

--- The names of `count` fields of each type, and a script that has them; in API 3 every third one is a list.
local function many_fields(count, api)
  local fields, names = {}, {}
  for _, type in ipairs(NAMES) do
    for i = 1, count do
      local list = api ~= 0 and i % 3 == 0
      local expression = TYPES[type]:format(i)
      names[#names + 1] = ("x.%s_n%d"):format(type, i)
      fields[#fields + 1] = ('{ name = "%s", type = "%s", desc = "-", list = %s, extract = function(v) return %s end }'):format(
        names[#names], type, list, list and ("{ %s, %s }"):format(expression, expression) or expression)
    end
  end
  names[#names + 1] = "x.arg[key]"
  fields[#fields + 1] = [[{ name = "x.arg", type = "string", desc = "-", arg = { key = true },
    extract = function(v, arg) return arg .. v end }]]
  return names, given.source(([[
    open = function(p) return { n = 0, most = tonumber(p) } end,
    next = function(i) i.n = i.n + 1; return i.n <= i.most and i.n or nil end,
    fields = { %s }]]):format(table.concat(fields, ",\n")))
end

--- All fields of the event, one call each, as pointers.
local function pointers_of(state, event, names)
  local pointers = {}
  for i, name in ipairs(names) do
    pointers[i] = assert(state:extract_raw(event, name))
  end
  return pointers
end

local function read_all(pointers)
  local values = {}
  for i, pointer in ipairs(pointers) do
    values[i] = pointer:read()
  end
  return values
end

--- What the field must be for the payload `v`.
local function expected_of(name, v, api)
  local type, number = name:match("^x%.(%w+)_n(%d+)$")
  if not type then
    return "key" .. v
  end
  local value = load(("local v = ...; return " .. TYPES[type]):format(tonumber(number)))(v)
  if api == 0 and type == "bool" then
    value = value and 1 or 0
  end
  return api ~= 0 and tonumber(number) % 3 == 0 and { value, value } or value
end

local function expected(names, v, api)
  local values = {}
  for i, name in ipairs(names) do
    values[i] = expected_of(name, v, api)
  end
  return values
end

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe("values in plugin API " .. api, function()
    it("of all fields, extracted one a call, are all right after the last", function()
      local names, script = many_fields(30, api)
      local state = support.start(script, options)
      local instance = assert(state:open "3")
      local _, events = instance:next_batch()
      for i = 1, 3 do
        local pointers = pointers_of(state, events[i], names)
        assert.same(expected(names, tostring(i), api), read_all(pointers))
      end
    end)

    it("are right with two instances, each event read before the next is shown", function()
      local names, script = many_fields(5, api)
      local state = support.start(script, options)
      local a, b = assert(state:open "4"), assert(state:open "4")
      local _, of_a = a:next_batch()
      local _, of_b = b:next_batch()
      for i = 1, 4 do
        assert.same(expected(names, tostring(i), api), read_all(pointers_of(state, of_a[i], names)))
        assert.same(expected(names, tostring(5 - i), api), read_all(pointers_of(state, of_b[5 - i], names)))
      end
    end)

    it("are right with two plugin states", function()
      local names, script = many_fields(3, api)
      local library = assert(support.load_script(script, options))
      local a, b = assert(library:init()), assert(library:init())
      local event, other = support.event { data = "1", num = 1 }, support.event { data = "2", num = 2 }
      local of_a, of_b = pointers_of(a, event, names), pointers_of(b, other, names)
      assert.same(expected(names, "1", api), read_all(of_a))
      assert.same(expected(names, "2", api), read_all(of_b))
    end)

    it("are right where the host numbers every event 0", function()
      local names, script = many_fields(3, api)
      local state = support.start(script, options)
      for _, payload in ipairs { "1", "2", "2", "3", "1" } do
        local pointers = pointers_of(state, support.event { data = payload, num = 0, ts = 5 }, names)
        assert.same(expected(names, payload, api), read_all(pointers))
      end
    end)

    it("are right where the host reuses one buffer for different events of equal length", function()
      local names, script = many_fields(3, api)
      local state = support.start(script, options)
      for _, numbered in ipairs { false, true } do
        local event = support.event { data = "1", num = numbered and 1 or 0, ts = 5 }
        for i = 1, 9 do
          assert.same(expected(names, tostring(i), api), read_all(pointers_of(state, event, names)))
          event = host.event { data = tostring(i + 1 > 9 and 9 or i + 1), num = numbered and i + 1 or 0, ts = 5, buffer = event }
        end
      end
    end)

    it("of the same event extracted again are the same, without a second call", function()
      local state = support.start(given.field 'function(v) calls = (calls or 0) + 1; return v .. ":" .. calls end', options)
      for _, num in ipairs { 0, 1 } do
        local event = support.event { data = "a" .. num, num = num, ts = 5 }
        local first = assert(state:extract_raw(event, "x.y"))
        local value = first:read()
        assert.equal(value, state:extract(event, "x.y"))
        assert.equal(value, assert(state:extract_raw(event, "x.y")):read())
        assert.equal(value, first:read())
      end
    end)

    it("of an event in the plugin's own batch are cached, and new with the next batch", function()
      local instance, state = given.opened(given.source [[batch = { events = 2 },
        open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1; return i.n <= 4 and "same" or nil end,
        fields = { { name = "x.y", type = "uint64", desc = "-", extract = function(v) calls = (calls or 0) + 1; return calls end } } ]],
        options)
      local _, events = instance:next_batch()
      assert.same({ 1, 1, 2, 2 }, { state:extract(events[1], "x.y"), state:extract(events[1], "x.y"),
        state:extract(events[2], "x.y"), state:extract(events[2], "x.y") })
      _, events = instance:next_batch()
      assert.equal(3, state:extract(events[1], "x.y"))
    end)

    it("stay while text is made of the same event", function()
      local state = support.start(given.source [[next = function() end, to_string = function(v) return ("t"):rep(5000) .. v end,
        fields = { { name = "x.y", type = "string", desc = "-", extract = function(v) return v .. "!" end } }]], options)
      local event = support.event { data = "a", num = 1 }
      local pointer = assert(state:extract_raw(event, "x.y"))
      assert.equal(("t"):rep(5000) .. "a", state:to_string(event))
      assert.equal("a!", pointer:read())
    end)

    it("of large and of many arguments are found again", function()
      local state = support.start(given.field([[function(v, arg) calls = (calls or 0) + 1
        return arg .. ":" .. calls end]], "string", "arg = { key = true },"), options)
      local event = support.event { data = "a", num = 1 }
      for round = 1, 2 do
        for i = 1, 500 do
          local key = ("k"):rep(i % 7 + 1) .. i
          assert.equal(key .. ":" .. i, state:extract(event, ("x.y[%s]"):format(key)), "round " .. round)
        end
      end
    end)
  end)
end

describe("a function that is called", function()
  local FIELDS = [[
    { name = "x.seen", type = "string", desc = "-", extract = function(v, _, event)
        return ("%s %s %d %d %s %s"):format(v, event.data, event.num, event.ts, event.type, event.source) end },
    { name = "x.arguments", type = "string", desc = "-", arg = { index = true, key = true }, extract = function(...)
        local v, arg, event, name = ...
        return ("%d %s %s %s %s"):format(select("#", ...), v, arg, event.data, name) end },
    { name = "x.none", type = "string", desc = "-", extract = function() return ("-"):rep(3) end },
    { name = "x.one", type = "string", desc = "-", extract = function(v) return v:upper() end },
    { name = "x.two", type = "string", desc = "-", arg = { index = true, key = true },
      extract = function(v, arg) return v:upper() .. tostring(arg) end },
    { name = "x.four", type = "string", desc = "-", extract = function(v, arg, event, name)
        return v:upper() .. tostring(arg) .. event.num .. name end },
    { name = "x.native", type = "string", desc = "-", extract = string.upper },
    { name = "x.more", type = "string", desc = "-", extract = function(v, arg, event, name, no, nor)
        return v:upper() .. name .. tostring(no) .. tostring(nor) end },]]

  --- The values of all functions for the event, and what they must be.
  local function said(state, event)
    return { state:extract(event, "x.seen"), state:extract(event, "x.arguments"), state:extract(event, "x.arguments[7]"),
      state:extract(event, "x.arguments[key]"), state:extract(event, "x.none"), state:extract(event, "x.one"),
      state:extract(event, "x.two[3]"), state:extract(event, "x.two[k]"), state:extract(event, "x.four"),
      state:extract(event, "x.native"), state:extract(event, "x.more") }
  end
  local function right(event)
    local v, upper = event.data, event.data:upper()
    return { ("%s %s %d %d pluginevent x"):format(v, v, event.num, event.ts), ("4 %s nil %s x.arguments"):format(v, v),
      ("4 %s 7 %s x.arguments"):format(v, v), ("4 %s key %s x.arguments"):format(v, v), "---", upper,
      upper .. "3", upper .. "k", upper .. "nil" .. event.num .. "x.four", upper, upper .. "x.morenilnil" }
  end

  for what, rest in pairs { ["in the host's thread"] = "", ["behind a lock"] = "set_config = function() end," } do
    it("gets the event that is shown, whichever the host shows next, " .. what, function()
      local instance, state = given.opened(given.source(([[batch = { events = 50, milliseconds = 100 }, %s
        open = function() return { n = 0 } end,
        next = function(i) i.n = i.n + 1; return "event " .. ("x"):rep(i.n %% 60) .. i.n, 1000 + i.n end,
        fields = { %s }]]):format(rest, FIELDS)))
      local random = 1
      local function once_in(times)
        random = random * 48271 % 2147483647
        return random % times == 0
      end
      for _ = 1, 8 do
        local _, events = instance:next_batch()
        for place, event in ipairs(events) do
          if not once_in(10) then assert.same(right(event), said(state, event)) end
          if once_in(10) then assert.same(right(event), said(state, event)) end
          if once_in(10) then assert.equal(event.data, state:to_string(event)) end
          if once_in(10) then assert.same(right(events[51 - place]), said(state, events[51 - place])) end
          if once_in(10) then
            local other = support.event { data = "another " .. place, num = 10000 + place, source = "x" }
            assert.same(right(other), said(state, other))
          end
        end
      end
    end)
  end

  it("gets no event of a source that the script does not take", function()
    local instance, state = given.opened(given.source(([[batch = { events = 9, milliseconds = 100 },
      open = function() return { n = 0 } end, next = function(i) i.n = i.n + 1; return "event " .. i.n end,
      fields = { %s }]]):format(FIELDS)))
    local _, events = instance:next_batch()
    assert.same(right(events[1]), said(state, events[1]))
    assert.same({}, said(state, events[2]:copy { source = "another" }))
    assert.same(right(events[2]), said(state, events[2]))
    assert.same(right(events[3]), said(state, events[3]))
  end)
end)

describe("a string with a NUL", function()
  it("shows the NUL as text, so that no one can hide what is behind it", function()
    local state = support.start(given.field "function(v) return v end")
    assert.equal("a\\u0000hidden", state:extract(support.event "a\0hidden", "x.y"))
  end)
end)
