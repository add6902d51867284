-- lure falco, with a small program where Falco would be: what it is told is read as Falco reads it, and the script is
-- found by the library in a process named falco (spec/hostconfig).

local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local support = require "spec.support"
local yaml = require "spec.yaml"

local quote = support.quote

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

-- Stands for Falco: keeps its words and its configuration, says "loaded" and the rules, and goes on until a signal
-- ends it. With --dry-run it refuses rules in which there is "bad".
local stand_in = [[#!/bin/bash
echo "$*" >>"$KEPT/words"
while [ $# -gt 0 ]; do
  case $1 in
    -c) cp "$2" "$KEPT/falco.yaml"; shift ;;
    -r) rules=$2; shift ;;
    --dry-run) dry=yes ;;
  esac
  shift
done
if [ -n "$dry" ]; then
  grep -q bad "$rules" || exit 0
  echo "Error: bad rules"
  exit 1
fi
echo "loaded $(cat "$rules")"
echo "a log line" >&2
eval "$BEHAVIOUR"
while :; do sleep 0.05; done
]]

-- A folder with a script, its rules, a program that stands for Falco, and an empty folder for temporary files.
local Place = {}
Place.__index = Place

local function place(script, rules)
  local path = support.file(script or program.source and ("return {" .. program.source .. program.once("x") .. "}"), "mine.lua")
  local self = setmetatable({ script = path, folder = path:match("^(.*)/") }, Place)
  self:write("mine_rules.yaml", rules or "rules one")
  self:write("bin/falco", stand_in)
  support.run(("cd %s && chmod +x bin/falco && mkdir tmp kept"):format(quote(self.folder)))
  return self
end

function Place:write(name, text)
  support.run("mkdir -p " .. quote((self.folder .. "/" .. name):match("(.*)/")))
  local file = assert(io.open(self.folder .. "/" .. name, "w"))
  file:write(text)
  file:close()
end

-- What a shell script may use, beside $lure: here, the folder; out, both outputs of what runs in the background;
-- seen TEXT waits until it was written there.
local functions = [[
  export KEPT=$here/kept TMPDIR=$here/tmp PATH=$here/bin:$PATH
  out=$here/out
  seen() { for i in $(seq 6000); do grep -qF -- "$1" $out && return; sleep 0.01; done; echo "never seen: $1"; }
  gone() { for i in $(seq 6000); do kill -0 $1 2>/dev/null || return; sleep 0.01; done; echo "still there: $1"; }
]]

-- Runs shell commands with these words behind `lure falco SCRIPT`. BEHAVIOUR is what the stand-in does then.
function Place:shell(commands, behaviour, ...)
  return program.shell(("here=%s; export BEHAVIOUR=%s\n%s\n%s"):format(quote(self.folder), quote(behaviour or ""),
    functions, commands), { "falco", self.script, ... })
end

function Place:run(behaviour, ...) return self:shell("timeout 120 $lure </dev/null", behaviour or "exit 0", ...) end

-- The same in the background, while the shell does `steps`.
function Place:beside(steps, behaviour, ...)
  local result = self:shell(": >$out\ntimeout 120 $lure >$out 2>&1 </dev/null & child=$!\n" .. steps, behaviour, ...)
  return result.out, read(self.folder .. "/out")
end

function Place:kept(name) return read(self.folder .. "/kept/" .. name) end

function Place:configuration() return yaml.configuration(self:kept "falco.yaml") end

function Place:leftovers() return (support.run("ls -A " .. quote(self.folder .. "/tmp"))) end

describe("lure falco", function()
  it("runs Falco with the rules beside the script and passes on what it writes", function()
    local here = place()
    local result = here:run()
    assert.same({ "loaded rules one\n", "a log line\n", 0 }, { result.out, result.err, result.status })
    assert.matches("^%-U %-c /[^ ]*/falco%.yaml %-%-enable%-source t %-r " .. here.folder:gsub("%p", "%%%0") .. "/mine_rules%.yaml\n$",
      here:kept "words")
    assert.equal("", here:leftovers())
  end)

  it("shows an alert when it comes, and not when Falco has enough of them for a pipe", function()
    local _, shown = place():beside("seen 'an alert'; kill $child; wait $child",
      [[case $(cat "$KEPT/words") in *-U*) echo "an alert" ;; esac]])
    assert.truthy(shown:find("an alert\n", 1, true), shown)
  end)

  it("writes a configuration of its own: no driver, the log to standard error, only this plugin", function()
    local here = place()
    here:run()
    local configuration = here:configuration()
    assert.same({ "nodriver", "true", "true", "false", "false" }, { configuration.engine.kind, configuration.log_stderr,
      configuration.stdout_output.enabled, configuration.json_output, configuration.watch_config_files })
    assert.same({ "t" }, configuration.load_plugins)
    assert.equal(1, #configuration.plugins)
    assert.same({ script = here.script }, json_text.decode(configuration.plugins[1].init_config))
  end)

  it("gives configuration and parameters to the plugin as they are", function()
    local here = place()
    here:run(nil, "--config", [[{"id": "0123", "home": "${HOME} \u00e4"}]], "--open", [[{"a": "${HOME}", 'b'}]], "--json")
    local configuration = here:configuration()
    local plugin = configuration.plugins[1]
    local config = json_text.decode(plugin.init_config)
    assert.same({ "0123", "${HOME} ä", here.script }, { config.id, config.home, config.script })
    assert.equal([[{"a": "${HOME}", 'b'}]], plugin.open_params)
    assert.equal("true", configuration.json_output)
  end)

  it("takes configuration and parameters from files", function()
    local here = place()
    here:write("config.json", '{"a": 1}\n')
    here:run(nil, "--config", "@" .. here.folder .. "/config.json", "--open", "@" .. here.folder .. "/config.json")
    local plugin = here:configuration().plugins[1]
    assert.same({ 1, '{"a": 1}' }, { json_text.decode(plugin.init_config).a, plugin.open_params })
  end)

  it("opens the first suggestion of the source, as lure run does", function()
    local here = place("return {" .. program.source .. [[ open_params = { { value = "this" }, { value = "that" } },
      next = function() end }]])
    here:run()
    assert.equal("this", here:configuration().plugins[1].open_params)
  end)

  it("has the library find the script in a process named falco", function()
    local here = place()
    local falco = support.run("realpath " .. quote(support.build .. "/spec/hostconfig/falco")):gsub("\n", "")
    local library = support.run("realpath " .. quote(support.lib())):gsub("\n", "")
    local result = here:shell("export LOADER_LIBRARY=" .. quote(library) .. "\ntimeout 120 $lure", nil, "--falco", falco)
    assert.same({ "3.0.0", "t", "t" }, result.lines)
    assert.equal(0, result.status, result.err)
  end)

  it("loads another plugin for the events of a script that only has fields, from a library file of its own", function()
    local here = place [[return { name = "e", version = "1.0.0", extract_event_sources = { "t" },
      fields = { { name = "e.x", type = "string", desc = "-", path = "/x" } } }]]
    local other = support.file("return {" .. program.source .. program.once("{}") .. "}", "other.lua")
    local result = here:run([[library=$(sed -n 's/.*library_path: "\?\([^"]*libsource.so\).*/\1/p' $KEPT/falco.yaml); ls -L $library; exit $?]],
      "--source", other, "--open", "now")
    assert.equal(0, result.status, result.err)
    local configuration = here:configuration()
    assert.same({ "t", "e" }, configuration.load_plugins)
    local source, fields = table.unpack(configuration.plugins)
    assert.same({ "t", "now", "e" }, { source.name, source.open_params, fields.name })
    assert.not_equal(source.library_path, fields.library_path)
    assert.is_nil(fields.open_params)
    assert.equal("", here:leftovers())
    result = here:run()
    assert.matches("lure: falco: .*mine.lua has fields for events of t: name a plugin that gives them: %-%-source PLUGIN\n$",
      result.err)
    assert.equal(2, result.status)
  end)

  it("takes rules that are named, files and folders, and rules.yaml beside the script", function()
    local here = place()
    here:write("more/a.yaml", "a")
    here:run(nil, "-r", here.folder .. "/mine_rules.yaml", "-r", here.folder .. "/more")
    assert.matches("mine_rules%.yaml %-r /[^ ]*/more\n$", here:kept "words")
    here:write("rules.yaml", "plain")
    support.run("rm " .. quote(here.folder .. "/mine_rules.yaml"))
    assert.equal("loaded plain\n", here:run().out)
  end)

  it("says which rules it wants, and that a file of rules is missing", function()
    local here = place()
    support.run("rm " .. quote(here.folder .. "/mine_rules.yaml"))
    local result = here:run()
    assert.matches("^lure: falco: no rules: [^ ]*/mine_rules.yaml is missing; name a file: %-r RULES, or begin one: ", result.err)
    assert.equal(2, result.status)
    assert.matches("^lure: falco: /no/such.yaml: No such file", here:run(nil, "-r", "/no/such.yaml").err)
  end)

  it("says what to install where there is no Falco", function()
    local here = place()
    support.run("rm " .. quote(here.folder .. "/bin/falco"))
    local result = here:shell("PATH=$here/bin; $lure", nil)
    assert.matches("^lure: falco: falco: No such file or directory; install Falco %(https://falco%.org/[^ ]*%), or name its "
      .. "program: %-%-falco PATH\n$", result.err)
    assert.equal(2, result.status)
    assert.equal("lure: falco: /no/falco: No such file or directory\n", here:run(nil, "--falco", "/no/falco").err)
    assert.equal("", here:leftovers())
  end)

  it("says what is wrong with the script, and runs nothing", function()
    local here = place("return { name = = }")
    local result = here:run()
    assert.equal("lure: mine.lua:1: unexpected symbol near '='\n     1 | return { name = = }\n", result.err)
    assert.equal(1, result.status)
    assert.equal("", here:leftovers())
  end)

  it("wants a JSON object for its configuration", function()
    local result = place():run(nil, "--config", "[1]")
    assert.equal('lure: falco: --config: expected a JSON object, got "[1]"\n', result.err)
    assert.equal(2, result.status)
  end)

  it("ends with Falco's status", function()
    for status, behaviour in pairs { [0] = "exit 0", [3] = "exit 3", [139] = "kill -SEGV $$" } do
      local here = place()
      assert.equal(status, here:run(behaviour).status)
      assert.equal("", here:leftovers())
    end
  end)

  it("shows nothing of what Falco writes that a terminal obeys, or does not show", function()
    local result = place():run([[printf 'out \033[31m\a \342\200\256 \233 \n'; printf 'err \033]0;x\a \xe2\x80\xa8\n' >&2; exit 0]])
    assert.equal(0, result.status)
    assert.matches("\nout \\x1b[31m\\x07 \\u{202e} \\x9b \n", result.out, 1, true)
    assert.matches("err \\x1b]0;x\\x07 \\u{2028}\n", result.err, 1, true)
    result = place():run([[printf '{"output": "\342\200\256 \\u001b"}\n'; exit 0]], "--json")
    assert.matches('\n{"output": "\\u202e \\u001b"}\n', result.out, 1, true)
  end)

  it("passes on all that Falco writes, in order, also where it is much and Falco ends at once", function()
    local result = place():run "seq 200000; seq 5 >&2; exit 0"
    assert.equal("loaded rules one\n" .. support.run "seq 200000", result.out)
    assert.matches("a log line\n1\n2\n3\n4\n5\n$", result.err)
  end)

  it("ends where nobody reads its output any more", function()
    local here = place()
    local result = here:shell("timeout 120 $lure </dev/null | head -n 1; echo ${PIPESTATUS[0]}", "while echo x; do :; done")
    assert.matches("^loaded rules one\n", result.out)
    assert.not_matches("124", result.out)
    assert.equal("", here:leftovers())
  end)

  it("starts Falco again when the rules or the script change, with what is there then", function()
    local here = place()
    local told, said = here:beside [[
      seen 'loaded rules one'
      echo 'rules two' >$here/mine_rules.yaml; seen 'loaded rules two'
      sed -i 's/name = "t"/name = "u"/' $here/mine.lua
      for i in $(seq 6000); do [ "$(grep -c loaded $out)" = 3 ] && break; sleep 0.01; done
      kill -INT $child; wait $child; echo "status $?"]]
    assert.equal("status 130\n", told, said)
    assert.same({ "u" }, here:configuration().load_plugins)
    assert.equal("", here:leftovers())
  end)

  it("shows what is wrong with a change, and Falco goes on", function()
    local here = place()
    local told, said = here:beside [[
      seen 'loaded rules one'
      falco=$(pgrep -f "^/bin/bash $here/bin/falco")
      echo 'bad' >$here/mine_rules.yaml; seen 'Falco goes on'
      echo 'return { name = = }' >$here/mine.lua; seen '| return { name = = }'
      kill -0 $falco || echo 'it is gone'
      kill -TERM $child; wait $child; echo "status $?"]]
    assert.matches("status 143\n$", told, said)
    assert.not_matches("it is gone", told)
    assert.matches("Error: bad rules\nlure: Falco goes on with what was there before\n", said, 1, true)
    assert.matches("lure: mine.lua:1: unexpected symbol near '='\n     1 | return { name = = }\n", said, 1, true)
    assert.equal("", here:leftovers())
  end)

  it("ends at Ctrl-C, with all that Falco has started, and leaves no folder", function()
    local here = place()
    local told, said = here:beside([[
      seen 'loaded rules one'; seen 'helper '
      helper=$(sed -n 's/^helper //p' $out)
      kill -INT $child; wait $child; echo "status $?"; gone $helper]], "sleep 1000 & echo \"helper $!\"")
    assert.equal("status 130\n", told, said)
    assert.equal("", here:leftovers())
  end)

  it("ends a Falco that does not listen after a second, and at once at the second Ctrl-C", function()
    local here = place()
    local told, said = here:beside([[
      seen 'deaf'
      falco=$(pgrep -f "^/bin/bash $here/bin/falco")
      kill -INT $child; wait $child; echo "status $?"; gone $falco]], "trap '' TERM INT; echo deaf")
    assert.equal("status 130\n", told, said)
    assert.equal("", here:leftovers())
  end)

  it("takes Falco with it when it is killed", function()
    local here = place()
    local told = here:beside [[
      seen 'loaded rules one'
      falco=$(pgrep -f "^/bin/bash $here/bin/falco")
      kill -KILL $(pgrep -P $child); gone $falco; wait $child]]
    assert.equal("", told)
  end)
end)
