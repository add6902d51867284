local program = require "spec.cli.program"
local support = require "spec.support"

local lure, shell = program.lure, program.shell

-- A script with fields only, of the source `name` (nil: any).
local function extractor(rest, sources)
  return support.file(([[return { name = "e", version = "1.0.0", %s %s
    fields = { { name = "e.size", type = "uint64", desc = "-", extract = function(v) return #v end },
      { name = "e.text", type = "string", desc = "-", extract = function(v) return v end } } }]]):format(
      sources and ("extract_event_sources = { %s },"):format(sources) or "", rest or ""))
end

local function events(text, format, ...)
  return lure("run", extractor(), "--events", support.file(text, "events"), "-p", format or "%e.text", ...)
end

describe("lure run --events", function()
  it("makes an event of each line, and asks the script's fields of it", function()
    local result = lure("run", extractor(nil, '"web", "mail"'), "--events", support.file("first\nsecond\n", "events"))
    assert.matches("^1 %d%d:%d%d:%d%d%.%d+ first e.size=5 e.text=first$", result.lines[1])
    assert.matches("^2 .* second e.size=6 e.text=second$", result.lines[2])
    assert.equal(0, result.status)
  end)

  it("gives them the first of extract_event_sources, or none", function()
    local result = lure("run", extractor(nil, '"web", "mail"'), "--events", support.file("x\n", "events"), "--json")
    assert.matches('^{"num":1,"ts":"%d+","source":"web","payload":"x","fields":{"e.size":1,"e.text":"x"}}$', result.lines[1])
    assert.matches('"source":null,', events("x\n", "%e.text", "--json").lines[1])
    assert.same({ "<NA>" }, events("x\n", "%evt.source").lines)
  end)

  it("feeds a source with events of its own kind, which it is not opened for", function()
    local result = lure("run", program.dummy, "--events", support.file("12\n13\n", "events"),
      "-p", "%evt.source %evt.plugininfo %dummy.divisible[3]")
    assert.same({ 'dummy {"sample": "12"} 1', 'dummy {"sample": "13"} 0' }, result.lines)
  end)

  it("passes over a byte order mark at the begin of the file, and no other", function()
    assert.same({ "1:a", [[4:\u{feff}b]] }, events("\u{FEFF}a\n\u{FEFF}b\n", "%e.size:%e.text").lines)
    assert.same({ "2:\u{FFFD}" }, events("\xEF\xBB", "%e.size:%e.text").lines)
    assert.same({ "0:" }, events("\u{FEFF}\nx", "%e.size:%e.text", "-n", "1").lines)
  end)

  it("takes a line's end off, be it LF, CR LF or the file's, and nothing else", function()
    assert.same({ "1:a", "3: b ", "1:c" }, events("a\r\n b \nc", "%e.size:%e.text").lines)
    assert.same({ "2:a\\r", "0:", "0:", "1:b" }, events("a\r\r\n\n\r\nb\n", "%e.size:%e.text").lines)
    assert.same({}, events("").lines)
  end)

  it("takes lines of any bytes", function()
    local result = lure("run", extractor(), "--events", support.file("a\0b\255\n", "events"), "--json")
    assert.matches('"payload_base64":"YQBi/w=="', result.lines[1])
    assert.matches('"e.size":4', result.lines[1])
  end)

  it("takes lines of any length, one behind the other", function()
    local result = lure("run", extractor(), "--events", support.file("a long one\nb\nas long 2\nc", "events"), "-p", "%e.text")
    assert.same({ "a long one", "b", "as long 2", "c" }, result.lines)
  end)

  it("takes a line of 64 MiB, and refuses a longer one by its number", function()
    local result = shell("{ echo short; head -c 67108864 /dev/zero; echo; head -c 67108865 /dev/zero; } | $lure",
      { "run", extractor(), "--events", "-", "-p", "%e.size" })
    assert.same({ "5", "67108864" }, result.lines)
    assert.matches("\nlure: %-%-events: %-: line 3 has more than 64 MiB: no host takes an event as large\n$", result.err)
    assert.equal(1, result.status)
  end)

  it("reads standard input as -, and without it where the script has only fields", function()
    for _, words in ipairs { { "--events", "-" }, {} } do
      local result = shell("printf 'a\\nb' | $lure", { "run", extractor(), "-p", "%e.text", table.unpack(words) })
      assert.same({ "a", "b" }, result.lines)
      assert.matches("^2 events, ", result.err)
    end
  end)

  it("shows a line when it comes, not when the next one does", function()
    local result = shell("{ echo first; sleep 0.3; date +%s%N >&2; } | $lure", { "run", extractor(), "-p", "%evt.rawtime" })
    assert.is_true(math.tointeger(result.lines[1]) < math.tointeger(result.err:match(("%d"):rep(19))), result.err)
  end)

  it("tells of itself where there is neither a source nor input", function()
    local result = shell("script -qec \"$lure\" /dev/null </dev/null", { "run", extractor() })
    assert.matches("has no event source %(no open, no next%): .* Give it some: %-%-events FILE, one a line, "
      .. "%-%-source PLUGIN%.so or %-%-capture FILE%.scap", result.out)
    assert.equal(2, result.status)
  end)

  it("says which file cannot be read", function()
    local result = lure("run", extractor(), "--events", "/nowhere/at/all")
    assert.matches("lure: %-%-events: /nowhere/at/all: No such file or directory\n$", result.err)
    assert.equal(1, result.status)
    assert.matches("Is a directory\n$", lure("run", extractor(), "--events", "/").err)
  end)

  it("is not for scripts that want events of the kernel", function()
    local result = lure("run", extractor(nil, '"syscall"'), "--events", "/dev/null")
    assert.matches("^lure: .* wants events of the kernel, which no line of text is", result.err)
    assert.equal(2, result.status)
  end)

  it("does not go with --open", function()
    assert.equal(2, lure("run", program.dummy, "--events", "-", "--open", "x").status)
    assert.equal(2, lure("run", program.dummy, "--source-config", "{}").status)
  end)

  it("ends within 100 ms of a signal, with destroy called", function()
    local result = shell(([[
      mkfifo FOLDER/lines; exec 9<>FOLDER/lines
      $lure <&9 & child=$!
      until grep -q ready /proc/$$/fd/2; do sleep 0.01; done
      sleep 0.1; begin=$(date +%s%N); kill -INT $child; wait $child; status=$?
      echo $(( ($(date +%s%N) - begin) / 1000000 )); exit $status]]):gsub("FOLDER", support.folder()), { "run",
      extractor [[init = function() print "ready" end, destroy = function() print "destroyed" end,]] })
    assert.matches("e: info: destroyed\n0 events", result.err)
    assert.equal(130, result.status)
    assert.is_true(tonumber(result.lines[1]) < 100, result.lines[1])
  end)
end)

describe("lure run --source", function()
  it("takes events from a plugin's library, and shows the fields of both", function()
    local counter = support.build .. "/spec/counter_v3.so"
    local result = lure("run", extractor(nil, '"counter"'), "--source", counter, "--json", "-n", "1")
    assert.matches('"source":"counter","payload":"[^"]+","fields":{"e.size":%d+,"e.text":"[^"]+"', result.lines[1])
    assert.equal(0, result.status, result.err)
  end)

  it("takes events from another script, opened and configured for it", function()
    local result = lure("run", extractor(nil, '"dummy"'), "--source", program.dummy, "--source-config", '{"jitter": 0}',
      "--open", '{"start": 5, "maxEvents": 2}', "-p", "%evt.num %evt.source %evt.plugininfo %e.text %dummy.value")
    assert.same({ '1 dummy {"sample": "6"} 6 6', '2 dummy {"sample": "7"} 7 7' }, result.lines)
    assert.equal(0, result.status)
  end)

  it("lets the script's field come before one of the same name", function()
    local script = support.file [[return { name = "e", version = "1.0.0",
      fields = { { name = "dummy.value", type = "string", desc = "-", extract = function() return "mine" end } } }]]
    local result = lure("run", script, "--source", program.dummy, "-n", "1")
    assert.matches(" dummy.value=mine dummy.strvalue=%d+$", result.lines[1])
  end)

  it("refuses a plugin without a source, and one whose events the fields are not for", function()
    local result = lure("run", program.dummy, "--source", extractor())
    assert.matches("^lure: %-%-source: .* has no event source", result.err)
    result = lure("run", extractor(nil, '"web", "mail"'), "--source", program.dummy)
    assert.matches('fields for events of the source "web", "mail" only, and .* is the source "dummy": '
      .. "add that to extract_event_sources", result.err)
    assert.equal(2, result.status)
  end)

  it("hands a plugin that lure did not make its configuration as it was typed", function()
    local counter = support.build .. "/spec/counter_v3.so"
    local result = lure("run", counter, "-n", "1", "--config", '{"lure": 1}')
    assert.equal(0, result.status, result.err)
  end)
end)

describe("lure run with async events", function()
  local told = [[async_events = { "beat" }, async_interval = 0.01,
    async = function(emit) n = (n or 0) + 1; emit("beat", "number " .. n) end,]]

  it("shows them with their names, until -n where there is no source", function()
    local result = lure("run", support.file('return { name = "a", version = "1.0.0", ' .. told .. "}"), "-n", "2")
    assert.matches("^1 %d%d:%d%d:%d%d%.%d+ beat number 1$", result.lines[1])
    assert.matches("^2 .* beat number 2$", result.lines[2])
    assert.equal(2, #result.lines)
    assert.equal(0, result.status)
  end)

  it("shows them among those of the source, all counted", function()
    local result = lure("run", program.script(told .. [[async_event_sources = { "t" },
      next = function()
        if (n or 0) == (seen or 0) then return require("lure").TIMEOUT end
        seen = n
        return "event"
      end,]]), "-n", "30", "--json")
    local names = {}
    for i, line in ipairs(result.lines) do
      assert.matches(('^{"num":%d,'):format(i), line)
      names[line:match('"async":"(%w+)"') or "none"] = true
    end
    assert.same({ beat = true, none = true }, names, result.err)
    assert.matches('"source":"t","async":"beat","payload":"number %d+","fields":{}}', result.out)
  end)

  it("asks the fields that are for them", function()
    local script = support.file('return { name = "a", version = "1.0.0", ' .. told .. [[extract_event_types = { "asyncevent" },
      fields = { { name = "a.text", type = "string", desc = "-", extract = function(_, _, event) return event.data end } } }]])
    local result = lure("run", script, "-n", "1", "-p", "%evt.asynctype %evt.plugininfo %a.text")
    assert.same({ "beat <NA> number 1" }, result.lines, result.err)
  end)
end)

describe("lure run of a script that parses", function()
  it("shows it each event before the fields are asked", function()
    local result = lure("run", program.script [[open = function() return { "b", "a" } end,
      next = function(i) return table.remove(i) end, parse = function(event) seen = (seen or "") .. event.data end,
      fields = { { name = "t.seen", type = "string", desc = "-", extract = function() return seen end } }]], "-p", "%t.seen")
    assert.same({ "a", "ab" }, result.lines)
  end)
end)

describe("lure run of a script that listens to captures", function()
  it("opens and closes a capture, around the events, in which every is called", function()
    local result = lure("run", program.script [[capture_open = function(capture)
        ticks = 0
        capture:every(0.01, function() ticks = ticks + 1 print("tick") return ticks < 2 end)
      end, capture_close = function() print("capture closed") end, close = function() print("closed") end,
      open = function() print("open") end, next = function() return ticks < 2 and require("lure").TIMEOUT or nil end]])
    assert.matches("^t: info: open\nt: info: tick\nt: info: tick\nt: info: capture closed\nt: info: closed\n0 events", result.err)
    assert.equal(0, result.status)
  end)

  it("fails where capture_open fails", function()
    local result = lure("run", program.script([[capture_open = function() return nil, "not now" end, ]]
      .. program.once("x")))
    assert.matches("\nlure: [^\n]*:2: capture_open: not now\n     2 | ", result.err)
    assert.same({ "", 1 }, { result.out, result.status })
  end)
end)

describe("what a plugin logs while lure runs it", function()
  it("is on standard error once, whatever plugin API the script needs", function()
    for _, version in ipairs { "3.0.0", "3.12.0" } do
      local result = lure("run", program.script(([[required_api_version = %q, init = function() print("hello") end,
        fields = { { name = "t.x", type = "string", desc = "-", extract = function() error("oops") end } }, ]]):format(version)
        .. program.once("x")))
      assert.matches("^t: info: hello\nt: error: [^\n]*:3: field t.x: oops\n\tstack traceback:\n\t[^\n]*\n\t[^\n]*\n1 event,", result.err)
    end
  end)

  it("is there from info on, too, of a plugin that lure did not make", function()
    local result = lure("run", support.build .. "/spec/extractor_v3.so", "--events", support.file("x\n", "events"))
    assert.matches("^words: info: hello\n1 event,", result.err) -- and no debug lines
  end)
end)
