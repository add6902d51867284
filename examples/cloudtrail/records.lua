-- cloudtrail.records: the events of one of CloudTrail's logs, {"Records":[{...},{...}]}, each with its bytes as they are.
local lpeg = require "lpeg"
local lure = require "lure"

local records = {}

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
lpeg.setmaxstack(3000)                                   -- what is nested 300 deep

-- What the official plugin takes for JSON: also numbers such as 007 and NaN, any escape, and any byte in a text.
local space = S " \t\r\n" ^ 0
local quoted = '"' * (P(1) - S '"\\' + "\\" * P(1)) ^ 0 * '"'
local sign, digit = S "+-", R "09" + S "+-.eE"
local no_number = S "nN" * S "aA" * S "nN" + S "iI" * S "nN" * S "fF"
local number = sign ^ -1 * no_number + (sign * digit + (digit - sign)) * digit ^ 0
local json = P { space * V "value" * -1,
  value = (V "object" + V "list" + quoted + "true" + "false" + "null" + number) * space,
  object = "{" * space * (V "member" * ("," * space * V "member") ^ 0) ^ -1 * "}",
  member = quoted * space * ":" * space * V "value",
  list = "[" * space * (V "value" * ("," * space * V "value") ^ 0) ^ -1 * "]",
}

--- The time in a text, in ns: one of RFC 3339, as Go reads it; nil: it is none.
local function time_in(text)
  local date, hour, rest, fraction, zone = text:match "^(%d%d%d%d%-%d%d%-%d%d)T(%d%d?)(:%d%d:[0-5]%d)([.,]?%d*)(.+)$"
  local way, hours, minutes = (zone or ""):gsub("^Z$", "+00:00"):match "^([+-])(%d%d):(%d%d)$"
  local ns = way and lure.time.parse(("%sT%02d%sZ"):format(date, hour, rest))
  if not ns or fraction:find "^[.,]$" or tonumber(hours) > 24 or tonumber(minutes) > 60 then return nil end
  local offset = (math.tointeger(hours) * 60 + math.tointeger(minutes)) * 60000000000
  return ns + math.tointeger((fraction:sub(2) .. "000000000"):sub(1, 9)) + (way == "+" and -offset or offset)
end

--- The time of an event in ns; nil: it is none that counts, having no time or no kind, or being an insight.
local function time_of(record)
  if not json:match(record) then return nil end
  local event = lure.json.parse(record)
  local time, kind = event.eventTime, event:raw "eventType"
  if type(time) ~= "string" or not kind or not kind:find '^"' or kind == '"AwsCloudTrailInsight"' then return nil end
  return time_in(time)
end

--- Calls `each` for every object within the outermost one: what stands between braces, whatever is around them.
local function split(text, each)
  local depth, from, at = 0, nil, 1
  while true do
    local place = text:find('["{}]', at)
    if not place then return end
    local byte = text:byte(place)
    at = place + 1
    if byte == 34 then                                  -- a text: up to a quote without a backslash
      local ends = text:find('["\\]', at)
      while ends and text:byte(ends) == 92 do ends = text:find('["\\]', ends + 2) end
      if not ends then return end
      at = ends + 1
    elseif byte == 123 then
      if depth == 1 then from = place end
      depth = depth + 1
    else
      depth = depth - 1
      if depth == 1 then each(text:sub(from, place)) end
    end
  end
end

--- Returns a list of the log's events, each with its time, as `next` may return it; nil and why if it cannot be unpacked.
function records.of(log, packed)
  local list, text, problem = {}, log, nil
  if packed then text, problem = lure.compress.gunzip(log, { limit = 1 << 30 }) end
  if not text then return nil, problem end
  split(text, function(record)
    local ns = time_of(record)
    if ns then list[#list + 1] = { record, ns } end
  end)
  return list
end

--- Whether a file, or an object, of this name is a log; and whether it is packed.
function records.are_in(name)
  local packed = name:find "%.json%.gz$" ~= nil
  return packed or name:find "%.json$" ~= nil, packed
end

return records
