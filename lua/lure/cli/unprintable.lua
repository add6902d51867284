-- unprintable: characters that a terminal obeys, or does not show.
--
-- Those are, besides ASCII's control characters, U+0080 to U+009F, line and paragraph separators, and what Unicode
-- calls default ignorable code points: marks of direction, joiners, spaces without width, fillers, tags, variation
-- selectors. With them a name can look like another one, or a line can be read in another order than it is written.

local unprintable = {}

-- The first and the last of each.
local ranges = {
  { 0x80, 0x9F }, { 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x61C, 0x61C }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 },
  { 0x180B, 0x180F }, { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0x3164, 0x3164 },
  { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0xFFFE, 0xFFFF },
  { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
}

-- Matches each of them, and some others, in a text that is UTF-8.
local CANDIDATE = "[\xC2\xCD\xD8\xE1\xE2\xE3\xEF\xF0\xF3][\x80-\xBF]+"

-- A function that replaces them in a text that is UTF-8 by write(code point).
function unprintable.replacer(write)
  local written
  return function(text)
    if not text:find "[\x80-\xFF]" then return text end
    if not written then
      written = {}
      for _, range in ipairs(ranges) do
        for code = range[1], range[2] do written[utf8.char(code)] = write(code) end
      end
    end
    return (text:gsub(CANDIDATE, written))
  end
end

-- The text with write(byte) for each byte that is not UTF-8, and rest(part) for what is between them.
function unprintable.split(text, write, rest)
  local parts, at = {}, 1
  while at <= #text do
    local _, bad = utf8.len(text, at)
    parts[#parts + 1] = rest(text:sub(at, (bad or 0) - 1))
    if not bad then break end
    parts[#parts + 1] = write(text:byte(bad))
    at = bad + 1
  end
  return table.concat(parts)
end

return unprintable
