-- Payloads whose strings and containers end at each place of the blocks of 64 bytes that are scanned at once. Each
-- payload ends at memory that cannot be read.
local given = require "spec.given"
local support = require "spec.support"

local number = 0

for _, optimize in ipairs { "true", '["direct_evaluation"]' } do -- with SIMD, and without
  describe(("with optimize = %s, a payload"):format(optimize), function()
    local state
    setup(function()
      state = support.start(given.extractor [[fields = {
        { name = "x.a", type = "string", desc = "-", path = "/a" }, { name = "x.z", type = "string", desc = "-", path = "/z" } }]],
        { config = ('{"lure": {"optimize": %s}}'):format(optimize) })
    end)

    local function values(payload)
      number = number + 1
      local event = support.event { data = payload, num = number, ts = number }
      return { a = (state:extract(event, "x.a")), z = (state:extract(event, "x.z")) }
    end

    it("may end in the middle of a string, behind a backslash too", function()
      for length = 0, 140 do
        local text = ("v"):rep(length)
        for _, ending in ipairs { "", "\\", "\\\\", "\\\\\\", "\\u00", '\\"' } do
          assert.same({}, values('{"k":"' .. text .. ending))
          assert.same({}, values('{"k":["' .. text .. ending))
          assert.same({}, values('{"a":"' .. text .. ending))
        end
      end
    end)

    it("may have escapes at each place", function()
      for length = 0, 140 do
        local text = ("v"):rep(length)
        for written, read in pairs { ["\\\\"] = "\\", ['\\"'] = '"', ["\\\\\\\""] = '\\"', ["\\\\\\\\"] = "\\\\" } do
          assert.same({ a = text .. read, z = "w" }, values(('{"a":"%s%s","z":"w"}'):format(text, written)))
          assert.same({ z = "w" }, values(('{"k":"%s%s","z":"w"}'):format(text, written)))
          assert.same({ z = "w" }, values(('{"k":["%s%s","}]"],"z":"w"}'):format(text, written)))
        end
      end
    end)

    it("may have containers that end at each place", function()
      for length = 0, 140 do
        local text = ("v"):rep(length)
        for depth = 1, 4 do
          local list = ("["):rep(depth) .. '"' .. text .. '"' .. ("]"):rep(depth)
          assert.same({ a = list, z = "w" }, values(('{"a":%s,"z":"w"}'):format(list)))
          assert.same({ z = "w" }, values(('{"k":%s,"z":"w"}'):format(list)))
          assert.same({ z = "w" }, values(('{"k":%s%s,"z":"w"}'):format((" "):rep(length), list)))
        end
      end
    end)
  end)
end
