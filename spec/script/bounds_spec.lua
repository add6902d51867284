-- Texts and names of a script at the bounds of what C has room for, and one past them. A sanitizer sees who is wrong.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

describe("a name", function()
  --- Why init refuses a key of so many letters, where one of `declared` letters is declared that begins like it.
  local function refused(length, declared)
    local script = given.source(("config = { %sa = { type = 'integer' } }, next = print"):format(("k"):rep(declared - 1)))
    return select(2, assert(support.load_script(script)):init(('{"%sb": 1}'):format(("k"):rep(length - 1))))
  end

  it("of up to 63 letters is proposed for one like it; a longer one is not compared", function() -- LONGEST_WORD
    for _, lengths in ipairs { { 62, 62 }, { 63, 63 }, { 62, 63 }, { 63, 62 } } do
      given.holds(refused(table.unpack(lengths)), "did you mean")
    end
    for _, lengths in ipairs { { 64, 64 }, { 65, 65 }, { 63, 64 }, { 64, 63 }, { 62, 65 }, { 200, 200 } } do
      given.holds(refused(table.unpack(lengths)), "the script declares ")
    end
  end)

  it("is one of a list that is cut where it has no room", function()
    for count = 10, 40 do
      local names = {}
      for i = 1, count do names[i] = ("key%03d = { type = 'integer' }"):format(i) end
      local script = given.source(("config = { %s }, next = print"):format(table.concat(names, ", ")))
      local _, message = assert(support.load_script(script)):init '{"zzzzzzzzzzzzzzzz": 1}'
      given.holds(message, "unknown key", "key001, key")
      assert.equal(count > 32, message:find("…", 1, true) ~= nil, count)
    end
  end)
end)

describe("a long comment", function()
  it("of any level is passed over where a line is looked for", function()
    for level = 0, 66 do
      local equals = ("="):rep(level)
      local script = ('--[%s[\n nonsense = 1\n]%s]\nreturn { name = "x", version = "1",\n nonsense = 1 }'):format(equals, equals)
      local line = given.problem(script):match "script.lua:(%d+): unknown key \"nonsense\""
      assert.is_truthy(line == "5" or level > 61 and line == "2", ("level %d: line %s"):format(level, line))
    end
  end)
end)

describe("an address", function()
  it("is never longer than its text may be", function()
    for length = 40, 50 do
      local state = support.start(given.field(("function() return ('1'):rep(%d) end"):format(length), "ipaddr"))
      local value, message = state:extract(support.event "1", "x.y")
      assert.is_nil(value)
      given.holds(message, "expected ")
    end
  end)

  it("has a port of 16 bits, and a network as many bits as it has", function()
    local function value(text, type)
      return (support.start(given.field(("function() return %q end"):format(text), type)):extract(support.event "1", "x.y"))
    end
    for text, address in pairs { ["10.0.0.1:65535"] = "10.0.0.1", ["10.0.0.1:65536"] = false, ["10.0.0.1:99999"] = false,
                                 ["[::1]:65535"] = "::1", ["[::1]:65536"] = false, ["10.0.0.1:"] = false } do
      assert.equal(address or nil, value(text, "ipaddr"), text)
    end
    for text, network in pairs { ["10.0.0.0/32"] = "10.0.0.0", ["10.0.0.0/33"] = false, ["::/128"] = "::", ["::/129"] = false } do
      assert.equal(network or nil, value(text, "ipnet"), text)
    end
  end)
end)

describe("an exponent", function()
  it("of any number of digits is read", function()
    local state = support.start(given.extractor [[fields = { { name = "x.n", type = "uint64", desc = "-", path = "/n" } }]])
    for number, value in pairs { ["1e3"] = 1000, ["1e0003"] = 1000, ["1000e-3"] = 1 } do
      assert.equal(value, (state:extract(support.event(('{"n": %s}'):format(number)), "x.n")))
    end
    for _, digits in ipairs { 11, 12, 13, 18, 19, 20, 40, 4000 } do
      for _, sign in ipairs { "", "-", "+" } do
        local number = "1e" .. sign .. ("9"):rep(digits)
        assert.is_nil((state:extract(support.event(('{"n": %s}'):format(number)), "x.n")), number)
      end
    end
  end)
end)

describe("a path", function()
  local function problem(path)
    local library, _, detail = support.load_script(given.extractor(
      ('fields = { { name = "x.y", type = "string", desc = "-", path = %q } }'):format(path)))
    return not library and detail.required_api_version
  end

  it("has at most 64 parts", function()
    assert.is_false(problem(("/a"):rep(64)))
    given.holds(problem(("/a"):rep(65)), "it has more than 64 parts")
  end)

  it("has no ~ alone, at its end either", function()
    for _, path in ipairs { "/~", "/a~", "/a~/0", "/~2", "/a~x" } do given.holds(problem(path), "is no JSON Pointer") end
    for _, path in ipairs { "/~0", "/a~1", "/~01" } do assert.is_false(problem(path), path) end
  end)
end)

describe("values of an event", function()
  it("may be many, and few of the next one", function() -- chunks of the event's pool (src/base/pool.c)
    local state = support.start(given.field([[function(count)
      local list = {}
      for i = 1, tonumber(count) do list[i] = ("v"):rep(100) .. i end
      return list end]], "string", "list = true,"))
    for number, count in ipairs { 1, 30, 2, 100, 1, 300, 3, 500, 1000, 1, 3000, 2, 30, 1 } do
      local values = state:extract(support.event { data = tostring(count), num = number, ts = number }, "x.y")
      assert.same({ count, ("v"):rep(100) .. 1, ("v"):rep(100) .. count }, { #values, values[1], values[count] })
    end
  end)
end)

describe("a warning", function()
  it("of any length is one message", function() -- of 255 bytes at most, 63 of which name its place
    local state = support.start(given.field([[function(value)
      local letter, length = value:match "(%a)(%d+)"
      warn(letter:rep(length))
      return "done" end]]))
    for number, length in ipairs { 1, 62, 63, 64, 65, 100, 254, 255, 256, 257, 1000 } do
      local letter = string.char(96 + number)
      local event = support.event { data = letter .. length, num = number, ts = number }
      assert.equal("done", (state:extract(event, "x.y")))
      assert.equal(letter:rep(math.min(length, 255)), state:log()[1].message)
    end
  end)
end)

describe("a message of the log", function()
  -- What the host gets of a text.
  local function logged(expression)
    local state = support.start(given.source(("next = print, init = function() lure.log.info(%s) end"):format(expression)))
    return state:log()[1].message
  end

  it("of up to 64 KiB is whole; a longer one is cut, behind a whole character", function()
    local most = 64 * 1024
    for _, length in ipairs { most - 1, most } do
      assert.equal(length, #logged(("('x'):rep(%d)"):format(length)))
    end
    for _, length in ipairs { most + 1, 2 * most, 40 * most } do
      assert.equal(("x"):rep(most) .. "...", logged(("('x'):rep(%d)"):format(length)))
    end
    assert.equal("x" .. ("\u{20AC}"):rep(most // 3), logged(("'x' .. ('\\u{20AC}'):rep(%d)"):format(most // 3)))
    for letters = 1, 3 do
      local kept = (most - letters) // 3
      local text = logged(("('x'):rep(%d) .. ('\\u{20AC}'):rep(30000)"):format(letters))
      assert.equal(("x"):rep(letters) .. ("\u{20AC}"):rep(kept) .. "...", text)
    end
  end)
end)
