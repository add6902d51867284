-- lure test: Busted, run inside lure, where specs can require lure.testing.

local args = require "lure.cli.args"
local casespecs = require "lure.testing.casespecs"
local json = require "lure.cli.json"
local modules = require "lure.cli.modules"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local testing = require "lure.testing"

-- Options that Busted gets as they are. With a name of its value they have one.
local busted_options = {
  ["--output"] = "FORMAT", ["--pattern"] = "PATTERN", ["--filter"] = "PATTERN", ["--filter-out"] = "PATTERN",
  ["--tags"] = "TAGS", ["--exclude-tags"] = "TAGS", ["--helper"] = "FILE", ["--lpath"] = "PATH",
  ["--repeat"] = "N", ["--seed"] = "N", ["--list"] = false, ["--shuffle"] = false, ["--verbose"] = false,
  ["--no-keep-going"] = false, ["--coverage"] = false,
}

local test = {
  name = "test",
  summary = "run Busted specs of plugins",
  words = { least = 0, most = math.maxinteger, name = "spec" },
  options = {
    ["--update"] = { key = "update" },
    ["--json"] = { key = "json" },
    ["--help"] = { key = "help" },
    ["-h"] = { key = "help" },
  },
  help = [=[
usage: lure test [SPEC|DIR ...] [--update] [--json] [BUSTED'S OPTIONS]

Runs Busted specs and cases of rules: these files, and the files called *_spec.lua
or *_cases.yaml in these directories, or in their subdirectory "spec" if they have
one. By default: spec.
Specs can require "lure.testing", which loads a script, or a plugin's library,
through the library that Falco and sysdig load:

  local testing = require "lure.testing"

  describe("accounts.lua", function()
    local plugin = testing.load("accounts.lua")

    it("has the names of users", function()
      assert.equal("root", plugin:event("root:x:0:0"):field("account.name"))
    end)

    it("gives an event for each line", function()
      assert.equal(3, #plugin:events("/etc/passwd", 3))
    end)

    it("finds in events what it found when they were recorded", function()
      plugin:golden("accounts.json")
    end)
  end)

  testing.load(FILE, [OPTIONS])  a plugin; FILE is searched in the directory
                                 of the spec, in its parent, and in the working
                                 directory. OPTIONS: config, a table or JSON;
                                 api = "0.3"; clock = "manual"
  testing.close()                closes all plugins and servers; also done at the
                                 end
  plugin:events([PARAMS], [N])   list of the events of the source, all or the
                                 first N. PARAMS: a text or a table; by default
                                 the first of the script's open_params
  plugin:open([PARAMS])          the source, which stays open
  plugin:advance(SECONDS)        time passes for a script with clock = "manual",
                                 at once: its sleeps, timeouts, "every", the
                                 interval of "async" and lure.now know no other
  plugin:event(DATA, [MEMBERS])  an event with this payload. MEMBERS: ts, num,
                                 source, tid
  plugin:event({type = "openat", tid = 1, params = {name = "/etc/passwd"}})
                                 an event of the kernel: the exit of that name, with
                                 dir = ">" the enter; params by name, with values as
                                 event.param has them; also ts, num. It changes the
                                 table "threads" as in Falco: a clone makes a thread
  plugin:thread({tid = 1, ...})  makes or changes a thread in the table "threads":
                                 its fields by name, args and env as lists,
                                 cgroups and file_descriptors = { [3] = NAME }
  plugin:capture(FILE, [N])      list of the events of a capture (.scap), whose
                                 threads are in the table then
  plugin:fields(EVENT)           a table of all fields that have a value
  plugin:golden(FILE, [OPTIONS]) every field of every event in FILE must have the
                                 value that was recorded; see lure record.
                                 OPTIONS: capture, the file it is recorded from
  plugin:emitted(N, [SECONDS])   list of N async events: name, data, ts, tid
  plugin:log()                   what was logged since the last call: a list with
                                 severity and message
  plugin:rules(FILE..., [OPTIONS])   rules of Falco, from files or directories.
                                 OPTIONS: priority, the least, as "notice"; matching:
                                 "first" (as Falco), or "all"
  rules:alerts(EVENT)            list of the alerts that Falco gives: rule, priority,
                                 output, tags, source, text and json as Falco prints
                                 them
  assert.fires(RULES, NAME, EVENT)     the rule NAME gives an alert
  assert.silent(RULES, EVENT, [NAME])  no rule, or not NAME, gives one
  plugin:close()                 closes the plugin
  plugin.info                    what it declares: name, fields, and so on
  plugin.state                   its state in lure.host, for everything else
  source:events([N])             list of the events that came since the last call:
                                 those that are there, or N, which it waits for
  source:close()                 closes it
  event:field("NAME")            a field's value, or nil; also "NAME[ARGUMENT]"
  event:text()                   the event as text
  event:raw()                    the event in lure.host, for everything else
  event:param("NAME")            a parameter of an event of the kernel, or nil
  event.data                     the payload; also event.ts, .num, .source, .tid,
                                 .type
  thread:read("NAME")            a field of a thread, also one that a plugin added
  testing.send(ADDRESS, TEXT...) messages, or bytes of one connection, to a script
                                 that listens there: "udp://127.0.0.1:5514", or
                                 tcp, unix, unixgram
  testing.request(URL, [OPTIONS])   an HTTP request to a script that serves; has
                                 status, headers, body. OPTIONS: method, headers,
                                 body
  testing.server(FUNCTION)       an HTTP server for a script that asks:
                                 FUNCTION(request) returns status, headers, body;
                                 server.url is its address
  testing.program(NAME, TEXT)    a shell script that scripts run in the place of
                                 the system's program of that name

Errors are thrown with the script's file and line.

Cases of rules need no Lua:

  script: logins.lua             # searched as in testing.load
  rules: logins_rules.yaml       # or a list; also config, priority, matching
  cases:
  - name: root logs in
    event: {user: root}          # the payload: a text, or what becomes JSON; or
                                 # events: a list of payloads
    alerts:                      # names of rules, or maps with rule and, if wanted,
    - rule: Login of root        # output, priority, tags
      output: root logged in
  - name: others do
    event: {user: bob}
    alerts: []

  --update               writes what the script extracts now to golden files
  --json                 as --output json

The others are Busted's; those with a PATTERN may be given more than once:

  --output FORMAT        utfTerminal, plainTerminal, TAP, junit, json
  --filter PATTERN       only specs whose name matches (a Lua pattern)
  --filter-out PATTERN   no specs whose name matches
  --tags TAGS            only specs with these #tags in their names, separated by ","
  --exclude-tags TAGS    no specs with these
  --pattern PATTERN      names of files with specs, by default _spec%.lua$ and
                         _cases%.ya?ml$
  --helper FILE          Lua to run before
  --lpath PATH           where modules are searched first
  --repeat N             runs the specs N times
  --shuffle              in another order every time
  --seed N               in the order that this number gives
  --no-keep-going        stops at the first failure
  --list                 lists names only
  --verbose              with tracebacks
  --coverage             with LuaCov

Exit status: 0 if all pass, 1 if not, 2 for a wrong command line or no specs.

  lure test
  lure test spec/accounts_spec.lua --output=TAP
]=],
}

local readers = { PATTERN = args.pattern, N = args.count }

for name, value in pairs(busted_options) do
  test.options[name] = { key = name, value = value or nil, list = value and true, read = readers[value] }
end

-- Names of the files that are run.
local PATTERNS = { "_spec%.lua$", casespecs.PATTERN }

-- Busted and what it needs, in the directories of Debian's packages and wherever LUA_PATH and LUA_CPATH say.
local function add_templates()
  package.path = package.path .. ";" .. modules.SYSTEM_TEMPLATES
  package.cpath = package.cpath .. ";" .. modules.C_TEMPLATES
end

local function load_busted()
  local found, runner = pcall(require, "busted.runner")
  if found then return runner end
  local missing = runner:match("module '([^']*)' not found")
  if not missing then stop.failed("Busted does not load: %s", runner) end
  stop.failed(missing == "busted.runner"
    and 'Busted is missing, which lure test runs; install it: apt-get install lua-busted'
    or 'Busted needs the module "%s" for Lua 5.4, which is missing; install it: apt-get install lua-busted', missing)
end

-- What to give to Busted for a word: the file or directory itself, or the directory's directory "spec".
local function place_of(word, path)
  if path.isfile(word) then return word end
  if not path.isdir(word) then
    stop.usage('test: "%s" is no file and no directory; name a spec, or a directory of specs', word)
  end
  local inside = path.join(word, "spec")
  return path.isdir(inside) and inside or word
end

local function places_of(words)
  local path = require "pl.path"
  if #words == 0 and not path.isdir("spec") then
    stop.usage('test: no specs: the working directory has no directory "spec"; name a spec or a directory of specs')
  end
  local places = {}
  for i, word in ipairs(words) do places[i] = place_of(word, path) end
  return #places > 0 and places or { "spec" }
end

local function check_specs(places, patterns)
  local path, dir = require "pl.path", require "pl.dir"
  for _, place in ipairs(places) do
    if path.isfile(place) then return end
    local done, files = pcall(dir.getallfiles, place)
    if not done then
      stop.usage("test: %s cannot be looked through for specs: %s", place, (files:gsub("^[^ ]*:%d+: ", "")))
    end
    for _, file in ipairs(files) do
      for _, pattern in ipairs(patterns) do
        if path.basename(file):find(pattern) then return end
      end
    end
  end
  stop.usage('test: no specs in %s: no file matches "%s"', table.concat(places, ", "), table.concat(patterns, '" or "'))
end

-- The command line for Busted.
local function busted_arguments(options, places)
  local arguments = {}
  for name, value in pairs(busted_options) do
    if value then
      for _, given in ipairs(options[name] or {}) do arguments[#arguments + 1] = name .. "=" .. given end
    elseif options[name] then
      arguments[#arguments + 1] = name
    end
  end
  if options.json then arguments[#arguments + 1] = "--output=json" end
  if not options["--pattern"] then
    for _, pattern in ipairs(PATTERNS) do arguments[#arguments + 1] = "--pattern=" .. pattern end
  end
  arguments[#arguments + 1] = "--loaders=lua,cases"
  return table.move(places, 1, #places, #arguments + 1, arguments)
end

-- What selects tests, as it was typed: "--filter nomatch --tags slow"; "" where nothing does.
local function selection(options)
  local words = {}
  for _, name in ipairs { "--filter", "--filter-out", "--tags", "--exclude-tags" } do
    for _, value in ipairs(options[name] or {}) do words[#words + 1] = name .. " " .. value end
  end
  return table.concat(words, " ")
end

-- Counts the tests that are selected, and what goes wrong outside of them, of every run of Busted that begins
-- from now on. Who subscribes later with this priority, as Busted's filters, comes before, and may stop it.
local function counted()
  local count = { tests = 0, errors = 0 }
  local core = require "busted.core"
  package.loaded["busted.core"] = function(...)
    local busted = core(...)
    local function counts(what, ...)
      busted.subscribe({ ... }, function()
        count[what] = count[what] + 1
        return nil, true
      end, { priority = 1 })
    end
    counts("tests", "register", "it")
    counts("tests", "register", "pending")
    counts("errors", "error")
    return busted
  end
  return count
end

local ENDED = {}

-- Busted's runner ends the process when specs fail; its status is the number of those.
local function run(runner, arguments)
  local exit, failed = os.exit, false
  _G.arg = arguments
  os.exit = function(code) -- luacheck: ignore 122
    failed = code ~= 0
    error(ENDED, 0)
  end
  local done, problem = xpcall(runner, function(thrown)
    return thrown == ENDED and thrown or tostring(thrown)
  end, { standalone = false })
  os.exit = exit -- luacheck: ignore 122
  testing.close()
  if not done and problem ~= ENDED then stop.failed("Busted itself failed: %s", problem) end
  return failed
end

function test.main(options)
  add_templates()
  local as_json = options.json or (options["--output"] or {})[1] == "json"
  terminal.escapes_all(as_json and json or nil)
  local runner = load_busted()
  local places = places_of(options.words)
  check_specs(places, options["--pattern"] or PATTERNS)
  casespecs.install()
  testing.updating = options.update
  local count = counted()
  local failed = run(runner, busted_arguments(options, places))
  if count.tests == 0 and not failed and count.errors == 0 then
    local selected = selection(options)
    if selected == "" then stop.usage("test: no tests in %s", table.concat(places, ", ")) end
    stop.usage("test: no tests in %s that %s selects", table.concat(places, ", "), selected)
  end
  return failed and 1 or 0
end

return test
