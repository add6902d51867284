local sysdig = require "spec.hosts.sysdig"

-- dummy and dummy_c have the same event source and the same fields, under different ids. Hosts match
-- the events of a capture to plugins by id.
local fields = "*%evt.num %dummy.value %dummy.strvalue %dummy.divisible[3] %evt.plugininfo"
local source = [[{"start": 1, "maxEvents": 3}]]

-- What `fields` prints for the three samples of each plugin.
local samples = {
  dummy = { [[1 2 2 0 {"sample": "2"}]], [[2 3 3 1 {"sample": "3"}]], [[3 4 4 0 {"sample": "4"}]] },
  dummy_c = { [[1 2 2 0 {"sample": 2}]], [[2 3 3 1 {"sample": 3}]], [[3 4 4 0 {"sample": 4}]] },
}

sysdig.each("a capture", function(host)
  local plugins

  before_each(function()
    plugins = {
      dummy = host:with("dummy") .. [[:{"jitter": 0}]],
      dummy_c = host:with("dummy_c") .. [[:{"jitter": 0}]],
    }
  end)

  local function write(name)
    local result = host:run {
      plugins = { plugins[name] }, source = ("./lib%s.so:%s"):format(name, source), write = "events.scap",
    }
    assert.equal(0, result.status, result.err)
  end

  for name, other in pairs { dummy = "dummy_c", dummy_c = "dummy" } do
    it(("written with %s has the same field values when it is read again with it"):format(name), function()
      write(name)
      local result = host:run { plugins = { plugins[name] }, read = "events.scap", format = fields }
      assert.same(samples[name], result.lines)
      assert.equal(0, result.status)
    end)

    it(("written with %s is filtered by its fields"):format(name), function()
      write(name)
      local result = host:run {
        plugins = { plugins[name] }, read = "events.scap", format = "%dummy.value", filter = "dummy.divisible[3] = 1",
      }
      assert.same({ "3" }, result.lines)
    end)

    it(("written with %s has no field with a value for %s alone"):format(name, other), function()
      write(name)
      local result = host:run {
        plugins = { plugins[other] }, read = "events.scap",
        format = "*%evt.num %dummy.value %dummy.strvalue %dummy.divisible[3]",
      }
      assert.same({ "1 <NA> <NA> <NA>", "2 <NA> <NA> <NA>", "3 <NA> <NA> <NA>" }, result.lines)
      result = host:run {
        plugins = { plugins[other] }, read = "events.scap", format = "%evt.num", filter = "dummy.value exists",
      }
      assert.same({}, result.lines)
    end)
  end
end)
