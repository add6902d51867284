-- format = "leef": the Log Event Extended Format, versions 1.0 and 2.0.
local formats = require "spec.formats.given"

describe("the format leef", function()
  local plugin = formats.start '"leef"'

  local function document(payload) return formats.document(plugin, payload) end

  local function attributes(payload) return (document(payload) or ""):match '"attributes":({.-}),"event"' end

  it("has the header and the attributes, with tabs between them", function()
    assert.same({ ["/version"] = "1.0", ["/vendor"] = "Acme", ["/product"] = "Gate", ["/product_version"] = "4.0 SP1",
      ["/event"] = "15345", ["/attributes/src"] = "192.0.2.0", ["/attributes/msg"] = "a b = c", ["/attributes/empty"] = "" },
      formats.values(plugin, "LEEF:1.0|Acme|Gate|4.0 SP1|15345|src=192.0.2.0\tmsg=a b = c\tempty=\r\n", { "/version", "/vendor", "/product",
      "/product_version", "/event", "/attributes/src", "/attributes/msg", "/attributes/empty", "/attributes/dst" }))
  end)

  it("has the separator that version 2.0 says", function()
    for separator, between in pairs { ["^"] = "^", ["x5E"] = "^", ["0x5e"] = "^", ["x09"] = "\t", [""] = "\t", ["x"] = "x", ["|"] = "|",
                                      ["0x7C"] = "|" } do
      assert.equal('{"a":"1","b":"2 3"}', attributes(("LEEF:2.0|A|G|1|e|%s|a=1%sb=2 3"):format(separator, between)), separator)
    end
    assert.equal('{"a":"1","b":"2"}', attributes "LEEF:2.0|A|G|1|e|a=1\tb=2") -- which may be left out
    assert.equal('{"a":"1|2"}', attributes "LEEF:2.0|A|G|1|e|a=1|2")
    assert.equal('{"a":"1^b=2"}', attributes "LEEF:1.0|A|G|1|e|a=1^b=2")
    assert.equal('{"x00|a":"1"}', attributes "LEEF:2.0|A|G|1|e|x00|a=1")
    assert.equal('{"x123|a":"1"}', attributes "LEEF:2.0|A|G|1|e|x123|a=1")
  end)

  it("undoes escapes of a sign, a separator, and of pipes in the header, and leaves the paths of Windows", function()
    assert.equal("A|b\\c", formats.values(plugin, [[LEEF:1.0|A\|b\\c|G|1|e|]], { "/vendor" })["/vendor"])
    assert.equal([[{"dir":"C:\\new\\\\x\\","k":"a=b\\t"}]], attributes("LEEF:1.0|A|G|1|e|dir=C:\\new\\\\x\\\tk=a\\=b\\t"))
    assert.equal([[{"a":"1^2","b":"3\\"}]], attributes [[LEEF:2.0|A|G|1|e|^|a=1\^2^b=3\]])
  end)

  it("passes over a header of syslog, and pieces without a sign", function()
    assert.equal('{"a":"1","b":"2"}', attributes "<13>Jan 18 11:07:53 192.0.2.1 LEEF:1.0|A|G|1|e|a=1\tpiece\t=x\t\tb=2\ta=3")
    assert.is_nil(document "xLEEF:1.0|A|G|1|e|a=1")
  end)

  it("has the values of a header that end", function()
    assert.equal('{"vendor":"A","version":"1.0"}', document "LEEF:1.0|A|G")
    for _, payload in ipairs { "", "LEEF:", "LEEF:1.0", "leef:1.0|A|", "CEF:0|a|b|c|d|e|5|" } do assert.is_nil(document(payload)) end
  end)

  it("gives what patterns in Python give, on generated lines", function()
    local lines = formats.texts(4000, 14, { "a=", "b=", "1", "^", "\t", " ", "\\", "\\=", "\\^", "|", "x", "=", "C:\\", "ä" })
    for i = 1, #lines do lines[i] = (i % 2 == 0 and "LEEF:1.0|A|G|1|e|" or "LEEF:2.0|A|G|1|e|^|") .. lines[i] end
    local expected = formats.python([==[
import re
for text in texts():
    head, rest = text.split("|e|", 1)
    found, new = {}, head.startswith("LEEF:2.0")
    pieces = re.split(r'(?<!\\)\^', rest[2:]) if new else rest.split("\t")
    for piece in pieces:
        key, sign, value = piece.partition("=")
        if key and sign:
            found.setdefault(key, re.sub(r'\\([=^])' if new else r'\\(=)', r'\1', value))
    answer({"attributes": dict(sorted(found.items())), "event": "e", "product": "G", "product_version": "1", "vendor": "A",
            "version": "2.0" if new else "1.0"})
]==], lines)
    for i, line in ipairs(lines) do
      assert.equal(expected[i], document(line), line)
    end
  end)
end)
