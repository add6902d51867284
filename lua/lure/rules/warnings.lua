-- warnings: what Falco takes in conditions and outputs of rules, and warns of.
--
--   warnings.of_condition(node, tell)      tell(at, message) for each, of a condition with its macros
--   warnings.of_field(name)                the message about a field; nil: there is none

local walk = require "lure.rules.walk"

local warnings = {}

-- Fields that need events of the beginnings of system calls, which drivers give no more.
local DEPRECATED <const> = {}
for name in ("evt.dir evt.latency evt.latency.s evt.latency.ns evt.latency.human evt.wait_latency"):gmatch "%S+" do
  DEPRECATED[name] = ("%s is deprecated, since drivers give no events of the beginnings of system calls any more%s")
    :format(name, name == "evt.dir" and ': "evt.dir = <" is always true, and "evt.dir = >" never; leave it out' or "")
end

function warnings.of_field(name) return DEPRECATED[name:match "^[^%[]*"] end

local EQUALITY <const> = { ["="] = true, ["=="] = true, ["!="] = true, ["in"] = true, intersects = true, pmatch = true }

-- The last field in an operand, also in transformers; nil: there is none. Falco looks at no other.
local function last_field(operand)
  if operand.kind == "field" then return operand end
  local found
  for _, one in ipairs(operand.args or {}) do found = last_field(one) or found end
  return found
end

-- Values of these fields were texts of outputs once, and "<NA>" among them.
local function is_unsafe(field) return field.name:find "^ka%." or field.name:find "^jevt%." end

local function has_none(right)
  for _, value in ipairs(right.kind == "list" and right.values or { right }) do
    if value.text == "<NA>" then return value end
  end
end

local function of_part(part, tell)
  local message = part.kind == "field" and warnings.of_field(part.name)
  if message then tell(part.at, message) end
  local field = part.kind == "compare" and EQUALITY[part.op] and last_field(part.left)
  local none = field and is_unsafe(field) and has_none(part.right)
  if none then
    tell(none.at, ('%s %s <NA>: outputs show that where there is no value, and it never is one; write "not %s exists"')
      :format(field.name, part.op, field.name))
  end
end

function warnings.of_condition(node, tell)
  walk.each(node, function(part) of_part(part, tell) end)
end

return warnings
