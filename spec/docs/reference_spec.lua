-- What docs/reference.md says is so: its tables have every name that the sources have, and no other, and those that are
-- made of lua/lure/meta.lua are as script/reference makes them.

local pages = require "spec.docs.pages"
local support = require "spec.support"

local read = pages.read
local reference = read("docs/reference.md")

--- The part of the page under a heading, up to the next one of any depth.
local function section(heading)
  local _, from = reference:find("\n#+ " .. heading .. "\n")
  assert(from, "docs/reference.md has no section " .. heading)
  return reference:sub(from, (reference:find("\n#+ ", from)) or -1)
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

describe("docs/reference.md", function()
  it("has every key of the script's table, and no other", function()
    local keys = pages.names_in("src/script/keys.def", "SCRIPT_KEY")
    assert.is_true(#keys > 20)
    assert.same(keys, first_column(section("The script"), "key"))
  end)

  it("has every key of a field, and no other", function()
    assert.same(pages.names_in("src/script/field.c", "X"), first_column(section("Fields"), "key"))
  end)

  it("has every type of a field, and no other", function()
    assert.same(pages.names_in("src/event/fieldtypes.def", "FIELD_TYPE"), first_column(section("Types"), "type"))
  end)

  it("has every limit, and no other", function()
    local limits = {}
    for name in read("src/script/limits.c"):gmatch('{"([%w_]+)", read_') do limits[#limits + 1] = name end
    table.sort(limits)
    assert.same(limits, first_column(section("Limits"), "key"))
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

  it("has a row of hosts of the newest plugin API", function()
    assert.is_string(hosts()["3." .. support.newest_minor])
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
    for name, needs in read("src/script/keys.def"):gmatch('\nSCRIPT_KEY%([%u_]+,%s+"([%w_]+)",[%w_ |]+,%s+(%u+),%s+3') do
      if needs == "NOTHING" or needs == "STATE" or needs == "FIELDS" then refused[#refused + 1] = name end
    end
    for name in hosts()["0.3.0"]:match("Refused are lists, (.*)"):gmatch("`([%w_]+)`") do said[#said + 1] = name end
    table.sort(refused)
    table.sort(said)
    assert.is_true(#refused > 5)
    assert.same(refused, said)
  end)

  it("has the tables that the types for LuaLS make", function()
    local output, status = support.run(support.quote(pages.source .. "/script/reference") .. " --check")
    assert.equal(0, status, output)
  end)

  --- What a command prints in a directory with the example, its records, and this text as use_spec.lua; and its status.
  local function used(text, command)
    local place = pages.place()
    support.run(("cp %s/examples/accounts.lua %s"):format(support.quote(pages.source), support.quote(place.path)))
    local file = assert(io.open(place.path .. "/use_spec.lua", "w"))
    file:write(text)
    file:close()
    return place.run("lure record accounts.lua --open /etc/passwd -n 9 -o accounts.json 2>/dev/null; " .. command)
  end

  it("shows how lure.host is used by code that runs", function()
    local output = used(reference:match("\n```lua\n(local host = .-)```"), "lure pack accounts.lua >/dev/null && lua5.4 use_spec.lua")
    assert.equal("root\n", output)
  end)

  -- Scripts with a name in their first line, and what the commands behind them print.
  local script
  for _, block in ipairs(pages.blocks(reference)) do
    local name = block.kind == "lua" and block.text:match("^%-%- ([%w_]+%.lua): %S")
    if name then
      script = block.text
      it(("line %d: %s has no findings"):format(block.line, name), function()
        local place = pages.place()
        place.save(name, block.text)
        assert.matches("no findings", place.run("lure check " .. support.quote(name)))
      end)
    elseif block.kind == "console" and script then
      local text = script
      local called = text:match "%S+%.lua"
      it(("line %d: what %s prints"):format(block.line, called), function()
        local place = pages.place()
        place.save(called, text)
        for _, command in ipairs(pages.commands(block.text)) do
          local output, status = place.run("exec 2>errors; " .. command.command)
          assert.equal(0, status, place.run("cat errors"))
          assert.equal(command.output, output)
        end
      end)
      script = nil
    else
      script = nil
    end
  end

  it("shows specs that pass, as does the help of lure test", function()
    local help = support.run(support.quote(support.build .. "/bin/lure") .. " help test")
    for _, text in ipairs { reference:match("\n```lua\n(local testing = .-)```"), help:match("(  local testing = .-\n  end%))\n") } do
      local output, status = used(text, "lure test use_spec.lua")
      assert.equal(0, status, output)
    end
  end)

  it("has every class of the types that a script comes across", function()
    local aside = { Timeout = true, Arg = true, Path = true, -- lure.TIMEOUT, lure.ARG, what lure.path returns
      Capture = true, Log = true, OwnTable = true, NewField = true, TableOptions = true } -- told where they are used
    for class in read("lua/lure/meta.lua"):gmatch("\n%-%-%-@class (lure[%w.]*)") do
      local told = aside[class:match("%.(%w+)")] or reference:find(" of " .. class .. " -->", 1, true) or
        reference:find(" of " .. class .. ": ", 1, true)
      assert.is_truthy(told, class)
    end
  end)

  it("names the fields of hosts that lure has no values of, and these only", function()
    local hostfields = require "lure.cli.hostfields"
    local eventfields = require "lure.cli.eventfields"
    local named, missing = {}, {}
    for name in reference:match("\n(|[^\n]+) | have no value: hosts ask DNS"):gmatch "`([%w.]+)`" do named[#named + 1] = name end
    for name in (hostfields.any .. " " .. hostfields.syscall):gmatch "%S+" do
      if not eventfields.find(name) and not eventfields.find_of_call(name) then missing[#missing + 1] = name end
    end
    table.sort(named)
    table.sort(missing)
    assert.is_true(#missing > 0)
    assert.same(missing, named)
  end)
end)
