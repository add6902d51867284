-- Another plugin that passes NULL to the functions of a script's own state table (nulltables.c).
local support = require "spec.support"

describe("a table that a script offers", function()
  it("refuses NULL in all of its functions, and goes on", function()
    local output, status = support.run(("LURE_SCRIPT=%s exec %s/spec/nulltables_v3 %s"):format(support.quote(support.file [[
return {
  name = "x", version = "0.1.0", extract_event_sources = { "x" },
  fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } },
  tables = { notes = { key = "string", fields = { text = "string" } } },
}]]), support.build, support.lib(3)))
    assert.same({ 0, "" }, { status, output })
  end)
end)
