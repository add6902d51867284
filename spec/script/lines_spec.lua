--- Lines of files: what comes is what stock Lua gives, and no more memory is taken than the state may have.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local quote = support.quote

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function line(length, byte) return (byte or "x"):rep(length) .. "\n" end

local function many(count, one)
  local list = {}
  for i = 1, count do list[i] = one(i) end
  return table.concat(list)
end

local files = {
  ["that is empty"] = "",
  ["of an empty line"] = "\n",
  ["without a line's end"] = "one",
  ["whose last line has no end"] = "one\ntwo",
  ["of empty lines"] = ("\n"):rep(5000),
  ["with NULs"] = "a\0b\n\0\n\0\0\n\0",
  ["with bytes that look like the end"] = "\255\n\255\255\n\255",
  ["with carriage returns"] = "one\r\n\rtwo\r\n\n\r",
  ["of numbers"] = "12 0x1F -3.5e2\n 1e\nabc 0x 99999999999999999999 .5 5. 0x.8p1 nan " .. ("1"):rep(250) .. "\n7",
  ["with lines about Lua's buffer"] = line(1023) .. line(1024) .. line(1025) .. line(2048) .. line(2047, "\0"),
  ["with lines about C's buffer"] = line(4095) .. line(4096) .. line(4097) .. line(8191, "\255") .. line(8192) .. "end",
  ["of a long line"] = "begin\n" .. ("0123456789"):rep(20000),
  ["of lines of all lengths"] = many(300, function(i) return line(i * 7 % 251, string.char(i % 256)) end),
}

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- What stock Lua and lure's Lua tell of the file.
local function both(text_or_path, change)
  local program, results, paths = support.file(contents "spec/script/readlines.lua", "lines/lines.lua"), {}, {}
  for i = 1, 2 do
    results[i] = support.file("", "result")
    paths[i] = change and support.file(text_or_path, "lines.txt") or text_or_path
  end
  local output, status = support.run(("lua5.4 %s %s %s %s"):format(program, quote(paths[1]), quote(results[1]), change or ""))
  assert.equal(0, status, output)
  local state = support.start(given.field(([[function() dofile(%q)(%q, %q, %s); return "read" end]]):format(
    program, paths[2], results[2], change and "true" or "nil")), { config = '{"lure":{"time":600}}' }) -- reads byte by byte
  assert.equal("read", assert(state:extract(support.event "1", "x.y")))
  return contents(results[1]), contents(results[2])
end

for name, text in pairs(files) do
  describe("a file " .. name, function()
    it("is read as stock Lua reads it", function()
      local expected, got = both(text, "change")
      assert.is_true(#expected > 500)
      assert.is_true(expected == got, "what is read differs from what stock Lua reads")
    end)

    for _, api in ipairs { 3, 0 } do
      it("is a source by io.lines in plugin API " .. api, function()
        local path = support.file(text, "lines.txt")
        for _, formats in ipairs { "", ', "l"', ', "L"', ", 100" } do
          local expected = {}
          for one in io.lines(path, select(2, load("return nil" .. formats)())) do expected[#expected + 1] = one end
          local state = support.start(given.source("open = function(path) return io.lines(path" .. formats .. ") end"),
            { api = api })
          assert.same({ expected, "eof" }, { given.payloads(assert(state:open(path))) })
        end
      end)
    end
  end)
end

describe("a folder", function()
  it("is an error as in stock Lua", function()
    local expected, got = both("/")
    assert.equal(expected, got)
    given.holds(got, "Is a directory")
  end)

  it("is an error of the source that reads it", function()
    local instance = given.opened(given.source 'open = function() return io.lines("/") end',
      { config = '{"lure": {"max_errors": 1}}' })
    local _, rc, message = given.payloads(instance)
    assert.equal("failure", rc)
    given.holds(message, "Is a directory")
  end)
end)

describe("a source of lines", function()
  local sharing = given.source [[
    batch = { events = 2, milliseconds = 100 },
    open = function(path) file = file or io.open(path); return file:lines() end,
    to_string = function(what) return what == "close" and file:close() and what or file:read("l") end]]
  sharing = sharing:gsub("batch = { milliseconds = 100 },", "", 1)

  it("leaves in the file what it has not given", function()
    local path = support.file("one\ntwo\nthree\nfour\nfive\nsix\nseven", "lines.txt")
    local state = support.start(sharing)
    local one, other = assert(state:open(path)), assert(state:open(path))
    assert.same({ { "one", "two" }, "success" }, { given.payloads(one, 1) })
    assert.same({ { "three", "four" }, "success" }, { given.payloads(other, 1) })
    assert.equal("five", state:to_string(support.event "read"))
    assert.same({ { "six", "seven" }, "success" }, { given.payloads(one, 1) })
    assert.same({ {}, "eof" }, { given.payloads(one, 1) })
    assert.same({ {}, "eof" }, { given.payloads(other, 1) })
  end)

  it("fails when the script has closed the file", function()
    local path = support.file("one\ntwo\nthree\nfour\n", "lines.txt")
    local state = support.start(sharing, { config = '{"lure": {"max_errors": 1}}' })
    local instance = assert(state:open(path))
    assert.same({ { "one", "two" }, "success" }, { given.payloads(instance, 1) })
    assert.equal("close", state:to_string(support.event "close"))
    local list, rc, message = given.payloads(instance)
    assert.same({ {}, "failure" }, { list, rc })
    given.holds(message, "file is already closed")
  end)

  it("gives lines of a pipe as soon as they are there", function()
    local path = support.folder() .. "/pipe"
    support.run("mkfifo " .. quote(path))
    local pipe = assert(io.open(path, "r+"))
    local instance = given.opened((sharing:gsub("events = 2", "events = 1")), { params = path })
    pipe:write("one\n"):flush()
    assert.same({ "one" }, given.payloads(instance, 1))
    pipe:write("two\nthree\nfo"):flush()
    assert.same({ "two", "three" }, given.payloads(instance, 2))
    pipe:write("ur\n"):flush()
    assert.same({ "four" }, given.payloads(instance, 1))
    pipe:close()
  end)

  it("refuses a line that is no payload, and goes on behind it", function()
    local path = support.file("", "long")
    support.run(("truncate -s 65M %s && printf '\\nshort\\n' >>%s"):format(quote(path), quote(path)))
    local instance, state = given.opened(given.source "open = function(path) return io.lines(path) end", { params = path })
    assert.same({ { "short" }, "eof" }, { given.patiently(instance) })
    given.holds(state:log()[1].message, "expected a payload of at most 64 MiB, got 68157440 bytes")
  end)

  it("takes no more memory for a line than the state may have", function()
    local path = support.file("", "long")
    support.run("truncate -s 1G " .. quote(path))
    local instance = given.opened(given.source "open = function(path) return io.lines(path) end",
      { params = path, config = '{"lure": {"max_errors": 1, "memory": 8388608}}' })
    local list, rc, message = given.payloads(instance)
    assert.same({ {}, "failure" }, { list, rc })
    given.holds(message, "not enough memory")
  end)
end)
