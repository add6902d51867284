-- yaml: files of rules as trees of values that know where they stand.
--
--   local file, problem = yaml.read("k8s_rules.yaml")
--   file.name                            the last part of its path
--   file.documents                       a list of values
--   yaml.line_at(value, 17)              the line that the 17th byte of a text stands in
--
-- A value has its `file` and `line`, and
--
--   of a text    text, column, quoted (true, also where it is a block, or nil)
--   of a list    list
--   of a map     keys, a list, as they came; values, by key: of equal keys the first counts, as in yaml-cpp
--   of null      nothing else
--
-- nil: the file cannot be read, and why.

local host = require "lure.host"
local files = require "lure.cli.files"
local json = require "lure.cli.json"
local library = require "lure.cli.library"

local yaml = {}

-- ---- what lure_settings.h has of a file ----

local read_value

-- So many values from `at` on, and the place behind them.
local function read_list(text, at, count, file)
  local list = {}
  for i = 1, count do list[i], at = read_value(text, at, file) end
  return list, at
end

-- A text that is so long, and the place behind its line.
local function read_text(text, at, length) return text:sub(at, at + length - 1), at + length + 1 end

local readers = {}

function readers.n(_, at) return at + 1 end

function readers.t(value, at, text)
  local column, quoted, length, behind = text:match("^ (%d+) (%d) (%d+)\n()", at)
  value.column, value.quoted = math.tointeger(column), quoted == "1" or nil
  value.text, behind = read_text(text, behind, math.tointeger(length))
  return behind
end

function readers.l(value, at, text)
  local count, behind = text:match("^ (%d+)\n()", at)
  value.list, behind = read_list(text, behind, math.tointeger(count), value.file)
  return behind
end

function readers.m(value, at, text)
  local count, behind = text:match("^ (%d+)\n()", at)
  local keys, members = {}, {}
  for i = 1, math.tointeger(count) do
    local length, key, member
    length, behind = text:match("^k (%d+)\n()", behind)
    key, behind = read_text(text, behind, math.tointeger(length))
    member, behind = read_value(text, behind, value.file)
    keys[i], members[key] = key, members[key] or member
  end
  value.keys, value.values = keys, members
  return behind
end

function read_value(text, at, file)
  local kind, line, behind = text:match("^(%l) (%d+)()", at)
  local value = { file = file, line = math.tointeger(line) }
  return value, readers[kind](value, behind, text)
end
function yaml.read(path)
  local content, message = files.read(path)
  if not content then return nil, message end
  local nul = content:find("\0", 1, true)
  if nul then -- libyaml would take it for the end of the file
    local _, before = content:sub(1, nul):gsub("\n", "")
    return nil, ("%s:%d: not read: has a NUL byte, which no file of rules has"):format(path, before + 1)
  end
  local answer, failed = host.settings(library.path(3), "rules", path)
  if not answer then return nil, failed end
  local count, behind = answer:match("^d (%d+)\n()")
  if not count then return nil, json.text((json.member(answer, "problem"))) end
  local file = { path = path, name = path:match("[^/]*$"), content = content }
  file.documents = read_list(answer, behind, math.tointeger(count), file)
  return file
end

-- ---- where something stands in a text ----

local function lines_of(file)
  if not file.lines then
    file.lines = {}
    for line in (file.content .. "\n"):gmatch("([^\n]*)\n") do file.lines[#file.lines + 1] = line end
  end
  return file.lines
end

-- The place where a text begins in its first line, behind what stands in front of a block.
local function start_of(value, line)
  local at = utf8.len(line) and utf8.offset(line, value.column + 1) or value.column + 1
  local rest = line:sub(at or 1)
  if rest:find "^[|>]" then return #line + 1 end
  return at or 1
end

-- Texts lie over several lines with their white space changed, and nothing else: so what is no white space is counted.
function yaml.line_at(value, at)
  local lines, wanted = lines_of(value.file), #value.text:sub(1, at):gsub("%s+", "")
  local number, line = value.line, lines[value.line] or ""
  local from = start_of(value, line)
  while true do
    wanted = wanted - #line:sub(from):gsub("%s+", "")
    if wanted <= 0 or not lines[number + 1] then return number end
    number, from = number + 1, 1
    line = lines[number]
  end
end

return yaml
