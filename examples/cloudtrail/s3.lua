-- cloudtrail.s3: objects of S3: lists of them, and the events in them.
local aws = require "cloudtrail.aws"
local lure = require "lure"
local records = require "cloudtrail.records"

local s3 = {}
s3.__index = s3

function s3.client(settings) return setmetatable({ aws = aws.client("s3", settings) }, s3) end

local function get(self, bucket, key, query) return self.aws:send { bucket = bucket, path = "/" .. key, query = query } end

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', apos = "'" }

--- The text of an XML element that is encoded as in addresses, too.
local function decoded(text)
  return lure.text.url((text:gsub("&(%l+);", ENTITIES):gsub("%+", " ")))
end

--- Goes through the keys in a bucket that begin with `prefix` and come after `after`, page by page: a list of keys, and with
-- a delimiter a list of the prefixes that end with it, and no keys below these. A page that throws comes again. Waits.
function s3:pages(bucket, prefix, after, delimiter)
  local token
  return function()
    if token == false then return nil end
    local answer, problem = get(self, bucket, "", { ["list-type"] = "2", ["encoding-type"] = "url", prefix = prefix,
      ["start-after"] = after, delimiter = delimiter, ["continuation-token"] = token })
    local list = answer and answer.body:match "<ListBucketResult[%s/>].*"
    if not list then
      problem = problem or "expected a list of objects (ListBucketResult), got another text; check aws.endpoint"
      error(("s3://%s/%s: %s"):format(bucket, prefix, problem), 0)
    end
    local keys, prefixes = {}, {}
    for part in list:gmatch "<Contents>(.-)</Contents>" do
      keys[#keys + 1] = decoded(part:match "<Key>(.-)</Key>" or "")
    end
    for part in list:gmatch "<CommonPrefixes>(.-)</CommonPrefixes>" do
      prefixes[#prefixes + 1] = decoded(part:match "<Prefix>(.-)</Prefix>" or "")
    end
    local more = list:match "<NextContinuationToken>(.-)</NextContinuationToken>"
    more = more and more ~= "" and more:gsub("&(%l+);", ENTITIES) or false
    if more and more == token or not more and list:find "<IsTruncated>%s*true" then
      error(("s3://%s/%s: the list goes on, and does not say where"):format(bucket, prefix), 0)
    end
    token = more
    return keys, prefixes
  end
end

--- Starts to read an object: a task that returns true and the object, nil and why it is not there, or false and why.
local function start(self, bucket, key)
  return { bucket = bucket, key = key, task = lure.spawn(function()
    local answer, problem, status
    local done, fault = pcall(function() answer, problem, status = get(self, bucket, key) end)
    if done and answer then return true, answer.body end
    if done and status == 404 then return nil, problem end
    return false, done and problem or fault
  end) }
end

--- Returns a function that returns the events of one object after the other, a list each time, and nil at the end. Up to
-- `most` objects are read at once. `objects` returns the bucket and the key of the next one. What cannot be read throws, and
-- is tried again by the next call; an object that is not there any more is left out, and the log says so. Waits.
function s3:events(most, objects)
  local jobs, first, last, ended = {}, 1, 0, false
  return function()
    while true do
      while not ended and last - first + 1 < most do
        local bucket, key = objects()
        if bucket then
          last = last + 1
          jobs[last] = start(self, bucket, key)
        else
          ended = true
        end
      end
      local job = jobs[first]
      if not job then return nil end
      local there, body = job.task:join()
      local address = ("s3://%s/%s"):format(job.bucket, job.key)
      if there == false then
        jobs[first] = start(self, job.bucket, job.key)
        error(("%s: %s"):format(address, body), 0)
      end
      jobs[first], first = nil, first + 1
      local list, problem = {}, body
      if there then list, problem = records.of(body, body:find "^\31\139" ~= nil) end
      if problem then lure.log.error("%s: %s; going on with the next object", address, problem) end
      if list and #list > 0 then return list end
    end
  end
end

return s3
