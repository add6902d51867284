-- cloudtrail.bucket: CloudTrail's logs in a bucket of S3, once: s3://BUCKET/PREFIX.
local lure = require "lure"
local records = require "cloudtrail.records"
local s3 = require "cloudtrail.s3"

local bucket = {}
bucket.__index = bucket

local SECONDS = { w = 7 * 86400, d = 86400, h = 3600, m = 60, s = 1 }

--- A point in time in ns, as `5d` (before now) or 2021-03-30T18:07:17Z; nil: it is none.
local function point(text)
  local count, unit = text:match "^(%d+)([wdhms])$"
  if count then return lure.now() - math.tointeger(tonumber(count)) * SECONDS[unit] * 1000000000 end
  return text:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$" and lure.time.parse(text) or nil
end

--- The begin and the end of an interval, as they stand in the names of logs; nil where it is open. Without one nothing.
local function interval_of(text)
  if not text then return nil end
  local from, to = text:match "^(.-)%s*%-%s*(%d+[wdhms])$"
  if not from then from, to = text:match "^(.-)%s*%-%s*(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ)$" end
  local first, last = point(from or text), to and point(to)
  if not first or to and not last then
    error(("s3Interval: expected one such as 5d, 5d-2d or 2021-03-30T18:07:17Z, got %q"):format(text), 0)
  end
  first, last = lure.time.format(first, "%Y%m%dT%H%M"), last and lure.time.format(last, "%Y%m%dT%H%M")
  if last and last < first then error(("s3Interval: %q ends before it begins"):format(text), 0) end
  return first, last
end

local function accounts_of(text)
  local list = {}
  for account in (text or ""):gmatch "[^,]+" do
    list[#list + 1] = account:match "^ *(%d%d%d%d%d%d%d%d%d%d%d%d) *$" or
      error(("s3AccountList: expected accounts of 12 digits with commas between them, got %q"):format(text), 0)
  end
  return list
end

local ACCOUNT = ("%d"):rep(12)

--- Whether a prefix is the folder of an account, PREFIX/AWSLogs/ACCOUNT/ or PREFIX/AWSLogs/ORGANIZATION/ACCOUNT/.
local function is_account(prefix)
  prefix = "/" .. prefix
  return prefix:find("/AWSLogs/" .. ACCOUNT .. "/$") or prefix:find("/AWSLogs/o%-[%l%d]+/" .. ACCOUNT .. "/$")
end

--- Whether a prefix is a folder of such folders.
local function has_accounts(prefix)
  prefix = "/" .. prefix
  return prefix:find "/AWSLogs/$" or prefix:find "/AWSLogs/o%-[%l%d]+/$"
end

--- The prefixes that are right below one.
local function below(self, prefix)
  local list = {}
  for _, prefixes in self.s3:pages(self.name, prefix, nil, "/") do table.move(prefixes, 1, #prefixes, #list + 1, list) end
  return list
end

--- Where logs are: the prefixes of regions, if the prefix tells where these are, else the prefix. Below a region logs are in
-- folders of their day, so those from before the interval are not even listed.
local function places(self)
  local prefix, folders, list = self.prefix, {}, {}
  local folder = prefix:gsub("([^/])$", "%1/")
  if is_account(folder) then
    folders[1] = folder .. "CloudTrail/"
  elseif has_accounts(folder) then
    for _, account in ipairs(self.accounts) do folders[#folders + 1] = folder .. account .. "/CloudTrail/" end
    for _, one in ipairs(#folders == 0 and below(self, folder) or {}) do
      if is_account(one) then folders[#folders + 1] = one .. "CloudTrail/" end
    end
  elseif ("/" .. prefix):find "/CloudTrail/$" then
    folders[1] = prefix
  end
  for _, one in ipairs(folders) do
    local regions = below(self, one)
    table.move(regions, 1, #regions, #list + 1, list)
  end
  return #list > 0 and list or { prefix }, #list > 0
end

--- Whether a log is to be read, by its name.
local function is_wanted(self, key)
  local time = key:match "^.*_CloudTrail_[^_]+_([^_]+)Z_"
  if time and self.first and (time < self.first or self.last and time > self.last) then return false end
  return (records.are_in(key))
end

--- What returns bucket and key of one log after the other, and nil at the end. What throws is tried again by the next call.
local function logs(self)
  local list, are_regions, pages, at = nil, false, nil, 0
  local keys, position, day = {}, 0, nil
  return function()
    while true do
      position = position + 1
      if keys[position] and is_wanted(self, keys[position]) then
        self.found = self.found + 1
        return self.name, keys[position]
      elseif not keys[position] then
        if not list then list, are_regions = places(self) end
        if not pages then
          at = at + 1
          if not list[at] then return nil end
          day = are_regions and self.first and self.first:gsub("^(%d%d%d%d)(%d%d)(%d%d).*", "%1/%2/%3/")
          pages = self.s3:pages(self.name, list[at], day and list[at] .. day or nil)
        end
        local page = pages()
        if not page then pages = nil end
        keys, position = page or {}, 0
      end
    end
  end
end

--- Opens a bucket. settings: init_config.
function bucket.open(address, settings)
  local name, prefix = address:match "^s3://([%l%d.%-]+)/?(.*)$"
  if not name then error(("expected s3://BUCKET or s3://BUCKET/PREFIX, got %q"):format(address), 0) end
  local first, last = interval_of(settings.s3Interval)
  local self = setmetatable({ name = name, prefix = prefix, first = first, last = last, found = 0, done = 0,
    accounts = accounts_of(settings.s3AccountList), s3 = s3.client(settings.aws) }, bucket)
  self.events = self.s3:events(settings.s3DownloadConcurrency, logs(self))
  return self
end

--- The events of the next log that has any; nil at the end. Waits.
function bucket:next()
  local list = self.events()
  self.done = list and self.done + 1 or self.found
  return list
end

--- How much of what was found so far was read.
function bucket:progress()
  return self.found > 0 and self.done / self.found or 0, ("%d/%d logs"):format(self.done, self.found)
end

return bucket
