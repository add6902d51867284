-- pollfields: the descriptors that a poll or ppoll has waited for, fdlist.*: rows for kernelfields.lua.
--
-- Each is a text with commas between the descriptors; those that have no such thing are left out of it.

local sockets = require "lure.capture.sockets"
local lazily = require "lure.cli.lazily"

local kernelparams = lazily "lure.cli.kernelparams"

local CALLS = { PPME_SYSCALL_POLL_X = true, PPME_SYSCALL_PPOLL_X = true }

-- The numbers in the list; nil: it is no such event.
local function numbers_of(view)
  if not view.kernel or not CALLS[view.kernel.symbol] then return nil end
  local bytes, numbers = kernelparams.bytes(view.captured, 2) or "", {}
  for i = 1, #bytes >= 2 and math.min(("<I2"):unpack(bytes), (#bytes - 2) // 10) or 0 do
    numbers[i] = ("<i8"):unpack(bytes, 3 + (i - 1) * 10)
  end
  return numbers
end

-- What `part(descriptor, number)` says of each; the descriptor is nil where nobody knows it.
local function each(part)
  return function(view)
    local numbers, parts = numbers_of(view), {}
    local known, tid = view.threads, view.captured and view.captured.thread
    if not numbers or not known or not tid then return nil end
    for _, number in ipairs(numbers) do
      parts[#parts + 1] = part(number >= 0 and known:descriptor(tid, number) or nil, number)
    end
    return #parts > 0 and table.concat(parts, ",") or nil
  end
end

local function number_of(_, number) return ("%d"):format(number) end

local function name_of(descriptor) return descriptor and descriptor.name ~= "" and descriptor.name or "<NA>" end

local TEXTS = { [sockets.IPV4] = sockets.ipv4, [sockets.IPV6] = sockets.ipv6 }

-- The addresses and ports of a connection; nil: it is none.
local function ends(descriptor)
  local text = descriptor and TEXTS[descriptor.type]
  if text then return text, sockets.ends(descriptor.type, sockets.union(descriptor)) end
end

local function client(descriptor)
  local text, from = ends(descriptor)
  return text and text(from)
end

-- Of a socket of IPv6 that listens hosts print the first bytes, as if it were one of IPv4.
local function server(descriptor)
  local text, _, _, to = ends(descriptor)
  if text then return text(to) end
  local listens = descriptor
    and (descriptor.type == sockets.IPV4_SERVER or descriptor.type == sockets.IPV6_SERVER)
  return listens and sockets.ipv4(sockets.union(descriptor)) or nil
end

local function client_port(descriptor)
  local text, _, port = ends(descriptor)
  return text and ("%d"):format(port)
end

local function server_port(descriptor)
  local text, _, _, _, port = ends(descriptor)
  return text and ("%d"):format(port)
end

return {
  { "fdlist.nums", "string", each(number_of) },
  { "fdlist.names", "string", each(name_of) },
  { "fdlist.cips", "string", each(client) },
  { "fdlist.sips", "string", each(server) },
  { "fdlist.cports", "string", each(client_port) },
  { "fdlist.sports", "string", each(server_port) },
}
