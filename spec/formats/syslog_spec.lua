-- format = "syslog": RFC 5424, RFC 3164, and what is written in their place.
local formats = require "spec.formats.given"

describe("the format syslog", function()
  local plugin = formats.start '"syslog"'

  local function document(payload) return formats.document(plugin, payload) end

  local ALL <const> = { "/priority", "/facility", "/severity", "/facility_name", "/severity_name", "/version", "/timestamp", "/host",
    "/app", "/pid", "/id", "/message" }

  local function values(payload) return formats.values(plugin, payload, ALL) end

  it("has the parts of RFC 5424", function()
    assert.same({ ["/priority"] = "165", ["/facility"] = "20", ["/severity"] = "5", ["/facility_name"] = "local4",
      ["/severity_name"] = "notice", ["/version"] = "1", ["/timestamp"] = "2003-10-11T22:14:15.003Z", ["/host"] = "web.example.com",
      ["/app"] = "evntslog", ["/pid"] = "8710", ["/id"] = "ID47", ["/message"] = "An application event" },
      values '<165>1 2003-10-11T22:14:15.003Z web.example.com evntslog 8710 ID47 [x@32473 iut="3"] \u{FEFF}An application event')
  end)

  it("has structured data, without its escapes", function()
    local payload = [=[<1>1 - - - - - [exampleSDID@32473 iut="3" text="a \"b\" \] \\ \n"][other][third x=""] message]=]
    assert.same({ ["/data/exampleSDID@32473/iut"] = "3", ["/data/exampleSDID@32473/text"] = [=[a "b" ] \ \n]=],
      ["/data/third/x"] = "", ["/message"] = "message" }, formats.values(plugin, payload, { "/data/exampleSDID@32473/iut",
      "/data/exampleSDID@32473/text", "/data/third/x", "/data/fourth/x", "/message", "/host", "/id" }))
    assert.equal("{}", formats.values(plugin, payload, { "/data/other" })["/data/other"])
  end)

  it("does without what is missing", function()
    local FIRST <const> = '"facility":"0","facility_name":"kern",%s"priority":"0","severity":"0","severity_name":"emerg"%s'
    for rest, parts in pairs {
      ["1 - - - - - -"] = { "", ',"version":"1"' },
      ["1 - h"] = { '"host":"h",', ',"version":"1"' },
      ["1 - h a - - message"] = { '"host":"h","message":"message",', ',"version":"1"', app = true },
      ["1 - h a - - [x message"] = { '"host":"h","message":"[x message",', ',"version":"1"', app = true },
      [""] = { "", "" },
      ["message"] = { '"message":"message",', "" },
      ["1 message"] = { '"message":"1 message",', "" },
      ["2 2003-10-11T22:14:15Z h a - - - m"] = { '"message":"2 2003-10-11T22:14:15Z h a - - - m",', "" },
    } do
      assert.equal("{" .. (parts.app and '"app":"a",' or "") .. FIRST:format(parts[1], parts[2]) .. "}", document("<0>" .. rest), rest)
    end
  end)

  it("has the parts of RFC 3164", function()
    assert.same({ ["/priority"] = "34", ["/facility"] = "4", ["/severity"] = "2", ["/facility_name"] = "auth", ["/severity_name"] = "crit",
      ["/timestamp"] = "Oct 11 22:14:15", ["/host"] = "mymachine", ["/app"] = "su", ["/message"] = "'su root' failed on /dev/pts/8" },
      values "<34>Oct 11 22:14:15 mymachine su: 'su root' failed on /dev/pts/8")
    assert.same({ ["/timestamp"] = "Nov  9 02:14:15", ["/host"] = "web", ["/app"] = "postfix/smtpd", ["/pid"] = "812", ["/message"] = " x" },
      values "Nov  9 02:14:15 web postfix/smtpd[812]:  x")
  end)

  it("reads what programs write in the place of RFC 3164", function()
    for payload, expected in pairs {
      ["<30>Nov 29 15:17:31 sshd[4]: hello"] = "Nov 29 15:17:31,,sshd,4,hello", -- on a unix socket: no host
      ["2026-11-29T15:17:31.123456+01:00 web sshd[4]: hello"] = "2026-11-29T15:17:31.123456+01:00,web,sshd,4,hello",
      ["<4>kernel: oops"] = ",,kernel,,oops",
      ["<189>Mar  1 2026 18:46:11.5: %SYS-5-CONFIG_I: Configured"] = "Mar  1 2026 18:46:11.5,,%SYS-5-CONFIG_I,,Configured",
      ["<13>Mar 1 18:46:11 ::1 app: x"] = "Mar 1 18:46:11,::1,app,,x",
      ["<13>Mar 1 18:46:11 fe80::1 app[1] x"] = "Mar 1 18:46:11,fe80::1,app,1,x",
      ["Mar  1 18:46:11 web last message repeated 2 times"] = "Mar  1 18:46:11,web,,,last message repeated 2 times",
      ["Mar  1 18:46:11 web"] = "Mar  1 18:46:11,web,,,",
      ["Mar  1 18:46:11"] = "Mar  1 18:46:11,,,,",
      ["no syslog: at all"] = ",,,,no syslog: at all",
      ["<13>Mar 1 18:46 web app: x"] = ",,,,Mar 1 18:46 web app: x",
      ["<13>Foo 1 18:46:11 web"] = ",,,,Foo 1 18:46:11 web",
      ["<192>app: x"] = ",,,,<192>app: x",
      ["<>app: x"] = ",,,,<>app: x",
      ["<1app: x"] = ",,,,<1app: x",
      ["<0001>app: x"] = ",,,,<0001>app: x",
      ["<191>: x"] = ",,,,: x",
      ["<191>[1]: x"] = ",,,,[1]: x",
    } do
      local found = values(payload)
      assert.equal(expected, ("%s,%s,%s,%s,%s"):format(found["/timestamp"] or "", found["/host"] or "", found["/app"] or "",
        found["/pid"] or "", found["/message"] or ""), payload)
    end
  end)

  it("takes a tag without a space behind, as RFC 3164 lets it, where it is no address, URL, path or name of C++", function()
    for payload, expected in pairs {
      ["<13>Oct 11 22:14:15 web myapp:text"] = "web,myapp,,text",
      ["<13>Oct 11 22:14:15 web my-app/b[12]:text x: y"] = "web,my-app/b,12,text x: y",
      ["<13>Oct 11 22:14:15 myapp:text"] = ",myapp,,text",
      ["<13>Oct 11 22:14:15 cafe[]:text"] = ",cafe,,text",
      ["<14>myapp:text: x"] = ",myapp,,text: x",
      ["<14>myapp:[error]"] = ",myapp,,[error]",
      ["<14>myapp[1]:text:"] = ",myapp,1,text:",
      ["<14>std::x: y"] = ",std::x,,y",
      ["<14>g:t"] = ",g,,t",
      ["<13>Oct 11 22:14:15 fe80:0::1 app:x"] = "fe80:0::1,app,,x",
      ["<13>Oct 11 22:14:15 web fed:x"] = "web,,,fed:x",
      ["<13>Oct 11 22:14:15 web 2026-11-29T10:22:33Z x"] = "web,,,2026-11-29T10:22:33Z x",
      ["<13>Oct 11 22:14:15 web http://x"] = "web,,,http://x",
      ["<13>Oct 11 22:14:15 web X:\\x"] = "web,,,X:\\x",
      ["<13>Oct 11 22:14:15 web std::x"] = "web,,,std::x",
      ["<13>Oct 11 22:14:15 web a[1x]:y"] = "web,,,a[1x]:y",
      ["<13>Oct 11 22:14:15 web a[1"] = "web,,,a[1",
      ["<13>Oct 11 22:14:15 web app=x:y"] = "web,,,app=x:y",
      ["<13>Oct 11 22:14:15 web app\0x:y"] = "web,,,app\\u0000x:y",
      ["app:text"] = ",,,app:text",
    } do
      local found = values(payload)
      assert.equal(expected, ("%s,%s,%s,%s"):format(found["/host"] or "", found["/app"] or "", found["/pid"] or "",
        found["/message"] or ""), payload)
    end
  end)

  it("gives what rsyslog 8.2302 made of real-looking messages: facility, severity, host, app, pid, id, message", function()
    -- which keeps the space before a message, takes a first word without a colon as a tag, and cuts one at a slash
    for payload, expected in pairs {
      ["<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8"] =
        "auth crit mymachine su - - 'su root' failed for lonvick on /dev/pts/8",
      ["<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts."] =
        "local4 notice 192.0.2.1 myproc 8710 - %% It's time to make the do-nuts.",
      ["<38>Nov 29 15:17:31 web sshd[412]: Failed password for root from 192.0.2.66 port 43534 ssh2"] =
        "auth info web sshd 412 - Failed password for root from 192.0.2.66 port 43534 ssh2",
      ["<78>Nov 29 15:17:01 web CRON[9211]: (root) CMD (run-parts /etc/cron.hourly)"] =
        "cron info web CRON 9211 - (root) CMD (run-parts /etc/cron.hourly)",
      ["<4>Nov 29 15:17:01 web kernel: [ 12.345] usb 1-1: new device"] = "kern warning web kernel - - [ 12.345] usb 1-1: new device",
      ["<166>Nov 29 15:17:01 fw %ASA-6-302013: Built outbound TCP connection"] =
        "local4 info fw %ASA-6-302013 - - Built outbound TCP connection",
      ["<13>2026-11-29T15:17:31.123456+01:00 web app[1]: iso time"] = "user notice web app 1 - iso time",
      ["<86>Nov 29 15:17:01 web su(pam_unix)[123]: session opened"] = "authpriv info web su(pam_unix) 123 - session opened",
      ['<165>1 2003-10-11T22:14:15.003Z h a p m [a b="c"] text'] = "local4 notice h a p m text",
      ["<165>1 - - - - - - only"] = "local4 notice - - - - only",
      ["<14>Nov 29 15:17:01 web dhcpd: DHCPACK on 10.0.0.3 to 00:11:22:33:44:55 via eth0"] =
        "user info web dhcpd - - DHCPACK on 10.0.0.3 to 00:11:22:33:44:55 via eth0",
    } do
      local found, list = values(payload), {}
      for j, name in ipairs { "facility_name", "severity_name", "host", "app", "pid", "id", "message" } do list[j] = found["/" .. name] or "-" end
      assert.equal(expected, table.concat(list, " "))
    end
  end)

  it("reads what stands in a stream: the count of octets before a message, the line's end behind", function()
    assert.equal("hello", values("30 <13>Nov 29 15:17:31 app: hello<13>next")["/message"])
    assert.equal("hello", values("99999999 <13>app: hello\0")["/message"])
    assert.equal("hello\n world", values("<13>app: hello\n world\r\n")["/message"])
    assert.is_nil(values("3 <13>app: hello")["/app"])
    assert.equal("1234567890 <13>x", values("1234567890 <13>x")["/message"])
  end)

  it("has names for all facilities and severities", function()
    local facilities = { "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
      "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7" }
    local severities = { "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" }
    for priority = 0, 191 do
      local found = values(("<%d>x"):format(priority))
      assert.same({ tostring(priority), tostring(priority // 8), tostring(priority % 8), facilities[priority // 8 + 1],
        severities[priority % 8 + 1] }, { found["/priority"], found["/facility"], found["/severity"], found["/facility_name"],
        found["/severity_name"] })
    end
  end)

  it("has nothing in an empty message", function()
    for _, payload in ipairs { "", "\n", "\0" } do assert.is_nil(document(payload)) end
  end)

  it("gives what patterns in Python give, on generated messages", function()
    local lines = formats.texts(4000, 12, { "<34>", "<13>", "1 ", "2003-10-11T22:14:15Z ", "- ", "-", "host ", "app ", "su[12]: ", "a: ", "x@1",
      "su[12]:", "ag:", "ab:", '[x@1 a="b"]', "[", "]", '"', "\\", " ", "Oct 11 22:14:15 ", "Oct  1 22:14:15 ", '[y b="\\]\\""]', "m", "\n",
      "\u{FEFF}" })
    local expected = formats.python([==[
import re
PRI = re.compile(r'<(\d{1,3})>')
NEW = re.compile(r'(?=1 (?:- |\d{4}-\d\d-\d\dT\d\d:\d\d))')
ELEMENT = re.compile(r'\[([!#-<>-\\^-~]+)((?: [!#-<>-\\^-~]+="(?:[^"\\]|\\.)*")*)\]', re.S)
PARAMETER = re.compile(r' ([^ =]+)="((?:[^"\\]|\\.)*)"', re.S)
TIME = re.compile(r'(?:\d{4}-\d\d-\d\dT\d\d:\d\d[^ ]*)|(?:(?:Jan|Oct|Nov) (?: ?\d|\d\d) (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?=[ :]|$))', re.S)
TIGHT = re.compile(r'(?![A-Fa-f][A-Fa-f0-9]*:)([A-Za-z][A-Za-z0-9_./-]*)(?:\[(\d*)\])?:(?=[^:/\\])')
FACILITIES = "kern user mail daemon auth syslog lpr news uucp cron".split()
SEVERITIES = "emerg alert crit err warning notice info debug".split()
def word(text):
    head, _, tail = text.partition(" ")
    return head, tail
def tag(found, text):
    head, tail = word(text)
    if tight := TIGHT.match(head):
        found["app"] = tight[1]
        if tight[2] is not None:
            found["pid"] = tight[2]
        return text[tight.end():]
    stop = head[:-1] if head.endswith(":") else head
    if stop.endswith("]") and "[" in stop[1:]:
        if stop.startswith("["):
            return None
        name, pid = stop[:-1].split("[", 1)
        found.update(app=name, pid=pid)
        return tail
    if stop != head and stop:
        found["app"] = stop
        return tail
    return None
for text in texts():
    if count := re.match(r'(\d{1,9}) (?=<)', text):
        text = text[count.end():][:int(count[1])]
    text = re.sub(r'[\r\n\0]+\Z', '', text)
    found, known = {}, PRI.match(text)
    if known:
        priority = int(known[1])
        found.update(priority=str(priority), facility=str(priority // 8), severity=str(priority % 8),
                     facility_name=FACILITIES[priority // 8], severity_name=SEVERITIES[priority % 8])
        text = text[known.end():]
    if known and NEW.match(text):
        for key in ("version", "timestamp", "host", "app", "pid", "id"):
            head, text = word(text)
            if head not in ("", "-"):
                found[key] = head
        if text == "-" or text.startswith("- "):
            text = text[2:]
        else:
            data = {}
            while element := ELEMENT.match(text):
                data.setdefault(element[1], {})
                for name, value in PARAMETER.findall(element[2]) if not data[element[1]] else ():
                    data[element[1]].setdefault(name, re.sub(r'\\(["\]\\])', r'\1', value))
                text = text[element.end():]
                ended = True
            if data:
                found["data"] = {key: dict(sorted(data[key].items())) for key in sorted(data)}
                text = text[1:] if text.startswith(" ") else text
        text = text.removeprefix("\ufeff")
    else:
        time = TIME.match(text)
        if time:
            found["timestamp"] = time[0]
            text = text[time.end():].removeprefix(":").lstrip(" ")
        if time or known:
            rest = tag(found, text)
            if rest is None and time:
                head, text = word(text)
                if head:
                    found["host"] = head
                rest = tag(found, text)
            text = text if rest is None else rest
    if text:
        found["message"] = text
    answer(found)
]==], lines)
    for i, line in ipairs(lines) do
      assert.equal(expected[i], document(line) or "{}", line)
    end
  end)
end)
