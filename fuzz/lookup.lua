-- Files that lure.file.lookup reads, against a reader that goes byte by byte.
--
-- The first byte says how the file is read: by lines, as CSV by its first column, or by the column "k".
local options = ...
local host = require "lure.host"

local SCRIPT = [[local lure = require "lure"
local function hex(text) return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) end
local function show(row)
  if type(row) ~= "table" then return tostring(row) end
  local parts = {}
  for name, value in pairs(row) do parts[#parts + 1] = hex(name) .. "=" .. hex(value) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end
return { name = "x", version = "0.1.0", extract_event_sources = { "x" }, fields = { {
  name = "x.y", type = "string", desc = "-",
  extract = function(value)
    local path, format, key, names = value:match "^(%S+) (%S+) (%S*) (.*)$"
    local good, lookup = pcall(lure.file.lookup, path, { format = format, key = key ~= "" and key or nil })
    if not good then return "error: " .. hex(lookup) end
    local texts = { tostring(lookup:count()) }
    for name in names:gmatch "%S+" do
      name = name:sub(2):gsub("..", function(digits) return string.char(tonumber(digits, 16)) end)
      texts[#texts + 1] = show(lookup:get(name))
    end
    return table.concat(texts, " ")
  end } } }]]

local function hex(text) return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)) end

local path = options.directory .. "/copy.so" -- scratch.h removes it
local state, number = nil, 0

local function start()
  local file = assert(io.open(options.directory .. "/script.lua", "w"))
  file:write(SCRIPT)
  file:close()
  local library = assert(host.load(options.library, { env = { LURE_SCRIPT = options.directory .. "/script.lua" } }))
  return assert(library:init "")
end

local function read_lines(text)
  local rows = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "([^\n]*)\n" do
    line = line:gsub("\r$", "")
    if line ~= "" and line:sub(1, 1) ~= "#" then rows[line] = "true" end
  end
  return rows
end

--- The value at `at`, whether it is the last of its record, and where the next one begins. nil: it is broken.
local function read_value(text, at)
  local value = ""
  if text:sub(at, at) == '"' then
    repeat
      local part, quotes = text:match('^([^"]*)("+)', at + 1)
      if not part then return nil end
      value, at = value .. part .. ('"'):rep(#quotes // 2), at + #part + #quotes
    until #quotes % 2 == 1
    at = at + 1
  else
    value = text:match("^[^,\r\n]*", at)
    at = at + #value
  end
  local behind = text:match("^\r\n", at) or text:sub(at, at)
  if behind ~= "" and not behind:find "^[,\r\n]" then return nil end
  return value, behind ~= ",", at + math.max(1, #behind)
end

local function read_record(text, at)
  local values, last = {}, false
  while not last do
    values[#values + 1], last, at = read_value(text, at)
    if last == nil then return nil end
  end
  return values, at
end

--- Rows by key; nil: the file is broken.
local function read_csv(text, key)
  local columns, at = read_record(text, text:match "^[\r\n]*()") -- names may stand behind empty lines
  if not columns then return nil end
  local place = not key and 1 or nil
  for i = #columns, 1, -1 do place = columns[i] == key and i or place end
  if not place then return nil end
  local rows = {}
  while at <= #text do
    local values
    local behind = text:match("^\r?\n()", at) or text:match("^\r()", at) -- an empty line
    if behind then
      at = behind
    else
      values, at = read_record(text, at)
      if not values or #values > #columns then return nil end
      if not values[place] then return nil end
      local row, parts = {}, {}
      for i, value in ipairs(values) do row[columns[i]] = value end
      for name, value in pairs(row) do parts[#parts + 1] = hex(name) .. "=" .. hex(value) end
      table.sort(parts)
      rows[values[place]] = "{" .. table.concat(parts, ",") .. "}"
    end
  end
  return rows
end

return function(bytes)
  state = state or start()
  number = number + 1
  local kind, text = (bytes:byte(1) or 0) % 3, bytes:sub(2)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local rows
  local body = text:gsub("^\xEF\xBB\xBF", "") -- a byte order mark
  if kind == 0 then rows = read_lines(body) else rows = read_csv(body, kind == 2 and "k" or nil) end
  local names, expected, count = {}, {}, 0
  for name, row in pairs(rows or {}) do
    count = count + 1
    names[count], expected[count] = "x" .. hex(name), row
  end
  local format, key = kind == 0 and "lines" or "csv", kind == 2 and "k" or ""
  local question = ("%s %s %s %s"):format(path, format, key, table.concat(names, " "))
  local got, message = state:extract(host.event { data = question, num = number, source = "x" }, "x.y")
  assert(got, message)
  if text:sub(1, 2) == "\x1f\x8b" then return end -- it may be packed
  if not rows then
    assert(got:find "^error: ", got)
  else
    local wanted = table.concat({ tostring(count), table.unpack(expected) }, " ")
    assert(got == wanted, ("%q: got %s, expected %s"):format(text, got, wanted))
  end
end
