-- lure.ip reads 100,000 random texts as Python's ipaddress does. spec/ip/addresses.py asks that.

local given = require "spec.given"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

--- A script that reads the file, and counts the lines of which it finds the same.
local script = given.extractor [[
  config = { path = { type = "string", required = true } },
  init = function(config)
    local counts, ip = { a = 0, n = 0, valid = 0 }, lure.ip
    for line in io.lines(config.path) do
      local kind, text, rest = line:match "^(%a)\t([^\t]*)(.*)$"
      local found, expected, why
      if kind == "a" then
        found, why = ip.parse(text)
        expected = found and ("\t%s\t%s\t%s\t%s"):format(found.address, found.zone or "", found.port or "", found.mapped)
      else
        found, why = ip.network(text)
        expected = found and ("\t%s\t%s"):format(found.network, found.last)
      end
      if (expected or "") ~= rest or not found and not why then error(("%q is %q, not %q"):format(text, expected, rest)) end
      counts[kind] = counts[kind] + 1
      if found then counts.valid = counts.valid + 1 end
    end
    result = ("%d %d %d"):format(counts.a, counts.n, counts.valid)
  end,
  fields = { { name = "x.result", type = "string", desc = "-", extract = function() return result end } }]]

describe("lure.ip", function()
  it("reads 100,000 random texts as Python's ipaddress does", function()
    local path = support.file("", "addresses")
    local command = "env -u LD_PRELOAD PATH=/usr/bin:$PATH PYTHONIOENCODING=utf-8 python3 %s/spec/ip/addresses.py 100000 7 >%s"
    local output, status = support.run(command:format(support.quote(source), support.quote(path)))
    assert.equal(0, status, output)
    local plugin = support.start("local result\n" .. script, { config = ('{"path": "%s", "lure": {"time": 100}}'):format(path) })
    local addresses, networks, valid = plugin:extract(support.event "1", "x.result"):match "(%d+) (%d+) (%d+)"
    assert.equal(100000, addresses + networks)
    assert.is_true(networks + 0 > 20000 and addresses + 0 > 20000)
    assert.is_true(valid + 0 > 30000 and valid + 0 < 95000, valid)
  end)
end)
