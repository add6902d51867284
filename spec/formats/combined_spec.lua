-- format = "combined": access logs of Apache and nginx.
local formats = require "spec.formats.given"
local support = require "spec.support"

describe("the format combined", function()
  local plugin = formats.start '"combined"'

  local function document(payload) return formats.document(plugin, payload) end

  it("has the parts of a line", function()
    assert.same({ ["/client"] = "192.0.2.7", ["/ident"] = "id", ["/user"] = "alice", ["/time"] = "10/Oct/2026:13:55:36 -0700",
      ["/request"] = "GET /a?b=c%20d HTTP/1.1", ["/method"] = "GET", ["/target"] = "/a?b=c%20d", ["/protocol"] = "HTTP/1.1",
      ["/status"] = "200", ["/bytes"] = "2326", ["/referer"] = "http://example.org/", ["/agent"] = "Mozilla/5.0 (X11)" },
      formats.values(plugin, '192.0.2.7 id alice [10/Oct/2026:13:55:36 -0700] "GET /a?b=c%20d HTTP/1.1" 200 2326 '
        .. '"http://example.org/" "Mozilla/5.0 (X11)"', { "/client", "/ident", "/user", "/time", "/request", "/method", "/target",
        "/protocol", "/status", "/bytes", "/referer", "/agent", "/more" }))
  end)

  it("has no value where a `-` stands", function()
    assert.equal('{"client":"::1","status":"408","time":"t"}', document '::1 - - [t] "-" 408 - "-" "-"')
  end)

  it("does without referer and agent, and passes over what is behind them", function()
    assert.equal('{"bytes":"1","client":"c","method":"GET","protocol":"HTTP/1.0","request":"GET / HTTP/1.0","status":"200",'
      .. '"target":"/","time":"t"}', document 'c - - [t] "GET / HTTP/1.0" 200 1\r\n')
    assert.equal("a", formats.values(plugin, 'c - - [t] "GET / HTTP/1.0" 200 1 "r" "a" "more" 0.003', { "/agent" })["/agent"])
  end)

  it("undoes the escapes of Apache and nginx", function()
    assert.equal('a"b\\c\nd\te\u{E9}\u{FFFD}\\q\\x4', formats.values(plugin,
      [[c - - [t] "-" 200 1 "r" "a\"b\x5Cc\nd\te\xC3\xA9\xFF\q\x4"]], { "/agent" })["/agent"])
  end)

  it("has no method of a request that is none", function()
    for raw, parts in pairs {
      ["\\x16\\x03\\x01"] = "", ["GET"] = "", ["G(T / HTTP/1.1"] = "", [" / HTTP/1.1"] = "",
      ["GET /a"] = "GET /a", ["GET /a b HTTP/2.0"] = "GET /a b HTTP/2.0", ["GET /a HTTP/"] = "GET /a HTTP/",
    } do
      local found = formats.values(plugin, ('c - - [t] "%s" 400 0'):format(raw), { "/method", "/target", "/protocol", "/status" })
      assert.equal("400", found["/status"], raw)
      assert.equal(parts, table.concat({ found["/method"], found["/target"], found["/protocol"] }, " "), raw)
    end
  end)

  it("is not misled by a user's name", function()
    for user, text in pairs { ["a b"] = "a b", ["x [1/Jan/2000] y"] = "x [1/Jan/2000] y", ['q\\" [z]\\"'] = 'q" [z]"' } do
      assert.same({ ["/user"] = text, ["/time"] = "t", ["/status"] = "401" },
        formats.values(plugin, ('c - %s [t] "GET / HTTP/1.1" 401 1'):format(user), { "/user", "/time", "/status" }))
    end
  end)

  it("keeps what is before a fault behind the time, and has nothing where that is missing", function()
    assert.equal('{"client":"c","time":"t"}', document 'c - - [t] "GET / HTTP/1.1')
    assert.equal('{"client":"c","time":"t"}', document 'c - - [t] "')
    assert.is_nil(formats.values(plugin, 'c - - [t] "GET / HTTP/1.1"  200 1', { "/status" })["/status"])
    for _, payload in ipairs { "", " ", "c", "c -", "c - - [t]", 'c - - "GET"', 'c - - [t "GET /" 200', 'c - -[t] "GET /" 200 1',
      '- - [t] "GET /" 200', '] "', '"' } do
      assert.is_nil(document(payload), payload)
    end
  end)

  it("gives what a pattern in Python gives, on generated lines", function()
    local lines = formats.texts(4000, 14, { "c", " ", " ", " - ", " - - [t] ", "[t] ", '"', '" ', '"GET / HTTP/1.1" ', "200 ", "-", "\\\"", "\\x41",
      "u", "[", "] ", '"r" ' })
    local expected = formats.python([==[
import re
HEAD = re.compile(r'([^ ]+) ([^ ]+) ((?:(?!\] ").)*) \[((?:(?!\] ")[^\[])*)\] (?=")')
REST = re.compile(r'"((?:[^"\\]|\\.)*)" ?(?:([^ ]+)(?: |$)(?:([^ ]+)(?: |$)(?:"((?:[^"\\]|\\.)*)" ?(?:"((?:[^"\\]|\\.)*)")?)?)?)?')
REQUEST = re.compile(r'([A-Za-z_-]+) (.*?)(?: (HTTP/[^ ]+))?$')
def plain(text):
    names = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    return re.sub(r'\\(?:x([0-9a-fA-F]{2})|(["\\bfnrtv]))', lambda m: chr(int(m[1], 16)) if m[1] else names[m[2]], text)
for text in texts():
    found, head = {}, HEAD.match(text)
    if head:
        found.update(zip(("client", "ident", "user", "time"), head.groups()))
        rest = REST.match(text, head.end())
        if rest:
            found.update(zip(("request", "status", "bytes", "referer", "agent"), rest.groups()))
            if rest[1] != "-" and (request := REQUEST.match(rest[1])):
                found.update(zip(("method", "target", "protocol"), request.groups()))
    answer({key: plain(value) for key, value in found.items() if value is not None and value != "-"})
]==], lines)
    for i, line in ipairs(lines) do
      assert.equal(expected[i], plugin:extract(support.event(line), "x.document") or "{}", line)
    end
  end)
end)
