--- Direct evaluation of documents (src/modules/json_eval.h): what is read of them, loops over them and the lists that
-- these make are the same as with a call. A function with `...` is always called.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local SINGLE = {
  "return entry.name", "return entry.user.name", "return entry.user and entry.user.name", "return entry.none",
  "return entry.none.name", "return entry.items[2].name", "return entry.items[9]", "return entry.items[0]",
  "return entry.items.name", "return entry[1]", "return entry.count", "return entry.ready", "return entry.nothing",
  "return entry.nothing == json.null", "return entry.float", "return entry.escaped", "return entry.big", "return entry.minus",
  "return entry.table", "return entry:get('/user/name')", "return #entry.items", "return entry.user == entry.user",
  "return entry.kind == 'List' and entry.name or entry.user.name", "return math.tointeger(entry.digits)", "return entry",
  "return entry.user", "return entry['a key']", "return json.parse(entry.text).name", "return json.parse(event.data).name",
  "for _, item in ipairs(entry.items) do if item.ready then return item.name end end",
  "for i, item in ipairs(entry.items) do if item.name == 'bob' then return i end end return 0",
  "local count = 0 for _, item in ipairs(entry.items) do if item.ready then count = count + 1 end end return count",
  "local last for _, item in ipairs(entry.items) do last = item.name or last end return last",
  "local first for i, item in ipairs(entry.items) do if i == 1 then first = item.name end local x = item.image end return first",
  "local _, _, _, fourth = ipairs(entry.items) if fourth then return 'a fourth value' end return 'none'",
  "for _, name in ipairs(entry) do return name end", "for _, item in ipairs(entry.none) do return item end",
  "for key in pairs(entry.user) do return key end",
}

local LISTS = {
  "local names = {} for _, item in ipairs(entry.items) do names[#names + 1] = item.name end return names",
  "local names = {} for i, item in ipairs(entry.items) do names[i] = item.name end return names",
  "local names = {} for _, item in ipairs(entry.items) do table.insert(names, item.name) end return names",
  "local all = {} for _, item in ipairs(entry.items) do for _, tag in ipairs(item.tags) do all[#all + 1] = tag end end return all",
  "local all = {} for _, item in ipairs(entry.items) do if item.ready then all[#all + 1] = item.name end end return all",
  "local all = {} for _, item in ipairs(entry.items) do if item.name == 'alice' then break end all[#all + 1] = item.name end return all",
  "local all = {} for _, tag in ipairs(entry.tags) do all[#all + 1] = tag end return all",
  "local all = {} all[1] = entry.name all[2] = entry.kind return all", "return { entry.name, entry.kind }",
  "local all = {} all[2] = entry.name return all", "local all, more = {}, {} all[1] = entry.name return all", "return {}",
  "local all = {} for _, item in ipairs(entry.items) do all[#all + 1] = item end return all", "return entry.items",
  "local counts = {} for _, item in ipairs(entry.items) do counts[#counts + 1] = item.count end return counts", "return nil",
  "return entry.name", "local all = {} all[1] = entry.none return all",
}

local items = {}
for i = 1, 400 do items[i] = ('{"name": "item %d", "image": "x", "ready": %s, "tags": ["t%d"]}'):format(i, i % 2 == 0, i) end

local PAYLOADS = {
  [[{"kind": "List", "name": "one", "user": {"name": "root"}, "count": 3, "ready": true, "nothing": null, "float": 1.5,
    "escaped": "a\nb", "big": 18446744073709551615, "minus": -1, "table": "x", "digits": "12", "a key": "spaced",
    "text": "{\"name\": \"inner\"}", "tags": ["a", "b"], "items": [
      {"name": "alice", "image": "i", "ready": false, "tags": ["x", "y"], "count": 1}, {"name": "bob", "ready": true, "tags": [], "count": 2},
      {"image": "none", "tags": ["z"], "count": 7}, {"name": "carol", "ready": true, "tags": []}]}]],
  [[{"name": "no items", "user": [], "items": []}]], [==[["a", "b", ["c"]]]==], [[{"name": "cut", "items": [{"name": "x"}, {"nam]],
  [[{"items": [1, "two", null, {"name": "x"}], "tags": [1, 2, 3], "user": 5}]], [[{"items": {"name": "no list"}, "tags": "no list"}]],
  [[{"tags": [1.5], "items": [{"name": 5}, {"name": true}, {"name": "a\u0041"}]}]], "17", "", "no JSON", '"a string"',
  ('{"name": "long", "items": [%s]}'):format(table.concat(items, ", ", 1, 30)),
  ('{"name": "longer", "items": [%s]}'):format(table.concat(items, ", ", 1, 100)),
  ('{"name": "too long", "items": [%s]}'):format(table.concat(items, ", ")),
  "\xEF\xBB\xBF {\"name\": \"marked\"}",
}

--- A script with the function twice, in one line, so that errors have the same.
local function script(body, type, list)
  local function field(name, head)
    return ([[{ name = "x.%s", type = "%s", desc = "-", list = %s, extract = %s %s end }]]):format(name, type, list, head, body)
  end
  return given.extractor(([[decode = function(event) return lure.json.parse(event.data) end,
fields = (function()
  local json = lure.json
  return { %s, %s }
end)()]]):format(field("eval", "function(entry, _, event)"), field("call", "function(...) local entry, _, event = ...")))
end

local function answer(state, event, field)
  local results = table.pack(state:extract(event, field))
  for i = 1, results.n do
    if type(results[i]) == "string" then results[i] = results[i]:gsub("x%.eval", "x.call") end
  end
  return results
end

--- Each way around in every other event: after the call the document is one of Lua's, too.
local function compare(body, type, list)
  local state = support.start(script(body, type, list))
  for number = 1, 2 * #PAYLOADS do
    local event = support.event { data = PAYLOADS[(number + 1) // 2], num = number, ts = 1000 + number }
    local first = number % 2 == 0 and "x.eval" or "x.call"
    local one = answer(state, event, first)
    assert.same(one, answer(state, event, first == "x.eval" and "x.call" or "x.eval"))
  end
end

describe("a function of a document", function()
  for _, body in ipairs(SINGLE) do
    it(("%q is the same with and without a call"):format(body), function()
      for _, type in ipairs { "string", "uint64", "bool" } do compare(body, type, false) end
    end)
  end

  for _, body in ipairs(LISTS) do
    it(("%q is the same with and without a call"):format(body), function()
      for _, type in ipairs { "string", "uint64", "bool" } do compare(body, type, true) end
      compare(body, "string", false)
    end)
  end

  it("that is called gets the same document as others in the event, and what they made of the script", function()
    local state = support.start(given.extractor [[decode = function(event)
  if mode == "none" then return nil end
  return lure.json.parse(event.data)
end,
fields = (function()
  local seen
  local function field(name, extract) return { name = "x." .. name, type = "string", desc = "-", extract = extract } end
  return {
    field("name", function(entry) return entry.name end),
    field("switch", function(...) local entry = ... seen, mode = entry, "none" return entry.name end),
    field("same", function(...) local entry = ... return tostring(rawequal(entry, seen)) end),
  }
end)()]])
    for i = 1, 3 do
      local event = support.event { data = ('{"name": "%d"}'):format(i), num = i }
      local name = i == 1 and "1" or nil
      assert.equal(name, (state:extract(event, "x.name")))
      assert.equal(name, (state:extract(event, "x.switch")))
      assert.equal(name, (state:extract(event, "x.name")))
      assert.equal(name and "true", (state:extract(event, "x.same")))
    end
  end)

  it("reads the payload where it is shown now", function()
    local state = support.start(given.extractor [[decode = function(event) return lure.json.parse(event.data) end,
fields = { { name = "x.a", type = "string", desc = "-", extract = function(entry) return entry.a end },
           { name = "x.b", type = "string", desc = "-", extract = function(entry) return entry.b end } }]])
    for i = 1, 20 do
      local data = ('{"a": "a%d", "b": "b%d"}'):format(i, i)
      assert.equal("a" .. i, (state:extract(support.event { data = data, num = i }, "x.a")))
      assert.equal("b" .. i, (state:extract(support.event { data = data, num = i }, "x.b")))
    end
  end)
end)
