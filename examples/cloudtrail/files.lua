-- cloudtrail.files: CloudTrail's logs in a file, or in a folder and all below it, by their names.
local lure = require "lure"
local records = require "cloudtrail.records"

local files = {}
files.__index = files

--- Adds the logs at a path to a list. A folder that a link leads back to is not entered again.
local function find(path, list, entered)
  local about = lure.file.stat(path)
  if not about then return end
  if about.type ~= "directory" then
    if records.are_in(path) then list[#list + 1] = path end
    return
  end
  local identity = ("%s:%s"):format(about.device, about.inode)
  local names = assert(lure.file.list(path))
  table.sort(names)
  if entered[identity] then return end
  entered[identity] = true
  for _, name in ipairs(names) do find(path:gsub("/*$", "/") .. name, list, entered) end
end

--- The content of a file, and whether it is still packed. The safe sandbox has no io, but lines of up to 16 MiB.
local function read(path)
  if io then
    local file <close> = assert(io.open(path, "rb"))
    return assert(file:read "a"), select(2, records.are_in(path))
  end
  local lines = {}
  for line in lure.file.lines(path, { max_line = 16 << 20 }) do lines[#lines + 1] = line end
  return table.concat(lines, "\n"), false
end

--- Opens a file or a folder.
function files.open(path)
  if path == "" then error "expected a file or a folder with CloudTrail's logs, s3://BUCKET or sqs://QUEUE, got nothing" end
  assert(lure.file.stat(path))
  local source = setmetatable({ paths = {}, done = 0 }, files)
  find(path, source.paths, {})
  if #source.paths == 0 then error(("%s: expected files named *.json or *.json.gz, found none"):format(path)) end
  return source
end

--- The events of the next file that has any; nil at the end.
function files:next()
  while self.done < #self.paths do
    self.done = self.done + 1
    local path = self.paths[self.done]
    local list, problem = records.of(read(path))
    if problem then lure.log.error("%s: %s; going on with the next file", path, problem) end
    if list and #list > 0 then return list end
  end
end

--- How much of it was read.
function files:progress()
  local share = self.done / #self.paths
  return share, ("%.2f%% - %d/%d files"):format(100 * share, self.done, #self.paths)
end

return files
