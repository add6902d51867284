-- unprintable: characters that a terminal obeys, or does not show.
--
-- Those are, besides ASCII's control characters, the list of src/base/utf8.h.

local system = require "lure.system"

local unprintable = {}

-- Matches each of them, and some others, in a text that is UTF-8.
local CANDIDATE = "[\xC2\xCD\xD8\xE1\xE2\xE3\xEF\xF0\xF3][\x80-\xBF]+"

-- A function that replaces them in a text that is UTF-8 by write(code point).
function unprintable.replacer(write)
  local written
  return function(text)
    if not text:find "[\x80-\xFF]" then return text end
    if not written then
      written = {}
      for _, range in ipairs(system.hidden) do
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
