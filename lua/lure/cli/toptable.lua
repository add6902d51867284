-- toptable: what `lure run --top` shows, as lines.
--
--   toptable.lines(shown, columns, rows, colours)
--
-- `shown` has
--   name, events, rate (a second), errors, lag (seconds, or nil), seconds (since the beginning)
--   progress   a text, or nil
--   rules      a list of { name =, count = }, most frequent first, or nil: there are none
--   fields     a list of { name =, errors =, values = topvalues }
--   problem    the last line that was logged, or nil
-- `rows` may be math.huge. `colours` has `bold`, `wrong` and `plain`, each perhaps "".

local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local toptable = {}

local WIDEST_NAME <const> = 32
local MOST_VALUES <const> = 10
local NUMBERS <const> = "%9s %7s %7s %9s %7s  " -- as the head of the table has them

-- One line of text without tabs, which would move what follows.
local function plain(value) return (terminal.escaped(value):gsub("\t", " ")) end

-- Cut, or filled with spaces.
local function padded(value, width)
  local cut = text.cut(value, width)
  return cut .. (" "):rep(width - utf8.len(cut))
end

local function duration(seconds)
  local whole = math.floor(seconds)
  return ("%02d:%02d:%02d"):format(whole // 3600, whole // 60 % 60, whole % 60)
end

-- "0.2 s", "7 min", "3 h", "2 d"
local function age(seconds)
  if seconds < 100 then return ("%.1f s"):format(math.max(seconds, 0)) end
  if seconds < 7200 then return ("%d min"):format(seconds // 60) end
  if seconds < 172800 then return ("%d h"):format(seconds // 3600) end
  return ("%d d"):format(seconds // 86400)
end

local function head(shown)
  return ("%s  %s  %.0f/s  %s  lag %s  %s"):format(plain(shown.name), text.count(shown.events, "event"), shown.rate,
    text.count(shown.errors, "error"), shown.lag and age(shown.lag) or "-", duration(shown.seconds))
end

local function share(count, total) return ("%.1f %%"):format(total > 0 and count / total * 100 or 0) end

-- The lines of a field: its name and numbers before the first value, and the others below.
local function field_lines(field, width, count)
  local values = field.values
  local most = values:most(count)
  local about = values.floor > 0 and "~" or "" -- some were forgotten
  local lines = {}
  for i = 1, math.max(#most, 1) do
    local value = most[i]
    local first = i == 1
    lines[i] = padded(first and plain(field.name) or "", width) .. NUMBERS:format(
      first and tostring(values.total) or "", first and (values.floor > 0 and ">" or "") .. values.distinct or "",
      first and field.errors > 0 and tostring(field.errors) or "",
      value and about .. value.count or "", value and share(value.count, values.total) or "")
      .. (value and plain(value.text) or "")
  end
  return lines
end

local function name_width(fields)
  local width = #"FIELD"
  for _, field in ipairs(fields) do width = math.max(width, utf8.len(plain(field.name))) end
  return math.min(width, WIDEST_NAME)
end

-- Fields in so many rows: each as many values as all can have.
local function add_fields(lines, fields, rows, paint)
  if #fields == 0 or rows < 2 then return end
  local width = name_width(fields)
  local numbers = NUMBERS:format("EVENTS", "VALUES", "ERRORS", "COUNT", "SHARE")
  lines[#lines + 1] = paint(padded("FIELD", width) .. numbers .. "VALUE")
  rows = rows - 1
  local shown = #fields
  if shown > rows then shown = rows - 1 end -- one says how many are missing
  local each = math.max(1, math.min(MOST_VALUES, rows // math.max(shown, 1)))
  for i = 1, shown do
    for _, line in ipairs(field_lines(fields[i], width, each)) do lines[#lines + 1] = line end
  end
  if shown < #fields then lines[#lines + 1] = ("and %d more fields; -p says which to show"):format(#fields - shown) end
end

-- Rules in at most so many rows.
local function add_rules(lines, rules, rows, paint)
  if rows < 3 then return end
  lines[#lines + 1] = paint(("%9s  RULE"):format "ALERTS")
  for i = 1, math.min(#rules, rows - 2) do
    lines[#lines + 1] = ("%9d  %s"):format(rules[i].count, plain(rules[i].name))
  end
  lines[#lines + 1] = ""
end

function toptable.lines(shown, columns, rows, colours)
  local emphasised = {}
  local lines = {}
  local function paint(line)
    emphasised[line] = colours.bold
    return line
  end
  lines[1] = paint(head(shown))
  if shown.progress then lines[#lines + 1] = plain(shown.progress) end
  if shown.problem then
    lines[#lines + 1] = plain(shown.problem)
    emphasised[lines[#lines]] = colours.wrong
  end
  lines[#lines + 1] = ""
  if shown.rules then add_rules(lines, shown.rules, (rows - #lines) // (#shown.fields > 0 and 2 or 1), paint) end
  add_fields(lines, shown.fields, rows - #lines, paint)
  for i, line in ipairs(lines) do
    local cut = text.cut(line, columns)
    lines[i] = emphasised[line] and emphasised[line] .. cut .. colours.plain or cut
  end
  return table.move(lines, 1, math.min(#lines, rows), 1, {})
end

return toptable
