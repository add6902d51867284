-- `lure --completion SHELL`, asked in the shells themselves.
local program = require "spec.cli.program"
local support = require "spec.support"
local quote = support.quote

local scripts = {}

-- The path of the script for a shell.
local function script_for(shell)
  if not scripts[shell] then
    local result = program.lure("--completion", shell)
    assert.equal(0, result.status, result.err)
    scripts[shell] = support.file(result.out, "lure." .. shell)
  end
  return scripts[shell]
end

-- What fish offers behind `line`: a list of words.
local function fish(line)
  local output = support.run(("fish --no-config -c %s"):format(
    quote(("source %s; complete -C %s"):format(script_for "fish", quote(line)))))
  local words = {}
  for word in output:gmatch("([^\t\n]+)[^\n]*\n") do words[#words + 1] = word end
  return words
end

-- What a line becomes in a real zsh on a terminal of its own when Tab is typed behind it.
local function zsh(line)
  local session = support.file(([[
    zmodload zsh/zpty
    zpty shell 'zsh -f -i'
    say() { zpty -w -n shell "$1"$'\r' }
    say 'PROMPT="" ; setopt no_beep; autoload -Uz compinit; compinit -u -D'
    say 'source %s'
    say 'shown() { print -r -- "<""$BUFFER"">"; BUFFER=; zle accept-line }; zle -N shown; bindkey "^X" shown'
    say 'print re""ady'
    zpty -r shell seen '*ready*'
    zpty -w -n shell %s$'\t\x18'
    zpty -r shell seen $'*<lure[^\n]#>*'
    print -r -- "${seen}"
    zpty -d shell
  ]]):format(script_for "zsh", quote(line)), "session.zsh")
  local output = support.run(("TERM=dumb timeout 60 zsh -f -o extendedglob %s"):format(session))
  return output:match(".*<(lure[^\n]-)>") or output
end

-- What bash offers.
local function bash(line)
  local words = {}
  for word in (line .. "|"):gmatch("[^ ]+") do words[#words + 1] = quote((word:gsub("|$", ""))) end
  local output = support.run(("bash -c %s"):format(quote(
    ('source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _lure; echo "${COMPREPLY[@]}"'):format(script_for "bash",
      table.concat(words, " "), #words - 1))))
  return (output:gsub("\n$", ""))
end

describe("lure --completion", function()
  it("is what each shell reads without a complaint", function()
    assert.equal("", (support.run("bash -n " .. script_for "bash")))
    assert.equal("", (support.run("zsh -n " .. script_for "zsh")))
    assert.equal("", (support.run("fish --no-config --no-execute " .. script_for "fish")))
  end)

  it("is for bash where no shell is named, and for no other shells", function()
    assert.equal(program.lure("--completion", "bash").out, program.lure("--completion").out)
    assert.equal(program.lure("--completion", "zsh").out, program.lure("--completion=zsh").out)
    local result = program.lure("--completion", "fsh")
    assert.equal('lure: --completion: expected bash, zsh or fish, got "fsh"; did you mean "zsh"?\n', result.err)
    assert.equal(2, result.status)
  end)

  it("offers commands", function()
    assert.equal("repl record", bash "lure re")
    assert.same({ "record", "repl" }, fish "lure re")
    assert.equal("lure record ", zsh "lure rec")
    assert.equal("lure help record ", zsh "lure help rec")
    assert.equal("check", bash "lure help ch")
    assert.same({ "check" }, fish "lure help ch")
  end)

  it("offers a command's own options", function()
    assert.equal("--filter --filter-out", bash "lure test --fi")
    assert.same({ "--filter", "--filter-out" }, fish "lure test --fi")
    assert.equal("lure test --filter", zsh "lure test --fil")
    assert.same({}, fish "lure show --fi")
    assert.equal("", bash "lure show --fi")
    assert.equal("lure show --fi", zsh "lure show --fi")
  end)

  it("offers what an option can be", function()
    assert.equal("markdown", bash "lure show --format m")
    assert.same({ "markdown" }, fish "lure show --format m")
    assert.same({ "--format=markdown" }, fish "lure show --format=m")
    assert.equal("lure show --format markdown ", zsh "lure show --format m")
    assert.equal("lure show --format=markdown ", zsh "lure show --format=m")
    assert.equal("fish", bash "lure --completion f")
    assert.same({ "fish" }, fish "lure --completion f")
    assert.equal("lure --completion fish ", zsh "lure --completion f")
  end)

  it("offers options in place of a command", function()
    assert.equal("--version", bash "lure --v")
    assert.same({ "--version" }, fish "lure --v")
    assert.equal("lure --version ", zsh "lure --v")
  end)

  it("offers files where scripts and files stand", function()
    local script = support.file("", "a_script.lua")
    local beginning = script:match("(.*)%.lua") -- nothing else is called so
    assert.equal("lure run " .. script .. " ", zsh("lure run " .. beginning))
    assert.same({ script }, fish("lure run " .. beginning))
    assert.equal("lure run --events " .. script .. " ", zsh("lure run --events " .. beginning))
    assert.same({ script }, fish("lure run --events " .. beginning))
    assert.same({ script }, fish("lure falco a.lua -r " .. beginning))
    assert.same({ script:match("(.*/)") }, fish("lure show a.lua -o " .. script:match("(.*)/")))
    assert.same({}, fish("lure run -n " .. beginning))
  end)
end)
