-- lua5.4 bench/report.lua RESULTS JSON SVG
-- Prints what bench/host and bench/sinsp measured as a table, and writes it as JSON and as a chart ("": not).
--
-- RESULTS has a line for each case and round, with tabs between: name, unit, ours, the floor's, that of stock Lua (0:
-- not measured), limit (0: none), what the limit is against ("floor", "lua", a case, or "itself": an amount). Of
-- a case's rounds the one counts in which all took least: the machine was quiet then. The unit "throughput" means
-- nanoseconds of which the ratio is that of events a second: at least its limit, where others are at most theirs.

local results_path, json_path, svg_path = ...

local function read_row(line)
  local name, unit, ours, floor, lua, limit, against =
    line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
  local row = { name = name, unit = unit, ours = tonumber(ours), floor = tonumber(floor), against = against }
  row.lua = tonumber(lua) > 0 and tonumber(lua) or nil
  row.limit = tonumber(limit) > 0 and tonumber(limit) or nil
  row.ratio = unit == "throughput" and row.floor / row.ours or row.ours / row.floor
  row.lua_ratio = row.lua and row.ours / row.lua
  row.sum = row.ours + row.floor + (row.lua or 0)
  return row
end

local function read_results(path)
  local rows = {}
  for line in io.lines(path) do
    local row = read_row(line)
    local earlier = rows[row.name]
    row.place = earlier and earlier.place or #rows + 1
    if not earlier or row.sum < earlier.sum then
      rows[row.place], rows[row.name] = row, row
    end
  end
  return rows
end

--- What the limit is about. Of two cases: ours over ours, each beside what its floor took meanwhile, which is the same
--- work for both. nil where the other case was not measured.
local function limited_ratio(rows, row)
  if row.against == "floor" then return row.ratio end
  if row.against == "lua" then return row.lua_ratio end
  if row.against == "itself" then return row.ours end
  local other = rows[row.against]
  return other and row.ratio / other.ratio
end

local function judge(rows)
  for _, row in ipairs(rows) do
    local at_least = row.unit == "throughput"
    row.sign = at_least and ">=" or "<="
    row.limited = row.limit and limited_ratio(rows, row)
    if row.limited then
      row.met = row.limited == row.limit or at_least == (row.limited > row.limit)
    end
  end
end

local function amount(row, value)
  if row.unit == "bytes" then return ("%.1f MiB"):format(value / (1 << 20)) end
  if row.unit == "percent" then return ("%.2f %%"):format(value) end
  if value >= 1e6 then return ("%.2f ms"):format(value / 1e6) end
  return ("%.1f ns"):format(value)
end

local function limit_of(row)
  if not row.limited then return "" end
  local limit = row.sign .. " " .. (row.against == "itself" and amount(row, row.limit) or ("%g"):format(row.limit))
  if row.against == "lua" then
    limit = limit .. " x lua"
  elseif row.against ~= "floor" and row.against ~= "itself" then
    limit = ("%.2f x %s (%s)"):format(row.limited, row.against, limit)
  end
  return limit .. (row.met and "" or "  MISSED")
end

local function print_table(rows)
  local format = "%-20s %13s %13s %7s %11s %7s  %s"
  local lines = { format:format("case", "lure", "floor", "ratio", "lua", "ratio", "limit") }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = format:format(row.name, amount(row, row.ours), amount(row, row.floor),
      ("%.2f"):format(row.ratio), row.lua and amount(row, row.lua) or "",
      row.lua and ("%.2f"):format(row.lua_ratio) or "", limit_of(row))
  end
  for _, line in ipairs(lines) do print((line:gsub("%s+$", ""))) end
  if rows.host_example or rows.host_five_conditions then
    print("host_*: in libsinsp; the ratio is that of events a second")
  end
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local function json_item(row)
  local unit = (row.unit == "bytes" or row.unit == "percent") and row.unit or "ns"
  local digits = unit == "percent" and 4 or 1
  local format = ('"case": "%s", "%s": %.*f, "floor_%s": %.*f, "ratio": %.3f'):gsub("%*", digits)
  local parts = { format:format(row.name, unit, row.ours, unit, row.floor, row.ratio) }
  if row.lua then parts[#parts + 1] = ('"lua_ns": %.1f, "lua_ratio": %.3f'):format(row.lua, row.lua_ratio) end
  if row.limited then
    parts[#parts + 1] = ('"limit": {"%s": %g, "against": "%s", "is": %.3f, "met": %s}'):format(
      row.sign == ">=" and "at_least" or "at_most", row.limit, row.against, row.limited, row.met)
  end
  return "  {" .. table.concat(parts, ", ") .. "}"
end

local function json_of(rows)
  local items = {}
  for i, row in ipairs(rows) do items[i] = json_item(row) end
  return "[\n" .. table.concat(items, ",\n") .. "\n]\n"
end

-- The chart: cases with a limit, a bar for the ratio that it is about, a line for the limit.

local ROW, LEFT, WIDTH, TOP = 30, 190, 400, 64

local function unit_of(row)
  if row.unit == "throughput" then return "of its events a second" end
  if row.against == "floor" then return "times the floor" end
  return row.against == "lua" and "times bare Lua" or "times " .. row.against
end

local function bar(row, y, scale)
  local length = math.max(1, math.min(row.limited * scale, WIDTH))
  local at = LEFT + row.limit * scale
  return ([[
  <text x="%d" y="%d" text-anchor="end">%s</text>
  <rect x="%d" y="%d" width="%.1f" height="16" fill="#3b6ea5"/>
  <line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#b4451f" stroke-width="2"/>
  <text x="%d" y="%d">%.2f %s (%.0f ns)%s</text>
]]):format(LEFT - 10, y + 13, row.name, LEFT, y, length, at, y - 4, at, y + 20, LEFT + WIDTH + 12, y + 13, row.limited,
    unit_of(row), row.ours, row.met and "" or ", missed")
end

local function svg_of(rows)
  local shown, most = {}, 1
  for _, row in ipairs(rows) do
    if row.limited and row.against ~= "itself" then
      shown[#shown + 1] = row
      most = math.max(most, row.limit, row.limited)
    end
  end
  local height = TOP + #shown * ROW + 16
  local parts = { ([[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 %d" font-family="sans-serif" font-size="14">
  <title>What lure costs, in multiples of a plugin in C, or of bare Lua</title>
  <rect width="960" height="%d" fill="#ffffff"/>
  <g fill="#22303c">
  <text x="%d" y="24" font-size="16">What lure costs, in multiples of C (for JSON: of jsmn), or of bare Lua</text>
  <text x="%d" y="46">bar: measured; red line: the limit; host_*: events a second in libsinsp, at least</text>
]]):format(height, height, LEFT, LEFT) }
  for i, row in ipairs(shown) do
    parts[#parts + 1] = bar(row, TOP + (i - 1) * ROW, WIDTH / most)
  end
  parts[#parts + 1] = "  </g>\n</svg>\n"
  return table.concat(parts)
end

local rows = read_results(results_path)
judge(rows)
print_table(rows)
if json_path ~= "" then write(json_path, json_of(rows)) end
if svg_path ~= "" then write(svg_path, svg_of(rows)) end
