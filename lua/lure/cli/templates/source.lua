-- What lure new writes for an event source: samples of the machine's load.
return {
  what = "an event source: the machine's load, a sample now and then",
  open_params = '{"samples": 0, "seconds": 1}',
  script = [==[
-- @NAME@: the load of this machine, a sample now and then.
local lure = require "lure"

---@type lure.Plugin
local plugin = {
  name = "@NAME@", version = "0.1.0", id = 999, event_source = "@WORD@", -- 999 is for tests
  description = "Samples of the machine's load", contact = "you@example.org",
  params = { -- what open_params may be, checked before `open` gets it
    samples = { type = "integer", minimum = 0, default = 3, description = "Samples until the end; 0: no end" },
    seconds = { type = "number", minimum = 0, default = 0.1, description = "From one sample to the next" },
  },
  open_params = { { value = '{"samples": 3, "seconds": 0.1}', desc = "Three samples" } },
}

local function load_now()
  local file <close> = assert(io.open("/proc/loadavg"))
  return file:read("l") -- "0.42 0.36 0.30 2/517 8841"
end

-- The whole source: each payload that is emitted is an event, returning is the end. What waits, as lure.sleep,
-- makes the script wait, and never Falco.
function plugin.produce(params, emit)
  local left = params.samples > 0 and params.samples or math.huge
  while left > 0 do
    emit(load_now())
    left = left - 1
    if left > 0 then lure.sleep(params.seconds) end
  end
end

-- Once an event; the functions of fields get what it returns. Nothing: not one of ours.
function plugin.decode(event)
  local minute, running, tasks = event.data:match("^(%d+%.%d+) %S+ %S+ (%d+)/(%d+)")
  if minute then return { minute = minute, running = tonumber(running), tasks = tonumber(tasks) } end
end

plugin.fields = {
  { name = "@WORD@.minute", type = "string", desc = "Load of the last minute, as in 0.42",
    extract = function(sample) return sample.minute end },
  { name = "@WORD@.running", type = "uint64", desc = "Tasks that run",
    extract = function(sample) return sample.running end },
  { name = "@WORD@.tasks", type = "uint64", desc = "Tasks that there are",
    extract = function(sample) return sample.tasks end },
}

return plugin
]==],
  spec = [==[
-- To run it: lure test
local testing = require "lure.testing"

describe("@NAME@.lua", function()
  local plugin = testing.load("@NAME@.lua")

  it("gives as many samples as it is asked for", function()
    assert.equal(2, #plugin:events({ samples = 2, seconds = 0 }))
  end)

  it("gives one a minute, all day long", function()
    local minutely = testing.load("@NAME@.lua", { clock = "manual" }) -- time passes when the spec says so
    local source = minutely:open({ samples = 0, seconds = 60 })
    minutely:advance(24 * 3600)
    assert.equal(24 * 60 + 1, #source:events())
  end)

  it("knows the numbers in a sample", function()
    local event = plugin:event("0.42 0.36 0.30 2/517 8841")
    assert.equal("0.42", event:field("@WORD@.minute"))
    assert.equal(2, event:field("@WORD@.running"))
    assert.equal(517, event:field("@WORD@.tasks"))
  end)

  it("has no fields in what is no sample", function()
    assert.same({}, plugin:fields(plugin:event("something else")))
  end)

  it("does not open with a time that is none", function()
    assert.error_matches(function() plugin:events({ seconds = "soon" }) end, "seconds: expected a number")
  end)
end)
]==],
  cases = [==[
- name: many tasks
  event: 0.42 0.36 0.30 2/517 8841
  alerts:
  - rule: Many tasks
    output: There are 517 tasks, 2 of them run (load 0.42)

- name: few tasks, and a line that is none of ours
  events:
  - 0.42 0.36 0.30 1/10 8841
  - no sample
  alerts: []
]==],
  rule = {
    name = "Many tasks", desc = "More tasks than this machine should have", condition = "@WORD@.tasks > 10",
    output = "There are %@WORD@.tasks tasks, %@WORD@.running of them run (load %@WORD@.minute)",
    priority = "NOTICE", source = "@WORD@",
  },
}
