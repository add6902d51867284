-- Conditions on fields of the kernel's events: of which events they are true in lure and in libsinsp.
local driver = require "spec.sinsp.driver"
local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local resources = require "spec.capture.resources"
local samples = require "spec.capture.samples"

local SCRIPT = [[
  return { name = "kernel", version = "0.1.0", extract_event_sources = { "syscall" },
    fields = { { name = "kernel.tid", type = "uint64", desc = "-", extract = function(_, _, event) return event.tid end } } }
]]

local taken = {
  "evt.type = open", "evt.type in (openat, close, read)", "evt.type != open", "evt.type startswith open", "evt.type = clone3",
  "evt.res = ENOENT", "evt.res != SUCCESS", "evt.rawres < 0", "evt.rawres >= 3", "evt.failed = true", "evt.failed = false",
  "evt.category = file", "evt.category in (net, memory)", "evt.is_io = true", "evt.is_io_read = true",
  "evt.is_io_write = true", "evt.is_wait = true", "evt.is_open_read = true", "evt.is_open_write = true",
  "evt.is_open_exec = true", "evt.is_open_create = true", "evt.count.error exists", "evt.count.error.file = 1",
  "evt.cpu > 1", "evt.arg.flags contains O_RDONLY", "evt.arg.flags contains CLOEXEC", "evt.arg.path endswith x/y",
  "evt.arg.name = /etc/passwd", "evt.arg.fd contains passwd", "evt.arg[0] = EAGAIN", "evt.arg[1] exists",
  "evt.rawarg.res < 0", "evt.rawarg.res >= 5", "evt.rawarg.flags > 255", "evt.rawarg.name contains etc",
  "evt.rawarg.fd = 3", "evt.rawarg.path = file", "evt.rawarg.size = 0", "evt.buffer contains HTTP",
  "evt.buffer startswith GET", "evt.buffer bcontains 485454", "evt.buflen > 2", "evt.type.is.open = 1",
  "evt.args contains AF_INET", "syscall.type exists", "evt.dir = <",
  "proc.name = init", "proc.name in (sh, thread)", "proc.pname = init", "proc.pname exists", "proc.aname = init",
  "proc.aname != init", "proc.aname in (cat, init)", "proc.aname exists", "not proc.aname = init", "proc.aname[1] = init",
  "proc.aname contains ni", "proc.apid = 1", "proc.apid > 1", "proc.acmdline startswith init", "proc.aexe endswith at",
  "proc.aexepath = /bin/cat", "proc.aenv contains 'A=1'", "proc.args = '--a b'", "proc.args[1] = b", "proc.env[B] = 2",
  "proc.cmdline contains --a", "proc.pid = 2", "proc.ppid = 1", "proc.vpid >= 1", "proc.cwd startswith /home", "proc.tty = 0",
  "proc.sid = 1", "proc.sname = init", "proc.is_sid_leader = true", "proc.is_vpgid_leader = true", "thread.tid = 3",
  "thread.ismain = false", "thread.cgroup.cpu = /x", "proc.fdlimit > 0", "user.uid = 0", "user.name = root",
  "user.loginuid = -1", "user.loginuid >= 0", "group.gid = 0", "group.name = root", "fd.num = 3", "fd.num >= 0",
  "fd.name contains passwd", "fd.name startswith /etc", "fd.type = file", "fd.type in (ipv4, ipv6)", "fd.typechar = f",
  "fd.typechar='4'", "fd.directory = /etc", "fd.filename = passwd", "fd.sip = 10.0.0.1", "fd.cip = 1.2.3.4",
  "fd.sport = 443", "fd.cport > 1000", "fd.sport in (443, 90)", "fd.snet = 10.0.0.0/8", "fd.cnet in (1.0.0.0/8)",
  "fd.ip = 1.2.3.4", "fd.ip != 1.2.3.4", "fd.port = 443", "fd.port != 443", "fd.port in (80, 443)", "fd.port < 100",
  "fd.net = 10.0.0.0/8", "fd.net != 10.0.0.0/8", "fd.l4proto = tcp", "fd.sockfamily = ip", "fd.connected = true",
  "fd.dev > 0", "fd.ino = 30", "tolower(proc.name) = init", "len(proc.args) = 5", "proc.name = val(proc.pname)",
}

local refused = { "evt.type = opne", "evt.type in (open, closed)", "evt.type startswith opn", "evt.rawarg.nothing = 1",
  "evt.type.is.nothing = 1", "proc.nam = x", "proc.name > val(proc.pid)", "fd.sip = here", "fd.sip > 1.2.3.4" }

-- The same of users, capabilities, memory and times, beside a capture of these.
local of_resources = {
  "fd.lip exists", "fd.rip = 1.2.3.4", "fd.rnet in (1.2.3.0/24)", "fd.lport = 443", "fd.rport != 443", "fd.lproto = 443",
  "fd.proto = 443", "fd.is_server = true", "fd.types in (file, ipv4)", "fd.types intersects (ipv6)", "fd.types[3] in (ipv4)",
  "fd.uid = 13", "fd.nameraw exists", "fd.name_changed = true", "fd.containername startswith :", "fs.path.name exists",
  "fdlist.nums contains 5", "fdlist.names contains run", "fdlist.cips startswith 1.2.3.4", "fdlist.sports endswith 53",
  "proc.duration > 50000", "proc.duration exists", "proc.ppid.duration < 10", "proc.pid.ts > 5", "proc.ppid.ts = 0",
  "proc.fdopencount = 6", "proc.fdusage > 0", "proc.fdusage <= 9", "proc.fdusage = 0", "proc.fdusage in (0, 9)", "proc.fdusage > -1",
  "proc.fdusage > 4294967296",
  "proc.nthreads = 2", "proc.nchilds > 0", "proc.vmsize >= 500", "proc.vmrss in (501, 701)", "proc.vmswap < 10",
  "thread.vmsize > 0", "thread.vmrss = 0", "thread.pfmajor = 5", "thread.pfminor > 6", "thread.cap_effective contains CAP_SYS_ADMIN",
  "thread.cap_permitted contains CAP_BPF", "thread.cap_inheritable = CAP_CHOWN", "thread.exectime = 0", "thread.totexectime exists",
  "thread.cpu > 10", "thread.cpu.user <= 30", "thread.cpu.system exists", "user.name = chief", "user.name in (berta, carla)",
  "user.homedir = /root", "user.shell endswith sh", "user.loginname = berta", "group.name = people", "group.name = some",
  "evt.around[1700000000000100000] = 0", "evt.around[1700000000005000000] = 4", "evt.is_async = true", "evt.asynctype = useradded",
}

local refused_of_resources = { "proc.fdusage = x", "proc.fdusage > 0.5", "thread.cap_effective > 5 and", "fd.types = file", "evt.around = 5",
  "evt.around[5] > 5", "evt.around[x] = 5", "fd.lport = x" }

driver.describe("conditions on events of the kernel", function(libsinsp)
  -- What libsinsp and lure say of each condition of a list and each event; the `others` libsinsp refuses.
  local function judge(capture, conditions, others)
    libsinsp:with("kernel", SCRIPT)
    local all = table.move(others, 1, #others, #conditions + 1, table.move(conditions, 1, #conditions, 1, {}))
    libsinsp.folder:write("events.scap", capture)
    libsinsp.folder:write("conditions", table.concat(all, "\x1e") .. "\x1e")
    local theirs = libsinsp:play [[
      load a ./libkernel.so
      replay a events.scap
      judge a conditions
    ]]
    assert.equal(#all, #theirs)
    for i = #conditions + 1, #all do assert.matches("^error: ", theirs[i], all[i]) end

    local rules = {}
    for i, condition in ipairs(conditions) do
      rules[i] = ("- rule: r%d\n  desc: d\n  condition: >\n    %s\n  output: '%%evt.num'\n  priority: INFO\n"):format(i, condition)
    end
    libsinsp.folder:write("rules.yaml", table.concat(rules))
    local result = program.lure_in(libsinsp.folder.path, "run", "kernel.lua", "--capture", "events.scap", "--rules", "rules.yaml",
      "--matching", "all", "--json")
    assert.equal(0, result.status, result.err)
    assert.not_matches("skipped", result.err)
    local count, ours = #theirs[1], {}
    for i = 1, #conditions do ours[i] = {} end
    for _, line in ipairs(result.lines) do
      local alert = json_text.decode(line)
      ours[math.tointeger(alert.rule:sub(2))][math.tointeger(alert.output_fields["evt.num"])] = true
    end
    local wrong, sometimes = {}, 0
    for i, condition in ipairs(conditions) do
      local verdicts = {}
      for number = 1, count do verdicts[number] = ours[i][number] and "1" or "0" end
      local whole = table.concat(verdicts)
      if whole ~= theirs[i] then
        wrong[#wrong + 1] = ("%s\n  libsinsp: %s\n  lure:     %s"):format(condition, theirs[i], whole)
      end
      if whole:find "1" then sometimes = sometimes + 1 end
    end
    assert.equal("", table.concat(wrong, "\n"))
    return sometimes
  end

  it("are true of the same events in lure", function()
    local sometimes = judge(samples.random(7, 2), taken, refused)
    assert.is_true(sometimes > 90, sometimes) -- or they say little
  end)

  it("are true of the same events in lure where users, capabilities, memory and times change", function()
    local sometimes = judge(resources.capture(2), of_resources, refused_of_resources)
    assert.is_true(sometimes > 40, sometimes)
  end)

  it("are refused by lure as they are there", function()
    for _, condition in ipairs(table.move(refused_of_resources, 1, #refused_of_resources, #refused + 1,
      table.move(refused, 1, #refused, 1, {}))) do
      local folder = program.folder_with { ["kernel.lua"] = SCRIPT, ["x.scap"] = "" }
      local result = program.lure_in(folder, "run", "kernel.lua", "--capture", "x.scap", "--filter", condition)
      assert.equal(2, result.status, condition .. result.err)
    end
  end)
end)
