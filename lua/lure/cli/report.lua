-- report: what went wrong, as people read it, on standard error.
--
--   lure: mine.lua:3: next: attempt to index a nil value (local 'line')
--        3 |   return line.text
--          |          ^~~~
--   stack traceback:
--     mine.lua:3: in function <mine.lua:2>
--
-- The line of the source is there where the file is known: the scripts that were loaded, and what stands
-- beside them. The mark is there where the message names something that stands once in that line.

local system = require "lure.system"
local colour = require "lure.cli.colour"
local files = require "lure.cli.files"
local terminal = require "lure.cli.terminal"

local report = {}

local ERRORS = 2

-- Longest part of a line that is shown.
local LONGEST = 160

-- The paths of known files by their last part, and the directories of scripts.
local known, directories = {}, {}

-- From now on lines of this file are shown; with `script`, of files beside it, too.
function report.know(path, script)
  path = system.absolute(path)
  local directory, name = path:match("^(.*/)([^/]*)$")
  if not directory then return end
  known[name] = path
  if script then directories[#directories + 1] = directory end
end

-- The text of a line of a file; nil: there is none.
local function line_of(path, number)
  local i, content = 0, files.read(path)
  for line in (content or ""):gmatch("[^\n]*") do
    i = i + 1
    if content and i == number then return line end
  end
end

-- The line that "name.lua:3: " means.
local function find_line(name, number)
  local path = known[name:match("[^/]*$")]
  local line = path and line_of(path, number)
  for i = #directories, 1, -1 do
    line = line or line_of(directories[i] .. name, number)
  end
  return line
end

-- ---- the mark ----

-- Where a word stands in the line as a word of its own, if only once.
local function place_of(line, word)
  local begins, ends = word:find "^[%w_]", word:find "[%w_]$"
  local found
  local at = line:find(word, 1, true)
  while at do
    local before, behind = (" " .. line):sub(at, at), line:sub(at + #word, at + #word)
    if not (begins and before:find "[%w_]") and not (ends and behind:find "[%w_]") then
      if found then return nil end
      found = at
    end
    at = line:find(word, at + 1, true)
  end
  return found
end

-- What the message says is wrong in that line: names in the forms of Lua's messages and of ours, the text thrown.
local function suspects(message)
  local words = {}
  local function add(pattern)
    for word in message:gmatch(pattern) do words[#words + 1] = word end
  end
  add "near '(.-)'$"
  add "near '(.-)' "
  add "%(%l+ '([^']+)'%)"
  add "to '([^']+)'"
  add '"([^"]+)"'
  words[#words + 1] = message:match("([^:]+)$"):match("^%s*(.-)%s*$")
  return words
end

-- The beginning and length of what is wrong; nil: who knows.
local function find_mark(line, message)
  for _, word in ipairs(suspects(message)) do
    local at = word ~= "" and place_of(line, word)
    if at then return at, #word end
  end
end

-- ---- lines ----

-- Tabs stay, so that the mark stands where the eye looks for it.
local function blank(line) return (line:gsub("[\x80-\xBF]", ""):gsub("[^\t]", " ")) end

-- The source that a message means, as lines of text; "": it is not known.
local function excerpt(message)
  local name, number, rest = message:match("^([^:%s]+):(%d+): (.*)$")
  local line = name and find_line(name, math.tointeger(number))
  if not line then return "" end
  line = line:sub(1, LONGEST):gsub("%s+$", "")
  local dim, plain = colour.of("dim", ERRORS)
  local shown = ("%s%6s |%s %s\n"):format(dim, number, plain, terminal.escaped(line))
  local at, length = find_mark(line, rest)
  if not at or terminal.escaped(line) ~= line then return shown end
  local mark, off = colour.of("mark", ERRORS)
  local wide = utf8.len(line:sub(at, at + length - 1)) or length
  return shown .. ("%s       |%s %s%s^%s%s\n"):format(dim, plain, blank(line:sub(1, at - 1)), mark,
    ("~"):rep(wide - 1), off)
end

-- Says that something failed, each line of the message in a line of its own; `trace`, if given, behind it.
function report.tell(message, trace)
  local wrong, off = colour.of("wrong", ERRORS)
  for line in message:gmatch("[^\n]+") do
    terminal.write_error(wrong, "lure:", off, " ", terminal.escaped(line), "\n", excerpt(line))
  end
  if not trace then return end
  local dim, plain = colour.of("dim", ERRORS)
  terminal.write_error(dim, terminal.lines(trace):gsub("\t", "  "), plain, "\n")
end

return report
