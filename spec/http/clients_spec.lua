-- lure.http.serve with programs that people use: curl, wrk, and a thousand connections at once.
local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

describe("lure.http.serve answers curl", function()
  local served
  setup(function()
    served = http.serving([[function(request)
      if request.path == "/large" then return 200, nil, ("x"):rep(3000000) end
      if request.path == "/moved" then return 302, { Location = "/to" } end
      return 200, nil, ("%s %s %d %s %s\n"):format(request.method, request.path, #request.body, request.headers.host, request.peer)
    end]], "max_body = 2000000")
  end)
  teardown(function() served.instance:close() end)

  --- What curl prints for these words; BODY stands for a file of 1,500,000 bytes, TOO_LARGE for one of 100 MB.
  local function curl(words)
    local body = support.folder() .. "/curl.body"
    support.run(("[ -e %s ] || { head -c 1500000 /dev/zero >%s; truncate -s 100M %s.large; }"):format(body, body, body))
    words = words:gsub("TOO_LARGE", body .. ".large"):gsub("BODY", body)
    return http.while_running(served.instance, ("curl -s -S --unix-socket %s %s"):format(served.path, words))
  end

  it("with each method, and both versions of HTTP/1", function()
    given.holds(curl "http://h/a", "GET /a 0 h pid ")
    given.holds(curl "-0 http://h/a", "GET /a 0 h pid ")
    given.holds(curl "-X DELETE http://h/a", "DELETE /a 0 h ")
    given.holds(curl "-X OPTIONS --request-target '*' http://h/", "OPTIONS * 0 h ")
    given.holds(curl "-I http://h/a", "HTTP/1.1 200 OK\r\n", "Content-Length: ")
    given.holds(curl "-L http://h/moved", "GET /to 0 h ")
    given.holds(curl "--http2 http://h/a", "GET /a 0 h ") -- asks for an upgrade, which is not for it
  end)

  it("that sends bodies: with a length, in chunks, as a form, after a 100 Continue", function()
    given.holds(curl "--data-binary @BODY http://h/", "POST / 1500000 h ")
    given.holds(curl "-T BODY http://h/to", "PUT /to 1500000 h ")
    given.holds(curl "-T - http://h/to <BODY", "PUT /to 1500000 h ")
    given.holds(curl "-H 'Transfer-Encoding: chunked' --data-binary @BODY http://h/", "POST / 1500000 h ")
    given.holds(curl "-H 'Expect: 100-continue' --data-binary @BODY -v http://h/", "POST / 1500000 h ", "< HTTP/1.1 100 Continue")
    given.holds(curl "-F 'file=@BODY' http://h/", "POST / 1500")
  end)

  it("that sends 100 MB: refused before the body where it asks, else in the middle", function()
    given.holds(curl "-H 'Expect: 100-continue' -w '%{http_code} %{size_upload}' --data-binary @TOO_LARGE http://h/", "the body is too large\n413 0")
    given.holds(curl "-H Expect: -w '%{http_code}' --data-binary @TOO_LARGE http://h/", "the body is too large\n413")
    given.holds(curl "-H Expect: -w '%{http_code}' -T - http://h/ <TOO_LARGE", "the body is too large\n413")
  end)

  it("on one connection, request after request", function()
    local text = curl "-w '%{num_connects}\\n' --data-binary @BODY http://h/1 http://h/2 http://h/3"
    given.holds(text, "POST /1 1500000 h ", "POST /2 1500000 h ", "POST /3 1500000 h ")
    assert.equal("1 0 0", table.concat({ text:match "\n(%d+)\n.-\n(%d+)\n.-\n(%d+)\n" }, " "))
  end)

  it("that takes its answer slowly, and others meanwhile", function()
    local answer = support.folder() .. "/answer"
    local text = curl(("--limit-rate 1M http://h/large -o %s & pid=$!; curl -s -S --unix-socket %s http://h/meanwhile; wait $pid; wc -c <%s"):format(
      answer, served.path, answer))
    given.holds(text, "GET /meanwhile", "\n3000000\n")
  end)
end)

describe("lure.http.serve answers wrk", function()
  --- A source at a TCP port, and the port. Its first event is that.
  local function serving(options)
    local instance = given.opened(given.source(([[batch = { milliseconds = 5 }, produce = function(_, emit)
      local probe = lure.net.listen("tcp://127.0.0.1:0")
      local port = probe:port()
      probe:close()
      emit(tostring(port))
      lure.http.serve({ listen = "tcp://127.0.0.1:" .. port, %s }, function(request)
        count = (count or 0) + 1
        if request.path == "/count" then return 200, nil, tostring(count - 1) end
        return 200, nil, request.body
      end)
    end]]):format(options or "")), { config = '{"lure": {"max_errors": 1}}' })
    local port
    repeat
      local _, events = instance:next_batch()
      port = events[1] and events[1].data
    until port
    return instance, port
  end

  local function wrk(options, script)
    local instance, port = serving()
    local file = script and "-s " .. support.file(script, "wrk.lua") or ""
    local text = http.while_running(instance, ("wrk -t 2 -c 50 -d 1 %s %s http://127.0.0.1:%s/ && curl -s http://127.0.0.1:%s/count"):format(
      options or "", file, port, port))
    instance:close()
    return text
  end

  local function check(text)
    local requests, rest = tonumber(text:match "(%d+) requests in"), text:match "Transfer/sec:[^\n]*\n(.*)"
    assert.is_truthy(requests and requests > 100, text)
    assert.is_nil(text:find("Socket errors", 1, true) or text:find("Non-2xx", 1, true), text)
    assert.is_true(tonumber(rest) >= requests, text) -- those that were on their way when it ended are not among its own
  end

  it("whose fifty connections ask all the time", function() check(wrk()) end)

  it("that sends bodies", function()
    check(wrk("", [[wrk.method = "POST" wrk.body = ("x"):rep(1500)
      function response(status, _, body) if body ~= wrk.body then wrk.thread:stop() end end]]))
  end)

  it("that sends sixteen requests at once", function()
    check(wrk("", [[function init() one = wrk.format("GET", "/") many = one:rep(16) end function request() return many end]]))
  end)
end)

describe("lure.http.serve has a thousand connections", function()
  it("at once, each with half a request, and answers all; one more waits until one ends", function()
    local path = support.folder() .. "/many.sock"
    local script = support.file(given.source(([[produce = function()
      lure.http.serve({ listen = "unix://%s", idle = 300 }, function(request)
        return 200, nil, request.path
      end)
    end]]):format(path)))
    local output, status = support.run(([[ulimit -n 4096
      timeout 120 %s/bin/lure run %s >/dev/null 2>&1 & lure=$!
      env -u LD_PRELOAD PATH=/usr/bin:$PATH timeout 100 python3 %s/spec/http/many.py %s 1000; status=$?
      kill -TERM $lure; wait $lure; exit $status]]):format(support.build, script, http.source, path))
    assert.equal(0, status, output)
    assert.equal("1000 answers; the one that waited has its own\n", output)
  end)
end)
