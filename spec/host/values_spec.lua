-- What lure.host has for filters: globs, addresses, regular expressions.

local host = require "lure.host"

describe("host.glob", function()
  it("matches whole texts by fnmatch(3), up to a NUL", function()
    assert.is_true(host.glob("/var/*/[ab]?", "/var/log/x/ay"))
    assert.is_false(host.glob("var", "var/log"))
    assert.is_true(host.glob([[\*]], "*"))
    assert.is_false(host.glob("A*", "abc"))
    assert.is_true(host.glob("A*", "abc", true))
    assert.is_true(host.glob("a", "a\0b"))
  end)
end)

describe("host.address", function()
  it("is the bytes of an address, by inet_pton(3)", function()
    assert.equal("\10\0\0\1", host.address "10.0.0.1")
    assert.equal(("\0"):rep(15) .. "\1", host.address "::1")
    for _, text in ipairs { "", "10.0.0", "10.0.0.256", "::g", "10.0.0.1/8", "fe80::1%lo" } do
      assert.is_nil(host.address(text), text)
    end
  end)
end)

describe("host.regex", function()
  it("matches at the beginning of a text, in characters of UTF-8", function()
    local regex = host.regex [[a.\z]]
    assert.is_true(regex:matches "aä")
    assert.is_false(regex:matches "baä")
    assert.is_false(regex:matches "aäb")
    assert.same({ n = 2, nil, "not UTF-8" }, table.pack(regex:matches "a\xff"))
  end)

  it("says what is wrong with a pattern", function()
    assert.same({ n = 2, nil, "missing closing parenthesis" }, table.pack(host.regex "(a"))
  end)

  it("stops a match that tries too many ways", function()
    local matches, why = host.regex([[(?:(?:a|a)*)*\z]]):matches(("a"):rep(40) .. "b")
    assert.is_nil(matches)
    assert.equal("stopped after a second of trying other ways", why)
  end)
end)
