-- run.lua SCARCITY LIBRARY SCRIPT STEP COUNT: the whole life of a plugin, again and again, each time with COUNT
-- allocations failing a little later (every STEP-th place). Writes "N runs" when the last place was reached.
local host = require "lure.host"

local scarcity = assert(package.loadlib(arg[1], "luaopen_scarcity"))()
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

local WANTED = { ["scarce.n"] = 1, ["scarce.word[k]"] = "wk1", ["scarce.list"] = nil, ["scarce.address"] = "10.0.0.1" }

local function extract(state, event, strict)
  for field, wanted in pairs(WANTED) do
    local value, message = state:extract(event, field)
    if worked(value, message, field) then
      check(value == wanted, field, value)
    else
      check(not strict, field, message)
    end
  end
  local text = state:to_string(event)
  check(text == "<1>" or (not strict and (text == "" or text:find('"n":1', 1, true))), "to_string", text)
end

--- Reads the source to its end. Events that come are right and in order.
local function read(state, instance, strict)
  for _ = 1, 20 do
    local rc, events, message = instance:next_batch()
    if rc == "success" then
      check(events[1].data:find('"n":1', 1, true), "first event", events[1].data)
      extract(state, events[1], strict)
    elseif rc == "failure" then
      check(not strict and type(message) == "string" and #message > 0, "failure", tostring(message))
      return
    elseif rc == "eof" then
      return
    end
  end
  check(false, "the source does not end")
end

local function life(strict)
  local library, message = host.load(library_path, { env = { LURE_SCRIPT = script } })
  if not worked(library, message, "load") then
    check(not strict, "load", message)
    return
  end
  local state
  state, message = library:init '{"lure": {"max_errors": 1, "log": "fatal"}}'
  if not worked(state, message, "init") then
    check(not strict, "init", message)
    return
  end
  local suggestions
  suggestions, message = state:open_params()
  if worked(suggestions, message, "open_params") then
    check(suggestions[1].value == '{"most": 2}', "open_params", suggestions[1].value)
  end
  local instance
  instance, message = state:open '{"most": 2}'
  if worked(instance, message, "open") then
    read(state, instance, strict)
    instance:close()
  else
    check(not strict, "open", message)
  end
  state:destroy()
end

--- Nothing of a life may be left but what the library knows of its script; another loading lets go of that.
local function check_leaks()
  change_script()
  assert(host.load(library_path, { env = { LURE_SCRIPT = script } }))
  collectgarbage()
  check(scarcity.held() == 0, scarcity.held(), "blocks are left")
end

--- One life in which allocations fail, what it leaves, and now and then one after it, as if nothing had been.
local function try(first)
  change_script()
  scarcity.arm(first, count)
  local good, problem = pcall(life, false)
  collectgarbage()
  collectgarbage()
  local _, failed = scarcity.disarm()
  if good then
    good, problem = pcall(check_leaks)
  end
  if good and first % 16 == 1 then
    good, problem = pcall(life, true)
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
life(true)
collectgarbage()
local good, result = pcall(try_all)
os.remove(script)
io.write(result, good and " runs\n" or "\n")
