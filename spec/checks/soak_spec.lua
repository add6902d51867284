-- A short run of script/soak; the long ones are by hand.
local support = require "spec.support"

it("300,000 events of random plugins are right, and leave no memory, descriptors or threads behind", function()
  local output, status = support.run(("lua5.4 %s/spec/soak/soak.lua 300000"):format(support.quote(os.getenv("LURE_SOURCE") or ".")))
  assert.are.equal(0, status, output)
  assert.is_truthy(output:find "at most %d+ KiB\n$", output)
end)
