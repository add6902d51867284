local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

--- What `code`, an expression with `event`, is as JSON in an event of this type with these parameters.
local function value(code, type, params, wide)
  local library = assert(support.load_script(([[local lure = require "lure"
return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" },
fields = { { name = "x.y", type = "string", desc = "-",
extract = function(_, _, event) return lure.json.encode(%s) end } } }]]):format(code)))
  return assert(library:init()):extract(host.event { type = type, params = params, wide = wide, source = "syscall",
    tid = 42 }, "x.y")
end

local function u(format, ...) return string.pack("<" .. format, ...) end

describe("a parameter of an event", function()
  it("has a name and the type that the event table gives it", function()
    local open = { u("i8", -2), "/etc/passwd\0", u("I4", 4097), u("I4", 420), u("I4", 2049), u("I8", 1 << 40) }
    assert.equal("-2", value("event.param.fd", 3, open))
    assert.equal('"/etc/passwd"', value("event.param.name", 3, open))
    assert.equal("4097", value("event.param.flags", 3, open))
    assert.equal("1099511627776", value("event.param.ino", 3, open))
    assert.equal('["open",42,"syscall"]', value("{ event.type, event.tid, event.source }", 3, open))
  end)

  it("may be asked for by number, as bytes", function()
    assert.equal('"/x\\u0000"', value("event.param[2]", 3, { u("i8", 1), "/x\0" }))
    assert.equal("null", value("event.param[3] or lure.json.null", 3, { u("i8", 1), "/x\0" }))
    assert.equal("null", value("event.param[0] or lure.json.null", 3, { u("i8", 1) }))
  end)

  it("that an older capture does not have is nil, as is an empty one", function()
    assert.equal("null", value("event.param.ino or lure.json.null", 3, { u("i8", 1), "/x\0" }))
    assert.equal("null", value("event.param.name or lure.json.null", 3, { u("i8", 1), "" }))
    assert.equal("null", value("event.param.fd or lure.json.null", 3, { "abc" }))
  end)

  it("with a name that there is not is an error which names those that are", function()
    local _, message = value("event.param.fb", 3, { u("i8", 1) })
    given.holds(message, 'parameter "fb"', "fd, name, flags, mode, dev, ino")
  end)

  it("that is an address is a table", function()
    local inet = "\2\10\0\0\1" .. u("I2", 443)
    local inet6 = "\10" .. ("\0"):rep(15) .. "\1" .. u("I2", 80)
    assert.equal('{"family":"inet","ip":"10.0.0.1","port":443}', value("event.param.addr", 21, { u("i8", 0), inet }))
    assert.equal('{"family":"inet6","ip":"::1","port":80}', value("event.param.addr", 21, { u("i8", 0), inet6 }))
    assert.equal('{"family":"unix","path":"/run/x"}', value("event.param.addr", 21, { u("i8", 0), "\1/run/x\0" }))
    assert.equal("null", value("event.param.addr or lure.json.null", 21, { u("i8", 0), "\2\10\0" }))
  end)

  it("that is a tuple is two of them", function()
    local tuple = "\2\10\0\0\1" .. u("I2", 1025) .. "\10\0\0\2" .. u("I2", 443)
    assert.equal('{"destination":{"ip":"10.0.0.2","port":443},"family":"inet","source":{"ip":"10.0.0.1","port":1025}}',
      value("event.param.tuple", 23, { u("i8", 0), tuple }))
    assert.equal('{"destination":"0x2","family":"unix","path":"/run/x","source":"0x1"}',
      value("event.param.tuple", 23, { u("i8", 0), "\1" .. u("I8I8", 1, 2) .. "/run/x\0" }))
    assert.equal("null", value("event.param.tuple or lure.json.null", 23, { u("i8", 0), tuple:sub(1, -2) }))
  end)

  it("that says what it is by its first byte is that", function()
    assert.equal("7", value("event.param.val", 45, { "", "", "", "", "\2" .. u("I4", 7) }))
    assert.equal("-1", value("event.param.val", 45, { "", "", "", "", "\1" .. u("i8", -1) }))
    assert.equal('"text"', value("event.param.arg2", 453, { "", "", "\1text\0" }))
    assert.equal("null", value("event.param.val or lure.json.null", 45, { "", "", "", "", "\99xxxx" }))
  end)

  it("above 2^63-1 is a string of digits", function()
    assert.equal('"18446744073709551615"', value("event.param.ino", 3, { "", "", "", "", "", u("I8", -1) }))
  end)

  it("is gone when the call ends", function()
    local library = assert(support.load_script([[local kept
return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" },
fields = { { name = "x.y", type = "string", desc = "-", extract = function(_, _, event)
  if kept then return kept.fd end
  kept = event.param
end } } }]]))
    local state = assert(library:init())
    local function event(num) return host.event { type = 3, params = {}, source = "syscall", num = num } end
    state:extract(event(1), "x.y")
    assert.is_nil(state:extract(event(2), "x.y")) -- the same object, for another event
    local late = assert(assert(support.load_script([[local kept
return { name = "x", version = "0.1.0", set_config = function() return kept.fd end,
parse = function(event) kept = event.param end, parse_event_sources = { "syscall" } }]])):init())
    late:parse(event(3))
    given.holds(select(2, late:set_config "{}"), "this event is gone")
  end)
end)
