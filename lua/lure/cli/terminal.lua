-- terminal: where all that people read passes, so that no payload and no name drives their terminal.
--
--   terminal.escaped(text)     one line: control characters as \n or \x1b, bytes that are not UTF-8 as \xff, and
--                              characters that are not shown as \u{202e} (see unprintable.lua). A tab stays
--   terminal.lines(text)       the same of each line of a text
--   terminal.print(text)       a line on standard output, escaped
--   terminal.print_lines(text) lines on standard output, escaped
--   terminal.write(...)        as it is: what was escaped before, with colours in it
--   terminal.escapes_all(json) from now on what Lua code here prints is escaped; as JSON wants it with
--                              `json`, the module
--   terminal.note(text)        a line on standard error, escaped
--   terminal.note_lines(text)  lines on standard error, escaped
--   terminal.write_error(...)  as it is, on standard error

local system = require "lure.system"
local unprintable = require "lure.cli.unprintable"

local terminal = {}

local named = { ["\n"] = "\\n", ["\r"] = "\\r", ["\0"] = "\\0", ["\t"] = "\t" }

local function escaped_byte(byte) return ("\\x%02x"):format(byte) end

local function escaped_control(letter) return named[letter] or escaped_byte(letter:byte()) end

local escape_characters = unprintable.replacer(function(code) return ("\\u{%x}"):format(code) end)

local function escape_utf8(text) return escape_characters((text:gsub("%c", escaped_control))) end

function terminal.escaped(text)
  if system.is_printable(text) then return text end
  if utf8.len(text) then return escape_utf8(text) end
  return unprintable.split(text, escaped_byte, escape_utf8)
end

function terminal.lines(text) return (text:gsub("[^\n]+", terminal.escaped)) end

function terminal.write(...) return io.stdout:write(...) end

function terminal.write_error(...) return io.stderr:write(...) end

-- For Busted, which writes what specs and plugins say. Its colours are told from those in a payload by a mark that
-- nobody else knows.
function terminal.escapes_all(json)
  local mark = "\1" .. tostring {} .. "\2"
  local found, colors = pcall(require, "term.colors")
  for _, color in pairs(found and colors or {}) do color.value = color.value:gsub("^\27", mark) end
  local function lines(text) return terminal.lines(json and json.printable(json.utf8(text)) or text) end
  local write = io.write
  io.write = function(...) -- luacheck: ignore 122
    local text = table.concat({ ... })
    local parts, at = {}, 1
    repeat
      local from, to, code = text:find(mark .. "(%[%d+m)", at)
      parts[#parts + 1] = lines(text:sub(at, (from or 0) - 1))
      parts[#parts + 1] = code and "\27" .. code
      at = (to or 0) + 1
    until not from
    return write(table.concat(parts))
  end
  print = function(...) -- luacheck: ignore 111
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    io.write(table.concat(words, "\t"), "\n")
  end
end

function terminal.print(text) return terminal.write(terminal.escaped(text), "\n") end

function terminal.note(text) return terminal.write_error(terminal.escaped(text), "\n") end

local function with_end(text) return text:find("\n$") and text or text .. "\n" end

function terminal.print_lines(text) return terminal.write(terminal.lines(with_end(text))) end

function terminal.note_lines(text) return terminal.write_error(terminal.lines(with_end(text))) end

return terminal
