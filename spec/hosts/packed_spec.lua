local support = require "spec.support"
local program = require "spec.cli.program"
local sysdig = require "spec.hosts.sysdig"

sysdig.each("a packed plugin", function(host)
  local api = host.api == "3" and "3" or "0.3"

  --- Packs a script into the test's folder, with this host's library.
  local function pack(script, name)
    local folder = host.folder.path
    local output, status = support.run(("LURE_LIBRARY=%s/liblure.so %s pack %s --api %s -o %s/%s"):format(
      support.quote(folder), support.quote(program.path), support.quote(script), api, support.quote(folder), name))
    assert.equal(0, status, output)
    return "./" .. name
  end

  it("needs nothing but its library", function()
    local packed = pack(program.dummy, "libown.so") .. ':{"jitter": 0}'
    local result = host:run {
      plugins = { packed }, source = [[./libown.so:{"start": 1, "maxEvents": 3}]],
      format = "%evt.num %dummy.value", filter = "dummy.value > 2",
    }
    assert.same({ "2 3", "3 4" }, result.lines, result.err)
    assert.equal("", result.err)
  end)

  it("lives beside another packed one and a plain library with a script", function()
    local dummy = pack(program.dummy, "libown.so")
    local second = pack(support.file([[return { name = "second", version = "0.1.0", description = "-", contact = "-",
      extract_event_sources = { "dummy" }, fields = { { name = "second.twice", type = "uint64", desc = "-",
        extract = function(data) return 2 * data end } } }]]), "libsecond.so")
    local third = host:with("third", [[return { name = "third", version = "0.1.0", description = "-", contact = "-",
      extract_event_sources = { "dummy" }, fields = { { name = "third.times", type = "uint64", desc = "-",
        extract = function(data) return 3 * data end } } }]])
    local result = host:run {
      plugins = { dummy .. ':{"jitter": 0}', second, third }, source = [[./libown.so:{"start": 1, "maxEvents": 2}]],
      format = "%dummy.value %second.twice %third.times",
    }
    assert.same({ "2 4 6", "3 6 9" }, result.lines, result.err)
  end)
end)
