-- Each hour of two years in ten zones: lure.time reads and prints what glibc does. spec/time/glibctimes.c asks that.

local given = require "spec.given"
local support = require "spec.support"

local FORMATS = { "%Y-%m-%dT%H:%M:%S%z", "%d/%b/%Y:%H:%M:%S %z", "%a, %d %b %Y %T %z", "%A %e %B %Y %I:%M:%S %p %j %z" }
local NOTATIONS = 3 -- those of the formats that need none

--- A script that reads the file, and counts what is right.
local script = given.extractor([[
  config = { path = { type = "string", required = true } },
  init = function(config)
    local parse, format = lure.time.parse, lure.time.format
    local formats = { "]] .. table.concat(FORMATS, '", "') .. [[" }
    local count = 0
    for line in io.lines(config.path) do
      local at, zone, text = line:match "^(%-?%d+)\t(%S+)\t(.*)$"
      local ns, layout = at * 1000000000, formats[count % #formats + 1]
      count = count + 1
      if parse(text, layout) ~= ns or format(ns, layout, zone) ~= text or
         (count - 1) % #formats < ]] .. NOTATIONS .. [[ and parse(text) ~= ns then
        error(("%s by %s: %s, %s"):format(line, layout, parse(text, layout), format(ns, layout, zone)))
      end
    end
    count_of = tostring(count)
  end,
  fields = { { name = "x.count", type = "string", desc = "-", extract = function() return count_of end } }]])

describe("lure.time", function()
  for year, hours in pairs { [2024] = 8784, [1969] = 8760 } do
    it(("agrees with glibc in each hour of %d in ten zones"):format(year), function()
      local path, words = support.file("", "times"), {}
      for i, format in ipairs(FORMATS) do words[i] = support.quote(format) end
      local output, status = support.run(("%s/spec/glibctimes %d %s >%s"):format(support.build, year, table.concat(words, " "),
        support.quote(path)))
      assert.equal(0, status, output)
      local plugin = support.start("local count_of\n" .. script,
        { config = ('{"path": "%s", "lure": {"time": 100}}'):format(path) })
      assert.equal(tostring(hours * 10 * #FORMATS), plugin:extract(support.event "1", "x.count"))
    end)
  end
end)

describe("calendar_time", function()
  it("agrees with gmtime_r around each midnight of 9999 years", function()
    local output, status = support.run(support.build .. "/spec/calendartimes")
    assert.same({ 0, "" }, { status, output })
  end)
end)
