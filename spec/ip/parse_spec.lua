-- lure.ip.parse and lure.ip.network.

local given = require "spec.given"

local value = given.evaluator()

--- The members of what a call returns, or nil and why.
local function members(call)
  return value(([[local found, why = lure.ip.%s
    if not found then return "nil, " .. why end
    local list = {}
    for key, value in pairs(found) do list[#list + 1] = key .. "=" .. tostring(value) end
    table.sort(list)
    return table.concat(list, " ")]]):format(call))
end

describe("lure.ip.parse", function()
  for text, expected in pairs {
    ["192.0.2.1"] = "address=192.0.2.1 mapped=false version=4",
    ["192.0.2.1:443"] = "address=192.0.2.1 mapped=false port=443 version=4",
    ["[192.0.2.1]:0"] = "address=192.0.2.1 mapped=false port=0 version=4",
    ["2001:DB8:0:0:0:0:0:1"] = "address=2001:db8::1 mapped=false version=6",
    ["[::1]"] = "address=::1 mapped=false version=6",
    ["[::1]:65535"] = "address=::1 mapped=false port=65535 version=6",
    ["fe80::1%eth0"] = "address=fe80::1 mapped=false version=6 zone=eth0",
    ["[fe80::1%25]:80"] = "address=fe80::1 mapped=false port=80 version=6 zone=25",
    ["::ffff:192.0.2.1"] = "address=192.0.2.1 mapped=true version=4",
    ["[::ffff:c000:201]:80"] = "address=192.0.2.1 mapped=true port=80 version=4",
    ["::192.0.2.1"] = "address=::c000:201 mapped=false version=6",
    ["1:0:0:2:0:0:0:3"] = "address=1:0:0:2::3 mapped=false version=6",
    ["1:0:0:2:2:0:0:3"] = "address=1::2:2:0:0:3 mapped=false version=6",
    ["1:0:2:3:4:5:6:7"] = "address=1:0:2:3:4:5:6:7 mapped=false version=6",
    ["1::"] = "address=1:: mapped=false version=6",
    ["::"] = "address=:: mapped=false version=6",
  } do
    it(("takes %q"):format(text), function() assert.equal(expected, members(("parse(%q)"):format(text))) end)
  end

  it("says why a text is none", function()
    for _, text in ipairs { "", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1:65536", "192.0.2.1:", "192.0.2.1 ", "[::1", "[::1]:",
                            "[::1]80", "::1%", "::1%a%b", "192.0.2.1%eth0", "1::2::3", "12345::", "example.com", "10.0.0.0/8" } do
      assert.equal(("nil, not an address: %q"):format(text), members(("parse(%q)"):format(text)))
    end
    assert.equal("nil, expected a text, got nil", members "parse(nil)")
    assert.equal("nil, expected a text, got number", members "parse(1)")
    assert.equal(('nil, not an address: "%s..."'):format(("x"):rep(64)), members 'parse(("x"):rep(65))')
    assert.equal('nil, not an address: "::1\\u0000"', members 'parse("::1\\0")')
  end)

  it("takes texts of 256 bytes at most", function()
    assert.matches("^address=::1 ", members 'parse("::1%" .. ("z"):rep(252))')
    assert.matches("^nil, not an address", members 'parse("::1%" .. ("z"):rep(253))')
  end)
end)

describe("lure.ip.network", function()
  for text, expected in pairs {
    ["10.0.0.0/8"] = "address=10.0.0.0 bits=8 last=10.255.255.255 network=10.0.0.0/8 version=4",
    ["10.1.2.3/20"] = "address=10.1.0.0 bits=20 last=10.1.15.255 network=10.1.0.0/20 version=4",
    ["0.0.0.0/0"] = "address=0.0.0.0 bits=0 last=255.255.255.255 network=0.0.0.0/0 version=4",
    ["10.1.2.3/255.255.240.0"] = "address=10.1.0.0 bits=20 last=10.1.15.255 network=10.1.0.0/20 version=4",
    ["10.1.2.3/255.255.255.255"] = "address=10.1.2.3 bits=32 last=10.1.2.3 network=10.1.2.3/32 version=4",
    ["10.1.2.3/0.0.0.0"] = "address=0.0.0.0 bits=0 last=255.255.255.255 network=0.0.0.0/0 version=4",
    ["10.1.2.3/128.0.0.0"] = "address=0.0.0.0 bits=1 last=127.255.255.255 network=0.0.0.0/1 version=4",
    ["10.1.2.3/32"] = "address=10.1.2.3 bits=32 last=10.1.2.3 network=10.1.2.3/32 version=4",
    ["10.1.2.3"] = "address=10.1.2.3 bits=32 last=10.1.2.3 network=10.1.2.3/32 version=4",
    ["2001:db8:ffff::/33"] = "address=2001:db8:8000:: bits=33 last=2001:db8:ffff:ffff:ffff:ffff:ffff:ffff network=2001:db8:8000::/33 version=6",
    ["::1"] = "address=::1 bits=128 last=::1 network=::1/128 version=6",
    ["::ffff:10.0.0.0/104"] = "address=10.0.0.0 bits=8 last=10.255.255.255 network=10.0.0.0/8 version=4",
    ["::ffff:10.0.0.0/96"] = "address=0.0.0.0 bits=0 last=255.255.255.255 network=0.0.0.0/0 version=4",
    ["::ffff:10.0.0.0/95"] = "address=::fffe:0:0 bits=95 last=::ffff:ffff:ffff network=::fffe:0:0/95 version=6",
  } do
    it(("takes %q"):format(text), function() assert.equal(expected, members(("network(%q)"):format(text))) end)
  end

  it("says why a text is none", function()
    for _, text in ipairs { "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "/8", "10.0.0.0/255.0.255.0",
                            "10.0.0.0/0.0.0.255", "10.0.0.0/255.0.0", "10.0.0.0/255.0.0.0.0", "10.0.0.0/ff::", "::/255.0.0.0",
                            "10.0.0.0:80/8", "fe80::1%eth0/64", "[::]/0", "10.0.0.0/99999999999" } do
      assert.equal(("nil, not a network: %q"):format(text), members(("network(%q)"):format(text)))
    end
    assert.equal("nil, expected a text, got table", members "network({})")
  end)
end)
