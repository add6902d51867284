-- What lure run -p prints of events is what hosts print of them.
local eventfields = require "lure.cli.eventfields"
local program = require "spec.cli.program"
local sysdig = require "spec.hosts.sysdig"

-- Two events, with bytes of all kinds and of every length around what outputs show.
local SCRIPT = [[
local payloads = { ("x"):rep(81), ("y"):rep(80), "a/B\tc\xff \u{e9}" }
return { name = "plug", version = "0.1.0", id = 999, event_source = "src",
  open = function() return { left = #payloads } end,
  next = function(i)
    local n = i.left
    i.left = n - 1
    if n > 0 then return payloads[n], 1500000000123456789 + (#payloads - n) * 1500000000 end
  end,
  to_string = function(value) return "T:" .. #value end,
  fields = {
    { name = "plug.s", type = "string", desc = "-", extract = function() return "/usr/Bin/Ls" end },
    { name = "plug.e", type = "string", desc = "-", extract = function() return "aGVsbG8=" end },
    { name = "plug.no", type = "string", desc = "-", extract = function() end },
    { name = "plug.k", type = "string", arg = { key = true, required = true }, desc = "-", extract = function(_, k) return "<" .. k end },
    { name = "plug.i", type = "uint64", arg = { index = true }, desc = "-", extract = function(_, i) return i and i + 1 or 7 end },
    FIELDS
  } }
]]

-- Those that depend on the machine, and those that take what stands in brackets.
local special = { ["evt.hostname"] = true, ["evt.around"] = true, ["evt.arg"] = true, ["evt.rawarg"] = true, ["evt.type.is"] = true }

-- What the old sysdig says otherwise: the names of parameters, and of events that no system call makes.
local otherwise = { ["0.3.0"] = { ["evt.args"] = true, ["evt.info"] = true, ["evt.failed"] = true, ["syscall.type"] = true,
  ["evt.wait_latency"] = true } }

-- Of all fields of events that `has` says are there, one output.
local function output(has)
  local parts = {}
  for _, name in ipairs(eventfields.names()) do
    if not special[name] and has(name) then parts[#parts + 1] = name .. "=<%" .. name .. ">" end
  end
  return table.concat(parts, " ")
end

local function lure_prints(path, format)
  return program.shell("TZ=UTC timeout 60 $lure", { "run", path, "--raw", "-p", format }).lines
end

sysdig.each("an output", function(host)
  it("has the fields of every event, with the same values", function()
    local fields = host.api == "3" and [[
      { name = "plug.l", type = "string", list = true, desc = "-", extract = function() return { "aB", "Cd" } end },
      { name = "plug.a", type = "abstime", desc = "-", extract = function() return 1500000000123456789 end },
      { name = "plug.b", type = "bool", desc = "-", extract = function() return true end },]] or ""
    local plugin = host:with("plug", (SCRIPT:gsub("FIELDS", function() return fields end)))
    local known = host:run { more = { "-l" } }
    local text = table.concat(known.lines, "\n")
    local not_equal = otherwise[host.api] or {}
    local function has(name) return not not_equal[name] and text:find(name:gsub("%.", "%%.") .. "%s") ~= nil end
    local formats = { output(has) .. " <%evt.arg[0]> <%evt.arg[1]> <%plug.k[a.b/c]> <%plug.i[41]> <%plug.i>" }
    if host.api == "3" then
      formats[2] = "<%tolower(plug.s)> <%toupper(plug.l)> <%len(plug.s)> <%len(plug.l)> <%basename(plug.s)> "
        .. "<%b64(plug.e)> <%toupper(tolower(plug.s))> <%tolower(plug.no)> <%20plug.s> <%3plug.s> %plug.l %plug.a %plug.b"
    end
    for _, format in ipairs(formats) do
      local expected = host:run { plugins = { plugin }, source = host.api == "3" and "plug" or plugin:match("^[^:]*"),
        format = "*" .. format, env = { TZ = "UTC" } }
      assert.equal(3, #expected.lines, expected.err)
      assert.same(expected.lines, lure_prints(host.folder:file "plug.lua", format))
    end
    assert.is_true(#formats[1] > 300)
  end)
end)

describe("a field of every event", function()
  it("is found by its name, with or without an argument in it", function()
    assert.equal("evt.num", eventfields.find("evt.num").name)
    assert.is_nil(eventfields.find("evt.nun"))
    assert.is_function(eventfields.find("evt.arg.data").new())
    assert.matches('no parameter "nope"', program.lure("run", program.dummy, "-p", "%evt.arg.nope").err)
  end)
end)
