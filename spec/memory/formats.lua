-- A payload in one format with parts in all others: paths, an argument, documents.
local lure = require "lure"

local line = [[level=info long="a \"b\"" json="{\"a\":[1,\"x\"]}" row="1;\"2 \"\"3\"\"\";4" ]] ..
  [[sys="<13>1 - host app - - [x y=\"1\"] text" cef="CEF:0|a|b|c|d|e|5|k=v\\=w" leef="LEEF:1.0|a|b|c|d|k=v" ]] ..
  [[web="::1 - bob [t] \"GET /a HTTP/1.1\" 200 1" any="xaabb"]]

return {
  name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  format = "logfmt",
  inside = { json = "json", row = { "csv", columns = { "one", false, "three" }, separator = ";" }, sys = "syslog", cef = "cef",
    leef = "leef", web = "combined", any = { "regex", "(?<a>a+)(?<b>b+)" }, ["/json/b"] = "logfmt" },
  open = function() return (line .. (" "):rep(3)):gmatch "[^\n]+" end,
  fields = {
    { name = "scarce.level", type = "string", desc = "-", path = "/level" },
    { name = "scarce.long", type = "string", desc = "-", path = "/long" },
    { name = "scarce.x", type = "string", desc = "-", path = "/json/a/1" },
    { name = "scarce.any", type = "string", desc = "-", path = lure.ARG, arg = { key = true, required = true } },
    { name = "scarce.row", type = "string", desc = "-", path = "/row/1" },
    { name = "scarce.code", type = "string", desc = "-", extract = function(value) return value.cef.extension.k end },
    { name = "scarce.keys", type = "string", desc = "-", extract = function(value) return lure.json.encode(value.leef:table()) end },
  },
}
