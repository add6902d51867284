-- Files that grow, are renamed, cut, packed and removed (src/file), without tasks and plugins around them.
local support = require "spec.support"
local quote = support.quote

local parts = assert(package.loadlib(support.build .. "/spec/fileparts.so", "luaopen_fileparts"))()

local function new_folder()
  local file = support.file("", "logs/none")
  os.remove(file)
  return (file:gsub("/none$", ""))
end

local function write(path, text, mode)
  local file = assert(io.open(path, mode or "ab"))
  file:write(text)
  file:close()
end

local function numbered(from, to)
  local lines = {}
  for n = from, to do lines[#lines + 1] = "line " .. n end
  return lines
end

local function text_of(from, to) return table.concat(numbered(from, to), "\n") .. "\n" end

--- The next `count` lines, waiting for each at most 20 s; fewer if they do not come.
local function take(tail, count)
  local lines, ends = {}, os.time() + 20
  while #lines < count and os.time() < ends do
    local line = tail:next()
    if line then lines[#lines + 1] = line else tail:wait() end
  end
  return lines
end

--- All lines that are there now.
local function rest(tail)
  local lines = {}
  for line in function() return tail:next() end do lines[#lines + 1] = line end
  return lines
end

local function shell(folder, command)
  assert.equal("", (support.run(("cd %s && { %s; }"):format(quote(folder), command))))
end

describe("a tail", function()
  local folder, path
  before_each(function() folder = new_folder(); support.run("mkdir -p " .. quote(folder)); path = folder .. "/app.log" end)

  it("gives the lines that are there, and those that are written", function()
    write(path, text_of(1, 3))
    local tail = assert(parts.open(path))
    assert.same(numbered(1, 3), rest(tail))
    for n = 4, 20 do
      write(path, text_of(n, n))
      assert.same(numbered(n, n), take(tail, 1))
    end
    assert.equal("", tail:said())
    assert.equal(0, tail:close())
  end)

  it("waits for a file that comes later", function()
    local tail = assert(parts.open(path))
    assert.same({}, rest(tail))
    write(path, text_of(1, 2))
    assert.same(numbered(1, 2), take(tail, 2))
  end)

  it("waits for a folder that comes later", function()
    local tail = assert(parts.open(folder .. "/new/app.log"))
    assert.same({}, rest(tail))
    shell(folder, "mkdir new")
    write(folder .. "/new/app.log", text_of(1, 2))
    assert.same(numbered(1, 2), take(tail, 2))
  end)

  it("gives half a line when it is complete", function()
    write(path, "one\ntw")
    local tail = assert(parts.open(path))
    assert.same({ "one" }, rest(tail))
    write(path, "o\nthree")
    assert.same({ "two" }, take(tail, 1))
    assert.is_nil(tail:next())
  end)

  it("gives half a line when its file is gone", function()
    write(path, "one\ntw")
    local tail = assert(parts.open(path))
    assert.same({ "one" }, rest(tail))
    os.remove(path)
    write(path, "three\n")
    local lines = take(tail, 2)
    table.sort(lines)
    assert.same({ "three", "tw" }, lines)
  end)

  it("gives lines of any bytes and length", function()
    local expected, random = {}, math.random
    for n = 1, 300 do
      local line = {}
      for i = 1, random(0, n % 30 == 0 and 3000 or 40) do line[i] = string.char(random(0, 255)) end
      expected[n] = table.concat(line):gsub("\n", "\r")
    end
    expected[301] = ("x"):rep(65535)
    expected[302] = ("y"):rep(65536)
    expected[303] = ("z"):rep(300000)
    expected[304] = ""
    write(path, table.concat(expected, "\n") .. "\n")
    assert.same(expected, rest(assert(parts.open(path))))
  end)

  for _, length in ipairs { 1, 100, 70000, 200000 } do
    it(("skips a line of more than max_line (%d) bytes, and says so"):format(length), function()
      local longest, longer = ("l"):rep(length), ("m"):rep(length + 1)
      write(path, ("a\n%s\n%s\nb\n%s%s\nc\n"):format(longest, longer, longer, longer))
      local tail = assert(parts.open(path, nil, false, length))
      assert.same({ "a", longest, "b", "c" }, rest(tail))
      local _, told = tail:said():gsub(("app.log: a line of more than %d bytes, at byte %%d+, is skipped %%(limit: max_line%%)\n")
        :format(length), "")
      assert.equal(2, told)
      assert.equal(0, tail:close())
    end)
  end

  it("skips a long line that comes in parts", function()
    local tail = assert(parts.open(path, nil, false, 1000))
    for _ = 1, 30 do
      write(path, ("x"):rep(900))
      tail:wait()
      assert.same({}, rest(tail))
    end
    local again = assert(parts.open(path, tail:cursor(), false, 1000))
    for _, each in ipairs { tail, again } do assert.same({}, rest(each)) end
    write(path, "x\nnext\n")
    for _, each in ipairs { tail, again } do assert.same({ "next" }, take(each, 1)) end
  end)

  it("from the end gives what is written from then on", function()
    write(path, text_of(1, 100) .. "line")
    local tail = assert(parts.open(path, nil, true))
    assert.same({}, rest(tail))
    write(path, " 101\n")
    assert.same(numbered(101, 101), take(tail, 1))
    write(folder .. "/other", "")
  end)

  describe("follows a file that is", function()
    it("renamed, and one that takes its place", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 2), take(tail, 2))
      shell(folder, "mv app.log app.log.1")
      write(folder .. "/app.log.1", text_of(4, 5)) -- the writer goes on for a while
      write(path, text_of(6, 7))
      assert.same(numbered(3, 7), take(tail, 5))
      write(folder .. "/app.log.1", text_of(8, 8))
      assert.same(numbered(8, 8), take(tail, 1))
      write(path, text_of(9, 9))
      assert.same(numbered(9, 9), take(tail, 1))
      assert.equal("", tail:said())
    end)

    it("renamed many times while nobody looks", function()
      write(path, text_of(1, 2))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 1), take(tail, 1))
      for n = 1, 5 do
        write(path, text_of(2 * n + 1, 2 * n + 2))
        shell(folder, "for i in 5 4 3 2 1; do [ ! -e app.log.$i ] || mv app.log.$i app.log.$((i+1)); done; mv app.log app.log.1")
      end
      write(path, text_of(13, 14))
      assert.same(numbered(2, 14), take(tail, 13))
      assert.same({}, rest(tail))
    end)

    it("removed", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 1), take(tail, 1))
      os.remove(path)
      assert.same(numbered(2, 3), take(tail, 2))
      write(path, text_of(4, 4))
      assert.same(numbered(4, 4), take(tail, 1))
    end)

    it("copied and cut", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 1), take(tail, 1))
      write(path, text_of(4, 5))
      shell(folder, "cp app.log app.log.1; : >app.log")
      assert.same(numbered(2, 5), take(tail, 4))
      write(path, text_of(6, 7))
      assert.same(numbered(6, 7), take(tail, 2))
      assert.equal("", tail:said())
    end)

    it("cut and written again to more than before", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 3), rest(tail))
      shell(folder, "cp app.log app.log.1; : >app.log")
      write(path, text_of(4, 100))
      assert.same(numbered(4, 100), take(tail, 97))
      assert.same({}, rest(tail))
    end)

    it("cut and written again with the same begin", function()
      write(path, text_of(1, 200))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 200), rest(tail))
      write(path, text_of(1, 100) .. text_of(301, 500), "wb")
      local lines = take(tail, 300)
      assert.same({ "line 1", "line 500", 300 }, { lines[1], lines[300], #lines })
    end)

    it("cut without a copy, which is told", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path))
      assert.same(numbered(1, 3), rest(tail))
      write(path, text_of(4, 4), "wb")
      assert.same(numbered(4, 4), take(tail, 1))
      assert.equal(path .. ": was cut at a time when it was read up to byte 21; it begins anew\n", tail:said())
    end)
  end)

  describe("that goes on at its cursor", function()
    --- Reads `count` lines, closes, calls `meanwhile`, and gives what a tail with the cursor has then.
    local function go_on(count, meanwhile, expected)
      local tail = assert(parts.open(path))
      assert.same(numbered(1, count), take(tail, count))
      local cursor = tail:cursor()
      tail:close()
      meanwhile()
      tail = assert(parts.open(path, cursor))
      local lines = take(tail, #expected)
      table.move(rest(tail), 1, 1000, #lines + 1, lines)
      assert.same(expected, lines)
      return tail:said()
    end

    it("gives the lines behind it", function()
      write(path, text_of(1, 5))
      for count = 0, 5 do
        assert.equal("", go_on(count, function() end, numbered(count + 1, 5)))
      end
    end)

    it("gives the rest of a renamed file first", function()
      write(path, text_of(1, 5))
      assert.equal("", go_on(2, function()
        shell(folder, "mv app.log app.log.1")
        write(path, text_of(6, 7))
      end, numbered(3, 7)))
    end)

    it("gives the rest of a renamed file where no other has its name", function()
      write(path, text_of(1, 5))
      assert.equal("", go_on(2, function() shell(folder, "mv app.log app.log.1") end, numbered(3, 5)))
    end)

    it("gives files that came and went", function()
      write(path, text_of(1, 3))
      write(folder .. "/app.log.9", "older\n")
      write(folder .. "/app.log.gone", "no rotation\n")
      shell(folder, "touch -d '1 hour ago' app.log.9")
      assert.equal("", go_on(2, function()
        shell(folder, "mv app.log app.log.1; sleep 0.01")
        write(path, text_of(4, 5))
        shell(folder, "mv app.log.1 app.log.2; mv app.log app.log.1; sleep 0.01")
        write(path, text_of(6, 7))
        shell(folder, "mv app.log.2 app.log.3; mv app.log.1 app.log.2; mv app.log app.log.1; sleep 0.01")
        write(path, text_of(8, 9))
      end, numbered(3, 9)))
    end)

    it("gives the rest of a packed file", function()
      write(path, text_of(1, 100))
      assert.equal("", go_on(50, function()
        shell(folder, "mv app.log app.log.1; gzip app.log.1; sleep 0.01")
        write(path, text_of(101, 110))
      end, numbered(51, 110)))
    end)

    it("gives packed files that came and went", function()
      write(path, text_of(1, 10))
      assert.equal("", go_on(5, function()
        shell(folder, "mv app.log app.log.2; gzip app.log.2; sleep 0.01")
        write(path, text_of(11, 20))
        shell(folder, "mv app.log app.log.1; gzip app.log.1; sleep 0.01")
        write(path, text_of(21, 30))
      end, numbered(6, 30)))
    end)

    it("gives the rest of a copy", function()
      write(path, text_of(1, 5))
      assert.equal("", go_on(2, function()
        shell(folder, "cp app.log app.log.1; : >app.log")
        write(path, text_of(6, 100))
      end, numbered(3, 100)))
    end)

    it("gives copies that came", function()
      write(path, text_of(1, 5))
      assert.equal("", go_on(2, function()
        shell(folder, "cp app.log app.log.1; : >app.log; sleep 0.01")
        write(path, text_of(6, 7))
        shell(folder, "mv app.log.1 app.log.2; cp app.log app.log.1; : >app.log; sleep 0.01")
        write(path, text_of(8, 9))
      end, numbered(3, 9)))
    end)

    it("tells where the rest is gone", function()
      write(path, text_of(1, 5))
      assert.equal("error: " .. path .. ": a file that was read up to byte 14 is no longer there, or is another one: what was " ..
        "written to it since then may be lost\n", go_on(2, function() write(path, "new\n", "wb") end, { "new" }))
    end)

    it("does not read a file beside it that has got its inode", function()
      -- file systems such as ext4 give the number of a removed file to the next one
      write(path, text_of(1, 5))
      local said = go_on(2, function()
        os.remove(path)
        write(folder .. "/logrotate.state", "other\n")
        write(path, "new\n")
      end, { "new" })
      assert.truthy(said:find("a file that was read up to byte 14 is no longer there", 1, true), said)
    end)

    it("tells another file with its inode from it", function()
      write(path, text_of(1, 5))
      go_on(2, function()
        -- the same inode, and longer
        write(path, ("other\n"):rep(10), "wb")
      end, { "other", "other", "other", "other", "other", "other", "other", "other", "other", "other" })
    end)

    it("tells another file with its inode from it that has the same bytes before the place", function()
      local same = ("s"):rep(100)
      write(path, "first\n" .. same .. "\n")
      local tail = assert(parts.open(path))
      assert.same({ "first", same }, take(tail, 2))
      local cursor = tail:cursor()
      tail:close()
      write(path, "other\n" .. same .. "\nmore\n", "wb")
      assert.same({ "other", same, "more" }, take(assert(parts.open(path, cursor)), 3))
    end)

    it("refuses other cursors", function()
      write(path, text_of(1, 5))
      local cursor = assert(parts.open(path)):cursor()
      for _, other in ipairs { "", "12", "tail1:", "tail1:0:0", "tail2" .. cursor:sub(6), cursor:sub(1, -2) .. "x",
        cursor .. ";", cursor .. ";1:2", cursor:gsub(";", ":"), ("tail1:"):rep(1000) } do
        local tail, message = parts.open(path, other)
        assert.is_nil(tail)
        assert.truthy(message:find("expected a cursor of a tail of this path, got another text", 1, true) or
          message:find("the cursor is cut or broken", 1, true), message)
      end
      local tail, message = parts.open(path .. "*", cursor)
      assert.is_nil(tail)
      assert.equal(path .. "*: expected a cursor of a tail of this path, got another text", message)
    end)
  end)

  describe("of a pattern", function()
    it("gives the lines of all files, and of those that come", function()
      write(folder .. "/a.log", "a1\na2\n")
      write(folder .. "/b.log", "b1\n")
      write(folder .. "/c.txt", "c1\n")
      write(folder .. "/.hidden.log", "h1\n")
      shell(folder, "gzip -k a.log; mkdir d.log")
      local tail = assert(parts.open(folder .. "/*.log*"))
      local lines = rest(tail)
      table.sort(lines)
      assert.same({ "a1", "a2", "b1" }, lines)
      write(folder .. "/e.log", "e1\n")
      assert.same({ "e1" }, take(tail, 1))
      local cursor = tail:cursor()
      tail:close()
      write(folder .. "/b.log", "b2\n")
      write(folder .. "/f.log", "f1\n")
      tail = assert(parts.open(folder .. "/*.log*", cursor))
      lines = rest(tail)
      table.sort(lines)
      assert.same({ "b2", "f1" }, lines)
      assert.equal("", tail:said())
    end)

    it("finds folders that come", function()
      local tail = assert(parts.open(folder .. "/*/[ab]?.log"))
      shell(folder, "mkdir x y")
      write(folder .. "/x/a1.log", "1\n")
      assert.same({ "1" }, take(tail, 1))
      write(folder .. "/y/b1.log", "2\n")
      write(folder .. "/y/c1.log", "3\n")
      assert.same({ "2" }, take(tail, 1))
      assert.same({}, rest(tail))
    end)

    it("does not read a renamed file again that it still matches", function()
      write(path, text_of(1, 3))
      local tail = assert(parts.open(path .. "*"))
      assert.same(numbered(1, 3), rest(tail))
      shell(folder, "mv app.log app.log.1")
      write(path, text_of(4, 5))
      assert.same(numbered(4, 5), take(tail, 2))
      assert.same({}, rest(tail))
    end)

    it("lets every file have its turn", function()
      for _, name in ipairs { "a", "b" } do write(("%s/%s.log"):format(folder, name), (name .. "\n"):rep(3000000)) end
      local tail, count = assert(parts.open(folder .. "/*.log")), 0 -- which one comes first is not known
      local first = tail:next()
      repeat count = count + 1 until tail:next() ~= first
      assert.is_true(count < 1500000)
    end)
  end)

  for _, seed in ipairs { 1, 2, 3, 4, 5, 6, 7, 8, 9 } do
    it("gives each line once, whatever happens to its file (seed " .. seed .. ")", function()
      math.randomseed(seed)
      local random, written, at = math.random, {}, 1 -- at: the next line to come
      local function append()
        local lines = {}
        for i = 1, random(0, 60) do
          lines[i] = (#written + 1) .. " " .. ("x"):rep(random(0, random(1, 300)))
          written[#written + 1] = lines[i]
        end
        write(path, #lines > 0 and table.concat(lines, "\n") .. "\n" or "")
      end
      local function shift()
        for i = 40, 1, -1 do
          os.rename(path .. "." .. i .. ".gz", path .. "." .. i + 1 .. ".gz")
          os.rename(path .. "." .. i, path .. "." .. i + 1)
        end
      end
      local copies = random(2) == 1
      local tail
      local function quiet() -- the name may be nobody's for a while
        assert.equal("", (tail:said():gsub("[^\n]*: there is no such file yet; waiting for it\n", "")))
      end
      tail = assert(parts.open(path))
      for _ = 1, 150 do
        local what = random(10)
        if what <= 4 then
          append()
        elseif what == 5 and copies then
          shift()
          shell(folder, "[ ! -e app.log ] || { cp app.log app.log.1; : >app.log; }; sleep 0.005")
        elseif what == 5 then
          shift()
          os.rename(path, path .. ".1")
          if random(2) == 1 then write(path, "") end
          shell(folder, "sleep 0.005")
        elseif what == 6 then
          shell(folder, "[ ! -e app.log.1 ] || gzip -f app.log.1")
        elseif what == 7 then
          local cursor = tail:cursor()
          quiet()
          tail:close()
          for _ = 1, random(0, 2) do append() end
          tail = assert(parts.open(path, cursor))
          quiet()
        else
          tail:wait()
          for _ = 1, random(0, 100) do
            local line = tail:next()
            if not line then break end
            assert.equal(written[at], line)
            at = at + 1
          end
        end
      end
      for _, line in ipairs(take(tail, #written - at + 1)) do
        assert.equal(written[at], line)
        at = at + 1
      end
      assert.equal(#written + 1, at)
      assert.same({}, rest(tail))
      quiet()
      assert.equal(0, tail:close())
    end)
  end

  it("refuses what is no regular file", function()
    shell(folder, "mkfifo fifo; mkdir d")
    for name, got in pairs { [folder .. "/fifo"] = "a FIFO", [folder .. "/d"] = "a directory", ["/dev/zero"] = "a device" } do
      local tail, message = parts.open(name)
      assert.is_nil(tail)
      assert.equal(name .. ": expected a regular file, got " .. got, message)
    end
  end)

  it("has memory of its budget only", function()
    write(path, "a\n" .. ("x"):rep(300000) .. "\nb\n")
    local tail = assert(parts.open(path, nil, false, 1 << 20, 150000))
    assert.equal("a", tail:next())
    assert.is_false(tail:next())
    assert.equal(0, tail:close())
    assert.same({ nil, "out of memory" }, { parts.open(path, nil, false, 1 << 20, 100) })
  end)

  it("is not opened where memory is out for its files, which it would take for missing", function()
    write(path, "a\n")
    local opened
    for budget = 0, 4000, 16 do
      local tail, message = parts.open(path, nil, false, 1 << 20, budget)
      if tail then
        opened = opened or budget
        assert.equal("", tail:said())
        tail:close()
      else
        assert.is_nil(opened)
        assert.equal("out of memory", message)
      end
    end
    assert.is_true(opened > 0)
  end)

  it("leaves no descriptor open", function()
    write(path, text_of(1, 3))
    local before = support.descriptors()
    for _ = 1, 20 do
      local tail = assert(parts.open(path))
      rest(tail)
      tail:close()
    end
    assert.equal(before, support.descriptors())
  end)
end)
