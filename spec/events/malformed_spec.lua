-- Events that a broken capture may hold: nothing outside them is read, whatever their lengths say.
--
-- The bytes stand before memory that cannot be read; a sanitizer sees the rest.
local parts = require "spec.events.parts"
local system = require "spec.events.kernelevents"

local OPEN = 3    -- fd:fd name:fspath flags:flags32 …
local ASYNC = 402 -- plugin_id:uint32 name:charbuf data:bytebuf, with lengths of 32 bits

local random = math.random

--- Lists of { type =, name = }: each parameter there is, by its type.
local function parameters_by_kind()
  local kinds, list = {}, {}
  for _, type in ipairs(parts.types()) do
    for name, kind in type.parameters:gmatch("(%S+):(%S+)") do
      if not kinds[kind] then
        kinds[kind] = {}
        list[#list + 1] = kinds[kind]
      end
      table.insert(kinds[kind], { type = type, name = name })
    end
  end
  return list
end

--- Bytes at random; the first is often the number of an address family or of a dynamic type.
local function any_bytes(size)
  local list = { string.char(random(2) == 1 and random(0, 10) or random(0, 255)) }
  for i = 2, size do
    list[i] = string.char(random(4) == 1 and 0 or random(0, 255))
  end
  return table.concat(list):sub(1, size)
end

--- An event with the parameter, long enough for anything or of one of the usual sizes, and others.
local function any_event(parameter)
  local sizes, lengths, values = { 1, 2, 4, 8, 16, random(0, 40), random(0, 40) }, {}, {}
  for name in parameter.type.parameters:gmatch("(%S+):") do
    local size = name == parameter.name and sizes[random(#sizes)] or random(0, 2)
    lengths[#lengths + 1], values[#values + 1] = size, any_bytes(size)
  end
  return system.bytes(parameter.type.code, lengths, table.concat(values), parameter.type.wide)
end

--- The same with a byte behind the type changed (so the number of parameters, a length, a value), or cut off.
local function spoilt(bytes)
  if random(4) == 1 then
    local at = random(23, #bytes)
    bytes = bytes:sub(1, at - 1) .. string.char(random(0, 255)) .. bytes:sub(at + 1)
  end
  return random(4) == 1 and bytes:sub(1, random(26, #bytes)) or bytes
end

describe("an event", function()
  it("whose lengths add up has its parameters", function()
    local bytes = system.bytes(OPEN, { 8, 3 }, ("<i8"):pack(5) .. "/a\0")
    assert.equal(5, parts.param(bytes, "fd"))
    assert.equal("/a", parts.param(bytes, "name"))
    assert.equal("/a\0", parts.param(bytes, 2))
    assert.is_nil(parts.param(bytes, "flags"))
  end)

  it("of a newer capture has those that we do not know by number only", function()
    local bytes = system.bytes(4, { 8, 3 }, ("<i8"):pack(5) .. "new")
    assert.equal(5, parts.param(bytes, "fd"))
    assert.equal("new", parts.param(bytes, 2))
  end)

  it("may be longer than its parameters", function()
    assert.equal(5, parts.param(system.bytes(OPEN, { 8 }, ("<i8"):pack(5) .. "rest"), "fd"))
  end)

  it("whose lengths do not fit into it has none", function()
    for _, bytes in ipairs {
      system.bytes(OPEN, { 8, 3 }, ("<i8"):pack(5) .. "/a"),              -- one byte is missing
      system.bytes(OPEN, { 8, 65535 }, ("<i8"):pack(5) .. "/a\0"),
      system.bytes(OPEN, { 8, 3 }, ("<i8"):pack(5) .. "/a\0", false, 200),  -- more lengths than bytes
      system.bytes(OPEN, { 8 }, ("<i8"):pack(5), false, 0xffffffff),
      system.bytes(OPEN, { 8 }, ("<i8"):pack(5), false, 0x80000000),
      system.bytes(OPEN, {}, "", false, 1),
      system.bytes(ASYNC, { 4, 0xffffffff, 0xffffffff }, ("<I4"):pack(1), true),
      system.bytes(ASYNC, { 4, 0xfffffffc, 0 }, ("<I4"):pack(1), true),
    } do
      for _, key in ipairs { 1, 2, 3 } do
        assert.is_nil(parts.param(bytes, key))
      end
    end
  end)

  it("is never read past its end, wherever it is cut off", function()
    for _, type in ipairs(parts.types()) do
      local names, lengths = {}, {}
      for name in type.parameters:gmatch("(%S+):") do
        names[#names + 1], lengths[#lengths + 1] = name, 8
      end
      local bytes = system.bytes(type.code, lengths, ("\2"):rep(8 * #names), type.wide)
      for size = 26, #bytes - 1 do
        for i = 1, #names, 5 do
          assert.is_nil(parts.param(bytes:sub(1, size), names[i]))
        end
      end
    end
  end)

  describe("at a bound", function()
    --- The parameter of the first type that has one of this kind, with these bytes, which end the event.
    local function last(kind, bytes)
      for _, type in ipairs(parts.types()) do
        local names, wanted, lengths = {}, nil, {}
        for name, its_kind in type.parameters:gmatch("(%S+):(%S+)") do
          names[#names + 1] = name
          wanted = wanted or its_kind == kind and name
        end
        if wanted then
          for i, name in ipairs(names) do lengths[i] = name == wanted and #bytes or 0 end
          return (parts.param(system.bytes(type.code, lengths, bytes, type.wide), wanted))
        end
      end
      error("no event has a " .. kind)
    end

    for what, case in pairs {
      ["an IPv4 address"] = { "sockaddr", "\2" .. "\10\0\0\1" .. "\80\0" },
      ["an IPv6 address"] = { "sockaddr", "\10" .. ("\1"):rep(16) .. "\80\0" },
      ["a pair of IPv4 addresses"] = { "socktuple", "\2" .. ("\10\0\0\1" .. "\80\0"):rep(2) },
      ["a pair of IPv6 addresses"] = { "socktuple", "\10" .. (("\1"):rep(16) .. "\80\0"):rep(2) },
      ["a pair of unix sockets"] = { "socktuple", "\1" .. ("\1"):rep(16) },
      ["a list of one descriptor"] = { "fdlist", "\1\0" .. ("\1"):rep(10) },
      ["a list of three descriptors"] = { "fdlist", "\3\0" .. ("\1"):rep(30) },
    } do
      it("has " .. what .. ", but not where the last byte is missing", function()
        local kind, bytes = table.unpack(case)
        assert.is_table(last(kind, bytes))
        assert.is_nil(last(kind, bytes:sub(1, -2)))
      end)
    end

    for kind, choices in pairs { dyn_sockopt = 5, dyn_bpf = 2, dyn_keyctl = 2, dyn_ptrace = 2 } do
      it(("has a %s of the last choice, and none behind that"):format(kind), function()
        assert.is_truthy(last(kind, string.char(choices - 1) .. "\1\0\0\0\0\0\0\0")
          or last(kind, string.char(choices - 1) .. "\1"))
        for choice = choices, choices + 3 do
          for size = 0, 9 do
            assert.is_nil(last(kind, string.char(choice) .. ("\1"):rep(size)))
          end
        end
      end)
    end
  end)

  it("may be spoilt anywhere: 200,000 at random", function()
    math.randomseed(20261123) -- the same every time
    local kinds, seen = parameters_by_kind(), 0
    for _ = 1, 200000 do
      local kind = kinds[random(#kinds)]
      local parameter = kind[random(#kind)]
      if parts.param(spoilt(any_event(parameter)), parameter.name) ~= nil then
        seen = seen + 1
      end
    end
    assert.is_true(seen > 20000)
  end)
end)
