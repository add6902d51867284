-- origins: processes that were started from a directory for temporary files, or by one that was, in the kernel's events.
local lure = require "lure"
local threads = lure.table("threads", { fields = { exe_path = "string", ptid = "int64" } })

local function is_temporary(path)
  return path:find "^/tmp/" or path:find "^/var/tmp/" or path:find "^/dev/shm/" or path:find "^memfd:"
end

return {
  name = "origins", version = "0.1.0", description = "Processes from temporary files", contact = "you@example.org",
  extract_event_sources = { "syscall" },
  fields = {
    { name = "origins.temporary", type = "string", desc = "The program of the process or its nearest ancestor from /tmp",
      extract = function(_, _, event)
        local thread = threads:get(event.tid)
        for _ = 1, 64 do                              -- more ancestors than processes have, in case they form a ring
          if not thread then return nil end
          if is_temporary(thread.exe_path) then return thread.exe_path end
          thread = threads:get(thread.ptid)
        end
      end },
  },
}
