-- completion: what bash completes behind `lure`, made of what the commands declare.

local completion = {}

local function sorted_options(command)
  local names = {}
  for name in pairs(command.options) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- "show --format) choices="table json";;" for each option that has choices.
local function add_choices(lines, command)
  for _, name in ipairs(sorted_options(command)) do
    local choices = command.options[name].choices
    if choices then
      lines[#lines + 1] = ('    "%s %s") words="%s" ;;'):format(command.name, name, table.concat(choices, " "))
    end
  end
end

-- A script for bash. Where it has no word, bash completes the names of files.
function completion.script(commands)
  local names, choices, options = {}, {}, {}
  for i, command in ipairs(commands) do
    names[i] = command.name
    add_choices(choices, command)
    options[i] = ('    %s) words="%s" ;;'):format(command.name, table.concat(sorted_options(command), " "))
  end
  local script = [=[
# bash completion for lure; made by lure --completion
_lure() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "NAMES help --help --version --man --completion" -- "$word"))
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
  return (script:gsub("%u%u%u%u%u+", { NAMES = table.concat(names, " "), CHOICES = table.concat(choices, "\n"),
    OPTIONS = "  " .. table.concat(options, "\n  ") }))
end

return completion
