-- access: requests in the access log of nginx, as they are written, also across its rotation.
local lure = require "lure"

return {
  name = "access", version = "0.1.0", id = 999, event_source = "access",
  description = "Requests of a web server", contact = "you@example.org",
  open_params = { { value = "/var/log/nginx/access.log", desc = "Where Debian's nginx writes it" } },
  open = function(path) return lure.file.tail(path) end,
  decode = function(event)                            -- nginx writes a quote as \x22, so it ends a value
    local client, user, time, request, status, bytes, referer, agent =
      event.data:match '^(%S+) %- (.-) %[(.-)%] "([^"]*)" (%d+) (%d+) "([^"]*)" "([^"]*)"'
    if not client then return nil end                 -- a line of another format: no field has a value
    local method, target = request:match "^(%S+) (%S+)"
    return { client = client, user = user ~= "-" and user or nil, time = time, request = request, method = method,
      target = target, status = status, bytes = bytes, referer = referer, agent = agent }
  end,
  extract = function(values, _, _, field) return values[field:match "%w+$"] end,
  fields = {
    { name = "access.client", type = "ipaddr", desc = "Who asked" },
    { name = "access.user", type = "string", desc = "The user who logged in with a password" },
    { name = "access.time", type = "abstime", desc = "When", time = "%d/%b/%Y:%H:%M:%S %z" },
    { name = "access.request", type = "string", desc = "The first line of the request, also of one that is none" },
    { name = "access.method", type = "string", desc = "GET, POST, ..." },
    { name = "access.target", type = "string", desc = "What was asked for" },
    { name = "access.status", type = "uint64", desc = "The status of the response" },
    { name = "access.bytes", type = "uint64", desc = "The size of the response, without its head" },
    { name = "access.referer", type = "string", desc = "The page that led here, as the client says" },
    { name = "access.agent", type = "string", desc = "The program that asked, as it says itself" },
  },
}
