-- `lure run --capture` beside sysdig that reads the same file: numbers, times, types, parameters, threads.
local lives = require "spec.capture.lives"
local older = require "spec.capture.older"
local program = require "spec.cli.program"
local samples = require "spec.capture.samples"
local sysdig = require "spec.hosts.sysdig"
local traces = require "spec.capture.traces"
local writer = require "spec.capture.writer"

local function lure(here, ...)
  local result = program.lure_in(here.path, "run", ...)
  assert.equal(0, result.status, result.err)
  return result.lines
end

local function write_dump(host)
  host.folder:copy("spec/capture/dump.lua", "dump.lua")
  return host:with("dump", host.folder:read "dump.lua")
end

sysdig.each("a capture of a plugin", function(host)
  it("has the same events in lure", function()
    local plugin = host:with "dummy" .. [[:{"jitter": 0}]]
    local written = host:run { plugins = { plugin }, source = [[./libdummy.so:{"start": 1, "maxEvents": 700}]],
      write = "events.scap" }
    assert.equal(0, written.status, written.err)
    local format = "*%evt.num %evt.rawtime %evt.type %evt.source %evt.pluginname %evt.plugininfo %dummy.value %dummy.strvalue"
    if host.api == "0.3.0" then format = format:gsub("%%evt.source ", "") end
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.equal(700, #shown.lines, shown.err)
    assert.same(shown.lines, lure(host.folder, "dummy.lua", "--config", '{"jitter": 0}', "--capture", "events.scap", "-p",
      format))
  end)

  it("has the same events in lure where it is packed by gzip", function()
    local plugin = host:with "dummy" .. [[:{"jitter": 0}]]
    host:run { plugins = { plugin }, source = [[./libdummy.so:{"start": 1, "maxEvents": 20}]], write = "events.scap.gz",
      more = { "-z" } }
    local bytes = host.folder:read "events.scap.gz"
    assert.equal("\x1f\x8b", bytes:sub(1, 2))
    local shown = host:run { plugins = { plugin }, read = "events.scap.gz", format = "%evt.num %evt.rawtime %dummy.value" }
    assert.equal(20, #shown.lines)
    assert.same(shown.lines, lure(host.folder, "dummy.lua", "--config", '{"jitter": 0}', "--capture", "events.scap.gz", "-p",
      "%evt.num %evt.rawtime %dummy.value"))
  end)

  it("has no fields in lure either where the plugin is not there", function()
    host.folder:write("events.scap", writer.section() .. writer.plugin_event(4711, "x") .. writer.plugin_event(3, "y"))
    local plugin = host:with "dummy"
    local format = "*%evt.num %evt.type %evt.pluginname %evt.plugininfo %dummy.value"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.equal(2, #shown.lines, shown.err)
    assert.same(shown.lines, lure(host.folder, "dummy.lua", "--capture", "events.scap", "-p", format))
  end)
end)

sysdig.each("a capture of the kernel", function(host)
  it("has the same events, parameters and threads in lure", function()
    local plugin = write_dump(host)
    local format = "*%evt.num %evt.rawtime %evt.type %evt.dir %evt.cpu %dump.event %dump.params"
    host.folder:write("events.scap", samples.every_type())
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.is_true(#shown.lines > 150, shown.err)
    assert.same(shown.lines, lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format))
    host.folder:write("threads.scap", samples.threads())
    shown = host:run { plugins = { plugin }, read = "threads.scap", format = "*%dump.threads" }
    assert.equal(1, #shown.lines, shown.err)
    assert.same(shown.lines, lure(host.folder, "dump.lua", "--capture", "threads.scap", "-p", "%dump.threads"))
  end)

  it("has those of all versions of the process list in lure", function()
    local plugin = write_dump(host)
    for version = 1, 9 do
      host.folder:write("events.scap", writer.section() .. writer.threads(version, { { tid = 1, comm = "first" },
        { tid = 2, args = "x\0", exe_path = "/bin/y" } }, nil, version == 9 and "of a newer libscap" or nil)
        .. writer.event(135, { ("<i8"):pack(0) }))
      local shown = host:run { plugins = { plugin }, read = "events.scap", format = "*%dump.threads" }
      assert.equal(1, #shown.lines, shown.err)
      assert.same(shown.lines, lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", "%dump.threads"))
    end
  end)

  it("changes the threads in lure, too: processes begin, run programs and end, directories and users change", function()
    local plugin = write_dump(host)
    host.folder:write("events.scap", lives.processes())
    local format = "*%evt.num %dump.event %dump.now"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.is_true(#shown.lines > 90, shown.err)
    assert.same(shown.lines, lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format))
  end)

  it("gives the children of a thread that a plugin erases to the same parent in lure", function()
    local thread = function(tid, ptid, pid)
      return { tid = tid, ptid = ptid, pid = pid, vtid = tid, vpid = pid or tid, flags = 0, comm = "t" .. tid }
    end
    local events = { writer.section(), writer.threads(9, { thread(1, 0), thread(2, 1), thread(3, 2), thread(4, 3), thread(5, 3, 3),
      thread(6, 5), thread(7, 4), thread(8, 7) }) }
    for i = 1, 40 do
      events[i + 2] = writer.event(135, { ("<i8"):pack(0), ("<i8"):pack(0) }, { tid = i % 8 + 1, ts = 1700000000000000000 + i })
    end
    host.folder:write("events.scap", table.concat(events))
    local plugin = host:with("eraser", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { comm = "string" } })
      local erased = { [8] = 2, [15] = 5, [16] = 7, [24] = 4, [32] = 3 }
      return { name = "eraser", version = "0.1.0", parse_event_sources = { "syscall" },
        parse = function(event)
          if erased[event.num] then assert(threads:erase(erased[event.num])) end
        end } ]])
    local format = "*%evt.num %thread.tid %proc.ppid %proc.pname %proc.nthreads %proc.aname[2] %thread.ismain"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.is_true(#shown.lines > 30, shown.err)
    local erasing = { ["8"] = true, ["15"] = true, ["16"] = true, ["24"] = true, ["32"] = true } -- shown before lure looks
    local ours = {}
    for _, line in ipairs(lure(host.folder, "eraser.lua", "--capture", "events.scap", "-p", format)) do
      ours[line:match "^%d+"] = line
    end
    for _, line in ipairs(shown.lines) do
      local number = line:match "^%d+"
      if not erasing[number] then assert.equal(line, ours[number]) end
    end
  end)

  it("changes threads and descriptors in lure, too, whatever events come", function()
    local plugin = write_dump(host)
    local format = "*%evt.num %dump.event %dump.now"
    for _, seed in ipairs { 4, 19 } do -- hosts do not give up in the middle of these
      host.folder:write("events.scap", traces.random(seed, 150))
      local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
      local lines = {}
      for _, line in ipairs(lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format)) do
        lines[line:match "^%d+"] = line
      end
      assert.is_true(#shown.lines > 120, shown.err) -- sysdig does not print enter events
      for _, line in ipairs(shown.lines) do assert.equal(line, lines[line:match "^%d+"]) end
    end
  end)

  it("has the events of older captures as they are sent today in lure, too", function()
    local plugin = write_dump(host)
    host.folder:write("events.scap", older.every_type())
    local format = "*%evt.num %dump.event %dump.params"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    local lines = {}
    for _, line in ipairs(lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format)) do
      lines[line:match "^%d+"] = line
    end
    assert.is_true(#shown.lines > 130, shown.err)
    for _, line in ipairs(shown.lines) do assert.equal(line, lines[line:match "^%d+"]) end
  end)

  it("begins anew in lure, too, where another one stands behind it", function()
    local plugin = write_dump(host)
    host.folder:write("events.scap", writer.section() .. writer.threads(9, { { tid = 1 } }) .. writer.open("/a", 3)
      .. writer.section() .. writer.open("/b", 3) .. writer.async_event(0, "told", "text") .. writer.open("/c", 4))
    local format = "*%evt.num %evt.type %dump.event"
    local shown = host:run { plugins = { plugin }, read = "events.scap", format = format }
    assert.equal(4, #shown.lines, shown.err)
    assert.same(shown.lines, lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format))
  end)
end, "3")

sysdig.each("a capture of the kernel that is as old as it", function(host)
  it("has the same times, types and parameters in lure, those of the enter event behind those of the exit", function()
    for _, version in ipairs { 1, 2 } do
      local list = { writer.section(), writer.threads(8, { { tid = 1 } }) }
      for i = 1, 20 do
        local options = { version = version, flags = i % 2 == 0 and (i == 4 and 1 or 8) or nil, cpu = i % 3,
          ts = 1700000000000000000 + i } -- with the flag 1 it is for the host's state only
        list[#list + 1] = writer.event(6, { ("<i8"):pack(i), ("<I4"):pack(i * 7) }, options)
        list[#list + 1] = writer.event(7, { ("<i8"):pack(-i), "bytes" }, options)
        list[#list + 1] = writer.event(65000, { "of a newer libscap" }, options)
      end
      host.folder:write("events.scap", table.concat(list))
      host.folder:copy("spec/capture/dump.lua", "dump.lua")
      local format = "*%evt.rawtime %evt.type %evt.dir %evt.cpu %evt.args"
      local exits = host:run { read = "events.scap", format = format, filter = "evt.dir = <" }
      assert.equal(19, #exits.lines, exits.err)
      local enters = host:run { read = "events.scap", format = "*%evt.args", filter = "evt.dir = >" }
      local function plain(line) return (line:gsub("%b()", ""):gsub(" $", "")) end -- without names of errors
      local expected, lines = {}, lure(host.folder, "dump.lua", "--capture", "events.scap", "-p", format)
      for i, line in ipairs(exits.lines) do
        expected[i], lines[i] = plain(plain(line) .. " " .. enters.lines[i]), plain(lines[i])
      end
      assert.same(expected, lines)
    end
  end)
end, "0.3.0")
