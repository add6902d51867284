local host = require "lure.host"
local support = require "spec.support"
local given = require "spec.given"

local function by_name(list)
  local all = {}
  for _, metric in ipairs(list) do all[metric.name] = metric end
  return all
end

local SOURCE = 'id = 999, event_source = "x", open = function() return { n = 0 } end, '
  .. 'next = function(i) i.n = i.n + 1 if i.n == 2 then error "second" end if i.n > 3 then return nil end return i.n end, '

local function script(rest)
  return ('local lure = require "lure"\nreturn { name = "x", version = "0.1.0",\n%s\n%s }'):format(SOURCE, rest)
end

describe("metrics", function()
  it("are the script's and lure's own", function()
    local restore = host.redirect_stderr(support.folder() .. "/metrics.log")
    local state = support.start(script [[metrics = function() return {
      { name = "one", value = 1, monotonic = true }, { name = "less", value = -2 }, { name = "half", value = 0.5 } } end]])
    given.patiently(assert(state:open()))
    restore()
    local all = by_name(state:metrics())
    assert.same({ name = "one", value = 1, type = "monotonic", value_type = "u64" }, all.one)
    assert.same({ name = "less", value = -2, type = "non_monotonic", value_type = "s64" }, all.less)
    assert.same({ name = "half", value = 0.5, type = "non_monotonic", value_type = "double" }, all.half)
    assert.same({ name = "lure.next.calls", value = 4, type = "monotonic", value_type = "u64" }, all["lure.next.calls"])
    assert.equal(1, all["lure.next.errors"].value)
    assert.is_true(all["lure.next.seconds"].value >= 0)
    assert.equal(1, all["lure.open.calls"].value)
    assert.is_true(all["lure.memory.bytes"].value > 10000)
    assert.is_nil(all["lure.decode.calls"])
  end)

  it("true means only lure's own; false none", function()
    local all = by_name(support.start(script "metrics = true"):metrics())
    assert.is_truthy(all["lure.next.calls"])
    assert.is_nil(all.one)
    local state = support.start(script "metrics = false")
    given.holds(select(2, state:metrics()), "plugin x has no plugin_get_metrics")
  end)

  it("are not asked for on two threads at once", function()
    local state = support.start([[return { name = "x", version = "0.1.0", id = 999, event_source = "x",
      open = function() return { n = 0 } end,
      next = function(i) i.n = i.n + 1 if i.n > 5000 then return nil end return i.n end,
      metrics = function() local t = {} for i = 1, 50 do t[i] = { name = "m" .. i, value = i } end return t end }]])
    local job = state:ask_metrics()
    local list, rc = given.patiently(assert(state:open()))
    assert.is_true(job:join() > 0)
    assert.same({ 5000, "eof" }, { #list, rc })
  end)

  it("are the last ones while the script is at work", function()
    local state = support.start([[return { name = "x", version = "0.1.0", id = 999, event_source = "x",
      next = function() local t = os.time() while os.time() < t + 2 do end return nil end,
      metrics = function() return { { name = "one", value = 1 } } end }]])
    assert.equal(1, by_name(state:metrics()).one.value)
    local instance = assert(state:open())
    local job = state:ask_metrics()
    instance:next_batch()
    assert.is_true(job:join() >= 3) -- about ten in a second, none of which waits for `next`; a busy machine has fewer
  end)

  it("are new ones while next_batch waits for a source that has nothing", function()
    local state = support.start([[local lure = require "lure"
      local waits, count = false, 0
      return { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { milliseconds = 100 },
        next = function() waits = true return lure.TIMEOUT end,
        metrics = function() count = count + (waits and 1 or 0) return { { name = "count", value = count } } end }]])
    local instance = assert(state:open())
    local job = state:ask_metrics()
    for _ = 1, 10 do assert.equal("timeout", (instance:next_batch())) end
    local count = by_name(state:metrics()).count.value
    assert.is_true(job:join() > 0)
    assert.is_true(count > 100, count) -- thousands in a second; one between two batches if that held the lock
  end)

  it("that are wrong are logged, and lure's own come all the same", function()
    for value, expected in pairs {
      ["1"] = "metrics: expected a list of { name = …, value = …, monotonic = … }, got integer 1",
      ["{ 1 }"] = "metrics: expected metric 1 to be { name = …, value = …, monotonic = … }, got integer 1",
      ["{ {} }"] = "metrics: expected the name of metric 1 to be letters, digits, _ and points, got nil",
      ['{ { name = "a b" } }'] = 'expected the name of metric 1 to be letters, digits, _ and points, got string "a b"',
      ['{ { name = "a" } }'] = 'metrics: expected the value of the metric "a" to be a number, got nil',
      ['{ { name = "a", value = 1, monotonic = 1 } }'] = 'expected monotonic of the metric "a" to be true or false',
      ['{ { name = "a", value = 1 }, { name = "a", value = 2 } }'] = 'two metrics have the name "a"',
      ['{ { name = "a.b", value = 1 }, { name = "a_b", value = 2 } }'] = 'two metrics have the name "a_b" (Falco shows a point as _)',
      ['{ { name = "lure.x", value = 1 } }'] = 'the metric "lure.x": names that begin with lure. or lure_ are lure\'s own',
      ['{ { name = "lure_x", value = 1 } }'] = 'the metric "lure_x": names that begin with lure. or lure_ are lure\'s own',
      ['{ { name = ".x", value = 1 } }'] = 'expected the name of metric 1 to be letters, digits, _ and points, got string ".x"',
      ['{ a = 1 }'] = "expected a list of { name = …, value = …, monotonic = … }, got table with other keys",
      ["nil, 'not now'"] = "metrics: not now",
    } do
      local restore = host.redirect_stderr(support.folder() .. "/wrong.log")
      local state = support.start(script(("metrics = function() return %s end"):format(value)))
      local all = by_name(state:metrics())
      restore()
      assert.is_truthy(all["lure.metrics.calls"])
      given.holds(state:log()[1].message, expected)
    end
  end)

  it("have names of at most 200 bytes", function()
    local restore = host.redirect_stderr(support.folder() .. "/names.log")
    for length, there in pairs { [200] = true, [201] = false } do
      local name = ("n"):rep(length)
      local state = support.start(script(('metrics = function() return { { name = "%s", value = 1 } } end'):format(name)))
      assert.equal(there, by_name(state:metrics())[name] ~= nil, length)
    end
    restore()
  end)

  it("are not there for hosts before 3.6, which never ask", function()
    for minor = 0, support.newest_minor do
      local list, message = support.start(script "metrics = true", { minor = minor }):metrics()
      assert.equal(minor >= 6, list ~= nil, message)
    end
  end)
end)

describe("set_config", function()
  local text = script [[config = { size = { type = "integer", minimum = 1, default = 5 } },
    set_config = function(config) size = config.size if size == 13 then return nil, "unlucky" end end,
    metrics = function() return { { name = "size", value = size or 0 } } end]]
  text = "local size\n" .. text

  it("gets the configuration as init does", function()
    local state = support.start(text)
    assert.is_true(state:set_config '{"size": 7}')
    assert.equal(7, by_name(state:metrics()).size.value)
    assert.is_true(state:set_config "")
    assert.equal(5, by_name(state:metrics()).size.value)
  end)

  it("is refused as for init, and leaves all as it was", function()
    local state = support.start(text)
    state:set_config '{"size": 7}'
    for config, expected in pairs {
      ['{"size": 0}'] = "size", ['{"sizes": 1}'] = 'did you mean "size"?', ["{"] = "valid json",
      ['{"size": 13}'] = "script.lua:6: set_config: unlucky",
    } do
      local done, message = state:set_config(config)
      assert.is_nil(done)
      given.holds(message, expected)
    end
    assert.equal(13, by_name(state:metrics()).size.value)
  end)
end)
