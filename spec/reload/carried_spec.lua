-- What a script hands to the one that takes over, again and again: memory stays flat, and nothing is too deep.
local changing = require "spec.reload.reloadedscript"
local support = require "spec.support"

--- A source whose payload is its number, with a table that it gets from the one before it; `fill` makes the first.
local function script(number, fill)
  return ([[
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { events = 1 },
  next = function() return %d end }
function plugin.init() plugin.kept = {} %s end
function plugin.reload(old) plugin.kept = assert(old.kept) end
return plugin
]]):format(number, fill)
end

--- Kilobytes that the process has.
local function memory()
  for line in io.lines "/proc/self/status" do
    local size = line:match "^VmRSS:%s+(%d+)"
    if size then return tonumber(size) end
  end
end

--- Reloads so often; returns how much the process has grown since the tenth time.
local function reload(fill, times, config)
  local path, state = changing.start(script(0, fill), { config = config })
  local instance = assert(state:open())
  local before
  local restore = changing.host.redirect_stderr "/dev/null"
  for n = 1, times do
    local file = assert(io.open(path .. ".new", "w"))
    file:write(script(n, fill), ("-"):rep(n % 7 + 3))
    file:close()
    os.rename(path .. ".new", path)
    changing.read_until(instance, function(data) return data == tostring(n) end)
    if n == 10 then before = memory() end
  end
  restore()
  local grown = memory() - before
  state:destroy()
  return grown
end

-- AddressSanitizer keeps 256 MiB of what is freed
local FLAT = support.build:find "asan" and 400 * 1024 or 8 * 1024

describe("the table of a script that is swapped", function()
  it("is carried over 1000 times, with cycles in it", function()
    assert.is_true(reload("local k = plugin.kept k.self = k k.list = { 1, 'two', { k } } k[k] = k", 1000) < FLAT)
  end)

  it("is carried over as deep as 100,000 tables", function()
    local grown = reload("local at = plugin.kept for i = 1, 100000 do at.next = { i } at = at.next end", 15,
      '{"lure": {"reload": 0.01, "memory": 134217728}}')
    assert.is_true(grown < 8 * FLAT, grown)
  end)

  it("is carried over with 200,000 texts", function()
    local grown = reload("for i = 1, 200000 do plugin.kept[i] = 'text ' .. i end", 15,
      '{"lure": {"reload": 0.01, "memory": 134217728}}')
    assert.is_true(grown < 8 * FLAT, grown)
  end)

  it("is carried over where the last call of the old script was long ago, and looked at the clock", function()
    local text = [[
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { events = 1 },
  next = function() for _ = 1, 10000 do end return "old" end }
function plugin.init() plugin.kept = {} for i = 1, 100000 do plugin.kept[i] = i end end
function plugin.reload(old) assert(#old.kept == 100000) end
return plugin]]
    local path, state = changing.start(text, { config = '{"lure": {"reload": 0.01, "time": 0.5}}' })
    local instance = assert(state:open())
    assert.equal("success", (instance:next_batch()))
    local began = os.clock() -- of this thread, as the limit
    while os.clock() - began < 0.6 do end
    changing.write(path, (text:gsub('"old"', '"new"')))
    changing.lines(function()
      assert.truthy(changing.read_until(instance, function(data) return data == "new" end))
    end)
  end)

  it("is not carried over where the old one leaves no memory for it", function()
    local path, state = changing.start([[
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() return 1 end }
function plugin.init() plugin.kept = {} for i = 1, 60000 do plugin.kept[i] = { i } end end
return plugin]], { config = '{"lure": {"reload": 0.01, "memory": 8388608}}' })
    local instance = assert(state:open())
    local lines = changing.lines(function()
      changing.write(path, [[
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x", next = function() return 2 end }
function plugin.reload(old) plugin.kept = old.kept end
return plugin]])
      for _ = 1, 2 do
        local _, events = instance:next_batch()
        assert.equal("1", events[1].data)
        changing.wait()
      end
    end)
    assert.equal(1, #lines)
    assert.is_truthy(lines[1]:find("reload: not enough memory", 1, true), lines[1])
    state:destroy()
  end)
end)
