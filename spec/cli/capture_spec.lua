-- `lure run|check --capture`: captures in libscap's format as events. What hosts say of the same files: spec/hosts/readcapture.
local program = require "spec.cli.program"
local support = require "spec.support"
local writer = require "spec.capture.writer"

local opens = [[
  local lure = require "lure"
  local threads = lure.table("threads", { fields = { comm = "string", ["opens.count"] = "uint64" } })
  return { name = "opens", version = "0.1.0", parse_event_sources = { "syscall" }, extract_event_sources = { "syscall" },
    parse_event_types = { "open" }, extract_event_types = { "open" },
    parse = function(event)
      local thread = threads:get(event.tid)
      thread["opens.count"] = thread["opens.count"] + 1
    end,
    fields = {
      { name = "opens.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name end },
      { name = "opens.by", type = "string", desc = "-", extract = function(_, _, event)
        local thread = threads:get(event.tid)
        return thread.comm .. " " .. thread["opens.count"]
      end },
    } }
]]

local three = writer.section() .. writer.threads(9, { { tid = 1, comm = "init" }, { tid = 7, comm = "cat" } })
  .. writer.open("/etc/passwd", 3, { ts = 1700000000123456789 })
  .. writer.open("/etc/hosts", -2, { tid = 7, cpu = 3, ts = 1700000000123456790, flags = 2 })
  .. writer.event(5, { ("<i8"):pack(0), ("<i8"):pack(3) }, { ts = 1700000001000000000 })

local function run(script, bytes, ...)
  local folder = program.folder_with { ["x.lua"] = script, ["x.scap"] = bytes }
  return program.lure_in(folder, "run", "x.lua", "--capture", "x.scap", ...)
end

describe("lure run --capture", function()
  it("shows events of the kernel with their parameters, to parsers and fields, with the table of threads", function()
    local result = run(opens, three)
    assert.equal(0, result.status, result.err)
    assert.same({
      "1 22:13:20.123456789 open fd=3(<f>/etc/passwd) name=/etc/passwd flags=1(O_RDONLY) mode=0 dev=5 ino=77 opens.name=/etc/passwd opens.by=init 1",
      "2 22:13:20.123456790 open fd=-2(ENOENT) name=/etc/hosts flags=1(O_RDONLY) mode=0 dev=5 ino=77 opens.name=/etc/hosts opens.by=cat 1",
      "3 22:13:21.000000000 close res=0 fd=3(<f>/etc/passwd)",
    }, result.lines)
    assert.matches("^3 events, ", result.err)
  end)

  it("has evt.* of them", function()
    local result = run(opens, three, "-p", "%evt.num %evt.type %evt.dir %evt.cpu %evt.source %evt.arg.name %evt.arg[0] "
      .. "%evt.rawres %evt.failed %syscall.type %evt.is_async %evt.pluginname %evt.plugininfo %evt.args")
    assert.same({
      "1 open < 0 syscall /etc/passwd <f>/etc/passwd 3 false open false <NA> <NA> fd=3(<f>/etc/passwd) "
        .. "name=/etc/passwd flags=1(O_RDONLY) mode=0 dev=5 ino=77",
      "2 open < 3 syscall /etc/hosts ENOENT -2 true open false <NA> <NA> fd=-2(ENOENT) "
        .. "name=/etc/hosts flags=1(O_RDONLY) mode=0 dev=5 ino=77",
      "3 close < 0 syscall <NA> 0 0 false close false <NA> <NA> res=0 fd=3(<f>/etc/passwd)",
    }, result.lines, result.err)
  end)

  it("has evt.* of events whose parameters are shorter or longer than their types", function()
    for _, length in ipairs { 0, 1, 3, 7, 9, 20 } do
      local bytes, list = ("\xFF"):rep(length), { writer.section() }
      for _, code in ipairs { 1, 3, 5, 21, 23, 81, 255, 307, 319, 353, 354, 358, 181, 285 } do
        list[#list + 1] = writer.event(code, { bytes, bytes, bytes, bytes, bytes, bytes, bytes })
      end
      local result = run(opens, table.concat(list), "-p", "%evt.args %evt.rawarg.res %evt.rawarg.flags %evt.rawarg.fd %evt.res "
        .. "%evt.abspath %evt.is_open_exec %fd.name %evt.buflen %evt.category %fd.nameraw %fd.lip %fd.types %fd.is_server "
        .. "%fd.name_changed %fs.path.name %fs.path.source %fs.path.targetraw %fdlist.nums %fdlist.sips %user.name %proc.fdusage "
        .. "%thread.cap_effective %proc.duration")
      assert.equal(0, result.status, result.err)
      assert.equal(14, #result.lines)
    end
  end)

  it("names users and groups as the capture does, and as events that add and remove some", function()
    local function user(code, name)
      return writer.event(code, { ("<I4"):pack(7), ("<I4"):pack(8), name .. "\0", "/home/" .. name .. "\0", "/bin/sh\0", "\0" },
        { tid = -1 })
    end
    local sleep = writer.event(135, { ("<i8"):pack(0), ("<i8"):pack(0) })
    local bytes = writer.section() .. writer.users(2, { { uid = 7, gid = 8, name = "anna", home = "/a", shell = "/bin/zsh" },
      { gid = 8, name = "staff" } }) .. writer.threads(9, { { tid = 1, uid = 7, gid = 8, loginuid = 7 } })
    local result = run(opens, bytes .. sleep .. user(354, "berta") .. sleep .. user(356, "berta") .. sleep, "-p",
      "%user.name %user.homedir %user.shell %user.loginname %group.name")
    assert.same({ "anna /a /bin/zsh anna staff", "<NA> <NA> <NA> <NA> <NA>", "berta /home/berta /bin/sh berta staff",
      "<NA> <NA> <NA> <NA> <NA>", "<NA> <NA> <NA> <NA> staff" }, result.lines, result.err)
    result = run(opens, bytes:gsub("\5\0staff", "\255\0staff") .. sleep)
    assert.equal(1, result.status)
    assert.matches("%-%-capture: x%.scap: byte %d+: the list of users ends %d+ bytes before its last entry: the file is damaged",
      result.err)
  end)

  it("has how much more time of the processor a thread tells of, up to 100", function()
    local list = { writer.section(), writer.threads(9, { { tid = 1 } }) }
    for _, times in ipairs { { 100, 50 }, { 130, 60 }, { 1130, 60 } } do
      list[#list + 1] = writer.event(234, { ("<i8"):pack(times[1]), ("<i8"):pack(times[2]) })
    end
    local result = run(opens, table.concat(list), "-p", "%thread.cpu %thread.cpu.user %thread.cpu.system")
    assert.same({ "0.0 0.0 0.0", "40.0 30.0 10.0", "100.0 100.0 0.0" }, result.lines, result.err)
  end)

  it("prints them as JSON with their type, thread and parameters", function()
    local result = run(opens, three, "--json", "-n", "1")
    assert.same({ '{"num":1,"ts":"1700000000123456789","source":"syscall","type":"open","tid":1,"params":{"fd":"3",'
      .. '"name":"/etc/passwd","flags":"1","mode":"0","dev":"5","ino":"77"},"fields":{"opens.name":"/etc/passwd",'
      .. '"opens.by":"init 1"}}' }, result.lines, result.err)
  end)

  it("shows events of the script's own plugin, those of another one, and async events", function()
    local script = [[
      return { name = "mine", version = "0.1.0", id = 999, event_source = "mine", next = function() end,
        to_string = function(_, event) return "<" .. event.data .. ">" end,
        fields = { { name = "mine.data", type = "string", desc = "-", extract = function(_, _, event) return event.data end } } }
    ]]
    local result = run(script, writer.section() .. writer.plugin_event(999, "one") .. writer.plugin_event(4711, "two")
      .. writer.async_event(999, "told", "three") .. writer.async_event(0, "of.kernel", "four")
      .. writer.async_event(4711, "other", "five"), "-p",
      "%evt.num %evt.type %evt.source %evt.plugininfo %evt.asynctype %evt.arg.data %mine.data")
    assert.same({
      "1 pluginevent mine <one> <NA> <NA> one",
      "2 pluginevent <NA> <NA> <NA> <NA> <NA>",
      "3 told mine <NA> told three <NA>",
      "4 of.kernel syscall <NA> of.kernel four <NA>",
      "5 other <NA> <NA> other five <NA>",
    }, result.lines, result.err)
  end)

  it("opens no source and no async handler, and tells listeners of the capture's begin and end", function()
    local result = run([[
      local lure = require "lure"
      return { name = "mine", version = "0.1.0", id = 999, event_source = "mine",
        open = function() error "open" end, next = function() error "next" end,
        async_events = { "tick" }, async_interval = 0.001, async = function() error "async" end,
        capture_open = function() lure.log.info "open" end, capture_close = function() lure.log.info "close" end,
        parse_event_sources = { "syscall" }, parse = function(event) lure.log.info(event.type) end }
    ]], three)
    assert.equal(0, result.status, result.err)
    assert.matches("open\n.*open\n.*open\n.*close\n.*close\n", result.err)
    assert.not_matches("error", result.err)
  end)

  it("reads a capture that is packed by gzip", function()
    local folder = program.folder_with { ["x.lua"] = opens, ["x.scap"] = three }
    support.run(("cd %s && gzip x.scap"):format(support.quote(folder)))
    local result = program.lure_in(folder, "run", "x.lua", "--capture", "x.scap.gz", "-p", "%evt.num")
    assert.same({ "1", "2", "3" }, result.lines, result.err)
  end)

  it("takes fields of the plugin whose events they are from --source", function()
    local folder = program.folder_with { ["x.lua"] = [[
      return { name = "x", version = "0.1.0", extract_event_sources = { "mine" },
        fields = { { name = "x.size", type = "uint64", desc = "-", extract = function(_, _, event) return #event.data end } } }
    ]], ["mine.lua"] = [[
      return { name = "mine", version = "0.1.0", id = 999, event_source = "mine", next = function() end,
        fields = { { name = "mine.data", type = "string", desc = "-", extract = function(_, _, event) return event.data end } } }
    ]], ["x.scap"] = writer.section() .. writer.plugin_event(999, "text") }
    local result = program.lure_in(folder, "run", "x.lua", "--source", "mine.lua", "--capture", "x.scap", "-p",
      "%x.size %mine.data")
    assert.same({ "4 text" }, result.lines, result.err)
  end)

  it("shows the events before the place where the file is damaged, and says what is wrong", function()
    local result = run(opens, three:sub(1, -3), "-p", "%evt.num")
    assert.same({ "1", "2" }, result.lines)
    assert.equal(1, result.status)
    assert.matches("lure: %-%-capture: x%.scap: byte %d+: an event has 50 bytes here, not 52: the file is cut off, or damaged\n",
      result.err)
  end)

  it("says what is wrong with a file that is none", function()
    local folder = program.folder_with { ["x.lua"] = opens, ["x.gz"] = "\x1f\x8b\8 and then something else" }
    local function err(name) return program.lure_in(folder, "run", "x.lua", "--capture", name).err end
    assert.matches("%-%-capture: none.scap: No such file or directory", err "none.scap")
    assert.matches("%-%-capture: %.: is no regular file", err ".")
    assert.equal(0, select(2, support.run(("mkfifo %s/fifo"):format(support.quote(folder))))) -- nobody writes to it
    assert.matches("%-%-capture: fifo: is no regular file", err "fifo")
    assert.matches("%-%-capture: x.lua: byte 0: expected the section header of a capture", err "x.lua")
    assert.matches("%-%-capture: x.gz: byte 0: the packed bytes are broken", err "x.gz")
  end)

  it("is refused with other events", function()
    local folder = program.folder_with { ["x.lua"] = opens }
    for _, words in ipairs { { "--events", "-" }, { "--open", "x" } } do
      local result = program.lure_in(folder, "run", "x.lua", "--capture", "x.scap", table.unpack(words))
      assert.equal(2, result.status)
      assert.matches(words[1]:gsub("%-", "%%-") .. " is not for events that come from %-%-capture", result.err)
    end
  end)
end)

describe("lure check --capture", function()
  local script = [[
    return { name = "x", version = "0.1.0", description = "-", contact = "x@example.org",
      extract_event_sources = { "syscall" }, extract_event_types = { "open" },
      fields = {
        { name = "x.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name end },
        { name = "x.none", type = "string", desc = "-", extract = function() end },
        { name = "x.bad", type = "string", desc = "-", extract = function(_, _, event) return event.param.nam end },
      } }
  ]]

  local function check(bytes, ...)
    local folder = program.folder_with { ["x.lua"] = script, ["x.scap"] = bytes }
    return program.lure_in(folder, "check", "x.lua", "--capture", "x.scap", ...)
  end

  it("extracts every field of the events that it has fields for", function()
    local result = check(three)
    assert.equal(1, result.status)
    assert.matches("\n  samples: 2 events\n", result.out)
    assert.matches("x.lua:5: hint: field x.none has no value in any of 2 sample events\n", result.out)
    assert.matches('x.lua:6: field x.bad: an event of type PPME_SYSCALL_OPEN_X has no parameter "nam"; it has: fd, name, '
      .. "flags, mode, dev, ino %(in all 2 events%)\n", result.out)
    assert.not_matches("x.name", result.out)
  end)

  it("takes the first 1000 of them", function()
    assert.matches("\n  samples: 1000 events\n", check(writer.section() .. writer.open("/x", 3):rep(1001)).out)
  end)

  it("says where there are none, and what is wrong with the file", function()
    local other = writer.section() .. writer.event(5, { ("<i8"):pack(0), ("<i8"):pack(3) }) .. writer.plugin_event(7, "x")
    assert.matches("\n  samples: none: none of the first 2 events of the capture is one that it has fields for\n",
      check(other).out)
    assert.matches("\nx.lua: x.scap: byte %d+: an event has 50 bytes here, not 52: the file is cut off, or damaged\n",
      check(three:sub(1, -3)).out)
    assert.matches("%-%-capture: none is no regular file", check(three, "--capture", "none").err)
    assert.equal(2, check(three, "--events", "x.lua").status)
    assert.equal(2, check(three, "--api", "0.3").status)
  end)
end)

describe("the reader of captures", function()
  it("is not impressed by files that are cut off, damaged or hostile", function()
    local out, status = support.run(("LUA_PATH=%s timeout 300 %s test spec/capture/robust.lua --output=TAP"):format(
      support.quote((os.getenv "LURE_SOURCE" or ".") .. "/?.lua;;"), support.quote(program.path)))
    assert.equal(0, status, out)
    assert.equal(15, select(2, ("\n" .. out):gsub("\nok %d", "")), out)
  end)
end)

describe("lure.eventtypes", function()
  it("refuses types, parameters and addresses that there are not", function()
    local out, status = support.run(("timeout 300 %s test %s"):format(support.quote(program.path), support.quote(support.file([[
      local eventtypes = require "lure.eventtypes"
      local list = eventtypes.list()
      it("is refused", function()
        for _, row in ipairs(list) do
          local count = #row.parameters
          if count > 0 then assert.is_truthy(pcall(eventtypes.value, row.code, count, "\0\0\0\0\0\0\0\0")) end
          assert.is_false((pcall(eventtypes.value, row.code, 0, "")))
          assert.is_false((pcall(eventtypes.value, row.code, count + 1, "")))
        end
        for _, code in ipairs { -1, #list, list[1].code + 65536, list[1].code - 65536 } do
          assert.is_false((pcall(eventtypes.value, code, 1, "")))
        end
        for length, text in pairs { [4] = "97.97.97.97", [16] = "6161:6161:6161:6161:6161:6161:6161:6161" } do
          assert.equal(text, eventtypes.address_text(("a"):rep(length)))
          for _, other in ipairs { length - 1, length + 1 } do
            assert.is_false((pcall(eventtypes.address_text, ("a"):rep(other))))
          end
        end
      end)
    ]], "eventtypes_test.lua"))))
    assert.equal(0, status, out)
    assert.matches("^%+\n1 success / 0 failures", out)
  end)
end)
