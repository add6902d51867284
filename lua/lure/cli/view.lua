-- view: an event as it is shown, with what the plugins that know it say of it.
--
--   local view = view.new { state = …, source = "name" }
--
-- `state` is the script's; `source_state` that of the plugin whose event it is, if another one;
-- `plugin` and `plugin_id` are what the plugin is called whose event it is, and its number;
-- `speaks`: the state has a text for events; `before`: how many async events were shown before.
-- An async event has a view of its own, with `async = { name =, data = }`.
-- An event of the kernel has `kernel = { code =, symbol =, … }`, its row of lure.eventtypes, and `captured`, what
-- lua/lure/capture/events.lua says of it, as all events of a capture; `text_state` is that of the plugin whose event it
-- is, and `state` is nil where no plugin knows the event. `threads` (threads.lua) are the processes that are known.

local lazily = require "lure.cli.lazily"

local kerneltext = lazily "lure.cli.kerneltext"

local View = {}
View.__index = View

local view = {}

function view.new(view_of) return setmetatable(view_of, View) end

-- The same for an async event.
function View:of_async(name, data)
  return view.new { state = self.state, source_state = self.source_state, source = self.source,
    plugin = self.plugin, plugin_id = self.plugin_id, async = { name = name, data = data } }
end

function View:num(event) return event.num + (self.before or 0) end

-- The payload; nil: it is an event of the kernel.
function View:data(event)
  if self.kernel then return nil end
  return self.async and self.async.data or event.data
end

-- The name of the event source; nil: it has none.
function View:source_of(event)
  if event.source == "" then return nil end
  return event.source or self.source
end

-- What hosts show of an event as a whole: what the plugin says, or the payload.
function View:text(event)
  if self.async then return self.async.data end
  if self.kernel then return (self.kernel.name .. " " .. kerneltext.all(self)):gsub(" $", "") end
  if self.captured then return self.text_state and self.text_state:to_string(event) or event.data end
  if self.source_state then return self.source_state:to_string(event) end
  return self.speaks and self.state:to_string(event) or event.data
end

-- Whether a plugin has said, or would say, that text.
function View:has_text() return not self.captured or self.text_state ~= nil end

return view
