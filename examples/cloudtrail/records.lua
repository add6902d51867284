-- cloudtrail.records: the events of one of CloudTrail's logs, {"Records":[{...},{...}]}, each with its bytes as they are.
local lure = require "lure"

local records = {}

local DATE = "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d[.,]?%d*"

--- The time of an event in ns; nil: it is none that counts, having no time or no kind, or being an insight.
local function time_of(record)
  local valid, event = pcall(lure.json.decode, record)
  local time, kind = valid and event.eventTime, valid and event.eventType
  if type(time) ~= "string" or type(kind) ~= "string" or kind == "AwsCloudTrailInsight" then return nil end
  return (time:find(DATE .. "Z$") or time:find(DATE .. "[+-]%d%d:%d%d$")) and lure.time.parse(time) or nil
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
