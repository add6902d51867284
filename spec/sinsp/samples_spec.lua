-- The framework's sample plugins that need its own subtables (syscall_subtables, …_array, …_array_pair), in Lua.
-- The others are in spec/samples.
local driver = require "spec.sinsp.driver"
local kernel = require "spec.sinsp.kernel"

driver.describe("subtables of threads", function(libsinsp)
  --- A plugin that fills, thins out and clears one of them; `steps` are done with `t`, one an event.
  local function play(name, field, key, fields, steps)
    libsinsp:with(name, ([[
      local lure = require "lure"
      local threads = lure.table("threads", { fields = { %s = { key = "%s", fields = %s } } })
      local steps, step = { %s }, 0
      return { name = "%s", version = "0.1.0", parse_event_sources = { "syscall" }, parse_event_types = { "open" },
        extract_event_sources = { "syscall" },
        parse = function(event)
          step = step + 1
          if steps[step] then steps[step](threads:get(event.tid).%s) end
        end,
        fields = { { name = "%s.size", type = "uint64", desc = "-",
          extract = function(_, _, event) return #threads:get(event.tid).%s end } } } ]]):format(field, key, fields, steps, name,
      field, name, field))
    libsinsp.folder:write("events", kernel.open(1, 1, "/a") .. kernel.open(2, 1, "/b") .. kernel.open(3, 1, "/c"))
    return (libsinsp:play(([[
      load a ./lib%s.so
      log
      kernel a events 1:init
      all a =%%%s.size
    ]]):format(name, name)))
  end

  local function sizes(lines)
    local list = {}
    for _, line in ipairs(lines) do list[#list + 1] = line:match "^=(.*)" or line:match "^log: 3 .*" end
    return list
  end

  it("are file descriptors (syscall_subtables)", function()
    assert.same({ "1024", "1023", "0" }, sizes(play("descriptors", "file_descriptors", "int64",
      '{ name = "string", pid = "int64", custom = "string" }', [[
      function(t)
        for i = 0, 1023 do
          local fd = t:add(i)
          fd.pid, fd.custom = 123, "world"
          assert(fd.pid == 123 and fd.custom == "world")
        end
        assert(t:get(77).custom == "world")
      end,
      function(t) assert(t:erase(0)) end,
      function(t) t:clear() end]])))
  end)

  it("are lists of texts (syscall_subtables_array)", function()
    assert.same({ "10", "9", "0" }, sizes(play("environment", "env", "uint64", '{ value = "string" }', [[
      function(t)
        for i = 0, 9 do
          local entry = t:add(i)
          assert(entry.value == "")
          entry.value = "hello"
        end
        assert(t:get(5).value == "hello")
      end,
      function(t) assert(t:erase(0)) end,
      function(t) t:clear() end]])))
  end)

  it("are lists of pairs (syscall_subtables_array_pair)", function()
    assert.same({ "10", "9", "0" }, sizes(play("groups", "cgroups", "uint64", '{ first = "string", second = "string" }', [[
      function(t)
        for i = 0, 9 do
          local entry = t:add(i)
          assert(entry.first == "" and entry.second == "")
          entry.first, entry.second = "hello", "world"
        end
        assert(t:get(9).first == "hello" and t:get(9).second == "world")
      end,
      function(t) assert(t:erase(0)) end,
      function(t) t:clear() end]])))
  end)

  it("take values with the entry that is added", function()
    assert.same({ "1", "1", "1" }, sizes(play("adding", "env", "uint64", '{ value = "string" }',
      'function(t) assert(t:add(0, { value = "hello" }).value == "hello") end')))
  end)
end)
