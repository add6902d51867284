local driver = require "spec.sinsp.driver"
local kernel = require "spec.sinsp.kernel"
local yaml = require "spec.yaml"

local function read(path)
  local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

driver.describe("events of the kernel", function(libsinsp)
  local function events(...)
    libsinsp.folder:write("events", table.concat { ... })
  end

  local function opens()
    events(kernel.open(1, 1, "/etc/passwd"), kernel.open(2, 2, "/etc/hosts"), kernel.open(3, 1, "/etc/hosts", 4),
      kernel.close(4, 1, 3))
  end

  it("have fields of a script, with parameters by name", function()
    libsinsp:with("files", [[
      return { name = "files", version = "0.1.0", extract_event_sources = { "syscall" }, extract_event_types = { "open" },
        fields = {
          { name = "files.name", type = "string", desc = "-", extract = function(_, _, event) return event.param.name end },
          { name = "files.fd", type = "uint64", desc = "-", extract = function(_, _, event) return event.param.fd end },
          { name = "files.what", type = "string", desc = "-",
            extract = function(_, _, event) return event.type .. " " .. event.tid .. " " .. event.source end },
        } } ]])
    opens()
    assert.same({ "/etc/passwd 3 open 1 syscall", "/etc/hosts 3 open 2 syscall", "/etc/hosts 4 open 1 syscall",
      "<NA> <NA> <NA>", "end" }, (libsinsp:play [[
      load a ./libfiles.so
      kernel a events 1:init 2:cat
      all a %files.name %files.fd %files.what
    ]]))
    assert.same({ "/etc/hosts 4", "end" }, (libsinsp:play [[
      load a ./libfiles.so
      kernel a events 1:init 2:cat
      filter a files.name endswith hosts and files.fd > 3
      all a %files.name %files.fd
    ]]))
  end)

  it("are parsed before fields are extracted; threads get a field, and a table is offered", function()
    libsinsp:with "opens"
    opens()
    assert.same({ "1 1 0", "1 1 1", "2 1 2", "2 1 2", "end" }, (libsinsp:play [[
      load a ./libopens.so
      kernel a events 1:init 2:cat
      all a %opens.count %opens.file[/etc/passwd] %opens.file[/etc/hosts]
    ]]))
  end)

  it("are counted by one plugin, and shown by another, which reads its table and its field of the threads", function()
    libsinsp:with "opens"
    libsinsp:with("reader", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { comm = "string", ["opens.count"] = "uint64" } })
      local files = lure.table("opened_files", { key = "string", fields = { count = "uint64", last = "string" } })
      return { name = "reader", version = "0.1.0", extract_event_sources = { "syscall" },
        fields = {
          { name = "reader.thread", type = "string", desc = "-", extract = function(_, _, event)
            local thread = threads:get(event.tid)
            return thread.comm .. " " .. thread["opens.count"]
          end },
          { name = "reader.files", type = "string", list = true, desc = "-", extract = function()
            local list = {}
            files:each(function(file) list[#list + 1] = file.last .. "=" .. file.count end)
            table.sort(list)
            return list
          end },
        } } ]])
    opens()
    assert.same({ "init 1 (init=1)", "cat 1 (cat=1,init=1)", "init 2 (init=1,init=2)", "init 2 (init=1,init=2)", "end" },
      (libsinsp:play [[
        load a ./libopens.so
        load a ./libreader.so
        kernel a events 1:init 2:cat
        all a %reader.thread %reader.files
      ]]))
  end)

  it("have the program in a temporary directory that their process, or its parent, is (examples/origins.lua)", function()
    libsinsp:with "origins"
    libsinsp:with("programs", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { exe_path = "string", ptid = "int64" } })
      return { name = "programs", version = "0.1.0", parse_event_sources = { "syscall" },
        parse = function(event)
          if event.num > 1 then return end
          threads:get(2).exe_path = "/tmp/x/miner"
          threads:get(3).ptid = 2
        end } ]])
    local rule = yaml.rules(read "examples/origins_rules.yaml")[1]
    events(kernel.open(1, 1, "/etc/passwd"), kernel.open(2, 2, "/etc/passwd"), kernel.open(3, 3, "/etc/passwd"))
    local function play(condition)
      return (libsinsp:play(([[
        load a ./libprograms.so
        load a ./liborigins.so
        kernel a events 1:init 2:miner 3:sh
        filter a %s
        all a %s
      ]]):format(condition, (rule.output:gsub(" connects to %%fd.name$", "")))))
    end
    assert.same({ "miner (from /tmp/x/miner)", "sh (from /tmp/x/miner)", "end" }, play "origins.temporary exists")
    assert.same({ "end" }, play(rule.condition))
  end)

  it("let a script write to the threads, and make and erase some", function()
    libsinsp:with("writer", [[
      local lure = require "lure"
      local threads = lure.table "threads"
      return { name = "writer", version = "0.1.0", parse_event_sources = { "syscall" }, parse_event_types = { "open" },
        parse = function(event)
          threads:get(event.tid).comm = "renamed " .. event.param.fd
          assert(#threads == 2)
          local new = threads:add(4711, { comm = "new", pid = 4711 })
          assert(new.comm == "new" and #threads == 3)
          local seen = 0
          threads:each(function(thread) seen = seen + 1 assert(thread.tid > 0) end)
          assert(seen == 3)
          new = nil
          collectgarbage()
          assert(threads:erase(4711))
        end } ]])
    opens()
    assert.same({ "renamed 3", "renamed 3", "renamed 4", "renamed 4", "end" }, (libsinsp:play [[
      load a ./libwriter.so
      kernel a events 1:init 2:cat
      all a %proc.name
    ]]))
  end)

  it("have subtables: the file descriptors of a thread, with a field of ours", function()
    libsinsp:with("descriptors", [[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = {
        file_descriptors = { key = "int64", fields = { name = "string", ["descriptors.mark"] = "string" } } } })
      return { name = "descriptors", version = "0.1.0", parse_event_sources = { "syscall" },
        extract_event_sources = { "syscall" }, parse_event_types = { "open" },
        parse = function(event)
          local fds = threads:get(event.tid).file_descriptors
          local fd = fds:get(event.param.fd)
          fd["descriptors.mark"] = "seen " .. fd.name
          for i = 100, 199 do fds:add(i, { ["descriptors.mark"] = "made" }) end
          assert(fds:erase(100) and not fds:get(100) and fds:get(199)["descriptors.mark"] == "made")
          for i = 101, 199 do fds:erase(i) end
        end,
        fields = { { name = "descriptors.marks", type = "string", list = true, desc = "-", extract = function(_, _, event)
          local list = {}
          threads:get(event.tid).file_descriptors:each(function(fd) list[#list + 1] = fd["descriptors.mark"] end)
          table.sort(list)
          return list
        end } } } ]])
    opens()
    assert.same({ "(seen /etc/passwd)", "(seen /etc/hosts)", "(seen /etc/hosts,seen /etc/passwd)", "3.5.0" },
      (libsinsp:play [[
        load a ./libdescriptors.so
        kernel a events 1:init 2:cat
        next a 3 %descriptors.marks
        api a descriptors
      ]]))
  end)

  it("say in the host's log what goes wrong in parse, and go on", function()
    libsinsp:with("faulty", [[
      return { name = "faulty", version = "0.1.0", parse_event_sources = { "syscall" },
        parse = function(event) if event.type == "close" then error "no closing" end end } ]])
    opens()
    local lines = libsinsp:play [[
      load a ./libfaulty.so
      log
      kernel a events 1:init 2:cat
      all a %evt.type
    ]]
    local text = table.concat(lines, "\n")
    assert.match("log: %d+ faulty: faulty.lua:2: parse: no closing", text)
    assert.match("open\nopen\nopen\nlog", text)
    assert.equal("end", lines[#lines])
  end)
end)

driver.describe("async events", function(libsinsp)
  it("come among the events that are open", function()
    libsinsp:with("ticks", [[
      local count = 0
      return { name = "ticks", version = "0.1.0", async_events = { "tick" }, async_event_sources = { "syscall" },
        async_interval = 0.002, async = function(emit) count = count + 1 emit("tick", "number " .. count) end } ]])
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd"))
    local lines = libsinsp:play [[
      load a ./libticks.so
      kernel a events 1:init
      async a 3 %evt.type %evt.source %evt.asynctype
      close a
      kernel a events 1:init
      async a 1 %evt.type
      destroy a
    ]]
    assert.equal(4, #lines, table.concat(lines, "\n"))
    assert.match("tick", lines[1])
    assert.match("syscall", lines[1])
  end)

  it("are dumped as the state, into a capture file", function()
    libsinsp:with("dumped", [[
      return { name = "dumped", version = "0.1.0", async_events = { "state" }, async_event_sources = { "syscall" },
        dump_state = function(emit) for i = 1, 3 do assert(emit("state", "line " .. i)) end end } ]])
    libsinsp.folder:write("events", kernel.open(1, 1, "/etc/passwd"))
    assert.same({ "3.0.0" }, (libsinsp:play [[
      load a ./libdumped.so
      kernel a events 1:init
      dump a dumped state.scap
      api a dumped
    ]]))
    local file = assert(io.open(libsinsp.folder.path .. "/state.scap", "rb"))
    local bytes = file:read "a"
    file:close()
    for i = 1, 3 do assert.truthy(bytes:find("state\0line " .. i, 1, true)) end
  end)
end)
