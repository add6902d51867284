-- eventtypes: the values that evt.type may be compared with: libsinsp refuses others.
--
--   local problem = eventtypes.problem("opne", async_names)      a text; nil: there is such an event
--
-- These are the names of event types, of system calls that have no type of their own, and of plugins' async events
-- (`async_names`, a list).

local contains = require "lure.cli.contains"
local kernelfacts = require "lure.cli.kernelfacts"
local text = require "lure.cli.text"

local eventtypes = {}

local known, names

local function read_names()
  known, names = {}, {}
  for _, list in ipairs { kernelfacts.type_names(), kernelfacts.syscalls() } do
    for _, name in pairs(list) do known[name] = true end
  end
  for name in pairs(known) do names[#names + 1] = name end
  table.sort(names)
end

function eventtypes.problem(name, async_names)
  if not known then read_names() end
  if known[name] or contains(async_names, name) then return nil end
  local all = table.move(async_names, 1, #async_names, #names + 1, table.move(names, 1, #names, 1, {}))
  return ('there is no event "%s"%s'):format(name, text.suggestion(name, all))
end

return eventtypes
