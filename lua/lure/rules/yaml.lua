-- yaml: files of rules as trees of values that know where they stand.
--
--   local file, problem = yaml.read("k8s_rules.yaml")
--   file.name                            the last part of its path
--   file.documents                       a list of values
--   yaml.line_at(value, 17)              the line that the 17th byte of a text stands in
--
-- A value has its `file` and `line`, and
--
--   of a text    text, column, quoted (also where it is a block)
--   of a list    list
--   of a map     keys, a list, as they came; values, by key: of equal keys the first counts, as in yaml-cpp
--   of null      nothing else
--
-- nil: the file cannot be read, and why.

local host = require "lure.host"
local files = require "lure.cli.files"
local jsontree = require "lure.cli.jsontree"
local library = require "lure.cli.library"

local yaml = {}

local convert

local function convert_all(list, file)
  local values = {}
  for i, element in ipairs(list) do values[i] = convert(element.members, file) end
  return values
end

-- What lure_settings.h has of one value.
function convert(told, file)
  local value = { file = file, line = math.tointeger(told.line.number) }
  if told.text then
    value.text, value.column = told.text.text, math.tointeger(told.column.number)
    value.quoted = told.quoted.truth
  elseif told.list then
    value.list = convert_all(told.list.list, file)
  elseif told.keys then
    value.keys, value.values = {}, {}
    local all = convert_all(told.values.list, file)
    for i, key in ipairs(told.keys.list) do
      value.keys[i] = key.text
      value.values[key.text] = value.values[key.text] or all[i]
    end
  end
  return value
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
  local told = assert(jsontree.read(answer)).members
  if told.problem then return nil, told.problem.text end
  local file = { path = path, name = path:match("[^/]*$"), content = content }
  file.documents = convert_all(told.documents.list, file)
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
  local lines, wanted = lines_of(value.file), 0
  for _ in value.text:sub(1, at):gmatch("%S") do wanted = wanted + 1 end
  local number, line = value.line, lines[value.line] or ""
  local from = start_of(value, line)
  while true do
    for _ in line:sub(from):gmatch("%S") do wanted = wanted - 1 end
    if wanted <= 0 or not lines[number + 1] then return number end
    number, from = number + 1, 1
    line = lines[number]
  end
end

return yaml
