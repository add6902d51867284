-- The shipped files for aarch64 in a real host: Debian forky's sysdig for arm64, under qemu-user.

local folder = require "spec.hosts.testdirectory"
local release = require "spec.release.release"

describe("in sysdig for arm64", function()
  local place

  before_each(function() place = folder.make() end)
  after_each(function() place:remove() end)

  local function expect_events(library, config)
    local root = release.arm64_root
    local result = place:run(("%s%s %s/usr/bin/sysdig -H '%s:%s' -I '%s' -p '%%evt.num %%dummy.value' 'dummy.value > 2'")
      :format(release.qemu, root, root, library, config, [[dummy:{"start": 1, "maxEvents": 3}]]))
    assert.same({ "2 3", "3 4" }, result.lines, result.err)
    assert.equal(0, result.status)
  end

  it("a script beside liblure.so runs", function()
    place:copy(release.file("aarch64", "lib/lure/liblure.so"), "libdummy.so")
    place:copy("examples/dummy.lua", "dummy.lua")
    expect_events("./libdummy.so", [[{"jitter": 0}]])
  end)

  it("a script named in init_config runs", function()
    place:copy(release.file("aarch64", "lib/lure/liblure.so"), "liblure.so")
    place:copy("examples/dummy.lua", "dummy.lua")
    expect_events("./liblure.so", [[{"jitter": 0, "script": "dummy.lua"}]])
  end)

  it("a plugin runs that lure for aarch64 has packed", function()
    place:copy(release.plugins("aarch64")[2].path, "libdummy.so")
    expect_events("./libdummy.so", [[{"jitter": 0}]])
  end)
end)
