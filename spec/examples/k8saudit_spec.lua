-- examples/k8saudit.lua against what the official plugin reads and extracts (../shared/data, where it is there).
local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local json_text = require "spec.json_text"
local reference = require "spec.examples.reference"
local socket = require "socket"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."
local SCRIPT = SOURCE .. "/examples/k8saudit.lua"
local DATA = SOURCE .. "/../shared/data/k8saudit/"

local read = reference.read

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- Calls `each` for every golden event, its number, and the text of its fields. Returns how many there are; nil: no data.
local function each_golden(each)
  local lines, count = read(DATA .. "events.jsonl"), 0
  if not lines then return nil end
  for line in lines:gmatch "[^\n]+" do
    count = count + 1
    each(json_text.decode(line), count, line:match '"fields":(.*)$')
  end
  return count
end

--- A value as text, to compare.
local function text(value)
  return type(value) == "table" and "(" .. table.concat(value, ", ") .. ")" or tostring(value)
end

--- All events of a source: { data =, ts = }; and why it ended, if that is an error.
local function events_of(state, path)
  local instance, list = assert(state:open(path)), {}
  local rc, events, message
  repeat
    rc, events, message = instance:next_batch()
    for _, event in ipairs(events or {}) do list[#list + 1] = { data = event.data, ts = event.ts } end
  until rc == "eof" or rc == "failure"
  instance:close()
  return list, rc == "failure" and (message or state:last_error()) or nil
end

describe("examples/k8saudit.lua", function()
  it("has the fields of the official plugin, in its order", function()
    local own = reference.same_fields(DATA, SCRIPT)
    if not own then return pending "no ../shared/data" end
    assert.same({ "k8saudit", 1, "k8s_audit" }, { own.name, own.id, own.event_source })
  end)

  it("has the values of the official plugin", function()
    local state = support.start(SCRIPT)
    local count, wrong = 0, {}
    local number = each_golden(function(expected, number, fields)
      local event = support.event { data = expected.payload, num = number, ts = math.tointeger(tonumber(expected.ts)) }
      assert.is_nil(expected.order_dependent)
      -- names from the text, as members that are null may be lost
      for name in fields:gmatch '"(ka%.[^"\\]-%]?)":' do
        local value, official = state:extract(event, name), expected.fields[name]
        count = count + 1
        if text(value) ~= text(official) then
          wrong[#wrong + 1] = ("%s %d %s: %s, not %s"):format(expected.file, expected.index, name, text(value), text(official))
        end
      end
    end)
    if not number then return pending "no ../shared/data" end
    assert.equal("", table.concat(wrong, "\n"))
    assert.equal(71, number)
    assert.is_true(count > 200 * number)
  end)

  it("reads the events of the official plugin, with their times", function()
    local by_file, files = {}, 0
    local number = each_golden(function(event)
      by_file[event.file] = by_file[event.file] or {}
      table.insert(by_file[event.file], { data = event.payload, ts = math.tointeger(tonumber(event.ts)) })
    end)
    if not number then return pending "no ../shared/data" end
    local state = support.start(SCRIPT)
    for name in support.run(("ls %s/source"):format(support.quote(DATA))):gmatch "[^\n]+" do
      assert.same(by_file[name] or {}, events_of(state, DATA .. "source/" .. name), name)
      files = files + 1
    end
    assert.equal(41, files)
  end)
end)

--- An audit event as the API server writes it; `more`: members that follow.
local function event(id, more)
  return ('{"kind":"Event","auditID":"%s","stageTimestamp":"2026-02-03T04:05:06.789012Z"%s}'):format(id, more or "")
end

--- What is logged, and forgotten then.
local function logged(state)
  local list = {}
  for i, line in ipairs(state:log()) do list[i] = line.message end
  return table.concat(list, "\n")
end

--- The ids of the events of a source, and the error that it ended with.
local function ids_of(state, path)
  local list, message = events_of(state, path)
  for i, found in ipairs(list) do list[i] = found.data:match '"auditID":"([^"]*)"' or found.data end
  return table.concat(list, " "), message
end

describe("the values of examples/k8saudit.lua", function()
  local state
  setup(function() state = support.start(SCRIPT) end)

  local function value(field, payload)
    return text((state:extract(support.event { data = payload, num = 0 }, field)))
  end

  --- The value of a parameter of an address.
  local function parameter(uri, key)
    return value(("ka.uri.param[%s]"):format(key), ('{"auditID":1,"requestURI":"%s"}'):format(uri))
  end

  it("are none of what has no auditID", function()
    for _, field in ipairs { "ka.verb", "ka.req.volume.hostpath[/]", "ka.req.binding.subject.has_name[x]", "ka.target.pod.name",
      "ka.req.service.ports", "ka.uri.param[a]" } do
      assert.equal("nil", value(field, '{"verb":"get","requestURI":"/?a=1","requestObject":{"spec":{"volumes":[],"ports":[]}}}'))
    end
    assert.equal("get", value("ka.verb", '{"auditID":"","verb":"get"}'))
  end)

  it("are parameters of addresses as Go reads them", function()
    assert.equal("x y", parameter("/api?a=1&b=x+y&b=2", "b"))
    assert.equal("é&=", parameter("/api?%61=%C3%A9%26%3D#fragment", "a"))
    assert.equal("", parameter("/api?a", "a"))
    assert.equal("?b=c", parameter("/api?a=?b=c", "a"))
    assert.equal("nil", parameter("/api#?a=1", "a"))
    for _, uri in ipairs { "http://h/?a=1", "http://[::1]:80/?a=1", "//h:80?a=1", "/x:y?a=1", "h:80/?a=1", "h:%?a=1" } do
      assert.equal("1", parameter(uri, "a"), uri)
    end
    for _, uri in ipairs { "/?a=1;b=2", "/?a=1&b=%", "/?a=1&b=%4", "/%zz?a=1", "/?a=1#%zz", "//h:x/?a=1", "//[::1/?a=1", "//[::1]x/?a=1",
      "1:x?a=1", ":x?a=1", "a_b:x?a=1",
      "/?a=1\\u0007" } do
      assert.equal("nil", parameter(uri, "a"), uri)
    end
  end)

  it("are those of containers, or fail, as the official plugin's", function()
    local function shown(what, spec)
      return value("ka.req.pod.containers." .. what, ('{"auditID":1,"requestObject":{"spec":%s}}'):format(spec))
    end
    assert.equal("nil", shown("image", '{"containers":[{"image":"a"},{}]}'))
    assert.equal("(a)", shown("image[0]", '{"containers":[{"image":"a"},{}]}'))
    assert.equal("nil", shown("image[1]", '{"containers":[{"image":"a"},{}]}'))
    for _, index in ipairs { "", "[0]", "[1]" } do
      assert.equal("(a)", shown("image.repository" .. index, '{"containers":{"name":"b","image":"a@sha256:1"}}'))
    end
    assert.equal("(a)", shown("image.repository[0]", '{"containers":[{"image":"a:1"}]}'))
    assert.equal("(true)", shown("privileged[1]", '{"containers":{"name":"b","securityContext":{"privileged":true}}}'))
    assert.equal("(true)", shown("privileged", '{"containers":[{"securityContext":{"privileged":true}},{}]}'))
    assert.equal("(8, 9)", shown("host_port", '{"containers":{"name":"b","ports":[{"hostPort":8,"containerPort":1},{"containerPort":9}]}}'))
    assert.equal("nil", shown("image.repository[1]", '{"containers":[{"image":"a:1"}]}'))
    assert.equal("(null, 7)", shown("name", '{"containers":[{"name":null},{"name":7}]}'))
    assert.equal("(, x y)", shown("args", '{"containers":[{"args":[]},{},{"args":["x","y"]}]}'))
    assert.equal("nil", shown("args", '{"containers":[{"args":["x"]},{"args":[1]}]}'))
    assert.equal("(x)", shown("args[0]", '{"containers":[{"args":["x"]},{"args":[1]}]}'))
    assert.equal("nil", shown("command", '{"containers":[{"command":"x"}]}'))
    assert.equal("(5, 7.0, 7.0)", shown("eff_run_as_user", '{"runAsUser":7.0,"containers":[{"runAsUser":5},{},3]}'))
    assert.equal("nil", shown("eff_run_as_user[1]", '{"runAsUser":7,"containers":[{"runAsUser":5},{}]}'))
    assert.equal("nil", shown("eff_run_as_group", '{"runAsGroup":7,"containers":{}}'))
    assert.equal('(["A","B"])', shown("add_capabilities",
      '{"containers":[{},{"securityContext":{"capabilities":{"add":[ "A", "B" ]}}},{"securityContext":[]}]}'))
    for spec, expected in pairs { ["{}"] = "nil", ['{"containers":[]}'] = "false", ['{"containers":{}}'] = "nil", ['[]'] = "nil",
      ['{"containers":[{},{"securityContext":{"privileged":true}}]}'] = "true", ['{"containers":7}'] = "nil",
      ['{"containers":[{"securityContext":{"privileged":"true"}}]}'] = "false" } do
      assert.equal(expected, value("ka.req.container.privileged", ('{"auditID":1,"requestObject":{"spec":%s}}'):format(spec)), spec)
    end
  end)

  it("say whether a path of the host is mounted", function()
    local function mounted(path, list)
      return value(("ka.req.volume.hostpath[%s]"):format(path), ('{"auditID":1,"requestObject":{"spec":{"volumes":%s}}}'):format(list))
    end
    local list = '[{"name":"a","emptyDir":{}},{"hostPath":{"path":"/etc/x*"}},7]'
    for path, expected in pairs { ["/etc*"] = "true", ["/etc/x*"] = "true", ["*"] = "true", ["/etc"] = "false",
      ["/etc/x"] = "false", ["x*"] = "false" } do
      assert.equal(expected, mounted(path, list), path)
    end
    assert.equal("false", mounted("/", "[]"))
    assert.equal("nil", mounted("/", '{"name":"a"}'))
    assert.equal("true", mounted("/", '{"hostPath":{"path":"/"}}'))
  end)
end)

describe("the files of examples/k8saudit.lua", function()
  it("may be packed, or in a folder, the oldest first", function()
    local folder = support.file(event "new" .. "\n\n" .. event "newer", "a.json"):match "^(.*)/"
    support.run(([[cd %s && mkdir below && echo '%s' >below/c.json && echo '%s' >b.log && gzip -n b.log && touch -d @1 b.log.gz]]):format(
      support.quote(folder), event "x", event "old"))
    local state = support.start(SCRIPT, { config = '{"lure": {"sandbox": "safe", "allow": ["file"]}}' })
    assert.equal("old new newer", (ids_of(state, folder)))
    assert.equal("old new newer", (ids_of(state, (" %s/ "):format(folder))))
    assert.equal("old", (ids_of(state, folder .. "/b.log.gz")))
  end)

  it("have events of many kinds in a line; what is none is left out, and the log says so", function()
    local state = support.start(SCRIPT)
    local function ids(line) return (ids_of(state, support.file(line, "a.json"))) end
    local list = '{"kind":"EventList","items":[%s]}'
    assert.equal("a b c", ids(list:format(event "a" .. "," .. event "b") .. "\r\n" .. event "c"))
    assert.equal("a b c d", ids(("[%s, [%s], %s]"):format(event "a", list:format(event "b" .. "," .. event "c"), event "d")))
    assert.equal("", logged(state))
    for line, message in pairs { ["nonsense"] = "left out what is no audit event: ",
      ["\239\187\191" .. event "a"] = "expected one object, or one list", [event "a" .. "x"] = "left out what is no audit event: ",
      ['"a"'] = "expected one object, or one list", [event("a", ',"x":tru')] = "expected a value at byte",
      ["7"] = '"kind" is "Event" or "EventList"', ['{"kind":"Pod"}'] = '"kind" is "Event" or "EventList"',
      [("[%s,{}]"):format(event "a")] = '"kind" is', ['{"kind":"EventList","items":{}}'] = '"kind" is',
      ['{"kind":"Event"}'] = 'without a stageTimestamp as in RFC 3339; auditID: nil',
      [list:format '7,null,[],{"auditID":"x"}'] = 'without a stageTimestamp as in RFC 3339; auditID: x' } do
      assert.equal("z", ids(line .. "\n" .. event "z"), line)
      assert.matches(message, logged(state), 1, true)
    end
  end)

  it("have the time of stageTimestamp, as Go reads it", function()
    local state = support.start(SCRIPT)
    local function time(stage)
      local line = ('{"kind":"Event","stageTimestamp":%s}'):format(stage)
      local list = events_of(state, support.file(line, "a.json"))
      return list[1] and list[1].ts
    end
    assert.equal(1770091506000000000, time '"2026-02-03T04:05:06Z"')
    assert.equal(1770091506123456789, time '"2026-02-03T06:05:06.123456789+02:00"')
    for _, odd in ipairs { "7", "null", '""', '"2026-02-03"', '"2026-02-03 04:05:06Z"', '"2026-02-03T04:05:06"', '"2026-13-03T04:05:06Z"',
      '"1770091506"', '"2026-02-03T04:05:06z"', '"2026-02-03T04:05:06+0200"' } do
      assert.is_nil(time(odd), odd)
    end
  end)

  it("have events of up to maxEventSize, and lines of less than 64 KiB", function()
    local state = support.start(SCRIPT, { config = ('{"maxEventSize": %d}'):format(#event "a" + 10) })
    local function long(id, more) return event(id, (',"x":"%s"'):format(("x"):rep(more - 7))) end
    assert.equal("a c", (ids_of(state, support.file(long("a", 10) .. "\n" .. long("b", 11) .. "\n" .. event "c", "a.json"))))
    assert.matches("maxEventSize is " .. #event "a" + 10, logged(state), 1, true)
    state = support.start(SCRIPT)
    local line = event("a", (',"x":"%s"'):format(("x"):rep(65535 - #event "a" - 7)))
    assert.equal(65535, #line)
    assert.equal("a", (ids_of(state, support.file(line, "a.json"))))
    local ids, message = ids_of(state, support.file(event "z" .. "\n" .. line .. " ", "a.json"))
    assert.equal("z", ids)
    assert.matches("a.json: line 2: it is longer than max_line", message, 1, true)
  end)

  it("are refused where there are none, or another scheme", function()
    local state = support.start(SCRIPT)
    for params, message in pairs { ["/no/such/file"] = "/no/such/file", ["ftp://h/x"] = "ftp://h/x: expected http, https or file",
      ["http://127.0.0.1:1"] = "expected a path behind the port" } do
      assert.matches(message, select(2, ids_of(state, params)), 1, true)
    end
    state:destroy()
  end)

  it("are followed from the end on, also when they rotate, as file://", function()
    local path = support.file(event "old" .. "\n", "audit.log")
    local state = support.start(SCRIPT)
    local instance = assert(state:open("file://" .. path))
    local function expect(id)
      local found
      repeat
        local rc, events, message = instance:next_batch()
        assert(rc == "success" or rc == "timeout", message)
        found = events[1] and events[1].data:match '"auditID":"([^"]*)"'
      until found
      assert.equal(id, found)
    end
    assert.equal("timeout", (instance:next_batch()))
    support.run(("echo '%s' >>%s"):format(event "first", path))
    expect "first"
    support.run(("mv %s %s.1 && echo '%s' >%s"):format(path, path, event "second", path))
    expect "second"
    instance:close()
  end)
end)

describe("the webhook of examples/k8saudit.lua", function()
  local folder
  setup(function() folder = http.certificates() end)

  --- A port that nobody uses.
  local function free_port()
    local server = assert(socket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    server:close()
    return math.tointeger(port)
  end

  --- The source, the address of its webhook, and its state.
  local function listening(scheme, config)
    local url = ("%s://127.0.0.1:%d/k8s-audit"):format(scheme, free_port())
    local state = support.start(SCRIPT, { config = config })
    local instance = assert(state:open(url))
    assert.equal("timeout", (instance:next_batch()))
    return instance, url, state
  end

  --- Posts a text to a source. Returns what curl prints, and the ids of the events that came.
  local function post(instance, url, body, options)
    local ids = {}
    local watched = { next_batch = function()
      local rc, events, message = instance:next_batch()
      for _, found in ipairs(events or {}) do ids[#ids + 1] = found.data:match '"auditID":"([^"]*)"' end
      return rc, events, message
    end }
    local answer = http.while_running(watched, ("curl -s -w '%%{http_code}' %s --data-binary @%s %s"):format(
      options or "-H 'Content-Type: application/json'", support.file(body, "body"), url))
    return answer, table.concat(ids, " ")
  end

  it("has the events of a request, also over TLS, in the safe sandbox", function()
    support.run(("cat %s/good.pem %s/good.key >%s/both.pem"):format(folder, folder, folder))
    local body = ('{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[%s,%s]}'):format(event "a", event "b")
    for _, scheme in ipairs { "http", "https" } do
      local instance, url = listening(scheme,
        ('{"sslCertificate": "%s/both.pem", "lure": {"sandbox": "safe", "allow": ["http", "net"]}}'):format(folder))
      assert.same({ "200", "a b" }, { post(instance, url:gsub("127.0.0.1", "localhost"), body,
        ("--cacert %s/ca.pem -H 'Content-Type: application/json; charset=utf-8'"):format(folder)) })
      instance:close()
    end
  end)

  it("refuses what is no such request", function()
    local instance, url, state = listening("http", ('{"webhookMaxBatchSize": %d}'):format(#event "a"))
    assert.same({ "200", "a" }, { post(instance, url, event "a") })
    given.holds(post(instance, url, event "ab"), "413")
    given.holds(post(instance, url, event "a", "-H 'Content-Type: text/plain'"), "expected application/json", "400")
    given.holds(post(instance, url .. "/x", event "a"), "404")
    given.holds(post(instance, url, event "a", "-X PUT -H 'Content-Type: application/json'"), "405")
    assert.same({ "200", "" }, { post(instance, url, "nonsense") }) -- it would come again for ever
    assert.matches("left out what is no audit event: ", logged(state), 1, true)
    assert.same({ "200", "z" }, { post(instance, url .. "?timeout=30s", event "z") })
    instance:close()
  end)

  it("listens at all addresses where there is no host", function()
    local url = "http://:" .. free_port() .. "/k8s-audit"
    local instance = assert(support.start(SCRIPT):open(url))
    assert.same({ "200", "a" }, { post(instance, url:gsub("//:", "//127.0.0.1:"), event "a") })
    instance:close()
  end)
end)

describe("examples/k8saudit.lua itself", function()
  it("needs 12 functions at most", function()
    local _, count = read(SCRIPT):gsub("%f[%w]function%f[%W]", "")
    assert.is_true(count <= 12, count)
  end)

  it("has rules with fields that there are", function()
    local known, count = {}, 0
    for _, field in ipairs(support.load_script(SCRIPT):info().fields) do known[field.name] = true end
    for field in read(SOURCE .. "/examples/k8saudit_rules.yaml"):gmatch "%f[%w]ka%.[%w_.]*%w" do
      assert.is_true(known[field], field)
      count = count + 1
    end
    assert.is_true(count > 8)
  end)
end)
