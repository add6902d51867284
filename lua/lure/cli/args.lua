-- args: a command line, read by what the command declares.
--
--   local options = args.read({ name = "run", options = { ["--open"] = { key = "open", value = "PARAMS" } } }, argv)
--
-- A declared option has the `key` of the result; with `value` it takes one, which `read` (if
-- declared) turns into what is stored, or answers nil and what was expected. Options may
-- stand before or behind the script, as "--open x" or "--open=x"; behind "--" there is none.

local stop = require "lure.cli.stop"
local text = require "lure.cli.text"

local args = {}

local function names_of(options)
  local names = {}
  for name in pairs(options) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function complain(command, message, ...)
  stop.usage("%s: %s; see: lure %s --help", command.name, message:format(...), command.name)
end

local function store(command, result, name, option, value)
  if option.read then
    local read, expected = option.read(value)
    if read == nil then complain(command, '%s: expected %s, got "%s"', name, expected, value) end
    value = read
  end
  result[option.key] = value
end

local function take_script(command, result, word)
  if result.script then
    complain(command, 'one script at a time; got "%s" and "%s"', result.script, word)
  end
  result.script = word
end

-- Reads the option at `argv[i]`; answers the index of the last word it used.
local function take_option(command, result, argv, i)
  local name, value = argv[i]:match("^(%-%-[^=]+)=(.*)$")
  name = name or argv[i]
  local option = command.options[name]
  if not option then
    complain(command, 'unknown option "%s"%s', name, text.suggestion(name, names_of(command.options)))
  elseif not option.value then
    if value then complain(command, "%s takes no value", name) end
    result[option.key] = true
    return i
  end
  if not value then
    i = i + 1
    value = argv[i]
    if not value then complain(command, "%s needs a value: %s %s", name, name, option.value) end
  end
  store(command, result, name, option, value)
  return i
end

-- The options by their keys, and `script`.
function args.read(command, argv)
  local result = {}
  local only_words = false
  local i = 1
  while i <= #argv do
    local word = argv[i]
    if only_words or word == "-" or word:sub(1, 1) ~= "-" then
      take_script(command, result, word)
    elseif word == "--" then
      only_words = true
    else
      i = take_option(command, result, argv, i)
    end
    i = i + 1
  end
  if not result.script and not result.help then complain(command, "which script?") end
  return result
end

-- For `read`: an integer from 1.
function args.count(value)
  local count = value:match("^%d+$") and math.tointeger(tonumber(value))
  if not count or count < 1 then return nil, "a number from 1" end
  return count
end

return args
