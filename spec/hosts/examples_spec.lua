-- Examples for real jobs, with their rules, in sysdig.

local pages = require "spec.examples.pages"
local sysdig = require "spec.hosts.sysdig"
local yaml = require "spec.yaml"

local function read(path)
  local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- The rules of an example, by name.
local function rules_of(name)
  local rules = {}
  for _, rule in ipairs(yaml.rules(read("examples/" .. name .. "_rules.yaml"))) do
    if rule.rule then rules[rule.rule] = rule end -- else a list
  end
  return rules
end

--- What the rule prints, `count` times, for the events of a source that does not end.
local function alerts_of(host, rule, count, plugins, source)
  local result = host:run { plugins = plugins, source = source, format = rule.output, filter = rule.condition,
    more = { "-n", tostring(count) }, env = { LURE_STATE = "none" } } -- each begins at the log's begin
  assert.equal(0, result.status, result.err)
  return result.lines
end

sysdig.each("an example", function(host)
  local function alerts(...) return alerts_of(host, ...) end

  it("finds hidden files that nginx served, and paths that go up", function()
    local access, rules = host:with "access", rules_of "access"
    local log = host.folder:write("access.log", read "spec/examples/access.log" ..
      '192.0.2.7 - - [29/Nov/2026:15:19:59 +0000] "GET /.well-known/acme-challenge/x HTTP/1.1" 200 87 "-" "-"\n' ..
      '192.0.2.7 - - [29/Nov/2026:15:20:00 +0000] "GET /.env HTTP/1.1" 200 512 "-" "curl/7.88.1"\n')
    assert.same({ "192.0.2.7 got /.env (512 bytes, curl/7.88.1)" },
      alerts(rules["Hidden file served"], 1, { access }, access .. ":" .. log))
    assert.same({ "127.0.0.1 asked for /..%2f..%2fetc/passwd, and got status 400" },
      alerts(rules["Path traversal tried"], 1, { access }, access .. ":" .. log))
  end)

  it("finds passwords that are guessed", function()
    local logins, auth = host:with "logins", host:with "auth"
    local line = "2026-11-29T01:0%d:00.000000+01:00 web sshd[412]: Failed password for root from 192.0.2.66 port 43534 ssh2\n"
    local log = host.folder:write("auth.log", line:rep(6):format(0, 1, 2, 3, 4, 9))
    assert.same({ "root failed to log in 5 times in five minutes, at last from 192.0.2.66" },
      alerts(rules_of "logins"["Password guessed"], 1, { logins }, logins .. ":" .. log))
    assert.same({ "root failed 5 times in five minutes (sshd from 192.0.2.66)" },
      alerts(rules_of "auth"["Password guessed"], 1, { auth }, auth .. ":" .. log))
  end)

  it("finds branches that were rewritten, as GitHub tells", function()
    local webhook, rule = host:with "webhook", rules_of "webhook"["Main branch rewritten"]
    if host.api == "0.3.0" then rule.condition = rule.condition:gsub("= true", "= 1") end -- has no booleans
    local push = host.folder:write("push.json", [[{"ref": "refs/heads/main", "forced": true, "after": "6113728",
      "repository": {"full_name": "octo/app"}, "sender": {"login": "mona"}}]])
    local socket = host.folder:file "hook.sock"
    os.execute(([[unset LD_PRELOAD; (curl -s --retry 25 --retry-delay 1 --retry-all-errors --unix-socket %s -H 'X-GitHub-Event: push' \
      -H "X-Hub-Signature-256: sha256=$(openssl dgst -sha256 -hmac 'sixteen letters!' %s | sed 's/.* //')" --data-binary @%s \
      http://localhost/) >/dev/null 2>&1 &]]):format(socket, push, push))
    assert.same({ "mona rewrote refs/heads/main of octo/app (now 6113728)" },
      alerts(rule, 1, { webhook .. ':{"secret": "sixteen letters!"}' }, webhook .. ":unix://" .. socket))
  end)

  it("finds administrators that a web service tells of", function()
    local poller = host:with "poller"
    local url, stop = pages.serve(-5)
    assert.same({ "user1 made eve/admin", "user4 made eve/admin" },
      alerts(rules_of "poller"["Administrator added"], 2, { poller .. ':{"token": "the token"}' }, poller .. ":" .. url))
    stop()
  end)

  it("finds requests from listed addresses", function()
    local access, intel = host:with "access", host:with "intel"
    local log = host.folder:write("access.log", read "spec/examples/access.log")
    local list = host.folder:write("bad.csv", "address,note\n::1,test\n")
    assert.same({ "::1 (test) asked for /index.html?q=a%20b" }, alerts(rules_of "intel"["Request from a listed address"], 1,
      { access, ('%s:{"list": "%s"}'):format(intel, list) }, access .. ":" .. log))
  end)
end)

sysdig.each("an example with modules", function(host)
  it("finds what root does in an account of AWS, in a folder of logs", function()
    local rule = rules_of "cloudtrail"["Root of an account"]
    local cloudtrail = host:with "cloudtrail"
    assert(os.execute(("cp -r %s/examples/cloudtrail %s"):format(os.getenv("LURE_SOURCE") or ".", host.folder.path)))
    local record = '{"eventTime":"2026-02-03T04:05:06Z","eventType":"%s","eventName":"%s","sourceIPAddress":"192.0.2.7",' ..
      '"userAgent":"console","userIdentity":{"type":"%s","accountId":"123456789012"}}'
    local log = host.folder:write("log.json", ('{"Records":[%s,%s,%s]}'):format(record:format("AwsApiCall", "GetUser", "IAMUser"),
      record:format("AwsApiCall", "CreateUser", "Root"), record:format("AwsServiceEvent", "RotateKey", "Root")))
    assert.same({ "root of 123456789012 from 192.0.2.7: CreateUser (console)" },
      alerts_of(host, rule, 1, { cloudtrail }, cloudtrail .. ":" .. log))
  end)
end, "3")
