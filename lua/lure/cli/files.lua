-- files: read and written whole.

local process = require "lure.process"
local stop = require "lure.cli.stop"

local files = {}

-- The text of a file; nil and "PATH: why not".
function files.read(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, problem = file:read("a")
  file:close()
  return text, problem and ("%s: %s"):format(path, problem)
end

-- The same of a regular file: any other, as a named pipe, might wait for somebody who writes.
function files.read_regular(path)
  if process.exists(path) and not process.is_file(path) then return nil, path .. ": is no regular file" end
  return files.read(path)
end

-- Makes a file, or ends the command.
function files.write(path, text)
  local file, message = io.open(path, "wb")
  if not file then stop.failed("%s", message) end
  local written, problem = file:write(text)
  local closed, late_problem = file:close()
  if not (written and closed) then stop.failed("%s: %s", path, problem or late_problem) end
end

return files
