-- shell: words of a command line that a person is meant to copy.

local terminal = require "lure.cli.terminal"

local shell = {}

function shell.quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

-- The word as it is, in quotes where a shell would take it for something else. What a terminal does not show is
-- written as bash and zsh read it; a shell that does not know $'...' still runs nothing of it.
function shell.word(word)
  if word:find("^[%w_@%%+=:,./][%w_@%%+=:,./-]*$") then return word end
  if terminal.escaped(word) == word and not word:find("\t", 1, true) then return shell.quoted(word) end
  return "$'" .. word:gsub("[^%w_@%%+=:,./ -]", function(letter) return ("\\x%02x"):format(letter:byte()) end) .. "'"
end

return shell
