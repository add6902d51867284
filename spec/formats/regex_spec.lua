-- format = { "regex", PATTERN }: named groups of PCRE2.
local formats = require "spec.formats.given"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local function start(pattern, rest) return formats.start("{ 'regex', [==[" .. pattern .. "]==] }", rest) end

describe("the format regex", function()
  it("has the groups by name and by number, and the whole match", function()
    local plugin = start [[^(?<client>\S+) (\S+) (?<user>\S+)]]
    assert.same({ ["/client"] = "::1", ["/1"] = "::1", ["/2"] = "-", ["/user"] = "bob", ["/3"] = "bob", ["/0"] = "::1 - bob" },
      formats.values(plugin, "::1 - bob and more", { "/client", "/user", "/0", "/1", "/2", "/3", "/4" }))
    assert.equal('{"0":"::1 - bob","2":"-","client":"::1","user":"bob"}', formats.document(plugin, "::1 - bob and more"))
  end)

  it("finds the first match anywhere, unless the pattern says where", function()
    assert.equal("2", formats.values(start [[n=(?<n>\d+)]], "x n=2 n=3", { "/n" })["/n"])
    assert.is_nil(formats.document(start [[^n=(?<n>\d+)]], "x n=2"))
  end)

  it("has no value of a group that has no part in the match, and an empty one of one that is empty", function()
    assert.equal('{"0":"b","b":"b","e":""}', formats.document(start [[(?:(?<a>a)|(?<b>b))(?<e>)]], "b"))
  end)

  it("has nothing where nothing matches, and where the match is nothing but empty", function()
    local plugin = start "(?<a>x+)"
    for _, payload in ipairs { "", "y" } do assert.is_nil(formats.document(plugin, payload)) end
    assert.equal('{"0":""}', formats.document(start "^", ""))
  end)

  it("matches bytes, also NULs and those that are not UTF-8", function()
    assert.equal("a\\u0000\u{FFFD}b", formats.values(start "^(?<all>.*)$", "a\0\xFFb", { "/all" })["/all"])
  end)

  it("tells hosts where groups stand in the payload", function()
    local _, offsets = start("n=(?<n>\\d+)"):extract(support.event "x n=22", "x.y[/n]", { offsets = true })
    assert.same({ { 38 + 4, 2 } }, offsets)
  end)

  it("may be that of a part", function()
    local plugin = formats.start('"logfmt"', [[inside = { msg = { "regex", "user (?<name>\\w+)" } },]])
    assert.same({ ["/msg/name"] = "ann", ["/level"] = "info" },
      formats.values(plugin, 'level=info msg="user ann logged in"', { "/msg/name", "/level" }))
    assert.equal("none", formats.values(plugin, "msg=none", { "/msg" })["/msg"])
  end)

  it("says where a pattern is wrong", function()
    for format, expected in pairs {
      ['{ "regex", "a(b" }'] = "format: byte 4 of the pattern: missing closing parenthesis",
      ['{ "regex" }'] = 'format: expected { "regex", PATTERN }', ['"regex"'] = 'format: expected { "regex", PATTERN }',
      ['{ "regex", 7 }'] = 'format: expected { "regex", PATTERN }', ['{ "regex", "a", columns = { "a" } }'] = 'unknown key "columns" in format',
      ['{ "regex", "a", "b" }'] = "format has the key integer 3",
    } do
      local problem = given.problem(given.extractor(([[format = %s,
        fields = { { name = "x.y", type = "string", path = "/a", desc = "-" } } ]]):format(format)))
      assert.is_truthy(problem:find(expected, 1, true), problem)
    end
  end)

  it("stops a match that takes too long, fails once an event, and is suspended when that goes on", function()
    local plugin = support.start(given.extractor [[format = { "regex", "^(?<a>(x+x+)+)y" }, fields = {
      { name = "x.y", type = "string", path = "/a", desc = "-" }, { name = "x.z", type = "string", path = "/0", desc = "-" },
      { name = "x.f", type = "string", desc = "-", extract = function(value) return value.a end } } ]],
      { config = '{"lure": {"time": 0.05, "max_errors": 3}}' })
    local restore = host.redirect_stderr "/dev/null"
    for i = 1, 3 do
      local begin = os.clock()
      for _, field in ipairs { "x.y", "x.z", "x.f" } do
        local value, message = plugin:extract(support.event(("x"):rep(100) .. i), field)
        assert.is_nil(value)
        if field ~= "x.f" then assert.is_nil(message and not message:find("longer than init_config.lure.time", 1, true) or nil) end
      end
      assert.is_true(os.clock() - begin < 5)
    end
    local _, message = plugin:extract(support.event(("x"):rep(100)), "x.y")
    assert.is_nil(message) -- suspended: no value
    restore()
  end)
end)
