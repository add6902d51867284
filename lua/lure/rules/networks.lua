-- networks: IP networks that addresses are looked up in.
--
--   local contains = networks.new { { bytes = "\10\0\0\0", prefix = 8 }, … }
--   contains(address)               is it in one of them?
--
-- Addresses are their 4 or 16 bytes; no network of one family has an address of the other. The networks with masks of
-- one length are a set of the bytes that the mask leaves: a look-up takes as long for 100,000 of them as for one.

local networks = {}

local NONE <const> = {}

-- The first `whole` bytes of an address, and of the next one what `mask` leaves (0: nothing).
local function masked(address, whole, mask)
  local head = address:sub(1, whole)
  return mask == 0 and head or head .. string.char(address:byte(whole + 1) & mask)
end

-- The sets of networks, those for addresses of one size in a list.
local function sets_of(list)
  local by_size, by_length = {}, {}
  for _, network in ipairs(list) do
    local size, prefix = #network.bytes, network.prefix
    local length = size << 8 | prefix
    local set = by_length[length]
    if not set then
      set = { whole = prefix // 8, mask = 0xFF00 >> prefix % 8 & 0xFF, has = {} }
      by_length[length], by_size[size] = set, by_size[size] or {}
      table.insert(by_size[size], set)
    end
    set.has[masked(network.bytes, set.whole, set.mask)] = true
  end
  return by_size
end

function networks.new(list)
  local by_size <const> = sets_of(list)
  return function(address)
    for _, set in ipairs(by_size[#address] or NONE) do
      if set.has[masked(address, set.whole, set.mask)] then return true end
    end
    return false
  end
end

return networks
