-- lure.http.serve and lure.net over TLS. The other end's TLS is OpenSSL's.

local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

local restore, folder
setup(function()
  restore = host.redirect_stderr("/dev/null")
  folder = http.certificates()
end)
teardown(function() restore() end)

local HANDLER = "function(request) return 200, nil, request.body .. #request.body end"
local GET = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

local function serving(options)
  return http.serving(HANDLER, ("tls = { %s }"):format(options:gsub("%$", folder .. "/")))
end

local function ask(served, tls, ...)
  served.tls = tls
  return http.ask(served, ...)
end

local OWN = [[cert = "$good.pem", key = "$good.key"]]

describe("lure.http.serve over TLS", function()
  it("shows its certificate and answers", function()
    local served = serving(OWN)
    given.holds(ask(served, { folder .. "/ca.pem", "localhost" }, GET, "<"), "HTTP/1.1 200 OK\r\n", "\r\n\r\n0")
    given.holds(ask(served, { folder .. "/ca.pem", "elsewhere" }, GET, "<"), "TLS: ", "certificate verify failed")
    given.holds(ask(served, { folder .. "/ca.pem", "localhost" },
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n", "*200000 x", "<"), "xxx200000")
    served.instance:close()
  end)

  it("is not upset by what is no TLS, or breaks off", function()
    local served = serving(OWN)
    assert.is_nil(http.ask(served, GET, "<"):find("200 OK", 1, true))
    http.ask(served, "\\x16\\x03\\x01\\x02\\x00\\x01")
    http.ask(served, "|", "<")
    given.holds(ask(served, { folder .. "/ca.pem", "localhost" }, GET, "<"), "HTTP/1.1 200 OK\r\n")
    served.instance:close()
  end)

  it("asks for a client's certificate, if it has an authority for it", function()
    local served = serving(OWN .. [[, ca = "$ca.pem"]])
    local ca = folder .. "/ca.pem"
    given.holds(ask(served, { ca, "localhost", folder .. "/person.pem", folder .. "/person.key" }, GET, "<"), "HTTP/1.1 200 OK")
    assert.is_nil(ask(served, { ca, "localhost" }, GET, "<"):find("200 OK", 1, true))
    assert.is_nil(ask(served, { ca, "localhost", folder .. "/stranger.pem", folder .. "/stranger.key" }, GET, "<"):find("200 OK", 1, true))
    served.instance:close()
  end)

  it("takes new certificates when their files have changed, and keeps the old ones where they are faulty", function()
    local own = support.folder() .. "/changing"
    local function install(name)
      support.run(("mkdir -p %s && cd %s && for kind in key pem; do cp %s/%s.$kind new && mv new own.$kind; done"):format(own, own, folder, name))
    end
    install "wrong"
    local served = http.serving(HANDLER, ([[tls = { cert = "%s/own.pem", key = "%s/own.key" }]]):format(own, own))
    given.holds(ask(served, { folder .. "/ca.pem", "elsewhere.example" }, GET, "<"), "200 OK")
    support.run(("echo nonsense >%s/own.pem"):format(own))
    given.holds(ask(served, { folder .. "/ca.pem", "elsewhere.example" }, GET, "<"), "200 OK")
    install "good"
    given.holds(ask(served, { folder .. "/ca.pem", "localhost" }, GET, "<"), "200 OK")
    served.instance:close()
  end)

  it("needs a certificate and its key", function()
    for options, message in pairs {
      [""] = "lure.net.listen: tls: a server needs cert and key",
      ['cert = "$none.pem", key = "$good.key"'] = "none.pem: No such file or directory",
      ['cert = "$good.pem", key = "$wrong.key"'] = "wrong.key is not the key of",
      ['cert = "$good.pem", key = "$good.key", verify = false'] = 'unknown option string "verify"',
    } do
      given.holds((http.returned({}, ([[lure.http.serve({ listen = "tcp://127.0.0.1:0", tls = { %s } }, print)]]):format(
        options:gsub("%$", folder .. "/")))), message)
    end
  end)
end)

describe("lure.net over TLS", function()
  --- What a script gets that says something to a server which echoes.
  local function talked(tls, kind)
    local path = support.folder() .. "/echo" .. math.random(1, 1 << 40) .. ".sock"
    local text = http.returned({}, ([[
      local path, folder = "%s", "%s/"
      local listener = lure.net.listen("unix://" .. path, { tls = { cert = folder .. "%s.pem", key = folder .. "%s.key" } })
      lure.spawn(function()
        listener:serve(function(connection)
          for line in connection:lines() do connection:write(line .. "!\n") end
        end)
      end)
      local connection = lure.net.connect("unix://" .. path, { tls = { %s } })
      connection:write("hello\n" .. ("x"):rep(100000) .. "\n")
      return connection:read() .. " " .. #connection:read()
    ]]):format(path, folder, kind or "good", kind or "good", tls))
    return text
  end

  it("talks both ways", function()
    assert.equal("hello! 100001", talked "ca = folder .. 'ca.pem'")
    assert.equal("hello! 100001", talked("verify = false", "stranger"))
  end)

  it("refuses whom it does not trust", function()
    given.holds(talked "", "lure.net.connect: unix://", "not correctly signed by the trusted CA")
    given.holds(talked("ca = folder .. 'ca.pem'", "wrong"), "does not match with the expected CN")
    given.holds(talked("ca = folder .. 'ca.pem'", "expired"), "validity has expired")
  end)

  it("has none for messages", function()
    given.holds((http.returned({}, [[lure.net.listen("udp://127.0.0.1:0", { tls = { cert = "a", key = "b" } })]])), "messages have no TLS")
  end)
end)
