-- Fields of the kernel's events in lure are those that sysdig prints: evt.*, proc.*, thread.*, fd.*, user.*, group.*.
local hostfields = require "lure.cli.hostfields"
local eventfields = require "lure.cli.eventfields"
local program = require "spec.cli.program"
local resources = require "spec.capture.resources"
local samples = require "spec.capture.samples"
local sysdig = require "spec.hosts.sysdig"
local writer = require "spec.capture.writer"
local lives = require "spec.capture.lives"
local traces = require "spec.capture.traces"

local SCRIPT = [[
  return { name = "kernel", version = "0.1.0", extract_event_sources = { "syscall" },
    fields = { { name = "kernel.tid", type = "uint64", desc = "-", extract = function(_, _, event) return event.tid end } } }
]]

local function names_in(text)
  local names = {}
  for name in text:gmatch "%S+" do names[name] = true end
  return names
end

-- Those that depend on the machine, or on an argument; those that outputs cannot have; and those that newer hosts than
-- sysdig 0.41 have in outputs.
local left_out = names_in [[ evt.hostname evt.arg evt.rawarg evt.type.is evt.abspath evt.around thread.cgroup fd.ip fd.port fd.proto fd.net fd.cnet
  fd.snet fd.lnet fd.rnet proc.exe_ino.ctime_duration_pidns_start proc.exe_ino.ctime_duration_proc_start
  proc.aname proc.aexe proc.aexepath proc.acmdline proc.apid proc.aargs ]]

-- All fields that both have, and those with arguments. evt.abspath is the last: it changes what descriptor hosts think
-- that the event has.
local function names_of()
  local names = {}
  for _, list in ipairs { hostfields.any, hostfields.syscall } do
    for name in list:gmatch "%S+" do
      if not left_out[name] and (eventfields.find(name) or eventfields.find_of_call(name)) then names[#names + 1] = name end
    end
  end
  for name in ([[ evt.arg[0] evt.arg.fd evt.arg.path evt.rawarg.res evt.rawarg.flags evt.rawarg.size evt.rawarg.path
    evt.rawarg.name proc.aname[0] proc.aname[1] proc.aname[2]
    proc.apid[1] proc.aexe[1] proc.aexepath[2] proc.acmdline[1] proc.args[1] proc.args[9] proc.env[B] proc.env[C] proc.aenv[1]
    proc.aenv[A] fd.types[0] fd.types[4] thread.cgroup.cpu thread.cgroup.none evt.abspath evt.abspath.src evt.abspath.dst ]]):gmatch "%S+" do
    names[#names + 1] = name
  end
  return names
end

local function sorted(list)
  local words = {}
  for word in list:gmatch "[^,]+" do words[#words + 1] = word end
  table.sort(words)
  return table.concat(words, ",")
end

-- Where a buffer is "NULL" hosts print as many bytes as the buffer of another parameter had. Lists of kinds are in no
-- order.
local function parts_of(line)
  local parts = {}
  for part in line:gmatch "[^\x02]+" do
    part = part:gsub("\1", "\\x01"):gsub("^(evt.buffer=)<N.*", "%1<NULL>")
    parts[#parts + 1] = part:gsub("^(fd.types=<)%((.*)%)", function(before, list) return before .. sorted(list) end)
  end
  return parts
end

-- The differences, of each field the first.
local function differences(host, capture, names, least)
  host.folder:write("events.scap", capture)
  host.folder:write("kernel.lua", SCRIPT)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = ("%s=<%%%s>"):format(name, name) end
  local format = "*%evt.num %evt.type\x02" .. table.concat(parts, "\x02")
  local shown = host:run { read = "events.scap", format = format, env = { TZ = "UTC" } }
  local lure = program.shell("cd " .. host.folder.path .. " && TZ=UTC timeout 120 $lure", { "run", "kernel.lua", "--capture",
    "events.scap", "--raw", "-p", format })
  assert.equal(0, lure.status, lure.err)
  assert.is_true(#shown.lines > least, shown.err)
  local lines, found, seen = {}, {}, {}
  for _, line in ipairs(lure.lines) do lines[line:match "^%d+"] = line end
  for _, line in ipairs(shown.lines) do -- sysdig does not print enter events
    local theirs, ours = parts_of(line), parts_of(lines[line:match "^%d+"])
    for j, part in ipairs(theirs) do
      if part ~= ours[j] and not seen[j] then
        found[#found + 1], seen[j] = ("%s:\n  sysdig: %s\n  lure:   %s"):format(theirs[1], part, tostring(ours[j])), true
      end
    end
  end
  return table.concat(found, "\n")
end

-- Where these fail, or are of descriptors that nobody knows, libsinsp shows what is left of another.
local odd = names_in "memfd_create pidfd_getfd pidfd_open"

local function is_odd(type) return odd[type.name] end

-- Those that make threads, with numbers that no kernel gives them, and the odd ones.
local function begins(code)
  return code >= 223 and code <= 227 or code == 335 or code >= 292 and code <= 293 or code == 330 or code == 405
    or code == 407 or code == 409
end

sysdig.each("events of the kernel", function(host)
  it("have the same fields in lure", function()
    local names = names_of()
    assert.is_true(#names > 130, #names)
    for seed = 1, 3 do assert.equal("", differences(host, samples.random(seed, 4, is_odd), names, 400)) end
  end)

  it("have the same fields in lure while processes and descriptors change", function()
    local names = {}
    for _, name in ipairs(names_of()) do
      if not name:find "^evt%." then names[#names + 1] = name end -- hosts give up in parameters that are not there
    end
    for seed = 1, 5 do assert.equal("", differences(host, traces.random(seed, 150, begins), names, 100)) end
  end)

  it("have the same fields in lure while processes begin, run programs and end", function()
    assert.equal("", differences(host, lives.processes(), names_of(), 90))
  end)

  it("have the same users, capabilities, memory and times in lure", function()
    for version = 1, 2 do assert.equal("", differences(host, resources.capture(version), names_of(), 30)) end
    local names = names_of() -- of threads that were there before, hosts print what was left in their memory
    table.move({ "proc.exe_ino.ctime_duration_proc_start", "proc.exe_ino.ctime_duration_pidns_start" }, 1, 2, #names + 1, names)
    assert.equal("", differences(host, resources.begins(), names, 8))
  end)

  it("have the container in front that a plugin has written into their thread", function()
    host.folder:write("events.scap", resources.capture(2))
    local plugin = host:with("containers", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { container_id = "string" } })
      return { name = "containers", version = "0.1.0", parse_event_sources = { "syscall" },
        parse = function(event)
          local thread = event.num < 10 and threads:get(1)
          if thread then thread.container_id = "abc" end
        end } ]])
    local format = "*%evt.num %evt.type %thread.tid %fd.containername %fd.containerdirectory %fd.lip %fd.is_server"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.is_true(#shown.lines > 30, shown.err)
    local lure = program.lure_in(host.folder.path, "run", "containers.lua", "--capture", "events.scap", "-p", format)
    assert.same(shown.lines, lure.lines, lure.err)
  end)

  it("have the users of earlier sections of the file, too", function()
    local event = writer.event(135, { ("<i8"):pack(0), ("<i8"):pack(0) })
    local function section(...)
      return writer.section() .. writer.users(2, { ... }) .. writer.threads(9, { { tid = 1, uid = 1000, gid = 1000, loginuid = 1001 } })
        .. event
    end
    local anna = { uid = 1000, gid = 1, name = "anna", home = "/a", shell = "/a" }
    local berta = { uid = 1001, gid = 1, name = "berta", home = "", shell = "" }
    assert.equal("", differences(host, section(anna) .. section(berta) .. section({ gid = 1000, name = "some" }), names_of(), 2))
  end)
end, "3")
