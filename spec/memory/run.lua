-- run.lua ALLOCFAIL LIBRARY SCRIPT MOST COUNT: the whole life of a plugin (SCRIPT_life.lua), again and again, each time
-- with COUNT allocations failing a little later: at each place, or at about MOST places that lie evenly between the first and
-- the last. Writes "N runs of P places" when the last place was reached.
local host = require "lure.host"

local allocfail = assert(package.loadlib(arg[1], "luaopen_allocfail"))()
local library_path, most, count = arg[2], tonumber(arg[4]), tonumber(arg[5])

local file = assert(io.open(arg[3]))
local script_text = file:read("a")
file:close()
local script = os.tmpname()
local written = 0

--- Writes the script anew, so that it is read anew.
local function change_script()
  written = written + 1
  local copy = assert(io.open(script, "w"))
  copy:write(script_text, "-- ", written, "\n")
  copy:close()
end

local function check(condition, ...)
  if not condition then
    error(("wrong: " .. ("%s "):rep(select("#", ...))):format(...), 2)
  end
end

--- True if there is a value; else there must be a text that says why.
local function worked(value, message, what)
  if value == nil then
    check(type(message) == "string" and #message > 0, what, "failed without a text")
    return false
  end
  return true
end

--- The same; where nothing may fail (`strict`) there must be one.
local function fine(strict, what, value, message)
  local good = worked(value, message, what)
  check(good or not strict, what, message)
  return good
end

--- The plugin's life, from loading to destroy; `strict`: nothing of it may fail.
local life = dofile((arg[3]:gsub("%.lua$", "_life.lua")))(host, check, worked, fine)

--- Calls `settle` until `left()` is 0: threads that look names up may outlive a plugin state a little.
local function check_none(left, settle, what)
  local deadline = os.time() + 60
  while left() ~= 0 and os.time() < deadline do
    os.execute "sleep 0.01"
    settle()
  end
  local number, place = left()
  check(number == 0, number, what, place or "")
end

local descriptors

--- Nothing of a life may be left but the identity of its script, which another loading releases, and threads that have ended,
--- which the end of another plugin state releases.
local function check_leaks()
  local function settle()
    change_script()
    assert(assert(host.load(library_path, { env = { LURE_SCRIPT = script } })):init ""):destroy()
    collectgarbage()
    collectgarbage()
  end
  settle()
  check_none(allocfail.held, settle, "blocks are left")
  check_none(function() return allocfail.descriptors() - descriptors end, settle, "descriptors are left")
end

--- One life in which allocations fail, what it leaves, and now and then one after it, as if nothing had been.
local function try(first)
  change_script()
  allocfail.arm(first, count)
  local good, problem = pcall(life, library_path, script, false)
  collectgarbage()
  collectgarbage()
  local _, failed = allocfail.disarm()
  if good then
    good, problem = pcall(check_leaks)
  end
  if good and first % 16 == 1 then
    good, problem = pcall(life, library_path, script, true)
    collectgarbage()
    collectgarbage()
  end
  if not good then
    error(("allocation %d: %s"):format(first, problem), 0)
  end
  return failed > 0
end

--- How many allocations a life in which none fails has.
local function count_places()
  change_script()
  allocfail.arm(1 << 40, 1)
  life(library_path, script, true)
  collectgarbage()
  return (allocfail.disarm())
end

--- How many places were tried.
local function try_all()
  local step = math.max(1, count_places() // most)
  local runs, first = 0, 1
  while try(first) do
    runs, first = runs + 1, first + step
  end
  return runs
end

change_script()
for _ = 1, 34 do -- until the memory of ended states is used again (SLOTS_KEPT in src/base/slots.h)
  life(library_path, script, true)
  collectgarbage()
end
descriptors = allocfail.descriptors()
local good, result = pcall(try_all)
os.remove(script)
io.write(result, good and (" runs of %d places\n"):format(count_places()) or "\n")
