-- flamegraph: what callbacks and fields have used, as a picture: an SVG file that needs nothing else.
--
--   flamegraph.svg(uses)     `uses` as session:uses() has them
--
-- The width of a frame is its time. Below is all of it, above that the plugins, their callbacks, and all fields
-- together; above those the fields, by the words of their names: access.client stands on access. The time of a frame is
-- that of the frames on it; callbacks and fields are counted apart from each other, so none is counted twice. Where a
-- browser shows it, the pointer over a frame tells its numbers. Frames in which something failed have a red border.

local count_text = require("lure.cli.text").count

local flamegraph = {}

local WIDTH <const>, MARGIN <const>, HEIGHT <const> = 1200, 10, 22
local LETTER <const> = 7.2 -- the width of one
local LEAST <const> = 0.1 -- narrower frames are left out: nobody sees them

-- ---- the frames ----

local function new_frame(name)
  return { name = name, nanoseconds = 0, calls = 0, errors = 0, list = {}, by_name = {} }
end

local function child_of(frame, name)
  local child = frame.by_name[name]
  if not child then
    child = new_frame(name)
    frame.by_name[name], frame.list[#frame.list + 1] = child, child
  end
  return child
end

-- The names of the frames from the plugin on to what was used.
local function names_of(use)
  if use.kind ~= "field" then return { use.plugin, use.name } end
  local names, whole = { use.plugin, "fields" }, nil
  for word in use.name:gmatch "[^.]+" do
    whole = whole and whole .. "." .. word or word
    names[#names + 1] = whole
  end
  return names
end

local function add(frame, use)
  frame.nanoseconds = frame.nanoseconds + use.nanoseconds
  frame.calls = frame.calls + use.calls
  frame.errors = frame.errors + use.errors
end

local function before(a, b)
  if a.nanoseconds ~= b.nanoseconds then return a.nanoseconds > b.nanoseconds end
  return a.name < b.name
end

-- Slowest first. How many frames stand on each other.
local function sorted(frame)
  local depth = 0
  table.sort(frame.list, before)
  for _, child in ipairs(frame.list) do depth = math.max(depth, sorted(child)) end
  return depth + 1
end

local function tree_of(uses)
  local root = new_frame "all"
  for _, use in ipairs(uses) do
    local frame = root
    add(frame, use)
    for _, name in ipairs(names_of(use)) do
      frame = child_of(frame, name)
      add(frame, use)
    end
  end
  return root, sorted(root)
end

-- ---- the picture ----

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Any bytes as characters that XML 1.0 has.
local function clean(text)
  local length, at = utf8.len(text)
  while not length do
    text = text:sub(1, at - 1) .. "\u{FFFD}" .. text:sub(at + 1)
    length, at = utf8.len(text)
  end
  return (text:gsub("[%c\127]", "\u{FFFD}"):gsub("\u{FFFE}", "\u{FFFD}"):gsub("\u{FFFF}", "\u{FFFD}"))
end

local function escaped(text) return (clean(text):gsub("[&<>\"']", entities)) end

local function time(nanoseconds)
  if nanoseconds >= 1e9 then return ("%.2f s"):format(nanoseconds / 1e9) end
  if nanoseconds >= 1e6 then return ("%.2f ms"):format(nanoseconds / 1e6) end
  return ("%.2f µs"):format(nanoseconds / 1e3)
end

local function title(frame, total)
  return ("%s: %s, %.1f %%, %s, %s"):format(frame.name, time(frame.nanoseconds),
    total > 0 and frame.nanoseconds / total * 100 or 0, count_text(frame.calls, "call"),
    count_text(frame.errors, "error"))
end

-- The same name has the same colour in each picture: red to yellow.
local function colour(name)
  local sum = 0
  for i = 1, #name do sum = (sum * 31 + name:byte(i)) & 0xffff end
  return ("rgb(%d,%d,%d)"):format(215 + sum % 40, 90 + (sum >> 3) % 110, 40 + (sum >> 7) % 40)
end

-- What has room in a frame of that width.
local function label(name, width)
  local letters = math.floor((width - 8) / LETTER)
  local text = clean(name)
  if letters < 3 then return "" end
  if utf8.len(text) <= letters then return text end
  return text:sub(1, utf8.offset(text, letters) - 1) .. "…"
end

-- `top`: where the frame's upper edge is.
local function draw(parts, frame, total, left, width, top)
  if width < LEAST then return end
  local kind = frame.errors > 0 and ' class="errors"' or ""
  parts[#parts + 1] = ('<g%s><title>%s</title><rect x="%.2f" y="%d" width="%.2f" height="%d" fill="%s"/>'
    .. '<text x="%.2f" y="%d">%s</text></g>'):format(kind, escaped(title(frame, total)), left, top, width, HEIGHT - 1,
    colour(frame.name), left + 4, top + 15, escaped(label(frame.name, width)))
  for _, child in ipairs(frame.list) do
    local share = frame.nanoseconds > 0 and child.nanoseconds / frame.nanoseconds * width or 0
    draw(parts, child, total, left, share, top - HEIGHT)
    left = left + share
  end
end

function flamegraph.svg(uses)
  local root, depth = tree_of(uses)
  local height = depth * HEIGHT + 4 * MARGIN + HEIGHT
  local parts = {
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">'):format(WIDTH, height,
      WIDTH, height),
    '<style type="text/css">text { font: 12px monospace; fill: #000 } rect { stroke: #fff; stroke-width: 0.5 } '
      .. ".errors rect { stroke: #c00; stroke-width: 2 } .head { font-size: 15px }</style>",
    ('<rect x="0" y="0" width="%d" height="%d" fill="#fff"/>'):format(WIDTH, height),
    ('<text class="head" x="%d" y="%d">%s</text>'):format(MARGIN, 2 * MARGIN + 4,
      escaped(("callbacks and fields: %s"):format(time(root.nanoseconds)))),
  }
  draw(parts, root, root.nanoseconds, MARGIN, WIDTH - 2 * MARGIN, height - MARGIN - HEIGHT)
  parts[#parts + 1] = "</svg>\n"
  return table.concat(parts, "\n")
end

return flamegraph
