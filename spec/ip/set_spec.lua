-- lure.ip.set: sets of networks.

local given = require "spec.given"
local support = require "spec.support"

local value = given.evaluator()

--- The error of code.
local function failure(code)
  return value(("return select(2, pcall(function() %s end))"):format(code))
end

describe("lure.ip.set", function()
  it("of a list contains addresses of its networks", function()
    assert.equal("true, true, true, true, nil, nil, nil, 4", value [[
      local set = lure.ip.set { "10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "fe80::1%eth0" }
      return set:contains "10.0.0.0", set:contains "10.255.255.255:80", set:contains "[2001:db8::5]:443", set:contains "::ffff:192.0.2.1",
        set:contains "11.0.0.0", set:contains "9.255.255.255", set:contains "2001:db9::", #set]])
  end)

  it("of keys has the value of the smallest network that has an address", function()
    assert.equal("site, lab, host, false, lab, nil, six, all", value [[
      local set = lure.ip.set { ["10.0.0.0/8"] = "site", ["10.1.0.0/16"] = "lab", ["10.1.2.3"] = "host", ["10.1.2.4"] = false,
        ["2001:db8::/32"] = "six", ["::/0"] = "all" }
      return set:contains "10.0.255.255", set:contains "10.1.0.0", set:contains "10.1.2.3", set:contains "10.1.2.4",
        set:contains "10.1.255.255", set:contains "11.0.0.0", set:contains "2001:db8::", set:contains "::"]])
  end)

  it("takes both in one table, and values of any type", function()
    assert.equal("true, table, nil", value [[
      local set = lure.ip.set { "10.0.0.0/8", ["192.0.2.0/24"] = {} }
      return set:contains "10.0.0.1", type(set:contains "192.0.2.1"), set:contains "::1"]])
  end)

  it("takes what an iterator returns", function()
    assert.equal("true, x, nil, 2", value [[
      local list = { { "10.0.0.0/8" }, { "::/1", "x" } }
      local function each(state, control)
        assert(state == list and (control == nil or control == list[1][1] or control == list[2][1]))
        state.at = (state.at or 0) + 1
        return table.unpack(state[state.at] or {})
      end
      local set = lure.ip.set(each, list, nil)
      return set:contains "10.0.0.0", set:contains "7fff::", set:contains "8000::", #set]])
    local path = support.file "10.0.0.0/8\n192.0.2.0/24\n"
    assert.equal("true, nil", value(([[local set = lure.ip.set(lure.file.lines %q)
      return set:contains "192.0.2.255", set:contains "192.0.3.0"]]):format(path)))
  end)

  it("may be empty, and has the whole of both versions where they are in it", function()
    assert.equal("nil, 0", value 'local set = lure.ip.set {} return set:contains "10.0.0.0", #set')
    assert.equal("true, true, nil", value [[local set = lure.ip.set { "0.0.0.0/0" }
      return set:contains "0.0.0.0", set:contains "255.255.255.255", set:contains "::"]])
    assert.equal("true, true, x, nil", value [[local set = lure.ip.set { "::/0", ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] = "x" }
      return set:contains "::", set:contains "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
        set:contains "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", set:contains "255.255.255.255"]])
  end)

  it("takes networks of all lengths, each in the one before", function()
    assert.equal("128, 0, 127, nil, 129", value [[
      local keyed = {}
      for bits = 0, 128 do keyed["::1/" .. bits] = bits end
      local set = lure.ip.set(keyed)
      return set:contains "::1", set:contains "8000::", set:contains "::", set:contains "0.0.0.1", #set]])
    assert.equal("32, 0, 31", value [[
      local keyed = {}
      for bits = 0, 32 do keyed["255.255.255.255/" .. bits] = bits end
      local set = lure.ip.set(keyed)
      return set:contains "255.255.255.255", set:contains "1.2.3.4", set:contains "255.255.255.254"]])
  end)

  it("says what is no address", function()
    assert.equal('nil, not an address: "example.com"', value 'return lure.ip.set({}):contains "example.com"')
    assert.equal("nil, expected a text, got nil", value "return lure.ip.set({}):contains(nil)")
  end)

  it("names the element that is no network", function()
    given.holds(failure 'lure.ip.set { "10.0.0.0/8", "10.0.0.0/33" }', 'lure.ip.set: element 2: not a network: "10.0.0.0/33"')
    given.holds(failure 'lure.ip.set { 5 }', "lure.ip.set: element 1: expected a text, got number")
    given.holds(failure 'lure.ip.set { [true] = 5 }', "lure.ip.set: element 1: expected a text, got boolean")
    given.holds(failure "lure.ip.set(function() return {} end)", "lure.ip.set: element 1: expected a text, got table")
    given.holds(failure "lure.ip.set(function() error 'inside' end)", "inside")
    given.holds(failure "lure.ip.set(5)", "bad argument #1")
    given.holds(failure "lure.ip.set()", "bad argument #1")
    for call, got in pairs { ["({}, '::')"] = "table", ["('::')"] = 'string "::"', ["(io.stdout, '::')"] = "", ["()"] = "" } do
      given.holds(failure("lure.ip.set({}).contains" .. call), "lure.ip.set: contains: expected a set, got " .. got)
    end
    given.holds(failure "lure.ip.set({}).contains('::')", "; call it as set:contains(...)")
  end)

  it("agrees with a naive search among networks that lie in each other", function()
    assert.equal("5000", value [[
      math.randomseed(5)
      local list, keyed = {}, {}
      local function four(n) return ("%d.%d.%d.%d"):format(n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255) end
      local function six(n) return ("2001:db8::%x:%x"):format(n >> 16, n & 0xffff) end
      for i = 1, 1000 do
        local bits, is_six = math.random(16, 32), i % 3 == 0
        local first = (0x0a000000 | math.random(0, 0xffff) << math.random(0, 4)) & ~((1 << 32 - bits) - 1)
        local text = is_six and six(first) .. "/" .. bits + 96 or four(first) .. "/" .. bits
        if not keyed[text] then
          keyed[text] = i
          list[#list + 1] = { first = first, last = first + (1 << 32 - bits) - 1, bits = bits, value = i, six = is_six }
        end
      end
      table.sort(list, function(a, b) return a.bits > b.bits end)
      local set, right = lure.ip.set(keyed), 0
      for i = 1, 5000 do
        local near, is_six = list[math.random(#list)], i % 2 == 0
        local address = math.random(3) == 1 and 0x0a000000 | math.random(0, 0xfffff)
          or math.random(2) == 1 and near.first - math.random(0, 1) or near.last + math.random(0, 1)
        local expected
        for _, network in ipairs(list) do
          if network.six == is_six and address >= network.first and address <= network.last then expected = network.value break end
        end
        if set:contains((is_six and six or four)(address)) == expected then right = right + 1 end
      end
      return right]])
  end)

  it("is there in the safe sandbox", function()
    assert.equal("::1, true", given.evaluator { config = '{"lure": {"sandbox": "safe"}}' }
      'return lure.ip.parse("::1").address, require("lure.ip").set({ "::1" }):contains "::1"')
  end)
end)

describe("a set of networks", function()
  --- A script that makes one of so many networks, of both versions, and takes its memory.
  local script = given.extractor [[
    config = { count = { type = "integer", required = true }, six = { type = "boolean", default = false } },
    init = function(config)
      local at, form = 0, config.six and "2001:db8:%x:%x::/64" or "%d.%d.%d.0/24"
      local function each()
        if at == config.count then return nil end
        at = at + 1
        local scattered = at * 7919 % 16777213
        if config.six then return form:format(scattered >> 16, scattered & 0xffff) end
        return form:format(scattered >> 16, scattered >> 8 & 255, scattered & 255)
      end
      collectgarbage()
      set = lure.ip.set(each)
      collectgarbage()
    end,
    fields = { { name = "x.has", type = "string", desc = "-", extract = function(text) return tostring(set:contains(text)) end } }]]
  script = "local set\n" .. script

  local function start(count, six, limit)
    local config = ('{"count": %d, "six": %s, "lure": {"time": 100, "memory": %d}}'):format(count, six, limit)
    return assert(support.load_script(script)):init(config)
  end

  for version, six in pairs { ["4"] = false, ["6"] = true } do
    it(("takes a million networks of IPv%s under 64 MB"):format(version), function()
      local plugin = assert(start(1000000, six, 64000000))
      local first = six and "2001:db8:0:1eef::5" or "0.30.239.5"
      assert.equal("true nil", plugin:extract(support.event(first), "x.has") .. " " .. plugin:extract(support.event "::", "x.has"))
    end)
  end

  it("is charged to the limit of memory", function()
    local plugin, message = start(1000000, true, 24000000)
    assert.is_nil(plugin)
    given.holds(message, "lure.ip.set: ", "not enough memory (limit: init_config.lure.memory)")
  end)

  it("that is not used any more makes room for others", function()
    local plugin = support.start(given.extractor [[
      init = function()
        local list = {}
        for i = 1, 20000 do list[i] = ("10.%d.%d.0/25"):format(i >> 8, i & 255) end
        for _ = 1, 60 do assert(lure.ip.set(list):contains "10.0.1.127") end -- 320 KB each
      end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() return "made" end } }]],
      { config = '{"lure": {"memory": 10000000, "time": 100}}' })
    assert.equal("made", plugin:extract(support.event "1", "x.y"))
  end)

  it("is made, and asked, within the limit of time", function()
    local plugin = support.start(given.extractor [[
      init = function() end,
      fields = { { name = "x.made", type = "string", desc = "-", extract = function()
        lure.ip.set(function() return "10.0.0.0/8" end)
      end }, { name = "x.asked", type = "string", desc = "-", extract = function()
        local set = lure.ip.set { "10.0.0.0/8" }
        local contains = set.contains
        while true do contains(set, "10.0.0.1") end
      end } }]], { config = '{"lure": {"time": 0.2}}' })
    for _, field in ipairs { "x.made", "x.asked" } do
      local _, message = plugin:extract(support.event "1", field)
      given.holds(message, "init_config.lure")
    end
  end)
end)
