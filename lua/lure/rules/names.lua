-- names: which names of lists and macros texts of conditions may have in them.
--
--   local known = names.new()
--   known:add("a.b in (users) and not by_guard")
--   known:has "by_guard"            true also where it means something else in one of the texts

local Names = {}
Names.__index = Names

local names = {}

-- Names of lists stand between these, as lists.lua has them; names of macros have letters, digits and "_" only.
local WORD <const> = "[^ \t\n\r(),=]+"

function names.new() return setmetatable({ words = {} }, Names) end

function Names:add(text)
  for word in text:gmatch(WORD) do
    self.words[word] = true
    if word:find "[^%w_]" then
      for name in word:gmatch "[%w_]+" do self.words[name] = true end
    end
  end
end

-- What is no word may stand anywhere.
function Names:has(name) return self.words[name] or not name:find("^" .. WORD .. "$") end

return names
