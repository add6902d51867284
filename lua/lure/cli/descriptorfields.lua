-- descriptorfields: what hosts know of the file descriptor of an event of the kernel, fd.*: rows for kernelfields.lua.
--
-- The descriptor is the one that the event uses, makes or closes, after it was seen; other events have none. Addresses
-- are texts; which of the two ends is this machine's, as fd.lip tells, is not known.

local paths = require "lure.capture.paths"
local lazily = require "lure.cli.lazily"
local threads = require "lure.cli.threads"

local eventdescriptor = lazily "lure.cli.eventdescriptor"
local eventtypes = lazily "lure.eventtypes"
local kernelparams = lazily "lure.cli.kernelparams"
local kerneltext = lazily "lure.cli.kerneltext"

local FILE, DIRECTORY, FILE_V2, UNIX = 1, 2, 16, 8

-- In the flags of a descriptor.
local CLIENT, SERVER, CONNECTED = 1 << 2, 1 << 3, 1 << 13
local UPPER_LAYER, LOWER_LAYER = 1 << 17, 1 << 18

-- What `make(descriptor)` says where it is known; `otherwise(view)` where it is not.
local function of_descriptor(make, otherwise)
  return function(view)
    local number = eventdescriptor.number(view)
    if not number or not view.threads or not view.captured.thread then return nil end
    local descriptor = eventdescriptor.find(view)
    if descriptor then return make(descriptor) end
    return otherwise and otherwise(view)
  end
end

local function number(view)
  return view.kernel and view.threads and view.captured.thread and eventdescriptor.number(view) or nil
end

-- ---- names ----

-- Without a descriptor by the call alone.
local LETTERS = { openat = "f", openat2 = "f", creat = "f", socket = "4", accept = "4", accept4 = "4", pipe = "p",
  pipe2 = "p", eventfd = "e", eventfd2 = "e", signalfd = "s", signalfd4 = "s", timerfd_create = "t", inotify_init = "i",
  inotify_init1 = "i" }

local function letter_of_call(view) return LETTERS[view.kernel.name] or "o" end

local function is_file(descriptor) return descriptor.type == FILE or descriptor.type == FILE_V2 end

-- Of a call that has failed: the path that it was about.
local function name_in_event(view)
  local row = view.kernel
  if row.code % 2 == 0 then return nil end
  local name = row.name
  if name == "open" or name == "creat" or name == "accept" or name == "accept4" or name == "connect" then
    return kerneltext.shown(view, 2)
  elseif name == "open_by_handle_at" then
    return kernelparams.value(view.captured, 4)
  elseif name ~= "openat" and name ~= "openat2" then
    return ""
  end
  local from, path = kernelparams.value(view.captured, 2), kernelparams.value(view.captured, 3)
  if not path or not from then return nil end
  return view.threads:absolute(view.captured.thread, from, path, "") or paths.join("<UNKNOWN>", path)
end

local function name_of(descriptor) return descriptor.name end

local function before_slash(name)
  local path, rest = name:match "^(.+)/([^/]*)$"
  if not path then return "/" end
  return rest ~= "" and path or name
end

local function directory(descriptor)
  if descriptor.type == DIRECTORY then return descriptor.name end
  return is_file(descriptor) and before_slash(descriptor.name) or nil
end

local function directory_in_event(view)
  local name = name_in_event(view)
  return name and before_slash(name)
end

local function file_name(descriptor)
  if not is_file(descriptor) then return nil end
  local before, name = descriptor.name:match "^(.*/)([^/]*)$"
  if not before then return "/" end
  return name ~= "" and name or before
end

-- ---- sockets ----

local function has_role(descriptor) return descriptor.flags & (CLIENT | SERVER) ~= 0 end

local function is_listening(descriptor) return descriptor.type == 5 or descriptor.type == 6 end

local function client(descriptor)
  return has_role(descriptor) and (threads.ends_of(descriptor)) or nil
end

local function server(descriptor)
  local _, found = threads.ends_of(descriptor)
  return (has_role(descriptor) or is_listening(descriptor)) and found or nil
end

local function address(one) return eventtypes.address_text(one[1]) end

local function port(one) return one[2] end

-- An address as text, or a port, of the end that `find` tells.
local function address_of(find)
  return function(descriptor)
    local found = find(descriptor)
    return found and address(found)
  end
end

local function port_of(find)
  return function(descriptor)
    local found = find(descriptor)
    return found and port(found)
  end
end

-- Of both ends what `part` is of each: conditions are true if they are of one of the two.
local function each_end(part)
  return of_descriptor(function(descriptor)
    local list = {}
    local first, second = threads.ends_of(descriptor)
    for _, one in pairs { first or second, second } do list[#list + 1] = part(one) end
    return list
  end)
end

local function nothing() return nil end

local function family(descriptor)
  if descriptor.type == UNIX then return "unix" end
  return descriptor.type >= 3 and descriptor.type <= 6 and "ip" or nil
end

local function bit(mask)
  return of_descriptor(function(descriptor) return descriptor.flags & mask ~= 0 end)
end

-- ---- devices ----

local function device(descriptor) return descriptor.dev or 0 end

local function shown_device(descriptor) return ("%X"):format(device(descriptor)) end

local function major(descriptor) return device(descriptor) >> 8 & 0xFFF end

local function minor(descriptor) return device(descriptor) & 0xFF | device(descriptor) >> 12 & 0xFFF00 end

return {
  { "fd.num", "int64", number },
  { "fd.type", "string", of_descriptor(threads.kind_of) },
  { "fd.typechar", "string", of_descriptor(threads.letter_of, letter_of_call) },
  { "fd.name", "string", of_descriptor(name_of, name_in_event) },
  { "fd.directory", "string", of_descriptor(directory, directory_in_event) },
  { "fd.filename", "string", of_descriptor(file_name) },
  { "fd.cip", "ipaddr", of_descriptor(address_of(client)) },
  { "fd.sip", "ipaddr", of_descriptor(address_of(server)) },
  { "fd.cnet", "ipnet", of_descriptor(address_of(client)), only_compared = true },
  { "fd.snet", "ipnet", of_descriptor(address_of(server)), only_compared = true },
  { "fd.cport", "uint64", of_descriptor(port_of(client)) },
  { "fd.sport", "uint64", of_descriptor(port_of(server)) },
  { "fd.ip", "ipaddr", nothing, each = each_end(address), all = true, only_compared = true },
  { "fd.net", "ipnet", nothing, each = each_end(address), all = true, only_compared = true },
  { "fd.port", "uint64", nothing, each = each_end(port), all = true, only_compared = true },
  { "fd.l4proto", "string", of_descriptor(function(fd) return threads.protocol_of(fd) or "<NA>" end) },
  { "fd.sockfamily", "string", of_descriptor(family) },
  { "fd.connected", "bool", bit(CONNECTED) },
  { "fd.is_upper_layer", "bool", bit(UPPER_LAYER) },
  { "fd.is_lower_layer", "bool", bit(LOWER_LAYER) },
  { "fd.dev", "int64", of_descriptor(shown_device), value = of_descriptor(device) },
  { "fd.dev.major", "int64", of_descriptor(major) },
  { "fd.dev.minor", "int64", of_descriptor(minor) },
  { "fd.ino", "int64", of_descriptor(function(fd) return fd.ino end) },
}
