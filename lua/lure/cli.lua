-- The program `lure`: finds the command, runs it, says what went wrong. Answers the exit status.

local system = require "lure.system"
local args = require "lure.cli.args"
local report = require "lure.cli.report"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local commands = { "new", "run", "repl", "check", "test", "record", "show", "pack", "falco" }

-- What may stand in place of a command: whose help text it is, and with `choices`, what may stand behind it.
local globals = {
  { name = "--version", letter = "-V", help = "the versions of lure and of the libraries in it" },
  { name = "--help", letter = "-h", help = "this text; lure COMMAND --help: a command's" },
  { name = "--man", help = "all of this as a manual page" },
  { name = "--completion", help = "completion for a shell", choices = { "bash", "zsh", "fish" } },
}

local function is_command(name)
  for _, known in ipairs(commands) do
    if known == name then return true end
  end
  return false
end

-- "lure --jsn run x.lua", "lure --verson"
local function refuse_option(name, next_word)
  if next_word and is_command(next_word) then
    local option = require("lure.cli." .. next_word).options[name:match("^[^=]*")]
    if option then
      stop.usage('%s stands before the command; did you mean "lure %s %s"?', name:match("^[^=]*"), next_word, name)
    end
  end
  local names = {}
  for i, known in ipairs(globals) do names[i] = known.name end
  stop.usage('unknown option "%s"%s; see: lure --help', name, text.suggestion(name, names))
end

-- "lure chek", "lure version", "lure mine.lua"
local function refuse_command(name)
  local meant = text.nearest(name, commands)
  for _, known in ipairs(globals) do
    if known.name == "--" .. name then meant = "lure " .. known.name end
  end
  if name:find("%.lua$") or name:find("%.so$") or name:find("/", 1, true)
    or not meant and system.exists(name) then
    meant = "lure run " .. name
  end
  stop.usage('unknown command "%s"%s; see: lure --help', name, meant and ('; did you mean "%s"?'):format(meant) or "")
end

local function command_named(name, next_word)
  if is_command(name) then return require("lure.cli." .. name) end
  if name:find("^%-") then refuse_option(name, next_word) end
  refuse_command(name)
end

local function help()
  local lines = {
    "lure: Falco plugins in Lua",
    "",
    "usage: lure COMMAND SCRIPT [OPTIONS]",
    "",
  }
  for _, name in ipairs(commands) do
    lines[#lines + 1] = ("  %-8s %s"):format(name, command_named(name).summary)
  end
  lines[#lines + 1] = [[

SCRIPT may also be a directory with a script in it.

  lure COMMAND --help   what a command does, its options, examples
  lure --version        the versions of lure and of the libraries in it
  lure --man            all of this as a manual page: lure --man | man -l -
  lure --completion SHELL   completion for bash, zsh or fish:
                        eval "$(lure --completion bash)"
                        source <(lure --completion zsh)
                        lure --completion fish | source

Errors are written to standard error as "lure: MESSAGE".

Exit status: 0: success, 1: a fault of the script, 2: of the command line, 130 or
143: Ctrl-C or SIGTERM ended it.

Environment:
  LURE_LIBRARY    the library to use, instead of the one installed beside the program
  LURE_SCRIPT     in Falco and sysdig: the script, if nothing else names one
  LURE_TRUST      1, in Falco and sysdig: also run scripts that another user can write
  LURE_SANDBOX    safe: the sandbox of scripts whose configuration names none
  LURE_STATE      the directory of cursors and lure.state, where the configuration names
                  none; "none", the program's own default: they are in memory only
  FALCO_HOSTNAME  evt.hostname, instead of the machine's name
  NO_COLOR        if set: no colours, even on a terminal
  TMPDIR          the directory for temporary files, instead of /tmp

  lure new mine
  lure run mine
  lure check mine
]]
  return table.concat(lines, "\n")
end

-- All commands, in the order of the help.
local function all_commands()
  local all = {}
  for i, name in ipairs(commands) do all[i] = command_named(name) end
  return all
end

local function run_command(name, argv)
  local command = command_named(name, argv[1])
  local options = args.read(command, argv)
  if options.help then
    terminal.write(command.help)
    return 0
  end
  return command.main(options)
end

-- A script for the shell named; without a name for bash, as ever.
local function completion_for(shell)
  local completion = require "lure.cli.completion"
  shell = shell or "bash"
  if not completion[shell] then
    local shells = globals[#globals].choices
    stop.usage('--completion: expected %s, got "%s"%s', args.one_of(shells), shell, text.suggestion(shell, shells))
  end
  return completion[shell](all_commands(), globals)
end

local answers = {
  ["--version"] = function()
    return ("lure %s, %s\nlibraries (Debian's versions): %s\n"):format(system.version, system.lua_version,
      system.libraries)
  end,
  ["--help"] = help,
  ["--man"] = function() return require("lure.cli.manual").page(help(), all_commands()) end,
  ["--completion"] = completion_for,
  help = function(name) return name and command_named(name).help or help() end,
}
for _, known in ipairs(globals) do
  if known.letter then answers[known.letter] = answers[known.name] end
end

local function dispatch(argv)
  local name = table.remove(argv, 1)
  if name == nil then
    terminal.write_error(help())
    return stop.USAGE
  end
  local option, value = name:match("^(%-%-[^=]+)=(.*)$")
  local answer = answers[option or name]
  if not answer then return run_command(name, argv) end
  terminal.write(answer(value or argv[1]))
  return 0
end

-- What cannot be written is not lost silently: a full disk fails the command.
local function run(argv)
  local status = dispatch(argv)
  if not system.has_written() then stop.failed "standard output: what was to be written there is lost" end
  return status
end

return function(argv)
  local done, result = xpcall(run, stop.traced, argv)
  terminal.write_error(terminal.lines(system.release_errors()))
  if done then return result end
  if not stop.is(result) then result = { message = "this is a bug in lure: " .. result, status = stop.FAILED } end
  if result.message then
    io.stdout:flush()
    report.tell(result.message, result.trace)
  end
  return result.status
end
