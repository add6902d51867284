-- What stands where a script that runs has stood, or where its module has: something else than a script, or half of one.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local support = require "spec.support"

local REFUSED = "x: error: not reloaded, the script goes on as it was: "
local TAKEN = "x: info: script.lua has changed and was reloaded (version 0.1.0)"

--- Puts things in the place of a file; what the reason for refusing each says.
local replacements = {
  { "a FIFO", "mkfifo %s", "is no regular file" },
  { "a folder", "mkdir %s", "is a directory" },
  { "a link that leads to itself", "ln -s %s %s", "Too many levels of symbolic links" },
  { "a link to nothing", "ln -s nothing %s", "No such file or directory" },
  { "a link to a device", "ln -s /dev/zero %s", "is no regular file" },
  { "a file of 1 GB", "truncate -s 1G %s", "a script has at most 16 MiB" },
  { "compiled Lua", [[printf '\033LuaT\0\031\223' > %s]], "is compiled Lua" },
  { "bytes that are no text", "head -c 100000 /dev/urandom | tr -d '\\033' > %s", "script.lua" },
}

local function replace(path, command)
  local quoted = support.quote(path)
  support.run("rm -rf " .. quoted .. "; " .. command:gsub("%%s", (quoted:gsub("%%", "%%%%"))))
  changing.wait()
end

local function remove(path)
  support.run("rm -rf " .. support.quote(path))
end

for _, api in ipairs { 3, 0 } do
  describe(("the file of a running script (plugin API %d)"):format(api), function()
    local path, state, instance

    local function start(text, config)
      path, state = changing.start(text, { api = api, config = config })
      instance = assert(state:open())
    end

    local function payload()
      local rc, events, message = instance:next_batch()
      assert.equal("success", rc, message)
      return events[1].data
    end

    --- What is logged where the host asks twice more for events of the script as it was.
    local function lines_of(change)
      return changing.lines(function()
        change()
        for _ = 1, 2 do
          assert.equal("1", payload())
          changing.wait()
        end
      end)
    end

    for _, replacement in ipairs(replacements) do
      it("may become " .. replacement[1] .. ", which is said once, and a script again", function()
        start(changing.source("1", "-"))
        local lines = lines_of(function() replace(path, replacement[2]) end)
        assert.equal(1, #lines, table.concat(lines, "\n"))
        given.holds(lines[1], REFUSED, replacement[3])
        remove(path)
        lines = changing.lines(function()
          changing.write(path, changing.source("2", "-"))
          changing.read_until(instance, function(data) return data == "2" end)
        end)
        assert.same({ TAKEN }, lines)
        state:destroy()
      end)
    end

    it("may become empty", function()
      start(changing.source("1", "-"))
      local lines = lines_of(function() changing.write(path, "", "in place") end)
      assert.equal(1, #lines)
      given.holds(lines[1], REFUSED, "expected the script to return its plugin table, got nothing")
      state:destroy()
    end)

    it("is not taken while it is written, however complete it looks", function()
      start(changing.source("1", "-"), '{"lure": {"reload": 1}}')
      local lines = changing.lines(function()
        local file = assert(io.open(path, "w"))
        file:setvbuf "no"
        file:write(changing.source("'half'", "-"))
        for _ = 1, 5 do
          os.execute "sleep 0.3"
          file:write "-- more to come\n"
          assert.equal("1", payload())
        end
        file:seek "set"
        file:write(changing.source("'full'", "-"))
        file:close()
        changing.read_until(instance, function(data)
          assert.not_equal("half", data)
          return data == "full"
        end)
      end)
      assert.same({ TAKEN }, lines)
      state:destroy()
    end)

    it("is taken when its folder's clock runs ahead", function()
      start(changing.source("1", "-"))
      changing.write(path, changing.source("2", "-"))
      support.run("touch -d '+1 day' " .. support.quote(path))
      changing.read_until(instance, function(data) return data == "2" end)
      state:destroy()
    end)
  end)
end

describe("a module of a running script", function()
  for _, replacement in ipairs(replacements) do
    it("may become " .. replacement[1] .. ", which is said once, and a module again", function()
      local path, state = changing.start("-- later\n" .. changing.source("1", "-"))
      local module = path:gsub("script%.lua$", "part.lua")
      local instance = assert(state:open())
      changing.write(module, "return 2")
      changing.write(path, "local part = require 'part'\n" .. changing.source("part", "-"))
      changing.read_until(instance, function(data) return data == "2" end)
      local lines = changing.lines(function()
        replace(module, replacement[2])
        for _ = 1, 2 do
          local _, events = instance:next_batch()
          assert.equal("2", events[1].data)
          changing.wait()
        end
      end)
      assert.equal(1, #lines, table.concat(lines, "\n"))
      given.holds(lines[1], REFUSED)
      remove(module)
      changing.write(module, "return 3")
      changing.read_until(instance, function(data) return data == "3" end)
      state:destroy()
    end)
  end
end)
