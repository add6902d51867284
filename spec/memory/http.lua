-- Calls every function of lure.http; http_life.lua knows what comes of each.
local lure = require "lure"

local CERTIFICATES = os.getenv "CERTIFICATES" .. "/"
local OWN = { cert = CERTIFICATES .. "good.pem", key = CERTIFICATES .. "good.key" }
local TRUSTED = { ca = CERTIFICATES .. "ca.pem" }

--- Calls `ask(port)` while a server answers each request with its first line and its body, in JSON.
local function answered(tls, ask)
  local listener <close> = lure.net.listen("tcp://127.0.0.1:0", { tls = tls })
  local task = lure.spawn(function()
    listener:serve(function(connection)
      local first, length = connection:read(), 0
      for line in connection:lines() do
        length = tonumber(line:match "^[Cc]ontent%-[Ll]ength: (%d+)") or length
        if line == "" then break end
      end
      local text = lure.json.encode { first = first, body = length > 0 and connection:read(length) or "" }
      connection:write(("HTTP/1.1 200 OK\r\nX: y\r\nX: z\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"):format(#text, text))
    end)
  end)
  local answer = ask(listener:port())
  listener:close()
  task:join()
  return answer
end

local function got()
  return answered(nil, function(port)
    local response = lure.http.get(("http://localhost:%d/a"):format(port), { query = { q = { 1, 2 } }, headers = { A = "b" } })
    return response:json().first .. response.headers.x
  end)
end

local function posted()
  return answered(OWN, function(port)
    local response = lure.http.post(("https://localhost:%d/"):format(port), "body", { tls = TRUSTED })
    return response:json().body .. response.status
  end)
end

local function requested()
  return answered(nil, function(port)
    local response = lure.http.request { url = ("http://127.0.0.1:%d/"):format(port), method = "PUT", json = { a = 1 }, retry = 2 }
    return response:json().first:match "^%u+" .. response:json().body
  end)
end

--- What a server of lure's answers to a request that is written by hand.
local function served(tls_of_server, tls_of_client)
  local path = os.tmpname()
  os.remove(path)
  local task <const> = lure.spawn(function()
    lure.http.serve({ listen = "unix://" .. path, tls = tls_of_server, methods = { "POST" }, connections = 1 }, function(request)
      return 201, { A = "b", C = { "d", "e" } }, request.method .. request.path .. request.query.q .. request.headers.x .. request.body
    end)
  end)
  local _ <close> = setmetatable({}, { __close = function() task:cancel() os.remove(path) end })
  lure.sleep(0) -- it listens
  local connection <close> = lure.net.connect("unix://" .. path, { tls = tls_of_client })
  connection:write "POST /p?q=%41 HTTP/1.1\r\nHost: x\r\nX: y\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"
  local answer = connection:read "a"
  assert(answer:find "^HTTP/1.1 201 ", answer)
  return answer:match "\r\n\r\n(.*)$"
end

local function served_securely() return served(OWN, TRUSTED) end

local steps = { got, posted, requested, served, served_securely }

return { name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  produce = function(_, emit)
    for number, step in ipairs(steps) do
      local worked, result = pcall(step)
      emit(number .. " " .. (worked and "" or "failed: ") .. tostring(result))
    end
  end }
