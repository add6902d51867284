--- The Lua files that a script is made of, and who may have written them.
local given = require "spec.given"
local host = require "lure.host"
local program = require "spec.cli.program"
local support = require "spec.support"

local quote = support.quote
local IS_ROOT = support.run("id -u") == "0\n"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A script of the field x.y, with files beside it. Answers its folder.
local function folder_with(expression, files)
  local script = support.file(given.field("function() return tostring(" .. expression .. ") end"), "f/script.lua")
  local folder = script:match("(.*)/")
  for name, text in pairs(files or {}) do
    support.run("mkdir -p " .. quote((folder .. "/" .. name):match("(.*)/")))
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end
  return folder
end

--- Why the script in the folder is not loaded; nil if it is.
local function refused(folder, env)
  local library, _, detail = support.load_script(folder .. "/script.lua", { env = env })
  return not library and detail.required_api_version or nil
end

--- What the field is, or its error, in a state with this configuration.
local function value(folder, config, env)
  local state = assert(assert(support.load_script(folder .. "/script.lua", { env = env })):init(config or ""))
  local text, message = state:extract(support.event "1", "x.y")
  return text or message
end

--- Runs commands with FOLDER for the folder.
local function change(folder, commands)
  local output, status = support.run(("unset LD_PRELOAD; cd / && FOLDER=%s; set -e; %s"):format(quote(folder), commands))
  assert.equal(0, status, output)
end

local ways = {
  require = "require('m')",
  dofile = "dofile('%s/m.lua')",
  loadfile = "(select(2, loadfile('%s/m.lua')))",
}

for way, expression in pairs(ways) do
  describe("a Lua file read by " .. way, function()
    local folder

    before_each(function()
      folder = folder_with("1", { ["m.lua"] = "return 7" })
      local file = assert(io.open(folder .. "/script.lua", "wb"))
      file:write(given.field("function() return tostring(" .. expression:format(folder) .. ") end"))
      file:close()
    end)

    it("may be a link", function()
      change(folder, "mv $FOLDER/m.lua $FOLDER/other.lua && ln -s other.lua $FOLDER/m.lua")
      assert.equal(way == "loadfile" and "nil" or "7", value(folder))
    end)

    it("is refused at once where it is no regular file, or too large", function()
      for commands, text in pairs {
        ["mkfifo $FOLDER/m.lua"] = "is no regular file; expected a Lua script",
        ["mkdir $FOLDER/m.lua"] = "is a directory; expected a Lua script",
        ["ln -s /dev/zero $FOLDER/m.lua"] = "is no regular file; expected a Lua script",
        ["truncate -s 17M $FOLDER/m.lua"] = "has 17825792 bytes; a script has at most 16 MiB",
      } do
        change(folder, "rm -rf $FOLDER/m.lua; " .. commands)
        given.holds(value(folder), folder .. "/m.lua: " .. text)
      end
    end)

    it("that is a link to itself is said to be none", function()
      change(folder, "rm $FOLDER/m.lua; ln -s m.lua $FOLDER/m.lua")
      given.holds(value(folder), way == "require" and "module 'm' not found" or "Too many levels of symbolic links")
    end)

    it("is refused where it is compiled, and loaded behind a line for a shell", function()
      local file = assert(io.open(folder .. "/m.lua", "wb"))
      file:write(string.dump(function() end))
      file:close()
      given.holds(value(folder), folder .. "/m.lua: is compiled Lua, which is never loaded")
      file = assert(io.open(folder .. "/m.lua", "wb"))
      file:write("#!/usr/bin/lua\nreturn 7")
      file:close()
      assert.equal(way == "loadfile" and "nil" or "7", value(folder))
    end)

    if IS_ROOT then
      for commands, text in pairs {
        ["chmod 0666 $FOLDER/m.lua"] = "anyone may write this file, so it is not run as root; try: chmod o-w ",
        ["chown 12345 $FOLDER/m.lua"] = "belongs to the user 12345, so it is not run as root; try: chown root ",
        ["chgrp 12345 $FOLDER/m.lua; chmod 0664 $FOLDER/m.lua"] =
          "the group 12345 may write this file, so it is not run as root; try: chmod g-w ",
      } do
        it("is not run as root after: " .. commands .. "; but with init_config.lure.trust", function()
          change(folder, commands)
          given.holds(value(folder), folder .. "/m.lua: " .. text .. folder .. "/m.lua, or allow it with " ..
            "init_config.lure.trust = true")
          assert.equal(way == "loadfile" and "nil" or "7", value(folder, '{"lure": {"trust": true}}'))
        end)
      end
    end
  end)
end

describe("package.searchpath", function()
  it("finds what is there, and says where it has looked", function()
    local folder = folder_with("package.searchpath('a.b', package.path)", { ["a/b.lua"] = "" })
    assert.equal(folder .. "/a/b.lua", value(folder))
    folder = folder_with("select(2, package.searchpath('a-b', '/x/?.lua;/?/?', '-', '+'))")
    assert.equal("no file '/x/a+b.lua'\n\tno file '/a+b/a+b'", value(folder))
    folder = folder_with("select('#', package.searchpath('a', ''))")
    assert.equal("2", value(folder))
  end)

  it("opens nothing: a named pipe does not stop it", function()
    local folder = folder_with("package.searchpath('pipe', package.path)")
    change(folder, "mkfifo $FOLDER/pipe.lua")
    assert.equal(folder .. "/pipe.lua", value(folder))
  end)
end)

describe("a C module", function()
  it("that is a named pipe is refused at once", function()
    local folder = folder_with("require('m')")
    change(folder, "mkfifo $FOLDER/m.so")
    given.holds(value(folder), folder .. "/m.so: is no regular file")
  end)

  it("is the file that was checked, not one of that name among the system's libraries", function()
    local path = support.file(given.source [[next = print, init = function()
      package.cpath = "libm.so.?"
      require "6"
    end]], "cwd/script.lua")
    local command = ("cd %s && echo no ELF file >libm.so.6 && $lure"):format(quote(path:match("(.*)/")))
    given.holds(program.shell(command, { "run", "script.lua" }).err, "./libm.so.6: ")
  end)

  if IS_ROOT then
    it("is judged as Lua is", function()
      local folder = folder_with("require('m')", { ["m.so"] = "" })
      change(folder, "chown 12345 $FOLDER/m.so")
      given.holds(value(folder), folder .. "/m.so: belongs to the user 12345, so it is not run as root")
    end)
  end
end)

describe("the files of a script", function()
  it("come to no more bytes than it may hold", function()
    local folder = folder_with([[(function()
      for i = 1, 3 do
        local good, message = pcall(dofile, folder .. "/" .. i .. ".lua")
        if not good then return message end
      end
    end)()]])
    local path = folder .. "/script.lua"
    local file = assert(io.open(path))
    local text = ("local folder = %q\n"):format(folder) .. file:read("a")
    file:close()
    file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    change(folder, [[for i in 1 2 3; do head -c 900000 /dev/zero | tr '\0' ' ' >$FOLDER/$i.lua; done]])
    given.holds(value(folder, '{"lure": {"memory": 2097152}}'),
      "/3.lua: not enough memory for the files of the script (limit: init_config.lure.memory, 2097152 bytes)")
  end)
end)

if IS_ROOT then
  describe("a script, as root,", function()
    local folder

    before_each(function() folder = folder_with("1") end)

    for commands, text in pairs {
      ["chmod 0646 $FOLDER/script.lua"] = "anyone may write this file, so it is not run as root; try: chmod o-w ",
      ["chown 12345 $FOLDER/script.lua"] = "belongs to the user 12345, so it is not run as root; try: chown root ",
      ["chgrp 12345 $FOLDER/script.lua; chmod 0664 $FOLDER/script.lua"] =
        "the group 12345 may write this file, so it is not run as root; try: chmod g-w ",
    } do
      it("is not run after: " .. commands, function()
        change(folder, commands)
        assert.equal(folder .. "/script.lua: " .. text .. folder .. "/script.lua, or allow it with " ..
          "init_config.lure.trust = true", refused(folder))
        assert.is_nil(refused(folder, { LURE_TRUST = "1" }))
        assert.equal("1", value(folder, "", { LURE_TRUST = "1" }))
      end)
    end

    for commands, text in pairs {
      ["chmod 0777 $FOLDER"] = "anyone may write the directory %s, so it is not run as root; try: chmod o-w %s",
      ["chown 12345 $FOLDER"] = "the directory %s belongs to the user 12345, so it is not run as root; try: chown root %s",
      ["chgrp 12345 $FOLDER; chmod 0775 $FOLDER"] =
        "the group 12345 may write the directory %s, so it is not run as root; try: chmod g-w %s",
      ["chown 12345 $FOLDER/.."] = "the directory %s/.. belongs to the user 12345",
    } do
      it("is not run after: " .. commands, function()
        change(folder, commands)
        text = text:gsub("%%s/%.%.", folder:match("(.*)/")):gsub("%%s", folder)
        given.holds(refused(folder), folder .. "/script.lua: " .. text)
        assert.is_nil(refused(folder, { LURE_TRUST = "1" }))
      end)
    end

    for _, commands in ipairs {
      "chmod 0664 $FOLDER/script.lua",
      "chmod 0775 $FOLDER",
      "chmod 1777 $FOLDER",
      "chgrp 12345 $FOLDER/script.lua; chmod 0644 $FOLDER/script.lua",
    } do
      it("is run after: " .. commands, function()
        change(folder, commands)
        assert.is_nil(refused(folder))
      end)
    end

    it("is run where the user who called sudo owns it", function()
      change(folder, "chown -R 12345:12346 $FOLDER; chmod -R g+w $FOLDER")
      given.holds(refused(folder), "belongs to the user 12345")
      assert.is_nil(refused(folder, { SUDO_UID = "12345", SUDO_GID = "12346" }))
      for _, wrong in ipairs { "", "x", "12345x", "-1", "4294967295", "99999999999999999999" } do
        given.holds(refused(folder, { SUDO_UID = wrong, SUDO_GID = "12346" }), "belongs to the user 12345")
      end
    end)

    it("is judged where links stand, and where they lead", function()
      local link = folder_with("1")
      change(link, ("rm $FOLDER/script.lua; ln -s %s/script.lua $FOLDER/script.lua"):format(quote(folder)))
      assert.is_nil(refused(link))
      change(link, "chown 12345 $FOLDER")
      given.holds(refused(link), ("the directory %s belongs to the user 12345"):format(link))
      change(link, "chown root $FOLDER")
      change(folder, "chmod 0777 $FOLDER")
      given.holds(refused(link), ("anyone may write the directory %s,"):format(folder))
    end)

    it("is run from a folder that anyone could write, were it not mounted read-only", function()
      change(folder, "chmod 0777 $FOLDER")
      local driver = support.file(([[
        local library, message, detail = require("lure.host").load(%q, { env = { LURE_SCRIPT = %q } })
        io.stdout:write(library and library:info().name or detail.required_api_version, "\n")
      ]]):format(support.lib(), folder .. "/script.lua"), "driver.lua")
      local command = ("LUA_CPATH=%s lua5.4 %s 2>/dev/null"):format(quote(package.cpath), quote(driver))
      local mounted = ("mount --bind %s %s && mount -o remount,bind,ro %s && "):format(quote(folder), quote(folder), quote(folder))
      given.holds(support.run(command), "anyone may write the directory")
      assert.equal("x\n", (support.run(support.with_mounts(mounted .. command))))
    end)
  end)
end

describe("a module that changes is read again at the next loading", function()
  local path, folder

  before_each(function()
    path = support.file('local m = dofile((...) or FOLDER .. "/m.lua")\n' .. given.source "next = print, description = m", "t/script.lua")
    folder = path:match("(.*)/")
  end)

  local function write(name, text)
    local file = assert(io.open(folder .. "/" .. name, "wb"))
    file:write(text)
    file:close()
  end

  for way, top in pairs { require = 'local m = require "m"', dofile = 'local m = dofile("%s/m.lua")' } do
    it("though size and time are the same, where " .. way .. " has read it", function()
      write("script.lua", top:format(folder) .. "\n" .. given.source "next = print, description = m")
      write("m.lua", 'return "old"')
      local library = assert(support.load_script(path))
      assert.equal("old", library:info().description)
      write("new.lua", 'return "new"')
      change(folder, "touch -r $FOLDER/m.lua $FOLDER/new.lua; cp -p $FOLDER/new.lua $FOLDER/m.lua")
      assert.equal("new", assert(library:loading_again()):info().description)
    end)
  end
end)

if IS_ROOT then
  describe("the program lure, as root,", function()
    it("runs a script of anybody, with its modules: a person has named it", function()
      local folder = folder_with("require('m')", { ["m.lua"] = "return 7" })
      change(folder, "chown -R 12345 $FOLDER; chmod -R 0777 $FOLDER")
      local result = program.lure("run", folder .. "/script.lua", "--events", support.file("1\n"), "-p", "%x.y")
      assert.same({ "7" }, result.lines, result.err)
    end)
  end)
end
