-- Events of the kernel in sysdig, from a capture file that libsinsp writes here.
local driver = require "spec.sinsp.driver"
local folder = require "spec.hosts.testdirectory"
local kernel = require "spec.sinsp.kernel"
local sysdig = require "spec.hosts.sysdig"

--- A capture with three opens of thread 1. Needs libsinsp.
local function capture(here)
  here:write("events", kernel.open(1, 1, "/etc/passwd") .. kernel.open(2, 1, "/etc/hosts") .. kernel.open(3, 1, "/etc/passwd"))
  assert(driver.build(), "libsinsp is missing")
  local result = here:run(folder.in_root("forky", folder.quote(driver.program)),
    "kernel a events 1:init\nrecord a opens.scap\nall a %evt.num\nclose a\n")
  assert(result.status == 0, result.err)
end

sysdig.each("events of the kernel", function(host)
  it("are parsed, and have fields, tables and parameters", function()
    capture(host.folder)
    local result = host:run {
      plugins = { host:with "opens" }, read = "opens.scap",
      format = "*%evt.type %fd.name %opens.count %opens.file[/etc/passwd]",
    }
    assert.same({ "open /etc/passwd 1 1", "open /etc/hosts 2 1", "open /etc/passwd 3 2" }, result.lines, result.err)
    result = host:run {
      plugins = { host:with "opens" }, read = "opens.scap", format = "%evt.num", filter = "opens.file[/etc/passwd] > 1",
    }
    assert.equal(1, #result.lines, result.err)
  end)

  it("are read as before where the script throws in parse", function()
    capture(host.folder)
    local faulty = host:with("faulty", [[
      return { name = "faulty", version = "0.1.0", description = "-", contact = "-", parse_event_sources = { "syscall" },
        parse = function() error "never" end }
    ]])
    local result = host:run { plugins = { faulty }, read = "opens.scap", format = "*%evt.type" }
    assert.same({ "open", "open", "open" }, result.lines, result.err)
    assert.match("faulty.lua:2: parse: never", result.err, 1, true)
  end)
end, "3")
