-- `time =`: how the times of a field of type abstime or reltime are written.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function script(type, time, rest, api)
  local declared = ('type = "%s", time = %q, desc = "-"'):format(type, time)
  return given.extractor(([[fields = {
    { name = "x.path", path = "/t", %s %s },
    { name = "x.all", path = "/*", list = %s, arg = { index = true }, %s },
    { name = "x.text", %s, extract = function(text) return text end },
    { name = "x.value", %s, extract = function(text) return lure.json.parse(text).t end } }]]):format(
    declared, rest or "", api ~= 0, declared, declared, declared))
end

--- What is read where `json` stands in a payload, the same by a path and of a function's value; nil: nothing.
local function read(type, time, json, api)
  local state = support.start(script(type, time, "", api), { api = api })
  local event = support.event { data = ('{"t":%s}'):format(json) }
  local value, message = state:extract(event, "x.path")
  assert.is_nil(message)
  assert.equal(value, (state:extract(event, "x.value")))
  if api ~= 0 then assert.same(value and { value }, (state:extract(event, "x.all"))) end
  return value
end

describe("time", function()
  for _, case in ipairs {
    { "abstime", "s", "1700000000", 1700000000000000000 }, { "abstime", "s", '"1700000000"', 1700000000000000000 },
    { "abstime", "s", "1700000000.123456789", 1700000000123456789, true },
    { "abstime", "s", '"1700000000.1234567899"', 1700000000123456789 }, { "abstime", "s", "1.7e9", 1700000000000000000 },
    { "abstime", "ms", "1700000000123", 1700000000123000000 }, { "abstime", "ms", '"1700000000123.5"', 1700000000123500000 },
    { "abstime", "us", "1700000000123456", 1700000000123456000 }, { "abstime", "ns", '"1700000000123456789"', 1700000000123456789 },
    { "abstime", "s", '"2023-11-14T22:13:20Z"', 1700000000000000000 },
    { "reltime", "s", '"12.5"', 12500000000 }, { "reltime", "s", "12.5", 12500000000 }, { "reltime", "ms", "0.000001", 1 },
    { "reltime", "ms", "0.0000009", 0 }, { "reltime", "s", "1e-9", 1 }, { "reltime", "s", "18446744073.709551615", "18446744073709551615", true },
    { "reltime", "us", '"007"', 7000 }, { "reltime", "s", "0", 0 },
    { "abstime", "%d/%b/%Y:%H:%M:%S %z", '"14/Nov/2023:22:13:20 +0000"', 1700000000000000000 },
    { "abstime", "%d/%b/%Y:%H:%M:%S %z", '"15/Nov/2023:00:13:20 +0200"', 1700000000000000000 },
    { "abstime", "%Y-%m-%d %H:%M:%S", '"2023-11-14 22:13:20"', 1700000000000000000 },
    { "abstime", "%Y-%m-%d %H:%M:%S", '"2023-11-14 22:13:20.25"', 1700000000250000000 },
    { "abstime", "%Y-%m-%d %H:%M:%S.%f", '"2023-11-14 22:13:20.000001"', 1700000000000001000 },
    { "abstime", "%a, %d %b %Y %T %Z", '"Tue, 14 Nov 2023 22:13:20 GMT"', 1700000000000000000 },
    { "abstime", "%A %B %e %I:%M:%S %p %Y", '"Tuesday November 14 10:13:20 PM 2023"', 1700000000000000000 },
    { "abstime", "%m/%d/%y %I:%M %p", '"11/14/23 12:05 AM"', 1699920300000000000 },
    { "abstime", "%Y %j", '"2023 318"', 1699920000000000000 }, { "abstime", "%Y%m%d", "20231114", 1699920000000000000 },
    { "abstime", "%s.%f", '"1700000000.5"', 1700000000500000000 }, { "abstime", "[%F %R]", '"[2023-11-14 22:13]"', 1699999980000000000 },
    { "abstime", "%d.%m.%Y", '"29.2.2024"', 1709164800000000000 }, { "abstime", "100%% %y", '"100% 70"', 0 },
    { "reltime", "%H:%M:%S", '"01:00:00.5"', 3600500000000 },
  } do
    it(("%s of a field of type %s reads %s"):format(case[2], case[1], case[3]), function()
      if case[5] then -- a float of Lua's is no more exact than that
        local state = support.start(script(case[1], case[2]))
        assert.equal(case[4], (state:extract(support.event { data = ('{"t":%s}'):format(case[3]) }, "x.path")))
      else
        assert.equal(case[4], read(case[1], case[2], case[3]))
      end
    end)
  end

  it("reads the same in plugin API 0.3.0", function()
    assert.equal(12500000000, read("reltime", "s", '"12.5"', 0))
  end)

  for _, case in ipairs {
    { "abstime", "s", '"soon"' }, { "abstime", "s", "-1" }, { "reltime", "s", '"1970-01-01T00:00:01Z"' }, { "reltime", "s", "1e11" },
    { "reltime", "s", "true" }, { "reltime", "s", "[1]" }, { "abstime", "s", '"1."' }, { "abstime", "s", '"1 "' },
    { "abstime", "%Y-%m-%d", '"2023-02-29"' }, { "abstime", "%Y-%m-%d", '"2023-11-14 "' }, { "abstime", "%Y-%m-%d", '"2023-13-01"' },
    { "abstime", "%b", '"Nev"' }, { "abstime", "%Y %j", '"2023 366"' }, { "abstime", "%Y", '"1969"' }, { "abstime", "%Y", '""' },
  } do
    it(("%s of a field of type %s leaves %s out"):format(case[2], case[1], case[3]), function()
      local state = support.start(script(case[1], case[2]))
      assert.same({ n = 1 }, table.pack(state:extract(support.event { data = ('{"t":%s}'):format(case[3]) }, "x.path")))
    end)
  end

  it("reads the default, too", function()
    local state = support.start(script("reltime", "ms", ", default = 1.5"))
    assert.equal(1500000, (state:extract(support.event "{}", "x.path")))
  end)

  it("that a function's value does not fit is an error that says so", function()
    local state = support.start(script("abstime", "%Y"))
    local value, message = state:extract(support.event "next year", "x.text")
    assert.is_nil(value)
    given.holds(message, "field x.text: expected a time as its time = says, got string \"next year\"")
  end)

  it("is a unit or a format", function()
    for time, problem in pairs {
      minutes = 'expected "s", "ms", "us", "ns", or a format such as', ["%Q"] = 'a "%" in the format means nothing',
      ["%Y%"] = 'a "%" in the format means nothing',
    } do
      given.holds(given.problem(script("abstime", time)), "field x.path: time: " .. problem, ('got "%s"'):format(time))
    end
  end)

  it("belongs to times", function()
    given.holds(given.problem(script("uint64", "s")), "field x.path: time belongs to the types abstime and reltime")
  end)
end)
