-- files: read whole, if they are regular files and not too large. outfile.lua writes them.

local system = require "lure.system"

local files = {}

local MOST = 64 << 20
local AT_ONCE = 1 << 16

-- What somebody else has opened for us may be a pipe: `--config @<(command)`.
local function opened(path)
  if path == "/dev/stdin" or path:find "^/dev/fd/%d+$" then return io.open(path, "rb") end
  return system.open_regular(path)
end

-- The text of a file; nil and "PATH: why not".
function files.read(path)
  local file <close>, message = opened(path)
  if not file then return nil, message end
  local parts, length = {}, 0
  while true do
    local part, problem = file:read(AT_ONCE)
    length = length + #(part or "")
    if length > MOST then problem = ("has more than %d MiB"):format(MOST >> 20) end
    if problem then return nil, ("%s: %s"):format(path, problem) end
    if not part then return table.concat(parts) end
    parts[#parts + 1] = part
  end
end

return files
