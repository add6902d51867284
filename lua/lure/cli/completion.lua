-- completion: scripts for shells that complete what stands behind `lure`, made of what the commands declare
-- and of the texts of their help.
--
--   completion.bash(commands, globals)    each answers a script; also zsh, fish
--
-- `globals` are the options in place of a command: a list of { name =, letter =, help =, choices = }.

local completion = {}

-- ---- what can be completed ----

-- The texts of a help behind the names of options, up to the end of their first sentence.
local function descriptions(help)
  local found, name = {}, nil
  for line in help:gmatch("[^\n]*") do
    local item, text = line:match("^  (%-%-?%w[%w-]*)[^\n]-  +(%S.*)$")
    if item then
      name, found[item] = item, text
    elseif name and line:find("^    ") then
      found[name] = found[name] .. " " .. line:match("^%s*(.*)$")
    else
      name = nil
    end
  end
  for item, text in pairs(found) do
    found[item] = (text .. " "):match("^(.-)[.;:]? *$"):match("^(.-)[.;:] ") or text:gsub("[.;:]? *$", "")
  end
  return found
end

-- What stands for a value in help, and which files it is.
local files = { FILE = "file", RULES = "file", ["libNAME.so"] = "file", DIR = "directory", DIRS = "directory",
  PLUGIN = "script", PATH = "file" }

-- The options of a command, by name: { names = { "--help", "-h" }, value =, choices =, list =, files =, text = }.
local function options_of(command)
  local texts, by_key, options = descriptions(command.help), {}, {}
  local names = {}
  for name in pairs(command.options) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local declared = command.options[name]
    local option = by_key[declared.key]
    if not option then
      option = { names = {}, value = declared.value, choices = declared.choices, list = declared.list,
        files = files[declared.value], text = declared.key == "help" and "what it does, its options" or "" }
      by_key[declared.key], options[#options + 1] = option, option
    end
    option.names[#option.names + 1] = name
    if texts[name] then option.text = texts[name] end
  end
  return options
end

local function words_of(command) return command.words or { most = 1, name = "script" } end

local function names_of(commands)
  local names = {}
  for i, command in ipairs(commands) do names[i] = command.name end
  return names
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- A template with lists of lines or words in place of its NAMES in capital letters.
local function filled(template, parts)
  return (template:gsub("(%u%u%u%u%u+)", function(name)
    local part = parts[name]
    return type(part) == "table" and table.concat(part, "\n") or part
  end))
end

-- ---- bash ----

-- Where it has no words of ours, bash completes the names of files.
local BASH = [=[
# bash completion for lure; made by lure --completion bash
_lure() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "NAMES help GLOBALS" -- "$word"))
    return
  fi
  case "${COMP_WORDS[1]} $before" in
    "help help") words="NAMES" ;;
CHOICES
  esac
  if [ -z "$words" ] && [[ $word == -* ]]; then
    case "${COMP_WORDS[1]}" in
OPTIONS
    esac
  fi
  [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _lure lure
]=]

function completion.bash(commands, globals)
  local choices, options, global_names = {}, {}, {}
  for i, global in ipairs(globals) do
    global_names[i] = global.name
    if global.choices then
      choices[#choices + 1] = ('    "%s %s") words="%s" ;;'):format(global.name, global.name,
        table.concat(global.choices, " "))
    end
  end
  for _, command in ipairs(commands) do
    local names = {}
    for _, option in ipairs(options_of(command)) do
      table.move(option.names, 1, #option.names, #names + 1, names)
      for _, name in ipairs(option.choices and option.names or {}) do
        choices[#choices + 1] = ('    "%s %s") words="%s" ;;'):format(command.name, name,
          table.concat(option.choices, " "))
      end
    end
    options[#options + 1] = ('      %s) words="%s" ;;'):format(command.name, table.concat(names, " "))
  end
  return filled(BASH, { NAMES = table.concat(names_of(commands), " "), GLOBALS = table.concat(global_names, " "),
    CHOICES = choices, OPTIONS = options })
end

-- ---- zsh ----

local ZSH = [=[
#compdef lure
# zsh completion for lure; made by lure --completion zsh
_lure() {
  local -a commands globals
  commands=(
COMMANDS
  )
  globals=(
GLOBALS
  )
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _describe -o option globals
    else
      _describe command commands
    fi
    return
  fi
  local curcontext=${curcontext%:*}:lure-$words[2]
  shift words
  (( CURRENT-- ))
  case $words[1] in
    help) _describe command commands ;;
CASES
  esac
}
if [[ $funcstack[1] == _lure ]]; then
  _lure "$@"
else
  compdef _lure lure
fi
]=]

local zsh_files = { file = "_files", directory = "_files -/", script = '_files -g "*.(lua|so)(-.)"' }

local function zsh_text(text) return (text:gsub("[%[%]:\\]", "\\%0")) end

-- "*--field=[ask this too]:NAME: "
local function zsh_option(name, option)
  local value = ""
  if option.value then
    local action = option.choices and "(" .. table.concat(option.choices, " ") .. ")" or zsh_files[option.files] or " "
    value = ":" .. zsh_text(option.value) .. ":" .. action
  end
  local joined = not option.value and "" or name:find("^%-%-") and "=" or "+"
  return ("%s%s%s[%s]%s"):format(option.list and "*" or "", name, joined, zsh_text(option.text), value)
end

local function zsh_case(command)
  local specs = {}
  for _, option in ipairs(options_of(command)) do
    for _, name in ipairs(option.names) do specs[#specs + 1] = quote(zsh_option(name, option)) end
  end
  local words = words_of(command)
  local action = words.name == "script" and zsh_files.script or words.name == "spec" and "_files" or " "
  specs[#specs + 1] = quote((words.most == 1 and "1" or "*") .. ":" .. words.name .. ":" .. action)
  return ("    %s) _arguments -s -S %s ;;"):format(command.name, table.concat(specs, " "))
end

function completion.zsh(commands, globals)
  local described, options, cases = { quote "help:what a command does" }, {}, {}
  for _, command in ipairs(commands) do
    described[#described + 1] = quote(command.name .. ":" .. zsh_text(command.summary))
    cases[#cases + 1] = zsh_case(command)
  end
  for _, global in ipairs(globals) do
    options[#options + 1] = quote(global.name .. ":" .. zsh_text(global.help))
    if global.choices then
      cases[#cases + 1] = ("    %s) compadd %s ;;"):format(global.name, table.concat(global.choices, " "))
    end
  end
  return filled(ZSH, { COMMANDS = described, GLOBALS = options, CASES = cases })
end

-- ---- fish ----

local FISH = [=[
# fish completion for lure; made by lure --completion fish
function __lure_command -d "Is the command of this line that one, or, without a name, not there yet?"
  set -l words (commandline -opc)
  if set -q argv[1]
    test (count $words) -gt 1; and test $words[2] = $argv[1]
  else
    test (count $words) -eq 1
  end
end
complete -c lure -f
LINES
]=]

-- An option as `complete` takes it.
local function fish_option(condition, names, option)
  local line = { "complete -c lure -n " .. quote(condition) }
  for _, name in ipairs(names) do
    line[#line + 1] = (name:find("^%-%-") and "-l " or "-s ") .. name:gsub("^%-+", "")
  end
  if option.choices then
    line[#line + 1] = "-x -a " .. quote(table.concat(option.choices, " "))
  elseif option.value then
    line[#line + 1] = option.files and "-r -F" or "-x"
  end
  if option.text ~= "" then line[#line + 1] = "-d " .. quote(option.text) end
  return table.concat(line, " ")
end

local function fish_words(condition, words, text)
  return ("complete -c lure -n %s -a %s%s"):format(quote(condition), quote(table.concat(words, " ")),
    text and " -d " .. quote(text) or "")
end

local function add_fish_command(lines, command)
  local condition = "__lure_command " .. command.name
  lines[#lines + 1] = fish_words("__lure_command", { command.name }, command.summary)
  for _, option in ipairs(options_of(command)) do
    lines[#lines + 1] = fish_option(condition, option.names, option)
  end
  if words_of(command).name ~= "name" then
    lines[#lines + 1] = ("complete -c lure -n %s -F"):format(quote(condition))
  end
end

function completion.fish(commands, globals)
  local lines = {
    fish_words("__lure_command", { "help" }, "what a command does"),
    fish_words("__lure_command help", names_of(commands)),
  }
  for _, global in ipairs(globals) do
    lines[#lines + 1] = fish_option("__lure_command", { global.name, global.letter },
      { text = global.help, choices = global.choices })
    if global.choices then
      lines[#lines + 1] = fish_words("__lure_command " .. global.name, global.choices)
    end
  end
  for _, command in ipairs(commands) do add_fish_command(lines, command) end
  return filled(FISH, { LINES = lines })
end

return completion
