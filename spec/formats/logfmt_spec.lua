-- format = "logfmt": as Go's package go-logfmt documents it.
local formats = require "spec.formats.given"

describe("the format logfmt", function()
  local plugin = formats.start '"logfmt"'

  local function document(payload) return formats.document(plugin, payload) end

  it("has a value for each key, as text, and true for a key alone", function()
    assert.same({ ["/level"] = "info", ["/n"] = "007", ["/alone"] = "true", ["/empty"] = "" },
      formats.values(plugin, "level=info n=007 alone empty= x", { "/level", "/n", "/alone", "/empty", "/none" }))
    assert.equal('{"alone":true,"n":"1"}', document "alone n=1")
  end)

  it("unquotes values: the escapes of JSON, characters outside of the BMP, and a quote", function()
    assert.equal([[a "b" \ / ' ]] .. "\t\u{E9}\u{1F600}\u{FFFD}", formats.values(plugin,
      [[k="a \"b\" \\ \/ \' \t\u00e9\ud83d\ude00\ud83d"]], { "/k" })["/k"])
    assert.equal("a=b c", formats.values(plugin, [[k="a=b c"]], { "/k" })["/k"])
    for count = 1, 40 do -- three bytes for each that is not UTF-8
      assert.equal(("\u{FFFD}"):rep(count) .. "\n", formats.values(plugin, 'k="' .. ("\xFF"):rep(count) .. '\\n"', { "/k" })["/k"])
    end
  end)

  it("separates pairs by white space and control characters", function()
    assert.equal('{"a":"1","b":"2","c":"3"}', document "\n a=1\t\0 b=2\r\nc=3 \n")
  end)

  it("keeps the pairs before a fault, and none behind it", function()
    for _, fault in ipairs { "=x", 'b"c=1', 'b="x', 'b=x"y"', "b=c=d", [[b="\q"]], [[b="\u12g4"]], 'b="x\ny"', "b\xFF=1", "\u{FFFD}=1" } do
      assert.equal('{"a":"1"}', document("a=1 " .. fault .. " z=2"), fault)
    end
  end)

  it("has nothing where no pair is found: neither values, nor a document, nor defaults", function()
    for _, payload in ipairs { "", " ", '"', "=", "\xFF=1", "\n" } do
      assert.is_nil(document(payload))
      assert.is_nil(formats.values(plugin, payload, { "" })[""])
    end
  end)

  it("has all that is longer in JSON, wherever the room that the document began with ends", function()
    local alone, expected = {}, {}
    for i = 1, 200 do alone[i], expected[i] = ("k%03d"):format(i), ('"k%03d":true'):format(i) end
    for length = 1, 40 do -- of a value before them
      assert.equal(('{"a":"%s",%s}'):format(("x"):rep(length), table.concat(expected, ",")),
        document(("a=%s %s"):format(("x"):rep(length), table.concat(alone, " "))))
    end
    for count = 490, 530 do -- backslashes, of two each
      assert.equal(('{"a":"%s"}'):format(("\\"):rep(2 * count)), document("a=" .. ("\\"):rep(count)))
    end
  end)

  it("takes of equal keys the first", function()
    assert.equal("1", formats.values(plugin, "a=1 a=2", { "/a" })["/a"])
  end)

  it("makes bytes of a value that are not UTF-8 U+FFFD, and shows a NUL", function()
    assert.equal("x\u{FFFD}y", formats.values(plugin, "k=x\xFFy", { "/k" })["/k"])
    assert.equal("\u{FFFD}", formats.values(plugin, 'k="\xC3"', { "/k" })["/k"])
    assert.equal("a\\u0000b", formats.values(plugin, [[k="a\u0000b"]], { "/k" })["/k"])
  end)

  it("reads huge lines", function()
    local long = ("x"):rep(1 << 20)
    assert.equal(long, formats.values(plugin, "k=" .. long, { "/k" })["/k"])
    assert.equal("y", formats.values(plugin, ("k "):rep(1 << 19) .. "z=y", { "/z" })["/z"])
  end)

  it("gives what a reference in Python gives, on generated lines", function()
    local lines = formats.texts(3000, 8, { "a", "key", "k", "=", "=", "=", '"', '"', "\\", '\\"', "\\n", "\\u00e9", " ", " ", "v",
      "ä", "1", "\t", "'" })
    local expected = formats.python([[
import re
PAIR = re.compile(r'[\0- ]*([^\0- ="]+)(?:(=)(?:"((?:[^"\\\0-\x1f]|\\.)*)"|([^\0- ="]*)(?=[\0- ]|$)))?')
ESCAPE = re.compile(r'''\\(?:u([0-9a-fA-F]{4})|(["\\/'bfnrt]))''')
def unquote(text):
    if ESCAPE.sub("", text).count("\\"):
        return None
    names = dict(zip("bfnrt", "\b\f\n\r\t"))
    return ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else names.get(m[2], m[2]), text)
for text in texts():
    found, at = {}, 0
    while match := PAIR.match(text, at):
        key, sign, quoted, plain = match.groups()
        at = match.end()
        if not sign and text[at:at + 1] in ('"', "="):
            break
        value = True if not sign else plain if quoted is None else unquote(quoted)
        if value is None:
            break
        found.setdefault(key, value)
    answer(found)
]], lines)
    for i, line in ipairs(lines) do
      local found = plugin:extract(require "spec.support".event(line), "x.document")
      assert.equal(expected[i], found or "{}", line)
    end
  end)
end)
