-- A host that forks while another thread is in the middle of a plugin (midwayfork.c).
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

-- the sanitizers' own locks are not free in a forked child
local test = (support.build:find "asan" or support.build:find "tsan") and function() end or it

local restore, server
setup(function()
  restore = host.redirect_stderr "/dev/null"
  server = http.server(true)
end)
teardown(function()
  server.stop()
  restore()
end)

local function script(body, more)
  return support.file(([[
    local lure = require "lure"
    return {
      name = "midway", version = "0.1.0", id = 999, event_source = "midway", description = "d", contact = "c",
      batch = { events = 1 },
      next = function() %s end,
      fields = { { name = "midway.data", type = "string", desc = "d", extract = function(value, arg, event)
        local made = {}
        for i = 1, 2000 do made[i] = { i } end
        return event.data .. #made
      end } },
      %s
    }]]):format(body, more))
end

--- A connection, with its handshake, for each event. It needs no name, as the C library's lock of DNS may stay locked.
local function asking_by_tls(more)
  return script(([[return "" .. lure.http.get("https://127.0.0.1:%d/closes", { tls = { ca = "%s/ca.pem" } }).status]]):format(
    server.https, server.folder), more)
end

local function run(api, path, forks, environment)
  local output, status = support.run(("LURE_SCRIPT=%s %s exec %s/spec/midwayfork_v%d %s %d"):format(support.quote(path),
    environment or "", support.build, api, support.lib(api), forks))
  assert.same({ 0, "" }, { status, output })
end

-- with a lock, as more than one thread enters it
local SHARED <const> = { [3] = "metrics = function() return {} end,",
  [0] = "init = function() lure.spawn(function() while true do lure.sleep(0.001) end end) end," }

for _, api in ipairs { 3, 0 } do
  describe(("a host of plugin API %d may fork while another thread is in the middle of a plugin:"):format(api), function()
    test("the child destroys what was in use, and speaks TLS itself", function()
      run(api, asking_by_tls "", 40)
    end)

    test("the same of a plugin that more threads enter", function()
      run(api, asking_by_tls(SHARED[api]), 20)
    end)

    test("and of one that is in a field most of the time", function()
      run(api, script([[return "x"]], ""), 20)
    end)

    test("no two locks are each taken while the other one is held, and none of the C library stays locked", function()
      run(api, asking_by_tls "", 2, ("LD_PRELOAD=%s/spec/lockorder.so"):format(support.build))
    end)
  end)
end
