-- lua5.4 bench/logs.lua text | json | list | logfmt | csv | combined | syslog | cef | leef | regex
-- Prints events of logs, one a line, the same at each run: `text` 16384 lines of 111 bytes as sshd's; `json` 1000 log
-- entries of 290 bytes; `list` 1000 objects with a list of 16 of them; 16384 lines of 111 bytes in each other format.

local users = { "alice", "bob", "carol", "root", "deploy", "postgres", "www", "git" }
local hosts = { "Web-03", "Web-11", "DB-001", "Queue1" }
local verbs = { "accepted", "refused", "closed" }
local methods = { "GET", "PUT", "POST", "DELETE" }

local function pick(list, number) return list[number % #list + 1] end

local function time(number)
  return ("2026-03-04T%02d:%02d:%02dZ"):format(number // 3600 % 24, number // 60 % 60, number % 60)
end

--- `before`, letters, and `behind`: `size` bytes.
local function padded(before, behind, size)
  return before .. ("x"):rep(size - #before - #behind) .. behind
end

local make = {}

function make.text(number)
  return padded(("%s %s sshd[%d]: %s user=%s%d from=10.0.%d.%d port=%d by=publickey id="):format(time(number),
    pick(hosts, number), 100 + number * 7 % 30000, pick(verbs, number), pick(users, number), number % 100,
    number % 255, number * 31 % 255, 1024 + number * 13 % 60000), "", 111)
end

function make.json(number)
  return padded(([[{"time":"%s","level":"info","service":"checkout-%d","host":"%s","user":{"id":%d,"name":"%s"},]]
    .. [["request":{"method":"%s","path":"/api/v1/orders/%d","status":200,"bytes":%d},"tags":["eu","canary"],]]
    .. [["trace":"]]):format(time(number), number % 7, pick(hosts, number), number, pick(users, number),
      pick(methods, number), number * 17, 500 + number * 3), [["}]], 290)
end

function make.list(number)
  local items = {}
  for i = 1, 16 do
    items[i] = ([[{"name":"%s-%d","image":"nginx:1.%d","ready":true}]]):format(pick(users, i), number, i)
  end
  return ([[{"kind":"List","id":%d,"items":[%s]}]]):format(number, table.concat(items, ","))
end

function make.logfmt(number)
  return padded(('time=%s level=info host=%s user=%s%d port=%d msg="%s by publickey '):format(time(number),
    pick(hosts, number), pick(users, number), number % 100, 1024 + number * 13 % 60000, pick(verbs, number)), '"', 111)
end

function make.csv(number)
  return padded(('%s,%s,sshd,%s%d,%d,"%s, by publickey, '):format(time(number), pick(hosts, number),
    pick(users, number), number % 100, 1024 + number * 13 % 60000, pick(verbs, number)), '"', 111)
end

function make.combined(number)
  return padded(('10.0.%d.%d - - [04/Mar/2026:%02d:%02d:%02d +0000] "%s /api/v1/%d HTTP/1.1" 200 %d "-" "'):format(
    number % 255, number * 31 % 255, number // 3600 % 24, number // 60 % 60, number % 60, pick(methods, number),
    number * 17, 500 + number % 400), '"', 111)
end

make.regex = make.combined

function make.syslog(number)
  return padded(('<%d>1 %s %s sshd %d - [login@32473 user="%s%d" by="publickey"] %s '):format(80 + number % 8,
    time(number), pick(hosts, number), 100 + number * 7 % 30000, pick(users, number), number % 100,
    pick(verbs, number)), "", 111)
end

function make.cef(number)
  return padded(("CEF:0|Acme|Gate|1.0|%d|login %s|%d|src=10.0.%d.%d spt=%d suser=%s%d msg=by publickey "):format(
    number % 1000, pick(verbs, number), number % 11, number % 255, number * 31 % 255, 1024 + number * 13 % 60000,
    pick(users, number), number % 100), "", 111)
end

function make.leef(number)
  return padded(("LEEF:1.0|Acme|Gate|1.0|login %s|src=10.0.%d.%d\tsrcPort=%d\tusrName=%s%d\tmsg=by publickey "):format(
    pick(verbs, number), number % 255, number * 31 % 255, 1024 + number * 13 % 60000, pick(users, number),
    number % 100), "", 111)
end

local kind = arg[1]
if #arg ~= 1 or not make[kind] then
  io.stderr:write("usage: lua5.4 bench/logs.lua text | json | list | logfmt | csv | combined | syslog | cef | leef | "
    .. "regex\n")
  os.exit(2)
end
for number = 1, (kind == "json" or kind == "list") and 1000 or 16384 do print(make[kind](number)) end
