-- lure.http over TLS: whom it trusts, and who it says that it is. The server's TLS is OpenSSL's.

local given = require "spec.given"
local host = require "lure.host"
local http = require "spec.http.given"
local support = require "spec.support"

local restore, server
setup(function()
  restore = host.redirect_stderr("/dev/null")
  server = http.server(true)
end)
teardown(function()
  server.stop()
  restore()
end)

local CA = [[tls = { ca = "$folder/ca.pem" }]]

local function returned(body, options) return (http.returned(server, body, options)) end

--- The status of an answer over TLS, or why there is none.
local function status(address, options)
  return returned(([[return lure.http.get("%s", { %s }).status]]):format(address, options))
end

describe("lure.http over TLS", function()
  it("trusts the authority that is named, for TLS 1.3 and 1.2, and by name and number", function()
    for _, name in ipairs { "https://localhost:$https/status/200", "https://127.0.0.1:$https/status/200",
      "https://localhost:$tls12/status/200" } do
      assert.equal("200", status(name, CA))
    end
  end)

  it("sends and receives more than a record has", function()
    assert.equal("300000", returned([[return #lure.http.get("https://localhost:$https/big/300000", { ]] .. CA .. [[ }).body]]))
    assert.equal("100000", returned(
      [[return lure.http.post("https://localhost:$https/echo", ("x"):rep(100000), { ]] .. CA .. [[ }):json().headers["content-length"] ]]))
  end)

  it("does not trust it otherwise", function()
    given.holds(status("https://localhost:$https/status/200", ""), "The certificate is not correctly signed by the trusted CA")
  end)

  it("refuses certificates of others, for other names, that have expired, with short keys, or by SHA-1", function()
    for name, message in pairs {
      stranger = "The certificate is not correctly signed by the trusted CA",
      wrong = "does not match with the expected CN",
      expired = "The certificate validity has expired",
      weak = "The certificate is signed with an unacceptable key",
      sha1 = "The certificate is signed with an unacceptable hash",
    } do
      given.holds(status("https://localhost:$" .. name .. "/status/200", CA .. ", retry = true"), message)
    end
  end)

  it("refuses nothing where it is told not to verify, and that is not remembered", function()
    for _, name in ipairs { "stranger", "wrong", "expired", "weak", "sha1" } do
      assert.equal("200", status("https://localhost:$" .. name .. "/status/200", "tls = { verify = false }"))
    end
    given.holds(returned [[
      assert(lure.http.get("https://localhost:$stranger/status/200", { tls = { verify = false } }).status == 200)
      return lure.http.get("https://localhost:$stranger/status/200").status]], "not correctly signed")
  end)

  it("trusts what $SSL_CERT_FILE names", function()
    local script = given.source(([[next = function(i)
      if i.done then return nil end
      i.done = true
      return lure.http.get("https://localhost:%d/status/200").body
    end]]):format(server.https))
    local output, result = support.run(("SSL_CERT_FILE=%s/ca.pem timeout 60 %s/bin/lure run %s"):format(
      support.quote(server.folder), support.quote(support.build), support.quote(support.file(script))))
    assert.equal(0, result, output)
    given.holds(output, "said 200")
  end)

  it("does not follow a redirect to HTTP", function()
    given.holds(status("https://localhost:$https/to/302?url=http://127.0.0.1:$http/echo", CA),
      "redirected from https to http, which others can read and change")
  end)

  it("goes through a proxy as a tunnel, which has to open", function()
    given.holds(status("https://localhost:$https/status/200", CA .. [[, proxy = "http://127.0.0.1:$http"]]), "CONNECT")
  end)
end)

describe("a client's certificate", function()
  local PERSON = [[tls = { ca = "$folder/ca.pem", cert = "$folder/%s.pem", key = "$folder/%s.key" }]]

  it("is shown to the server that asks for one", function()
    assert.equal("a person", returned([[
      return lure.http.get("https://localhost:$client/peer", { ]] .. PERSON:format("person", "person") .. [[ }):json().subject[1][1][2] ]]))
    given.holds(status("https://localhost:$client/peer", CA), "https://localhost:" .. server.client .. "/peer: ")
  end)

  it("is not used for requests without it, over the same connection", function()
    given.holds(returned([[
      assert(lure.http.get("https://localhost:$client/peer", { ]] .. PERSON:format("person", "person") .. [[ }).status == 200)
      return lure.http.get("https://localhost:$client/peer", { ]] .. CA .. [[ }).status]]), "/peer: ")
  end)

  it("needs its key", function()
    given.holds(status("https://localhost:$client/peer", [[tls = { cert = "$folder/person.pem" }]]), "cert is given without key")
    given.holds(status("https://localhost:$client/peer", [[tls = { key = "$folder/person.key" }]]), "key is given without cert")
    given.holds(status("https://localhost:$client/peer", PERSON:format("person", "good")),
      server.folder .. "/good.key is not the key of " .. server.folder .. "/person.pem")
  end)

  it("is read again when its files have changed", function()
    local folder = support.folder() .. "/renewed"
    local function install(name)
      support.run(("mkdir -p %s && cd %s && for kind in pem key; do cp %s/%s.$kind new && mv new own.$kind; done"):format(
        folder, folder, server.folder, name))
    end
    install "good"
    local instance = http.open(server, ([[
      local r = lure.http.get("https://localhost:$client/peer", {
        tls = { ca = "$folder/ca.pem", cert = "%s/own.pem", key = "%s/own.key" } })
      return r:json().subject[1][1][2] ]]):format(folder, folder), { config = '{"lure": {"max_errors": 1}}' })
    local function next_name()
      local rc, events, message
      repeat rc, events, message = instance:next_batch() until rc ~= "timeout"
      return events[#events] and events[#events].data or message
    end
    assert.equal("localhost", next_name())
    install "person"
    repeat local name = next_name() assert.is_truthy(name == "localhost" or name == "a person", name) until name == "a person"
  end)
end)

describe("files of certificates", function()
  it("that are missing or none are named", function()
    local folder = support.folder()
    for content, message in pairs { -- Mbed TLS says why
      ["no certificate"] = "X509 - ",
      ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] = "X509 - ",
    } do
      local path = support.file(content, "ca.pem")
      given.holds(status("https://localhost:$https/status/200", ([[tls = { ca = "%s" }]]):format(path)), path .. ": ", message)
    end
    given.holds(status("https://localhost:$https/status/200", ([[tls = { ca = "%s/none.pem" }]]):format(folder)),
      folder .. "/none.pem: No such file or directory")
    given.holds(status("https://localhost:$https/status/200", ([[tls = { ca = "%s" }]]):format(folder)),
      folder .. ": is not a regular file")
  end)

  it("have at most 4 MiB", function()
    for size, message in pairs { [4 << 20] = "X509 - ", [(4 << 20) + 1] = "File too large" } do
      local path = support.file(("\n"):rep(size), "ca.pem")
      given.holds(status("https://localhost:$https/status/200", ([[tls = { ca = "%s" }]]):format(path)), path .. ": " .. message)
    end
  end)

  it("are read to their end, also where that is before their size", function()
    local path = "/sys/kernel/uevent_seqnum" -- says that it has 4096 bytes
    local output, ended = support.run(("exec %s/spec/cutcertificates %s"):format(support.quote(support.build), path))
    assert.equal(0, ended)
    given.holds(output, path .. ": X509 - ")
  end)
end)
