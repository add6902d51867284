-- The hash of Lua's strings (src/lua/stringhash.h): all bytes count, tables stay fast, and who does not know the seed
-- cannot choose strings that collide.

local support = require "spec.support"

local hash = assert(package.loadlib(support.build .. "/spec/stringhashparts.so", "luaopen_stringhashparts"))()
local made = support.list_of
local SEEDS = { 0, 1, 0x9E3779B9, 0xFFFFFFFF }

-- The most of these texts that come into one of as many places as a table would have for them.
local function most_in_a_place(texts, seed)
  local size, places, most = 1, {}, 0
  while size < #texts do size = size * 2 end
  for _, text in ipairs(texts) do
    local place = hash(text, seed) & (size - 1)
    places[place] = (places[place] or 0) + 1
    most = math.max(most, places[place])
  end
  return most
end

-- Texts of so many words of eight bytes, with each choice of one of two words at each place.
local function of_words(count, first, second)
  return made(1 << count, function(i)
    local words = {}
    for k = 1, count do words[k] = i >> (k - 1) & 1 == 0 and first or second end
    return table.concat(words)
  end)
end

describe("the hash of a string", function()
  it("depends on its length and on each byte", function()
    for length = 0, 100 do
      local text = ("\0"):rep(length)
      local plain = hash(text, 7)
      assert.equal(plain, hash(text, 7))
      assert.not_equal(plain, hash(text .. "\0", 7))
      for at = 1, length do
        for _, byte in ipairs { "\1", "\x80" } do
          assert.not_equal(plain, hash(text:sub(1, at - 1) .. byte .. text:sub(at + 1), 7), at)
        end
      end
    end
  end)

  it("spreads what looks alike over all places", function()
    local families = {
      numbers = made(4096, tostring),
      names = made(4096, function(i) return "user" .. i end),
      paths = made(4096, function(i) return ("/var/log/pods/%d/container.log"):format(i) end),
      pairs = made(4096, function(i) return string.char(i & 63, i >> 6) end),
      lengths = made(2048, function(i) return ("a"):rep(i) end),
      ["last bytes"] = made(4096, function(i) return ("x"):rep(30) .. string.pack("<I2", i) end),
      ["first bytes"] = made(4096, function(i) return string.pack("<I2", i) .. ("x"):rep(30) end),
      ["words of eight bytes"] = of_words(12, ("\0"):rep(8), ("\0"):rep(7) .. "\x80"),
      ["the same words in other places"] = of_words(12, "GET /abc", "cba/ TEG"),
    }
    for name, texts in pairs(families) do
      for _, seed in ipairs(SEEDS) do
        assert.is_true(most_in_a_place(texts, seed) <= 12, name) -- some 7 by chance
      end
    end
  end)

  it("makes other strings collide with each seed", function()
    local texts = made(100000, function(i) return "key " .. i end)
    local function colliding(seed)
      local first, pairs_of = {}, {}
      for _, text in ipairs(texts) do
        local value = hash(text, seed)
        if first[value] then pairs_of[#pairs_of + 1] = { first[value], text } end
        first[value] = text
      end
      return pairs_of
    end
    local found = 0
    for seed = 1, 8 do
      for _, pair in ipairs(colliding(seed)) do
        found = found + 1
        for other = 9, 12 do assert.not_equal(hash(pair[1], other), hash(pair[2], other)) end
      end
    end
    assert.is_true(found > 0) -- some nine by chance: 8 times 5e9 pairs, each in one of 4e9 cases
  end)
end)
