-- The locale of the process: a host, or another library in it, may have called setlocale. What lure says depends on no
-- locale.
--
-- A process of its own sets a locale and drives a plugin; what it has seen is compared with the same under "C".
local support = require "spec.support"

local quote = support.quote

local script = [==[
local lure = require "lure"
local json = lure.json

local function shown(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  return table.concat(parts, "|")
end

-- How numbers are read and written, texts compared, letters told apart, times named, errors called.
local seen = {
  "literal", shown(1.5, 0x1.8p0, 1e-3),
  "tonumber", shown(tonumber "1.5", tonumber "1,5", tonumber("z", 36), "0.25" + 0, tonumber "\xe4"),
  "format", ("%.2f %g %a %q %5.1e %s"):format(1.5, 1.25, 1.5, 1.5, 1.5, 2.5),
  "concat", 1.5 .. "",
  "read", shown((function()
    local name = os.tmpname()
    local file = io.open(name, "w+")
    file:write(1.5, " ", 2.25)
    file:seek("set")
    local first, second = file:read("n", "n")
    file:close()
    os.remove(name)
    return first, second
  end)()),
  "order", shown("a" < "B", "\xe4" < "z", "a-b" < "ab", (function()
    local list = { "b", "B", "a", "\xe4", "-a" }
    table.sort(list)
    return (table.concat(list):gsub("\xe4", "ae"))
  end)()),
  "letters", shown(("\xe4\xc4\xd7"):find("%a"), ("\xe4"):upper():byte(), ("\xc4"):lower():byte(), ("\xa0"):find("%s"),
    ("\xe4"):find("%p"), ("\x85"):find("%c"), ("\xe4"):find("%W")),
  "date", os.date("!%A %B %x %p", 0),
  "error", shown(select(2, io.open("/nonexistent/file"))),
  "decode", shown(table.unpack(json.decode "[1500.5,1e-3,0.1,1E+2]")),
  "parse", shown(json.parse "1500.5", json.parse('{"a":0.5}').a),
  "encode", json.encode { 1.5, 0.1, 1e300, 1 / 3 },
}

return {
  name = "x", version = "0.1.0", id = 999, event_source = "x",
  config = { share = { type = "number", default = 0.5, minimum = 0.25, maximum = 1500.5 } },
  open_params = { { value = "0.5" } },
  init = function(config) seen[#seen + 1] = "config " .. shown(config.share) end,
  next = function() return nil end,
  progress = function() return 0.4567 end,
  fields = {
    { name = "x.seen", type = "string", desc = "-", extract = function() return table.concat(seen, "\n") end },
    { name = "x.list", type = "string", list = true, desc = "-", path = "/list/*" },
    { name = "x.whole", type = "uint64", desc = "-", path = "/whole" },
    { name = "x.fails", type = "uint64", desc = "-", extract = function() return 1.5 end },
    { name = "x.float", type = "uint64", desc = "-", extract = function() return "1.5" + 0.5 end },
    { name = "x.default", type = "string", desc = "-", path = "/nothing", default = 0.5 },
  },
}
]==]

-- What the process does; its arguments: the locale, the library, the script.
local program = [==[
local host = require "lure.host"
local name, path, script = ...
local restore = host.redirect_stderr "/dev/null"
assert(os.setlocale(name), "no locale " .. name)
io.write("point ", ("%.1f"):format(1.5), "\n")
local library, problem, detail = host.load(path, { env = { LURE_SCRIPT = script } })
print(problem, detail and detail.required_api_version)
print(library:info().init_schema)
local event = host.event { data = '{"list":[1.5,"2.50",{"a" : 0.1}],"whole":12}' }
for _, config in ipairs { "", '{"lure":{"time":0.5}}', '{"share":0.75}', '{"share":0.125}', '{"share":1500.75}', '{"share":"x"}' } do
  local state, why = library:init(config)
  print(config, why)
  if state then
    print(state:extract(event, "x.seen"))
    print(table.concat(state:extract(event, "x.list"), " "), state:extract(event, "x.whole"))
    print(state:extract(event, "x.fails"))
    print(state:extract(event, "x.float"), state:extract(event, "x.default"))
    local instance = assert(state:open "")
    print((select(2, instance:progress())))
    instance:close()
    state:destroy()
  end
end
restore()
]==]

local function run_under(locale, api)
  local output, status = support.run(("LOCPATH=%s lua5.4 %s %s %s %s"):format(quote(support.folder()),
    quote(support.file(program, "program.lua")), quote(locale), quote(support.lib(api)),
    quote(support.file(script))))
  assert(status == 0, output)
  return output:match("^point ([^\n]*)\n(.*)$")
end

--- Compiles a locale into the specs' folder.
local function make_locale(language, charset)
  local name = language .. "." .. charset
  local output, status = support.run(("localedef -i %s -f %s %s"):format(language, charset,
    quote(support.folder() .. "/" .. name)))
  assert(status <= 1, output) -- 1: with warnings
  return name
end

describe("under a locale of the process", function()
  for _, case in ipairs {
    { "with a decimal comma, and letters of one byte", "de_DE", "ISO-8859-1", "1,5" },
    { "with a decimal point of two bytes", "ps_AF", "UTF-8", "1\u{66B}5" },
  } do
    it(case[1] .. " all is as under C", function()
      local point, seen = run_under(make_locale(case[2], case[3]))
      assert.equal(case[4], point) -- the locale is in force
      local plain, expected = run_under "C"
      assert.equal("1.5", plain)
      -- the names of files differ from run to run
      assert.equal(expected:gsub("/tmp/[^:%s]*", "FILE"), (seen:gsub("/tmp/[^:%s]*", "FILE")))
      assert.is_truthy(seen:find("decode\n1500.5|0.001|0.1|100.0", 1, true), seen)
      assert.is_truthy(seen:find('"default":0.5', 1, true), seen)
    end)
  end
end)
