-- lure run --profile --svg FILE: a flame graph. The picture is read by Python's XML parser, which refuses what is no XML.
local flamegraph = require "lure.cli.flamegraph"
local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local support = require "spec.support"

local lure, script = program.lure, program.script

local READER <const> = [[
import json, sys
import xml.etree.ElementTree as tree
SVG = "{http://www.w3.org/2000/svg}"
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == SVG + "svg"
allowed = {SVG + name for name in ("svg", "style", "rect", "text", "g", "title")}
frames = []
for element in root.iter():
    assert element.tag in allowed, element.tag
    assert not any("href" in key or "url(" in value for key, value in element.attrib.items())
    if element.tag == SVG + "g":
        rect = element.find(SVG + "rect")
        frames.append({"title": element.find(SVG + "title").text, "text": element.find(SVG + "text").text or "",
                       "errors": element.get("class") == "errors",
                       **{key: float(rect.get(key)) for key in ("x", "y", "width", "height")}})
print(json.dumps({"width": float(root.get("width")), "height": float(root.get("height")), "frames": frames}))
]]

-- The frames of a file: a list of { title =, text =, errors =, x =, y =, width =, height = }.
local function picture_of(path)
  local output, status = support.run(("unset LD_PRELOAD; python3 %s %s"):format(
    support.quote(support.file(READER, "reader.py")), support.quote(path)))
  assert.equal(0, status, output)
  return json_text.decode(output)
end

local function picture_of_uses(uses) return picture_of(support.file(flamegraph.svg(uses), "p.svg")) end

local function use(kind, name, nanoseconds, errors)
  return { plugin = "t", kind = kind, name = name, nanoseconds = nanoseconds, calls = 2, errors = errors or 0 }
end

-- The frame whose title begins so.
local function frame(picture, begin)
  for _, one in ipairs(picture.frames) do
    if one.title:sub(1, #begin) == begin then return one end
  end
  error("no frame " .. begin)
end

describe("a flame graph", function()
  it("has a frame of that share of the width for each callback and field, and for what they are of", function()
    local picture = picture_of_uses { use("callback", "next", 4e6), use("field", "t.a.x", 3e6, 1), use("field", "t.a.y", 1e6),
      use("field", "t.b", 2e6) }
    local titles = {}
    for i, one in ipairs(picture.frames) do titles[i] = one.title end
    assert.same({
      "all: 10.00 ms, 100.0 %, 8 calls, 1 error", "t: 10.00 ms, 100.0 %, 8 calls, 1 error",
      "fields: 6.00 ms, 60.0 %, 6 calls, 1 error", "t: 6.00 ms, 60.0 %, 6 calls, 1 error",
      "t.a: 4.00 ms, 40.0 %, 4 calls, 1 error", "t.a.x: 3.00 ms, 30.0 %, 2 calls, 1 error",
      "t.a.y: 1.00 ms, 10.0 %, 2 calls, 0 errors", "t.b: 2.00 ms, 20.0 %, 2 calls, 0 errors",
      "next: 4.00 ms, 40.0 %, 2 calls, 0 errors",
    }, titles)
    local all = frame(picture, "all:")
    for title, share in pairs { ["fields:"] = 0.6, ["next:"] = 0.4, ["t.a.x:"] = 0.3, ["t.a.y:"] = 0.1 } do
      assert.near(share * all.width, frame(picture, title).width, 0.02)
    end
    assert.is_true(frame(picture, "t.a.x").errors)
    assert.is_false(frame(picture, "t.b").errors)
  end)

  it("has each frame on the one that it is a part of, and none on another", function()
    local uses = {}
    for i = 1, 40 do uses[i] = use("field", ("g%d.f%d"):format(i % 5, i), i * 1000) end
    local picture = picture_of_uses(uses)
    local rows = {}
    for _, one in ipairs(picture.frames) do
      assert.is_true(one.x >= 0 and one.x + one.width <= picture.width and one.y >= 0 and one.y + one.height <= picture.height)
      rows[one.y] = rows[one.y] or {}
      table.insert(rows[one.y], one)
    end
    for _, row in pairs(rows) do
      table.sort(row, function(a, b) return a.x < b.x end)
      for i = 2, #row do assert.is_true(row[i].x >= row[i - 1].x + row[i - 1].width - 0.02) end
    end
    assert.equal(1 + 1 + 1 + 5 + 40, #picture.frames)
  end)

  it("is XML whatever names have in them", function()
    local odd = "<g a='\"&amp;\">]]>\0\1\27\127\xff\u{FFFE}\u{FFFF}\n\xed\xa0\x80ä漢"
    local uses = { use("callback", odd, 5), use("field", "x." .. odd, 4) }
    uses[1].plugin = odd
    local picture = picture_of_uses(uses)
    local shown = odd:gsub("[%c\127\xff]", "\u{FFFD}"):gsub("\u{FFFE}", "\u{FFFD}"):gsub("\u{FFFF}", "\u{FFFD}")
      :gsub("\xed\xa0\x80", ("\u{FFFD}"):rep(3))
    assert.equal(shown .. ": 0.01 µs, 55.6 %, 2 calls, 0 errors", frame(picture, shown).title)
  end)

  it("cuts what has no room, and leaves out what nobody sees", function()
    local long = ("äb"):rep(40)
    local picture = picture_of_uses { use("callback", "next", 1e9), use("callback", long, 1e8), use("callback", "tiny", 10) }
    local cut = frame(picture, long).text
    assert.matches("^äb.*…$", cut)
    assert.is_true(utf8.len(cut) * 7.2 <= frame(picture, long).width)
    assert.has_error(function() frame(picture, "tiny") end)
  end)

  it("is there where nothing took any time, too", function()
    assert.equal(1, #picture_of_uses({}).frames)
    assert.equal("all: 0.00 µs, 0.0 %, 2 calls, 0 errors", picture_of_uses({ use("callback", "next", 0) }).frames[1].title)
  end)
end)

describe("lure run --profile --svg", function()
  local source = script [[open = function() return { 3, 2, 1 } end, next = function(i) return table.remove(i) end,
    fields = { { name = "t.bad", type = "uint64", desc = "-", extract = function(v) if v == "2" then error "two" end return 1 end } } ]]

  it("writes one beside the table, also in place of another", function()
    local path = support.file("before", "p.svg")
    local result = lure("run", source, "--profile", "--svg", path)
    assert.equal(0, result.status, result.err)
    assert.matches("PROFILE ", result.err)
    local picture = picture_of(path)
    assert.matches("^next: .*, 4 calls, 0 errors$", frame(picture, "next:").title)
    assert.matches("^t%.bad: .*, 3 calls, 1 error$", frame(picture, "t.bad:").title)
    assert.is_true(frame(picture, "fields:").errors)
  end)

  it("says what is wrong before it runs anything", function()
    local path = support.folder()
    for words, expected in pairs {
      [{ "--svg", "p.svg" }] = "lure: run: --svg is a picture of the profile: add --profile\n",
      [{ "--profile", "--svg", path }] = "lure: run: --svg: " .. path .. " is a directory, and is left as it is\n",
    } do
      local result = lure("run", source, table.unpack(words))
      assert.same({ expected, 2, "" }, { result.err, result.status, result.out })
    end
  end)
end)
