-- A host whose threads do at once what they should do one after another (busyhost.c).
local support = require "spec.support"

local TEXT = [[
local lure = require "lure"
local ticks = 0
return {
  name = "busy", version = "0.1.0", id = 999, event_source = "busy", description = "d", contact = "c",
  batch = { milliseconds = 20 },
  next = function() return lure.TIMEOUT end,
  parse_event_sources = { "busy" }, parse = function() end,
  metrics = function() ticks = ticks + 1 return { { name = "ticks", value = ticks } } end,
  tables = { notes = { key = "uint64", fields = { text = "string" } } },
}
]]

-- the sanitizers' own locks are not free in a forked child
local sanitized = support.build:find "asan" or support.build:find "tsan"

describe("a host with many threads", function()
  for case, words in pairs {
    ["destroy under metrics"] = "may destroy a state while other threads ask for its metrics",
    ["destroy under next_batch"] = "may destroy a state while another thread waits for its events",
    ["fork under all"] = "may fork while another thread loads the library, and another one uses its tables",
    ["reload often"] = "may load the script 1000 times while a state runs, and does not grow",
  } do
    local test = sanitized and case:find "^fork" and function() end or it
    test(words, function()
      local output, status = support.run(("LURE_SCRIPT=%s exec %s/spec/busyhost %s %s"):format(
        support.quote(support.file(TEXT)), support.build, support.lib(3), support.quote(case)))
      assert.same({ 0, "" }, { status, output })
    end)
  end
end)
