-- lure.http.serve: what a handler gets, what clients get, and what is refused.

local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local ECHO = "function(request) return 200, { ['Content-Type'] = 'application/json' }, lure.json.encode(request) end"

local function get(path, headers)
  return ("GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n"):format(path, headers or "")
end

local LAST = "Connection: close\r\n"

--- Status and body of each answer.
local function answers(text)
  local list = {}
  while text ~= "" do
    local status, head, rest = text:match("^HTTP/1%.1 (%d+) [^\r]*\r\n(.-\r\n)\r\n(.*)$")
    assert(status, text)
    local length = tonumber(head:match("Content%-Length: (%d+)") or 0)
    list[#list + 1] = status .. " " .. rest:sub(1, length):gsub("\n$", "")
    text = rest:sub(length + 1)
  end
  return list
end

local echo
setup(function() echo = http.serving(ECHO, "max_body = 100") end)
teardown(function() echo.instance:close() end)

local function asked(...) return answers(http.ask(echo, ...)) end

--- The request as the handler saw it.
local function seen(text)
  local list = asked(text, "<")
  assert.equal(1, #list)
  return list[1]
end

describe("the handler of lure.http.serve", function()
  it("gets method, path, query, headers, body and peer", function()
    local text = seen(
      "POST /a%20b/c?x=1%262+3&y&x=2&=z HTTP/1.1\r\nHost: h\r\nX-Two: a\r\nx-two: b\r\nCookie: c\r\nCookie: d\r\nContent-Length: 3\r\n" ..
      LAST .. "\r\nb\\x00y")
    given.holds(text, '"method":"POST"', '"path":"/a%20b/c"', '"target":"/a%20b/c?x=1%262+3&y&x=2&=z"',
      '"query":{"":"z","x":"1&2 3","y":""}', '"x-two":"a, b"', '"cookie":"c; d"', '"host":"h"', '"body":"b\\u0000y"', '"peer":"pid ')
  end)

  it("gets a body in chunks as one, and no trailers", function()
    local text = seen("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" .. LAST ..
      "\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: no\r\nHost: other\r\n\r\n")
    given.holds(text, '"body":"abcde"', '"host":"x"')
    assert.is_nil(text:find("trailer", 1, true) or text:find("other", 1, true))
  end)

  it("gets values of headers without the spaces around them, which change nothing", function()
    given.holds(seen("POST / HTTP/1.1\r\nHost: x \t\r\nA:\t b c \t \r\nB: \r\nTransfer-Encoding: chunked \r\n" .. LAST .. "\r\n1\r\nx\r\n0\r\n\r\n"),
      '"host":"x"', '"a":"b c"', '"b":""', '"body":"x"')
    given.holds(seen("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue \r\nContent-Length: 1 \r\n" .. LAST .. "\r\nx"), "100")
  end)

  it("gets the path of an absolute address", function()
    given.holds(seen("GET http://some.where/path?a=b HTTP/1.1\r\nHost: x\r\n" .. LAST .. "\r\n"), '"path":"/path"', '"a":"b"')
  end)

  it("is called for one request after the other of a connection, also where they come at once", function()
    assert.equal(3, #asked(get("/1") .. get("/2") .. get("/3", LAST), "<"))
    assert.equal(2, #asked(get "/1", "<\\r\\n\\r\\n", get("/2", LAST), "<"))
    local list = asked("*500 " .. get "/", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx" .. get("/", LAST), "<")
    assert.equal(502, #list)
    for _, answer in ipairs(list) do assert.equal("200", answer:sub(1, 3)) end
  end)

  it("is called for HTTP/1.0, whose connections end with the answer", function()
    assert.equal(1, #asked("GET / HTTP/1.0\r\n\r\n", "<"))
    assert.equal(2, #asked("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", "<"))
  end)

  it("has its answer sent: status, headers, body", function()
    local served = http.serving [[function(request)
      if request.path == "/none" then return 204 end
      return 201, { ["X-One"] = 1, ["X-Two"] = { "a", "b" } }, "the body"
    end]]
    local text = http.ask(served, get("/", LAST), "<")
    given.holds(text, "HTTP/1.1 201 Created\r\n", "\r\nDate: ", "\r\nX-One: 1\r\n", "\r\nX-Two: a\r\nX-Two: b\r\n", "\r\nConnection: close\r\n",
      "\r\nContent-Length: 8\r\n", "\r\n\r\nthe body")
    text = http.ask(served, get("/none") .. "HEAD / HTTP/1.1\r\nHost: x\r\n" .. LAST .. "\r\n", "<")
    given.holds(text, "HTTP/1.1 204 No Content\r\n", "\r\nContent-Length: 8\r\n")
    assert.equal("\r\n\r\n", text:sub(-4))
    assert.is_nil(text:match("^(.-\r\n\r\n)"):find("Content-Length", 1, true))
    served.instance:close()
  end)

  it("may wait, while others are answered", function()
    local served = http.serving [[function(request)
      if request.path == "/slow" then slow = true end
      while not (slow and (quick or request.path == "/quick")) do lure.sleep(0.002) end -- each needs that the other is there
      quick = true
      return 200, nil, request.path
    end]]
    local raw = ("python3 %s/spec/http/raw.py %s"):format(http.source, served.path)
    local text = http.while_running(served.instance, ("%s %s '<' & %s %s '<'; wait"):format(raw, support.quote(get("/slow", LAST)),
      raw, support.quote(get("/quick", LAST))))
    given.holds(text, "\r\n\r\n/slow", "\r\n\r\n/quick")
    served.instance:close()
  end)

  it("that throws or returns nonsense answers 500, which is logged, and the connection goes on", function()
    local handler = [[function(request)
      local what = request.query.a
      if what == "throw" then error("secret reason") end
      if what == "nothing" then return end
      if what == "status" then return 99 end
      if what == "header" then return 200, { ["X-A"] = "a\r\nSet-Cookie: b" } end
      if what == "name" then return 200, { ["X A"] = "a" } end
      if what == "own" then return 200, { ["Content-Length"] = "1" } end
      if what == "body" then return 200, nil, {} end
      return 200
    end]]
    local words = {}
    for _, what in ipairs { "throw", "nothing", "status", "header", "name", "own", "body" } do
      local served, text = http.serving(handler), nil -- each has its own log, or some would only be counted
      local logged = support.capture_stderr(function() text = http.ask(served, get("/?a=" .. what) .. get("/", LAST), "<") end)
      assert.same({ "500 the server has failed", "200 " }, answers(text))
      words[#words + 1] = logged
      served.instance:close()
    end
    given.holds(table.concat(words), "secret reason", "GET /?a=throw", "expected a status, an integer from 200 to 599",
      "a header's value has control characters", "a header's name has characters", "Content-Length, Transfer-Encoding, Connection and Date",
      "expected a text as the third value")
  end)

  it("may hand events on with emit", function()
    local path = support.folder() .. "/emit.sock"
    local instance = given.opened(given.source(([[batch = { milliseconds = 5 }, next = function(i)
      i.list = i.list or {}
      if not i.serving then
        i.serving = lure.spawn(function()
          lure.http.serve({ listen = "unix://%s", methods = { "POST" } }, function(request) table.insert(i.list, request.body) return 204 end)
        end)
      end
      while #i.list == 0 do lure.sleep(0.002) end
      return table.remove(i.list, 1)
    end]]):format(path)))
    local text = http.ask({ instance = instance, path = path }, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" .. get("/", LAST), "<")
    assert.equal("204 ", answers(text)[1])
    given.holds(text, "405 Method Not Allowed", "\r\nAllow: POST\r\n")
    instance:close()
  end)
end)

describe("lure.http.serve refuses", function()
  it("what can be understood in two ways", function()
    for _, text in ipairs {
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\nHost: x\n\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\\x00c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c: d\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /\r\n\r\n",
      "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03",
      "nonsense\r\n\r\n",
    } do
      local list = asked(text .. get("/smuggled", LAST), "<")
      assert.equal(1, #list, text)
      assert.is_truthy(list[1]:match("^[45]0[0-5] "), text .. "\n" .. list[1])
    end
  end)

  it("methods that it does not know, CONNECT, and what is no HTTP/1", function()
    assert.equal("501", asked("NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n", "<")[1]:sub(1, 3))
    assert.equal("501", asked("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", "<")[1]:sub(1, 3))
    assert.equal("505", asked("GET / HTTP/3.0\r\nHost: x\r\n\r\n", "<")[1]:sub(1, 3))
    assert.is_truthy(asked("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "<")[1]:find("^[45]0"))
  end)

  it("a body of more than max_body, before it is sent where that is said", function()
    local function post(length, extra) return ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n"):format(length, extra or "") end
    assert.equal("200", asked(post(100, LAST), "*100 x", "<")[1]:sub(1, 3))
    assert.same({ "413 the body is too large" }, asked(post(101), "<"))
    assert.same({ "413 the body is too large" }, asked(post(101), "*101 x", "<"))
    assert.same({ "413 the body is too large" }, asked(post(100000000), "*1000000 x", "<"))
    assert.same({ "413 the body is too large" }, asked(post(101, "Expect: 100-continue\r\n"), "<"))
    assert.same({ "413 the body is too large" }, asked("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
      "*51 2\r\nab\r\n", "0\r\n\r\n", "<"))
    assert.equal("200", asked("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" .. LAST .. "\r\n", "*50 2\r\nab\r\n",
      "0\r\n\r\n", "<")[1]:sub(1, 3))
  end)

  it("an address of more than 8 KiB", function()
    assert.equal("200", asked("GET /", "*8191 a", " HTTP/1.1\r\nHost: x\r\n" .. LAST .. "\r\n", "<")[1]:sub(1, 3))
    assert.same({ "414 the address is too long" }, asked("GET /", "*8192 a", " HTTP/1.1\r\nHost: x\r\n\r\n", "<"))
  end)

  it("headers of more than 32 KiB, or more than 100 lines, also those that never end", function()
    assert.equal("200", asked("GET / HTTP/1.1\r\nHost: x\r\n" .. LAST, "*98 A: b\r\n", "\r\n", "<")[1]:sub(1, 3))
    assert.same({ "431 there are too many headers" }, asked("GET / HTTP/1.1\r\nHost: x\r\n" .. LAST, "*99 A: b\r\n", "\r\n", "<"))
    -- "host", "x" and "a" with their ends are 9 bytes, so is the end of its value
    assert.equal("200", asked("GET / HTTP/1.0\r\nHost: x\r\nA: ", ("*%d b"):format(32768 - 10), "\r\n\r\n", "<")[1]:sub(1, 3))
    assert.same({ "431 the headers are too long" }, asked("GET / HTTP/1.0\r\nHost: x\r\nA: ", ("*%d b"):format(32768 - 9), "\r\n\r\n", "<"))
    assert.same({ "431 the headers are too long" }, asked("GET / HTTP/1.1\r\nHost: x\r\nA: ", "*1000000 b", "<"))
    assert.same({ "431 the headers are too long" },
      asked("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ", "*40000 b", "<"))
  end)

  it("what can be expected but 100-continue", function()
    assert.equal("417", asked("POST / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\n", "<")[1]:sub(1, 3))
    local text = http.ask(echo, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" .. LAST .. "\r\n",
      "<100 Continue\\r\\n\\r\\n", "ab", "<")
    given.holds(text, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n", '"body":"ab"')
  end)

  it("to tell a client to go on that has not asked, behind one that has", function()
    local text = http.ask(echo, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
      "<100 Continue\\r\\n\\r\\n", "ab", "<\"ab\"", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" .. LAST .. "\r\ncd", "<")
    assert.equal(1, select(2, text:gsub("100 Continue", "")), text)
    given.holds(text, '"body":"cd"')
  end)
end)

describe("a slow client of lure.http.serve", function()
  it("is answered 408 where its header takes more than ten seconds", function()
    local text = http.ask(echo, "GET / HTTP/1.1\r\n", (",0.1 A: %s"):format(("x"):rep(10000)), "<")
    assert.same({ "408 the request took too long" }, answers(text))
  end)

  it("is left where it says nothing for `idle` seconds", function()
    local served = http.serving(ECHO, "idle = 0.2")
    assert.equal("", http.ask(served, "<"))
    assert.equal(1, #answers(http.ask(served, get "/", "<")))
    served.instance:close()
  end)

  it("does not keep others waiting", function()
    local served = http.serving(ECHO, "connections = 50")
    local raw = ("python3 %s/spec/http/raw.py %s"):format(http.source, served.path)
    local text = http.while_running(served.instance, ([[for i in 1 2 3 4 5 6 7 8; do %s 'GET / HT' '<HTTP' & pids="$pids $!"; done
      %s %s '<'; kill $pids]]):format(raw, raw, support.quote(get("/", LAST))))
    given.holds(text, "HTTP/1.1 200 OK")
    served.instance:close()
  end)
end)

describe("lure.http.serve", function()
  it("ends with the source, which closes connections and the socket", function()
    local served = http.serving(ECHO)
    local path = support.file("", "left")
    os.execute(("env -u LD_PRELOAD PATH=/usr/bin:$PATH python3 %s/spec/http/raw.py %s '<' >%s && echo closed >%s &"):format(
      http.source, served.path, path, path))
    for _ = 1, 20 do served.instance:next_batch() end
    http.ask(served, get("/", LAST), "<")
    served.instance:close()
    local text
    repeat text = io.open(path):read("a") until text ~= ""
    assert.equal("closed\n", text)
    assert.is_nil(io.open(served.path))
  end)

  it("says what is wrong with its arguments", function()
    for call, message in pairs {
      ['{ listen = "tcp://127.0.0.1:0" }'] = "bad argument #2",
      ['{ listn = "" }, print'] = 'lure.http.serve: unknown option string "listn"; did you mean "listen"?',
      ['{ listen = "tcp://nowhere" }, print'] = "lure.net.listen: ",
      ['{ listen = "tcp://127.0.0.1:0", methods = {} }, print'] = "methods: expected a list of 1 to 16 methods",
      ['{ listen = "tcp://127.0.0.1:0", methods = { "A B" } }, print'] = 'expected methods, such as "POST", got string "A B"',
      ['{ listen = "tcp://127.0.0.1:0", max_body = -1 }, print'] = "max_body: expected an integer from 0",
    } do
      given.holds((http.returned({}, ("lure.http.serve(%s)"):format(call))), message)
    end
  end)
end)
