-- format = "syslog" finds in generated messages what Debian's rsyslogd finds in them.
local formats = require "spec.formats.given"
local json_text = require "spec.json_text"
local killed = require "spec.killed"
local support = require "spec.support"
local unix = require "socket.unix"
local quote = support.quote

--- rsyslogd writes the parts of each message as a line of JSON, in the order of the messages: it has no queue. It replaces no
--- control characters, and cuts no names of programs at a slash.
local CONFIGURATION <const> = [[
global(workDirectory="FOLDER" net.enableDNS="off" variables.casesensitive="on" parser.escapeControlCharactersOnReceive="off"
  parser.permitSlashInProgramName="on")
main_queue(queue.type="direct")
module(load="imptcp")
module(load="mmpstrucdata")
template(name="parts" type="list" option.jsonf="on") {
  property(outname="raw" name="rawmsg" format="jsonf")
  property(outname="priority" name="pri" format="jsonf")
  property(outname="facility" name="syslogfacility" format="jsonf")
  property(outname="facility_name" name="syslogfacility-text" format="jsonf")
  property(outname="severity" name="syslogseverity" format="jsonf")
  property(outname="severity_name" name="syslogseverity-text" format="jsonf")
  property(outname="version" name="protocol-version" format="jsonf")
  property(outname="time3164" name="timereported" dateFormat="rfc3164" format="jsonf")
  property(outname="time3339" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="pid" name="procid" format="jsonf")
  property(outname="id" name="msgid" format="jsonf")
  property(outname="data" name="$!rfc5424-sd" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
ruleset(name="all") {
  action(type="mmpstrucdata" sd_name.lowercase="off")
  action(type="omfile" file="FOLDER/parts" template="parts")
}
input(type="imptcp" path="FOLDER/socket" ruleset="all")
]]

local HOSTS <const> = { "web", "web-1.example.com", "192.0.2.1", "h", "UPPER_case", "2", ("long."):rep(40) .. "example" }
local PROGRAMS <const> = { "su", "postfix/smtpd", "a.b_c-d", "su(pam_unix)", "%ASA-6-302013", "CRON", "x@y", "7", "systemd-logind" }
local TIGHT <const> = { "su:text", "postfix/smtpd:9", "a.b_c-d:é", "CRON[1]:-", "cafe[9211]:[x", "kernel:a:b", "su:[x]", "CRON:x:",
  "CRON[2]:x]" } -- tags without a space behind them
local DATA_NAMES <const> = { "x", "exampleSDID@32473", "timeQuality", "a.b-c_d", "iut", "X", "#", "[", ("n"):rep(32) }
local VALUE_PARTS <const> = { '\\"', "\\]", "\\\\", "\\n", "\\x", "[", "=", " ", "a", "text", "é", "\u{1F600}", "/", "\n", "\t", "'", "-" }
local TEXT_PARTS <const> = { "a", "text", " ", ":", "[", "]", '"', "\\", "{", "é", "\u{1F600}", "\n", "\r\n", "\t", "\27[0m", "<13>", "-",
  "/", "0", "Oct 11 22:14:15 ", "su[1]: ", '[x y="z"]', "\u{FEFF}" }

--- Messages of both RFCs: a list of { text =, time = rsyslogd's name of the time as it is written there, or nil, host = true
--- where one is written in the form of RFC 3164 }.
local function messages_of(count)
  local random = formats.random(20)

  local function one(list) return list[random(#list)] end

  local function some(most, part) -- `part()`, up to so many times, or not at all
    local list = {}
    for i = 1, random(most + 1) - 1 do list[i] = part() end
    return table.concat(list)
  end

  local function text() -- which ends in no newline: rsyslogd takes off one, lure all
    return (some(12, function() return one(TEXT_PARTS) end):gsub("[\r\n]+$", ""))
  end

  local function new_time()
    local fraction = random(7) - 1
    return ("%04d-%02d-%02dT%02d:%02d:%02d%s%s"):format(1999 + random(60), random(12), random(28), random(24) - 1, random(60) - 1,
      random(60) - 1, fraction > 0 and ("." .. ("%06d"):format(random(1000000) - 1):sub(1, fraction)) or "",
      random(2) == 1 and "Z" or ("%s%02d:%02d"):format(one { "+", "-" }, random(14), one { 0, 30, 45 }))
  end

  local function word(most) -- of the RFC's printable characters, or the value for none
    if random(5) == 1 then return "-" end
    return string.char(random(94) + 32) .. some(most - 1, function() return string.char(random(94) + 32) end)
  end

  local function names(most) -- some that are not the same: the one that is written twice is lure's first, rsyslogd's last
    local list, seen = {}, {}
    for _ = 1, random(most + 1) - 1 do
      local name = one(DATA_NAMES)
      if not seen[name] then list[#list + 1] = name end
      seen[name] = true
    end
    return list
  end

  local function data()
    local elements = {}
    for i, id in ipairs(names(3)) do
      local parameters = {}
      for j, name in ipairs(names(4)) do
        parameters[j] = (' %s="%s"'):format(name, some(6, function() return one(VALUE_PARTS) end))
      end
      elements[i] = ("[%s%s]"):format(id, table.concat(parameters))
    end
    return #elements > 0 and table.concat(elements) or "-"
  end

  local function new(priority)
    local time = random(6) > 1 and new_time() or nil
    return { time = time and "time3339", text = ("<%d>1 %s %s %s %s %s %s%s"):format(priority, time or "-", random(5) > 1 and one(HOSTS) or "-",
      word(48), word(128), word(32), data(), one { "", " ", " " .. text(), " " .. text(), " \u{FEFF}" .. text() }) }
  end

  local function old(priority)
    local kind, time = random(8), ""
    if kind > 2 then
      time = ("%s %2d %02d:%02d:%02d "):format(one { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" },
        random(28), random(24) - 1, random(60) - 1, random(60) - 1)
    elseif kind == 2 then
      time = new_time() .. " "
    end
    local host = kind > 1 and random(4) > 1 and one(HOSTS) .. " " or "" -- none without a time
    local tag = random(6) == 1 and one(TIGHT) or one(PROGRAMS) .. one { ":", ("[%d]:"):format(random(99999)), ("[%d]"):format(random(99999)) }
    return { time = kind > 2 and "time3164" or kind == 2 and "time3339" or nil, host = host ~= "",
      text = ("<%d>%s%s%s%s"):format(priority, time, host, tag, one { "", " ", " " .. text(), " " .. text() }) }
  end

  local list = {}
  for i = 1, count do list[i] = (i // 192 % 2 == 0 and new or old)(i % 192) end
  return list
end

--- rsyslogd's parts of a message, as lure has them.
local function expected_of(message, parts)
  local found = { timestamp = message.time and parts[message.time] }
  for _, name in ipairs { "priority", "facility", "facility_name", "severity", "severity_name", "host", "app", "pid", "id", "message" } do
    found[name] = parts[name]
  end
  for _, name in ipairs { "host", "app", "pid", "id" } do
    if found[name] == "-" then found[name] = nil end -- the value for none
  end
  if parts.version ~= "0" then -- RFC 5424's
    found.version = parts.version
    found.message = found.message:gsub("^\u{FEFF}", "") -- the mark says how the text is encoded, and is not of it
  else
    found.message = found.message:gsub("^ ", "") -- for rsyslogd the space behind the tag is of the text
    if not message.host then found.host = nil end -- its own name
  end
  if found.message == "" then found.message = nil end
  if parts.data ~= "" then found.data = json_text.decode(parts.data) end
  return found
end

describe("the format syslog", function()
  local plugin = formats.start '"syslog"'
  local server

  --- Starts rsyslogd and gives it the messages; its lines.
  local function lines_of(messages)
    local log = support.file("", "rsyslog/log")
    local folder = log:gsub("/log$", "")
    local configuration = support.file(CONFIGURATION:gsub("FOLDER", folder), "rsyslog.conf")
    server = support.run(("unset LD_PRELOAD NOTIFY_SOCKET; PATH=$PATH:/usr/sbin rsyslogd -n -f %s -i %s >%s 2>&1 </dev/null & echo $!"):format(
      quote(configuration), quote(folder .. "/pid"), quote(log))):match "%d+"
    local function why(what) return ("rsyslogd %s: %s"):format(what, killed.read(log)) end

    local client
    assert(support.until_true(function()
      client = unix.stream()
      return client:connect(folder .. "/socket")
    end), why "does not start")
    for _, message in ipairs(messages) do assert(client:send(("%d %s"):format(#message.text, message.text))) end
    client:shutdown "send"
    client:settimeout(60)
    assert.equal("closed", select(2, client:receive()), why "does not end") -- once it has read all

    local lines
    assert(support.until_true(function()
      lines = {}
      for line in killed.read(folder .. "/parts"):gmatch "([^\n]+)\n" do lines[#lines + 1] = line end
      return #lines >= #messages
    end), why "does not write all")
    return lines
  end

  teardown(function()
    if server then killed.kill(server) end
  end)

  it("gives what rsyslogd gives, on generated messages of RFC 5424 and RFC 3164", function()
    if not support.run "PATH=$PATH:/usr/sbin; command -v rsyslogd":find "rsyslogd" then
      assert.is_nil(os.getenv "CI", "rsyslogd is missing; script/bootstrap installs it")
      pending "rsyslogd is missing"
      return
    end
    local messages = messages_of(192 * 20)
    local lines = lines_of(messages)
    assert.equal(#messages, #lines)
    for i, message in ipairs(messages) do
      local parts = json_text.decode(lines[i])
      assert.equal(message.text, parts.raw)
      local document = formats.document(plugin, message.text)
      assert.same(expected_of(message, parts), json_text.decode(document), message.text)
      assert.equal(document, formats.document(plugin, ("%d %s"):format(#message.text, message.text)))
    end
  end)
end)
