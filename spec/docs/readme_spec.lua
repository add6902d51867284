-- What README.md says is so: its tables, its plugin, its command, the files it names.

local folder = require "spec.hosts.folder"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

local function read(path)
  local file = assert(io.open(source .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

local readme = read("README.md")

--- The part of README.md under a heading, up to the next one of any depth.
local function section(heading)
  local _, from = readme:find("\n#+ " .. heading .. "\n")
  assert(from, "README.md has no section " .. heading)
  return readme:sub(from, (readme:find("\n#+ ", from)) or -1)
end

--- The names in the first column of the tables of a section that begin with this header.
local function first_column(text, header)
  local names, inside = {}, false
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    if line:find("^| " .. header .. " |") then inside = true
    elseif not line:find("^|") then inside = false
    elseif inside then
      for name in line:match("^|(.-)|"):gmatch("`([%w_]+)`") do names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

--- The names in an X-macro list of a C file.
local function names_in(path, macro)
  local names = {}
  local list = read(path):match("#define " .. macro .. "%(X%).-\n\n")
  for name in list:gmatch('X%([%w_]+,%s*"([%w_]+)",.-%)') do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

--- What a host's API would be told of a script with this body, and why it would refuse it.
local function loaded(body)
  local script = support.file(([[local lure = require "lure"
    return { name = "x", version = "1.0.0", id = 9, event_source = "x", open = function() return io.lines("/dev/null") end,
      %s }]]):format(body))
  local library, message
  support.capture_stderr(function() library, message = support.load_script(script) end)
  return library and library:info().api, message
end

--- The table of hosts: by plugin API ("3.10"), what works there; an API may share its row with others.
local function hosts()
  local rows = {}
  for apis, works in section("Hosts"):gmatch("\n| ([%d., to]+) | [^|]*| [^|]*| ([^\n]*) |%f[\n]") do
    for api in apis:gmatch("%d+%.[%d.]+") do rows[api] = works end
  end
  return rows
end

describe("README.md", function()
  it("has every key of the script's table, and no other", function()
    local keys = names_in("src/script/keys.h", "SCRIPT_KEYS")
    assert.is_true(#keys > 20)
    assert.same(keys, first_column(section("The script"), "key"))
  end)

  it("has every key of a field, and no other", function()
    assert.same(names_in("src/script/field.c", "FIELD_KEYS"), first_column(section("Fields"), "key"))
  end)

  it("has every type of a field, and no other", function()
    local types = {}
    for name in read("src/event/types.c"):gmatch('{"(%l[%w]+)", TYPE_') do types[#types + 1] = name end
    table.sort(types)
    assert.same(types, first_column(section("Fields"), "type"))
  end)

  it("has every limit, and no other", function()
    local limits = {}
    for name in read("src/script/limits.c"):gmatch('{"([%w_]+)", read_') do limits[#limits + 1] = name end
    table.sort(limits)
    assert.same(limits, first_column(section("Limits"), "key"))
  end)

  it("shows a plugin that is the example, and what its command prints", function()
    local plugin = readme:match("```lua\n(.-)```")
    assert.equal(read("examples/accounts.lua"), plugin)
    local command, shown = readme:match("```console\n%$ (build/bin/lure [^\n]+)\n(.-)```")
    local output, status = support.run(("cd %s && %s 2>/dev/null"):format(source, (command:gsub("^build", support.build))))
    assert.equal(0, status, output)
    assert.equal(shown, output)
  end)

  it("has the numbers of a batch as they are", function()
    local row = section("The script"):match("\n| `batch` ([^\n]*)")
    local defaults = read("src/script/manifest.c"):match("default_batch = {(.-)}")
    assert.equal(defaults:match("%.events = (%d+)"), row:match("`events` %((%d+)%)"))
    local milliseconds, least, most = row:match("`milliseconds` %((%d+); from (%d+) to (%d+)%)")
    assert.equal(defaults:match("%.milliseconds = (%d+)"), milliseconds)
    for number, says in pairs { [least] = false, [most] = false, [least - 1] = true, [most + 1] = true } do
      local _, problem = loaded(("batch = { milliseconds = %d }"):format(number))
      assert.equal(says, (problem or ""):find(("from %d to %d"):format(least, most), 1, true) ~= nil, number)
    end
  end)

  it("says of each function of the plugin API which hosts have it", function()
    local rows, later = hosts(), 0
    local keys = { get_metrics = "metrics", get_required_event_schema_version = "required_event_schema_version",
      parse_event = "parse", get_async_events = "async_events" }
    for name, minor in read("src/v3/abi.h"):match("#define PLUGIN_API_SYMBOLS.-\n\n"):gmatch("X%(([%w_]+), (%d+), ") do
      local key = keys[name] or name
      if minor ~= "0" or keys[name] then
        assert.matches("`" .. key .. "`", rows["3." .. minor] or "", 1, true, name)
        later = later + 1
      end
    end
    assert.is_true(later > 7)
  end)

  it("says which plugin API tables and captures need", function()
    local rows = hosts()
    local own = 'parse = function() end, tables = { t = { key = "int64", fields = { f = %s } } }'
    for api, of in pairs {
      ["3.0"] = { "`parse`", "parse = function() end" },
      ["3.1"] = { "`tables`", own:format '"string"' },
      ["3.5"] = { "fields of tables that are tables", own:format '{ key = "int64", fields = { g = "string" } }' },
      ["3.7"] = { "`capture_open`", "capture_open = function() end" },
    } do
      assert.matches(of[1], rows[api], 1, true)
      assert.equal(api .. ".0", loaded(of[2]))
    end
  end)

  it("says what is refused in the plugin API 0.3.0", function()
    local refused, said = {}, {}
    local list = read("src/script/keys.h"):match("#define SCRIPT_KEYS%(X%).-\n\n"):gsub("[%s\\]+", " ")
    for name, needs in list:gmatch('X%([%w_]+, "([%w_]+)", [%w_ |]+, KEY_NEEDS_(%w+), KEY_SINCE_3%)') do
      if needs == "NOTHING" or needs == "STATE" or needs == "FIELDS" then refused[#refused + 1] = name end
    end
    for name in hosts()["0.3.0"]:match("Refused are lists, (.*)"):gmatch("`([%w_]+)`") do said[#said + 1] = name end
    table.sort(refused)
    table.sort(said)
    assert.is_true(#refused > 5)
    assert.same(refused, said)
  end)

  it("shows commands that run, in a folder with the example and the library", function()
    local here = support.file(read("examples/accounts.lua"), "accounts.lua"):match("^(.*)/")
    support.run(("cp %s/lib/liblure.so %s"):format(support.quote(support.build), support.quote(here)))
    local run = 0
    for block in readme:gmatch("\n```console\n(.-)```") do
      for command in block:gmatch("%$ ([^\n]*)") do
        local name = command:match("^[%w/]+")
        if name == "sysdig" then command = folder.in_root("forky", "sysdig") .. command:sub(#name + 1) end
        if name == "sysdig" and not os.execute(folder.in_root("forky", "sysdig --version") .. " >/dev/null 2>&1") then
          folder.declare_missing("sysdig of forky")
        elseif not name:find("/") then -- the others are of the source tree
          local output, status = support.run(("cd %s && PATH=%s/bin:$PATH && { %s\n} </dev/null"):format(support.quote(here),
            support.quote(folder.build), command))
          assert.equal(0, status, command .. "\n" .. output)
          run = run + 1
        end
      end
    end
    assert.is_true(run >= 3)
  end)

  it("has links that lead somewhere", function()
    local links = 0
    for link in readme:gmatch("%]%(([^)]*)%)") do
      local anchor = link:match("^#(.*)")
      if anchor then
        local found = false
        for heading in readme:gmatch("\n#+ ([^\n]*)") do found = found or heading:lower():gsub(" ", "-") == anchor end
        assert.is_true(found, link)
      elseif not link:find("^https://") then
        assert(io.open(source .. "/" .. link)):close()
      end
      links = links + 1
    end
    assert.is_true(links > 5)
  end)

  it("names only files that exist", function()
    for _, document in ipairs { "README.md", "docs/architecture.md" } do
      for path in read(document):gmatch("`([%l]+/[%w_/.]+)`") do
        local built = path:match("^build/(.+)") or path:match("^bin/.+") or path:match("^lib/.+")
        local file = io.open(built and support.build .. "/" .. built or source .. "/" .. path)
        assert.is_truthy(file, document .. " names " .. path)
        file:close()
      end
    end
  end)
end)
