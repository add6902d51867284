-- The files that cursors are kept in (src/state), without a plugin around them.
local support = require "spec.support"
local quote = support.quote

local parts = assert(package.loadlib(support.build .. "/spec/stateparts.so", "luaopen_stateparts"))()

local function new_folder()
  local file = support.file("", "state/none")
  os.remove(file)
  return (file:gsub("/none$", ""))
end

local function open(folder, params)
  return assert(parts.open(folder, "audit", "audit log", params or ""))
end

--- What is kept there.
local function kept(folder, params)
  local cursor = open(folder, params)
  local text = cursor:newest()
  cursor:close()
  return text
end

--- The cursor's file in the folder.
local function file_in(folder)
  return folder .. "/" .. support.run(("cd %s && ls *.cursor"):format(quote(folder))):match("[^\n]+")
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function patch(path, offset, bytes)
  local file = assert(io.open(path, "r+b"))
  file:seek("set", offset)
  file:write(bytes)
  file:close()
end

--- Opens, delivers one batch with the cursor, closes.
local function deliver(folder, text, params)
  local cursor = open(folder, params)
  assert.is_true(cursor:stage(text))
  cursor:commit()
  cursor:close()
end

describe("a cursor", function()
  it("is none before one was given", function()
    local cursor = open(new_folder())
    assert.is_nil(cursor:newest())
    assert.equal(0, cursor:close())
  end)

  it("is there after a close", function()
    local folder = new_folder()
    deliver(folder, "page 12\0\n")
    local cursor = open(folder)
    assert.equal("page 12\0\n", cursor:newest())
    assert.equal("", cursor:said())
    assert.equal(0, cursor:close())
  end)

  it("is not kept before the host has taken its batch", function()
    local folder = new_folder()
    local cursor = open(folder)
    cursor:stage("1")
    cursor:commit()
    cursor:stage("2")
    assert.equal("2", cursor:newest())
    support.run(("cp -r %s %s.killed"):format(quote(folder), quote(folder)))
    assert.equal("1", kept(folder .. ".killed"))
    cursor:close()
    assert.equal("1", kept(folder))
  end)

  it("is of one plugin, source and open parameters", function()
    local folder = new_folder()
    deliver(folder, "of a", "a")
    deliver(folder, "of b", "b")
    assert.equal("of a", kept(folder, "a"))
    assert.equal("of b", kept(folder, "b"))
    assert.is_nil(kept(folder, "c"))
    assert.is_nil(parts.open(folder, "other", "audit log", "a"):newest())
    assert.is_nil(parts.open(folder, "audit", "another log", "a"):newest())
  end)

  it("may have any length up to its bound", function()
    local folder = new_folder()
    for _, length in ipairs { 0, 1, 4071, 4072, 4073, 4096, 100000, 512 * 1024, 3 } do
      local text = ("x"):rep(length)
      deliver(folder, text)
      assert.equal(length > 0 and text or nil, kept(folder))
    end
    local cursor = open(folder)
    assert.is_false(cursor:stage(("x"):rep(512 * 1024 + 1)))
    assert.equal("xxx", cursor:newest())
  end)

  it("that grows beyond the memory limit is refused, and the last one stays", function()
    local cursor = assert(parts.open(new_folder(), "a", "b", "", 65536))
    assert.is_true(cursor:stage("1"))
    assert.is_false(cursor:stage(("x"):rep(70000)))
    assert.equal("1", cursor:newest())
    assert.equal(0, cursor:close())
  end)

  it("is the newest of many, whichever was written last", function()
    local folder = new_folder()
    local cursor = open(folder)
    for i = 1, 100 do
      cursor:stage("position " .. i)
      cursor:commit()
      support.run(("rm -rf %s.copy && cp -r %s %s.copy"):format(quote(folder), quote(folder), quote(folder)))
      assert.equal("position " .. i, kept(folder .. ".copy"))
    end
    cursor:close()
  end)

  it("survives kill -9 at any moment", function()
    local folder = new_folder()
    for _ = 1, 20 do
      local said = folder .. ".said"
      -- a process that commits as fast as it can, and says what it has committed
      local pid = support.run(([[
        PARTS=%s FOLDER=%s lua5.4 -e '
          local parts = package.loadlib(os.getenv "PARTS", "luaopen_stateparts")()
          local cursor = parts.open(os.getenv "FOLDER", "audit", "audit log", "")
          local n = tonumber(cursor:newest() or 0)
          io.stdout:setvbuf "no"
          while true do
            n = n + 1
            cursor:stage(tostring(n)); cursor:commit()
            io.write(n, "\n")
          end' >%s 2>/dev/null </dev/null & echo $!]]):format(quote(support.build .. "/spec/stateparts.so"), quote(folder), quote(said))):match("%d+")
      support.run(("while [ ! -s %s ] && kill -0 %s; do sleep 0.01; done; sleep 0.0%d; kill -9 %s; while kill -0 %s; do sleep 0.01; done"):format(
        quote(said), pid, math.random(9), pid, pid))
      local last = tonumber(read(said):match("(%d+)\n%d*$"))
      local cursor = open(folder)
      local number = tonumber(cursor:newest())
      assert.is_true(number >= last and number <= last + 2, ("kept %d, said %d"):format(number, last))
      assert.equal("", cursor:said())
      cursor:close()
    end
  end)
end)

describe("the file of a cursor", function()
  it("is readable for its owner only, and hides the open parameters", function()
    local folder = new_folder() .. "/made"
    deliver(folder, "1", "https://user:secret@host/")
    assert.equal("700\n", support.run("stat -c %a " .. quote(folder)))
    assert.equal("600\n", support.run("stat -c %a " .. quote(file_in(folder))))
    local text = read(file_in(folder))
    assert.truthy(text:find("\nplugin: audit\n", 1, true) or text:find("plugin: audit\n", 1, true))
    assert.is_nil(text:find("secret", 1, true))
  end)

  it("of which a part was not written has the cursor of before", function()
    local folder = new_folder()
    local cursor = open(folder)
    for _, text in ipairs { "one", "two", "three", "fourth" } do -- the last two are in slots of one kind
      cursor:stage(text)
      cursor:commit()
    end
    support.run(("cp -r %s %s.killed"):format(quote(folder), quote(folder)))
    local path = file_in(folder .. ".killed")
    patch(path, assert(read(path):find("fourth", 1, true)) - 1, "fou\0\0\0")
    local torn = open(folder .. ".killed")
    assert.equal("three", torn:newest())
    assert.equal("", torn:said())
    torn:stage("fifth")
    torn:commit()
    torn:close()
    assert.equal("fifth", kept(folder .. ".killed"))
    cursor:close()
  end)

  for name, damage in pairs {
    ["with another header"] = function(path) patch(path, 0, "X") end,
    ["of which all slots are broken"] = function(path)
      for slot = 0, 3 do patch(path, 4096 + slot * 4096 + 3, "\255\255\255") end
    end,
    ["that is cut"] = function(path) support.run("truncate -s 5000 " .. quote(path)) end,
    ["that is empty"] = function(path) support.run("truncate -s 0 " .. quote(path)) end,
    ["of another plugin"] = function(path)
      local other = new_folder()
      local cursor = assert(parts.open(other, "other", "audit log", ""))
      cursor:stage("x")
      cursor:commit()
      cursor:close()
      support.run(("cp %s %s"):format(quote(file_in(other)), quote(path)))
    end,
  } do
    it(name .. " is told, put aside and begun anew", function()
      local folder = new_folder()
      deliver(folder, "1")
      local path = file_in(folder)
      damage(path)
      local before = read(path)
      local cursor = open(folder)
      assert.is_nil(cursor:newest())
      assert.equal(("error: %s: its content is broken, so nothing is known of before; renamed to %s.corrupt\n"):format(
        path, path:match("[^/]+$")), cursor:said())
      cursor:stage("2")
      cursor:commit()
      cursor:close()
      assert.equal(before, read(path .. ".corrupt"))
      assert.equal("2", kept(folder))
      -- what was put aside before is not lost
      patch(path, 0, "X")
      assert.is_nil(kept(folder))
      assert.equal(before, read(path .. ".corrupt"))
      assert.equal("X", read(path .. ".corrupt-2"):sub(1, 1))
    end)
  end

  it("goes on after the highest sequence number, in a new file", function()
    local folder, hash = new_folder(), 0xcbf29ce484222325
    deliver(folder, "before")
    local head = string.pack("=I8I8", -1, #"before") -- a slot: its number, the size, their checksum, the content
    for byte in (head .. "before"):gmatch(".") do hash = (hash ~ byte:byte()) * 0x00000100000001b3 end
    patch(file_in(folder), 4096, head .. string.pack("=I8", hash) .. "before")
    assert.equal("before", kept(folder))
    local cursor = open(folder)
    for _, text in ipairs { "behind", "further" } do
      assert.is_true(cursor:stage(text))
      cursor:commit()
      assert.equal(text, kept(folder)) -- as after kill -9
    end
    cursor:close()
    assert.equal("further", kept(folder))
  end)

  it("is never written through a link", function()
    local folder = new_folder()
    deliver(folder, "1")
    local path, target = file_in(folder), support.file("untouched", "target")
    support.run(("ln -sf %s %s"):format(quote(target), quote(path)))
    local cursor = open(folder)
    assert.is_nil(cursor:newest())
    assert.truthy(cursor:said():find(path .. ": not read, so nothing is known of before, and nothing is kept: it is a link", 1, true))
    cursor:stage("2")
    cursor:commit()
    cursor:close()
    assert.equal("untouched", read(target))
    -- nor is the temporary one
    support.run(("rm %s; ln -s %s %s.new"):format(quote(path), quote(target), quote(path)))
    deliver(folder, "3")
    assert.equal("untouched", read(target))
    assert.equal("3", kept(folder))
  end)

  it("that is a FIFO or a directory is told, and nothing waits for it", function()
    for _, command in ipairs { "mkfifo", "mkdir" } do
      local folder = new_folder()
      deliver(folder, "1")
      local path = file_in(folder)
      support.run(("rm %s; %s %s"):format(quote(path), command, quote(path)))
      local cursor = open(folder)
      assert.is_nil(cursor:newest())
      assert.truthy(cursor:said():find("error: " .. path .. ": not read", 1, true))
      cursor:stage("2")
      cursor:commit()
      cursor:close()
    end
  end)

  it("that is open twice is only read by the second, which says so", function()
    local folder = new_folder()
    local first = open(folder)
    first:stage("1")
    first:commit()
    local second = open(folder)
    assert.equal("1", second:newest())
    assert.equal(file_in(folder) .. ": in use by another process, or for the same plugin in this one: it is only read, " ..
      "and nothing is kept\n", second:said())
    second:stage("mine")
    second:commit()
    first:stage("2")
    first:commit()
    second:close()
    first:close()
    assert.equal("2", kept(folder))
  end)

  it("that is removed is written anew", function()
    local folder = new_folder()
    local cursor = open(folder)
    cursor:stage("1")
    cursor:commit()
    os.remove(file_in(folder))
    cursor:stage("2")
    cursor:commit()
    cursor:close()
    assert.truthy(cursor:said():find("was removed; it is written anew", 1, true))
    assert.equal("2", kept(folder))
  end)

  it("takes odd names of plugins", function()
    local folder = new_folder()
    for _, name in ipairs { "../../x", ".", "..", "a/b", "a b", ("n"):rep(300), "\n" } do
      local cursor = assert(parts.open(folder, name, "s", ""))
      cursor:stage(name)
      cursor:commit()
      cursor:close()
      assert.equal(name, assert(parts.open(folder, name, "s", "")):newest())
    end
    for _, list in ipairs { "ls", "ls -A" } do -- none is hidden
      assert.equal("7\n", support.run(("%s %s | wc -l"):format(list, quote(folder))))
    end
  end)
end)

describe("the state directory", function()
  it("that does not exist and cannot be made is told once", function()
    local cursor = open("/nowhere/lure")
    assert.is_nil(cursor:newest())
    assert.equal("", cursor:said())
    cursor:stage("1")
    cursor:commit()
    assert.equal("error: /nowhere/lure: the state directory: No such file or directory; name one in " ..
      "init_config.lure.state\n", cursor:said())
    cursor:stage("2")
    cursor:commit()
    assert.equal("", cursor:said())
    assert.equal("2", cursor:newest())
    cursor:close()
  end)

  it("that others may write is refused", function()
    local folder = new_folder()
    support.run("chmod 777 " .. quote(folder))
    local cursor = open(folder)
    assert.truthy(cursor:said():find("anyone may write the state directory; chmod o-w", 1, true))
    cursor:stage("1")
    cursor:commit()
    cursor:close()
    assert.equal("0\n", support.run(("ls %s | wc -l"):format(quote(folder))))
  end)

  --- Runs Lua with the module as `parts` and the folder as `folder`, a mount of its own. Returns what it writes.
  local function with_mount(options, code)
    local folder = new_folder()
    return support.run(support.with_mounts(([[
      mount -t tmpfs -o %s none %s && PARTS=%s FOLDER=%s lua5.4 -e '
        local parts = package.loadlib(os.getenv "PARTS", "luaopen_stateparts")()
        local folder = os.getenv "FOLDER"
        %s']]):format(options, quote(folder), quote(support.build .. "/spec/stateparts.so"), quote(folder), code))), folder
  end

  it("on a full disk is told, and what was there stays", function()
    local output, folder = with_mount("size=128k,mode=755", [[
      local cursor = parts.open(folder, "a", "s", "")
      cursor:stage("1"); cursor:commit()
      os.execute("head -c 1M /dev/zero >" .. folder .. "/fill 2>/dev/null")
      cursor:stage("2"); cursor:commit()           -- has its place already
      io.write(cursor:said())
      cursor:stage(("x"):rep(9000)); cursor:commit()
      io.write(cursor:said())
      os.remove(folder .. "/fill")
      cursor:close()
      io.write(cursor:said(), #parts.open(folder, "a", "s", ""):newest(), "\n")
      os.execute("head -c 1M /dev/zero >" .. folder .. "/fill 2>/dev/null")
      local other = parts.open(folder, "b", "s", "")
      other:stage("1"); other:commit(); other:close()
      io.write(other:said():gsub("^error: .*(not written)", "%1"), #parts.open(folder, "a", "s", ""):newest(), "\n")
      io.stdout:flush()
      os.execute("ls " .. folder .. " | grep -c b-")]])
    local why = "not written, so that after a restart what was delivered since then comes again: No space left on device\n"
    local name = output:match("(a%-%x+%.cursor)")
    assert.equal("error: " .. folder .. "/" .. tostring(name) .. ": " .. why .. folder .. "/" .. tostring(name) ..
      ": written again\n9000\n" .. why .. "9000\n0\n", output)
  end)

  it("that is read-only is told, and is read", function()
    local output, folder = with_mount("mode=755", [[
      local cursor = parts.open(folder, "a", "s", "")
      cursor:stage("1"); cursor:commit(); cursor:close()
      os.execute("mount -o remount,ro " .. folder)
      cursor = parts.open(folder, "a", "s", "")
      io.write(cursor:newest(), "\n", cursor:said())
      cursor:stage("2"); cursor:commit()
      io.write(cursor:newest(), "\n", cursor:said())]])
    assert.equal(("1\nerror: %s/%s: may not be written: nothing is kept; what is delivered now comes again after a restart\n2\n")
      :format(folder, output:match("(a%-%x+%.cursor)")), output)
  end)
end)
