local sysdig = require "spec.hosts.sysdig"

sysdig.each("an extractor beside another plugin", function(host)
  local dummy

  before_each(function()
    dummy = host:with("dummy") .. [[:{"jitter": 0}]]
  end)

  it("gives fields to the other plugin's events", function()
    local parity = host:with("parity", [[
      return {
        name = "parity", version = "0.1.0", description = "-", contact = "-",
        extract_event_sources = { "dummy" },
        fields = { { name = "parity.word", type = "string", desc = "odd or even",
          extract = function(data) return tonumber(data) % 2 == 0 and "even" or "odd" end } },
      }
    ]])
    local result = host:run {
      plugins = { dummy, parity }, source = [[./libdummy.so:{"start": 1, "maxEvents": 4}]],
      format = "%dummy.value %parity.word", filter = "parity.word = even",
    }
    assert.same({ "2 even", "4 even" }, result.lines)
    assert.equal("", result.err)
  end)

  it("has no value in the events of a source that it does not name", function()
    local other = host:with("other", [[
      return {
        name = "other", version = "0.1.0", description = "-", contact = "-",
        extract_event_sources = { "heartbeat" },
        fields = { { name = "other.word", type = "string", desc = "-", extract = function() return "seen" end } },
      }
    ]])
    local result = host:run {
      plugins = { dummy, other }, source = [[./libdummy.so:{"start": 1, "maxEvents": 1}]],
      format = "*%dummy.value %other.word",
    }
    assert.same({ "2 <NA>" }, result.lines)
  end)
end)
