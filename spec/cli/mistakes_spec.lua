-- lure check: mistakes that no host tells of.

local lint_result = require "spec.cli.lintresult"
local program = require "spec.cli.program"
local support = require "spec.support"

local script, findings_of = lint_result.script, lint_result.findings_of

local quiet = "plugin.next = function() end\n"

local function told(body) return (findings_of(script(quiet .. body))) end

describe("lure check loads a script again", function()
  local ORDER = "the fields come in another order each time that the script is loaded, and hosts load it more than once; "
    .. "pairs has no order: go through a list, or sort the keys first"

  it("and finds fields whose order is that of pairs, each time", function()
    local path = script(quiet .. [[plugin.fields = {}
for name, path in pairs { groups = "/1", urls = "/2" } do
  plugin.fields[#plugin.fields + 1] = { name = "t." .. name, type = "string", desc = "-", path = path }
end]])
    for _ = 1, 8 do
      local list, result = findings_of(path)
      assert.same({ "script.lua:5: " .. ORDER }, list)
      assert.equal(1, result.status)
    end
  end)

  it("and finds it in a module, and in what is packed", function()
    local path = script(quiet .. "plugin.fields = require 'all'", "packed.lua")
    local module = support.file([[local fields = {}
local names = { groups = "/1", urls = "/2", verbs = "/3" }
local name, path = next(names)
while name do
  fields[#fields + 1] = { name = "t." .. name, type = "string", desc = "-", path = path }
  name, path = next(names, name)
end
return fields]], "all.lua")
    local packed = path:gsub("packed%.lua$", "libpacked.so")
    assert.equal(0, program.lure("pack", path, "-o", packed, "--path", (module:gsub("/all%.lua$", ""))).status)
    assert.same({ "all.lua:3: " .. ORDER }, (findings_of(packed)))
  end)

  it("and finds what is made of the time", function()
    assert.same({ 'script.lua:2: "description" is another each time that the script is loaded, and hosts load it more '
      .. "than once" }, told [[plugin.description = "made at " .. lure.now()]])
  end)

  it("and takes what goes through pairs and is sorted, or has no order", function()
    assert.same({}, told [[plugin.fields = {}
local names = {}
for name in pairs { b = 1, a = 2, c = 3 } do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  plugin.fields[#plugin.fields + 1] = { name = "t." .. name, type = "string", desc = "-", path = "/" .. name }
end]])
  end)
end)

describe("lure check sees a second tail", function()
  local MESSAGE = "a second lure.file.tail: an event source keeps one cursor, so after a restart the lines of one of them come "
    .. "again; use one pattern for all files, or a plugin for each"

  it("in one script, however it is named", function()
    for _, names in ipairs { "local file = require 'lure.file' local tail = file.tail", "local tail = require('lure').file.tail" } do
      assert.same({ "script.lua:6: hint: " .. MESSAGE }, told(names .. [[

plugin.init = function() return tail("/var/log/a") end
plugin.open = function() return tail("/var/log/b") end]]))
    end
  end)

  it("and says nothing of one", function()
    assert.same({}, told [[local file = require "lure.file"
plugin.open = function() return file.tail("/var/log/*.log") end]])
  end)
end)

describe("lure check knows the fields of threads", function()
  local function threads(fields) return told(("local threads = lure.table('threads', { fields = { %s } })\n"
    .. "plugin.parse = function() return threads end"):format(fields)) end

  it("and says of a misspelt one which was meant", function()
    local list, result = findings_of(script(quiet .. [[local threads = require("lure").table("threads", {
  fields = { exe_pth = "string" } })
plugin.parse = function() return threads end]]))
    assert.same({ "script.lua:4: threads has no exe_pth; did you mean exe_path? One that is meant to be added: "
      .. '{ type = "string", new = true }' }, list)
    assert.equal(1, result.status)
  end)

  it("and hints at one that is like none", function()
    assert.same({ "script.lua:4: hint: threads has no seen_by_me; one that is meant to be added: "
      .. '{ type = "uint64", new = true }' }, threads 'seen_by_me = "uint64"')
  end)

  it("and the type of each", function()
    assert.same({ "script.lua:4: threads.exe_path is of type string in hosts, not uint64" },
      threads 'exe_path = { type = "uint64" }')
  end)

  it("and takes those that are right, that are meant to be new, and names as those of rules", function()
    assert.same({}, threads [[exe_path = "string", tid = { type = "int64" }, seen_by_me = { type = "uint64", new = true },
      ["mine.count"] = "uint64", file_descriptors = { key = "int64", fields = { anything = "string" } }]])
  end)
end)

describe("lure check sees", function()
  it("modules that are nowhere, where they are required later", function()
    local path = script(quiet .. [[
plugin.close = function()
  local maybe = pcall(require, "not.there")
  return maybe, require "nowhere.at.all"
end]])
    assert.same({ ('script.lua:6: hint: module "nowhere.at.all" is not found: neither in %s, nor in /usr/local/share/lua/5.4, '
      .. "/usr/share/lua/5.4, /usr/local/lib/lua/5.4, /usr/lib/*/lua/5.4, /usr/lib/lua/5.4; init_config.lure.path names more "
      .. "directories"):format((path:gsub("/script%.lua$", ""))) }, (findings_of(path)))
    assert.same({}, told [[package.path = "/elsewhere/?.lua"
plugin.close = function() return require "nowhere.at.all" end]])
  end)

  it("an argument that the field does not declare", function()
    assert.same({
      'script.lua:5: hint: "arg" is always nil: field t.plain declares no arg; arg = { key = true } or { index = true } lets '
        .. "rules give it",
      'script.lua:6: hint: "event" is always nil: the second parameter is the argument in brackets, and field t.second '
        .. "declares no arg; the event is the third",
      'script.lua:10: hint: "key" is always nil: field t.inner declares no arg; arg = { key = true } or { index = true } lets '
        .. "rules give it",
    }, told [[plugin.fields = {
  { name = "t.plain", type = "string", desc = "-", extract = function(value, arg) return value .. arg end },
  { name = "t.second", type = "string", desc = "-", extract = function(_, event) return event.data end },
  { name = "t.inner", type = "string", desc = "-", extract = function(value, key)
    return (value:gsub(".", function()
      return key
    end))
  end },
}]])
  end)

  it("nothing where the argument is declared, not looked at, or the function is that of others, too", function()
    assert.same({}, told [[local kinds = { key = true }
local function shared(value, arg) return arg or value end
plugin.extract = function(value, arg) return arg or value end
plugin.fields = {
  { name = "t.a", type = "string", desc = "-", arg = kinds, extract = function(_, arg) return arg end },
  { name = "t.b", type = "string", desc = "-", extract = function(value, _, event) return value or event.data end },
  { name = "t.c", type = "string", desc = "-", extract = shared },
  { name = "t.d", type = "string", desc = "-", arg = { index = true }, extract = shared },
  { name = "t.e", type = "string", desc = "-" },
  { name = "t.f", type = "string", desc = "-", arg = { key = true } },
}]])
  end)

  it("calls that wait where events are looked at, and in async", function()
    local each = "holds the host up at each event; look things up in init or async, and keep them in a table"
    assert.same({
      'script.lua:4: hint: os.execute may wait, and "decode" ' .. each,
      'script.lua:5: hint: io.popen may wait, and "parse" ' .. each,
      'script.lua:7: hint: io.popen may wait, and no event passes while "async" runs; lure.process.run makes it alone wait',
      'script.lua:9: hint: io.popen may wait, and "extract" ' .. each,
    }, told [[function plugin.decode() os.execute("true") return 1 end
function plugin.parse() return io.popen("ls") end
plugin.async_events = { "x" }
function plugin.async() return io.popen("ls") end
plugin.fields = {
  { name = "t.a", type = "string", desc = "-", extract = function() return io.popen("ls"):read("a") end },
}]])
  end)

  it("patterns that take very long where they do not match, and no others", function()
    local function long(line, pattern, power)
      return ("script.lua:%d: hint: the pattern \"%s\" may take time like the text's length to the power of %d where it does "
        .. "not match: %ssay what the parts may be, as in [^ ]* for .-"):format(line, pattern, power,
        pattern:find("^%^") and "" or "begin it with ^, and ")
    end
    assert.same({ long(6, "(.-)=(.-);", 3), long(7, "^(.*)a(.*)b(.+)c$", 3), long(8, "x.-y.-z", 3) },
      told [[function plugin.decode(event)
  local text = event.data
  for key, value in text:gmatch("(.-)=(.-);") do print(key, value) end
  local a = string.match(text, "^(.*)a(.*)b(.+)c$")
  local b = text:gsub("x.-y.-z", "")
  local c = text:match("^(.-) (.-) (.*)$")
  local d = text:find("(%w+)=([^;]*);([^;]*);")
  local e = text:match("'(.-)'")
  return a, b, c, d, e
end]])
  end)

  it("results that nobody takes, and no calls that do something", function()
    local function idle(line, name)
      return ("script.lua:%d: hint: %s changes nothing, and its result is not used; did you mean x = %s(…)?"):format(line, name,
        name)
    end
    assert.same({ idle(6, "x:sub"), idle(7, "x:lower"), idle(8, "x:gsub"), idle(9, "string.format"), idle(10, "tostring"),
      idle(11, "table.concat") }, told [[function plugin.decode(event)
  local text, list = event.data, {}
  text:sub(1, 3)
  text:lower()
  text:gsub("a", "b")
  string.format("%d", 1)
  tostring(text)
  table.concat(list)
  text:gsub("a", function(letter) list[#list + 1] = letter end)
  math.randomseed(1)
  table.insert(list, text)
  local copy = text:upper()
  return copy
end]])
    assert.same({}, told [[local clock = { sub = function() print "x" end }
function plugin.decode() clock:sub(1) local other = clock; other:sub(2) end]])
  end)
end)
