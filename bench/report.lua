-- lua5.4 bench/report.lua RESULTS JSON SVG
-- Prints what bench/host and bench/sinsp measured as a table, and writes it as JSON and as a chart ("": not).
--
-- RESULTS has a line for each case and round: name, unit, ours, the floor's, limit, with tabs between. Of a case's
-- rounds the one counts in which both took least: the machine was quiet then. The unit "throughput" means nanoseconds
-- of which the ratio is that of events a second: at least its limit, where others are at most theirs.

local results_path, json_path, svg_path = ...

local function read_results(path)
  local rows = {}
  for line in io.lines(path) do
    local name, unit, ours, floor, limit = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
    local row = { name = name, unit = unit, ours = tonumber(ours), floor = tonumber(floor), limit = tonumber(limit) }
    local at_least = unit == "throughput"
    row.ratio = at_least and row.floor / row.ours or row.ours / row.floor
    row.sign = at_least and ">=" or "<="
    row.met = row.limit == 0 or at_least and row.ratio >= row.limit or not at_least and row.ratio <= row.limit
    local earlier = rows[name]
    row.place = earlier and earlier.place or #rows + 1
    if not earlier or row.ours + row.floor < earlier.ours + earlier.floor then
      rows[row.place], rows[name] = row, row
    end
  end
  return rows
end

-- What is said about two cases together: ours over ours, each beside what its floor took meanwhile, which is the same
-- work for both.
local function add_relations(rows)
  local twelve, three = rows.json_paths_12, rows.json_paths_3
  if twelve and three then
    twelve.beside, twelve.beside_limit = twelve.ratio / three.ratio, 1.3
    twelve.met = twelve.beside <= twelve.beside_limit
  end
  local none, hundred = rows.unasked_0, rows.unasked_100
  if none and hundred then
    hundred.beside = hundred.ratio / none.ratio
  end
end

local function amount(row, value)
  if row.unit == "bytes" then return ("%.1f MiB"):format(value / (1 << 20)) end
  return ("%.1f ns"):format(value)
end

local function limit_of(row)
  local missed = row.met and "" or "  MISSED"
  if row.beside_limit then return ("%.2f x json_paths_3 (<= %g)%s"):format(row.beside, row.beside_limit, missed) end
  if row.limit == 0 then return "" end
  return ("%s %g%s"):format(row.sign, row.limit, missed)
end

local function print_table(rows)
  local format = "%-22s %14s %14s %8s  %s"
  local lines = { format:format("case", "lure", "floor", "ratio", "limit") }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = format:format(row.name, amount(row, row.ours), amount(row, row.floor),
      ("%.2f"):format(row.ratio), limit_of(row))
  end
  for _, line in ipairs(lines) do print((line:gsub("%s+$", ""))) end
  if rows.host_five_conditions then print("host_*: in libsinsp; the ratio is that of events a second") end
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local function json_of(rows)
  local items = {}
  for i, row in ipairs(rows) do
    local unit = row.unit == "bytes" and "bytes" or "ns"
    items[i] = ('  {"case": "%s", "%s": %.1f, "floor_%s": %.1f, "ratio": %.3f}'):format(row.name, unit, row.ours, unit,
      row.floor, row.ratio)
  end
  return "[\n" .. table.concat(items, ",\n") .. "\n]\n"
end

-- The chart: cases with a limit, a bar for the ratio, a line for the limit.

local ROW, LEFT, WIDTH, TOP = 30, 190, 480, 64

local function bar(row, y, scale)
  local length = math.max(1, math.min(row.ratio * scale, WIDTH))
  local at = LEFT + row.limit * scale
  return ([[
  <text x="%d" y="%d" text-anchor="end">%s</text>
  <rect x="%d" y="%d" width="%.1f" height="16" fill="#3b6ea5"/>
  <line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#b4451f" stroke-width="2"/>
  <text x="%d" y="%d">%.2f %s (%.0f ns)</text>
]]):format(LEFT - 10, y + 13, row.name, LEFT, y, length, at, y - 4, at, y + 20, LEFT + WIDTH + 12, y + 13, row.ratio,
    row.unit == "throughput" and "of its events a second" or "times the floor", row.ours)
end

local function svg_of(rows)
  local shown, most = {}, 1
  for _, row in ipairs(rows) do
    if row.limit > 0 then
      shown[#shown + 1] = row
      most = math.max(most, row.limit, row.ratio)
    end
  end
  local height = TOP + #shown * ROW + 16
  local parts = { ([[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 %d" font-family="sans-serif" font-size="14">
  <title>What lure costs, in multiples of a plugin in C</title>
  <rect width="960" height="%d" fill="#ffffff"/>
  <g fill="#22303c">
  <text x="%d" y="24" font-size="16">What lure costs, in multiples of a plugin in C (for JSON: of jsmn)</text>
  <text x="%d" y="46">bar: measured; red line: the limit; host_*: events a second in libsinsp, at least</text>
]]):format(height, height, LEFT, LEFT) }
  for i, row in ipairs(shown) do
    parts[#parts + 1] = bar(row, TOP + (i - 1) * ROW, WIDTH / most)
  end
  parts[#parts + 1] = "  </g>\n</svg>\n"
  return table.concat(parts)
end

local rows = read_results(results_path)
add_relations(rows)
print_table(rows)
if json_path ~= "" then write(json_path, json_of(rows)) end
if svg_path ~= "" then write(svg_path, svg_of(rows)) end
