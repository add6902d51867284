-- cloudtrail.aws: signed requests to services of AWS.
local keys = require "cloudtrail.keys"
local lure = require "lure"
local sigv4 = require "cloudtrail.sigv4"

local aws = {}
aws.__index = aws

local LARGEST = 256 << 20    -- bytes of an answer

--- A client for a service, "s3" or "sqs". settings: init_config.aws.
function aws.client(service, settings)
  local region = keys.region(settings)
  if not region:find "^[%w%-]+$" then error(("aws.region: expected one such as us-east-1, got %q"):format(region), 0) end
  local domain = region:find "^cn%-" and "amazonaws.com.cn" or "amazonaws.com"
  return setmetatable({ service = service, region = region, keys = keys.provider(settings), settings = settings,
    address = settings.endpoint or ("https://%s.%s.%s"):format(service, region, domain) }, aws)
end

--- What went wrong, in the words of the service: `Code: Message`, of XML or of JSON.
local function reason(answer)
  local code, message = answer.body:match "<Code>(.-)</Code>", answer.body:match "<Message>(.-)</Message>"
  local is_json, value = pcall(lure.json.decode, answer.body)
  if is_json and type(value) == "table" then code, message = value.__type, value.message or value.Message end
  code = tostring(code or "no reason"):match "[^#]*$"
  local elsewhere = answer.headers["x-amz-bucket-region"]
  return ("status %d, %s%s%s"):format(answer.status, code, message and ": " .. tostring(message) or "",
    elsewhere and "; the bucket is in the region " .. elsewhere or "")
end

--- The address of a request, and its parts as they are signed: host, path, query. request: path, query, and the bucket,
--- which is a part of the host's name, if it can be, and if the host is one of AWS's.
function aws:address_of(request)
  local scheme, host = self.address:match "^(https?://)([^/]+)/?$"
  if not host then error(("aws.endpoint: expected one such as http://127.0.0.1:9000, got %q"):format(self.address), 0) end
  local bucket, path = request.bucket, request.path or "/"
  if bucket and (self.settings.endpoint or bucket:find "[^%l%d%-]") then
    path = "/" .. bucket .. path
  elseif bucket then
    host = bucket .. "." .. host
  end
  local parts = { host = host, path = sigv4.encode(path, true), query = request.query or {} }
  local query = sigv4.query(parts.query)
  return scheme .. host .. parts.path .. (query ~= "" and "?" .. query or ""), parts
end

--- Sends a request: method, path, query, headers, body, timeout, bucket. Returns the answer; nil, why, and the status where
--- that is not 200. Waits.
function aws:send(request)
  local url, complete = self:address_of(request)
  complete.method, complete.headers, complete.body = request.method or "GET", request.headers or {}, request.body or ""
  local headers = sigv4.sign(complete, self.keys(), self, lure.time.format(lure.now(), "%Y%m%dT%H%M%SZ"))
  headers.host = nil                                            -- the same is sent anyway
  local answer = lure.http.request { url = url, method = complete.method, body = request.body, headers = headers,
    retry = true, redirects = 0, max_body = LARGEST, timeout = request.timeout or 60 }
  if answer.status ~= 200 then return nil, reason(answer), answer.status end
  return answer
end

return aws
