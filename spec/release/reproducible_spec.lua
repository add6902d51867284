-- The same sources give the same packages, byte for byte, whoever builds them and wherever.

local release = require "spec.release.release"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local sysroots = os.getenv("LURE_SYSROOTS") or "/var/cache/lure/sysroots"

describe("a second release", function()
  it("from another folder, with sysroots elsewhere, is the same", function()
    assert(os.getenv("SOURCE_DATE_EPOCH"), "script/release --test sets SOURCE_DATE_EPOCH")
    local top = support.folder() .. "/another/folder"
    release.run("mkdir -p %s/build && cd %s && tar -c --exclude=./build --exclude=./.git . | tar -C %s -x && cp -r build/deps %s/build",
      top, source, top, top)
    release.run("ln -s %s %s/sysroots && cd %s && umask 077 && LURE_SYSROOTS=%s/sysroots script/release", sysroots, top, top, top)
    local function sums(folder) return release.run("cd %s && sha256sum lure[-_]*", folder) end
    assert.equal(sums(release.folder), sums(top .. "/build/release"))
  end)
end)
