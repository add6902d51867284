-- lure pack: a script and its modules as a plugin of its own.

local host = require "lure.host"
local support = require "spec.support"
local program = require "spec.cli.program"

local quote = support.quote
local machine = support.run("uname -m"):gsub("\n$", "")

local function new_folder()
  return support.run("mktemp -d -p " .. quote(support.folder())):gsub("\n$", "")
end

--- A folder with these files; answers its path.
local function folder_with(files)
  local folder = new_folder()
  for name, text in pairs(files) do
    local inner = name:match("^(.*)/")
    if inner then support.run("mkdir -p " .. quote(folder .. "/" .. inner)) end
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
  return folder
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

--- A source called `name` that ends after one event with this payload.
local function source_of(name, payload, before)
  return ([[%s
return { name = %q, version = "1.2.3", id = 999, event_source = %q, description = "d", contact = "c",
  open = function() return { true } end,
  next = function(instance) if table.remove(instance) then return %s end end,
  fields = { { name = %q, type = "string", desc = "-", extract = function(value) return value end } } }]]):format(
    before or "", name, name, payload, name .. ".text")
end

local function pack(script, ...)
  local output = new_folder() .. "/libpacked.so"
  local result = program.lure("pack", script, "-o", output, ...)
  assert.equal(0, result.status, result.err)
  return output, result
end

local function first_payload(library, config)
  local state = assert(library:init(config or "{}"))
  local instance = assert(state:open(""))
  local _, events = instance:next_batch()
  return events[1].data, state
end

describe("lure pack", function()
  it("makes a plugin that runs without its script", function()
    local folder = folder_with { ["one.lua"] = source_of("one", '"hello"') }
    local output = pack(folder .. "/one.lua")
    support.run("rm -r " .. quote(folder))
    local result = program.lure("run", output, "-p", "%evt.plugininfo %one.text")
    assert.same({ "hello hello" }, result.lines)
    local shown = program.lure("show", output)
    assert.matches("one 1.2.3, id 999", shown.out, 1, true)
    assert.matches("packed +one.lua\n", shown.out)
  end)

  it("names the library after the script where -o says nothing, and makes it executable", function()
    local folder = folder_with { ["one.lua"] = source_of("one", '"hello"') }
    local result = program.shell(("cd %s && $lure && test -x libone.so && ls"):format(quote(folder)), { "pack", "one.lua" })
    assert.equal(0, result.status, result.err)
    assert.same({ "libone.so", "one.lua" }, { result.lines[#result.lines - 1], result.lines[#result.lines] })
  end)

  it("packs the modules that the script requires, those that they require, and what --module names", function()
    local folder = folder_with {
      ["one.lua"] = source_of("one", 'words.hello .. require("late").word .. require(("computed"):lower())',
        'local words = require "words" -- require "in.a.comment"\nlocal text = [[ require "in.a.text" ]]'),
      ["words/init.lua"] = 'return { hello = require"words.greeting" }',
      ["words/greeting.lua"] = 'local ok = pcall(require, "there.is.none") return "hello " .. tostring(ok)',
      ["late.lua"] = 'return { word = " late " }',
      ["computed.lua"] = 'return "computed"',
    }
    local output, result = pack(folder .. "/one.lua", "--json", "--module", "computed")
    support.run("rm -r " .. quote(folder))
    local packed = {}
    for file in result.out:gmatch('"file":"([^"]*)","bytes"') do packed[#packed + 1] = file end
    assert.same({ "one.lua", "computed.lua", "late.lua", "words/init.lua", "words/greeting.lua" }, packed)
    assert.equal("hello false late computed", (first_payload(assert(host.load(output)))))
  end)

  it("looks for no file of the modules that lure itself has", function()
    local folder = folder_with { ["one.lua"] = source_of("one", 'type(require("lure.file").tail)') }
    assert.equal("function", (first_payload(assert(host.load((pack(folder .. "/one.lua")))))))
  end)

  it("says which modules are missing, with file and line, and leaves nothing behind", function()
    local folder = folder_with {
      ["one.lua"] = source_of("one", '"x"', '\nlocal words = require "words"'),
      ["words.lua"] = '\n\nreturn require("nowhere.to.be.found")',
    }
    local result = program.shell(("cd %s && $lure; status=$?; ls; exit $status"):format(quote(folder)), { "pack", "one.lua" })
    assert.equal(1, result.status)
    assert.matches('words.lua:3: module "nowhere.to.be.found" not found', result.err, 1, true)
    assert.same({ "one.lua", "words.lua" }, result.lines)
  end)

  it("says where the name of a module is computed, and which one the script then misses", function()
    local folder = folder_with {
      ["one.lua"] = source_of("one", 'require("words." .. "late") .. require "words.none" .. ""', "\nlocal name = 'words'"),
      ["words/none.lua"] = 'return require(... and "words.last")',
    }
    local result = select(2, pack(folder .. "/one.lua"))
    assert.matches("one.lua:%d+: requires a module by a name that is computed", result.out)
    assert.matches("words/none.lua:1: requires a module by a name that is computed", result.out, 1, true)
    folder = folder_with { ["one.lua"] = source_of("one", '"x"', 'local name = "late"; require(name)') }
    result = program.lure("pack", folder .. "/one.lua", "-o", folder .. "/libone.so")
    assert.matches("one.lua:1: module 'late' not found: .*; if it is Lua, pack it, too: %-%-module late\n$", result.err)
  end)

  it("says once where it cannot write", function()
    local result = program.lure("pack", program.dummy, "-o", support.folder() .. "/none/libx.so")
    assert.equal("lure: " .. support.folder() .. "/none/libx.so: No such file or directory\n", result.err)
  end)

  it("finds modules in --path", function()
    local folder = folder_with { ["one.lua"] = source_of("one", '(require "far")'), ["away/far.lua"] = 'return "far"' }
    local output = pack(folder .. "/one.lua", "--path", folder .. "/away")
    assert.equal("far", (first_payload(assert(host.load(output)))))
  end)

  it("says what is wrong with the script, as a host does, and leaves nothing behind", function()
    local folder = folder_with { ["one.lua"] = "return { name = 'x', vesion = '1' }" }
    local result = program.shell(("cd %s && $lure; status=$?; ls; exit $status"):format(quote(folder)), { "pack", "one.lua" })
    assert.equal(1, result.status)
    assert.matches('one.lua:1: unknown key "vesion"', result.err, 1, true)
    assert.same({ "one.lua" }, result.lines)
    local syntax = program.lure("pack", support.file("return {\n  =\n}"))
    assert.equal(1, syntax.status)
    assert.matches(":2: unexpected symbol near '='", syntax.err)
  end)

  it("replaces what it has made, and no other file", function()
    local script = program.script(program.once "a")
    local output = pack(script)
    assert.equal(0, program.lure("pack", script, "-o", output).status)
    local other = support.file("mine")
    local result = program.lure("pack", script, "-o", other)
    assert.equal(2, result.status)
    assert.matches("is not overwritten", result.err, 1, true)
    assert.equal("mine", read(other))
    assert.equal(2, program.lure("pack", output).status)
  end)

  it("makes the same bytes of the same input", function()
    local folder = folder_with { ["one.lua"] = source_of("one", 'require "words"'), ["words.lua"] = 'return "w"' }
    local copy = folder_with { ["one.lua"] = source_of("one", 'require "words"'), ["words.lua"] = 'return "w"' }
    local first, second = pack(folder .. "/one.lua", "--oci"), pack(copy .. "/one.lua", "--oci")
    assert.is_true(read(first) == read(second))
    local function layer(path) return read(path:match("^.*/") .. "one-1.2.3-linux-" .. machine .. ".tar.gz") end
    assert.is_true(layer(first) == layer(second))
  end)

  it("writes with --oci the layer and the configuration that falcoctl pushes", function()
    local output, result = pack(program.dummy, "--oci")
    local base = output:match("^.*/") .. "dummy-0.1.0-linux-" .. machine
    assert.equal('{"name":"dummy","version":"0.1.0","requirements":[{"name":"plugin_api_version","version":"3.0.0"}]}\n',
      read(base .. ".json"))
    local listed = support.run("tar tzf " .. quote(base .. ".tar.gz"))
    assert.equal("libpacked.so\n", listed)
    local _, same = support.run(("tar xzOf %s | cmp - %s"):format(quote(base .. ".tar.gz"), quote(output)))
    assert.equal(0, same)
    assert.matches("falcoctl registry push --type plugin --version 0.1.0 --platform linux/", result.out, 1, true)
  end)

  it("makes a library that strip leaves whole", function()
    local output = pack(program.dummy)
    local _, status = support.run("strip " .. quote(output))
    assert.equal(0, status)
    local result = program.lure("run", output, "-n", "1", "-p", "%evt.num")
    assert.same({ "1" }, result.lines)
  end)
end)

describe("a packed plugin", function()
  it("lives beside another one, and beside a plain library, in one process", function()
    local one = assert(host.load((pack(support.file(source_of("one", '"1"'))))))
    local two = assert(host.load((pack(support.file(source_of("two", '"2"'))))))
    local plain = assert(support.load_script(source_of("plain", '"3"')))
    assert.same({ "one", "two", "plain" }, { one:info().name, two:info().name, plain:info().name })
    local payloads = {}
    for i, library in ipairs { one, two, plain } do payloads[i] = first_payload(library) end
    assert.same({ "1", "2", "3" }, payloads)
  end)

  it("is the same when the host loads it again", function()
    local library = assert(host.load((pack(support.file(source_of("one", '"1"'))))))
    local again = assert(library:loading_again())
    assert.equal("one", again:info().name)
    assert.equal("1", (first_payload(again)))
  end)

  it("does not listen to LURE_SCRIPT, nor to a script beside it", function()
    local output = pack(support.file(source_of("one", '"1"')))
    local file = assert(io.open(output:match("^.*/") .. "packed.lua", "w"))
    file:write(source_of("other", '"2"'))
    file:close()
    local library = assert(host.load(output, { env = { LURE_SCRIPT = support.file(source_of("third", '"3"')) } }))
    assert.equal("one", library:info().name)
  end)

  it("refuses a script in init_config, and says why", function()
    local output = pack(support.file(source_of("one", '"1"'), "one.lua"))
    local state, message = assert(host.load(output)):init('{"script": "other.lua"}')
    assert.is_nil(state)
    assert.matches('init_config.script names "other.lua", but this library has its script packed in it (', message, 1, true)
  end)

  it("has the limits of init_config.lure, and no io in the safe sandbox, but its modules", function()
    local folder = folder_with {
      ["one.lua"] = source_of("one", 'require("words") .. tostring(io)'), ["words.lua"] = 'return "words "',
    }
    local library = assert(host.load((pack(folder .. "/one.lua"))))
    support.run("rm -r " .. quote(folder))
    assert.equal("words nil", (first_payload(library, '{"lure": {"sandbox": "safe"}}')))
  end)

  it("tells errors by the script's own name and line, those of modules too", function()
    local folder = folder_with {
      ["one.lua"] = source_of("one", 'require("words")()'), ["words.lua"] = '\nreturn function() error("broken") end',
    }
    local library = assert(host.load((pack(folder .. "/one.lua"))))
    local state = assert(library:init('{"lure": {"max_errors": 1}}'))
    local rc, _, message = assert(state:open("")):next_batch()
    assert.equal("failure", rc)
    assert.matches("^words.lua:2: next: broken", message)
  end)

  local DAMAGED = "the script packed in this library is damaged: its file was cut short or changed; pack it again, or " ..
    "copy it again"

  --- What a process says that loads the library, which may be one that ends the process.
  local function problem_of(content)
    local path = support.file(content, "libdamaged.so")
    local driver = support.file(([[
      local library, _, detail = require("lure.host").load(%q)
      io.stdout:write(library and "loaded " .. library:info().name or detail.required_api_version or "no answer")
    ]]):format(path), "driver.lua")
    local output, status = support.run(("LUA_CPATH=%s lua5.4 %s 2>/dev/null"):format(quote(package.cpath), quote(driver)))
    os.remove(path)
    return status == 0 and output or ("status %d: %s"):format(status, output)
  end

  local function packed_content()
    local output = pack(support.file(source_of("one", '"1"') .. "\n--" .. ("x"):rep(9000)))
    local content = read(output)
    return content, select(2, content:find(".*LUREPACK")) - 7 -- of the segment at the end, behind the head's place in the file
  end

  --- Where the library itself ends in an ELF file, which the dynamic loader needs: all that is loaded from before `head`.
  local function library_end(content, head)
    local at, size, count = string.unpack("<I8", content, 0x21), string.unpack("<I2I2", content, 0x37)
    local last = 0
    for i = 0, count - 1 do
      local kind, _, offset, _, _, length = string.unpack("<I4I4I8I8I8I8", content, at + i * size + 1)
      if kind == 1 and offset < head - 1 then last = math.max(last, offset + length) end
    end
    return last
  end

  it("that was cut short is refused with a text, and is no generic plugin", function()
    local content, head = packed_content()
    local last = math.max(head - 5000, library_end(content, head))
    for length = #content - 1, last, -100 do
      assert.equal(DAMAGED, problem_of(content:sub(1, length)), length .. " bytes")
    end
    assert.equal(DAMAGED, problem_of(content:sub(1, head - 1)))
    assert.equal(DAMAGED, problem_of(content:sub(1, head)))
  end)

  it("whose bytes were changed is refused with a text", function()
    local content, head = packed_content()
    local places = { head + 24, head + 30, head + 36, head + 60, head + 5000, #content }
    for i = 0, 23 do places[#places + 1] = head + i end
    for _, place in ipairs(places) do
      for _, bit in ipairs { 1, 128 } do
        local byte = string.char(content:byte(place) ~ bit)
        assert.equal(DAMAGED, problem_of(content:sub(1, place - 1) .. byte .. content:sub(place + 1)), place - head)
      end
    end
    for _, length in ipairs { 0, 1, 7, 1 << 32, 1 << 62, -1 } do
      assert.equal(DAMAGED, problem_of(content:sub(1, head + 7) .. string.pack("<i8", length) .. content:sub(head + 16)))
    end
    assert.equal("loaded one", problem_of(content))
  end)

  it("whose lengths lie, with a checksum that is right, is refused with a text", function()
    local content, head = packed_content()
    local files = content:sub(head + 24)
    local module, name, text = string.unpack("<I4I4I4", files)

    local function lying(...)
      local sum, changed = 0xcbf29ce484222325, string.pack("<I4I4I4", ...) .. files:sub(13)
      for i = 1, #changed do sum = (sum ~ changed:byte(i)) * 0x100000001b3 end
      return problem_of(content:sub(1, head + 15) .. string.pack("<i8", sum) .. changed)
    end

    assert.equal("loaded one", lying(module, name, text))
    for _, more in ipairs { 1, 4096, 1 << 20, 0x7fffffff } do
      assert.equal(DAMAGED, lying(module + more, name, text), "module")
      assert.equal(DAMAGED, lying(module, name + more, text), "name")
      assert.equal(DAMAGED, lying(module, name, text + more), "text")
    end
    for less = 1, 13 do
      assert.equal(DAMAGED, lying(module, name, text - less)) -- what is left is no file
    end
  end)

  it("that is damaged is told by the program, and packed again", function()
    local content = packed_content()
    local output = support.file(content:sub(1, -701), "libdamaged.so")
    for _, command in ipairs { "run", "show", "check" } do
      local result = program.lure(command, output)
      assert.not_equal(0, result.status)
      assert.matches(DAMAGED, result.out .. result.err, 1, true)
      assert.not_matches("traceback", result.err)
    end
    assert.equal(0, program.lure("pack", support.file(source_of("one", '"1"')), "-o", output).status)
    assert.same({ "1" }, program.lure("run", output, "-n", "1", "-p", "%evt.num").lines)
  end)

  it("is not written over a library that has no script in it", function()
    local path = support.file(read(support.lib()), "liblure.so")
    local result = program.lure("pack", support.file(source_of("one", '"1"')), "-o", path)
    assert.equal(2, result.status)
    assert.matches("is no plugin packed by lure; it is not overwritten", result.err, 1, true)
  end)
end)
