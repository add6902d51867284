-- Run by `lure test` in capture_spec.lua: what the reader makes of files that are cut off, damaged or hostile. It needs
-- thousands of files, each read as a whole, in the process of the program.
local eventtypes = require "lure.eventtypes"
local lives = require "spec.capture.lives"
local older = require "spec.capture.older"
local reader = require "lure.capture.reader"
local resources = require "spec.capture.resources"
local samples = require "spec.capture.samples"
local traces = require "spec.capture.traces"
local writer = require "spec.capture.writer"
local host = require "lure.host"
local threads_of = require "lure.capture.table"

local path = os.tmpname()

local function nothing() end
local nobody = { begin = nothing, thread = nothing, descriptor = nothing, interfaces = nothing, user = nothing,
  ready = nothing }

-- How many events the bytes have as a file; nil: they are refused, with a sentence that names the file and the byte.
-- `on`: who is told of threads, by default a real table.
local function read(bytes, on)
  os.remove(path) -- file systems take their time where a file is written anew
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  local capture, message = reader.open(path, on or threads_of.of(host.inspector()))
  local count = 0
  while capture do
    local event, problem = capture:next()
    message = problem
    if not event then break end
    if not on then assert(host.event { bytes = event.bytes, num = 1, source = "syscall" }) end
    count = count + 1
  end
  if capture then capture:close() end
  if not message then return count end
  assert.equal(path, message:sub(1, #path))
  assert.matches("^: byte %d+: %l[^\n]*$", message:sub(#path + 1))
  return nil, message:sub(#path + 3), count
end

local sample = samples.threads() .. writer.open("/etc/passwd", 3, { flags = 2 }) .. writer.plugin_event(999, "text")
  .. writer.async_event(999, "told", "data") .. writer.event(7, { ("<i8"):pack(5), "data" }, { version = 1 })
  .. writer.section() .. writer.threads(3, { { tid = 1 } }) .. writer.open("/etc/hosts", 4)

-- Where the blocks of the sample end: there, and only there, a file may end.
local function block_ends()
  local ends, at = {}, 1
  while at <= #sample do
    local kind, length = ("<I4I4"):unpack(sample, at)
    at = at + length
    ends[at - 1] = kind == 0x204 or kind == 0x216 or kind == 0x217 or kind == 0x221 or kind == 0x222
  end
  return ends
end

describe("a capture", function()
  teardown(function() os.remove(path) end)

  it("that is whole is read", function() assert.equal(6, read(sample)) end)

  it("that is cut off anywhere else than behind an event is refused", function()
    local ends = block_ends()
    for length = 0, #sample do
      local count, message = read(sample:sub(1, length), nobody)
      if ends[length] then
        assert.is_truthy(count, length)
      else
        assert.is_nil(count, length)
        assert.matches(length == 0 and "the file is empty" or "cut off", message:gsub("has no events", "cut off"))
      end
    end
  end)

  it("with any bit flipped, or bytes at random, is read or refused", function()
    math.randomseed(4711)
    local refused = 0
    for _ = 1, 1000 do
      local bytes = sample
      for _ = 1, math.random(1, 3) do
        local at = math.random(#bytes)
        local byte = math.random(2) == 1 and bytes:byte(at) ~ (1 << math.random(0, 7)) or math.random(0, 255)
        bytes = bytes:sub(1, at - 1) .. string.char(byte) .. bytes:sub(at + 1)
      end
      if not read(bytes) then refused = refused + 1 end
    end
    assert.is_true(refused > 150)
    for size = 1, 200, 3 do
      local list = {}
      for i = 1, size do list[i] = string.char(math.random(0, 255)) end
      assert.is_nil(read(table.concat(list)))
      assert.is_nil((read(writer.section() .. table.concat(list))))
    end
  end)

  it("whose events change threads, with bytes at random, is read or refused", function()
    math.randomseed(4711)
    local captures = { lives.processes(), traces.random(5, 60), older.every_type(), resources.capture(2) }
    local most = 0
    for i = 1, 120 do
      local bytes = captures[i % #captures + 1]
      for _ = 1, math.random(1, 4) do
        local at = math.random(#bytes // 4, #bytes) -- most of what stands before are processes
        bytes = bytes:sub(1, at - 1) .. string.char(math.random(0, 255)) .. bytes:sub(at + 1)
      end
      local count, _, before = read(bytes)
      most = math.max(most, count or before or 0)
    end
    assert.is_true(most > 90)
  end)

  it("whose parameters are larger and more than their types say is read", function()
    for _, size in ipairs { 0, 1, 3, 4, 5, 8, 16 } do
      for _, byte in ipairs { "\xFF", "\1" } do
        local events = { lives.processes() }
        for _, row in ipairs(eventtypes.list()) do
          local params = {}
          for i = 2, 31 do params[i] = byte:rep(size) end
          params[1] = ("<i8"):pack(3) -- a call that succeeds
          local is_of_plugin = row.symbol == "PPME_PLUGINEVENT_E" or row.symbol == "PPME_ASYNCEVENT_E"
          events[#events + 1] = is_of_plugin and "" or writer.event(row.code, params, { wide = row.wide, large = row.wide })
        end
        assert.is_truthy(read(table.concat(events)))
      end
    end
  end)

  it("whose numbers are as large as can be is refused at once", function()
    local begin = writer.section()
    for _, kind in ipairs { 0x215, 0x202, 0x218, 0x203, 0x216, 0x217, 0x221, 0x222, 0x204, 0x999, 0x0A0D0D0A } do
      for _, length in ipairs { 0, 1, 7, 8, 11, 12, 13, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF } do
        assert.is_nil(read(begin .. ("<I4I4"):pack(kind, length) .. ("\xFF"):rep(200)))
      end
    end
    for _, count in ipairs { 1, 1000, 0x7FFFFFFF, 0xFFFFFFFF } do -- parameters that are not there
      local event = ("<i8i8I4I2I4"):pack(1, 1, 26, 3, count)
      local _, message = read(begin .. writer.block(0x216, "\0\0" .. event))
      assert.matches("^byte 28: the " .. count .. " parameters of an event of the type PPME_SYSCALL_OPEN_X do not fit", message)
    end
    local _, message = read(begin .. writer.block(0x216, "\0\0" .. ("<i8i8I4I2I4"):pack(1, 1, 0xFFFFFFFF, 3, 0)))
    assert.matches("an event of 4294967295 bytes in a block that has room for 26", message)
  end)

  it("of another byte order, a newer format or none is refused with that", function()
    local _, message = read(writer.section(nil, 0x4D3C2B1A))
    assert.matches("big%-endian", message)
    _, message = read(writer.section(nil, nil, 2) .. writer.open("/a", 3))
    assert.matches("the format 2.2; those of up to 1 can be read", message)
    _, message = read("root:x:0:0:root:/root:/bin/bash\n")
    assert.matches("expected the section header of a capture %(block 0x0A0D0D0A%), got block 0x746F6F72", message)
    _, message = read(writer.section())
    assert.matches("the capture has no events", message)
  end)

  it("takes an event of 64 MiB, and none that is larger", function()
    local most = 64 << 20
    assert.equal(1, read(writer.section() .. writer.plugin_event(1, ("x"):rep(most))))
    local _, message = read(writer.section() .. writer.plugin_event(1, ("x"):rep(most + 65536)))
    assert.matches("at most 64 MiB are possible", message)
  end)

  it("takes 65528 bytes in a block that is not large, and not one more", function()
    local function event(size) return writer.section() .. writer.event(7, { ("<i8"):pack(0), ("x"):rep(size) }) end
    assert.equal(1, read(event(65536 - 4 - 2 - 26 - 4 - 8)))
    local _, message = read(event(65536 - 4 - 2 - 26 - 4 - 8 + 1))
    assert.matches("has 40 at least and 65544 at most", message)
  end)

  it("asks while it reads whether to go on, also in what it skips", function()
    local calls = 0
    local on = setmetatable({ look = function()
      calls = calls + 1
      if calls == 3 then error("stop", 0) end
    end }, { __index = nobody })
    assert.same({ false, "stop" }, { pcall(read, writer.section() .. writer.block(0x999, ("x"):rep(1 << 20)), on) })
  end)

  it("has no more processes in a section than fit: a small file of gzip can have any number of them", function()
    local on = setmetatable({ most = 1 << 20 }, { __index = nobody })
    local function of_most(...) return read(writer.section() .. table.concat { ... } .. writer.open("/a", 3), on) end
    local thread = 1024 + #"catcat/bin/cat//"  -- beside its lists, whose elements have 128 bytes beside their letters
    local texts = ((1 << 20) - thread) // 129 - 1
    local rest = (1 << 20) - thread - 129 * texts
    local function threads(more) return writer.threads(9, { { tid = 1, env = ("a\0"):rep(texts), args = ("x"):rep(rest - 128 + more) } }) end
    assert.equal(1, of_most(threads(0)))
    local _, message = of_most(threads(1))
    assert.matches("the processes of the capture take more than 1 MiB", message)
    assert.equal(2, read((writer.section() .. threads(0) .. writer.open("/a", 3)):rep(2), on))
    local descriptors = {}
    for i = 1, 1023 do descriptors[i] = { fd = i, type = 1, bytes = "\1\0x" } end
    assert.equal(1, of_most(writer.descriptors(2, 1, descriptors)))
    _, message = of_most(writer.descriptors(2, 1, descriptors), writer.descriptors(2, 1, { descriptors[1] }))
    assert.matches("the processes of the capture take more than 1 MiB", message)
  end)

  it("has no more of what events add than fits, and what is closed does not count", function()
    local function of_most(count, closing)
      local events = { writer.section(), writer.threads(9, { { tid = 1, pid = 1 } }) }
      for i = 1, count do
        events[#events + 1] = writer.open("/" .. ("x"):rep(511), i) -- 1024 bytes and its name, twice
        if closing then events[#events + 1] = writer.event(5, { ("<i8"):pack(0), ("<i8"):pack(i) }) end
      end
      local on = threads_of.of(host.inspector())
      on.most = 1 << 20
      return read(table.concat(events), on)
    end
    assert.equal(512, of_most(512))
    local _, message, before = of_most(513)
    assert.matches("the processes of the capture take more than 1 MiB", message)
    assert.equal(512, before)
    assert.equal(1200, of_most(600, true))
  end)

  it("has no more than fit of environments that processes inherit", function()
    local function of_clones(count)
      local on = threads_of.of(host.inspector())
      on.most = 1 << 20
      local number, clones = ("<i8"):pack(0), {}
      for tid = 2, count + 1 do
        clones[#clones + 1] = writer.event(225, { ("<i8"):pack(tid), "x\0", "", ("<i8"):pack(1), ("<i8"):pack(1), number, "", number,
          number, number, "", "", "", "x\0", "", "", "", "", number, number, number })
      end
      return read(writer.section() .. writer.threads(9, { { tid = 1, ptid = 0, env = ("a\0"):rep(1000) } }) .. table.concat(clones), on)
    end
    assert.equal(7, of_clones(7)) -- each has 1000 elements of 129 bytes
    local _, message = of_clones(9)
    assert.matches("the processes of the capture take more than 1 MiB", message)
  end)

  it("takes a time of any 64 bits for the begin of a namespace", function()
    local number = ("<i8"):pack(0)
    local params = { number, "x\0" }
    for i = 3, 26 do params[i] = "" end
    params[25], params[26] = ("<i8"):pack(1), number
    for _, ts in ipairs { math.maxinteger, math.mininteger, -1 } do
      assert.equal(1, read(writer.section() .. writer.threads(9, { { tid = 1, pidns_init_start_ts = ts } })
        .. writer.event(293, params)))
    end
  end)

  it("leaves out events of types that are not known yet, and blocks of other kinds before the events", function()
    assert.equal(1, read(writer.section() .. writer.block(0x999, "later") .. writer.block(0x206, "users")
      .. writer.event(60000, { "x" }) .. writer.open("/a", 3)))
    local _, message = read(writer.section() .. writer.open("/a", 3) .. writer.block(0x999, "later"))
    assert.matches("expected the section header of a capture", message)
  end)
end)
