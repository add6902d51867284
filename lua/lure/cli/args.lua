-- args: a command line, read by what the command declares.
--
--   local options = args.read({ name = "run", options = { ["--open"] = { key = "open", value = "PARAMS" } } }, argv)
--
-- A declared option has the `key` of the result; with `value` it takes one, which `read` (if
-- declared) turns into what is stored, or answers nil and what was expected; `choices` is a list
-- of all that it can be; with `list` it may
-- be given more than once, and all of them are stored. Options may
-- stand before or behind other words, as "--open x" or "--open=x"; behind "--" there is none.
--
-- A command takes one other word, a script, unless it declares `words = { least =, most =, name = }`;
-- the result has them all in `words`, and the first in `script`.

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

-- "3 or 0.3", "table, markdown or json"
local function one_of(choices)
  return table.concat(choices, ", ", 1, #choices - 1) .. " or " .. choices[#choices]
end

local function is_among(choices, value)
  for _, choice in ipairs(choices) do
    if choice == value then return true end
  end
  return false
end

local function store(command, result, name, option, value)
  if option.choices and not is_among(option.choices, value) then
    complain(command, '%s: expected %s, got "%s"%s', name, one_of(option.choices), value,
      text.suggestion(value, option.choices))
  end
  if option.read then
    local read, expected = option.read(value)
    if read == nil then complain(command, '%s: expected %s, got "%s"', name, expected, value) end
    value = read
  end
  if option.list then
    value = table.move({ value }, 1, 1, #(result[option.key] or {}) + 1, result[option.key] or {})
  end
  result[option.key] = value
end

local ONE_SCRIPT = { least = 1, most = 1, name = "script" }

local function take_word(command, result, word)
  local wanted = command.words or ONE_SCRIPT
  if #result.words == wanted.most then
    complain(command, wanted.most == 1 and 'one %s at a time; got "%s" and "%s"'
      or 'no more of "%s"; got "%s" and "%s"', wanted.name, result.words[#result.words], word)
  end
  result.words[#result.words + 1] = word
  result.script = result.words[1]
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

-- The options by their keys, `words` and `script`.
function args.read(command, argv)
  local result = { words = {} }
  local only_words = false
  local i = 1
  while i <= #argv do
    local word = argv[i]
    if only_words or word == "-" or word:sub(1, 1) ~= "-" then
      take_word(command, result, word)
    elseif word == "--" then
      only_words = true
    else
      i = take_option(command, result, argv, i)
    end
    i = i + 1
  end
  local wanted = command.words or ONE_SCRIPT
  if #result.words < wanted.least and not result.help then complain(command, "which %s?", wanted.name) end
  return result
end

-- For `read`: an integer from 1.
function args.count(value)
  local count = value:match("^%d+$") and math.tointeger(tonumber(value))
  if not count or count < 1 then return nil, "a number from 1" end
  return count
end

return args
