local program = require "spec.cli.program"
local support = require "spec.support"
local lure, script = program.lure, program.script
local quote = support.quote

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

--- The path of a file that is not there yet.
local function new_file() return (support.file("", "empty"):gsub("empty$", "events.json")) end

--- A source of the payloads 1, 2, 3 at the same time, with one field.
local three = [[next = function(i) i.n = (i.n or 0) + 1; if i.n < 4 then return i.n, 5 end end,
  fields = { { name = "t.n", type = "uint64", desc = "-", extract = function(data) return math.tointeger(data) end } }]]

describe("lure record", function()
  it("writes each event as lure run --json prints it, and says how many", function()
    local path, file = script(three), new_file()
    local result = lure("record", path, "-o", file)
    assert.equal(0, result.status, result.err)
    assert.equal("", result.out)
    assert.equal("3 events in " .. file .. "\n", result.err)
    assert.equal(lure("run", path, "--json").out, read(file))
    assert.equal('{"num":1,"ts":"5","source":"t","payload":"1","fields":{"t.n":1}}', read(file):match("^[^\n]*"))
  end)

  it("lets the script parse the events, as lure run and the specs do", function()
    local path, file = script([[parse = function(event) seen = (seen or 0) + 1 end, fields = { { name = "t.seen",
      type = "uint64", desc = "-", extract = function() return seen end } }, ]] .. program.once("x")), new_file()
    lure("record", path, "-o", file)
    assert.matches('"t.seen":1', read(file), 1, true)
  end)

  it("stops after -n events, and takes a configuration and what to open", function()
    local file = new_file()
    local result = lure("record", program.dummy, "-o", file, "-n", "1", "--config", '{"jitter": 0}', "--open",
      '{"start": 40, "maxEvents": 9}')
    assert.equal("1 event in " .. file .. "\n", result.err)
    assert.matches('"payload":"41"', read(file))
  end)

  it("leaves an existing file as it is, unless it is forced", function()
    local path, file = script(three), support.file("mine\n", "events.json")
    local result = lure("record", path, "-o", file)
    assert.equal("lure: record: " .. file .. " exists, and is left as it is; --force replaces it\n", result.err)
    assert.equal(2, result.status)
    assert.equal("mine\n", read(file))
    assert.equal(0, lure("record", path, "-o", file, "--force").status)
    assert.equal(3, select(2, read(file):gsub("\n", "")))
  end)

  it("leaves a forced file alone where the plugin does not start", function()
    local file = support.file("mine\n", "events.json")
    local result = lure("record", script("init = function() error 'boom' end, " .. three), "-o", file, "--force")
    assert.matches("boom", result.err)
    assert.equal(1, result.status)
    assert.equal("mine\n", read(file))
  end)

  it("keeps the events that came before a failure", function()
    local file = new_file()
    local result = lure("record", script([[next = function(i)
      i.n = (i.n or 0) + 1
      if i.n == 3 then return nil, "the line is dead" end
      return i.n
    end]]), "-o", file)
    assert.matches("2 events in .*the line is dead", result.err)
    assert.equal(1, result.status)
    assert.equal(2, select(2, read(file):gsub("\n", "")))
  end)

  it("ends with Ctrl-C, and the events until then are in the file", function()
    local file = new_file()
    local slow = script([[next = function(i)
      if i.said then return require("lure").TIMEOUT end
      i.said = true
      return "early"
    end, close = function() require("lure").log.info("closed") end]])
    local result = program.shell(("$lure & pid=$!; until grep -qs early %s/.lure.*; do sleep 0.02; done; kill -INT $pid; wait $pid"):format(
      quote(file:match("^(.*)/"))), { "record", slow, "-o", file })
    assert.equal(130, result.status)
    assert.matches("closed", result.err)
    assert.matches("1 event in ", result.err)
    assert.matches('"payload":"early"', read(file))
  end)

  it("says so where there was no event, and writes no file", function()
    local file = new_file()
    local result = lure("record", script "next = function() end", "-o", file)
    assert.matches("the source had no event; nothing is written\n$", result.err)
    assert.equal(1, result.status)
    assert.is_nil(read(file))
  end)

  it("sends who has no source to lure run", function()
    local path = support.file [[return { name = "e", version = "1.0.0",
      fields = { { name = "e.x", type = "uint64", desc = "-", extract = function() return 1 end } } }]]
    local result = lure("record", path, "-o", new_file())
    assert.matches("has no event source .*: lure run .* %-%-events PAYLOADS %-%-json > ", result.err)
    assert.equal(2, result.status)
  end)

  it("asks for a file, and says where it cannot be written", function()
    assert.equal("lure: record: which file? -o FILE; see: lure record --help\n", lure("record", program.dummy).err)
    local result = lure("record", program.dummy, "-o", "/no/such/file")
    assert.matches("lure: /no/such/file: .*No such file or directory\n$", result.err)
    assert.equal(1, result.status)
  end)
end)
