--- Starts the web service that examples/poller.lua asks.
local killed = require "spec.killed"
local support = require "spec.support"

local pages = {}

--- The arguments are those of pages.py. Returns the address of its log, and a function that ends it.
function pages.serve(...)
  local path = support.file("", "port")
  local pid = support.run(("env -u LD_PRELOAD PATH=/usr/bin:$PATH timeout 900 python3 %s/spec/examples/pages.py %s >%s 2>&1 & echo $!"):format(
    os.getenv("LURE_SOURCE") or ".", table.concat({ ... }, " "), support.quote(path))):match "%d+"
  local ends = os.time() + 60
  local port
  repeat port = killed.read(path):match "^(%d+)\n" until port or os.time() > ends
  assert(port, killed.read(path))
  return ("http://127.0.0.1:%s/log"):format(port), function() support.run("kill " .. pid) end -- timeout passes it on
end

return pages
