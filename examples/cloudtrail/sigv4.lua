-- cloudtrail.sigv4: the signatures that AWS wants of requests, Signature Version 4.
local lure = require "lure"
local crypto = lure.crypto

local sigv4 = {}

--- Percent-encodes all but what AWS leaves as it is; in a path the slashes stay, too.
function sigv4.encode(text, is_path)
  return (text:gsub(is_path and "[^%w%-_.~/]" or "[^%w%-_.~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The query of an address, in the order that signatures have it.
function sigv4.query(values)
  local list = sorted_names(values)
  for i, name in ipairs(list) do list[i] = sigv4.encode(name) .. "=" .. sigv4.encode(values[name]) end
  return table.concat(list, "&")
end

--- Returns the headers that a request is sent with, `authorization` among them.
--
-- request: method, host, path (encoded), query (a table), headers (a table), body. keys: id, secret, perhaps token.
-- scope: region, service. stamp: the time, as 20150830T123600Z.
function sigv4.sign(request, keys, scope, stamp)
  local hash = crypto.hex(crypto.sha256(request.body))
  local headers = { host = request.host, ["x-amz-date"] = stamp, ["x-amz-security-token"] = keys.token,
    ["x-amz-content-sha256"] = scope.service == "s3" and hash or nil }
  for name, value in pairs(request.headers) do headers[name:lower()] = value end
  local names, lines = sorted_names(headers), {}
  for i, name in ipairs(names) do
    lines[i] = ("%s:%s\n"):format(name, (lure.text.trim(headers[name]):gsub(" +", " ")))
  end
  local signed = table.concat(names, ";")
  local canonical = table.concat({ request.method, request.path, sigv4.query(request.query), table.concat(lines), signed,
    hash }, "\n")

  local place = ("%s/%s/%s/aws4_request"):format(stamp:sub(1, 8), scope.region, scope.service)
  local text = table.concat({ "AWS4-HMAC-SHA256", stamp, place, crypto.hex(crypto.sha256(canonical)) }, "\n")
  local key = "AWS4" .. keys.secret
  for part in place:gmatch "[^/]+" do key = crypto.hmac("sha256", key, part) end
  headers.authorization = ("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"):format(keys.id, place,
    signed, crypto.hex(crypto.hmac("sha256", key, text)))
  return headers
end

return sigv4
