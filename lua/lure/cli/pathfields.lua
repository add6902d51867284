-- pathfields: the paths that a call of the kernel's events is about, fs.path.*: rows for kernelfields.lua.
--
-- Unlike evt.abspath they are there only of calls that went well, and those of more calls.

local paths = require "lure.capture.paths"
local eventdescriptor = require "lure.cli.eventdescriptor"
local lazily = require "lure.cli.lazily"

local callfields = lazily "lure.cli.callfields"
local descriptors = lazily "lure.capture.descriptors"
local kernelparams = lazily "lure.cli.kernelparams"

local DIRECTORY <const> = 2 -- a type of descriptors

-- By type of event: the parameters that are the path, or what was there and what there is then. "@": the name of the
-- descriptor. `opens`: it went well where its descriptor is not -1.
local NAMES = {
  SYSCALL_MKDIR_2_X = { name = "path" }, SYSCALL_MKDIRAT_X = { name = "path" }, SYSCALL_RMDIR_2_X = { name = "path" },
  SYSCALL_UNLINK_2_X = { name = "path" }, SYSCALL_UNLINKAT_2_X = { name = "name" },
  SYSCALL_OPEN_X = { name = "name", opens = true }, SYSCALL_OPENAT_2_X = { name = "name", opens = true },
  SYSCALL_OPENAT2_X = { name = "name", opens = true },
  SYSCALL_CHMOD_X = { name = "filename" }, SYSCALL_FCHMODAT_X = { name = "filename" },
  SYSCALL_FCHMOD_X = { name = "@" }, SYSCALL_CHOWN_X = { name = "path" }, SYSCALL_LCHOWN_X = { name = "path" },
  SYSCALL_FCHOWN_X = { name = "@" }, SYSCALL_FCHOWNAT_X = { name = "pathname" },
  SYSCALL_QUOTACTL_X = { name = "special" },
  SYSCALL_UMOUNT_1_X = { name = "name" }, SYSCALL_UMOUNT2_X = { name = "name" },
  SYSCALL_RENAME_X = { source = "oldpath", target = "newpath" },
  SYSCALL_RENAMEAT_X = { source = "oldpath", target = "newpath" },
  SYSCALL_RENAMEAT2_X = { source = "oldpath", target = "newpath" },
  SYSCALL_LINK_2_X = { source = "newpath", target = "oldpath" },
  SYSCALL_LINKAT_2_X = { source = "newpath", target = "oldpath" },
  SYSCALL_SYMLINK_X = { source = "linkpath", target = "target" },
  SYSCALL_SYMLINKAT_X = { source = "linkpath", target = "target" },
  SYSCALL_MOUNT_X = { source = "dev", target = "dir" },
}

local function symbol_of(view) return view.kernel.symbol:match "^PPME_(.*)$" end

local function went_well(view, names)
  if names.opens then
    local fd = callfields.raw_value(view, "fd")
    return fd ~= nil and fd ~= -1
  end
  return callfields.raw_value(view, "res") == 0
end

local full_name = eventdescriptor.field(function(descriptor) return descriptor.name end, function() return "" end)

-- Whether the event has the parameter, if only as an empty one.
local function has(view, name)
  local number = kernelparams.number_of(view.kernel, name)
  return number ~= nil and number <= view.captured.count
end

-- As the call has it; nil: it has none, or failed. `which`: "name", "source" or "target".
local function raw(view, which)
  local names = view.kernel and NAMES[symbol_of(view)]
  local name = names and names[which]
  if not name or not went_well(view, names) then return nil end
  if name == "@" then return full_name(view) end
  return callfields.raw_value(view, name) or has(view, name) and "<NA>" or nil
end

-- ---- where a path begins that does not begin at the root ----

local UNKNOWN <const> = "<UNKNOWN>"

-- The directory that is the event's descriptor.
local function of_descriptor(view)
  local descriptor = view.captured.fd and eventdescriptor.find(view)
  if not descriptor or descriptor.type ~= DIRECTORY then return UNKNOWN end
  local name = descriptor.name
  return (name == "" or name:sub(-1) == "/") and name or name .. "/"
end

local function of_parameter(view, path, name)
  local state = view.captured.state
  local thread = state and state.threads:find(view.captured.thread)
  return thread and descriptors.base_of(thread, path, callfields.raw_value(view, name) or 0) or UNKNOWN
end

local function of_process(view)
  local known, tid = view.threads, view.captured.thread
  local main = known:main(tid)
  return main and known:read(main, "cwd") or "./"
end

local BY_DESCRIPTOR = { SYSCALL_FCHOWNAT_X = true, SYSCALL_FCHMODAT_X = true, SYSCALL_MKDIRAT_X = true,
  SYSCALL_UNLINKAT_2_X = true }

local function base_of(view, which, path)
  local symbol = symbol_of(view)
  if BY_DESCRIPTOR[symbol] then return of_descriptor(view) end
  if symbol == "SYSCALL_SYMLINKAT_X" then return which == "source" and of_descriptor(view) or UNKNOWN end
  if symbol == "SYSCALL_RENAMEAT2_X" then
    return of_parameter(view, path, which == "target" and "newdirfd" or "olddirfd")
  end
  return of_process(view)
end

local function whole(view, which)
  local path = raw(view, which)
  if not path or not view.threads or not view.captured.thread then return nil end
  if path:sub(1, 1) == "/" then return paths.join("", path) end
  if NAMES[symbol_of(view)].opens and symbol_of(view) ~= "SYSCALL_OPEN_X" then
    local descriptor = view.captured.fd and eventdescriptor.find(view)
    return paths.join("", descriptor and descriptor.name or UNKNOWN)
  end
  return paths.join(base_of(view, which, path), path)
end

local rows = {}
for _, which in ipairs { "name", "source", "target" } do
  rows[#rows + 1] = { "fs.path." .. which, "string", function(view) return whole(view, which) end }
  rows[#rows + 1] = { ("fs.path.%sraw"):format(which), "string", function(view) return raw(view, which) end }
end
return rows
