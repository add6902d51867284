-- manual: the manual page lure(1), made of the same texts as --help.
--
-- A help text is blocks with an empty line between: "usage: …", paragraphs, lists of options
-- ("  --name VALUE   what it does", which goes on in lines further in), and examples, which are
-- all that is indented otherwise.

local process = require "lure.process"

local manual = {}

-- Text as roff takes it: nothing of it is a request, and all of it is ASCII.
local function escaped(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-")
  text = text:gsub("[\xC2-\xF4][\x80-\xBF]+", function(letter) return ("\\[u%04X]"):format(utf8.codepoint(letter)) end)
  return (text:gsub("^[.']", "\\&%0"))
end

-- An item of a list: what it is called, and the rest of its line. "  --open PARAMS   what to open"
local function item_of(line)
  local name, text = line:match("^  (%S.-)%s%s+(%S.*)$")
  if name then return name, text end
  return line:match("^  (%-%S*[^ ]* ?%S*)$"), ""
end

local function is_list(lines)
  return lines[1]:find("^  %S") and item_of(lines[1]) ~= nil
end

-- A line of a list that is neither an item nor further in begins a paragraph, or a line of one.
local function add_list(page, lines)
  local plain = false
  for _, line in ipairs(lines) do
    local name, text = item_of(line)
    if name and line:find("^  %S") then
      plain = false
      page[#page + 1] = ".TP\n.B " .. escaped(name)
      if text ~= "" then page[#page + 1] = escaped(text) end
    else
      if line:find("^  %S") then
        page[#page + 1] = plain and ".br" or ".PP"
        plain = true
      end
      page[#page + 1] = escaped(line:match("^%s*(.*)$"))
    end
  end
end

local function add_literally(page, lines)
  page[#page + 1] = ".PP\n.RS 4\n.nf"
  for _, line in ipairs(lines) do page[#page + 1] = escaped((line:gsub("^  ", ""))) end
  page[#page + 1] = ".fi\n.RE"
end

local function add_block(page, lines)
  if lines[1]:find("^usage: ") then
    page[#page + 1] = ".PP\n.nf"
    for _, line in ipairs(lines) do page[#page + 1] = ".B " .. escaped(line:match("^usage: (.*)$") or line) end
    page[#page + 1] = ".fi"
  elseif is_list(lines) then
    add_list(page, lines)
  elseif lines[1]:find("^  ") then
    add_literally(page, lines)
  else
    page[#page + 1] = ".PP"
    for _, line in ipairs(lines) do page[#page + 1] = escaped(line) end
  end
end

local function add_text(page, text)
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    if line ~= "" then
      lines[#lines + 1] = line
    elseif lines[1] then
      add_block(page, lines)
      lines = {}
    end
  end
  if lines[1] then add_block(page, lines) end
end

-- The whole page, in roff. `help` is what `lure --help` prints; each command has `name`, `summary`, `help`.
function manual.page(help, commands)
  local title, rest = help:match("^lure: ([^\n]*)\n(.*)$")
  local page = {
    ('.TH LURE 1 "" "lure %s" "User Commands"'):format(process.version),
    ".SH NAME\nlure \\- " .. escaped(title),
    ".SH DESCRIPTION",
  }
  add_text(page, rest)
  for _, command in ipairs(commands) do
    page[#page + 1] = (".SH LURE %s"):format(command.name:upper())
    page[#page + 1] = ".I " .. escaped(command.summary)
    add_text(page, command.help)
  end
  return table.concat(page, "\n") .. "\n"
end

return manual
