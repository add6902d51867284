-- order: what a script declares, each time that it is loaded.
--
-- Hosts load a script more than once, and refuse one that declares something else then. Most often it goes
-- through a table with pairs, whose order is another one in each Lua state. So the script is loaded in processes of
-- their own, until even the order of two keys has changed for sure: it has not by a chance of 2^-31. One that takes
-- long to load is loaded less often.

local forked_call = require "lure.forkedcall"
local host = require "lure.host"
local json = require "lure.cli.json"
local library = require "lure.cli.library"
local system = require "lure.system"

local MANY = 32     -- loads, where the order of a table counts
local FEW = 2       -- elsewhere: the time, or a random number
local PATIENCE = 15 -- seconds for one of them
local ENOUGH = 20   -- seconds for all of them, if there were FEW

local SORTED = "fields, sorted"

-- The file and the line of the first call that goes through a table in no order; nil: there is none.
local function unordered(files)
  for _, file in ipairs(files) do
    for _, call in ipairs(file.seen.calls) do
      if call.name == "pairs" or call.name == "next" then return file.name, call.line end
    end
  end
end

-- Says "KEY\tVALUE" for all that the script declares, and its fields once more, in an order of their own.
local function declare(path, api, say)
  host.redirect_stderr("/dev/null")
  local loaded = library.load(path, api, true)
  if not loaded then return end
  local info, fields = loaded:info(), {}
  for i, field in ipairs(info.fields) do
    field.id = nil -- its place in the list
    fields[i] = json.encode(field)
  end
  table.sort(fields)
  info[SORTED] = table.concat(fields)
  for key, value in pairs(info) do say(("%s\t%s\n"):format(key, json.encode(value))) end
end

-- What it declares, by key; nil: it does not load, or does not come back.
local function declared(path, api)
  local said, ended = forked_call(PATIENCE, function(say) pcall(declare, path, api, say) end)
  local by_key = {}
  for key, value in said:gmatch("([^\t\n]*)\t([^\n]*)\n") do by_key[key] = value end
  return ended and by_key.fields and by_key or nil
end

-- The key that differs, and what is told of it; nil: all is the same.
local function difference(one, other)
  if one.fields ~= other.fields then
    return "fields", one[SORTED] == other[SORTED] and "the fields come in another order" or "the fields are others"
  end
  for key, value in pairs(one) do
    if other[key] ~= value then return key, ('"%s" is another'):format(key) end
  end
end

-- Of the script at `plugin.path`, which is not loaded yet in this process. `files` as text.read answers them.
return function(plugin, files, options, findings)
  local begin = system.seconds()
  local first = declared(plugin.path, options.api)
  local file, line = unordered(files)
  for load = 2, first and (file and MANY or FEW) or 0 do
    if load > FEW and system.seconds() - begin > ENOUGH then return end
    local key, what = difference(first, declared(plugin.path, options.api) or first)
    if key then
      local advice = file and "; pairs has no order: go through a list, or sort the keys first" or ""
      findings:add("error", file or plugin.file, line or plugin.line_of(key),
        what .. " each time that the script is loaded, and hosts load it more than once" .. advice)
      return
    end
  end
end
