-- args: a command line, read by what the command declares.
--
--   local options = args.read({ name = "run", options = { ["--open"] = { key = "open", value = "PARAMS" } } }, argv)
--
-- A declared option has the `key` of the result; with `value` it takes one, which `read` (if
-- declared) turns into what is stored, or answers nil and what was expected; `choices` is a list
-- of all that it can be; with `list` it may be given more than once, and all of them are stored;
-- with `script` it is a script's path or its directory; with `fill` it says what others would say, too: that
-- is called with all that was read. Options may stand before or behind other
-- words, as "--open x" or "--open=x"; those of one letter also as "-n2", or several in one word,
-- "-hn2"; behind "--" there is none.
--
-- A command takes one other word, a script, unless it declares `words = { least =, most =, name = }`;
-- the result has them all in `words`, and the first in `script`. A directory that stands for a script
-- is the script in it (see scripts.lua).

local files = require "lure.cli.files"
local pattern = require "lure.cli.pattern"
local scripts = require "lure.cli.scripts"
local settings = require "lure.cli.settings"
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
function args.one_of(choices)
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
    complain(command, '%s: expected %s, got "%s"%s', name, args.one_of(option.choices), value,
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
end

-- Takes the option `name` with the value that stands in its word, or in the next one; answers the
-- index of the last word it used.
local function take_value(command, result, argv, i, name, value)
  local option = command.options[name]
  if not value then
    i = i + 1
    value = argv[i]
    if not value then complain(command, "%s needs a value: %s %s", name, name, option.value) end
  end
  store(command, result, name, option, value)
  return i
end

-- An option that does not exist. "-json" is one of several letters, or means "--json".
local function refuse(command, name)
  local meant = command.options["-" .. name] and ('; did you mean "-%s"?'):format(name)
  complain(command, 'unknown option "%s"%s', name, meant or text.suggestion(name, names_of(command.options)))
end

local function take_long(command, result, argv, i)
  local name, value = argv[i]:match("^([^=]+)=(.*)$")
  name = name or argv[i]
  local option = command.options[name]
  if not option then refuse(command, name) end
  if option.value then return take_value(command, result, argv, i, name, value) end
  if value then complain(command, "%s takes no value", name) end
  result[option.key] = true
  return i
end

-- A word of options of one letter: the first that takes a value has the rest of the word.
local function take_letters(command, result, argv, i)
  local word = argv[i]
  if #word > 2 and command.options["-" .. word] then refuse(command, word) end
  for at = 2, #word do
    local name = "-" .. word:sub(at, at)
    local option = command.options[name]
    if not option then refuse(command, at == 2 and word or name) end
    if option.value then
      local rest = word:sub(at + 1)
      return take_value(command, result, argv, i, name, rest ~= "" and rest or nil)
    end
    result[option.key] = true
  end
  return i
end

-- What stands where scripts are named becomes the paths of these.
local function find_scripts(command, result)
  if (command.words or ONE_SCRIPT).name == "script" then
    for i, word in ipairs(result.words) do result.words[i] = scripts.named(word) end
    result.script = result.words[1]
  end
  for _, option in pairs(command.options) do
    local value = result[option.key]
    if option.script and value then result[option.key] = scripts.named(value) end
  end
end

-- Lets options say what others say, too.
local function fill(command, result)
  for _, option in pairs(command.options) do
    if option.fill and result[option.key] then option.fill(command, result) end
  end
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
      i = (word:sub(2, 2) == "-" and take_long or take_letters)(command, result, argv, i)
    end
    i = i + 1
  end
  if result.help then return result end
  fill(command, result)
  local wanted = command.words or ONE_SCRIPT
  if #result.words < wanted.least then complain(command, "which %s?", wanted.name) end
  find_scripts(command, result)
  return result
end

-- For `read`: a text, or "@FILE" for what stands in the file; "@@" for a text that begins with "@". Of a file
-- called .yaml or .yml it is the map or list as JSON, or the text.
function args.contents(value)
  local path = value:match("^@(.*)$")
  if not path then return value end
  if path:find("^@") then return path end
  local content, message = files.read(path)
  if not content then return nil, ("a file that can be read (%s)"):format(message) end
  local value_in_it = settings.is_yaml(path) and settings.yaml(path, content) or content:gsub("\r?\n$", "")
  if value_in_it:find("\0", 1, true) then return nil, ("a file of text (%s has a NUL)"):format(path) end
  return value_in_it
end

-- For `read`: an integer from 1.
function args.count(value)
  local count = value:match("^%d+$") and math.tointeger(tonumber(value))
  if not count or count < 1 then return nil, "a number from 1" end
  return count
end

-- For `read`: a Lua pattern.
function args.pattern(value)
  local items, problem = pattern.read(value)
  if not items then return nil, ("a Lua pattern (this one %s)"):format(problem) end
  return value
end

return args
