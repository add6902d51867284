-- Lines in $LURE_BENCH_FORMAT, as bench/logs.lua makes them; bench/floorformats.c has the same fields in C.
--
-- $LURE_BENCH_HOW is how they are read: "format" (declared), "patterns" (by a `decode` of Lua's patterns), or
-- "regex" (logfmt, by a `decode` of lure.regex).

local lure = require "lure"

local format, how = lure.env "LURE_BENCH_FORMAT", lure.env "LURE_BENCH_HOW"

-- By format: what `format` says, the paths, and the same by patterns.
local formats = {
  logfmt = { "logfmt", { "/level", "/host", "/user", "/port", "/msg" }, function(event)
    local line = event.data
    return { line:match "level=(%S+)", line:match "host=(%S+)", line:match "user=(%S+)",
      tonumber(line:match "port=(%d+)"), line:match 'msg="([^"]*)"' }
  end },
  csv = { { "csv", columns = { "time", "host", "program", "user", "port", "text" } },
    { "/time", "/host", "/user", "/port", "/text" }, function(event)
      local time, host, user, port, text = event.data:match '^([^,]*),([^,]*),[^,]*,([^,]*),(%d+),"([^"]*)"'
      return { time, host, user, tonumber(port), text }
    end },
  combined = { "combined", { "/client", "/method", "/target", "/status", "/agent" }, function(event)
    local client, method, target, status, agent =
      event.data:match '^(%S+) %S+ %S+ %[[^%]]*%] "(%S+) (%S+) [^"]*" (%d+) %d+ "[^"]*" "([^"]*)"'
    return { client, method, target, tonumber(status), agent }
  end },
  syslog = { "syslog", { "/host", "/app", "/data/login@32473/user", "/severity", "/message" }, function(event)
    local priority, host, app, data, text =
      event.data:match "^<(%d+)>1 %S+ (%S+) (%S+) %S+ %S+ %[([^%]]*)%] (.*)$"
    return { host, app, data:match 'user="([^"]*)"', tonumber(priority) % 8, text }
  end },
  cef = { "cef", { "/name", "/extension/src", "/extension/suser", "/extension/spt", "/extension/msg" }, function(event)
    local name, extension = event.data:match "^CEF:%d+|[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|[^|]*|(.*)$"
    return { name, extension:match "src=(%S+)", extension:match "suser=(%S+)", tonumber(extension:match "spt=(%d+)"),
      extension:match "msg=(.*)$" }
  end },
  leef = { "leef", { "/event", "/attributes/src", "/attributes/usrName", "/attributes/srcPort", "/attributes/msg" },
    function(event)
      local name, attributes = event.data:match "^LEEF:1.0|[^|]*|[^|]*|[^|]*|([^|]*)|(.*)$"
      return { name, attributes:match "src=([^\t]*)", attributes:match "usrName=([^\t]*)",
        tonumber(attributes:match "srcPort=(%d+)"), attributes:match "msg=([^\t]*)" }
    end },
}

local line_pattern = lure.regex.compile [[level=(\S+) .*?host=(\S+) .*?user=(\S+) .*?port=(\d+) .*?msg="([^"]*)"]]

--- As `patterns` do for logfmt.
local function decode_by_regex(event)
  local parts = line_pattern:match(event.data)
  parts[4] = tonumber(parts[4])
  return parts
end

formats.regex = { { "regex", [==[^(?<client>\S+) \S+ \S+ \[[^]]*\] "(?<method>\S+) (?<target>\S+) [^"]*" ]==]
  .. [==[(?<status>\d+) \d+ "[^"]*" "(?<agent>[^"]*)"]==] },
  { "/client", "/method", "/target", "/status", "/agent" }, formats.combined[3] }

local row = assert(formats[format], format)
local is_declared = how == "format"

local fields = {}
for i, name in ipairs { "one", "two", "three", "number", "text" } do
  fields[i] = { name = format .. "." .. name, type = name == "number" and "uint64" or "string", desc = "-",
    path = is_declared and row[2][i] or nil, extract = not is_declared and function(parts) return parts[i] end or nil }
end

return {
  name = "formats", id = 999, version = "0.1.0", event_source = "formats",
  description = "Lines of logs in several formats", contact = "lure",
  open = function(path) return io.lines(path) end,
  format = is_declared and row[1] or nil,
  decode = how == "regex" and decode_by_regex or not is_declared and row[3] or nil,
  fields = fields,
}
