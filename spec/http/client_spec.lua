-- lure.http as a client: what is sent, what comes back, what goes wrong.

local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

local restore, server
setup(function()
  restore = host.redirect_stderr("/dev/null")
  server = http.server()
end)
teardown(function()
  server.stop()
  restore()
end)

local function returned(body, options) return (http.returned(server, body, options)) end

--- What stands in the JSON that /echo has answered, by the expression `r.…`.
local function echoed(call, expression)
  return returned(("local r = %s:json() return tostring(%s)"):format(call, expression))
end

describe("lure.http sends", function()
  it("the path and the query", function()
    assert.equal("/echo/x?a=1&b=x%20y%26%3D&c=1&c=true", echoed(
      [[lure.http.get("http://127.0.0.1:$http/echo/x?a=1#part", { query = { c = { 1, true }, b = "x y&=" } })]], "r.target"))
    assert.equal("/echo", echoed([[lure.http.get("http://127.0.0.1:$http/echo", { query = {} })]], "r.target"))
    assert.equal("/echo/a/../b/./c//d/%2e%2e/e?f=/../", echoed(
      [[lure.http.get("http://127.0.0.1:$http/echo/a/../b/./c//d/%2e%2e/e?f=/../")]], "r.target"))
  end)

  it("headers of its own, and those that are given", function()
    local version = io.open((os.getenv("LURE_SOURCE") or ".") .. "/VERSION"):read("l")
    assert.same("GET|lure/" .. version .. "|*/*|127.0.0.1:" .. server.http .. "|one, two||nil", returned [[
      local r = lure.http.get("http://127.0.0.1:$http/echo", { headers = { ["X-A"] = "one, two", ["X-B"] = "" } }):json()
      local h = r.headers
      return table.concat({ r.method, h["user-agent"], h.accept, h.host, h["x-a"], h["x-b"], tostring(h["content-type"]) }, "|")]])
    assert.equal("me", echoed([[lure.http.get("http://127.0.0.1:$http/echo", { headers = { ["User-Agent"] = "me" } })]],
      'r.headers["user-agent"]'))
  end)

  it("a header with several values several times", function()
    assert.equal("X-A: 1|X-A: 2", returned [[
      local list = {}
      for _, line in ipairs(lure.http.get("http://127.0.0.1:$http/echo", { headers = { ["X-A"] = { 1, 2 } } }):json().list) do
        if line:find("X-A", 1, true) then list[#list + 1] = line end
      end
      return table.concat(list, "|")]])
  end)

  it("a body as it is, or a value as JSON", function()
    assert.equal("POST 4 a\0b\255 nil", returned [[
      local r = lure.http.post("http://127.0.0.1:$http/echo", "a\0b\255"):json()
      local body = r.body:gsub("\195\191", "\255")
      return table.concat({ r.method, r.headers["content-length"], body, tostring(r.headers["content-type"]) }, " ")]])
    assert.equal('{"a":[1,2]} application/json', echoed([[lure.http.post("http://127.0.0.1:$http/echo", nil, { json = { a = { 1, 2 } } })]],
      'r.body .. " " .. r.headers["content-type"]'))
    assert.equal("text/x", echoed([[lure.http.post("http://127.0.0.1:$http/echo", nil, { json = {}, headers = { ["content-type"] = "text/x" } })]],
      'r.headers["content-type"]'))
  end)

  it("any method", function()
    for _, method in ipairs { "PUT", "DELETE", "PATCH", "QUERY" } do
      assert.equal(method .. " x", echoed(([[lure.http.request { method = "%s", url = "http://127.0.0.1:$http/echo", body = "x" }]]):format(
        method), 'r.method .. " " .. r.body'))
    end
    assert.equal("GET", echoed([[lure.http.request { url = "http://127.0.0.1:$http/echo" }]], "r.method"))
    assert.equal("POST", echoed([[lure.http.request { url = "http://127.0.0.1:$http/echo", body = "x" }]], "r.method"))
    assert.equal("200 0", returned [[
      local r = lure.http.request { method = "HEAD", url = "http://127.0.0.1:$http/headers" } return r.status .. " " .. #r.body]])
  end)

  it("user and password of the address, and does not show them", function()
    assert.equal("Basic bWU6c2UgY3JldA==", echoed([[lure.http.get("http://me:se%20cret@127.0.0.1:$http/echo")]],
      "r.headers.authorization"))
    local message = returned [[return lure.http.get("http://me:secret@127.0.0.1:$http/cut?token=hidden").body]]
    given.holds(message, "script.lua:4: next: lure.http.get: http://127.0.0.1:" .. server.http .. "/cut: ")
    assert.is_nil(message:find("secret", 1, true) or message:find("hidden", 1, true))
  end)

  it("through a proxy that is named", function()
    assert.equal("http://no-such-host.invalid/path", echoed(
      [[lure.http.get("http://no-such-host.invalid/path", { proxy = "http://localhost:$other" })]], "r.target"))
  end)

  it("nothing through proxies of the environment", function()
    local script = given.source(([[next = function(i)
      if i.done then return nil end
      i.done = true
      return lure.http.get("http://127.0.0.1:%d/status/200").body
    end]]):format(server.http))
    local output, status = support.run(("http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 " ..
      "timeout 60 %s/bin/lure run %s"):format(support.quote(support.build), support.quote(support.file(script))))
    assert.equal(0, status, output)
    given.holds(output, "said 200")
  end)
end)

describe("an answer of lure.http", function()
  it("has status, headers, body and url", function()
    assert.equal("404 nothing here http://127.0.0.1:" .. server.http .. "/none?a=1", returned [[
      local r = lure.http.get("http://u:p@127.0.0.1:$http/none?a=1#x") return r.status .. " " .. r.body .. " " .. r.url]])
  end)

  it("has headers by their names in lower case, several of one joined", function()
    assert.equal("a, b|a=1\nb=2|caf\233||nil", returned [[
      local h = lure.http.get("http://127.0.0.1:$http/headers").headers
      return table.concat({ h["x-many"], h["set-cookie"], h["x-latin"], h["x-empty"], tostring(h["X-Many"]) }, "|")]])
  end)

  it("is unpacked, put together from chunks, and what comes before it is left out", function()
    assert.equal("7000", returned [[return #lure.http.get("http://127.0.0.1:$http/gzip").body]])
    assert.equal("one two three", returned [[return lure.http.get("http://127.0.0.1:$http/chunked").body]])
    assert.equal("200 late nil", returned [[local r = lure.http.get("http://127.0.0.1:$http/early")
      return r.status .. " " .. r.body .. " " .. tostring(r.headers["x-early"])]])
  end)

  it("is decoded by json", function()
    assert.equal("2", returned [[return #lure.http.get("http://127.0.0.1:$http/json"):json().a - 1]])
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/status/503"):json()]],
      "/status/503: expected an answer with JSON (status 200 to 299), got status 503: said 503")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/status/200"):json()]], "script.lua:4: next: ")
    assert.is_nil((returned [[return lure.http.get("http://127.0.0.1:$http/status/503?token=hidden"):json()]]):find("hidden", 1, true))
  end)

  it("comes over a connection that is used again", function()
    assert.equal("true", returned [[
      local first = lure.http.get("http://127.0.0.1:$http/echo"):json().connection
      lure.http.get("http://127.0.0.1:$http/gzip")
      return tostring(first == lure.http.get("http://127.0.0.1:$http/echo"):json().connection)]])
    assert.equal("bye bye", returned [[
      return lure.http.get("http://127.0.0.1:$http/closes").body .. " " .. lure.http.get("http://127.0.0.1:$http/closes").body]])
  end)

  it("has the largest body that is allowed, and no larger one", function()
    assert.equal("1000", returned [[return #lure.http.get("http://127.0.0.1:$http/big/1000", { max_body = 1000 }).body]])
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/big/1001", { max_body = 1000, retry = true }).body]],
      "/big/1001: the answer has more than max_body (1000 bytes)")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/bomb/100000000").body]], "more than max_body (16777216 bytes)")
  end)

  it("has at most 256 KiB of headers", function()
    assert.equal("200", returned [[return lure.http.get("http://127.0.0.1:$http/longheader/100").status]])
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/longheader/280").status]], "/longheader/280: ")
  end)
end)

describe("requests of lure.http", function()
  it("run at once in several tasks", function()
    assert.equal("met met met met met", returned [[
      local tasks, texts = {}, {}
      for i = 1, 5 do
        tasks[i] = lure.spawn(function() texts[i] = lure.http.get("http://127.0.0.1:$http/meet/5/tasks").body end)
      end
      for i = 1, 5 do tasks[i]:join() end
      return table.concat(texts, " ")]])
  end)

  it("let the host have what was there before, and do not hold it up", function()
    local instance = http.open(server, [[
      n = (n or 0) + 1
      if n == 3 then lure.http.get("http://127.0.0.1:$http/stall", { timeout = 1000 }) end
      return n]])
    local list = {}
    while #list < 2 do
      local _, events = instance:next_batch()
      for _, event in ipairs(events) do list[#list + 1] = event.data end
    end
    assert.same({ "1", "2" }, list)
    assert.equal("timeout", (instance:next_batch()))
    assert.equal("timeout", (instance:next_batch()))
  end)

  it("end when the source is closed", function()
    local function count(what)
      return tonumber(returned(([[return lure.http.get("http://127.0.0.1:$http/count/%s").body]]):format(what)))
    end
    local before, left = count "stalled", count "left"
    local instance = http.open(server, [[return lure.http.get("http://127.0.0.1:$http/stall", { timeout = 1000 }).body]])
    repeat assert.equal("timeout", (instance:next_batch())) until count "stalled" > before
    instance:close()
    while count "left" == left do end -- the server sees the connection end
  end)

  it("are waited for in init", function()
    local plugin = support.start(given.extractor(([[init = function() text = lure.http.get("http://127.0.0.1:%d/status/200").body end,
      fields = { { name = "x.y", type = "string", desc = "-", extract = function() return text end } },]]):format(server.http)))
    assert.equal("said 200", (plugin:extract(support.event "1", "x.y")))
  end)

  it("cannot wait in extract, and say so", function()
    local plugin = support.start(given.field(([[function() return lure.http.get("http://127.0.0.1:%d/echo").body end]]):format(server.http)))
    local _, message = plugin:extract(support.event "1", "x.y")
    given.holds(message, "lure.http.get: cannot wait")
  end)

end)

describe("lure.http gives up", function()
  it("after its timeout", function()
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/stall", { timeout = 0.2 }).body]],
      "/stall: no complete answer within 0.2 s (timeout)")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/drip", { timeout = 0.2 }).body]],
      "/drip: no complete answer within 0.2 s (timeout)")
  end)

  it("where nobody listens, the name is unknown, or what comes is no HTTP", function()
    given.holds(returned [[return lure.http.get("http://127.0.0.1:1/").body]], "http://127.0.0.1:1/: cannot connect: Connection refused")
    given.holds(returned [[return lure.http.get("http://no-such-host.invalid/").body]], "lure.http.get: http://no-such-host.invalid/: ")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/garbage").body]], "/garbage: ")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/cut").body]], "/cut: end of response with 90 bytes missing")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/badgzip").body]], "/badgzip: ")
  end)

  it("at what is wrong with its arguments", function()
    for call, message in pairs {
      ['get()'] = "lure.http.get: address: expected a text, got nil",
      ['get("a\\0b")'] = "lure.http.get: address: expected a text without NUL",
      ['get("file:///etc/passwd")'] = "lure.http.get: the address: expected http:// or https://",
      ['get("http://a b/")'] = "lure.http.get: the address: ",
      ['get("http://x/" .. ("y"):rep(9000))'] = "lure.http.get: the address: it is too long",
      ['get("http://x/", { qery = {} })'] = 'lure.http.get: unknown option string "qery"; did you mean "query"?',
      ['get("http://x/", { query = { a = {{}} } })'] = "query: expected texts, numbers or booleans, got table",
      ['get("http://x/", { headers = { ["a b"] = "c" } })'] = 'headers: string "a b" is no name of a header',
      ['get("http://x/", { headers = { a = "b\\r\\nc: d" } })'] = 'headers: the value of "a" has control characters',
      ['get("http://x/", { headers = { ["Content-Length"] = 1 } })'] = '"Content-Length" is made by lure itself',
      ['get("http://x/", { timeout = 0 })'] = "timeout: expected seconds, a number above 0, got integer 0",
      ['get("http://x/", { retry = -1 })'] = "retry: expected true, false, or how often, from 0 to 1000, got integer -1",
      ['get("http://x/", { max_body = "x" })'] = "max_body: expected an integer from 1 to 2147483647, got string",
      ['get("http://x/", { tls = { ca = "" } })'] = "tls.ca: expected the path of a PEM file",
      ['get("http://x/", { tls = { verfy = true } })'] = 'unknown option string "verfy"; did you mean "verify"?',
      ['get("http://x/", { proxy = "https://x" })'] = "proxy: expected http://, not https://",
      ['post("http://x/", {})'] = "body: expected a text (for a table use json = …), got table",
      ['post("http://x/", "a", { json = 1 })'] = "body and json are given; only one can be sent",
      ['request { url = "http://x/", method = "A B" }'] = 'method: expected a method, such as "PUT", got string "A B"',
    } do
      given.holds(returned("return lure.http." .. call .. ".body"), message)
    end
  end)
end)

describe("lure.http follows redirects", function()
  it("as browsers do", function()
    for status, method in pairs { [301] = "GET", [302] = "GET", [303] = "GET", [307] = "POST", [308] = "POST" } do
      assert.equal(method .. (method == "POST" and " x 1" or "  nil"), echoed(
        ([[lure.http.post("http://127.0.0.1:$http/to/%d?url=/echo", "x")]]):format(status),
        'r.method .. " " .. r.body .. " " .. tostring(r.headers["content-length"])'))
    end
    assert.equal("PUT", echoed([[lure.http.request { method = "PUT", url = "http://127.0.0.1:$http/to/302?url=/echo" }]], "r.method"))
  end)

  it("and tells where it has come to", function()
    assert.equal("http://localhost:" .. server.other .. "/echo", returned
      [[return lure.http.get("http://127.0.0.1:$http/to/302?url=http%3A%2F%2Flocalhost%3A$other%2Fecho").url]])
  end)

  it("without what is secret, where that is somebody else", function()
    local headers = [[{ headers = { Authorization = "a", Cookie = "b", ["X-Other"] = "c" } }]]
    local expression = [[tostring(r.headers.authorization) .. tostring(r.headers.cookie) .. r.headers["x-other"] ]]
    assert.equal("abc", echoed([[lure.http.get("http://127.0.0.1:$http/to/302?url=/echo", ]] .. headers .. ")", expression))
    assert.equal("nilnilc", echoed([[lure.http.get("http://127.0.0.1:$http/to/302?url=http://127.0.0.1:$other/echo", ]] .. headers .. ")",
      expression))
    assert.equal("nil", echoed([[lure.http.get("http://a:b@127.0.0.1:$http/to/302?url=http://127.0.0.1:$other/echo")]],
      "r.headers.authorization"))
  end)

  it("but to nothing else than HTTP, and not for ever", function()
    for _, url in ipairs { "file:///etc/passwd", "gopher://127.0.0.1:1/", "ftp://127.0.0.1/" } do
      given.holds(returned(([[return lure.http.get("http://127.0.0.1:$http/to/302?url=%s").body]]):format(url)),
        "/to/302: expected http:// or https://")
    end
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/loop", { retry = true }).body]], "redirected more than 10 times")
    given.holds(returned [[return lure.http.get("http://127.0.0.1:$http/loop", { redirects = 2 }).body]], "redirected more than 2 times")
    assert.equal("302 /loop", returned [[
      local r = lure.http.get("http://127.0.0.1:$http/loop", { redirects = 0 }) return r.status .. " " .. r.headers.location]])
  end)
end)

describe("lure.http tries again", function()
  it("where the server is busy or failing, if it is asked to", function()
    assert.equal("503", returned [[return lure.http.get("http://127.0.0.1:$http/busy/1/503/a?after=0").status]])
    assert.equal("200 3", returned [[
      local r = lure.http.get("http://127.0.0.1:$http/busy/2/429/b?after=0", { retry = true }) return r.status .. " " .. r.body]])
    assert.equal("2", returned [[return lure.http.get("http://127.0.0.1:$http/busy/1/500/c", { retry = 1 }).body]])
    assert.equal("501", returned [[return lure.http.get("http://127.0.0.1:$http/busy/1/501/d?after=0", { retry = true }).status]])
  end)

  it("when Retry-After says", function()
    assert.equal("true", returned [[
      local before = lure.now()
      assert(lure.http.get("http://127.0.0.1:$http/busy/1/429/e?after=2", { retry = true }).status == 200)
      return tostring(lure.now() - before >= 2e9)]])
    assert.equal("200", returned [[
      return lure.http.get("http://127.0.0.1:$http/busy/1/503/f?after=Wed,%2021%20Oct%202015%2007:28:00%20GMT", { retry = true }).status]])
  end)

  it("where the connection breaks", function()
    assert.equal("alive", returned [[return lure.http.post("http://127.0.0.1:$http/dies/1/a", "x", { retry = true }).body]])
    given.holds(returned [[return lure.http.post("http://127.0.0.1:$http/dies/9/b", "x").body]], "/dies/9/b: ")
  end)

  it("as often as it is asked to, and then has what came last", function()
    assert.equal("503 busy", returned [[
      local r = lure.http.get("http://127.0.0.1:$http/busy/9/503/g?after=0", { retry = 2 }) return r.status .. " " .. r.body]])
    given.holds(returned [[return lure.http.get("http://127.0.0.1:1/", { retry = 1 }).body]], "cannot connect: Connection refused")
  end)

  it("and says why each time, once a second for an address, without secrets", function()
    local function logged(body)
      local instance, state = http.open(server, body)
      local rc, events
      repeat rc, events = instance:next_batch() until rc ~= "timeout"
      return state:log(), events and events[1] and events[1].data
    end
    local log, text = logged [[
      return lure.http.get("http://u:secret@127.0.0.1:$http/busy/3/503/log?after=0&secret=1", { retry = 3 }).body]]
    assert.equal("4", text)
    assert.matches("^lure%.http%.get http://[^ ]*/busy/3/503/log: status 503; again in %d%.%d s, attempts left: 3$", log[1].message)
    assert.is_true(#log < 3)
    for _, line in ipairs(log) do assert.is_nil(line.message:find "secret") end
    log = logged [[lure.http.get("http://127.0.0.1:1/", { retry = 1 })]]
    assert.matches("^lure%.http%.get http://127%.0%.0%.1:1/: [^;]*Connection refused; again in 0%.%d s, attempts left: 1$", log[1].message)
  end)

  it("from the first address on, after a redirect, with its method", function()
    assert.equal("2", returned
      [[return lure.http.post("http://127.0.0.1:$http/to/302?url=/busy/1/503/h?after=0", "x", { retry = true }).body]])
  end)
end)

describe("the memory of lure.http", function()
  local limited = { config = '{"lure": {"max_errors": 1, "memory": 6000000}}' }

  it("is limited with the script's", function()
    given.holds(returned([[return #lure.http.get("http://127.0.0.1:$http/big/15000000").body]], limited),
      "/big/15000000: the answer: not enough memory (limit: init_config.lure.memory)")
    assert.equal("1000", returned([[return #lure.http.get("http://127.0.0.1:$http/big/1000").body]], limited))
  end)

  it("is given back", function()
    assert.equal("300", returned([[
      for i = 1, 300 do
        assert(#lure.http.get("http://127.0.0.1:$http/big/400000").body == 400000)
        assert(not pcall(lure.http.get, "http://127.0.0.1:$http/cut"))
      end
      return 300]], limited))
  end)
end)
