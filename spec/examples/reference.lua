--- What an official plugin extracts from real events (../shared/data, where it is there), for the script that stands in for it.
local assert = require "luassert"
local json_text = require "spec.json_text"
local support = require "spec.support"

local reference = {}

--- A file's text. nil: it is not there.
function reference.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function line(name, type, list, required, index, key)
  return ("%s %s %s %s %s %s"):format(name, type, list or false, required or false, index or false, key or false)
end

--- Compares the script's fields with those of the plugin whose data is in the folder, in its order. Returns the script's
-- info; nil: there is no data.
function reference.same_fields(folder, script)
  local text = reference.read(folder .. "fields.json")
  if not text then return nil end
  local own, expected, found = support.load_script(script):info(), {}, {}
  for i, field in ipairs(json_text.decode(text)) do
    expected[i] = line(field.name, field.type, field.isList, field.arg.isRequired, field.arg.isIndex, field.arg.isKey)
  end
  for i, field in ipairs(own.fields) do
    local arg = field.arg or {}
    found[i] = line(field.name, field.type, field.list, arg.required, arg.index, arg.key)
  end
  assert.same(expected, found)
  return own
end

return reference
