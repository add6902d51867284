-- interfaces: the addresses of the machine that a capture was made on. Sockets that listen at all of them, or have not
-- yet got one, stand with 0.0.0.0 or :: in events; libsinsp takes the address of the likeliest interface for that.
--
--   interfaces.blocks[block_type](bytes, size, count)
--                                                     a list { v4 = { { ip =, mask = }, … }, v6 = { ip, … } };
--                                                     `count()` is called for each
--   interfaces.has(list, type, ip)                    whether that is an address of the machine, or of one of
--                                                     its networks of IPv6; type: IPV4 or IPV6
--   interfaces.complete(list, type, union)             the union of a connection (see sockets.lua), with both addresses
--
-- Addresses are bytes.

local entries = require "lure.capture.entries"
local sockets = require "lure.capture.sockets"

local interfaces = { blocks = {} }

-- ---- reading ----

local IPV4, IPV6, IPV4_PLAIN, IPV6_PLAIN = 1, 2, 3, 4 -- plain: without the speed of the link

local function read_entry(block, list)
  local type, name_length = block:number "<I2", block:number "<I2"
  if type == IPV4 or type == IPV4_PLAIN then
    table.insert(list.v4, { ip = block:raw(4), mask = block:raw(4) })
    block:raw(4)
  elseif type == IPV6 or type == IPV6_PLAIN then
    table.insert(list.v6, block:raw(16))
    block:raw(32)
  else
    block.bytes:fail(block.from, "a network interface of the type %d: the file is damaged", type)
  end
  if type == IPV4 or type == IPV6 then block:raw(8) end
  block:raw(name_length)
end

local function reader(has_length)
  return function(bytes, size, count)
    local block = entries.new(bytes, size, "the list of network interfaces")
    local list = interfaces.none()
    while block:more() do
      block:begin(has_length)
      if has_length then block.length = block.length + 4 end -- which does not count itself
      count()
      read_entry(block, list)
      block:finish()
    end
    block:close()
    return list
  end
end

interfaces.blocks[0x205] = reader(false)
interfaces.blocks[0x8011ABCD] = reader(false)
interfaces.blocks[0x219] = reader(true)

function interfaces.none() return { v4 = {}, v6 = {} } end

-- A network of IPv6 has so many bytes here.
local NETWORK <const> = 8

function interfaces.has(list, type, ip)
  for _, one in ipairs(type == sockets.IPV4 and list.v4 or {}) do
    if one.ip == ip then return true end
  end
  for _, one in ipairs(type == sockets.IPV6 and list.v6 or {}) do
    if one:sub(1, NETWORK) == ip:sub(1, NETWORK) then return true end
  end
  return false
end

-- ---- choosing ----

local LOOPBACK_V4, LOOPBACK_V6 = "\127\0\0\1", ("\0"):rep(15) .. "\1"

local function masked(ip, mask) return ("<I4"):unpack(ip) & ("<I4"):unpack(mask) end

-- The address of the machine that talks to `other`: that itself, else one of its network, else the first one.
local function choose_v4(list, other)
  for _, one in ipairs(list) do
    if one.ip == other then return other end
  end
  for _, one in ipairs(list) do
    if masked(one.ip, one.mask) == masked(other, one.mask) then return one.ip end
  end
  for _, one in ipairs(list) do
    if one.ip ~= LOOPBACK_V4 then return one.ip end
  end
  return "\0\0\0\0"
end

local function choose_v6(list, other)
  for _, ip in ipairs(list) do
    if ip == other then return ip end
  end
  for _, ip in ipairs(list) do
    if ip:sub(1, NETWORK) == other:sub(1, NETWORK) then return ip end
  end
  for _, ip in ipairs(list) do
    if ip ~= LOOPBACK_V6 then return ip end
  end
  return ("\0"):rep(16)
end

function interfaces.complete(list, type, union)
  local sip, sport, dip, dport = sockets.ends(type, union)
  local none = ("\0"):rep(#sip)
  if sip ~= none and dip ~= none then return union end
  local other = sip == none and dip or sip
  local chosen = type == sockets.IPV4 and choose_v4(list.v4, other) or choose_v6(list.v6, other)
  if chosen == other and sport == dport then return union end
  if sip == none then
    sip = chosen
  else
    dip = chosen
  end
  return sockets.set_ends(type, union, sip, sport, dip, dport)
end

return interfaces
