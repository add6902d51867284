-- outfile: files that appear whole, or not at all.
--
-- A file is written under a temporary name in the directory where it is to be, and renamed when all of it is on the
-- disk. Whatever happens before, a full disk or a signal, leaves what was there, and nothing else (see
-- src/cli/tempfiles.h). Nothing is written through a link, nor to a device.
--
--   local file = outfile.create(path, { replaces = true, executable = true, ending = ".so" })
--   file:write(text)            as often as wanted; file:flush() too
--   file:complete()             all is on the disk, under the temporary name file.part
--   file:finish()               it is at its path; completes it first
--   file:drop()                 in place of that: there is nothing
--   outfile.write(path, text, options)   all of these; outfile.write_all of several
--   outfile.finish_all(files)   all of them are there, or, when a signal comes, none
--   outfile.temporary(text, ending)      a file in the directory for temporary files, completed, to be dropped
--   outfile.directory(path)        a directory that is filled under directory.part; finish and drop as a file's
--   outfile.check(path, replaces, refuse)
--                               calls refuse(text) where the path is taken: what is there stays, unless it
--                               `replaces` a regular file
--
-- What fails ends the command, with "PATH: reason".

local system = require "lure.system"
local stop = require "lure.cli.stop"
local tempfiles = require "lure.tempfiles"

local outfile = {}

-- In the directory where `path` is.
local function temporary_name(path, ending)
  return (system.absolute(path):match("^.*/") or "./") .. tempfiles.new_name() .. (ending or "")
end

function outfile.check(path, replaces, refuse)
  local kind = system.kind(path)
  if not kind then return end
  if kind ~= "file" then
    local called = ({ directory = "a directory", link = "a link" })[kind] or "no regular file"
    refuse(("%s is %s, and is left as it is"):format(path, called))
  elseif not replaces then
    refuse(("%s exists, and is left as it is"):format(path))
  end
end

-- ---- both kinds ----

local function fail(self, message)
  self:drop()
  stop.failed("%s: %s", self.path, (message:gsub("^.*: ", "")))
end

local function drop(self)
  if self.file then self.file:close() end
  self.file = nil
  if not self.is_over then tempfiles.remove(self.part) end
  self.is_over = true
end

local function publish(self, replaces)
  outfile.check(self.path, replaces, function(message)
    self:drop()
    stop.failed("%s", message)
  end)
  local done, message = tempfiles.publish(self.part, system.absolute(self.path), replaces)
  if not done then fail(self, message) end
  self.is_over = true
end

-- ---- a file ----

local File = { drop = drop }
File.__index = File

function outfile.create(path, options)
  options = options or {}
  local self = setmetatable({ path = path, options = options, part = temporary_name(path, options.ending) }, File)
  local file, message = tempfiles.create(self.part)
  if not file then
    self.is_over = true
    fail(self, message)
  end
  self.file = file
  return self
end

function File:write(...)
  local done, message = self.file:write(...)
  if not done then fail(self, message) end
end

function File:flush()
  local done, message = self.file:flush()
  if not done then fail(self, message) end
end

function File:complete()
  if not self.file then return end
  local like = self.options.replaces and system.absolute(self.path) or nil
  local done, message = tempfiles.complete(self.file, like, self.options.executable)
  if not done then fail(self, message) end
  local file = self.file
  self.file = nil
  done, message = file:close()
  if not done then fail(self, message) end
end

function File:finish()
  self:complete()
  publish(self, self.options.replaces)
end

function outfile.write(path, text, options)
  local file = outfile.create(path, options)
  file:write(text)
  file:finish()
end

-- Finishes several: a signal comes before the first of them, or behind the last.
function outfile.finish_all(files)
  for _, file in ipairs(files) do file:complete() end
  tempfiles.hold_signals(true)
  local done, problem = pcall(function()
    for _, file in ipairs(files) do file:finish() end
  end)
  tempfiles.hold_signals(false)
  if not done then error(problem, 0) end
end

-- Writes several, { { path, text } }: none is there before all are on the disk.
function outfile.write_all(list)
  local made = {}
  for i, entry in ipairs(list) do
    made[i] = outfile.create(entry[1])
    made[i]:write(entry[2])
  end
  outfile.finish_all(made)
end

function outfile.temporary(text, ending)
  local directory = os.getenv("TMPDIR") or ""
  local file = outfile.create((directory:find("^/") and directory or "/tmp") .. "/", { ending = ending })
  file:write(text)
  file:complete()
  return file
end

-- ---- a directory ----

local Directory = {}
Directory.__index = Directory

function outfile.directory(path)
  local self = setmetatable({ path = path, part = temporary_name(path), made = {} }, Directory)
  local done, message = tempfiles.make_directory(self.part)
  if not done then
    self.is_over = true
    fail(self, message)
  end
  return self
end

-- Makes a directory in it.
function Directory:make_directory(name)
  local path = self.part .. "/" .. name
  local done, message = tempfiles.make_directory(path)
  if not done then fail(self, message) end
  table.insert(self.made, path)
end

function Directory:write(name, text)
  local path = self.part .. "/" .. name
  local file, message = tempfiles.create(path)
  if not file then fail(self, message) end
  table.insert(self.made, path)
  local done
  done, message = file:write(text)
  if done then done, message = tempfiles.complete(file) end
  local closed, late_message = file:close()
  if not (done and closed) then fail(self, message or late_message) end
end

function Directory:drop()
  for i = #self.made, 1, -1 do tempfiles.remove(self.made[i]) end
  drop(self)
end

function Directory:finish() publish(self, false) end

return outfile
