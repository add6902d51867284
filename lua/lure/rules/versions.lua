-- versions: what rules require of the engine and of plugins.
--
-- Versions are compared as Falco does: the same major number, and not older. Three numbers count; what stands behind
-- them does not.

local versions = {}

-- The newest engine of Falco whose rules lure knows.
versions.ENGINE = "0.63.0"

-- { major, minor, patch }; nil: it is none.
function versions.read(text)
  local major, minor, patch = text:match("^%s*(%d+)%.%s*(%d+)%.%s*(%d+)")
  if not major then return nil end
  return { tonumber(major), tonumber(minor), tonumber(patch) }
end

-- A whole number, as YAML has them; nil: it is none.
local function integer(text)
  local sign, digits = text:match("^%s*(%+?)(%w+)%s*$")
  if not digits then return nil end
  if digits:find "^0[xX]%x+$" then return math.tointeger(tonumber(digits)) end
  if digits:find "^0[0-7]+$" then return tonumber(digits, 8) end
  return sign and digits:find "^%d+$" and math.tointeger(tonumber(digits)) or nil
end

-- What `required_engine_version` says: rules of old have one number, the minor one.
function versions.engine(text)
  local minor = integer(text)
  if minor and minor < 1 << 32 then return { versions.read(versions.ENGINE)[1], minor, 0 } end
  return versions.read(text)
end

-- Does `offered` do where `required` is required?
function versions.suffices(offered, required)
  if offered[1] ~= required[1] then return false end
  if offered[2] ~= required[2] then return offered[2] > required[2] end
  return offered[3] >= required[3]
end

function versions.text(version) return table.concat(version, ".") end

return versions
