-- lure run --top: a table of events on a screen of its own.
local json_text = require "spec.json_text"
local pages = require "spec.docs.pages"
local program = require "spec.cli.program"
local support = require "spec.support"
local topvalues = require "lure.cli.topvalues"

local quote = support.quote
local lure, script = program.lure, program.script

local ENTER <const>, LEAVE <const> = "\27[?1049h", "\27[?1049l"
local SIGQUIT <const>, SIGABRT <const>, SIGTERM <const> = 3, 6, 15

-- Steps of a plan as JSON (spec/cli/ptydriver.py).
local function json_of(steps)
  local list = {}
  for i, step in ipairs(steps) do
    local words = {}
    for j, word in ipairs(step) do
      words[j] = type(word) == "number" and tostring(word)
        or '"' .. word:gsub('[%c"\\]', function(letter) return ("\\u%04x"):format(letter:byte()) end) .. '"'
    end
    list[i] = "[" .. table.concat(words, ",") .. "]"
  end
  return "[" .. table.concat(list, ",") .. "]"
end

-- Runs `lure run PATH --top` and more on a terminal of that size, by that plan. `before`: variables of the environment.
local function on_terminal(path, columns, rows, steps, options, before)
  local plan = support.file(('{"columns":%d,"rows":%d,"steps":%s}'):format(columns, rows, json_of(steps)), "plan.json")
  local words = { "run", path, "--top", table.unpack(options or {}) }
  local result = program.shell(("unset LD_PRELOAD NO_COLOR; TERM=xterm %s python3 %s %s $lure"):format(before or "",
    quote(pages.source .. "/spec/cli/ptydriver.py"), quote(plan)), words)
  assert.equal(0, result.status, result.err)
  return json_text.decode(result.out)
end

-- Events of 20 fields; "kind" is one of three, "number" another one each time. There is no end.
local function endless(more)
  local fields = { [[{ name = "t.kind", type = "string", desc = "-", extract = function(e) return e.n % 4 == 0 and "rare" or "common" end }]],
    [[{ name = "t.number", type = "uint64", desc = "-", extract = function(e) return e.n end }]] }
  for i = 3, 20 do
    fields[i] = ([[{ name = "t.field%d", type = "string", desc = "-", extract = function() return "value%d" end }]]):format(i, i)
  end
  return script(([[next = function()
      n = n + 1
      if n <= 8 then return tostring(n) end
      %s
      return lure.TIMEOUT
    end,
    decode = function(event) return { n = tonumber(event.data) } end,
    fields = { %s } ]]):format(more or "", table.concat(fields, ", ")), 'local lure, n = require "lure", 0')
end

local function check_frame(frame, columns, rows)
  assert.is_true(#frame <= rows, #frame .. " lines")
  for _, line in ipairs(frame) do assert.is_true(utf8.len(line) <= columns, line) end
end

describe("lure run --top on a terminal", function()
  it("draws within its size, again when that changes, and leaves it as it was at Ctrl-C", function()
    local seen = on_terminal(endless(), 70, 12, {
      { "wait", "^t  8 events " }, { "resize", 100, 40 }, { "wait", "value20" }, { "resize", 18, 3 }, { "wait", "^t  8 events" },
      { "resize", 1, 1 }, { "wait", "^t$" }, { "type", "\3" },
    })
    local small, large, tiny, least = table.unpack(seen.frames)
    check_frame(small, 70, 12)
    check_frame(large, 100, 40)
    check_frame(tiny, 18, 3)
    check_frame(least, 1, 1)
    local text = table.concat(small, "\n")
    assert.matches("^t  8 events  %d+/s  0 errors  lag %d+%.%d s  00:0%d:%d%d\n\nFIELD +EVENTS +VALUES +ERRORS +COUNT +SHARE  VALUE\n", text)
    assert.matches("\nt%.kind +8 +2 +6 +75%.0 %%  common\n", text)
    assert.matches("\nand 12 more fields; ", text)
    assert.matches("\nt%.field20 +8 +1 +8 +100%.0 %%  value20$", (table.concat(large, "\n")))
    assert.equal(130, seen.status)
    assert.equal(1, select(2, seen.raw:gsub(ENTER:gsub("%p", "%%%0"), "")))
    local last = seen.raw:match(".*\27%[%?7h\27%[%?25h\27%[%?1049l(.*)$")
    assert.not_matches("\27", last)
    assert.matches("^t  8 events  .*\r\nt%.kind +8 +2 +6 +75%.0 %%  common\r\n +2 +25%.0 %%  rare\r\n", last)
    assert.matches("\r\n8 events, %d+ events/s, %d+%.%d+ s\r\n$", last)
  end)

  it("has no colours where NO_COLOR says so, unless --color does, and bold heads otherwise", function()
    local steps = { { "wait", "^t  8 events " }, { "type", "\3" } }
    assert.is_truthy(on_terminal(endless(), 80, 24, steps).raw:find("\27[1mt  ", 1, true))
    assert.is_nil(on_terminal(endless(), 80, 24, steps, {}, "NO_COLOR=1").raw:find "\27%[[%d;]*m")
    assert.is_truthy(on_terminal(endless(), 80, 24, steps, { "--color", "always" }, "NO_COLOR=1").raw:find("\27[1m", 1, true))
  end)

  it("keeps what is logged until the end, and shows the last line meanwhile", function()
    local path = endless [[if n == 9 then print "one\27[2J" print "two" end]]
    local seen = on_terminal(path, 80, 24, { { "wait", "t: info: two" }, { "type", "\3" } })
    assert.equal("t: info: two", seen.frames[1][2])
    local before, behind = seen.raw:match("^(.*)\27%[%?1049l(.*)$")
    assert.is_nil(before:find("t: info: two\r\nt", 1, true))
    assert.matches("^t: info: one\\x1b%[2J\r\nt: info: two\r\nt  8 events ", behind)
  end)

  it("counts errors, of all and of each field", function()
    local path = script([[next = function() n = n + 1 return n <= 4 and tostring(n) or lure.TIMEOUT end,
      fields = { { name = "t.bad", type = "string", desc = "-", extract = function(v) if v ~= "1" then error "no" end return v end } } ]],
      'local lure, n = require "lure", 0')
    local seen = on_terminal(path, 120, 24, { { "wait", "^t  4 events  [^\n]* 3 errors  " }, { "type", "\3" } })
    assert.matches("\nt%.bad +1 +1 +3 +1 +100%.0 %%  1", table.concat(seen.frames[1], "\n"))
  end)

  it("shows what has control characters, tabs and wide ones in one line", function()
    local path = script([[next = function() n = n + 1 return n <= 1 and "a\tb\n\27[31m漢字" or lure.TIMEOUT end,
      fields = { { name = "t.x", type = "string", desc = "-", extract = function(v) return v end } } ]],
      'local lure, n = require "lure", 0')
    local seen = on_terminal(path, 120, 24, { { "wait", "^t  1 event " }, { "type", "\3" } }, {}, "NO_COLOR=1")
    assert.matches("  a b\\n\\x1b%[31m漢字$", (table.concat(seen.frames[1], "\n")))
  end)

  it("shows the progress of the source, and the events of -p alone", function()
    local path = script([[next = function() n = n + 1 return n <= 2 and tostring(n) or lure.TIMEOUT end,
      progress = function() return 0.25, "a quarter" end,
      fields = { { name = "t.x", type = "string", desc = "-", extract = function(v) return v end },
        { name = "t.y", type = "string", desc = "-", extract = function(v) return v end } } ]], 'local lure, n = require "lure", 0')
    local seen = on_terminal(path, 120, 24, { { "wait", "^t  2 events " }, { "type", "\3" } }, { "-p", "%t.y %evt.type" })
    local text = table.concat(seen.frames[1], "\n")
    assert.matches("\n25%.0 %% a quarter\n", text)
    assert.matches("\nt%.y +2 ", text)
    assert.matches("\nevt%.type +2 +1 +2 +100%.0 %%  pluginevent", text)
    assert.not_matches("\nt%.x ", text)
  end)

  it("leaves the screen at the end of the source, and when that fails", function()
    local ends = on_terminal(script [[open = function() return ("x"):gmatch "x" end]], 80, 24, {})
    assert.equal(0, ends.status)
    assert.matches("\27%[%?1049lt  1 event  .*\r\n1 event, %d+ events/s, %d+%.%d+ s\r\n$", ends.raw)
    local fails = on_terminal(script [[next = function() error "broken" end]], 80, 24, {})
    assert.equal(1, fails.status)
    assert.matches("\27%[%?1049lt  0 events  .*script%.lua:2: next: .*broken", fails.raw)
  end)

  it("leaves the screen where a signal ends it at once: Ctrl-\\, and those of a crash", function()
    for _, number in ipairs { SIGQUIT, SIGABRT } do
      local seen = on_terminal(endless(), 80, 24, { { "wait", "^t  8 events " }, { "signal", number } })
      assert.equal(128 + number, seen.status)
      assert.equal(LEAVE, seen.raw:match(".*(\27%[%?1049l)"))
      assert.equal("", seen.raw:match(".*\27%[%?1049l(.*)$"))
    end
  end)

  it("leaves the screen where a signal ends what cannot be interrupted", function()
    local ready = support.folder() .. "/stuck" -- os.execute waits for the program whatever comes
    local path = endless(([[if n == 9 then os.execute %q end]]):format("trap '' TERM; touch " .. ready .. "; while [ -e " .. ready ..
      " ]; do sleep 0.05; done"))
    local seen = on_terminal(path, 80, 24, { { "wait", "^t  0 events " }, { "file", ready }, { "signal", SIGTERM } })
    os.remove(ready)
    assert.equal(128 + SIGTERM, seen.status)
    assert.equal(LEAVE, seen.raw:match(".*(\27%[%?1049l)"))
    assert.is_true(#seen.raw:match(".*\27%[%?1049l(.*)$") < 200)
  end)
end)

describe("lure run --top in a shell", function()
  -- What bash with job control writes where these steps are typed into it; "run" stands for the command.
  local function in_shell(path, steps)
    for _, step in ipairs(steps) do
      if step[2] == "run\n" then step[2] = ("%s run %s --top\n"):format(quote(program.path), quote(path)) end
    end
    table.insert(steps, 1, { "see", "[#$] $" })
    local plan = support.file(('{"columns":80,"rows":24,"steps":%s}'):format(json_of(steps)), "plan.json")
    local result = program.shell(("unset LD_PRELOAD NO_COLOR PROMPT_COMMAND; TERM=xterm python3 %s %s "
      .. "bash --norc --noprofile --noediting -i"):format(
      quote(pages.source .. "/spec/cli/ptydriver.py"), quote(plan)), {})
    assert.equal(0, result.status, result.err)
    return json_text.decode(result.out).raw
  end

  local LEFT <const> = "\27[?7h\27[?25h" .. LEAVE

  -- The number of times that a text stands there.
  local function count(raw, text) return select(2, raw:gsub(text:gsub("%p", "%%%0"), "")) end

  it("leaves the screen at Ctrl-Z, and has it again where the shell lets it go on", function()
    local raw = in_shell(endless(), {
      { "type", "run\n" }, { "wait", "^t  8 events " },
      { "type", "\26" }, { "see", "Stopped.*[#$] $" },
      { "type", "fg\n" }, { "wait", "^t  8 events " },
      { "type", "\3" }, { "see", "8 events, .*[#$] $" },
      { "type", "exit\n" },
    })
    assert.equal(2, count(raw, ENTER))
    assert.equal(2, count(raw, LEFT))
    assert.is_true(raw:find(LEFT, 1, true) < raw:find("Stopped", 1, true))
  end)

  it("draws nothing in the background", function()
    local go_on = support.folder() .. "/go-on"
    local path = endless(("if n == 9 then while not io.open(%q) do lure.sleep(0.02) end return 'last' end"):format(go_on))
    local raw = in_shell(path, {
      { "type", "run\n" }, { "wait", "^t  8 events " },
      { "type", "\26" }, { "see", "Stopped.*[#$] $" },
      { "type", "bg\n" }, { "see", "[#$] $" },
      { "type", ": >" .. go_on .. "; sleep 1.2\n" }, { "see", "[#$] $" },
      { "type", "fg\n" }, { "wait", "^t  9 events " },
      { "type", "\3" }, { "see", "9 events, .*[#$] $" },
      { "type", "exit\n" },
    })
    assert.equal(2, count(raw, ENTER))
  end)
end)

describe("lure run --top elsewhere", function()
  it("prints the table as text at the end", function()
    local result = lure("run", program.dummy, "--top", "-n", "20", "--config", '{"jitter": 0}')
    assert.matches("^dummy  20 events  %d+/s  0 errors  lag %d+%.%d s  00:00:0%d\n\nFIELD +EVENTS ", result.out)
    assert.not_matches("\27", result.out)
    assert.matches("^20 events, %d+ events/s", result.err)
    assert.equal(0, result.status)
  end)

  it("has the rules of --rules, most frequent first", function()
    local path = script [[open = function() return ("abb"):gmatch "." end,
      fields = { { name = "t.x", type = "string", desc = "-", extract = function(v) return v end } } ]]
    local rules = ""
    for name, value in pairs { Seldom = "a", Often = "b", Never = "c" } do
      rules = rules .. ("- rule: %s\n  desc: x\n  condition: t.x = %s\n  output: x\n  priority: INFO\n  source: t\n"):format(name, value)
    end
    local result = lure("run", path, "--top", "--rules", support.file(rules, "t_rules.yaml"))
    assert.equal(0, result.status, result.err)
    assert.matches("\n   ALERTS  RULE\n        2  Often\n        1  Seldom\n        0  Never\n\nFIELD ", result.out)
  end)

  it("is text on a terminal that can no more", function()
    local seen = on_terminal(script [[open = function() return ("x"):gmatch "x" end]], 80, 24, {}, {}, "TERM=dumb")
    assert.is_nil(seen.raw:find("\27", 1, true))
    assert.matches("^t  1 event ", seen.raw)
  end)

  it("is not for programs, and not for scripts that change", function()
    for _, option in ipairs { "--json", "--watch" } do
      local result = lure("run", program.dummy, "--top", option)
      assert.equal("lure: run: --top shows a table; leave out " .. option .. "\n", result.err)
      assert.equal(2, result.status)
    end
  end)

  it("has the profile behind the table, where it is wanted", function()
    local result = lure("run", program.dummy, "--top", "--profile", "-n", "3")
    assert.matches("\nnext +%d+ ", result.err)
  end)
end)

describe("the most frequent values", function()
  it("are exact up to 4096 different ones", function()
    local values = topvalues.new()
    for i = 1, 4096 do values:add("v" .. i) end
    values:add "v4096"
    assert.same({ { text = "v4096", count = 2 }, { text = "v1", count = 1 } }, values:most(2))
    assert.same({ 4097, 4096, 0 }, { values.total, values.distinct, values.floor })
  end)

  it("are too low by at most the floor behind that, and what is frequent stays", function()
    local values, random, most = topvalues.new(), 1, 0
    for i = 1, 50000 do
      random = (random * 1103515245 + 12345) & 0x7fffffff
      values:add(random >> 8 & 1 == 0 and "often" or "seldom" .. i)
      most = math.max(most, values.distinct)
    end
    local first = values:most(1)[1]
    assert.equal("often", first.text)
    assert.is_true(values.floor > 0 and most == 4096)
    assert.is_true(first.count > 20000) -- it is never among the rarer half
  end)

  it("tell long texts apart by their first 256 bytes", function()
    local values = topvalues.new()
    values:add(("x"):rep(256) .. "a")
    values:add(("x"):rep(256) .. "b")
    values:add(("x"):rep(255))
    assert.equal(2, values.distinct)
  end)
end)
