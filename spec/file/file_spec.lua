-- The module lure.file, in sources and elsewhere.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"
local quote = support.quote

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function new_folder()
  local file = support.file("", "files/none")
  os.remove(file)
  return (file:gsub("/none$", ""))
end

local function write(path, text, mode)
  local file = assert(io.open(path, mode or "ab"))
  file:write(text)
  file:close()
end

--- What the expression is, as text, in `init`, where waits block.
local function value(code, config)
  local state, message = assert(support.load_script(given.extractor(([[
    init = function() result = tostring((function() %s end)()) end,
    fields = { { name = "x.y", type = "string", desc = "-", extract = function() return result end } } ]])
    :format(code)))):init(config or "")
  if not state then return nil, message end
  return (state:extract(support.event "1", "x.y"))
end

--- Payloads until there are `count`, for at most 20 s.
local function take(instance, count)
  local list, ends = {}, os.time() + 20
  while #list < count and os.time() < ends do
    local rc, events, message = instance:next_batch()
    for _, event in ipairs(events) do list[#list + 1] = event.data end
    if rc ~= "success" and rc ~= "timeout" then return list, rc, message end
  end
  return list
end

for _, api in ipairs { 3, 0 } do
  describe("lure.file.tail in plugin API " .. api, function()
    local path
    before_each(function() path = new_folder() .. "/app.log" end)

    it("is a whole event source, which waits", function()
      local state = support.start(given.source "open = function(path) return lure.file.tail(path) end", { api = api })
      write(path, "1\n2\n")
      local instance = assert(state:open(path))
      assert.same({ "1", "2" }, take(instance, 2))
      assert.equal("timeout", (instance:next_batch()))
      for n = 3, 10 do
        write(path, n .. "\n")
        assert.same({ tostring(n) }, take(instance, 1))
      end
      os.rename(path, path .. ".1")
      write(path .. ".1", "11\n")
      write(path, "12\n")
      assert.same({ "11", "12" }, take(instance, 2))
      instance:close()
      state:destroy()
    end)

    it("is for the generic for", function()
      write(path, "1\n2\n3\n")
      local state = support.start(given.source [[
        open = function(path)
          local iterator, state, control, closing = lure.file.tail(path)
          return { iterator = iterator }
        end,
        next = function(i) local line = i.iterator() return line .. "!" end]], { api = api })
      local instance = assert(state:open(path))
      assert.same({ "1!", "2!", "3!" }, take(instance, 3))
      instance:close()
    end)

    it("leaves no descriptor open after a close", function()
      local state = support.start(given.source "open = function(path) return lure.file.tail(path) end", { api = api })
      write(path, "1\n")
      local before = support.descriptors()
      local instance = assert(state:open(path))
      take(instance, 1)
      assert.is_true(support.descriptors() > before)
      instance:close()
      assert.equal(before, support.descriptors())
    end)

    it("that cannot be is an error of open", function()
      local state = support.start(given.source "open = function(path) return lure.file.tail(path) end", { api = api })
      local instance, message = state:open "/dev/zero"
      assert.is_nil(instance)
      given.holds(message, "script.lua:", "open: lure.file.tail: /dev/zero: expected a regular file, got a device")
    end)
  end)
end

describe("lure.file.tail", function()
  it("in a loop gives the cursor behind each line, at which another one goes on", function()
    local path = new_folder() .. "/app.log"
    write(path, "1\n2\n3\n")
    assert.equal("2 3", value(([[
      local path, from = %q, nil
      for line, ns, cursor in lure.file.tail(path) do
        assert(ns == nil)
        if line == "1" then from = cursor break end
      end
      local lines = {}
      for line in lure.file.tail(path, { from = from }) do
        lines[#lines + 1] = line
        if line == "3" then break end
      end
      return table.concat(lines, " ")]]):format(path)))
  end)

  it("cannot wait where nothing can", function()
    local path = new_folder() .. "/app.log"
    write(path, "1\n")
    local state = support.start(given.field(([[function()
      for line in lure.file.tail(%q) do return line end
    end]]):format(path)))
    local _, message = state:extract(support.event "1", "x.y")
    given.holds(message, "lure.file.tail: cannot wait")
  end)

  it("refuses other arguments", function()
    for code, expected in pairs {
      ["lure.file.tail()"] = "lure.file.tail: expected a path, got nothing",
      ['lure.file.tail ""'] = 'lure.file.tail: expected a path, got string ""',
      ["lure.file.tail(1)"] = "lure.file.tail: expected a path, got integer 1",
      ['lure.file.tail("/x", 1)'] = "lure.file.tail: expected a table of options, got integer 1",
      ['lure.file.tail("/x", { form = 1 })'] = 'lure.file.tail: unknown option string "form"; did you mean "from"?',
      ['lure.file.tail("/x", { max_line = 0 })'] = "lure.file.tail: max_line: expected an integer from 1 to 16777216, got integer 0",
      ['lure.file.tail("/x", { from = "begin" })'] = 'lure.file.tail: from: expected "start", "end" or a cursor of a tail of "/x", ' ..
        'got string "begin"',
      ['lure.file.tail("/x", { from = 12 })'] = "got integer 12",
    } do
      local _, message = value(code)
      given.holds(message, expected)
    end
  end)

  it("tells in the log what it skips", function()
    local path = new_folder() .. "/app.log"
    write(path, ("x"):rep(100) .. "\nshort\n")
    local state = support.start(given.source "open = function(path) return lure.file.tail(path, { max_line = 50 }) end")
    local text = support.capture_stderr(function()
      assert.same({ "short" }, take(assert(state:open(path)), 1))
    end)
    given.holds(text, path .. ": a line of more than 50 bytes, at byte 0, is skipped (limit: max_line)")
  end)

  it("tells in the log that it waits for a file, and reads it when it comes", function()
    local path = new_folder() .. "/app.log"
    local state = support.start(given.source "open = function(path) return lure.file.tail(path) end")
    local instance
    local function open() instance = assert(state:open(path)) end
    given.holds(support.capture_stderr(open), path .. ": there is no such file yet; waiting for it")
    write(path, "1\n")
    assert.same({ "1" }, take(instance, 1))
    instance:close()
    assert.not_matches("waiting", (support.capture_stderr(open)))
    instance:close()
  end)
end)

describe("lure.file.lines", function()
  local function lines_of(path, options)
    return value(("local lines = {}; for line in lure.file.lines(%q, %s) do lines[#lines + 1] = line end; return table.concat(lines, '|')")
      :format(path, options or "nil"))
  end

  it("gives the lines of a file, packed or not", function()
    local path = new_folder() .. "/list"
    for _, text in ipairs { "", "a", "a\n", "a\n\nb", ("x"):rep(200000) .. "\ny\n" } do
      write(path, text, "wb")
      local expected = text:gsub("\n$", ""):gsub("\n", "|")
      assert.equal(expected, lines_of(path))
      support.run(("gzip -c %s >%s.gz; gzip -c %s >>%s.gz"):format(quote(path), quote(path), quote(path), quote(path)))
      local twice = (text .. text):gsub("\n$", ""):gsub("\n", "|")
      assert.equal(twice, lines_of(path .. ".gz"))
      support.run(("head -c 512 /dev/zero >>%s.gz"):format(quote(path))) -- as on a tape
      assert.equal(twice, lines_of(path .. ".gz"))
    end
  end)

  it("tells a packed file that is broken or cut", function()
    local path = new_folder() .. "/list"
    write(path, (("line %d\n"):rep(1000):gsub("%%d", function() return math.random(1000000) end)))
    support.run(("gzip %s; head -c 1000 %s.gz >%s.cut.gz"):format(quote(path), quote(path), quote(path)))
    local _, message = lines_of(path .. ".cut.gz")
    given.holds(message, "lure.file.lines: " .. path .. ".cut.gz: line ", ": the gzip data are cut")
    local file = assert(io.open(path .. ".gz", "r+b"))
    file:seek("set", 900)
    file:write(("\255"):rep(100))
    file:close()
    _, message = lines_of(path .. ".gz")
    given.holds(message, ": the gzip data are broken")
  end)

  it("bounds its lines", function()
    local path = new_folder() .. "/list"
    write(path, "a\n" .. ("x"):rep(100) .. "\n" .. ("y"):rep(101) .. "\n")
    local _, message = lines_of(path, "{ max_line = 100 }")
    given.holds(message, "lure.file.lines: " .. path .. ": line 3: it is longer than max_line")
  end)

  it("refuses what is no regular file", function()
    local folder = new_folder()
    support.run(("mkdir -p %s; mkfifo %s/fifo"):format(quote(folder), quote(folder)))
    for path, expected in pairs {
      [folder] = ": expected a regular file, got a directory", [folder .. "/fifo"] = ": expected a regular file, got a FIFO",
      ["/dev/zero"] = ": expected a regular file, got a device", ["/nowhere"] = ": No such file or directory",
    } do
      local _, message = lines_of(path)
      given.holds(message, "lure.file.lines: " .. path .. expected)
    end
  end)

  it("ends by the time limit in a file that unpacks to much", function()
    local path = new_folder() .. "/bomb.gz"
    support.run(("head -c 4G /dev/zero | gzip -1 >%s"):format(quote(path)))
    local _, message = value(("for line in lure.file.lines(%q, { max_line = 16 << 20 }) do end"):format(path),
      '{"lure": {"time": 0.2}}')
    assert.truthy(message:find("longer than max_line", 1, true) or message:find("0.2 s", 1, true), message)
  end)
end)

it("lure.file.list gives the names in a folder", function()
  local folder = new_folder()
  support.run(("mkdir -p %s/sub; touch %s/a %s/.b"):format(quote(folder), quote(folder), quote(folder)))
  assert.equal(".b a sub", value(([[local names = lure.file.list(%q); table.sort(names); return table.concat(names, " ")]]):format(folder)))
  assert.equal("nil lure.file.list: /nowhere: No such file or directory",
    value 'local names, why = lure.file.list("/nowhere"); return tostring(names) .. " " .. why')
end)

it("lure.file.stat tells of a file", function()
  local path = new_folder() .. "/file"
  write(path, "12345")
  support.run(("chmod 640 %s; touch -d '2024-05-06 07:08:09.123456789 UTC' %s"):format(quote(path), quote(path)))
  assert.equal("file 5 1714979289123456789 416", value(([[local s = lure.file.stat(%q)
    return ("%%s %%d %%d %%d"):format(s.type, s.size, s.modified, s.mode)]]):format(path)))
  assert.equal("directory", value 'return lure.file.stat("/").type')
  assert.equal("character device", value 'return lure.file.stat("/dev/null").type')
  assert.equal("nil lure.file.stat: /nowhere: No such file or directory",
    value 'local s, why = lure.file.stat("/nowhere"); return tostring(s) .. " " .. why')
end)

describe("in the safe sandbox lure.file", function()
  it("is refused by name", function()
    local _, message = value('return lure.file.stat("/").type', '{"lure": {"sandbox": "safe"}}')
    given.holds(message, "lure.file is not there in the safe sandbox", 'init_config.lure.allow lists "file"')
  end)

  it("is there where init_config.lure.allow lists it", function()
    assert.equal("directory", value('return require("lure.file").stat("/").type',
      '{"lure": {"sandbox": "safe", "allow": ["file"]}}'))
  end)
end)
