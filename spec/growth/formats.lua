-- Payloads of all formats.
local list = require "spec.growth.list"
local support = require "spec.support"

--- A reader: a path that leads nowhere, so that all is read, in a payload of the format. As an argument it may be one that
-- no payload of the format has.
local function format(name, payload, rest)
  return function(n)
    local state = support.start(([[local lure = require "lure"
      return { name = "x", version = "1.0.0", extract_event_sources = { "x" }, format = %s, %s
      fields = { { name = "x.a", type = "string", path = lure.ARG, arg = { key = true }, desc = "-" } } }]]):format(name, rest or ""))
    local event = support.event { data = payload(n) }
    return function()
      state:extract(event, "x.a[/none/a]")
    end
  end
end

local function repeated(before, text, behind)
  return function(n) return (before or "") .. text:rep(n) .. (behind or "") end
end

local ACCESS <const> = 'c - - [t] "GET / HTTP/1.1" 200 1 '

return {
  ["logfmt: pairs"] = { 2000, format('"logfmt"', function(n) return list(n, "key@=value", " ") end) },
  ["logfmt: keys alone"] = { 5000, format('"logfmt"', repeated("", "k ")) },
  ["logfmt: bytes of a value"] = { 20000, format('"logfmt"', repeated("k=", "x")) },
  ["logfmt: quoted values"] = { 2000, format('"logfmt"', repeated("", [[k="x y" ]])) },
  ["logfmt: escapes"] = { 5000, format('"logfmt"', repeated('k="', [[\\\n\u00e4]], '"')) },
  ["logfmt: bytes that are not UTF-8"] = { 50000, format('"logfmt"', repeated([[k="\n]], "\xff", '"')) },
  ["logfmt: bytes to escape"] = { 5000, format('"logfmt"', repeated("k=", "\\")) },
  ["csv: values"] = { 2000, format('"csv"', repeated("", "value,")) },
  ["csv: empty values"] = { 5000, format('"csv"', repeated("", ",")) },
  ["csv: values beyond the columns"] = { 2000, format('{ "csv", columns = { "a" } }', repeated("", "v,")) },
  ["csv: doubled quotes"] = { 5000, format('"csv"', repeated('"', '""', '"')) },
  ["csv: a header of quotes"] = { 1000, format('{ "csv", header = true }', function(n)
    return ('"a""b",'):rep(n) .. "\n" .. ("v,"):rep(n)
  end) },
  ["csv: empty lines"] = { 5000, format('"csv"', repeated("", "\n", "a,b")) },
  ["combined: escapes of the agent"] = { 5000, format('"combined"', repeated(ACCESS .. '"-" "', [[\x41\"]], '"')) },
  ["combined: bytes of the request"] = { 20000, format('"combined"', repeated('c - - [t] "GET /', "x y", '" 200 1')) },
  ["combined: quotes in a user"] = { 5000, format('"combined"', repeated("c - ", [["[ ]"]], [[ [t] "GET / HTTP/1.1" 200 1]])) },
  ["syslog: bytes of the message"] = { 20000, format('"syslog"', repeated("<1>1 - - - - - - ", "x")) },
  ["syslog: elements"] = { 2000, format('"syslog"', repeated("<1>1 - - - - - ", '[a x="1" y="2"]')) },
  ["syslog: parameters"] = { 2000, format('"syslog"', repeated("<1>1 - - - - - [a", [[ x="1"]], "]")) },
  ["syslog: an element without an end"] = { 5000, format('"syslog"', repeated("<1>1 - - - - - [a", [[ x="1"]])) },
  ["syslog: escapes"] = { 5000, format('"syslog"', repeated('<1>1 - - - - - [a x="', [[\"\]\q]], '"]')) },
  ["syslog: brackets in a tag"] = { 5000, format('"syslog"', repeated("<1>app", "[1]")) },
  ["syslog: NULs behind"] = { 5000, format('"syslog"', repeated("<1>app: x", "\0")) },
  ["cef: pairs"] = { 2000, format('"cef"', repeated("CEF:0|a|b|c|d|e|5|", "k=v w ")) },
  ["cef: signs and spaces"] = { 5000, format('"cef"', repeated("CEF:0|a|b|c|d|e|5|k=", " = ")) },
  ["cef: escapes"] = { 5000, format('"cef"', repeated("CEF:0|a|b|c|d|e|5|k=", [[\=\q\n]])) },
  ["cef: pipes in a header"] = { 5000, format('"cef"', repeated("CEF:0|", [[\|]], "|b|c|d|e|5|")) },
  ["cef: no header"] = { 5000, format('"cef"', repeated("", "xCEF:")) },
  ["cef: spaces"] = { 5000, format('"cef"', repeated("CEF:0|a|b|c|d|e|5|k=v", " ")) },
  ["leef: attributes"] = { 2000, format('"leef"', repeated("LEEF:1.0|a|b|c|d|", "k=v\t")) },
  ["leef: pieces"] = { 5000, format('"leef"', repeated("LEEF:2.0|a|b|c|d|^|", "x^")) },
  ["leef: escapes"] = { 5000, format('"leef"', repeated("LEEF:2.0|a|b|c|d|^|k=", [[\^\=]])) },
  ["regex: bytes"] = { 5000, format([[{ "regex", "^(?<a>[^ ]*) (?<b>.*)$" }]], function(n) return ("x"):rep(n) .. " " .. ("y"):rep(n) end) },
  ["inside: bytes of a text"] = { 10000, format('"logfmt"', repeated([[m="{\"a\":\"]], "x", [[\"}"]]), 'inside = { m = "json" },') },
  ["inside: members before"] = { 2000, format('"json"', function(n)
    return "{" .. list(n, [["m@":@]]) .. [[,"m":"a=1"}]]
  end, 'inside = { m = "logfmt" },') },
}
