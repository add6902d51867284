-- `lure check` loads scripts again in child processes, while it goes on with its own work.
local lint_result = require "spec.cli.lintresult"
local program = require "spec.cli.program"
local support = require "spec.support"
local findings_of = lint_result.findings_of

-- A script that is a source; `body` stands in its third line and behind.
local function script(body, name) return lint_result.script("plugin.next = function() end " .. body, name) end

-- Shell commands for a script's top level, which runs in the command and in its children. Only these lead a group of
-- processes: the command is in that of `timeout`.
local IN_CHILDREN = [[os.execute [=[
  parent=$(cut -d" " -f4 /proc/$$/stat)
  [ "$(cut -d" " -f5 /proc/$parent/stat)" != "$parent" ] || %s]=]
]]

local FIELDS = [[plugin.fields = {}
for name in pairs { groups = 1, urls = 2 } do
  plugin.fields[#plugin.fields + 1] = { name = "t." .. name, type = "string", desc = "-", path = "/" .. name }
end
]]
local ORDER = "the fields come in another order each time that the script is loaded, and hosts load it more than once; "
  .. "pairs has no order: go through a list, or sort the keys first"
local OTHER = '"description" is another each time that the script is loaded, and hosts load it more than once'

-- Waits until no process has this in its command line.
local function none_is_left(words)
  local command = ("for _ in $(seq 600); do LD_PRELOAD= pgrep -f %s >/dev/null || exit 0; sleep 0.1; done; exit 1"):format(
    support.quote(words))
  return select(2, support.run(command)) == 0
end

describe("lure check of several scripts", function()
  it("tells their findings in the order of the scripts and of their lines", function()
    local first = script(FIELDS .. "x = 1", "first.lua")
    local second = script('plugin.description = "made at " .. lure.now()\ny = string.fromat', "second.lua")
    local list = findings_of(first, second)
    assert.same({
      "first.lua:4: " .. ORDER,
      'first.lua:7: hint: "x" is a global; state lives in locals: local x',
      "second.lua:2: " .. OTHER,
      'second.lua:4: unknown name "string.fromat"; did you mean "string.format"?',
      'second.lua:4: hint: "y" is a global; state lives in locals: local y',
    }, table.move(list, 1, 5, 1, {}))
  end)

  it("tells them of the others where one crashes in a child, or ends there", function()
    local well = script(FIELDS, "well.lua")
    for _, ending in ipairs { "kill -SEGV $parent", "kill -KILL $parent" } do
      local crashing = script(IN_CHILDREN:format(ending), "crashing.lua")
      local list = findings_of(crashing, well)
      assert.equal("well.lua:4: " .. ORDER, list[1])
      assert.is_nil(table.concat(list, "\n"):find("^crashing") or table.concat(list, "\n"):find("\ncrashing"))
    end
  end)
end)

describe("lure check that can make no child", function()
  it("says so", function()
    local first, second, is_told = script("", "first.lua"), script(FIELDS, "second.lua"), false
    for files = 3, 12 do -- the command needs some itself
      local result = program.shell(("exec </dev/null; ulimit -n %d; exec $lure"):format(files),
        { "check", first, second })
      is_told = is_told or result.err == "lure: check: a child process: Too many open files\n"
    end
    assert.is_true(is_told)
  end)
end)

describe("the children of lure check", function()
  it("are ended when the command is", function()
    for signal, status in pairs { INT = 130, TERM = 143 } do
      local place = support.folder() .. "/loaded-" .. signal
      local path = script(("do io.open(%q .. lure.now(), 'w'):close() end while true do end"):format(place), signal .. ".lua")
      -- the command and a child have begun when there are two files
      local result = program.shell(([[env --default-signal=INT $lure </dev/null & command=$!
        until [ "$(ls %s* | wc -l)" -ge 2 ] || ! kill -0 $command; do sleep 0.01; done
        kill -%s $command; wait $command]]):format(support.quote(place), signal), { "check", path })
      assert.equal(status, result.status, result.err)
      assert.is_true(none_is_left("^[^ ]*lure check " .. path .. "$"))
    end
  end)

  it("are ended when the command is, with what they have started", function()
    local path = script(IN_CHILDREN:format("exec sleep 7656"), "left.lua")
    local result = program.shell([[$lure </dev/null & command=$!
      until LD_PRELOAD= pgrep -f '^sleep 7656$' >/dev/null || ! kill -0 $command; do sleep 0.01; done
      kill -KILL $command; wait $command]], { "check", path })
    assert.equal(137, result.status, result.err)
    assert.is_true(none_is_left("^sleep 7656$"))
  end)

  it("end what they have started, when they are done", function()
    local path = script(IN_CHILDREN:format("sleep 7654 &"), "starting.lua")
    assert.same({}, (findings_of(path)))
    assert.is_true(none_is_left("^sleep 7654$"))
  end)

  it("that never come back are ended, after 15 s", function()
    local path = script(IN_CHILDREN:format("exec sleep 7655"), "hanging.lua")
    assert.same({}, (findings_of(path)))
    assert.is_true(none_is_left("^sleep 7655$"))
  end)
end)
