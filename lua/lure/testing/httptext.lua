-- httptext: messages of HTTP/1.1 as text, for the servers and clients of specs.

local httptext = {}

-- A whole message at the begin of `text`: its first line, headers (names in lower case) and body. nil: it is not whole
-- yet. `ended`: nothing more comes, so a body without a length is what there is.
function httptext.parse(text, ended)
  local head, begin = text:match("^(.-\r\n)\r\n()")
  if not head then return nil end
  local first, rest = head:match("^(.-)\r\n(.*)$")
  local headers = {}
  for name, value in rest:gmatch("([^:\r\n]+):[ \t]*([^\r\n]*)\r\n") do headers[name:lower()] = value end
  local length = tonumber(headers["content-length"]) or (ended and #text or 0)
  if not ended and #text - begin + 1 < length then return nil end
  return { first = first, headers = headers, body = text:sub(begin, begin + length - 1) }
end

-- A message. Content-Length and Connection are ours.
function httptext.write(first, headers, body)
  local lines = { first }
  local names = {}
  for name in pairs(headers or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = ("%s: %s"):format(name, headers[name]) end
  lines[#lines + 1] = ("Content-Length: %d"):format(#body)
  lines[#lines + 1] = "Connection: close"
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

local function decoded(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- The path and the query, a table, of a request's target.
function httptext.target(text)
  local path, rest = text:match("^([^?]*)%??(.*)$")
  local query = {}
  for name, value in rest:gmatch("([^&=]+)=?([^&]*)") do query[decoded(name)] = decoded(value) end
  return path, query
end

return httptext
