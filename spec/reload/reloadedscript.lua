--- Plugins whose script file changes while they run (hot reload).
local host = require "lure.host"
local support = require "spec.support"

local changing = {}

-- Longer than `reload` below and the clock's ticks: the next call of the host looks at the file.
local PAUSE = "sleep 0.03"

local CONFIG = '{"lure": {"reload": 0.01}}'

--- Writes the script's file anew, and waits until it will be looked at. how: "in place", else by renaming.
function changing.write(path, text, how)
  local to = how == "in place" and path or path .. ".new"
  local file = assert(io.open(to, "wb"))
  file:write(text)
  file:close()
  if to ~= path then
    assert(os.rename(to, path))
  end
  os.execute(PAUSE)
end

--- Waits until the files will be looked at.
function changing.wait()
  os.execute(PAUSE)
end

--- Starts the script in a file of its own. options: as support.start has them, and inspector. Returns the path of the
-- file, the state, the library.
function changing.start(text, options)
  options = options or {}
  local path = support.file(text)
  local library = assert(support.load_script(path, options))
  return path, assert(library:init(options.config or CONFIG, { inspector = options.inspector })), library
end

--- A source called "x" with the field x.y, whose payloads are `payload` (a Lua expression) and whose field and text are
-- `answer`; `rest` stands in its table.
function changing.source(payload, answer, rest)
  return ([[local lure = require "lure"
local state = {}
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x",
  next = function(instance) return %s end,
  to_string = function() return %q end,
  fields = { { name = "x.y", type = "string", desc = "-", extract = function() return %q end } },
%s
}
return plugin
]]):format(payload, answer, answer, rest or "")
end

--- Drives a source until `good` says so of an event's payload: at most 2 s. Returns that event.
function changing.read_until(instance, good)
  for _ = 1, 2000 do
    local _, events = instance:next_batch()
    for _, event in ipairs(events or {}) do
      if good(event.data) then return event end
    end
    os.execute "sleep 0.001"
  end
  error("no such event came", 2)
end

--- Runs `callback`; returns what was written to standard error about reloading, a line each.
function changing.lines(callback)
  local lines = {}
  for line in support.capture_stderr(callback):gmatch("[^\n]+") do
    if line:find("reloaded", 1, true) then lines[#lines + 1] = line end
  end
  return lines
end

--- Where scripts note what is called: the text of a function `note(...)`, which writes a line, and a function that
-- returns the lines noted since it was last called.
function changing.notes()
  local path = support.file("", "notes")
  local taken = 0
  return ("local function note(...) local file = io.open(%q, 'a') file:write(table.concat { ... }, '\\n') file:close() end\n")
    :format(path), function()
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = line end
    local new = table.move(lines, taken + 1, #lines, 1, {})
    taken = #lines
    return new
  end
end

changing.host, changing.CONFIG = host, CONFIG

return changing
