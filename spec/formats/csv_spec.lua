-- format = "csv": RFC 4180, as Python's csv reads it.
local formats = require "spec.formats.given"
local given = require "spec.given"

describe("the format csv", function()
  local plain = formats.start '"csv"'
  local named = formats.start '{ "csv", columns = { "time", "user", false, "ip" } }'

  it("is a list, where columns have no names", function()
    assert.equal('["a","","c d"]', formats.document(plain, "a,,c d\r\n"))
    assert.same({ ["/0"] = "a", ["/2"] = "c d" }, formats.values(plain, "a,,c d", { "/0", "/2", "/3", "/a" }))
  end)

  it("has columns by name and by number, and those without a name by their number", function()
    assert.same({ ["/time"] = "1", ["/user"] = "bob", ["/1"] = "bob", ["/2"] = "x", ["/ip"] = "::1", ["/3"] = "::1", ["/4"] = "y" },
      formats.values(named, "1,bob,x,::1,y", { "/time", "/user", "/1", "/2", "/ip", "/3", "/4", "/5" }))
    assert.equal('{"2":"x","4":"y","ip":"::1","time":"1","user":"bob"}', formats.document(named, "1,bob,x,::1,y"))
  end)

  it("has no value of a column that is missing", function()
    assert.same({ ["/time"] = "1", ["/user"] = "" }, formats.values(named, "1,", { "/time", "/user", "/2", "/ip" }))
  end)

  it("has declared paths by number, too", function()
    local plugin = require "spec.support".start(given.extractor [[format = { "csv", columns = { "time", "user" } },
      fields = { { name = "x.y", type = "string", path = "/1", desc = "-" }, { name = "x.z", type = "string", path = "/user", desc = "-" } } ]])
    assert.same({ "bob", "bob", n = 2 }, plugin:extract(require "spec.support".event "1,bob", { "x.y", "x.z" }))
  end)

  it("reads quotes, with separators, quotes and line breaks in them", function()
    assert.equal([=[["a,b","c\"d\"","e\r\nf",""]]=], formats.document(plain, '"a,b","c""d""","e\r\nf",""'))
    assert.equal([=[["a\"b"]]=], formats.document(plain, 'a"b'))
  end)

  it("keeps the values before a fault", function()
    assert.equal('["a"]', formats.document(plain, 'a,"b'))
    assert.equal('["a"]', formats.document(plain, 'a,"b"c,d'))
  end)

  it("reads the first record", function()
    assert.equal('["a","b"]', formats.document(plain, "\n\r\na,b\nc,d"))
  end)

  it("has nothing in an empty payload, and in a line that is the header", function()
    for _, payload in ipairs { "", "\n", '"' } do assert.is_nil(formats.document(plain, payload)) end
    local plugin = formats.start '{ "csv", columns = { "time", "user" } }'
    assert.is_nil(formats.document(plugin, "time,user\r\n"))
    for _, payload in ipairs { "time,user,x", "time", "Time,user" } do assert.is_string(formats.document(plugin, payload)) end
  end)

  it("has the names from the payload's first record with header = true", function()
    local plugin = formats.start '{ "csv", header = true, separator = "\\t" }'
    assert.equal('{"2":"3","a \\"b\\"":"1","c":"2"}', formats.document(plugin, '"a ""b"""\tc\n1\t2\t3\n4\t5'))
    for _, payload in ipairs { "", "a\tb", "a\tb\n", '"a\nb' } do assert.is_nil(formats.document(plugin, payload)) end
  end)

  it("has the first of columns that a header calls the same", function()
    local plugin = formats.start '{ "csv", header = true }'
    assert.same({ ["/a"] = "1", ["/b"] = "2" }, formats.values(plugin, "a,b,a\n1,2,3", { "/a", "/b", "/2" }))
  end)

  it("takes another separator", function()
    assert.equal('["a,b","c"]', formats.document(formats.start '{ "csv", separator = ";" }', "a,b;c"))
  end)

  it("gives what Python's csv gives, on generated records", function()
    local lines = formats.texts(3000, 10, { "a", "bc", ",", ",", '"', '"', '""', "\n", "\r\n", " ", "ä", "x\ty" })
    local expected = formats.python([[
import csv, io
for text in texts():
    while text and text[0] in "\r\n":
        text = text[1:]
    try:
        answer(next(csv.reader(io.StringIO(text, newline=""), strict=True), []))
    except csv.Error:
        print("wrong")
]], lines)
    local same = 0
    for i, line in ipairs(lines) do
      if expected[i] ~= "wrong" then -- where Python refuses all we keep what is before
        assert.equal(expected[i], formats.document(plain, line) or "[]", line)
        same = same + 1
      end
    end
    assert.is_true(same > 1000)
  end)
end)
