-- manual: the manual page lure(1), made of the same texts as --help.
--
-- A help text is blocks with an empty line between: "usage: …", paragraphs, lists of options
-- ("  --name VALUE   what it does", which goes on in lines further in), and examples, which are
-- all that is indented otherwise. Those of `lure --help` make the usual sections, each command's
-- a part of COMMANDS.

local system = require "lure.system"

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

-- An empty line, but not directly behind a heading.
local function add_paragraph(page)
  if not page[#page]:find("^%.S[HS]") then page[#page + 1] = ".PP" end
end

local function add_literally(page, lines)
  add_paragraph(page)
  page[#page + 1] = ".RS 4\n.nf"
  for _, line in ipairs(lines) do page[#page + 1] = escaped((line:gsub("^  ", ""))) end
  page[#page + 1] = ".fi\n.RE"
end

local function add_block(page, lines)
  if lines[1]:find("^usage: ") then
    add_paragraph(page)
    page[#page + 1] = ".nf"
    for _, line in ipairs(lines) do page[#page + 1] = ".B " .. escaped(line:match("^usage: (.*)$") or line) end
    page[#page + 1] = ".fi"
  elseif is_list(lines) then
    add_list(page, lines)
  elseif lines[1]:find("^  ") then
    add_literally(page, lines)
  else
    add_paragraph(page)
    for _, line in ipairs(lines) do page[#page + 1] = escaped(line) end
  end
end

-- Lists of lines, one for each block.
local function blocks_of(text)
  local blocks, lines = {}, {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    if line ~= "" then
      lines[#lines + 1] = line
    elseif lines[1] then
      blocks[#blocks + 1] = lines
      lines = {}
    end
  end
  if lines[1] then blocks[#blocks + 1] = lines end
  return blocks
end

-- The section that a block of `lure --help` belongs to, and its lines there. A block may name it: "Environment:"
local function section_of(lines)
  local heading, rest = lines[1]:match("^(%u[%l ]+):%s*(.*)$")
  if heading == "Environment" or heading == "Exit status" then
    local inside = table.move(lines, 2, #lines, 1, {})
    if rest ~= "" then table.insert(inside, 1, rest) end
    return heading:upper(), inside
  elseif lines[1]:find("^usage: ") then
    return "SYNOPSIS", lines
  elseif not lines[1]:find("^  ") then
    return "DESCRIPTION", lines
  elseif not is_list(lines) then
    return "EXAMPLES", lines
  elseif lines[1]:find("^  lure ") then
    for i, line in ipairs(lines) do lines[i] = line:gsub("^  lure ", "  ") end
    return "OPTIONS", lines
  end
  return "COMMANDS", lines
end

-- The sections, in their order, with what the help does not say.
local order = { "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "FILES", "EXAMPLES",
  "SEE ALSO" }
local texts = {
  DESCRIPTION = [[
Plugins give events and fields to Falco and sysdig. lure is one shared object that
they load like any other plugin, and that runs a script in Lua. The program lure
creates such scripts, runs, checks and tests them through the same shared object,
and packs them as self-contained plugins.]],
  FILES = [[
PREFIX is the directory that lure is installed in, the one with bin/lure.

  PREFIX/lib/lure/liblure.so    the plugin for the plugin API 3
  PREFIX/lib/lure/liblure-v0.so   the plugin for the plugin API 0.3.0
  PREFIX/lib/lua/5.4/lure/host.so   lure.host, a Lua module that loads and drives any plugin
  PREFIX/share/doc/lure/README.md   where to begin
  PREFIX/share/doc/lure/docs    tutorial, cookbook, reference, lure in Falco, performance
  PREFIX/share/lure/examples    example scripts
  PREFIX/share/lure/types       types for editors with LuaLS
  /etc/falco/lure               scripts that Falco's configuration names without a directory]],
  ["SEE ALSO"] = "sysdig(8), lua(1), jq(1); https://falco.org/docs",
}

-- The whole page, in roff. `help` is what `lure --help` prints; each command has `name`, `summary`, `help`.
function manual.page(help, commands)
  local title, rest = help:match("^lure: ([^\n]*)\n(.*)$")
  local page = {
    ('.TH LURE 1 "" "lure %s" "User Commands"'):format(system.version),
    ".SH NAME\nlure \\- " .. escaped(title),
  }
  local sections = {}
  for name, text in pairs(texts) do sections[name] = blocks_of(text) end
  for _, block in ipairs(blocks_of(rest)) do
    local name, lines = section_of(block)
    sections[name] = sections[name] or {}
    table.insert(sections[name], lines)
  end
  for _, name in ipairs(order) do
    page[#page + 1] = ".SH " .. name
    for _, lines in ipairs(sections[name]) do add_block(page, lines) end
    for _, command in ipairs(name == "COMMANDS" and commands or {}) do
      page[#page + 1] = ".SS lure " .. command.name
      page[#page + 1] = escaped(command.summary:gsub("^%l", string.upper)) .. "."
      for _, lines in ipairs(blocks_of(command.help)) do add_block(page, lines) end
    end
  end
  return table.concat(page, "\n") .. "\n"
end

return manual
