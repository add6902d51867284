local support = require "spec.support"

describe("spec.support", function()
  it("writes temporary files that go with the process", function()
    local path = support.file("text", "folder/name.txt")
    assert.equal("text", assert(io.open(path)):read("a"))
    local inside = support.file [[print(require("spec.support").file("x"))]]
    local left = support.run(("LUA_PATH=%s LUA_CPATH=%s LURE_BUILD=%s lua5.4 %s"):format(
      support.quote(package.path), support.quote(package.cpath), support.quote(support.build), inside)):gsub("\n", "")
    assert.truthy(left:find("script.lua", 1, true))
    assert.is_nil((io.open(left)))
  end)

  it("runs commands and tells what they wrote and how they ended", function()
    assert.same({ "a\nb\n", 3 }, { support.run "echo a; echo b >&2; exit 3" })
    assert.equal(143, select(2, support.run "kill -TERM $$"))
  end)

  it("catches what C and Lua write to standard error", function()
    local text, result = support.capture_stderr(function()
      io.stderr:write("from Lua\n")
      os.execute("echo from a child >&2")
      return 7
    end)
    assert.equal("from Lua\nfrom a child\n", text)
    assert.equal(7, result)
    assert.has_error(function() support.capture_stderr(function() error("mine", 0) end) end, "mine")
  end)

  it("makes events", function()
    assert.equal("12", support.event(12).data)
    assert.equal(0, support.event({ data = "x", num = 0 }).num)
  end)
end)
