-- Captures ten times as long take at most twelve times as many steps: instructions of the processor, counted by callgrind,
-- of `lure run --capture`, without those that it takes for a capture of one event.
local program = require "spec.cli.program"
local support = require "spec.support"
local writer = require "spec.capture.writer"

local MOST <const> = 12
local SIZE <const> = 100

local function i8(number) return ("<i8"):pack(number) end
local function u4(number) return ("<I4"):pack(number) end
local function z(text) return text .. "\0" end

local BEGIN <const> = 1700000000000000000
local FORK, CLONE, EXIT, SLEEP = 225, 223, 186, 135
local IS_THREAD <const> = 1 << 13 | 1

-- The caller's return.
local function clone(tid, child, flags)
  return { i8(child), z "child", "", i8(tid), i8(tid), i8(1), z "", i8(64), i8(0), i8(0), u4(0), u4(0), u4(0), z "child", "",
    u4(flags or 0), u4(0), u4(0), i8(tid), i8(tid), i8(0) }
end

local function exit(reaper) return { i8(0), i8(0), "\0", "\0", i8(reaper) } end

-- Thread 1, more blocks, and the events that `each(add, i)` adds for every i up to n.
local function capture(n, blocks, each)
  local parts, ts = { writer.section(), writer.threads(9, { { tid = 1, ptid = 0, vtid = 1, vpid = 1 } }), blocks or "" }, BEGIN
  local function add(tid, code, params)
    ts = ts + 1
    parts[#parts + 1] = writer.event(code, params, { tid = tid, ts = ts })
  end
  for i = 1, each and n or 0 do each(add, i) end
  add(1, SLEEP, { i8(0), i8(0) })
  return table.concat(parts)
end

local captures = {
  ["threads in the list"] = function(n)
    return capture(n, writer.threads(9, support.list_of(n, function(i) return { tid = i + 1, ptid = i // 2 + 1 } end)))
  end,
  ["descriptors in the list"] = function(n)
    return capture(n, writer.descriptors(2, 1, support.list_of(n, function(i)
      local file = writer.fd.file("/file/" .. i)
      file.fd = i
      return file
    end)))
  end,
  ["users in the list"] = function(n)
    return capture(n, writer.users(2, support.list_of(10 * n, function(i)
      return { uid = i, gid = i, name = "u" .. i, home = "/home", shell = "/bin/sh" }
    end)))
  end,
  ["files that are opened"] = function(n)
    return capture(n, nil, function(add, i)
      add(1, 3, { i8(i), z("/file/" .. i), u4(1), u4(0), u4(5), i8(7) })
    end)
  end,
  ["children of a process, all at once"] = function(n)
    local first = capture(n, nil, function(add, i) add(1, FORK, clone(1, i + 1)) end)
    local last = capture(n, nil, function(add, i) add(i + 1, EXIT, exit(1)) end)
    return first .. last:sub(#capture(0) - #writer.event(SLEEP, { i8(0), i8(0) }) + 1)
  end,
  ["children of a process that ends"] = function(n)
    return capture(n, nil, function(add, i)
      if i == 1 then add(1, FORK, clone(1, 2)) end
      add(2, FORK, clone(2, i + 2))
      if i == n then add(2, EXIT, exit(1)) end
    end)
  end,
  ["threads of a process, all at once"] = function(n)
    local first = capture(n, nil, function(add, i) add(1, CLONE, clone(1, i + 1, IS_THREAD)) end)
    local last = capture(n, nil, function(add, i) add(i + 1, EXIT, exit(0)) end)
    return first .. last:sub(#capture(0) - #writer.event(SLEEP, { i8(0), i8(0) }) + 1)
  end,
  ["processes, each the child of the one before"] = function(n)
    return capture(n, nil, function(add, i) add(i, FORK, clone(i, i + 1)) end)
  end,
}

local SCRIPT <const> = [[
  return { name = "x", version = "0.1.0", extract_event_sources = { "syscall" },
    fields = { { name = "x.y", type = "uint64", desc = "-", extract = function() end } } }
]]

-- The instructions of a run.
local function count(bytes)
  local folder = program.folder_with { ["x.lua"] = SCRIPT, ["x.scap"] = bytes }
  local output, status = support.run(("cd %s && valgrind --tool=callgrind --callgrind-out-file=out %s run x.lua --capture x.scap -p %s 2>&1")
    :format(support.quote(folder), support.quote(support.build .. "/bin/lure"), support.quote "%evt.num"))
  assert(status == 0, output)
  return assert(tonumber(output:match "Collected : (%d+)"), output)
end

describe("the work for a capture ten times as long", function()
  local none
  for name, make in pairs(captures) do
    it("is at most twelvefold: " .. name, function()
      none = none or count(capture(0))
      local small, large = count(make(SIZE)) - none, count(make(10 * SIZE)) - none
      assert.is_true(small > 0 and large <= MOST * small, ("%d instructions, then %d"):format(small, large))
    end)
  end
end)
