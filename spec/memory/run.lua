-- run.lua ALLOCFAIL LIBRARY SCRIPT STEP COUNT: the whole life of a plugin (SCRIPT_life.lua), again and again, each time
-- with COUNT allocations failing a little later (every STEP-th place). Writes "N runs" when the last place was reached.
local host = require "lure.host"

local allocfail = assert(package.loadlib(arg[1], "luaopen_allocfail"))()
local library_path, step, count = arg[2], tonumber(arg[4]), tonumber(arg[5])

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

--- The plugin's life, from loading to destroy; `strict`: nothing of it may fail.
local life = dofile((arg[3]:gsub("%.lua$", "_life.lua")))(host, check, worked)

--- Nothing of a life may be left but the identity of its script; another loading releases that.
local function check_leaks()
  change_script()
  assert(host.load(library_path, { env = { LURE_SCRIPT = script } }))
  collectgarbage()
  check(allocfail.held() == 0, allocfail.held(), "blocks are left")
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

--- How many places there were.
local function try_all()
  local runs, first = 0, 1
  while try(first) do
    runs, first = runs + 1, first + step
  end
  return runs
end

change_script()
life(library_path, script, true)
collectgarbage()
local good, result = pcall(try_all)
os.remove(script)
io.write(result, good and " runs\n" or "\n")
