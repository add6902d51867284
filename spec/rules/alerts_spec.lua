-- lure run --rules: alerts as Falco prints them, and what is told at the end.

local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"

local rule = rulefiles.rule

local EVENTS = [[
{"user": "ann", "action": "buy", "item": "tea", "price": 5, "tags": ["new", "big"], "from": "192.0.2.7", "paid": true}
{"user": "bob", "action": "look"}
{"user": "carl \u0007\"o\"", "action": "buy", "price": 18446744073709551615}
]]

-- Runs the script on EVENTS, or others, with rules: a text, or a list.
local function run(texts, words, events)
  local folder, names = rulefiles.folder(texts)
  local file = assert(io.open(folder .. "/events", "w"))
  file:write(events or EVENTS)
  file:close()
  table.move({ "--events", "events" }, 1, 2, #names + 1, names)
  return program.lure_in(folder, "run", "shop.lua", table.unpack(table.move(words or {}, 1, #(words or {}), #names + 1, names)))
end

local function with_output(output, condition)
  return (rule("r", condition or "shop.user exists"):gsub("output: o", function() return "output: " .. output end))
end

-- The alerts' texts, without their times.
local function outputs(output, condition, words)
  local result = run(with_output(output, condition), words)
  assert.equal(0, result.status, result.err)
  local lines = {}
  for i, line in ipairs(result.lines) do
    lines[i] = assert(line:match "^%d%d:%d%d:%d%d%.%d%d%d%d%d%d%d%d%d: (.*)$", line)
  end
  return lines
end

describe("lure run --rules", function()
  it("prints time, priority and output of each alert, and at the end what fired how often", function()
    local result = run(rule("Bought", "shop.action = buy"):gsub("output: o", "output: '%%shop.user bought'")
      .. rule("Nothing", "shop.action = steal") .. rule("Looked", "shop.action = look"):gsub("INFO", "warning"))
    assert.equal(0, result.status)
    assert.equal(3, #result.lines)
    assert.matches("^%d%d:%d%d:%d%d%.%d+: Informational ann bought$", result.lines[1])
    assert.matches("^%d%d:%d%d:%d%d%.%d+: Warning o$", result.lines[2])
    assert.matches("^3 events, 3 alerts, %d+ events/s, [%d.]+ s\n       2  Bought\n       1  Looked\n       0  1 other rule did "
      .. "not fire\n$", result.err)
  end)

  it("shows values as Falco does, and <NA> where there is none", function()
    assert.same({ "Informational user=ann price=5 tags=(new,big) from=192.0.2.7 paid=true", "Informational user=bob price=<NA> "
      .. "tags=<NA> from=<NA> paid=<NA>" }, table.move(outputs(
      "user=%shop.user price=%shop.price tags=%shop.tags from=%shop.from paid=%shop.paid"), 1, 2, 1, {}))
    assert.equal('Informational carl \\u0007\\"o\\" 18446744073709551615', outputs("'%shop.user %shop.price'")[3])
  end)

  it("shows points in time as nanoseconds, and no network, in lists, too", function()
    local folder = program.folder_with { ["odd.lua"] = [[return { name = "odd", version = "0.1.0", id = 999, event_source = "odd",
      description = "d", contact = "c", open = function() return function() end end,
      fields = {
        { name = "odd.at", type = "abstime", desc = "-", extract = function() return 1600000000123456789 end },
        { name = "odd.all", type = "abstime", list = true, desc = "-", extract = function() return { 5, 0 } end },
        { name = "odd.net", type = "ipnet", desc = "-", extract = function() return "192.0.2.0/24" end },
        { name = "odd.nets", type = "ipnet", list = true, desc = "-", extract = function() return { "::1", "192.0.2.7" } end },
        { name = "odd.none", type = "ipnet", desc = "-", extract = function() end },
      } }]], events = "x\n", ["rules.yaml"] = "- rule: r\n  desc: d\n  condition: odd.at exists\n  priority: INFO\n  source: odd\n"
        .. "  output: '%odd.at %odd.all %odd.net %odd.nets %odd.none'\n" }
    local words = { "run", "odd.lua", "--events", "events", "--rules", "rules.yaml" }
    local result = program.lure_in(folder, table.unpack(words))
    assert.equal(0, result.status, result.err)
    assert.equal("1600000000123456789 (5,0) <IPNET> (<IPNET>,<IPNET>) <NA>", result.lines[1]:match "Informational (.*)$")
    words[#words + 1] = "--json"
    assert.matches('"odd.all":[5,0],"odd.at":1600000000123456789,"odd.net":"<IPNET>","odd.nets":["<IPNET>","<IPNET>"],'
      .. '"odd.none":null}', program.lure_in(folder, table.unpack(words)).out, 1, true)
  end)

  it("replaces a character that a width cuts by one U+FFFD, and each byte that is none", function()
    local function cut(width, user)
      return run(with_output(("'%%%dshop.user|'"):format(width)), nil, ('{"user": "%s"}'):format(user)).lines[1]:match "Informational (.*)$"
    end
    for width = 1, 3 do assert.equal("\u{FFFD}|", cut(width, "\u{1F680}")) end
    assert.equal("\u{1F680}|", cut(4, "\u{1F680}"))
    assert.equal("\u{1F680}\u{FFFD}|", cut(5, "\u{1F680}\u{1F680}"))
    assert.equal("\u{FFFD}|", cut(2, "\u{20AC}"))
  end)

  it("shows arguments, transformers, widths, and the fields of every event", function()
    assert.same({ "Informational tea 5. ANN ann   |an| buy-tea 2 1 shop shop <NA>x" }, outputs("'%shop.value[item] %shop.price. "
      .. "%toupper(shop.user) %5shop.user |%2shop.user| %concat(shop.action, \"-\", shop.item) %len(shop.tags) %evt.num "
      .. "%evt.source %evt.pluginname <NA>x'", "shop.item = tea"))
  end)

  it("shows no length of what join and concat make, as libsinsp shows none", function()
    assert.same({ "Informational <NA> <NA> <NA> 3 2" }, outputs("'%len(concat(shop.user, shop.item)) %len(join(\"-\", shop.tags)) "
      .. "%len(toupper(join(shop.user, shop.tags))) %len(toupper(shop.item)) %len(shop.tags)'", "len(concat(shop.user, shop.item)) = 6"))
  end)

  it("takes no notice of a star in front of an output", function()
    assert.same({ "Informational ann" }, outputs("'*%shop.user'", "shop.user = ann"))
  end)

  it("gives one alert an event, that of the first rule, or with --matching all all of them", function()
    local rules = rule("a", "shop.user = ann") .. rule("b", "shop.user exists")
    assert.equal(3, #run(rules).lines)
    assert.equal(3, #run(rules, { "--matching", "first" }).lines)
    assert.equal(4, #run(rules, { "--matching", "all" }).lines)
  end)

  it("leaves out rules that are disabled, or less urgent than --priority", function()
    local rules = rule("a", "shop.user exists", "  enabled: false\n") .. rule("b", "shop.user = ann"):gsub("INFO", "ERROR")
      .. rule("c", "shop.user exists")
    assert.equal(3, #run(rules).lines)
    assert.equal(1, #run(rules, { "--priority", "notice" }).lines)
    assert.equal(1, #run(rules, { "--priority", "error" }).lines)
    assert.equal(0, #run(rules, { "--priority", "critical" }).lines)
  end)

  it("skips rules of other sources, and says so", function()
    local other = rule("k", "proc.name = cat"):gsub("source: shop", "source: syscall")
    local result = run(rule("a", "shop.user = ann") .. other .. other:gsub("rule: k", "rule: l"))
    assert.equal(1, #result.lines)
    assert.matches("\nskipped: 2 rules of the source syscall\n$", result.err)
  end)

  it("ends with the line of what Falco would refuse", function()
    local result = run("- list: x\n  items: y\n" .. rule("r", "shop.usr = ann"))
    assert.equal(1, result.status)
    assert.equal("", result.out)
    assert.matches('^lure: rules%.yaml:2: list x: items: expected a list, got "y"; write items: %[y%]\n', result.err)
    assert.matches('\nlure: rules%.yaml:5: rule r: condition: no field "shop%.usr"; did you mean "shop%.user"%?\n', result.err)
  end)

  it("says of a required plugin that is not there, and goes on", function()
    local result = run("- required_plugin_versions:\n  - {name: moon, version: 1.0.0}\n" .. rule("a", "shop.user = ann"))
    assert.equal(1, #result.lines)
    assert.matches("^lure: note: rules%.yaml:2: required_plugin_versions: plugin moon 1%.0%.0 or newer is needed, and not loaded",
      result.err)
  end)

  it("says which plugin to take where all rules have its fields", function()
    local result = run("- required_plugin_versions:\n  - {name: json, version: 0.7.0}\n" .. rule("a", "json.value[/x] = 1"))
    assert.equal(1, result.status)
    assert.matches('^lure: rules%.yaml:2: required_plugin_versions: [^\n]*; 1 rule has fields of the plugin json, such as json%.value; '
      .. 'load it, too, as in "lure run json%.lua %-%-source SCRIPT %-%-rules …"\n', result.err)
    assert.equal(1, select(2, result.err:gsub("lure: ", "")))
  end)

  it("reads directories, files by their names, and several of them", function()
    local folder = program.folder_with {
      ["shop.lua"] = rulefiles.script, ["events"] = EVENTS, ["rules/2.yaml"] = rule("r", "m"), ["rules/no.txt"] = "- nonsense",
      ["rules/1.yml"] = "- macro: m\n  condition: shop.user = ann\n", ["more.yaml"] = "- rule: r\n  condition: or shop.user = bob\n"
        .. "  override: {condition: append}\n",
    }
    local function lines(...) return #program.lure_in(folder, "run", "shop.lua", "--events", "events", ...).lines end
    assert.equal(1, lines("--rules", "rules"))
    assert.equal(2, lines("--rules", "rules/", "--rules", "more.yaml"))
    local result = program.lure_in(folder, "run", "shop.lua", "--events", "events", "--rules", "rules/no.txt")
    assert.equal(1, result.status)
    assert.matches("^lure: rules/no%.txt: Falco takes only files called %.yaml or %.yml for rules; ", result.err)
  end)

  it("counts alerts in the table of --top, in place of printing them", function()
    local result = run(rule("Bought", "shop.action = buy") .. rule("Nothing", "shop.action = steal"), { "--top" })
    assert.equal(0, result.status, result.err)
    assert.is_nil(result.out:match "Informational")
    assert.matches("2 +Bought", result.out)
    assert.matches("3 events, 2 alerts, ", result.err)
  end)

  it("goes with neither -p nor --raw, and its options only with it", function()
    for words, message in pairs {
      [{ "-p", "x" }] = "-p is about events, and --rules shows alerts",
      [{ "--raw" }] = "--raw is about events, and --rules shows alerts",
      [{ "--matching", "some" }] = "--matching: expected first or all",
      [{ "--priority", "urgent" }] = "--priority: expected Emergency, Alert, ",
    } do
      local result = run(rule("a", "shop.user = ann"), words)
      assert.equal(2, result.status)
      assert.matches(message, result.err, 1, true)
    end
    local result = program.lure("run", program.dummy, "--priority", "info")
    assert.same({ 2, "lure: run: --priority is for rules: add --rules FILE\n" }, { result.status, result.err })
  end)
end)

describe("the lines of --events", function()
  -- A script that has no source of its own: `sources`, those that it has fields for, or nil.
  local function fields(name, sources)
    return ([[return { name = %q, version = "0.1.0", %s
      fields = { { name = "%s.user", type = "string", desc = "-", path = "/user" } } }]]):format(name,
      sources and "extract_event_sources = { " .. sources .. " }," or "", name)
  end

  local folder = program.folder_with {
    ["shop.lua"] = rulefiles.script, ["any.lua"] = fields("any"), ["moon.lua"] = fields("moon", '"moon", "shop"'), events = EVENTS,
    ["rules.yaml"] = with_output("'%evt.source %evt.pluginname'", "evt.num = 1"),
    ["moon.yaml"] = with_output("'%evt.source %evt.pluginname'", "moon.user = ann"):gsub("source: shop", "source: moon"),
    ["both.yaml"] = with_output("'%any.user %shop.user'", "any.user = ann and shop.user = ann"),
  }

  -- The outputs, and what is told beside them.
  local function run_in(...)
    local result = program.lure_in(folder, "run", ...)
    assert.equal(0, result.status, result.err)
    return result.out:gsub("%S+ Informational ", ""), result.err
  end

  it("are events of the script's own source, or of the first that it has fields for", function()
    assert.equal("shop shop\n", (run_in("shop.lua", "--events", "events", "--rules", "rules.yaml")))
    assert.equal("moon <NA>\n", (run_in("moon.lua", "--events", "events", "--rules", "moon.yaml")))
  end)

  it("are with --source those of that plugin, whose fields they have, too", function()
    for _, script in ipairs { "any.lua", "moon.lua" } do
      assert.equal("shop shop\n", (run_in(script, "--source", "shop.lua", "--events", "events", "--rules", "rules.yaml")))
    end
    assert.equal("ann ann\n", (run_in("any.lua", "--source", "shop.lua", "--events", "events", "--rules", "both.yaml")))
  end)

  it("have no source otherwise, which is said where rules are to see them", function()
    local out, told = run_in("any.lua", "--events", "events", "--rules", "rules.yaml")
    assert.equal("", out)
    assert.matches("^lure: note: the events have no source, so no rule sees them: [^\n]* say with %-%-source which plugin they are of, ",
      told)
    assert.matches("skipped: 1 rule of the source shop\n$", told)
    assert.not_matches("note", select(2, run_in("any.lua", "--events", "events")))
  end)
end)

describe("lure run --rules --json", function()
  it("prints objects with Falco's keys, in Falco's order", function()
    local result = run(with_output("'%shop.user %shop.price %shop.tags %shop.paid %shop.item %toupper(shop.action)'",
      "shop.price exists"):gsub("source: shop", "source: shop\n  tags: [b, a]"), { "--json" })
    assert.equal(0, result.status, result.err)
    local line = result.lines[1]
    local told = json_text.decode(line)
    assert.same({ "ann", 5, { "new", "big" }, true, "tea", "buy" }, { told.output_fields["shop.user"],
      told.output_fields["shop.price"], told.output_fields["shop.tags"], told.output_fields["shop.paid"],
      told.output_fields["shop.item"], told.output_fields["shop.action"] })
    assert.is_nil(told.output_fields["toupper(shop.action)"])
    assert.same({ "r", "Informational", "shop", { "a", "b" } }, { told.rule, told.priority, told.source, told.tags })
    assert.matches("^%d%d:%d%d:%d%d%.%d+: Informational ann 5 %(new,big%) true tea BUY$", told.output)
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d%d%d%dZ$", told.time)
    assert.matches('^{"hostname":"[^"]*","output":".*","output_fields":{"evt.time":%d+,"shop.action":"buy",.*},'
      .. '"priority":"Informational","rule":"r","source":"shop","tags":%["a","b"%],"time":"[^"]*"}$', line)
    assert.matches('"shop.item":null,', result.lines[2])
    assert.matches('"shop.price":18446744073709551615,', result.lines[2])
    assert.matches('"shop.user":"carl \\u0007\\"o\\""', result.lines[2], 1, true)
  end)
end)

describe("lure run --rules --capture", function()
  it("shows rules the events of the kernel and those of the plugin, each its own", function()
    local writer = require "spec.capture.writer"
    local folder = program.folder_with {
      ["shop.lua"] = rulefiles.script,
      ["x.scap"] = writer.section() .. writer.event(307, { ("<i8"):pack(3), ("<i8"):pack(4), "/tmp/x\0" })
        .. writer.event(322, { ("<I4"):pack(999), '{"user": "ann"}' }, { wide = true }),
      ["rules.yaml"] = rule("Plugin", "shop.user = ann"):gsub("output: o", "output: '%%evt.source %%shop.user'")
        .. "- rule: Opened\n  desc: d\n  condition: evt.type = openat\n  output: '%evt.source %evt.arg.name'\n  priority: INFO\n"
        .. "- rule: By cat\n  desc: d\n  condition: fd.sip.name exists\n  output: o\n  priority: INFO\n",
    }
    local result = program.lure_in(folder, "run", "shop.lua", "--capture", "x.scap", "--rules", "rules.yaml")
    assert.equal(0, result.status, result.err)
    assert.same({ "syscall /tmp/x", "shop ann" }, { result.lines[1]:match "Informational (.*)$",
      result.lines[2]:match "Informational (.*)$" })
    assert.matches("\nskipped: 1 rule with fields of the kernel that lure does not have\n", result.err)
  end)
end)
