local sysdig = require "spec.hosts.sysdig"

-- One event with a value of every type. The types of the plugin API 3.x, and what becomes of them in 0.3.0.
local script = [[
local values = {
  { "uint64", 9007199254740993 }, { "string", "text" }, { "bool", true }, { "reltime", 1500000000 },
  { "abstime", 1700000000123456789 }, { "ipaddr", "192.0.2.7" }, { "ipnet", "198.51.100.0" },
}
local plugin = {
  name = "types", id = 997, version = "0.1.0", event_source = "types", description = "-", contact = "-",
  open = function()
    local left = 1
    return function()
      left = left - 1
      if left == 0 then return "one" end
    end
  end,
  fields = {
    { name = "one.index", type = "uint64", desc = "-", arg = { index = true, required = true },
      extract = function(_, index) return index end },
    { name = "one.key", type = "string", desc = "-", arg = { key = true, required = true },
      extract = function(_, key) return key end },
    { name = "one.either", type = "string", desc = "-", arg = { index = true, key = true },
      extract = function(_, arg) return math.type(arg) or type(arg) end },
    { name = "one.absent", type = "string", desc = "-", extract = function() return nil end },
    { name = "one.large", type = "uint64", desc = "-", extract = function() return "18446744073709551615" end },
    { name = "one.empty", type = "string", desc = "-", extract = function() return "" end },
    { name = "one.failing", type = "string", desc = "-", extract = function() error "no" end },
    { name = "one.ipv6", type = "ipaddr", desc = "-", extract = function() return "2001:db8::1" end },
  },
}
for _, pair in ipairs(values) do
  plugin.fields[#plugin.fields + 1] = { name = "one." .. pair[1], type = pair[1], desc = "-",
    extract = function() return pair[2] end }
end
]]

local lists = [[
local lists = {
  { "uint64", { 1, 2, 3 } }, { "string", { "a", "b" } }, { "ipaddr", { "192.0.2.1", "2001:db8::1" } },
  { "bool", { true, false } },
}
for _, pair in ipairs(lists) do
  plugin.fields[#plugin.fields + 1] = { name = "all." .. pair[1], type = pair[1], list = true, desc = "-",
    extract = function() return pair[2] end }
end
]]

-- What `format` prints for the event.
local function printed(host, format, filter)
  local types = host:with("types", script .. (host.api == "3" and lists or "") .. "return plugin\n")
  local result = host:run { plugins = { types }, source = types, format = format, filter = filter }
  return result.lines[1], result.err
end

sysdig.each("a field", function(host)
  it("without a value, or that fails, has none, and the others do", function()
    assert.equal("<NA>|<NA>|text|", (printed(host, "*%one.absent|%one.failing|%one.string|%one.empty")))
  end)

  it("of integers is exact up to 2^64-1", function()
    assert.equal("9007199254740993 18446744073709551615", (printed(host, "%one.uint64 %one.large")))
  end)

  it("takes an index, a key, or either", function()
    assert.equal("7 a.b/c integer string nil",
      (printed(host, "%one.index[7] %one.key[a.b/c] %one.either[7] %one.either[07] %one.either")))
  end)

  it("is filtered by value", function()
    assert.equal("1", (printed(host, "%evt.num", "one.uint64 > 9007199254740992 and one.string contains ex")))
    assert.is_nil((printed(host, "%evt.num", "one.uint64 > 9007199254740993")))
    assert.is_nil((printed(host, "%evt.num", "one.absent exists")))
    -- numbers are never "in" a list in sysdig 0.29: it takes them for values of length 0
    assert.equal("1", (printed(host, "%evt.num", "one.key[x] in (w, x) and one.index[2] = 2")))
  end)
end)

sysdig.each("a field of each type", function(host)
  it("is printed as the host prints its own", function()
    assert.equal("true 1500000000 1700000000123456789 192.0.2.7 2001:db8::1 <IPNET>",
      (printed(host, "%one.bool %one.reltime %one.abstime %one.ipaddr %one.ipv6 %one.ipnet")))
  end)

  it("is filtered as its type asks for", function()
    for _, condition in ipairs {
      "one.bool = true", "one.reltime > 1400000000", "one.abstime > 1700000000000000000", "one.ipaddr = 192.0.2.7",
      "one.ipv6 = 2001:db8::1",
    } do
      assert.equal("1", (printed(host, "%evt.num", condition)), condition)
    end
    assert.is_nil((printed(host, "%evt.num", "one.ipaddr = 192.0.2.8")))
  end)

  it("may be a list", function()
    assert.equal("(1,2,3) (a,b) (192.0.2.1,2001:db8::1) (true,false)",
      (printed(host, "%all.uint64 %all.string %all.ipaddr %all.bool")))
    assert.equal("1", (printed(host, "%evt.num", "all.string intersects (b, c) and all.uint64 in (1, 2, 3)")))
    assert.is_nil((printed(host, "%evt.num", "all.string intersects (c, d)")))
  end)
end, "3")

sysdig.each("a field of a type that the plugin API 0.3.0 does not have", function(host)
  it("is a number for bool and times, and text for addresses", function()
    assert.equal("1 1500000000 1700000000123456789 192.0.2.7 2001:db8::1 198.51.100.0",
      (printed(host, "%one.bool %one.reltime %one.abstime %one.ipaddr %one.ipv6 %one.ipnet")))
  end)

  it("is filtered as what it has become", function()
    assert.equal("1", (printed(host, "%evt.num", "one.bool = 1 and one.abstime > 1700000000000000000")))
    assert.equal("1", (printed(host, "%evt.num", "one.ipaddr = 192.0.2.7")))
  end)
end, "0.3.0")
