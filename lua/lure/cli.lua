-- The program `lure`: finds the command, runs it, says what went wrong. Answers the exit status.

local process = require "lure.process"
local args = require "lure.cli.args"
local stop = require "lure.cli.stop"
local text = require "lure.cli.text"

local commands = { "new", "run", "repl", "check", "test", "record", "show", "pack" }

local function command_named(name)
  for _, known in ipairs(commands) do
    if known == name then return require("lure.cli." .. name) end
  end
  stop.usage('unknown command "%s"%s; see: lure --help', name, text.suggestion(name, commands))
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

  lure COMMAND --help   what a command does, its options, examples
  lure --version        the version of lure and of its Lua
  lure --man            all of this as a manual page: lure --man | man -l -
  lure --completion     completion for bash: eval "$(lure --completion)"

Errors are written to standard error as "lure: MESSAGE". Exit status: 0: fine,
1: the script is at fault, 2: the command line is.

LURE_LIBRARY names the library to use in place of that which is installed beside
the program. NO_COLOR: no colours on a terminal either.

  lure new mine
  lure run mine/mine.lua
  lure check mine/mine.lua
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
  local command = command_named(name)
  local options = args.read(command, argv)
  if options.help then
    io.write(command.help)
    return 0
  end
  return command.main(options)
end

local function dispatch(argv)
  local name = table.remove(argv, 1)
  if name == nil then
    io.stderr:write(help())
    return stop.USAGE
  elseif name == "--version" or name == "-V" then
    io.write("lure ", process.version, ", ", process.lua_version, "\n")
    return 0
  elseif name == "--help" or name == "-h" or (name == "help" and not argv[1]) then
    io.write(help())
    return 0
  elseif name == "--man" then
    io.write(require("lure.cli.manual").page(help(), all_commands()))
    return 0
  elseif name == "--completion" then
    io.write(require("lure.cli.completion").script(all_commands()))
    return 0
  elseif name == "help" then
    io.write(command_named(argv[1]).help)
    return 0
  end
  return run_command(name, argv)
end

local function say(message)
  io.stdout:flush()
  for line in message:gmatch("[^\n]+") do io.stderr:write("lure: ", text.printable(line), "\n") end
end

-- What cannot be written is not lost silently: a full disk fails the command.
local function run(argv)
  local status = dispatch(argv)
  if not process.has_written() then stop.failed "standard output: what was to be written there is lost" end
  return status
end

return function(argv)
  local done, result = xpcall(run, stop.traced, argv)
  io.stderr:write(process.release_errors())
  if done then return result end
  if not stop.is(result) then result = { message = "this is a bug in lure: " .. result, status = stop.FAILED } end
  if result.message then say(result.message) end
  return result.status
end
