-- access: requests in the access log of nginx or Apache, as they are written, also across its rotation.
local lure = require "lure"

return {
  name = "access", version = "0.1.0", id = 999, event_source = "access",
  description = "Requests of a web server", contact = "you@example.org",
  open_params = { { value = "/var/log/nginx/access.log", desc = "Where Debian's nginx writes it" } },
  open = function(path) return lure.file.tail(path) end,
  format = "combined",
  fields = {
    { name = "access.client", type = "ipaddr", desc = "Who asked", path = "/client" },
    { name = "access.user", type = "string", desc = "The user who logged in with a password", path = "/user" },
    { name = "access.time", type = "abstime", desc = "When", path = "/time", time = "%d/%b/%Y:%H:%M:%S %z" },
    { name = "access.request", type = "string", path = "/request",
      desc = "The first line of the request, also of one that is none" },
    { name = "access.method", type = "string", desc = "GET, POST, ...", path = "/method" },
    { name = "access.target", type = "string", desc = "What was asked for", path = "/target" },
    { name = "access.status", type = "uint64", desc = "The status of the response", path = "/status" },
    { name = "access.bytes", type = "uint64", desc = "The size of the response, without its head", path = "/bytes" },
    { name = "access.referer", type = "string", desc = "The page that led here, as the client says", path = "/referer" },
    { name = "access.agent", type = "string", desc = "The program that asked, as it says itself", path = "/agent" },
  },
}
