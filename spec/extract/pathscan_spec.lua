-- One scan of an event finds all its paths (src/plugin/pathscan.h), arguments of lure.ARG among them.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local ALL = [[{ name = "x.all", type = "string", desc = "-", path = lure.ARG, list = true, arg = { key = true }, default = "none" },]]
local ANY = [[{ name = "x.any", type = "string", desc = "-", path = lure.ARG, arg = { key = true } },
  { name = "x.number", type = "uint64", desc = "-", path = lure.ARG, arg = { key = true } },
  { name = "x.a", type = "string", desc = "-", path = "/a" }]]

--- New arguments are looked for one by one, for so long by the clock: machines may be slow.
local PATIENT = '{"lure": {"time": 300}}'

local number = 0

local function event(data)
  number = number + 1
  return support.event { data = data, num = number, ts = 1000 + number }
end

for _, api in ipairs { 3, 0 } do
  local function start()
    return support.start(given.extractor("fields = {" .. (api == 3 and ALL or "") .. ANY .. "}"), { api = api, config = PATIENT })
  end

  describe(("arguments that are paths (plugin API %d)"):format(api), function()
    it("have the values of each event, whatever was extracted from the last one", function()
      local state = start()
      local pointers = { "/a", "/b/c", "/b/d", "/l/0", "/l/*", "/x~1y", "/none", "a", "/~", "", "/l", "/b/c/0" }
      for i = 1, 300 do
        local shown = event(('{"a":%d,"b":{"c":"c%d","d":[]},"l":["p%d",{"c":7}],"x/y":"z%d"}'):format(i, i, i, i))
        local expected = { tostring(i), "c" .. i, "[]", "p" .. i, nil, "z" .. i }
        for k = 0, #pointers - 1 do
          local at = (k * 5 + i) % #pointers + 1
          if (i + at) % 7 ~= 0 then -- not all of each event
            local value = state:extract(shown, ("x.any[%s]"):format(pointers[at]))
            if at ~= 5 and at < 10 then assert.equal(expected[at], value, pointers[at]) end
          end
        end
        assert.equal(i, (state:extract(shown, "x.number[/a]")))
        assert.equal(tostring(i), (state:extract(shown, "x.a")))
        if api == 3 then
          assert.same({ "p" .. i, '{"c":7}' }, (state:extract(shown, "x.all[/l]")))
          assert.same({ "none", "7" }, (state:extract(shown, "x.all[/l/*/c]")))
        end
      end
    end)

    it("are found however many they are", function()
      local state, members = start(), {}
      for i = 1, 6000 do members[i] = ('"k%d":%d'):format(i, i) end
      local data = "{" .. table.concat(members, ",") .. "}"
      for _ = 1, 3 do
        local shown = event(data)
        for i = 1, 6000, 7 do assert.equal(tostring(i), (state:extract(shown, ("x.any[/k%d]"):format(i)))) end
      end
      local shown = event(data)
      for i = 6000, 1, -1 do assert.equal(i, (state:extract(shown, ("x.number[/k%d]"):format(i)))) end
    end)

    it("are those of the changed script", function()
      local function source(fields)
        return ([[local lure = require "lure"
          return { name = "given", id = 999, version = "0.1.0", event_source = "given", description = "-", contact = "-",
            next = function() return '{"a":"first","b":"second"}' end,
            fields = { { name = "x.any", type = "string", desc = "-", arg = { key = true }, %s } } }]]):format(fields)
      end
      local path, state = changing.start(source "path = lure.ARG", { api = api })
      local instance = assert(state:open())
      local function values()
        local _, events = instance:next_batch()
        return { (state:extract(events[1], "x.any[/a]")), (state:extract(events[1], "x.any[/b]")) }
      end
      for _ = 1, 3 do assert.same({ "first", "second" }, values()) end
      changing.write(path, source "path = lure.ARG, default = 'x'")
      for _ = 1, 3 do assert.same({ "first", "second" }, values()) end
      changing.write(path, source "extract = function(_, arg) return arg end")
      for _ = 1, 3 do assert.same({ "/a", "/b" }, values()) end
      changing.write(path, source "path = lure.ARG")
      for _ = 1, 3 do assert.same({ "first", "second" }, values()) end
      state:destroy()
    end)
  end)
end

describe("the first event of a script with many paths", function()
  local MOST = 1000

  it("is not scanned once for each of them", function()
    local fields, members, rest = {}, {}, ("[1],"):rep(1000)
    for i = 1, MOST do
      fields[i] = ('{ name = "x.f%d", type = "string", desc = "-", path = "/k%d" }'):format(i, i)
      members[i] = ('"k%d":"v%d","n%d":[%s0]'):format(i, i, i, rest)
    end
    local data = "{" .. table.concat(members, ",") .. "}"
    local state = support.start(given.extractor("fields = {" .. table.concat(fields, ",") .. "}"))
    local took = {}
    for i = 1, 3 do
      local shown, from = event(data), os.clock()
      for k = MOST, 1, -1 do assert.equal("v" .. k, (state:extract(shown, "x.f" .. k))) end
      took[i] = os.clock() - from
    end
    assert.is_true(took[1] < 20 * math.min(took[2], took[3]), ("%.4f s, then %.4f s"):format(took[1], took[2]))
  end)
end)

describe("new arguments of paths in one event", function()
  it("are searched for as long as a call may take, and all are found in the next event", function()
    local state = support.start([[local lure = require "lure"
      return { name = "x", version = "1.0.0", extract_event_sources = { "x" }, fields = {
        { name = "x.a", type = "string", desc = "-", arg = { key = true, required = true }, path = lure.ARG } } }]],
      { config = '{"lure": {"time": 0.02, "stderr": false}}' })
    local data = '{"m":"' .. ("x"):rep(4 << 20) .. '","last":"y"}'
    local first, second = support.event { data = data, num = 1 }, support.event { data = data, num = 2 }
    local failed
    for n = 1, 1000 do
      local _, message = state:extract(first, ("x.a[/none%d]"):format(n))
      failed = failed or message
    end
    assert.matches("init_config.lure.time", failed, 1, true)
    local _, message = state:extract(first, "x.a[/last]")
    assert.matches("init_config.lure.time", message, 1, true)
    assert.equal("y", (state:extract(second, "x.a[/last]")))
    for n = 1, 1000 do
      assert.is_nil(select(2, state:extract(second, ("x.a[/none%d]"):format(n))))
    end
    state:destroy()
  end)
end)
