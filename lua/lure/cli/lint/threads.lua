-- threads: fields of the host's table of threads that a script declares with lure.table.
--
-- A field that the host does not have is added, and stays empty: a misspelt name is no error anywhere. What has a
-- "." in its name, as a field of rules, is meant to be new; libsinsp's have none. The known names are those of the
-- played host, which has all of libsinsp's.

local host = require "lure.host"
local text = require "lure.cli.text"

local TABLE = "threads"

local function names_of(known)
  local names = {}
  for name in pairs(known) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The type that is declared, and whether the field is meant to be new; nil: not known.
local function declared(value)
  if type(value.text) == "string" then return value.text, false end
  if not value.fields then return nil, true end
  local named = value.fields.type and value.fields.type.text
  if named then return named, value.fields.new ~= nil end
  return "table", false
end

local function look_at(field, value, known, say)
  local kind, new = declared(value)
  local there = known[field]
  if not there then
    if new or field:find(".", 1, true) then return end
    local nearest = text.nearest(field, names_of(known))
    local meant = nearest and ("; did you mean %s? One"):format(nearest) or "; one"
    say(nearest and "error" or "hint", ('%s has no %s%s that is meant to be added: { type = "%s", new = true }'):format(
      TABLE, field, meant, kind))
  elseif kind and kind ~= there.type then
    say("error", ("%s.%s is of type %s in hosts, not %s"):format(TABLE, field, there.type, kind))
  end
end

-- `files`: list of { name =, seen = what flow.follow answers }.
return function(files, findings)
  local known
  for _, file in ipairs(files) do
    for _, call in ipairs(file.seen.calls) do
      local named, options = call.values[1], call.values[2]
      local fields = call.name == "lure.table" and named and named.text == TABLE and options and options.fields
        and options.fields.fields
      for field, value in pairs(fields and fields.fields or {}) do
        known = known or host.inspector():table(TABLE):fields()
        look_at(field, value, known, function(severity, message)
          findings:add(severity, file.name, call.line, message)
        end)
      end
    end
  end
end
