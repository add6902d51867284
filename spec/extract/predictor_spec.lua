-- Paths in many events of one source: the path predictor (src/json/pathpredictor.h) does not change values.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local FIELDS = {
  { name = "x.verb", path = "/verb" }, { name = "x.user", path = "/user/name" }, { name = "x.group", path = "/user/groups/0" },
  { name = "x.ip", path = "/ips/0" }, { name = "x.deep", path = "/a/b/0/0/c" }, { name = "x.code", path = "/status/code" },
  { name = "x.image", path = "/spec/containers/0/image" }, { name = "x.last", path = "/last" },
}

local function plugin(fields, api)
  local list = {}
  for i, field in ipairs(fields) do
    list[i] = ('{ name = "%s", type = "%s", desc = "-", path = "%s", list = %s }'):format(field.name, field.type or "string",
      field.path, field.list or false)
  end
  return support.start(given.extractor("fields = {" .. table.concat(list, ",") .. "}"), { api = api })
end

local number = 0

--- All values of an event, by the names behind "x.".
local function values(state, fields, payload)
  local found = {}
  number = number + 1
  local event = support.event { data = payload, num = number, ts = 1000 + number }
  for _, field in ipairs(fields) do
    found[field.name:sub(3)] = (state:extract(event, field.name))
  end
  return found
end

local USUAL = '{"kind":"Event","verb":"get","user":{"uid":1,"name":"eve","groups":["g","h"]},"ips":["10.0.0.1"],'
  .. '"a":{"b":[[{"c":"deep"}]]},"status":{"metadata":{},"code":200},"spec":{"containers":[{"name":"n","image":"i:1"}],"x":[]},'
  .. '"note":"same","last":"z"}'
local FOUND = { verb = "get", user = "eve", group = "g", ip = "10.0.0.1", deep = "deep", code = "200", image = "i:1", last = "z" }

--- FOUND with changes; false: it has no value.
local function but(changes)
  local expected = {}
  for name, value in pairs(FOUND) do expected[name] = value end
  for name, value in pairs(changes) do expected[name] = value or nil end
  return expected
end

--- USUAL with a part of it replaced, which stands in it once.
local function with(part, other)
  local from, to = USUAL:find(part, 1, true)
  return USUAL:sub(1, from - 1) .. other .. USUAL:sub(to + 1)
end

local CASES = {
  { "is as the others", USUAL, {} },
  { "has another value, as long", with('"get"', '"put"'), { verb = "put" } },
  { "has a longer value", with('"get"', '"get more"'), { verb = "get more" } },
  { "has a shorter value", with('"get"', '""'), { verb = "" } },
  { "has a value with an escape", with('"get"', [["g\u0065t"]]), {} },
  { "has a value with a quote and a backslash", with('"get"', [["a\"\\"]]), { verb = 'a"\\' } },
  { "has a control character in a value", with('"get"', '"g\1t"'), { verb = false } },
  { "has a long value", with('"get"', '"' .. ("v"):rep(300) .. '"'), { verb = ("v"):rep(300) } },
  { "has a number in place of a string", with('"get"', "12"), { verb = "12" } },
  { "has a string in place of a number", with("200", '"200"'), {} },
  { "has another number", with("200", "201"), { code = "201" } },
  { "has a number that goes on", with("200", "2000.5e1"), { code = "2000.5e1" } },
  { "has no number at all", with("200", "0200"), { code = false } },
  { "has true in place of a number", with("200", "true"), { code = "true" } },
  { "has null in place of a string", with('"get"', "null"), { verb = false } },
  { "has an object in place of a string", with('"get"', '{"a": 1}'), { verb = '{"a":1}' } },
  { "has a string in place of an object", with('{"uid":1,"name":"eve","groups":["g","h"]}', '"eve"'), { user = false, group = false } },
  { "has a list in place of an object", with('{"uid":1,"name":"eve","groups":["g","h"]}', '["eve"]'), { user = false, group = false } },
  { "has an empty list", with('["10.0.0.1"]', "[]"), { ip = false } },
  { "has an empty list, with a space", with('["10.0.0.1"]', "[ ]"), { ip = false } },
  { "has an empty list in a list", with('[[{"c":"deep"}]]', "[[]]"), { deep = false } },
  { "has more in a list", with('["10.0.0.1"]', '["10.0.0.1",{"ips":["1"]}]'), {} },
  { "has more behind an object in a list", with('[[{"c":"deep"}]]', '[[{"c":"deep","d":[{}]},1],{"c":0}]'), {} },
  { "has an object in a list", with('["10.0.0.1"]', '[{"a":"b"}]'), { ip = '{"a":"b"}' } },
  { "has an empty object", with('{"c":"deep"}', "{}"), { deep = false } },
  { "lacks a key", with('"kind":"Event",', ""), {} },
  { "lacks a key that is asked for", with('"verb":"get",', ""), { verb = false } },
  { "lacks an object", with('"ips":["10.0.0.1"],', ""), { ip = false } },
  { "has one more key", with('"ips":', '"more":{"ips":["1"]},"ips":'), {} },
  { "has one more key that is escaped", with('"ips":', [["m\"ore":"}{","ips":]]), {} },
  { "has an escaped key", with('"verb"', [["v\u0065rb"]]), {} },
  { "has its keys in another order", with('"kind":"Event","verb":"get",', '"verb":"get","kind":"Event",'), {} },
  { "has its last key first", '{"last":"z",' .. with(',"last":"z"', ""):sub(2), {} },
  { "has a key twice, and the first counts", with('"ips":', '"verb":"put","ips":'), {} },
  { "has an object twice, and the first counts", with('"ips":', '"user":{"name":"bob"},"ips":'), {} },
  { "has a key twice inside", with('"groups"', '"name":"bob","groups"'), {} },
  { "has white space", USUAL:gsub('([{,:])"', '%1 \n\t"'), {} },
  { "has white space around all", " \n" .. USUAL .. " ", {} },
  { "has a long key", with('"kind"', '"' .. ("k"):rep(200) .. '"'), {} },
  { "goes on behind all that is asked for", USUAL:sub(1, -2) .. ',"x":}]', {} },
  { "ends in the middle", USUAL:sub(1, (USUAL:find('"spec"', 1, true)) - 1), { image = false, last = false } },
  { "ends inside of a string", USUAL:sub(1, (USUAL:find("Event", 1, true)) + 2),
    { verb = false, user = false, group = false, ip = false, deep = false, code = false, image = false, last = false } },
  { "is broken inside of an object", with('"name":"eve"', '"name";"eve"'), { user = false, group = false } },
  { "is broken inside of a list", with('["10.0.0.1"]', "[,]"), { ip = false } },
  { "is a list", "[" .. USUAL .. "]",
    { verb = false, user = false, group = false, ip = false, deep = false, code = false, image = false, last = false } },
  { "is empty", "",
    { verb = false, user = false, group = false, ip = false, deep = false, code = false, image = false, last = false } },
}

for _, api in ipairs { 3, 0 } do
  describe(("an event after many others (plugin API %d) that"):format(api), function()
    for _, case in ipairs(CASES) do
      local name, payload, changes = table.unpack(case)
      it(name, function()
        local state = plugin(FIELDS, api)
        for _ = 1, 8 do
          assert.same(FOUND, values(state, FIELDS, USUAL))
        end
        for _ = 1, 8 do -- again, until it is the usual one
          assert.same(but(changes), values(state, FIELDS, payload))
        end
        assert.same(FOUND, values(state, FIELDS, USUAL))
      end)
    end

    it("alternates with all others", function()
      local state = plugin(FIELDS, api)
      for round = 1, 12 do
        for i = 1, #CASES do
          local _, payload, changes = table.unpack(CASES[(i * round) % #CASES + 1])
          assert.same(but(changes), values(state, FIELDS, payload))
        end
      end
    end)
  end)
end

describe("fields with a path", function()
  it("are found when some of them are extracted only later", function()
    local state = plugin(FIELDS)
    for count = 1, #FIELDS do
      local asked, expected = { table.unpack(FIELDS, 1, count) }, {}
      for _, field in ipairs(asked) do expected[field.name:sub(3)] = FOUND[field.name:sub(3)] end
      for _ = 1, 6 do
        assert.same(expected, values(state, asked, USUAL))
      end
    end
  end)

  it("are of their type", function()
    local fields = { { name = "x.n", type = "uint64", path = "/n" }, { name = "x.s", path = "/n" },
      { name = "x.t", type = "reltime", path = "/n" }, { name = "x.b", type = "bool", path = "/b" },
      { name = "x.ip", type = "ipaddr", path = "/ip" }, { name = "x.at", type = "abstime", path = "/at" } }
    local state = plugin(fields)
    for _, n in ipairs { "0", "7", "12345678", "123456789", "9007199254740993", "9223372036854775807" } do
      for _ = 1, 2 do
        assert.same({ n = math.tointeger(tonumber(n)), s = n, t = math.tointeger(tonumber(n)), b = true, ip = "10.0.0.7", at = 1500000000 },
          values(state, fields, '{"n":' .. n .. ',"b":true,"ip":"10.0.0.7","at":"1970-01-01T00:00:01.5Z"}'))
      end
    end
    for _, n in ipairs { "-1", "1.5", "1e-3", "18446744073709551616", '"7x"' } do
      assert.same({ s = n:gsub('"', ""), b = false }, values(state, fields, '{"n":' .. n .. ',"b":false,"ip":"x","at":true}'))
    end
  end)

  it("with a `*` are found beside others", function()
    local fields = { { name = "x.verb", path = "/verb" }, { name = "x.images", path = "/spec/containers/*/image", list = true },
      { name = "x.last", path = "/last" } }
    local state = plugin(fields)
    for round = 1, 8 do
      local images, list = {}, {}
      for i = 1, round % 3 do images[i], list[i] = "i:" .. i, ('{"name":"n","image":"i:%d"}'):format(i) end
      assert.same({ verb = "get", images = #images > 0 and images or nil, last = "z" },
        values(state, fields, ('{"verb":"get","spec":{"containers":[%s]},"last":"z"}'):format(table.concat(list, ","))))
    end
  end)

  it("are found however much stands between them", function() -- of which STEP_BYTES are kept (src/json/predictedstep.h)
    local fields = { { name = "x.a", path = "/a" }, { name = "x.z", path = "/z" } }
    for length = 95, 125 do
      local between, value = ("k"):rep(length), ("v"):rep(length)
      for payload, expected in pairs {
        [('{"%s":0,"a":"v","%s":0,"z":"w"}'):format(between, between)] = { a = "v", z = "w" },
        [('{"a":"%s","z":"w"}'):format(value)] = { a = value, z = "w" },
        [('{"a":"%s","z":"%s"}'):format(value, value)] = { a = value, z = value },
        [('{"a":"v","k":"%s","z":"w"}'):format(value)] = { a = "v", z = "w" },
      } do
        local state = plugin(fields)
        for _ = 1, 6 do
          assert.same(expected, values(state, fields, payload))
        end
      end
    end
  end)

  it("are not looked for behind a payload that ends anywhere", function() -- it ends at memory that cannot be read
    local fields = { { name = "x.a", path = "/a" }, { name = "x.z", path = "/z" } }
    for length = 20, 36 do
      local payload = ('{"%s":0,"a":"v","%s":[],"z":"w"}'):format(("k"):rep(length), ("l"):rep(length))
      local state = plugin(fields)
      for _ = 1, 6 do assert.same({ a = "v", z = "w" }, values(state, fields, payload)) end
      for size = 1, #payload - 1 do
        local found = values(state, fields, payload:sub(1, size))
        assert.is_true(found.a == nil or found.a == "v")
      end
    end
  end)

  it("are found in events of which each has other keys", function()
    local state = plugin(FIELDS)
    for round = 1, 2000 do
      local keys = {}
      for i = 1, 20 do keys[i] = ('"k%d":"%s"'):format((round * 7919 + i * 104729) % 100003, ("v"):rep(round % 7)) end
      local payload = "{" .. table.concat(keys, ",") .. ',"verb":"get","user":{' .. table.concat(keys, ",") .. ',"name":"eve"}}'
      assert.same({ verb = "get", user = "eve" }, values(state, FIELDS, payload))
    end
  end)
end)
