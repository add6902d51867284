-- lure.time.parse: the notations that it knows, formats, and what is no time.

local given = require "spec.given"

local value = given.evaluator()

--- Seconds since 1970 of a date and time in UTC.
local function seconds(year, month, day, hour, minute, second)
  local days = 365 * (year - 1970) + (year - 1969) // 4 - (year - 1901) // 100 + (year - 1601) // 400
  local before = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 }
  local leap = month > 2 and (year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)) and 1 or 0
  return ((days + before[month] + leap + day - 1) * 24 + (hour or 0)) * 3600 + (minute or 0) * 60 + (second or 0)
end

local NOON = seconds(2026, 11, 23, 12, 30, 45)

local function parse(...)
  local arguments = {}
  for i, argument in ipairs { ... } do arguments[i] = type(argument) == "string" and ("%q"):format(argument) or tostring(argument) end
  return value(("return lure.time.parse(%s)"):format(table.concat(arguments, ", ")))
end

describe("lure.time.parse", function()
  local second, half = tostring(NOON * 1000000000), tostring(NOON * 1000000000 + 500000000)

  for text, expected in pairs {
    ["2026-11-23T12:30:45Z"] = second, -- RFC 3339
    ["2026-11-23t12:30:45.5z"] = half,
    ["2026-11-23 12:30:45,500"] = half, -- log4j, Python's logging
    ["2026-11-23T13:30:45.5+01:00"] = half,
    ["2026-11-23T13:30:45+0100"] = second,
    ["2026-11-23T13:30:45+01"] = second,
    ["2026-11-23 12:30:45 UTC"] = second,
    ["2026-11-23 07:00:45 -0530"] = second,
    ["  2026-11-23T12:30:45.500000000999Z\n"] = half,
    ["2026/11/23 12:30:45"] = second, -- nginx's error log, Go
    ["Mon, 23 Nov 2026 12:30:45 +0000"] = second, -- RFC 2822, HTTP
    ["Mon, 23 Nov 2026 12:30:45 GMT"] = second,
    ["23 Nov 26 07:30:45 EST (a comment)"] = second,
    ["Monday, 23-Nov-26 12:30:45 GMT"] = second, -- RFC 850
    ["23-Nov-2026 12:30:45.500"] = half, -- BIND
    ["Mon,  23  Nov 2026 05:30:45 PDT"] = second,
    ["23/Nov/2026:13:30:45 +0100"] = second, -- Apache
    ["[23/Nov/2026:12:30:45 +0000]"] = second,
    ["Mon Nov 23 12:30:45 2026"] = second, -- ctime, date
    ["Mon Nov 23 12:30:45 UTC 2026"] = second,
    ["Nov 23 2026 12:30:45.5"] = half, -- Cisco
    ["november 23, 2026 12:30:45"] = second,
  } do
    it(("takes %q"):format(text), function() assert.equal(expected, parse(text)) end)
  end

  it("takes numbers since 1970 in a unit that their size tells", function()
    for number, expected in pairs {
      ["0"] = "0", ["1763888400"] = "1763888400000000000", ["1763888400.25"] = "1763888400250000000",
      ["99999999999"] = "nil, not in the years 1677 to 2262, which ns in 64 bits have: \"99999999999\"",
      ["100000000000"] = "100000000000000000", ["1763888400123"] = "1763888400123000000",
      ["1763888400123.5"] = "1763888400123500000", ["1763888400123456"] = "1763888400123456000",
      ["1763888400123456789"] = "1763888400123456789", ["9223372036854775807"] = "9223372036854775807",
      ["9223372036854775808"] = "nil, not in the years 1677 to 2262, which ns in 64 bits have: \"9223372036854775808\"",
      ["18446744073709551616"] = "nil, not in the years 1677 to 2262, which ns in 64 bits have: \"18446744073709551616\"",
      ["-9223372036854775808"] = "-9223372036854775808", ["-1"] = "-1000000000", ["-0.5"] = "-500000000",
    } do
      assert.equal(expected, parse(number), number)
    end
    assert.equal("1763888400000000000, 1763888400500000000, 1763888400123000000, -1000000000, 1763888400000000000",
      value [[local parse = lure.time.parse
      return parse(1763888400), parse(1763888400.5), parse(1763888400123), parse(-1), parse(1763888400.0)]])
    for _, number in ipairs { "math.huge", "-math.huge", "0/0", "1e300", "1e-9" } do
      assert.matches("^nil, not ", value(("return lure.time.parse(%s)"):format(number)))
    end
  end)

  it("gives a time without a year the one in which it is nearest to now", function()
    local now = os.time()
    for days = -180, 180, 60 do
      local at = now + days * 86400
      assert.equal(tostring(at * 1000000000), parse(os.date("!%b %e %H:%M:%S", at)), days)
      assert.equal(tostring(at * 1000000000), parse(os.date("!<13>%b %d %T", at), "<13>%b %d %T"), days)
    end
    local leap = tonumber(parse "Feb 29 00:00:00") // 1000000000
    assert.equal("02-29", os.date("!%m-%d", leap))
    assert.is_true(math.abs(leap - now) < 4.1 * 365 * 86400)
  end)

  it("takes a date alone as its first second", function()
    assert.equal(("%d000000000"):format(seconds(2026, 11, 23, 0, 0, 0)), parse "2026-11-23")
    assert.equal(("%d000000000"):format(seconds(2026, 11, 23, 0, 0, 0)), parse " 2026/11/23 ")
    assert.equal(("%d000000000"):format(seconds(2026, 11, 23, 0, 0, 0) - 3600), value 'return lure.time.parse("2026-11-23", nil, "+01:00")')
  end)

  it("takes a zone for texts that have none", function()
    assert.equal(tostring((NOON - 3600) * 1000000000), parse("2026-11-23T12:30:45", nil, nil) and
      value 'return lure.time.parse("2026-11-23T12:30:45", nil, "+01:00")')
    assert.equal(second, value 'return lure.time.parse("2026-11-23T12:30:45Z", nil, "+01:00")')
    assert.equal(second, parse("23.11.2026 12:30:45", "%d.%m.%Y %T", "UTC"))
    assert.equal(second, parse("23.11.2026 14:30:45", "%d.%m.%Y %T", "+0200"))
  end)

  it("reads formats of strptime, with fractions", function()
    assert.equal(half, parse("23|11|26 12:30:45.5", "%d|%m|%y %H:%M:%S"))
    assert.equal(half, parse("at 12.30.45,500 on 23/Nov/2026 +0000", "at %H.%M.%S,%f on %d/%b/%Y %z"))
    assert.equal(second, parse("Mon Nov 23 12:30:45 2026", "%c"))
    assert.equal(second, parse("11/23/26 12:30:45 PM +00:00", "%D %r %:z"))
    assert.equal("-1500000000", parse("-1.5", "%s"))
    assert.equal("500000000", parse(".5", ".%f"))
  end)

  it("knows the years that ns in 64 bits have, and no others", function()
    local range = "nil, not in the years 1677 to 2262, which ns in 64 bits have: "
    assert.equal("-9223372036854775808", parse "1677-09-21T00:12:43.145224192Z")
    assert.equal(range .. '"1677-09-21T00:12:43.145224191Z"', parse "1677-09-21T00:12:43.145224191Z")
    assert.equal("9223372036854775807", parse "2262-04-11T23:47:16.854775807Z")
    assert.equal(range .. '"2262-04-11T23:47:16.854775808Z"', parse "2262-04-11T23:47:16.854775808Z")
    for _, text in ipairs { "0001-01-01T00:00:00Z", "9999-12-31T23:59:60-23:59", "0001-01-01T00:00:00+23:59" } do
      assert.equal(("%s%q"):format(range, text), parse(text))
    end
    assert.equal(range .. '"99999999999999999999"', parse("99999999999999999999", "%s"))
  end)

  it("says why a text is none", function()
    for text, why in pairs {
      [""] = 'not a time in a notation that is known: ""',
      ["tomorrow"] = 'not a time in a notation that is known: "tomorrow"',
      ["2026-11-23T"] = 'not a time in a notation that is known: "2026-11-23T"',
      ["2026-11-23Z"] = 'not a time in a notation that is known: "2026-11-23Z"',
      ["2026-11"] = 'not a time in a notation that is known: "2026-11"',
      ["2026-02-29"] = 'a day that does not exist: "2026-02-29"',
      ["2026-02-29T00:00:00Z"] = 'a day that does not exist: "2026-02-29T00:00:00Z"',
      ["Feb 30 00:00:00"] = 'a day that does not exist: "Feb 30 00:00:00"',
      ["2026-11-23T24:00:00Z"] = 'not a time in a notation that is known: "2026-11-23T24:00:00Z"',
      ["2026-11-23T12:30:45 Europe/Berlin"] = 'not a time in a notation that is known: "2026-11-23T12:30:45 Europe/Berlin"',
    } do
      assert.equal("nil, " .. why, parse(text), text)
    end
    assert.equal('nil, not a time of the format "%F": "23.11.2026"', parse("23.11.2026", "%F"))
    assert.equal('nil, a day that does not exist: "2023 366"', parse("2023 366", "%Y %j"))
    assert.equal("1735603200000000000", parse("2024 366", "%Y %j"))
    assert.equal("nil, expected a text or a number, got nil", value "return lure.time.parse(nil)")
    assert.equal("nil, expected a text or a number, got table", value "return lure.time.parse({})")
  end)

  it("shows of a long text its begin", function()
    assert.equal(('nil, not a time in a notation that is known: "%s"'):format(("x"):rep(64)), parse(("x"):rep(64)))
    assert.equal(('nil, not a time in a notation that is known: "%s..."'):format(("x"):rep(64)), parse(("x"):rep(65)))
  end)

  it("takes texts of 1024 bytes at most", function()
    local text = "2026-11-23T12:30:45." .. ("0"):rep(1003)
    assert.equal(second, parse(text .. "Z"))
    assert.matches("^nil, not a time in a notation", parse(text .. "0Z"))
    assert.matches("^nil, not a time of the format", parse(text .. "0Z", "%FT%T%z"))
  end)

  it("throws for formats and zones that mean nothing", function()
    for call, message in pairs {
      ['parse("x", "%Q")'] = 'lure.time.parse: "%Q" in the format means nothing',
      ['parse("x", "%Y%")'] = 'lure.time.parse: "%" in the format means nothing',
      ['parse("x%", "x%")'] = 'lure.time.parse: "%" in the format means nothing',
      ['parse("x", "%:y")'] = 'lure.time.parse: "%:y" in the format means nothing',
      ['parse("x", "%\\0")'] = "lure.time.parse: a format has at most 1024 bytes, and no NUL",
      ['parse("x", ("x"):rep(1025))'] = "lure.time.parse: a format has at most 1024 bytes, and no NUL",
      ['parse("x", nil, "Europe/Berlin")'] = 'lure.time.parse: zone: expected "UTC" or an offset such as "+01:00", got "Europe/Berlin"',
      ['parse("x", nil, ("x"):rep(64))'] = ('got "%s" (names'):format(("x"):rep(64)),
      ['parse("x", nil, ("x"):rep(65))'] = ('got "%s"... (names'):format(("x"):rep(64)),
      ['parse("x", nil, "+24:00")'] = "lure.time.parse: zone: expected",
      ['parse("x", {})'] = "bad argument #2",
      ['format("x")'] = "bad argument #1",
      ['format(1.5)'] = "bad argument #1",
      ['format(0, "%Q")'] = 'lure.time.format: "%Q" in the format means nothing',
      ['format(0, "%0f")'] = 'lure.time.format: "%0" in the format means nothing',
      ['format(0, "%3")'] = 'lure.time.format: "%3" in the format means nothing',
      ['format(0, "%Ey")'] = 'lure.time.format: "%E" in the format means nothing',
      ['format(0, nil, "CET")'] = "lure.time.format: zone: expected",
    } do
      given.holds(value(("return select(2, pcall(function() return lure.time.%s end))"):format(call)), message)
    end
    assert.equal("0", parse("1970" .. (" "):rep(1020), "%Y" .. (" "):rep(1022)))
  end)

  it("is there in the safe sandbox", function()
    local safe = given.evaluator { config = '{"lure": {"sandbox": "safe"}}' }
    assert.equal("0, 1970-01-01T00:00:00Z, true", safe [[
      return lure.time.parse "1970-01-01T00:00:00Z", lure.time.format(0), require "lure.time" == lure.time]])
  end)
end)

describe("lure.time.format", function()
  local function format(...)
    return value(("return lure.time.format(%s)"):format(table.concat({ ... }, ", ")))
  end

  it("prints RFC 3339, with as many digits as are needed in threes", function()
    assert.equal("2026-11-23T12:30:45Z", format(NOON .. "000000000"))
    assert.equal("2026-11-23T12:30:45.500Z", format(NOON .. "500000000"))
    assert.equal("2026-11-23T12:30:45.000001Z", format(NOON .. "000001000"))
    assert.equal("2026-11-23T12:30:45.000000001Z", format(NOON .. "000000001"))
    assert.equal("2026-11-23T07:00:45-05:30", format(NOON .. "000000000", "nil", '"-05:30"'))
    assert.equal("1969-12-31T23:59:59.999999999Z", format(-1))
    assert.equal("1677-09-21T00:12:43.145224192Z", format "math.mininteger")
    assert.equal("2262-04-12T23:46:16.854775807+23:59", format("math.maxinteger", "nil", '"+23:59"'))
  end)

  it("prints as strftime does, and parts of a second", function()
    assert.equal("23/Nov/2026:12:30:45 +0000", format(NOON .. "000000000", '"%d/%b/%Y:%H:%M:%S %z"'))
    assert.equal("12:30:45.123 12:30:45.1 123456789 012", format(NOON .. "123456789", '"%T.%3f %T.%1f %f 012"'))
    assert.equal("UTC +00:00|-01:00 -01:00 -0100", format(0, '"%Z %:z"') .. "|" .. format(0, '"%Z %:z %z"', '"-01"'))
    assert.equal("-1", format(-1, '"%s"'))
    for ns, expected in pairs { [-1] = "-0.000000001", [-500000000] = "-0.500000000", [-1000000000] = "-1.000000000",
                                [-1500000000] = "-1.500000000", [1500000000] = "1.500000000", [0] = "0.000000000" } do
      assert.equal(expected, format(ns, '"%s.%9f"'))
      assert.equal(tostring(ns), parse(expected, "%s.%f"))
    end
    assert.equal("-0.75 -0,750000000 59.25 -1 25", format(-750000000, '"%s.%2f %s,%f %S.%2f %s %2f"'))
    assert.equal("", format(0, '""'))
  end)

  it("takes formats of 1024 bytes", function()
    assert.equal(("Thu Jan  1 00:00:00 1970"):rep(512), format(0, '("%c"):rep(512)'))
  end)
end)
