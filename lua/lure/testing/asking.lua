-- asking: calls of plugins for a spec. What fails is thrown at the line of the spec, and what was logged is kept.
--
--   asking.ask(plugin, f, ...)        what f answers; what it throws, or answers as nil and a message, is thrown
--   asking.demand(f, ...)             the same inside of it
--   asking.throw(format, ...)         a problem of the spec's own
--   asking.located(problem)           the text with the line of the spec in front
--   asking.find(path)                 the path of a file that a spec names
--   asking.as_json(value, what)       a table becomes JSON
--   asking.check_names(options, ...)  no other names are in the table

local system = require "lure.system"
local json = require "lure.cli.json"
local stop = require "lure.cli.stop"
local terminal = require "lure.cli.terminal"
local paths = require "lure.testing.paths"

local asking = {}

-- The file that called into this module, and the line.
local function caller()
  local level = 2
  while true do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if info.source:sub(1, 1) == "@" then return info.source:sub(2), info.currentline end
    level = level + 1
  end
end

local busy = false -- inside `ask`, which says where

-- The problem behind the line of the spec.
function asking.located(problem)
  local file, line = caller()
  problem = problem:gsub("^lure%.testing[%l.]*:%d+: ", "")
  return file and not busy and ("%s:%d: %s"):format(file, line, problem) or problem
end

-- Throws at the line of the spec.
function asking.throw(problem, ...)
  if stop.is(problem) then problem = problem.message end
  if select("#", ...) > 0 then problem = problem:format(...) end
  error(asking.located(problem), 0)
end

-- The path of a file that a spec names.
function asking.find(path)
  local directory = (caller() or ""):match("^(.*)/") or "."
  return paths.find(path, directory)
    or asking.throw("%s: found neither in %s nor in its parent directory nor in the working directory", path, directory)
end

function asking.as_json(value, what)
  if type(value) == "table" then return json.encode(value) end
  if value == nil or type(value) == "string" then return value end
  asking.throw("%s: expected a table or a text, got a %s", what, type(value))
end

function asking.check_names(options, ...)
  local known = {}
  for _, name in ipairs { ... } do known[name] = true end
  for name in pairs(options) do
    if not known[name] then
      asking.throw('unknown option "%s"; there are: %s', tostring(name), table.concat({ ... }, ", "))
    end
  end
end

-- Keeps what was logged, and passes on what was written to standard error meanwhile: the library
-- writes errors there as well, and these are dropped where they are thrown.
local function keep_log(plugin, said, failed)
  for _, line in ipairs(plugin.state and plugin.state:log() or plugin.last_words) do
    plugin.logged[#plugin.logged + 1] = line
    local shown = ("%s: %s: %s\n"):format(line.component, line.severity, line.message)
    local from, to = said:find(shown, 1, true)
    if from then said = said:sub(1, from - 1) .. said:sub(to + 1) end
    if not (failed and line.severity == "error") then terminal.note_lines(shown) end
  end
  terminal.write_error(terminal.lines(said))
end

-- What f throws, or answers as nil and a message, is thrown.
function asking.demand(f, ...)
  local answers = table.pack(f(...)) -- C functions say that this line is where they failed: see throw
  if answers[1] == nil and answers[2] then error(answers[2], 0) end
  return table.unpack(answers, 1, answers.n)
end

-- The same, thrown at the line of the spec, with the log looked after.
function asking.ask(plugin, f, ...)
  if busy then return asking.demand(f, ...) end
  busy = true
  system.hold_errors()
  local answers = table.pack(pcall(asking.demand, f, ...))
  local said = system.release_errors()
  busy = false
  keep_log(plugin, said, not answers[1])
  if not answers[1] then asking.throw(answers[2]) end
  return table.unpack(answers, 2, answers.n)
end

return asking
