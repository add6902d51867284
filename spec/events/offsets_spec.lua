local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local function start(field, options)
  local library = assert(support.load_script(given.extractor("fields = { " .. field .. " }"), options))
  return assert(library:init())
end

--- Value, and the bytes of the payload that its offsets name.
local function shown(field, payload, argument, options)
  local state = start('{ name = "x.y", desc = "-", ' .. field .. " }", options)
  local value, offsets = state:extract(host.event { data = payload }, "x.y" .. (argument or ""), { offsets = true })
  local texts = {}
  for i, pair in ipairs(offsets or {}) do
    texts[i] = pair[2] > 0 and payload:sub(pair[1] - 37, pair[1] - 38 + pair[2]) or pair[1] == 0 and "none" or "?"
  end
  return value, table.concat(texts, "|")
end

local PAYLOAD = '{"a": "text \\n", "n": 12, "o": { "b":  true }, "l": ["x", "yy", 3, {"z": "deep"}]}'

describe("offsets", function()
  it("of a path are where its value stands; of a text, its inside", function()
    assert.same({ "text \n", "text \\n" }, { shown('type = "string", path = "/a"', PAYLOAD) })
    assert.same({ 12, "12" }, { shown('type = "uint64", path = "/n"', PAYLOAD) })
    assert.same({ true, "true" }, { shown('type = "bool", path = "/o/b"', PAYLOAD) })
    assert.same({ '{"b":true}', '{ "b":  true }' }, { shown('type = "string", path = "/o"', PAYLOAD) })
  end)

  it("are there for a value that was asked for before without them, and after", function()
    local state = start '{ name = "x.y", desc = "-", type = "uint64", path = "/n" }'
    local event = host.event { data = PAYLOAD, num = 1 }
    for _ = 1, 2 do
      assert.equal(12, state:extract(event, "x.y"))
      local value, offsets = state:extract(event, "x.y", { offsets = true })
      assert.same({ 12, 1, 2 }, { value, #offsets, offsets[1][2] })
    end
  end)

  it("are not looked for where the structs of an older host end", function()
    for minor = 0, 11 do
      local state = start('{ name = "x.y", desc = "-", type = "uint64", path = "/n" }, ' ..
        '{ name = "x.z", desc = "-", type = "uint64", extract = function() return 1 end }', { minor = minor })
      for number = 1, 3 do
        local event = host.event { data = PAYLOAD, num = number }
        for _ = 1, 2 do
          assert.same({ 12, 1 }, { (state:extract(event, "x.y")), (state:extract(event, "x.z")) })
        end
      end
    end
  end)

  it("of a list are one for each value", function()
    assert.same({ { "x", "yy", "3", '{"z":"deep"}' }, 'x|yy|3|{"z": "deep"}' },
      { shown('type = "string", list = true, path = "/l/*"', PAYLOAD) })
    assert.same({ "yy", "yy" }, { shown('type = "string", arg = { index = true }, path = "/l/*"', PAYLOAD, "[1]") })
  end)

  it("of a list whose path ends at an array are one for each element", function()
    assert.same({ { "x", "yy", "3", '{"z":"deep"}' }, 'x|yy|3|{"z": "deep"}' },
      { shown('type = "string", list = true, path = "/l"', PAYLOAD) })
  end)

  it("count the byte order mark that a payload begins with", function()
    assert.same({ "text \n", "text \\n" }, { shown('type = "string", path = "/a"', "\xef\xbb\xbf" .. PAYLOAD) })
  end)

  it("of a default are nowhere", function()
    assert.same({ "d", "none" }, { shown('type = "string", path = "/none", default = "d"', PAYLOAD) })
    assert.same({ { "d", "d", "d", "deep" }, "none|none|none|deep" },
      { shown('type = "string", list = true, path = "/l/*/z", default = "d"', PAYLOAD) })
  end)

  it("of a function are what it returns behind the value", function()
    assert.same({ "tex", "tex" }, { shown('type = "string", extract = function() return "tex", 7, 3 end', PAYLOAD) })
    assert.same({ { 1, 2 }, "{|text" },
      { shown('type = "uint64", list = true, extract = function() return { 1, 2 }, { 0, 7 }, { 1, 4 } end', PAYLOAD) })
  end)

  it("are nowhere where a function does not say", function()
    assert.same({ "x", "none" }, { shown('type = "string", extract = function() return "x" end', PAYLOAD) })
    assert.same({ "b", "none" }, { shown('type = "string", extract = function() return ("a"):gsub("a", "b") end', PAYLOAD) })
  end)

  it("may be all of the payload, and its end", function()
    for _, place in ipairs { { 0, 82 }, { 81, 1 }, { 82, 0 } } do
      local state = start(('{ name = "x.y", desc = "-", type = "string", extract = function() return "x", %d, %d end }'):format(
        place[1], place[2]))
      local _, offsets = state:extract(host.event { data = PAYLOAD }, "x.y", { offsets = true })
      assert.same({ 38 + place[1], place[2] }, offsets[1])
    end
  end)

  it("outside the payload are an error", function()
    for returned, expected in pairs {
      ['"x", 0, 1000'] = "expected the value's offset (from 0) and length inside the payload of 82 bytes",
      ['"x", -1, 1'] = "got integer -1 and integer 1",
      ['"x", 84, 0'] = "inside the payload",
      ['"x", 83, 0'] = "inside the payload",
      ['"x", 0, 83'] = "inside the payload",
      ['"x", 81, 2'] = "inside the payload",
      ['"x", "a", 1'] = 'got string "a" and integer 1',
      ['"x", math.maxinteger, math.maxinteger'] = "inside the payload",
    } do
      local _, message = start(('{ name = "x.y", desc = "-", type = "string", extract = function() return %s end }'):format(
        returned)):extract(host.event { data = PAYLOAD }, "x.y")
      given.holds(message, "field x.y: ", expected)
    end
    local _, message = start([[{ name = "x.y", desc = "-", type = "string", list = true,
      extract = function() return { "a", "b" }, { 1 }, { 1 } end }]]):extract(host.event { data = PAYLOAD }, "x.y")
    given.holds(message, "expected a list of 2 offsets and one of as many lengths behind the list")
  end)

  it("are found also when the value was asked for without them before", function()
    local state = start '{ name = "x.y", desc = "-", type = "string", path = "/a" }'
    local event = host.event { data = PAYLOAD, num = 5 }
    assert.equal("text \n", state:extract(event, "x.y"))
    local _, offsets = state:extract(event, "x.y", { offsets = true })
    assert.same({ { 38 + 7, 7 } }, offsets)
    _, offsets = state:extract(event, "x.y", { offsets = true })
    assert.same({ { 38 + 7, 7 } }, offsets)
  end)

  it("are told to hosts of 3.12 unasked, and of 3.11 where the script insists", function()
    assert.same({ 12, "12" }, { shown('type = "uint64", path = "/n"', PAYLOAD, nil, { minor = 12 }) })
    local library = assert(support.load_script(given.extractor(
      'required_api_version = "3.11.0", fields = { { name = "x.y", desc = "-", type = "uint64", path = "/n" } }'),
      { minor = 11 }))
    local _, offsets = assert(library:init()):extract(host.event { data = PAYLOAD }, "x.y", { offsets = true })
    assert.equal(2, offsets[1][2])
  end)
end)
