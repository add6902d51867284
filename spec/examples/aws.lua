--- Starts aws.py, and examples/cloudtrail.lua with keys for it.
local killed = require "spec.killed"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."

local aws = { script = SOURCE .. "/examples/cloudtrail.lua" }

--- A server with a folder for its buckets and queues: `put(path, text)` makes a file there, `log()` is what was asked. For another
-- one with the same folder no message is taken.
function aws.serve(folder)
  folder = folder or support.file("", "aws/trouble"):match "^(.*)/"
  local server = { folder = folder }
  function server.put(path, text)
    support.run("mkdir -p " .. support.quote((folder .. "/" .. path):match "^(.*)/"))
    local file = assert(io.open(folder .. "/" .. path, "wb"))
    file:write(text)
    file:close()
    if path:find "%.gz$" then support.run(("cd %s && gzip -nc %s >packed && mv packed %s"):format(folder, path, path)) end
  end
  function server.log() return killed.read(folder .. "/log") end
  local port = support.file("", "port")
  local pid = support.run(("env -u LD_PRELOAD PATH=/usr/bin:$PATH timeout 900 python3 %s/spec/examples/aws.py %s >%s 2>%s/errors & echo $!")
    :format(SOURCE, support.quote(folder), support.quote(port), support.quote(folder))):match "%d+"
  assert(support.until_true(function() return killed.read(port):find "\n" end), "the server did not start")
  server.url = "http://127.0.0.1:" .. killed.read(port):match "%d+"
  function server.stop() support.run("kill " .. pid) end -- timeout passes it on
  return server
end

--- A file with keys, as ~/.aws/credentials.
local function credentials(id, secret, rest)
  return support.file(("[default]\naws_access_key_id=%s\naws_secret_access_key = %s\n%s"):format(id, secret, rest or ""), "credentials")
end

--- init_config for the server, in the safe sandbox. more: members of it; own: members of its "aws"; names: of variables.
function aws.config_of(server, more, own, names)
  local values, list = { region = "eu-central-1", endpoint = server.url, metadata = server.url }, {}
  for name, value in pairs(own or {}) do values[name] = value end
  for name, value in pairs(values) do list[#list + 1] = ('"%s": "%s"'):format(name, value) end
  return ([[{%s"aws": {%s},
    "lure": {"sandbox": "safe", "allow": ["http", "file", "state"], "state": false, "max_errors": 2, "env": [%s]}}]]):format(more or "",
    table.concat(list, ", "), names or "")
end

--- Starts the script with keys in a file.
function aws.start(server, more, secret)
  return support.start(aws.script, { config = aws.config_of(server, more,
    { credentials = credentials("AKIDENVIRONMENT", secret or "secret/of+environment") }) })
end

--- A log with events of these names.
function aws.log_of(...)
  local list = {}
  for i, name in ipairs { ... } do
    list[i] = ('{"eventTime":"2026-02-03T04:05:06Z","eventType":"AwsApiCall","eventName":"%s"}'):format(name)
  end
  return '{"Records":[' .. table.concat(list, ",") .. "]}"
end

--- The names of all events of a source up to its end, or the first `count`; and how the last batch ended.
function aws.names_in(instance, count)
  local list, ends = {}, os.time() + 60
  repeat
    assert(os.time() < ends, "no events for a minute")
    local rc, events, message = instance:next_batch()
    for _, event in ipairs(events) do list[#list + 1] = event.data:match '"eventName":"([^"]*)"' end
    if rc == "failure" then return table.concat(list, " "), message end
  until rc == "eof" or count and #list >= count
  return table.concat(list, " ")
end

return aws
