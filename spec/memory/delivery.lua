-- Cursors, acknowledgements, values that are kept, and tasks; delivery_life.lua knows what comes of each step.
local lure = require "lure"

local acknowledged = 0

--- What an earlier life has left: a cursor of one of its steps. Nothing is put aside as broken because memory was out.
local function cursor()
  for _, name in ipairs(lure.file.list(os.getenv "FOLDER" .. "/kept") or {}) do assert(not name:find "corrupt", name) end
  local before = lure.cursor()
  return (before == nil or before:find "^step %d$") and "fine" or before
end

local function kept()
  local before = lure.state.get "n" or 1
  lure.state.set("n", 1)
  return before
end

local function joined()
  local task = lure.spawn(function(...)
    lure.sleep(0.0001)
    return ...
  end, "a", "b")
  return table.concat({ task:join() }, "+")
end

local function cancelled()
  local ended
  local task = lure.spawn(function()
    local _ <close> = setmetatable({}, { __close = function() ended = "ended" end })
    lure.sleep(1e6)
  end)
  lure.sleep(0)
  return tostring(task:cancel()) .. tostring(ended) .. tostring(task:join())
end

--- The first steps' acknowledgements have been called, or one of them has failed.
local function delivered()
  for _ = 1, 1000 do
    if acknowledged == 2 then return "acknowledged" end
    lure.sleep(0.005)
  end
  error "not acknowledged"
end

local steps = { cursor, kept, joined, cancelled, delivered }

return { name = "scarce", id = 999, version = "0.1.0", event_source = "scarce", batch = { events = 2 },
  produce = function(_, emit)
    for number, step in ipairs(steps) do
      local worked, result = pcall(step)
      local text = number .. " " .. (worked and "" or "failed: ") .. tostring(result)
      emit(text, lure.now(), number > 2 and "step " .. number or function() acknowledged = acknowledged + 1 end)
    end
  end }
