-- Whatever stands where a command wants a file, it ends soon, with a sentence.

local program = require "spec.cli.program"
local support = require "spec.support"

local quote = support.quote

local folder = support.file("", "nothing"):match("(.*)/")

-- What there may be, by the name that is used for it.
local odd = {
  ["/dev/zero"] = "", ["/dev/null"] = "", ["/dev/stdin"] = "", ["/proc/self/pagemap"] = "",
  ["binary.so"] = "cp /bin/cat binary.so", ["binary.lua"] = "cp /bin/cat binary.lua",
  ["pipe.lua"] = "mkfifo pipe.lua", ["pipe.so"] = "mkfifo pipe.so", ["folder.lua"] = "mkdir folder.lua",
  ["large.lua"] = "truncate -s 1G large.lua", ["large.so"] = "truncate -s 1G large.so",
  ["loop.lua"] = "ln -s loop.lua loop.lua", ["empty.lua"] = ": >empty.lua", ["dangling.so"] = "ln -s none dangling.so",
  ["device.lua"] = "ln -s /dev/zero device.lua",
}
for _, command in pairs(odd) do
  support.run(("cd %s && %s"):format(quote(folder), command ~= "" and command or ":"))
end

-- Where a command takes a file.
local places = {
  "run FILE", "check FILE", "check FILE --json --run", "show FILE", "show FILE --format falco", "repl FILE",
  "record FILE -o recorded", "pack FILE -o packed.so", "test FILE", "falco FILE -r FILE", "new FILE/x", "new FILE",
  "run DUMMY --config @FILE", "run DUMMY --open @FILE -n 1", "run DUMMY --source FILE", "run --falco FILE",
  "check DUMMY --events FILE", "run FIELDS --events FILE", "pack DUMMY -o FILE", "record DUMMY -n 1 -o FILE --force",
  "show DUMMY --format falco -o FILE",
}

local fields = support.file [[return { name = "t", version = "1.0.0", extract_event_sources = { "t" }, fields = {
  { name = "t.x", type = "string", desc = "-", extract = function() end } } }]]

-- A pipe that events come from is waited for.
local function waits(place, name) return place:find("^run FIELDS") and name:find("^pipe") end

describe("an odd file", function()
  for name in pairs(odd) do
    it(name .. " is told of in a sentence", function()
      for _, place in ipairs(places) do
        if not waits(place, name) then
          local words = {}
          for word in place:gmatch("%S+") do
            words[#words + 1] = word:gsub("FILE", (name:gsub("%%", "%%%%"))):gsub("DUMMY", program.dummy):gsub("FIELDS", fields)
          end
          local result = program.shell(("cd %s && timeout 30 $lure </dev/null"):format(quote(folder)), words)
          local told = ("lure %s: status %d: %s"):format(table.concat(words, " "), result.status, result.err:sub(1, 500))
          assert.is_nil(result.err:find("bug in lure", 1, true), told)
          assert.is_true(result.status <= 2, told)
          assert.is_true(result.out ~= "" or result.err ~= "" or name == "/dev/null", told)
        end
      end
      assert.equal("1:3\n", (support.run("stat -c %t:%T /dev/null")))
    end)
  end

  it("that a message names is not read for its line", function()
    local script = support.file([[return { name = "t", version = "1.0.0", id = 7, event_source = "t",
      open = function() error("../../../../../../../dev/zero:7: in it", 0) end, next = function() end }]], "a.lua")
    local result = program.shell("timeout 20 $lure", { "run", script })
    assert.equal(1, result.status)
    assert.matches("dev/zero:7: open: in it", result.err, 1, true)
  end)

  it("that looks like a packed plugin is told of as any other", function()
    local packed = folder .. "/libgood.so"
    assert.equal(0, program.lure("pack", program.dummy, "-o", packed).status)
    local file = assert(io.open(packed, "rb"))
    local content = file:read("a")
    file:close()
    local head = select(2, content:find(".*LUREPACK")) - 7
    local function checksum(text)
      local sum = 0xcbf29ce484222325
      for i = 1, #text do sum = (sum ~ text:byte(i)) * 0x100000001b3 end
      return sum
    end
    local behind = content:sub(head + 24)
    for _, lengths in ipairs { { 0xFFFFFFFF, 1, 1 }, { 0, 1 << 20, 1 }, { 0, 0, 0xFFFFFFFF } } do
      local crafted = string.pack("<I4I4I4", table.unpack(lengths)) .. behind:sub(13)
      file = assert(io.open(folder .. "/crafted.so", "wb"))
      file:write(content:sub(1, head - 1), string.pack("<c8I8i8", "LUREPACK", #crafted, checksum(crafted)), crafted)
      file:close()
      local result = program.shell(("cd %s && timeout 20 $lure"):format(quote(folder)), { "pack", program.dummy, "-o", "crafted.so" })
      assert.equal("lure: pack: crafted.so is there, and is no plugin packed by lure; it is not overwritten\n", result.err)
    end
  end)

  it("that is a pipe of the shell's may hold what stands behind an option", function()
    local result = program.shell("printf '{\"jitter\": 0}' | { exec 3<&0; timeout 60 $lure; }", { "run", program.dummy, "-n", "1",
      "--config", "@/dev/fd/3" })
    assert.equal(0, result.status, result.err)
  end)

  it("that is binary is refused behind an option", function()
    for _, option in ipairs { "--config", "--open" } do
      local result = program.lure("run", program.dummy, option, "@/bin/cat")
      assert.equal(('lure: run: %s: expected a file of text (/bin/cat has a NUL), got "@/bin/cat"; see: lure run --help\n')
        :format(option), result.err)
    end
  end)
end)

-- A shell in which the programs named only show their words.
local function said_by_shell(line, ...)
  local bin = support.file("#!/bin/sh\nprintf '<%s>' \"$@\"\n", "bin/x"):match("(.*)/")
  for _, name in ipairs { ... } do support.run(("cd %s && cp x %s && chmod +x %s"):format(quote(bin), name, name)) end
  return (support.run(("cd %s && PATH=%s:$PATH bash -c %s"):format(quote(folder), quote(bin), quote(line))))
end

describe("a command line that is meant to be copied", function()
  local names = { "a b", "$(touch stolen)", "`touch stolen`", "it's", "a;touch stolen", "x\27[31m\u{202e}'$(touch stolen)'", "é" }

  it("means the same to a shell, whatever stands in it: of pack --oci", function()
    for _, name in ipairs(names) do
      support.run(("mkdir -p %s"):format(quote(folder .. "/" .. name)))
      local result = program.shell(("cd %s && $lure"):format(quote(folder)), { "pack", program.dummy, "--oci", "-o", name .. "/p.so" })
      assert.equal(0, result.status, result.err)
      local said = said_by_shell(result.out:match("\n  (falcoctl [^\n]*)\n"), "falcoctl")
      assert.matches("<REGISTRY/dummy:0.1.0><" .. name .. "/dummy-0.1.0-linux-", said, 1, true)
      assert.equal("", (support.run(("find %s -name stolen"):format(quote(folder)))))
    end
  end)

  it("means the same to a shell, whatever stands in it: of new", function()
    for _, name in ipairs(names) do
      support.run(("mkdir -p %s"):format(quote(folder .. "/" .. name)))
      local result = program.shell(("cd %s && $lure"):format(quote(folder)), { "new", "--extractor", name .. "/mine" })
      assert.equal(0, result.status, result.err)
      for line in result.out:match("\nnext:\n(.*)"):gmatch("  (lure [^\n]-)  +[^\n]*\n") do
        assert.matches("<" .. name .. "/mine", said_by_shell(line, "lure"), 1, true)
      end
      support.run("rm -r " .. quote(folder .. "/" .. name .. "/mine"))
    end
  end)

  it("runs nothing in a shell that does not know its quotes", function()
    support.run(("mkdir -p %s"):format(quote(folder .. "/" .. names[6])))
    local result = program.shell(("cd %s && $lure"):format(quote(folder)), { "pack", program.dummy, "--oci", "-o", names[6] .. "/p.so" })
    local line = result.out:match("\n  falcoctl ([^\n]*)\n")
    support.run(("cd %s && sh -c %s"):format(quote(folder), quote("echo " .. line)))
    assert.equal("", (support.run(("find %s -name stolen"):format(quote(folder)))))
  end)
end)

describe("a plugin with a name that is no name of a file", function()
  it("is packed, but not for a registry", function()
    for _, name in ipairs { "../../x", "a/b", "$(touch stolen)", "Upper", "a b", "-x", "x-" } do
      local script = support.file(([[return { name = %q, version = "1.0.0", id = 7, event_source = "t",
        open = function() end, next = function() end }]]):format(name), "deep/er/script.lua")
      local place = script:match("(.*)/")
      local result = program.lure("pack", script, "-o", place .. "/p.so", "--oci")
      assert.equal(('lure: pack: --oci: a registry takes names of lower case letters, digits, and ".", "_" or "-" between '
        .. 'them; got "%s"\n'):format(name), result.err)
      assert.equal(1, result.status)
      assert.equal(".\n./script.lua\n", (support.run(("cd %s && find . | sort"):format(quote(place)))))
      assert.equal(0, program.lure("pack", script, "-o", place .. "/p.so").status)
    end
  end)
end)
