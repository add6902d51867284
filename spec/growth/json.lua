-- JSON: the scan for paths, documents, decode, encode.
local list = require "spec.growth.list"
local support = require "spec.support"

local function plugin(parts)
  return (support.start(([[ local lure = require "lure"
    return { name = "x", version = "1.0.0", extract_event_sources = { "x" }, %s } ]]):format(parts),
    { config = [[{"lure":{"time":3600}}]] }))
end

--- A reader: fields of a plugin, asked for in one event.
local function extraction(parts, payload, fields)
  return function(n)
    local state = plugin(parts(n))
    local names = fields and fields(n) or "x.a"
    local event = support.event { data = payload(n) }
    return function()
      assert(state:extract(event, names))
    end
  end
end

local function one(text)
  return function() return text end
end

local LAST <const> = one [[fields = { { name = "x.a", type = "string", path = "/last", desc = "-" } }]]

local ARGUMENT <const> = one [[
  fields = { { name = "x.a", type = "string", path = lure.ARG, arg = { key = true, required = true }, desc = "-" } }]]

--- A reader: one function field that does this with its value.
local function work(code, payload)
  return extraction(one(([[fields = { { name = "x.a", type = "uint64", desc = "-", extract = function(value)
    %s
    return 1
  end } }]]):format(code)), payload)
end

local function names_of_fields(n)
  local names = {}
  for i = 1, n do
    names[i] = "x.f" .. i
  end
  return names
end

local function members(n)
  return "{" .. list(n, [["m@":"value @"]]) .. "}"
end

local function elements(n)
  return "[" .. list(n, [[{"id":@,"name":"n@"}]]) .. "]"
end

local function nested(n)
  return ("[" ):rep(n) .. ("]"):rep(n)
end

return {
  ["paths: bytes of a string"] = { 20000, extraction(LAST, function(n)
    return [[{"first":"]] .. ("x"):rep(n) .. [[","last":"y"}]]
  end) },
  ["paths: escapes in the value"] = { 5000, extraction(LAST, function(n)
    return [[{"last":"]] .. ([[\u00e4\n]]):rep(n) .. [["}]]
  end) },
  ["paths: members before"] = { 2000, extraction(LAST, function(n)
    return "{" .. list(n, [["m@":@]]) .. [[,"last":"y"}]]
  end) },
  ["paths: elements of a list field"] = { 2000, extraction(
    one [[fields = { { name = "x.a", type = "string", list = true, path = "/*/name", desc = "-" } }]], elements) },
  ["paths: nested lists"] = { 1000, extraction(LAST, function(n)
    return [[{"first":]] .. nested(n) .. [[,"last":"y"}]]
  end) },
  ["paths: declared, in the first event"] = { 100, extraction(function(n)
    return "fields = {" .. list(n, [[{ name = "x.f@", type = "string", path = "/m@", desc = "-" }]]) .. "}"
  end, members, names_of_fields) },
  ["paths: declared in one object each"] = { 100, extraction(function(n)
    return "fields = {" .. list(n, [[{ name = "x.f@", type = "string", path = "/o@/a/b", desc = "-" }]]) .. "}"
  end, function(n) return "{" .. list(n, [["o@":{"a":{"b":"@"}}]]) .. "}" end, names_of_fields) },
  ["paths: steps of one path"] = { 6, extraction(function(n)
    return [[fields = { { name = "x.a", type = "string", path = "]] .. ("/a"):rep(n) .. [[", desc = "-" } }]]
  end, function(n) return ([[{"a":]]):rep(n) .. "1" .. ("}"):rep(n) end) },
  ["paths: declared numbers, in no order"] = { 100, extraction(function(n)
    local fields = {}
    for i = 1, n do
      fields[i] = ([[{ name = "x.f%d", type = "string", path = "/%d", desc = "-" }]]):format(i, i * 7919 % (n + 1))
    end
    return "fields = {" .. table.concat(fields, ",") .. "}"
  end, elements, names_of_fields) },
  ["paths: declared, with escapes in the payload's keys"] = { 100, extraction(function(n)
    return "fields = {" .. list(n, [[{ name = "x.f@", type = "string", path = "/m@", desc = "-" }]]) .. "}"
  end, function(n) return "{" .. list(n, [["\u006d@":"value @"]]) .. "}" end, names_of_fields) },
  ["paths: arguments, in the first event"] = { 30, extraction(
    ARGUMENT,
    function() return members(1000) end, function(n)
      local names = {}
      for i = 1, n do
        names[i] = ("x.a[/none%d]"):format(i)
      end
      return names
    end) },
  ["paths: arguments, in later events"] = { 500, function(n)
    local state, names, payload = plugin(ARGUMENT()), {}, members(1000)
    for i = 1, n do names[i] = ("x.a[/none%d]"):format(i) end
    assert(state:extract(support.event { data = payload, num = 1 }, names))
    local event = support.event { data = payload, num = 2 }
    return function() assert(state:extract(event, names)) end
  end },
  ["paths: payload of new arguments"] = { 1000, extraction(
    ARGUMENT,
    members, function()
      local names = {}
      for i = 1, 30 do
        names[i] = ("x.a[/none%d]"):format(i)
      end
      return names
    end) },
  ["decode: members"] = { 1000, work("lure.json.decode(value)", members) },
  ["decode: elements"] = { 1000, work("lure.json.decode(value)", elements) },
  ["decode: bytes of a string"] = { 20000, work("lure.json.decode(value)", function(n)
    return [["]] .. ([[\u00e4\n]]):rep(n) .. [["]]
  end) },
  ["decode: nested lists"] = { 80, work("pcall(lure.json.decode, value)", nested) },
  ["decode: a name that stands often"] = { 1000, work("lure.json.decode(value)", function(n)
    return "{" .. list(n, [["a":@]]) .. "}"
  end) },
  -- members are sorted
  ["encode: members"] = { 3000, work("lure.json.encode(lure.json.decode(value))", members) },
  ["encode: elements"] = { 1000, work("lure.json.encode(lure.json.decode(value))", elements) },
  ["encode: bytes of a string"] = { 5000, work([[lure.json.encode(value .. "\1\255")]], function(n)
    return ("\"\\\n\1"):rep(n)
  end) },
  ["encode: a document"] = { 1000, work("lure.json.encode(lure.json.parse(value))", elements) },
  ["documents: by index"] = { 1000, work("local d = lure.json.parse(value) for i = 1, #d do local _ = d[i].id end", elements) },
  ["documents: by index, backwards"] = { 1000,
    work("local d = lure.json.parse(value) for i = #d, 1, -1 do local _ = d[i].id end", elements) },
  ["documents: by index, in no order"] = { 1000,
    work("local d = lure.json.parse(value) for i = 1, #d do local _ = d[i * 7919 % #d + 1].id end", elements) },
  ["documents: ipairs"] = { 1000, work("for _, d in ipairs(lure.json.parse(value)) do local _ = d.id end", elements) },
  ["documents: pairs"] = { 1000, work("for _, d in pairs(lure.json.parse(value)) do local _ = d end", members) },
  ["documents: each member by name"] = { 300,
    work([[local d, n = lure.json.parse(value), select(2, value:gsub(",", "")) + 1
      for i = 1, n do local _ = d["m" .. i] end]], members) },
  ["documents: each member by pointer"] = { 300,
    work([[local d, n = lure.json.parse(value), select(2, value:gsub(",", "")) + 1
      for i = 1, n do local _ = d:get("/m" .. i) end]], members) },
  ["documents: length, again and again"] = { 500,
    work([[local d = lure.json.parse(value) for _ = 1, #d do local _ = #d end]], elements) },
  ["documents: each element's raw text"] = { 500,
    work([[local d = lure.json.parse(value) for i = 1, #d do local _ = d:raw(i) end]], elements) },
  ["documents: table"] = { 1000, work("lure.json.parse(value):table()", elements) },
  ["documents: one below the other"] = { 50,
    work("local d = lure.json.parse(value) while d ~= lure.json.null do d = d.a end", function(n)
      return ([[{"a":]]):rep(n) .. "null" .. ("}"):rep(n)
    end) },
}
