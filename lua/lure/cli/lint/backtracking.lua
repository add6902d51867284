-- backtracking: patterns that take very long for a text that does not match.
--
-- Lua tries each ".-" and ".*" with every length in turn, for every length of those in front of it; a pattern
-- without "^" is tried from every place, too. What is last takes what is left at once.

local pattern = require "lure.cli.pattern"

local MOST_POWER = 2 -- of the text's length, that the time may grow with

-- Where these take a pattern, counted from 1.
local PATTERN = 2
local takers = { find = true, gmatch = true, gsub = true, match = true }

local wide = { ["."] = true, ["[%s%S]"] = true, ["[%S%s]"] = true, ["[%w%W]"] = true, ["[%d%D]"] = true }
local unbounded = { ["*"] = true, ["+"] = true, ["-"] = true }

-- The power of the text's length that a pattern's time grows with, at worst.
local function power_of(text)
  local items = pattern.read(text)
  if not items then return 0 end
  local power, last = 0, #items
  while last > 0 and not items[last].set do last = last - 1 end -- captures and "$" behind it
  for i, item in ipairs(items) do
    if wide[item.set] and unbounded[item.repeats] and i < last then power = power + 1 end
  end
  return power + (text:sub(1, 1) == "^" and 0 or 1)
end

local message = 'the pattern "%s" may take time like the text\'s length to the power of %d where it does not match: '
  .. "%ssay what the parts may be, as in [^ ]* for .-"

-- `file`: { name =, seen = what flow.follow answers }
return function(file, findings)
  for _, call in ipairs(file.seen.calls) do
    local name = call.method or call.name and call.name:match("^string[.:](%l+)$")
    local given = call.values[PATTERN] and call.values[PATTERN].text
    if takers[name] and type(given) == "string" then
      local power = power_of(given)
      local anchor = given:find("^%^") and "" or "begin it with ^, and "
      if power > MOST_POWER then findings:add("hint", file.name, call.line, message:format(given, power, anchor)) end
    end
  end
end
