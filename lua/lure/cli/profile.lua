-- profile: what callbacks and fields have used, as a table for people or an object for programs.

local json = require "lure.cli.json"

local profile = {}

-- Slowest first; what took the same time by name.
local function sorted(uses)
  table.sort(uses, function(a, b)
    if a.nanoseconds ~= b.nanoseconds then return a.nanoseconds > b.nanoseconds end
    return a.plugin .. a.name < b.plugin .. b.name
  end)
  return uses
end

local function time(nanoseconds)
  if nanoseconds >= 1e9 then return ("%.2f s"):format(nanoseconds / 1e9) end
  if nanoseconds >= 1e6 then return ("%.2f ms"):format(nanoseconds / 1e6) end
  return ("%.2f us"):format(nanoseconds / 1e3)
end

local function rows_of(uses)
  local total, plugins, several = 0, {}, false
  for _, use in ipairs(uses) do
    total = total + use.nanoseconds
    several = several or (next(plugins) ~= nil and not plugins[use.plugin])
    plugins[use.plugin] = true
  end
  local rows = { { "PROFILE", "CALLS", "ERRORS", "TIME", "A CALL", "SHARE" } }
  for i, use in ipairs(uses) do
    local name = use.kind == "field" and "field " .. use.name or use.name
    rows[i + 1] = {
      several and use.plugin .. ": " .. name or name, tostring(use.calls), tostring(use.errors),
      time(use.nanoseconds), time(use.nanoseconds / use.calls),
      ("%.1f %%"):format(total > 0 and use.nanoseconds / total * 100 or 0),
    }
  end
  return rows
end

-- The first column begins at its left, all others end at their right.
local function aligned(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for column, word in ipairs(row) do widths[column] = math.max(widths[column] or 0, #word) end
  end
  for i, row in ipairs(rows) do
    local words = {}
    for column, word in ipairs(row) do
      local space = (" "):rep(widths[column] - #word)
      words[column] = column == 1 and word .. space or space .. word
    end
    lines[i] = table.concat(words, "  ")
  end
  return lines
end

function profile.table(uses) return aligned(rows_of(sorted(uses))) end

function profile.json(uses)
  local rows = {}
  for i, use in ipairs(sorted(uses)) do
    rows[i] = ('{"plugin":%s,"%s":%s,"calls":%d,"errors":%d,"nanoseconds":%d}'):format(json.string(use.plugin),
      use.kind, json.string(use.name), use.calls, use.errors, use.nanoseconds)
  end
  return ('{"profile":[%s]}'):format(table.concat(rows, ","))
end

return profile
