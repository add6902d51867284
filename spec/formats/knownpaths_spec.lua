-- Paths that a format never has are refused when the script is loaded; all that it has are not.
local given = require "spec.given"
local pages = require "spec.docs.pages"
local support = require "spec.support"

local SYSLOG <const> = '<34>1 2003-10-11T22:14:15Z mymachine su 77 ID47 [a@1 iut="3"] failed'

-- Of each format with a fixed set of parts: payloads that have all of them together, and names for those that any may have.
local payloads = {
  logfmt = { "KEY=1" },
  syslog = { (SYSLOG:gsub("a@1", "ID"):gsub("iut", "NAME")) },
  cef = { "CEF:0|v|p|1|c|n|3|KEY=1" },
  leef = { "LEEF:1.0|v|p|1|e|KEY=1" },
  combined = { '::1 i u [10/Oct/2000:13:55:36 -0700] "GET /t HTTP/1.0" 200 7 "r" "a"' },
}

-- The paths of formats.def, by format.
local function known_paths()
  local known, count = {}, 0
  local rows = pages.read("src/format/formats.def"):match "\nFORMAT.*"
  for name, words in rows:gmatch 'FORMAT%("(%w+)", [%w_]+, %w+, %w+,(.-)%)\n' do
    local paths = {}
    for path in words:gmatch '/[%w_/]+' do paths[#paths + 1] = path end
    if #paths > 0 then known[name], count = paths, count + 1 end
  end
  assert(count == 5)
  return known
end

local function field(rest) return '{ name = "x.y", type = "string", desc = "-", ' .. rest .. " }" end

local function problem(keys, rest) return given.problem(given.extractor(keys .. ", fields = { " .. field(rest) .. " }")) end

-- Declares all of the paths; answers their values in the payload.
local function values_of(keys, paths, payload)
  local fields, names = {}, {}
  for i, path in ipairs(paths) do
    names[i] = "x.f" .. i
    fields[i] = ('{ name = "x.f%d", type = "string", desc = "-", path = %q }'):format(i, path)
  end
  local plugin = support.start((given.extractor(keys .. ", fields = { " .. table.concat(fields, ", ") .. " }")))
  return plugin:extract(support.event(payload), names)
end

describe("the paths of a format", function()
  local known = known_paths()

  it("are those that its payloads have, and no others", function()
    for format, paths in pairs(known) do
      for _, payload in ipairs(payloads[format]) do
        local found = values_of(('format = "%s"'):format(format), paths, payload)
        for i, path in ipairs(paths) do assert.is_string(found[i], format .. path) end
        local top = {}
        for _, path in ipairs(paths) do top[path:match "^/(%w[%w_]*)"] = true end
        local plugin = support.start(given.extractor(('format = "%s", fields = { { name = "x.keys", type = "string", list = true, '
          .. 'desc = "-", path = "", keys = true } }'):format(format)))
        for _, key in ipairs(plugin:extract(support.event(payload), "x.keys")) do assert.is_true(top[key], format .. "/" .. key) end
      end
    end
  end)

  it("are those of docs/reference.md, and of the types", function()
    local page = pages.read("docs/reference.md"):match "\n### Formats\n(.-)\n### "
    for format, paths in pairs(known) do
      local row, told = page:match('\n| `"' .. format .. '"` | ([^\n]*)'), {}
      for path in row:gmatch "`(/[^`]*)`" do told[#told + 1] = path end
      assert.same(paths, told)
    end
  end)

  it("are not to be mistaken: the nearest is named", function()
    for keys, expected in pairs {
      ['format = "combined"|"/clinet"'] = 'field x.y: path: combined has no "/clinet"; did you mean "/client"?',
      ['format = "combined"|"/user_agent"'] = 'combined has no "/user_agent"; it has /client /ident ',
      ['format = "cef"|"/vendr"'] = 'path: cef has no "/vendr"; did you mean "/vendor"?',
      ['format = "cef"|"/extensions/src"'] = 'cef has no "/extensions"; did you mean "/extension"?',
      ['format = "leef"|"/Vendor"'] = 'leef has no "/Vendor"; did you mean "/vendor"?',
      ['format = "syslog"|"/hostname"'] = 'syslog has no "/hostname"; it has /priority .* /message$',
      ['format = "syslog"|"/a~1b"'] = 'syslog has no "/a~1b"',
      ['format = { "csv", columns = { "time", "user" } }|"/usr"'] = 'csv has no "/usr"; did you mean "/user"?',
      ['format = { "csv", columns = { "time", "user" } }|"/address"'] = 'csv has no "/address"; it has /time /user$',
      ['format = "csv"|"/user"'] = 'csv has no "/user"; it has columns without names',
      ['format = { "regex", "(?<who>a)(b)" }|"/whom"'] = 'regex has no "/whom"; did you mean "/who"?',
      ['format = { "regex", "(?<who>a)(b)" }|"/address"'] = 'regex has no "/address"; it has /0 /who /2$',
      ['format = { "regex", "(?<who>a)(b)" }|"/3"'] = 'regex has no "/3"',
    } do
      local format, path = keys:match "^(.*)|(.*)$"
      assert.matches(expected, problem(format, "path = " .. path))
    end
  end)

  it("are shown up to some 160 bytes, however long they are", function()
    for length = 155, 161 do
      for _, path in ipairs { "/" .. ("a"):rep(length), "/" .. ("a"):rep(length % 2) .. ("~1"):rep(length // 2) } do
        local told = problem('format = "combined"', ("path = %q"):format(path))
        local shown = told:match 'combined has no "([^"]*)"'
        assert.is_true(#shown > 1 and #shown < 160)
        assert.equal(path:sub(1, #shown), shown)
      end
    end
  end)

  it("end where a text is, unless that has a format of its own", function()
    assert.matches('path: in combined "/client" is a text, which has no parts; if it is of a format, say inside = { %["/client"%] = FORMAT }',
      problem('format = "combined"', 'path = "/client/ip"'))
    assert.matches('in syslog "/data/a/b" is a text', problem('format = "syslog"', 'path = "/data/a/b/c"'))
    assert.matches('in csv "/a" is a text', problem('format = { "csv", columns = { "a" } }', 'path = "/0/b"'))
    assert.matches('in logfmt "/message/user" is a text',
      problem('format = "syslog", inside = { message = "logfmt" }', 'path = "/message/user/name"'))
    assert.matches('path: cef has no "/message/vendr"; did you mean "/message/vendor"?',
      problem('format = "syslog", inside = { message = "cef" }', 'path = "/message/vendr"'))
    assert.matches('inside: syslog has no "/mesage"; did you mean "/message"?',
      problem('format = "syslog", inside = { mesage = "json" }', 'path = "/app"'))
  end)

  it("are those of conditions, defaults, alternatives, arguments and when, too", function()
    for rest, expected in pairs {
      ['path = { "/client", "/referrer" }'] = 'path: combined has no "/referrer"; did you mean "/referer"?',
      ['path = "/{client,usr}"'] = 'path: combined has no "/usr"; did you mean "/user"?',
      ['path = "/client", where = { methd = "GET" }'] = 'where: combined has no "/methd"; did you mean "/method"?',
      ['path = "/client", default = lure.path "/idnt"'] = 'default: combined has no "/idnt"; did you mean "/ident"?',
      ['path = "/clnt/{arg}", arg = { key = true }'] = 'path: combined has no "/clnt"; did you mean "/client"?',
    } do
      assert.matches(expected, problem('format = "combined"', rest))
    end
    assert.matches('when: combined has no "/clent"; did you mean "/client"?', problem('format = "combined", when = "/clent"', 'path = "/user"'))
  end)

  it("may be any where the format does not say which: keys, extensions, attributes, structured data, JSON, headers", function()
    for keys, list in pairs {
      ['format = "json"'] = { "/a/b/0", "" },
      ['format = "logfmt"'] = { "/any", "/0", "" },
      ['format = "cef"'] = { "/extension/any", "/extension", "/*", "/*/src" },
      ['format = "leef"'] = { "/attributes/any" },
      ['format = "syslog"'] = { "/data/any@1/any", "/data", "/data/*/any" },
      ['format = "csv"'] = { "/0", "/9999", "/*" },
      ['format = { "csv", columns = { "a", false } }'] = { "/a", "/0", "/1", "/7" },
      ['format = { "csv", header = true }'] = { "/any" },
      ['format = { "regex", "(?<a>.)(.)" }'] = { "/a", "/0", "/1", "/2" },
      ['inside = { message = "json" }, format = "syslog"'] = { "/message", "/message/a/b" },
      ['inside = { ["/a/0"] = "cef" }'] = { "/a/0/vendor", "/b/c", "/a/1/b" },
      ['inside = { message = { "csv", columns = { "a", "b" } } }, format = "syslog"'] = { "/message/a", "/message/1" },
    } do
      for _, path in ipairs(list) do
        local many = path:find("*", 1, true) and "list = true, " or ""
        local script = given.extractor(keys .. ", fields = { " .. field(many .. ("path = %q"):format(path)) .. " }")
        assert.is_truthy(support.load_script(script), keys .. " " .. path)
      end
    end
    for _, rest in ipairs { 'path = lure.ARG, arg = { key = true }', 'path = "/extension/{arg}", arg = { key = true }' } do
      assert.is_truthy(support.load_script(given.extractor('format = "cef", fields = { ' .. field(rest) .. " }")), rest)
    end
  end)

  it("call the columns of a part by their numbers, too", function()
    local found = values_of('inside = { message = { "csv", columns = { "a", "b" } } }, format = "syslog"',
      { "/message/1", "/message/b", "/message/0" }, "<34>1 - - - - - - 1,2")
    assert.same({ "2", "2", "1", n = 3 }, found)
    found = values_of('format = { "csv", columns = { "a", "b" } }, inside = { ["/1"] = "logfmt" }', { "/b/x", "/1/x" }, "1,x=7")
    assert.same({ "7", "7", n = 2 }, found)
  end)

  it("are compared with as many columns as there may be", function()
    local list = {}
    for i = 1, 4096 do list[i] = ("%q"):format("column" .. i) end
    local format = ('format = { "csv", columns = { %s } }'):format(table.concat(list, ", "))
    assert.matches('csv has no "/column4097"; did you mean "/column%d+"?', problem(format, 'path = "/column4097"'))
    assert.matches('csv has no "/zzzzzzzzzz"; it has /column1 /column2 .* %.%.%.$', problem(format, 'path = "/zzzzzzzzzz"'))
  end)
end)
