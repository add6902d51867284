-- What lure new writes for a log in one of the formats of src/format/formats.def. JSON has a template of its own.
--
--   template.names       of the formats, "json" too
--   template.of(name)    the template of one

local template = { names = { "json", "logfmt", "syslog", "cef", "leef", "combined", "csv", "regex" } }

-- Of each format: what the log is; the declaration; fields (name, type, description, path and what else is declared of
-- it); sample lines; what the first has in a field of text, an address, and the one that the rule is about; the rule.
local formats = {
  logfmt = {
    what = "the lines of a service, in logfmt", format = [["logfmt"]],
    fields = {
      { "time", "abstime", "When", [["/time"]] },
      { "level", "string", "info, warn, error", [["/level"]] },
      { "message", "string", "What happened", [["/msg"]] },
      { "user", "string", "Who", [["/user"]] },
      { "from", "ipaddr", "Where from", [["/from"]] },
    },
    samples = {
      'time=2026-11-30T09:15:01Z level=error msg="wrong password" user=alice from=192.0.2.7',
      'time=2026-11-30T09:15:04Z level=info msg="logged in" user=alice from=192.0.2.7',
    },
    sure = { "message", "wrong password" },
    rule = { "Wrong password", "Somebody gave a wrong password", [[@WORD@.message = "wrong password"]],
      "%@WORD@.user gave a wrong password, from %@WORD@.from" },
  },
  syslog = {
    what = "messages of syslog", format = [["syslog"]],
    fields = {
      { "host", "string", "The machine", [["/host"]] },
      { "program", "string", "Who says it", [["/app"]] },
      { "pid", "uint64", "Its process", [["/pid"]] },
      { "severity", "string", "err, info, ... if it says so", [["/severity_name"]] },
      { "message", "string", "What it says", [["/message"]] },
    },
    samples = {
      "Nov 30 09:15:01 web sshd[811]: Failed password for root from 192.0.2.7 port 40112 ssh2",
      "<86>1 2026-11-30T09:15:02.5Z web sudo 812 - - alice : USER=root ; COMMAND=/usr/bin/id",
    },
    sure = { "program", "sshd" },
    rule = { "Failed password", "Somebody failed to log in",
      [[@WORD@.program = sshd and @WORD@.message startswith "Failed password"]], "%@WORD@.host: %@WORD@.message" },
  },
  cef = {
    what = "events of security products, in CEF", format = [["cef"]],
    fields = {
      { "product", "string", "Who says it", [["/product"]] },
      { "class", "string", "The number or name of this kind of event", [["/class"]] },
      { "name", "string", "What happened", [["/name"]] },
      { "severity", "uint64", "From 0 to 10", [["/severity"]] },
      { "source", "ipaddr", "Where from", [["/extension/src"]] },
      { "user", "string", "Who", [["/extension/suser"]] },
    },
    samples = {
      "CEF:0|Example|Firewall|1.0|100|Connection denied|8|src=192.0.2.7 suser=alice msg=port 22 is closed",
      "CEF:0|Example|Firewall|1.0|101|Connection accepted|1|src=192.0.2.8 suser=bob",
    },
    sure = { "class", "100" },
    rule = { "Severe event", "A product tells of something severe", "@WORD@.severity >= 7",
      "%@WORD@.product: %@WORD@.name (%@WORD@.user, from %@WORD@.source)" },
  },
  leef = {
    what = "events of security products, in LEEF", format = [["leef"]],
    fields = {
      { "product", "string", "Who says it", [["/product"]] },
      { "event", "string", "What happened", [["/event"]] },
      { "severity", "uint64", "From 1 to 10", [["/attributes/sev"]] },
      { "source", "ipaddr", "Where from", [["/attributes/src"]] },
      { "user", "string", "Who", [["/attributes/usrName"]] },
    },
    samples = {
      "LEEF:2.0|Example|Proxy|1.0|denied|^|src=192.0.2.7^usrName=alice^sev=8",
      "LEEF:2.0|Example|Proxy|1.0|accepted|^|src=192.0.2.8^usrName=bob^sev=1",
    },
    sure = { "event", "denied" },
    rule = { "Severe event", "A product tells of something severe", "@WORD@.severity >= 7",
      "%@WORD@.product: %@WORD@.event (%@WORD@.user, from %@WORD@.source)" },
  },
  combined = {
    what = "requests in the access log of nginx or Apache", format = [["combined"]],
    fields = {
      { "client", "ipaddr", "Who asked", [["/client"]] },
      { "time", "abstime", "When", [["/time"]], [[time = "%d/%b/%Y:%H:%M:%S %z"]] },
      { "method", "string", "GET, POST, ...", [["/method"]] },
      { "target", "string", "What was asked for", [["/target"]] },
      { "status", "uint64", "The status of the response", [["/status"]] },
      { "agent", "string", "The program that asked, by its own words", [["/agent"]] },
    },
    samples = {
      '192.0.2.7 - - [30/Nov/2026:09:15:01 +0000] "GET /.env HTTP/1.1" 200 153 "-" "curl/8.14"',
      '192.0.2.8 - - [30/Nov/2026:09:15:02 +0000] "GET / HTTP/1.1" 200 3 "-" "curl/8.14"',
    },
    sure = { "target", "/.env" },
    rule = { "Hidden file served", "A web server gave out a file that should not be public",
      [[@WORD@.status = 200 and @WORD@.target contains "/."]], "%@WORD@.client got %@WORD@.target (%@WORD@.agent)" },
  },
  csv = {
    what = "records of CSV, one a line", format = [[{ "csv", columns = { "time", "user", "from", "action" } }]],
    fields = {
      { "time", "abstime", "When", [["/time"]] },
      { "user", "string", "Who", [["/user"]] },
      { "from", "ipaddr", "Where from", [["/from"]] },
      { "action", "string", "What was done", [["/action"]] },
    },
    samples = {
      '2026-11-30T09:15:01Z,"Doe, Jane",192.0.2.7,delete',
      "2026-11-30T09:15:02Z,bob,192.0.2.8,read",
    },
    sure = { "user", "Doe, Jane" },
    rule = { "Deleted", "Somebody deleted something", "@WORD@.action = delete",
      "%@WORD@.user deleted something, from %@WORD@.from" },
  },
  regex = {
    what = "the lines of a service, by a regular expression",
    format = "{ \"regex\", [[^(?<time>\\S+ \\S+) (?<level>[A-Z]+) (?<user>\\w+)@(?<from>\\S+): (?<message>.*)]] }",
    fields = {
      { "time", "abstime", "When", [["/time"]], [[time = "%Y-%m-%d %H:%M:%S"]] },
      { "level", "string", "INFO, WARN, ERROR", [["/level"]] },
      { "user", "string", "Who", [["/user"]] },
      { "from", "ipaddr", "Where from", [["/from"]] },
      { "message", "string", "What happened", [["/message"]] },
    },
    samples = {
      "2026-11-30 09:15:01 ERROR alice@192.0.2.7: wrong password",
      "2026-11-30 09:15:04 INFO alice@192.0.2.7: logged in",
    },
    sure = { "message", "wrong password" },
    rule = { "Wrong password", "Somebody gave a wrong password", [[@WORD@.message = "wrong password"]],
      "%@WORD@.user gave a wrong password, from %@WORD@.from" },
  },
}

local SCRIPT <const> = [==[
-- @NAME@: %s.
local lure = require "lure"

---@type lure.Plugin
return {
  name = "@NAME@", version = "0.1.0", id = 999, event_source = "@WORD@", -- 999 is for tests
  description = "%s", contact = "you@example.org",
  open_params = { { value = "/var/log/@NAME@.log", desc = "A log, or several: /var/log/@NAME@/*.log" } },

  -- Each line is an event, also those that are written later, and behind a rotation. It waits, and never blocks Falco.
  open = function(path) return lure.file.tail(path) end,

  -- How a line is taken apart, without Lua: a path says which part a field is. With a function `extract` beside it
  -- a field is made of that part; without a path the function gets the whole line, as a table.
  format = %s,
  fields = {
%s
  },
}
]==]

local SPEC <const> = [==[
-- To run it: lure test
local testing = require "lure.testing"

describe("@NAME@.lua", function()
  local plugin = testing.load("@NAME@.lua")
  local line = %s

  it("takes a line apart", function()
    assert.equal(%q, plugin:event(line):field("@WORD@.%s"))
  end)

  it("has what is written to a file", function()
    local path = os.tmpname()
    local source = plugin:open(path)
    local file = assert(io.open(path, "a"))
    file:write(line, "\n")
    file:close()
    assert.equal(line, source:events(1)[1].data) -- waits for it
    source:close()
    os.remove(path)
  end)

  it("has no fields in what is no such line", function()
    assert.same({}, plugin:fields(plugin:event("")))
  end)
end)
]==]

local CASES <const> = [==[
- name: a line that the rule is for
  event: %s
  alerts: [%s]

- name: another one
  event: %s
  alerts: []
]==]

local function field_of(field)
  local name, kind, desc, path, rest = table.unpack(field)
  local text = ('    { name = "@WORD@.%s", type = "%s", desc = "%s", path = %s'):format(name, kind, desc, path)
  return text .. (rest and ", " .. rest or "") .. " },"
end

function template.of(name)
  local falcoyaml = require "lure.cli.falcoyaml" -- whoever only wants the names need not be in the program
  local format = formats[name]
  local fields = {}
  for i, field in ipairs(format.fields) do fields[i] = field_of(field) end
  local what = format.what:gsub("^%l", string.upper)
  local title, desc, condition, output = table.unpack(format.rule)
  return {
    what = "an event source: " .. format.what,
    run_options = " --open @DIRECTORY@samples.log -n 2",
    falco_options = " --open @DIRECTORY@samples.log",
    open_params = "samples.log",
    script = SCRIPT:format(format.what, what, format.format, table.concat(fields, "\n")),
    spec = SPEC:format(("[[%s]]"):format(format.samples[1]), format.sure[2], format.sure[1]),
    cases = CASES:format(falcoyaml.string(format.samples[1]), title, falcoyaml.string(format.samples[2])),
    rule = { name = title, desc = desc, condition = condition, output = output, priority = "WARNING",
      source = "@WORD@" },
    files = { { "samples.log", table.concat(format.samples, "\n") .. "\n", "lines to try it with" } },
  }
end

return template
