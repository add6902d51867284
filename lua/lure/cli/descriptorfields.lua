-- descriptorfields: what hosts know of the file descriptor of an event of the kernel, fd.*: rows for kernelfields.lua.
--
-- The descriptor is the one that the event uses, makes or closes, after it was seen; other events have none. What there
-- is of a connection stands in socketfields.lua.

local paths = require "lure.capture.paths"
local lazily = require "lure.cli.lazily"
local eventdescriptor = require "lure.cli.eventdescriptor"
local threads = require "lure.cli.threads"

local kernelparams = lazily "lure.cli.kernelparams"
local kerneltext = lazily "lure.cli.kerneltext"

local FILE, DIRECTORY, FILE_V2 = 1, 2, 16

-- In the flags of a descriptor.
local UPPER_LAYER, LOWER_LAYER = 1 << 17, 1 << 18

local of_descriptor = eventdescriptor.field

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

-- Of a call that has failed: the path that it was about; `is_raw`: as the call has it.
local function name_in_event(view, is_raw)
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
  if is_raw then return path end
  if not path or not from then return nil end
  return view.threads:absolute(view.captured.thread, from, path, "") or paths.join("<UNKNOWN>", path)
end

local function name_of(descriptor) return descriptor.name end

local function without_doubled_slashes(path) return path and path:gsub("//+", "/") or nil end

local function raw_name(descriptor) return without_doubled_slashes(descriptor.name_raw) end

local function raw_name_in_event(view) return without_doubled_slashes(name_in_event(view, true)) end

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

-- ---- of several ----

-- The kinds of all descriptors of the thread, or a list with that of one.
local function new_kinds(argument)
  local chosen = argument and argument:find "^%d+$" and math.tointeger(tonumber(argument))
  if argument and not chosen then
    return nil, ("expected the number of a descriptor in brackets, as in [1], got [%s]"):format(argument)
  end
  return function(view)
    if not number(view) then return nil end
    local tid = view.captured.thread
    if chosen then
      local descriptor = view.threads:descriptor(tid, chosen)
      return descriptor and { threads.kind_of(descriptor) }
    end
    local kinds, seen = {}, {}
    for _, descriptor in ipairs(view.threads:descriptors(tid)) do
      local kind = threads.kind_of(descriptor)
      if not seen[kind] then kinds[#kinds + 1], seen[kind] = kind, true end
    end
    return kinds
  end
end

-- With the container in front.
local function in_container(get)
  return function(view)
    local value = get(view)
    return value and view.threads:container(view.captured.thread) .. ":" .. value
  end
end

local function identity(view)
  local fd = number(view)
  return fd and ("%d%d"):format(view.captured.thread, fd)
end

local full_name = of_descriptor(name_of, name_in_event)
local full_directory = of_descriptor(directory, directory_in_event)

-- ---- flags ----

local function bit(mask)
  return of_descriptor(function(descriptor) return descriptor.flags & mask ~= 0 end)
end

-- Whether the event has changed the name of the descriptor: it has just got one then.
local function name_changed(descriptor, view)
  return view.captured.fd ~= nil and descriptor.name ~= descriptor.old_name
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
  { "fd.types", "string", takes = "1", new = new_kinds, list = true },
  { "fd.uid", "string", identity },
  { "fd.name", "string", full_name },
  { "fd.nameraw", "string", of_descriptor(raw_name, raw_name_in_event) },
  { "fd.name_changed", "bool", of_descriptor(name_changed) },
  { "fd.containername", "string", in_container(full_name) },
  { "fd.directory", "string", full_directory },
  { "fd.containerdirectory", "string", in_container(full_directory) },
  { "fd.filename", "string", of_descriptor(file_name) },
  { "fd.is_upper_layer", "bool", bit(UPPER_LAYER) },
  { "fd.is_lower_layer", "bool", bit(LOWER_LAYER) },
  { "fd.dev", "int64", of_descriptor(shown_device), value = of_descriptor(device) },
  { "fd.dev.major", "int64", of_descriptor(major) },
  { "fd.dev.minor", "int64", of_descriptor(minor) },
  { "fd.ino", "int64", of_descriptor(function(fd) return fd.ino end) },
}
