-- opens: how many files each thread has opened, and how often each file was opened.
--
-- Parses events of the kernel, adds a field to the host's threads, and offers a table of its own.
local lure = require "lure"

local threads = lure.table("threads", { fields = { comm = "string", ["opens.count"] = "uint64" } })
local files = lure.table "opened_files"

local plugin = {
  name = "opens",
  version = "0.1.0",
  description = "Counts the files that threads open",
  contact = "lure",
  parse_event_sources = { "syscall" },
  parse_event_types = { "open", "openat", "openat2" },
  extract_event_sources = { "syscall" },
  tables = {
    opened_files = { key = "string", fields = { count = "uint64", last = "string" } },
  },
}

function plugin.parse(event)
  local fd, name, thread = event.param.fd, event.param.name, threads:get(event.tid)
  if not fd or fd < 0 or not name then return end
  if thread then thread["opens.count"] = thread["opens.count"] + 1 end
  local file = files:get(name) or files:add(name)
  file.count = file.count + 1
  file.last = thread and thread.comm or ""
end

plugin.fields = {
  {
    name = "opens.count", type = "uint64", desc = "Files that the event's thread has opened",
    extract = function(_, _, event)
      local thread = threads:get(event.tid)
      return thread and thread["opens.count"]
    end,
  },
  {
    name = "opens.file", type = "uint64", desc = "How often a file was opened",
    arg = { key = true, required = true },
    extract = function(_, name)
      local file = files:get(name)
      return file and file.count or 0
    end,
  },
}

return plugin
