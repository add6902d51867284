-- Every function of lure.host, with a plugin that answers anything: each returns, or throws an error with a text.
local options = ...
local host = require "lure.host"
local input = require "input"

--- Calls a function of lure.host; what it throws has to be a text. Returns its results, or nothing.
local function try(f, ...)
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  assert(type(results[2]) == "string", results[2])
  host.is_broken(results[2])
end

local FIELDS = { "h.s", "h.s[key]", "h.s[3]", "h.l", "h.a", "h.b", "h.b[x]", "no.such", "h.s[", "h.l[1]" }

local function read_event(event)
  for _, key in ipairs { "data", "size", "ts", "num", "tid", "type", "plugin_id", "source" } do local _ = event[key] end
  return event:copy {}
end

--- Calls of a state. Each gets the state, an event and an instance, of which there may be none.
local STEPS = {
  function(_, _, instance)
    local _, events = try(instance.next_batch, instance)
    for _, event in ipairs(events or {}) do try(read_event, event) end
    return events and events[1]
  end,
  function(state, event)
    try(state.extract, state, event, input.pick(FIELDS), { offsets = input.once_in(2), unasked = true })
  end,
  function(state, event) try(state.extract, state, event, { input.pick(FIELDS), input.pick(FIELDS) }) end,
  function(state, event)
    local pointer = try(state.extract_raw, state, event, input.pick(FIELDS))
    if pointer then try(pointer.read, pointer) end
  end,
  function(state, event) try(state.to_string, state, event) end,
  function(state, event) try(state.parse, state, event, { unasked = true }) end,
  function(state) try(state.metrics, state) end,
  function(state) try(state.open_params, state) end,
  function(state) try(state.set_config, state, input.pick { "", "{}", "x" }) end,
  function(state) try(state.async_open, state) try(state.async_events, state) end,
  function(state) try(state.async_close, state) end,
  function(state) try(state.dump_state, state) end,
  function(state) try(state.capture_open, state) end,
  function(state) try(state.capture_close, state) end,
  function(state) try(state.kernel_open, state) end,
  function(state) try(state.log, state) try(state.last_error, state) end,
  function(state) try(state.extract_event_types, state) try(state.parse_event_types, state) end,
  function(_, _, instance) try(instance.progress, instance) end,
  function(_, _, instance) try(instance.close, instance) end,
}

local function drive(library)
  local inspector = host.inspector()
  inspector:table("threads"):add(7, { comm = "x" })
  local state = try(library.init, library, input.pick { "", "{}", "x" }, { inspector = inspector })
  if not state then return end
  local instance = try(state.open, state, input.pick { "", "x" })
  local event = host.event { data = "payload", num = 1 }
  for _ = 1, 40 do
    local made = input.pick(STEPS)(state, event, instance or {})
    event = made or event
    if input.left() <= 0 then break end
  end
  try(state.destroy, state)
  try(inspector.tables, inspector)
end

return function(bytes)
  input.begin(bytes)
  local size = input.below(256)
  options.feed(input.bytes(#bytes - size))
  local library = try(host.load, options.library,
    { minor = input.below(13), lazy = input.once_in(2), log_to_stderr = input.once_in(4) })
  if library then
    try(library.info, library)
    drive(library)
  end
end
