-- What a field declares of its path: alternatives for each element, the argument as a part, where, default as a path,
-- null, join, keys, all.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- A plugin with the one field x.y. `declared`: its keys, path among them.
local function reading(declared, type, options)
  return support.start('local lure = require "lure"\n' .. given.extractor(
    ('fields = { { name = "x.y", type = "%s", desc = "-", %s } }'):format(type or "string", declared)), options)
end

--- What the field is in a payload: the same where the event is the first one, and where the predictor knows its shape.
local function found(payload, declared, type, options, field)
  local state = reading(declared, type, options)
  local values = {}
  for i = 1, 8 do
    values[i] = table.pack(state:extract(support.event { data = payload, num = i, ts = i }, field or "x.y"))
    assert.same(values[1], values[i])
  end
  return table.unpack(values[1], 1, values[1].n)
end

local function absent(...)
  assert.same({ n = 1 }, table.pack(...))
end

--- Why the script is refused.
local function refused(declared, type)
  local _, message = pcall(reading, declared, type)
  return message
end

local SUBJECTS = [[{"kind":"Binding","subjects":[{"kind":"User","name":"ann"},{"name":"bob","kind":"Group"},
  {"kind":"User"},{"kind":"User","name":"carl"},{"name":"dora"},7]}]]
local PORTS = [[{"ports":[{"hostPort":1,"containerPort":2},{"containerPort":3},{},{"hostPort":null,"containerPort":4}]}]]

for _, api in ipairs { 3, 0 } do
  local options = { api = api }

  describe(("a path with names in braces (plugin API %d)"):format(api), function()
    it("takes the first that is there", function()
      local path = 'path = "/user/{name,login,id}"'
      assert.equal("ann", found('{"user":{"login":"a","name":"ann"}}', path, nil, options))
      assert.equal("a", found('{"user":{"id":5,"login":"a"}}', path, nil, options))
      assert.equal("5", found('{"user":{"id":5,"name":null}}', path, nil, options))
      absent(found('{"user":{}}', path, nil, options))
      absent(found('{"user":[1,2]}', path, nil, options))
    end)

    it("takes the first that is there and fits the type", function()
      assert.equal(7, found('{"a":"x","b":7}', 'path = "/{a,b}"', "uint64", options))
    end)

    it("may have more than one such part, of which the last varies first", function()
      local path = 'path = "/{a,b}/{c,d}"'
      assert.equal("1", found('{"a":{"d":1},"b":{"c":2}}', path, nil, options))
      assert.equal("2", found('{"a":{},"b":{"c":2,"d":3}}', path, nil, options))
    end)

    it("names keys with escapes", function()
      assert.equal("1", found('{"a/b":1}', 'path = "/{x,a~1b}"', nil, options))
    end)

    it("is a key where the brace is doubled, or is no pair", function()
      assert.equal("1", found('{"{a,b}":1,"a":2}', 'path = "/{{a,b}"', nil, options))
      assert.equal("1", found('{"{arg}":1}', 'path = "/{{arg}"', nil, options))
      assert.equal("1", found('{"{a":1}', 'path = "/{a"', nil, options))
      assert.equal("1", found('{"a}":1}', 'path = "/a}"', nil, options))
    end)
  end)

  describe(("a path with {arg} (plugin API %d)"):format(api), function()
    it("leads to what the argument names", function()
      local declared = 'path = "/labels/{arg}/v", arg = { key = true }'
      local payload = '{"labels":{"a":{"v":1},"a/b":{"v":2},"~":{"v":3},"*":{"v":4},"{arg}":{"v":5},"ä\\n":{"v":6}, "": {"v":7}}}'
      for name, value in pairs { a = "1", ["a/b"] = "2", ["~"] = "3", ["*"] = "4", ["{arg}"] = "5", ["ä\n"] = "6" } do
        assert.equal(value, found(payload, declared, nil, options, ("x.y[%s]"):format(name)))
      end
      absent(found(payload, declared, nil, options, "x.y[b]"))
      absent(found(payload, declared, nil, options, "x.y[a/b/c]"))
      absent(found(payload, declared, nil, options))
    end)

    it("takes an index", function()
      local declared = 'path = "/items/{arg}/v", arg = { index = true }'
      local payload = '{"items":[{"v":1},{"v":2}]}'
      assert.equal("1", found(payload, declared, nil, options, "x.y[0]"))
      assert.equal("2", found(payload, declared, nil, options, "x.y[1]"))
      absent(found(payload, declared, nil, options, "x.y[2]"))
      absent(found(payload, declared, nil, options, "x.y[9223372036854775807]"))
    end)

    it("takes keys and numbers", function()
      local declared = 'path = "/m/{arg}", arg = { index = true, key = true }'
      assert.equal("b", found('{"m":{"1":"b","x":"c"}}', declared, nil, options, "x.y[1]"))
      assert.equal("c", found('{"m":{"1":"b","x":"c"}}', declared, nil, options, "x.y[x]"))
    end)

    it("has a default", function()
      local declared = 'path = "/m/{arg}", arg = { key = true }, default = "none"'
      assert.equal("none", found('{"m":{}}', declared, nil, options, "x.y[k]"))
      assert.equal("1", found('{"m":{"k":1}}', declared, nil, options, "x.y[k]"))
    end)

    it("is found for each argument of an event, however many they are", function()
      local state, members = reading('path = { "/m/{arg}", "/n/{arg}" }, arg = { key = true }', nil, options), {}
      for i = 1, 3000 do members[i] = ('"k%d":%d'):format(i, i) end
      local data = '{"m":{' .. table.concat(members, ",") .. '},"n":{"only":1}}'
      for round = 1, 3 do
        local shown = support.event { data = data, num = round, ts = round }
        for i = 1, 3000, 7 do assert.equal(tostring(i), (state:extract(shown, ("x.y[k%d]"):format(i)))) end
        assert.equal("1", (state:extract(shown, "x.y[only]")))
      end
    end)
  end)

  describe(("where (plugin API %d)"):format(api), function()
    it("without a * looks at what is beside the value", function()
      local declared = 'path = "/o/name", where = { kind = "User" }'
      assert.equal("a", found('{"o":{"kind":"User","name":"a"}}', declared, nil, options))
      assert.equal("a", found('{"o":{"name":"a","kind":"\\u0055ser"}}', declared, nil, options))
      absent(found('{"o":{"name":"a","kind":"Users"},"kind":"User"}', declared, nil, options))
      absent(found('{"o":{"name":"a"}}', declared, nil, options))
      absent(found('{"o":{"name":"a","kind":["User"]}}', declared, nil, options))
    end)

    it("looks at the top of the document for a path of one part", function()
      assert.equal("a", found('{"kind":"User","name":"a"}', 'path = "/name", where = { kind = "User" }', nil, options))
      absent(found('{"kind":"X","name":"a"}', 'path = "/name", where = { kind = "User" }', nil, options))
    end)

    it("with / in front looks from the document on", function()
      local declared = 'path = "/o/name", where = { ["/ref/resource"] = { "pods", "nodes" } }'
      assert.equal("a", found('{"ref":{"resource":"nodes"},"o":{"name":"a"}}', declared, nil, options))
      absent(found('{"ref":{"resource":"node"},"o":{"name":"a"}}', declared, nil, options))
    end)

    it("compares numbers and words as they are written", function()
      assert.equal("a", found('{"n":33,"v":"a"}', 'path = "/v", where = { n = 33.0 }', nil, options))
      assert.equal("a", found('{"n":"33","v":"a"}', 'path = "/v", where = { n = 33 }', nil, options))
      assert.equal("a", found('{"n":1.5,"v":"a"}', 'path = "/v", where = { n = 1.5 }', nil, options))
      assert.equal("a", found('{"n":true,"v":"a"}', 'path = "/v", where = { n = true }', nil, options))
      absent(found('{"n":false,"v":"a"}', 'path = "/v", where = { n = true }', nil, options))
      absent(found('{"n":tru,"v":"a"}', 'path = "/v", where = { n = true }', nil, options))
      absent(found('{"n":333,"v":"a"}', 'path = "/v", where = { n = 33 }', nil, options))
    end)

    it("needs all of its members", function()
      local declared = 'path = "/v", where = { a = 1, b = 2 }'
      assert.equal("x", found('{"a":1,"b":2,"v":"x"}', declared, nil, options))
      absent(found('{"a":1,"b":3,"v":"x"}', declared, nil, options))
    end)

    it("picks one element", function()
      local declared = 'path = "/subjects/*/name", arg = { index = true }, where = { kind = "User" }'
      assert.equal("ann", found(SUBJECTS, declared, nil, options, "x.y[0]"))
      absent(found(SUBJECTS, declared, nil, options, "x.y[1]"))
      assert.equal("carl", found(SUBJECTS, declared, nil, options, "x.y[3]"))
    end)
  end)

  describe(("default as a path (plugin API %d)"):format(api), function()
    it("stands for a missing value", function()
      local declared = 'path = "/a", default = lure.path "/spec/x"'
      assert.equal("1", found('{"a":1,"spec":{"x":2}}', declared, nil, options))
      assert.equal("2", found('{"spec":{"x":2}}', declared, nil, options))
      assert.equal("2", found('{"a":null,"spec":{"x":2}}', declared, nil, options))
      absent(found('{"spec":{}}', declared, nil, options))
    end)

    it("has a constant for where nothing is there either", function()
      local declared = 'path = "/a", default = lure.path("/b", "c")'
      assert.equal("b", found('{"b":"b"}', declared, nil, options))
      assert.equal("c", found("{}", declared, nil, options))
      assert.equal(0, found('{"b":"x"}', 'path = "/a", default = lure.path("/b", 0)', "uint64", options))
    end)
  end)

  describe(("null (plugin API %d)"):format(api), function()
    it("is what a null stands for, and a missing value does not", function()
      assert.equal("", found('{"a":null}', 'path = "/a", null = ""', nil, options))
      assert.equal("null", found('{"a":null}', 'path = "/a", null = "null", default = "x"', nil, options))
      assert.equal("x", found("{}", 'path = "/a", null = "null", default = "x"', nil, options))
      assert.equal(0, found('{"a":null}', 'path = "/a", null = 0', "uint64", options))
      absent(found('{"a":nul}', 'path = "/a", null = "null"', nil, options))
      absent(found('{"a":nulls}', 'path = "/a", null = "null"', nil, options))
      absent(found('{"a":null', 'path = "/a", null = "null"', nil, options))
    end)
  end)

  describe(("join (plugin API %d)"):format(api), function()
    it("makes one text of a list", function()
      local declared = 'path = "/a", join = " "'
      assert.equal("ls -l 7 true [1]", found('{"a":["ls","-l",7,null,true,[ 1 ]]}', declared, nil, options))
      assert.equal("ls", found('{"a":["ls"]}', declared, nil, options))
      assert.equal("", found('{"a":[""]}', declared, nil, options))
      assert.equal("sh", found('{"a":"sh"}', declared, nil, options))
      absent(found('{"a":[]}', declared, nil, options))
      absent(found('{"a":[null]}', declared, nil, options))
      absent(found("{}", declared, nil, options))
    end)

    it("makes one text of all that a * finds", function()
      assert.equal("a,b,c,d", found('{"l":[{"n":"a"},{},{"n":["b","c"]},{"n":"d"}]}', 'path = "/l/*/n", join = ","', nil, options))
      assert.equal("abcd", found('{"l":[{"n":"a"},{},{"n":["b","c"]},{"n":"d"}]}', 'path = "/l/*/n", join = ""', nil, options))
      assert.equal("a,?,d", found('{"l":[{"n":"a"},{},{"n":"d"}]}', 'path = "/l/*/n", join = ",", default = "?"', nil, options))
    end)

    it("joins 16 MiB, and has no value where there would be a byte more", function() -- JOINED_MOST, in src/json/joinedtext.h
      local state = reading(('path = "/l/*/n", join = " ", default = ("x"):rep(4095)'), nil, options)
      local missing = ("{},"):rep(4095)
      local function joined(length)
        return state:extract(support.event { data = ('{"l":[%s{"n":"%s"}]}'):format(missing, ("y"):rep(length)) }, "x.y")
      end
      local value = joined(4095)
      assert.equal(16 * 2 ^ 20 - 1, #value)
      assert.equal(("x"):rep(4095) .. " " .. ("y"):rep(4095), value:sub(-8191))
      absent(joined(4096))
    end)

    it("has no value, and takes no time, where a small payload would have a text of gigabytes", function()
      local declared = 'path = "/l/*/n", join = " ", default = lure.path "/d"'
      local payload = ('{"d":"%s","l":[%s{}]}'):format(("x"):rep(100000), ("{},"):rep(100000))
      assert.is_nil((found(payload, declared, nil, options)))
    end)

    it("joins the names of members", function()
      assert.equal("b,a", found('{"l":{"b":1,"a":2}}', 'path = "/l", join = ",", keys = true', nil, options))
    end)
  end)

  describe(("keys (plugin API %d)"):format(api), function()
    it("picks the name of a member by its number", function()
      local declared = 'path = "/l", keys = true, arg = { index = true }'
      assert.equal("a", found('{"l":{"b":1,"a":2}}', declared, nil, options, "x.y[1]"))
      absent(found('{"l":{"b":1,"a":2}}', declared, nil, options, "x.y[2]"))
    end)
  end)
end

describe("alternatives behind a *", function()
  it("are tried for each element", function()
    assert.same({ 1, 3, 4 }, (found(PORTS, 'list = true, path = "/ports/*/{hostPort,containerPort}"', "uint64")))
    assert.same({ 1, 3, 0, 4 },
      (found(PORTS, 'list = true, path = "/ports/*/{hostPort,containerPort}", default = 0', "uint64")))
  end)

  it("are of elements inside of elements", function()
    local payload = '{"c":[{"p":[{"a":1,"b":2},{"b":3}]},{"p":[]},{},{"p":[{"a":4}]}]}'
    assert.same({ 1, 3, 4 }, (found(payload, 'list = true, path = "/c/*/p/*/{a,b}"', "uint64")))
    assert.same({ 1, 3, 9, 9, 4 }, (found(payload, 'list = true, path = "/c/*/p/*/{a,b}", default = 9', "uint64")))
  end)

  it("are picked by an index", function()
    local declared = 'list = true, path = "/ports/*/{hostPort,containerPort}", arg = { index = true }'
    assert.same({ 3 }, (found(PORTS, declared, "uint64", nil, "x.y[1]")))
    absent(found(PORTS, declared, "uint64", nil, "x.y[2]"))
  end)

  it("are of members of an object, whatever the order", function()
    assert.same({ "1", "2", "3" },
      (found('{"m":{"x":{"b":9,"a":1},"y":{"b":2},"z":{"c":0,"a":3}}}', 'list = true, path = "/m/*/{a,b}"')))
  end)

  it("are one of several paths", function()
    local declared = 'list = true, path = { "/x/*/{a,b}", "/y/{c,d}" }'
    assert.same({ "1" }, (found('{"x":[{"b":1}],"y":{"c":2}}', declared)))
    assert.same({ "2" }, (found('{"x":[],"y":{"c":2}}', declared)))
    assert.same({ "3", "4" }, (found('{"x":[{}],"y":{"d":[3,4]}}', declared)))
  end)
end)

describe("a list with where", function()
  it("has the elements whose members say so", function()
    assert.same({ "ann", "carl" }, (found(SUBJECTS, 'list = true, path = "/subjects/*/name", where = { kind = "User" }')))
    assert.same({ "ann", "bob", "carl" },
      (found(SUBJECTS, 'list = true, path = "/subjects/*/name", where = { kind = { "User", "Group" } }')))
    absent(found(SUBJECTS, 'list = true, path = "/subjects/*/name", where = { kind = "Robot" }'))
  end)

  it("has a default for these elements alone", function()
    assert.same({ "ann", "?", "carl" },
      (found(SUBJECTS, 'list = true, path = "/subjects/*/name", where = { kind = "User" }, default = "?"')))
  end)

  it("may look at the document, too", function()
    local declared = 'list = true, path = "/subjects/*/name", where = { kind = "User", ["/kind"] = "%s" }'
    assert.same({ "ann", "carl" }, (found(SUBJECTS, declared:format "Binding")))
    absent(found(SUBJECTS, declared:format "Other"))
  end)

  it("may look further into the element", function()
    assert.same({ "b" }, (found('{"l":[{"v":"a","m":{"k":1}},{"v":"b","m":{"k":2}}]}',
      'list = true, path = "/l/*/v", where = { ["m/k"] = 2 }')))
  end)

  it("may take the elements themselves", function()
    assert.same({ '{"k":1,"v":2}' }, (found('{"l":[{"k":1, "v":2},{"k":2},3]}', 'list = true, path = "/l/*", where = { k = 1 }')))
  end)

  it("is about elements of the last *", function()
    assert.same({ "1", "3" }, (found('{"l":[{"k":0,"m":[{"k":1,"v":1},{"k":2,"v":2}]},{"m":[{"v":3,"k":1}]}]}',
      'list = true, path = "/l/*/m/*/v", where = { k = 1 }')))
  end)
end)

describe("default as a path, for each element", function()
  it("stands for those without a value", function()
    local payload = '{"spec":{"x":5,"c":[{"u":1},{},{"u":null},{"u":4}]}}'
    assert.same({ 1, 5, 5, 4 }, (found(payload, 'list = true, path = "/spec/c/*/u", default = lure.path "/spec/x"', "uint64")))
    assert.same({ 5 }, (found(payload,
      'list = true, path = "/spec/c/*/u", default = lure.path "/spec/x", arg = { index = true }', "uint64", nil, "x.y[1]")))
    assert.same({ 1, 0, 0, 4 }, (found('{"spec":{"c":[{"u":1},{},{"u":null},{"u":4}]}}',
      'list = true, path = "/spec/c/*/u", default = lure.path("/spec/x", 0)', "uint64")))
  end)

  it("has the elements of a list where there is no *", function()
    assert.same({ "1", "2" }, (found('{"b":[1,2]}', 'list = true, path = "/a", default = lure.path "/b"')))
  end)

  it("is evaluated once: so many copies of a long one would be more memory than there may be", function()
    local payload = '{"l":[' .. ("{},"):rep(20000) .. '{}],"d":[' .. ('"xy",'):rep(20000) .. '"x"]}'
    local state = reading('list = true, path = "/l/*/v", default = lure.path("/d", 7), join = " "')
    local value, message = state:extract(support.event { data = payload }, "x.y")
    assert.equal(20001, value and #value, message)
    assert.equal(60001, #value[20001])
  end)

  it("has no default for its own elements", function()
    assert.same({ "a b", "a b" }, (found('{"l":[{},{"v":null}],"d":["a",null,"b"]}',
      'list = true, path = "/l/*/v", default = lure.path "/d", join = " "')))
    assert.same({ "a", "b" }, (found('{"d":["a",null,"b"]}', 'list = true, path = "/l", default = lure.path("/d", "?")')))
  end)
end)

describe("null in a list", function()
  it("is an element", function()
    assert.same({ "1", "-", "2" }, (found('{"a":[1,null,2]}', 'list = true, path = "/a", null = "-"')))
    assert.same({ "1", "-" }, (found('{"a":[{"b":1},{"b":null},{}]}', 'list = true, path = "/a/*/b", null = "-"')))
  end)
end)

describe("join in a list", function()
  it("makes one text for each element", function()
    local payload = '{"c":[{"cmd":["sh","-c"]},{},{"cmd":[]},{"cmd":"top"},{"cmd":["ls"]}]}'
    assert.same({ "sh -c", "top", "ls" }, (found(payload, 'list = true, path = "/c/*/cmd", join = " "')))
    assert.same({ "sh -c", "?", "?", "top", "ls" }, (found(payload, 'list = true, path = "/c/*/cmd", join = " ", default = "?"')))
  end)
end)

describe("keys in a list", function()
  it("has the names of members", function()
    assert.same({ "b", "a\"", "" }, (found('{"l":{"b":1,"a\\"":[{}],"":null}}', 'list = true, path = "/l", keys = true')))
    absent(found('{"l":{}}', 'list = true, path = "/l", keys = true, default = "x"'))
    absent(found('{"l":[1]}', 'list = true, path = "/l", keys = true'))
    assert.same({ "x" }, (found("{}", 'list = true, path = "/l", keys = true, default = "x"')))
  end)

  it("has those of each element", function()
    assert.same({ "a", "b", "c" }, (found('{"l":[{"a":1,"b":2},3,{"c":{}}]}', 'list = true, path = "/l/*", keys = true')))
    assert.same({ "a b", "c" },
      (found('{"l":[{"a":1,"b":2},3,{"c":{}}]}', 'list = true, path = "/l/*", keys = true, join = " "')))
  end)

  it("reads them as the field's type", function()
    assert.same({ 1, 22 }, (found('{"l":{"1":1,"x":2,"22":3}}', 'list = true, path = "/l", keys = true', "uint64")))
  end)
end)

describe("all", function()
  it("has no value where an element has none", function()
    local declared = 'list = true, all = true, path = "/l/*/v"'
    assert.same({ "1", "2" }, (found('{"l":[{"v":1},{"v":2}]}', declared)))
    absent(found('{"l":[{"v":1},{}]}', declared))
    absent(found('{"l":[{},{"v":1}]}', declared))
    absent(found('{"l":[{"v":1},{"v":null}]}', declared))
    assert.same({ "1", "0" }, (found('{"l":[{"v":1},{}]}', declared .. ', default = "0"')))
  end)

  it("has no value where an element is of another type", function()
    assert.same({ 1, 2 }, (found('{"l":[1,2]}', 'list = true, all = true, path = "/l"', "uint64")))
    absent(found('{"l":[1,"x"]}', 'list = true, all = true, path = "/l"', "uint64"))
  end)

  it("is about the elements that where takes", function()
    assert.same({ "1" }, (found('{"l":[{"k":1,"v":1},{"k":2}]}', 'list = true, all = true, path = "/l/*/v", where = { k = 1 }')))
  end)

  it("goes on with the next path where nothing was found", function()
    assert.same({ "3" }, (found('{"l":[{},{}],"m":[3]}', 'list = true, all = true, path = { "/l/*/v", "/m" }')))
  end)
end)

describe("a field is refused", function()
  for declared, message in pairs {
    ['path = "/a/{b}"'] = "a part in braces is {arg}, or several names with commas between them",
    ['path = "/a/{b,{c}}"'] = "a part in braces is {arg}",
    ['path = "/a/{b, c}"'] = "names in braces stand without spaces around them",
    ['path = "/a/{b ,c}"'] = "names in braces stand without spaces around them",
    ['path = "/a/{ b,c}"'] = "names in braces stand without spaces around them",
    ['path = "/a/{b,c }"'] = "names in braces stand without spaces around them",
    ['path = {}'] = 'path: expected a JSON Pointer such as "/user/name", or a list of 1 to 64, got a list of 0',
    ['path = { "/a", 7 }'] = "or a list of 1 to 64, got integer 7",
    ['path = "/a/{b,*}"'] = '"*" in braces is no name',
    ['path = "/a/{b,c}/*/d", list = true'] = '{a,b} stands behind the last "*"',
    ['path = "/{a,b,c,d,e,f,g,h,i}/{a,b,c,d,e,f,g,h}"'] = "more than 64 pointers",
    ['path = "/{a,b,~2}"'] = "is no JSON Pointer",
    ['path = "/a/{arg}"'] = "{arg} is the argument; add arg = { key = true }",
    ['path = "/a/*/{arg}", arg = { index = true }'] = 'a "*" can have many values; add list = true, or join',
    ['path = "/a", arg = { key = true }'] = "arg.key: nothing uses it",
    ['path = "/a", arg = { index = true }'] = "arg.index: nothing uses it",
    ['path = "/a", where = {}, join = 3'] = "join: expected a string",
    ['path = "/a", where = {}'] = "where: has no member",
    ['path = "/a", where = { 1 }'] = "where: expected up to 8 members such as kind = \"User\", got integer 1",
    ['path = "/a", where = { a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1 }'] = "where: expected up to 8 members",
    ['path = "/a", where = { kind = {} }'] = "where: kind: expected a string, a number, true, false or a list",
    ['path = "/a", where = { kind = print }'] = "where: kind: expected a string, a number, true, false or a list",
    ['path = "/a", where = { ["b/*"] = 1 }'] = 'a condition has no "*"',
    ['path = "/a", default = lure.path "b"'] = "is no JSON Pointer",
    ['path = "/a", default = lure.path "/b/*"'] = 'the path of a default has no "*"',
    ['path = "/a", default = {}'] = "default: expected",
    ['path = "/a", keys = true'] = "keys: an object can have many members; add list = true",
    ['path = "/a", all = true'] = "all: is about lists",
    ['path = "/a", list = true, keys = true, null = "x"'] = "null: nothing uses it",
    ['path = "/a", extract = print, join = " "'] = "join: extract gets what the path finds",
    ['path = "/a", extract = print, all = true'] = 'all: is about lists; the path has no "*"',
    ['extract = print, keys = true'] = "keys belongs to a path",
    ['extract = print, where = { a = 1 }'] = "where belongs to a path",
    ['extract = print, join = " "'] = "join belongs to a path",
    ['extract = print, null = " "'] = "null belongs to a path",
    ['extract = print, default = lure.path "/b"'] = "default belongs to a path",
  } do
    it("for " .. declared, function() assert.match(message, refused(declared), 1, true) end)
  end

  it("whose join makes a text of another type", function()
    assert.match('join: makes a text; set type = "string"', refused('path = "/a", join = ","', "uint64"), 1, true)
  end)

  it("whose null is not of its type", function()
    assert.match("null: expected an integer", refused('path = "/a", null = "x"', "uint64"), 1, true)
    assert.match("default: expected an integer", refused('path = "/a", default = lure.path("/b", "x")', "uint64"), 1, true)
  end)

  it("at one condition more than 8, and not at 8", function()
    local list = {}
    for i = 1, 8 do list[i] = ("k%d = 1"):format(i) end
    assert.equal("v", found('{"k1":1,"k2":1,"k3":1,"k4":1,"k5":1,"k6":1,"k7":1,"k8":1,"v":"v"}',
      'path = "/v", where = { ' .. table.concat(list, ",") .. " }"))
  end)

  it("at one pointer more than 64, and not at 64", function()
    assert.equal("v", found('{"h":{"h":"v"}}', 'path = "/{a,b,c,d,e,f,g,h}/{a,b,c,d,e,f,g,h}"'))
    assert.match("more than 64 pointers", refused 'path = "/{a,b,c,d,e,f,g,h,i,j,k,l,m}/{a,b,c,d,e}"', 1, true)
  end)
end)

for _, api in ipairs { 3, 0 } do
  local options = { api = api }
  local SHOW = 'extract = function(v, arg) return (math.type(v) or type(v)) .. " " .. tostring(v) .. (arg and " " .. arg or "") end'

  describe(("a path and extract (plugin API %d)"):format(api), function()
    it("give the function what the path finds", function()
      local function shown(text) return found('{"a":' .. text .. "}", 'path = "/a", ' .. SHOW, nil, options) end
      assert.equal("string x\ty", shown '"x\\ty"')
      assert.equal("string ", shown '""')
      assert.equal("string é€", shown '"\\u00e9€"')
      assert.equal("integer 7", shown "7")
      assert.equal("integer -9223372036854775808", shown "-9223372036854775808")
      assert.equal("float 1.5", shown "1.5")
      assert.equal("boolean false", shown "false")
      assert.equal('userdata {"b": [1, 2]}', shown '{"b": [1, 2]}')
      assert.equal("userdata []", shown "[]")
    end)

    it("do not call it where nothing is found", function()
      local declared = 'path = "/a", extract = function() error "called" end'
      for _, text in ipairs { "{}", '{"a":null}', '{"a":nul}', '{"a":"x', '{"a":"\\x"}', '{"a":[1', '{"a":12', '{"a":tru}', "", "[" } do
        absent(found(text, declared, nil, options))
      end
      assert.match("called", select(2, found('{"a":1}', declared, nil, options)))
    end)

    it("do not run decode for it", function()
      local state = support.start(given.extractor([[decode = function() error "decoded" end,
        fields = { { name = "x.y", type = "string", desc = "-", path = "/a", extract = function(v) return v end } }]]), options)
      assert.equal("v", (state:extract(support.event { data = '{"a":"v"}' }, "x.y")))
    end)

    it("give a document that can be read", function()
      assert.equal("2", found('{"a":{"b":[1,{"c":2}]}}', 'path = "/a", extract = function(v) return v.b[2].c .. "" end', nil, options))
      local state = support.start([[return { name = "x", version = "0.1.0", -- lure is not required
        fields = { { name = "x.y", type = "string", desc = "-", path = "/a", extract = function(v) return v.b end } } }]], options)
      assert.equal("c", (state:extract(support.event { data = '{"a":{"b":"c"}}' }, "x.y")))
    end)

    it("give a list where the path has a *", function()
      local declared = 'path = "/l/*/v", extract = function(v) return #v .. " " .. table.concat(v, ",") end'
      assert.equal("2 1,x", found('{"l":[{"v":1},{},{"v":"x"}]}', declared, nil, options))
      assert.equal("1 1", found('{"l":[{"v":1}]}', declared, nil, options))
      assert.equal("3 1,?,x", found('{"l":[{"v":1},{},{"v":"x"}]}', declared .. ', default = "?"', nil, options))
      absent(found('{"l":[]}', declared, nil, options))
      absent(found('{"l":[{"v":1},{}]}', declared .. ", all = true", nil, options))
      assert.equal("1 x", found('{"l":[{"v":1,"k":1},{"k":2,"v":"x"}]}', declared .. ", where = { k = 2 }", nil, options))
    end)

    it("give the names of members", function()
      assert.equal("b a", found('{"l":{"b":1,"a":2}}',
        'path = "/l", keys = true, extract = function(v) return table.concat(v, " ") end', nil, options))
    end)

    it("give the argument, too", function()
      assert.equal("integer 1 k", found('{"m":{"k":1}}', 'path = "/m/{arg}", arg = { key = true }, ' .. SHOW, nil, options, "x.y[k]"))
      assert.equal("integer 1 k", found('{"m":1}', 'path = "/m", arg = { key = true }, ' .. SHOW, nil, options, "x.y[k]"))
      assert.equal("integer 2 /b", found('{"b":2}', 'path = lure.ARG, arg = { key = true }, ' .. SHOW, nil, options, "x.y[/b]"))
    end)

    it("let a * pick the element of an index, and without one the function", function()
      local index = ', arg = { index = true }, '
      assert.equal("userdata [1,2,3] 2", found('{"l":[1,2,3]}', 'path = "/l"' .. index .. SHOW, nil, options, "x.y[2]"))
      assert.equal("integer 7 2", found('{"l":7}', 'path = "/l"' .. index .. SHOW, nil, options, "x.y[2]"))
      local listed = index .. 'extract = function(v, arg) return table.concat(v, ",") .. " " .. arg end'
      assert.equal("3 2", found('{"l":[1,2,3]}', 'path = "/l/*"' .. listed, nil, options, "x.y[2]"))
      assert.equal("c 2", found('{"l":{"a":1,"b":2,"c":3}}', 'path = "/l", keys = true' .. listed, nil, options, "x.y[2]"))
      absent(found('{"l":[1,2,3]}', 'path = "/l/*"' .. listed, nil, options, "x.y[3]"))
    end)

    it("give a default, and what null stands for, of any type", function()
      assert.equal(7, found("{}", 'path = "/a", default = "x", extract = function(v) return v == "x" and 7 or 0 end', "uint64", options))
      assert.equal(8, found('{"a":null}', 'path = "/a", null = true, extract = function(v) return v == true and 8 or 0 end', "uint64", options))
      assert.equal("string b", found('{"b":"b"}', 'path = "/a", default = lure.path "/b", ' .. SHOW, nil, options))
    end)

    it("are counted as one call, and the values of each event are its own", function()
      local state = reading('path = "/a", ' .. SHOW, nil, options)
      for i = 1, 100 do
        local shown = support.event { data = ('{"a":%d}'):format(i), num = i, ts = i }
        for _ = 1, 3 do assert.equal("integer " .. i, (state:extract(shown, "x.y"))) end
      end
    end)
  end)

  describe(("when (plugin API %d)"):format(api), function()
    local function start(declared)
      return support.start(given.extractor(([[when = %s, decode = function(event) return event.data end, fields = {
        { name = "x.path", type = "string", desc = "-", path = "/v", default = "d" },
        { name = "x.call", type = "string", desc = "-", extract = function(v) return v end },
        { name = "x.both", type = "string", desc = "-", path = "/v", extract = function(v) return v end },
        { name = "x.arg", type = "string", desc = "-", path = lure.ARG, arg = { key = true } } }]]):format(declared)):gsub(
          "^", 'local lure = require "lure"\n'), options)
    end

    local function values(state, payload, num)
      local shown, all = support.event { data = payload, num = num, ts = num }, {}
      for i, field in ipairs { "x.call", "x.path", "x.both", "x.arg[/v]" } do all[i] = tostring((state:extract(shown, field))) end
      return table.concat(all, " ")
    end

    it("leaves events without it no value", function()
      local state = start '"/id"'
      for round = 1, 20 do
        assert.equal('{"id":1,"v":"x"} x x x', values(state, '{"id":1,"v":"x"}', 4 * round))
        assert.equal("nil nil nil nil", values(state, '{"v":"x"}', 4 * round + 1))
        assert.equal("nil nil nil nil", values(state, '{"id":null,"v":"x"}', 4 * round + 2))
        assert.equal("nil nil nil nil", values(state, 'text', 4 * round + 3))
      end
    end)

    it("and what fields declare are about payloads of other formats, too", function()
      local state = support.start('local lure = require "lure"\n' .. given.extractor([[format = "logfmt", when = "/id", fields = {
        { name = "x.a", type = "string", desc = "-", path = "/{a,b}", where = { k = 1 }, default = lure.path "/c" },
        { name = "x.upper", type = "string", desc = "-", path = "/{arg}", arg = { key = true }, extract = string.upper } }]]), options)
      local function a(payload, field) return (state:extract(support.event { data = payload, num = #payload }, field or "x.a")) end
      assert.equal("y", a "id=7 b=y c=z k=1")
      assert.equal("z", a "id=77 b=y c=z k=2")
      assert.is_nil(a "b=y c=z k=1")
      assert.equal("WORD", a("id=7 some=word", "x.upper[some]"))
      assert.is_nil(a("id=7 some=words", "x.upper[other]"))
    end)

    it("may name several, of which one is enough", function()
      local state = start '{ "/id", "/items/*/id" }'
      assert.equal("x", (state:extract(support.event { data = '{"id":{},"v":"x"}' }, "x.path")))
      assert.equal("x", (state:extract(support.event { data = '{"items":[{},{"id":0}],"v":"x"}', num = 2 }, "x.path")))
      absent(state:extract(support.event { data = '{"items":[{}],"v":"x"}', num = 3 }, "x.path"))
    end)

    it("is refused where it is no JSON Pointer", function()
      for declared, message in pairs { ['"id"'] = "when: ",
        ["{}"] = 'when: expected a JSON Pointer such as "/auditID", or a list of 1 to 64, got a list of 0',
        ["{ 1 }"] = 'or a list of 1 to 64, got integer 1',
        ["3"] = "when: expected", ['"/a~"'] = "is no JSON Pointer" } do
        local _, problem = pcall(start, declared)
        assert.match(message, problem, 1, true)
      end
    end)
  end)
end

it("when holds for functions that are evaluated for events to come", function()
  local state = support.start [[return { name = "x", version = "0.1.0", id = 999, event_source = "x", when = "/id",
    open = function() return { n = 0 } end,
    next = function(s) s.n = s.n + 1; if s.n <= 600 then return ('{"%s":%d}'):format(s.n % 3 == 0 and "id" or "no", s.n) end end,
    fields = { { name = "x.y", type = "string", desc = "-", extract = function(v) return v end } } }]]
  local instance, count = assert(state:open ""), 0
  while true do
    local _, events = instance:next_batch()
    if not events or #events == 0 then break end
    for _, event in ipairs(events) do
      count = count + 1
      assert.equal(count % 3 == 0 and event.data or nil, (state:extract(event, "x.y")))
    end
  end
  assert.equal(600, count)
end)

describe("lure.path", function()
  it("takes a text", function()
    assert.match("bad argument #1 to 'path'", refused('path = "/a", default = lure.path()'), 1, true)
    assert.match("NUL", refused('path = "/a", default = lure.path "/a\\0"'), 1, true)
  end)
end)
