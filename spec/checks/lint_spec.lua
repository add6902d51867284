local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

describe("the code", function()
  it("reads as script/lint wants it", function()
    local release = support.run(". /etc/os-release && printf %s \"$VERSION_CODENAME\"")
    local version = support.run("clang-format-14 --version || clang-format --version")
    if not version:find("version 14.", 1, true) then
      assert.not_equal("bookworm", os.getenv("CI") and release, "clang-format 14 is missing")
      return pending("clang-format 14 is not here; Debian 12 has it")
    end
    local output, status = support.run(source .. "/script/lint")
    assert.equal(0, status, output)
  end)
end)
