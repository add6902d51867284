-- How many of fifty addresses lie in a million networks, from an address on that the time of a line of a log chooses;
-- bench/floornetworks.c is the same in C, with a trie that has a node for each bit.
local lure = require "lure"

local seed = 42

local function random()
  seed = seed * 6364136223846793005 + 1442695040888963407
  return seed >> 32
end

local function text_of(address)
  return ("%d.%d.%d.%d"):format(address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255)
end

local left, set, texts = 1000000, nil, {}

return {
  name = "networks", id = 999, version = "0.1.0", event_source = "networks",
  description = "Addresses in networks", contact = "lure",
  init = function()
    set = lure.ip.set(function()
      left = left - 1
      if left >= 0 then
        local address = random()
        return ("%s/%d"):format(text_of(address), 16 + random() % 17)
      end
    end)
    for i = 0, 4095 do texts[i] = text_of(random()) end
  end,
  open = function(path) return io.lines(path) end,
  fields = {
    { name = "networks.hits", type = "uint64", desc = "How many lie in one",
      extract = function(line)
        local m1, m2, _, s1, s2 = line:byte(15, 19)
        local at, hits = ((m1 - 48) * 10 + m2 - 48) * 60 + (s1 - 48) * 10 + s2 - 48, 0
        for i = at, at + 49 do
          if set:contains(texts[i]) then hits = hits + 1 end
        end
        return hits
      end },
  },
}
