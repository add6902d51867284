-- format = "cef": the Common Event Format.
local formats = require "spec.formats.given"

describe("the format cef", function()
  local plugin = formats.start '"cef"'

  local function document(payload) return formats.document(plugin, payload) end

  local HEADER <const> = "CEF:0|Acme|Gate|1.0|100|worm stopped|10|"

  local function extension(text) return (document(HEADER .. text) or ""):match '"extension":({.-}),"name"' end

  it("has the header, and the pairs of the extension", function()
    assert.same({ ["/version"] = "0", ["/vendor"] = "Acme", ["/product"] = "Gate", ["/device_version"] = "1.0", ["/class"] = "100",
      ["/name"] = "worm stopped", ["/severity"] = "10", ["/extension/src"] = "10.0.0.1", ["/extension/msg"] = "a worm was stopped",
      ["/extension/spt"] = "1232" }, formats.values(plugin, HEADER .. "src=10.0.0.1 msg=a worm was stopped spt=1232", { "/version",
      "/vendor", "/product", "/device_version", "/class", "/name", "/severity", "/extension/src", "/extension/msg", "/extension/spt",
      "/extension/dst" }))
  end)

  it("undoes escapes", function()
    assert.equal([[{"class":"100","device_version":"1.0","name":"a|b\\c","product":"Gate","severity":"3","vendor":"Ac|me","version":"0"}]],
      document [[CEF:0|Ac\|me|Gate|1.0|100|a\|b\\c|3|]])
    assert.equal([[a=b\c|d]] .. "\n\re\\q", formats.values(plugin, HEADER .. [[msg=a\=b\\c\|d\n\re\q src=1]], { "/extension/msg" })["/extension/msg"])
  end)

  it("passes over a header of syslog", function()
    for _, before in ipairs { "<13>Nov 29 15:17:31 web ", "<13>1 2026-11-29T15:17:31Z web app - - - ", "Sep 19 08:26:10 xCEF:0|host " } do
      assert.equal("Acme", formats.values(plugin, before .. HEADER, { "/vendor" })["/vendor"])
    end
    assert.is_nil(document("xCEF:0|Acme|Gate|1.0|100|worm|10|"))
    assert.equal("0", formats.values(plugin, "CEF: 0|a|", { "/version" })["/version"])
  end)

  it("takes signs that follow no key as a part of the value", function()
    for text, expected in pairs {
      ["a=b=c d=e"] = '{"a":"b=c","d":"e"}', ["a=b = c d=e"] = '{"a":"b = c","d":"e"}', ["a= b=c"] = '{"a":"","b":"c"}',
      ["  a=b   c=d  "] = '{"a":"b","c":"d"}', [ [[a=b c\=d e=f]] ] = '{"a":"b c=d","e":"f"}', ["a=b\n"] = '{"a":"b"}',
      ["a="] = '{"a":""}', [ [[a=b\]] ] = [[{"a":"b\\"}]], ["a=1 a=2"] = '{"a":"1"}',
    } do
      assert.equal(expected, extension(text), text)
    end
  end)

  it("has no pairs of an extension that begins with none", function()
    for _, text in ipairs { "", " ", "text", "=b", "a b=c", [[\=b]] } do
      assert.equal('{"class":"100","device_version":"1.0","name":"worm stopped","product":"Gate","severity":"10","vendor":"Acme","version":"0"}',
        document(HEADER .. text), text)
    end
  end)

  it("has the values of a header that end, and the severity also at the line's end", function()
    assert.equal('{"vendor":"a","version":"0"}', document "CEF:0|a|b")
    assert.equal('{"class":"d","device_version":"c","name":"e","product":"b","severity":"5","vendor":"a","version":"0"}',
      document "CEF:0|a|b|c|d|e|5\r\n")
    for _, payload in ipairs { "", "CEF:", "CEF:0", "cef:0|a|", "CE", "LEEF:1.0|a|b|c|d|" } do assert.is_nil(document(payload)) end
  end)

  it("gives what patterns in Python give, on generated lines", function()
    local parts = { "CEF:0|", "a|", "b|", "c|", "k=", "v ", " ", "x=y ", "\\", "\\=", "\\|", "\\n", "=", "|", "w", "ä", "\n" }
    local lines = formats.texts(4000, 16, parts)
    for i = 1, #lines, 2 do lines[i] = HEADER .. lines[i] end
    local expected = formats.python([==[
import re
VALUE = re.compile(r'((?:[^|\\]|\\.)*)\|', re.S)
LAST = re.compile(r'(?:[^|\\]|\\.|\\\Z)*', re.S)
PAIR = re.compile(r'([^ =\\]+)=((?:\\.|(?! +[^ =\\]+=).)*)', re.S)
def header(text):
    return re.sub(r'\\([|\\])', r'\1', text)
def value(text):
    return re.sub(r'\\([\\=|nr])', lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), text).rstrip(" ") if not text.endswith("\\ ") else text
for text in texts():
    text = re.sub(r'[\r\n\0]+\Z', '', text)
    found, mark = {}, re.search(r'(?:\A|(?<= ))CEF: *', text)
    at = mark.end() if mark else None
    for key in ("version", "vendor", "product", "device_version", "class", "name") if mark else ():
        part = VALUE.match(text, at)
        at = part.end() if part else None
        if not part:
            break
        found[key] = header(part[1])
    if at is not None:
        part = LAST.match(text, at)
        found["severity"] = header(part[0])
        rest = text[part.end():][1:].lstrip(" ")
        pairs, at = {}, 0
        while pair := PAIR.match(rest, at):
            at = pair.end()
            pairs.setdefault(pair[1], re.sub(r'\\([\\=|nr])', lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), pair[2].rstrip(" ")))
            at += len(rest[at:]) - len(rest[at:].lstrip(" "))
        if pairs:
            found["extension"] = dict(sorted(pairs.items()))
    answer(found)
]==], lines)
    for i, line in ipairs(lines) do
      assert.equal(expected[i], document(line) or "{}", line)
    end
  end)
end)
