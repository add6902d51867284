-- What a script declares, read when the library is loaded, and its configuration.
local list = require "spec.growth.list"
local support = require "spec.support"

--- A reader: the library is loaded with a script, which is right.
local function loading(parts)
  return function(n)
    local path = support.file(([[return { name = "x", version = "1.0.0", %s }]]):format(parts(n)))
    return function()
      assert(support.load_script(path))
    end
  end
end

--- The same with a script that is refused.
local function refused(parts)
  return function(n)
    local path = support.file(([[return { name = "x", version = "1.0.0", %s }]]):format(parts(n)))
    return function()
      assert(not support.load_script(path))
    end
  end
end

local EXTRACTOR <const> = [[extract_event_sources = { "x" }, extract = function() end, ]]
local ONE <const> = EXTRACTOR .. [[fields = { { name = "x.a", type = "string", desc = "-" } }, ]]
local SOURCE <const> = [[id = 999, event_source = "x", next = function() end, ]]

--- A reader: init with a configuration.
local function configured(parts, config)
  return function(n)
    local library = assert(support.load_script(([[return { name = "x", version = "1.0.0", %s %s }]]):format(ONE, parts(n))))
    local text = config(n)
    return function()
      assert(library:init(text))
    end
  end
end

return {
  ["fields"] = { 100, loading(function(n)
    return EXTRACTOR .. "fields = {" .. list(n, [[{ name = "x.f@", type = "string", desc = "-" }]]) .. "}"
  end) },
  ["fields with paths"] = { 100, loading(function(n)
    return EXTRACTOR .. "fields = {" .. list(n, [[{ name = "x.f@", type = "string", path = "/a@/b", desc = "-" }]]) .. "}"
  end) },
  ["fields of a format"] = { 100, loading(function(n)
    return EXTRACTOR .. [[format = "cef", fields = {]]
      .. list(n, [[{ name = "x.f@", type = "string", path = "/extension/a@", desc = "-" }]]) .. "}"
  end) },
  ["fields that a format never has"] = { 100, refused(function(n)
    return EXTRACTOR .. [[format = "cef", fields = {]]
      .. list(n, [[{ name = "x.f@", type = "string", path = "/vendr@", desc = "-" }]]) .. "}"
  end) },
  ["columns of a format"] = { 100, loading(function(n)
    return EXTRACTOR .. [[format = { "csv", columns = {]] .. list(n, [["c@"]])
      .. [[} }, fields = { { name = "x.a", type = "string", desc = "-", path = "/c1" } }]]
  end) },
  ["pointers of one path"] = { 6, loading(function(n)
    return EXTRACTOR .. [[fields = { { name = "x.a", type = "string", desc = "-", path = {]] .. list(n, [["/a@"]]) .. "} } }"
  end) },
  ["properties of a field"] = { 100, loading(function(n)
    return EXTRACTOR .. [[fields = { { name = "x.a", type = "string", desc = "-", properties = {]] ..
      list(n, [["p@"]]) .. "} } }"
  end) },
  ["fields of equal names"] = { 100, refused(function(n)
    return EXTRACTOR .. "fields = {" .. list(n, [[{ name = "x.f", type = "string", desc = "-" }]]) .. "}"
  end) },
  ["bytes of a text"] = { 10000, loading(function(n)
    return ONE .. [[description = "]] .. ("x\\255"):rep(n) .. [["]]
  end) },
  ["keys that nobody knows"] = { 100, refused(function(n) return ONE .. list(n, "k@ = 1") end) },
  ["a key as long as a book"] = { 1000, refused(function(n) return ONE .. ("k"):rep(n) .. " = 1" end) },
  ["event sources"] = { 100, loading(function(n)
    return [[extract = function() end, fields = { { name = "x.a", type = "string", desc = "-" } },
      extract_event_sources = {]] .. list(n, [["s@"]]) .. "}"
  end) },
  ["event types"] = { 100, loading(function(n) return ONE .. "extract_event_types = {" .. list(n, "322") .. "}" end) },
  ["names of async events"] = { 100, loading(function(n)
    return SOURCE .. "async = function() end, async_events = {" .. list(n, [["e@"]]) .. "}"
  end) },
  ["configuration properties"] = { 100, loading(function(n)
    return ONE .. "config = {" .. list(n, [[c@ = { type = "string", default = "x" }]]) .. "}"
  end) },
  ["values of an enumeration"] = { 100, loading(function(n)
    return ONE .. [[config = { c = { type = "string", enum = {]] .. list(n, [["v@"]]) .. "} } }"
  end) },
  ["own tables"] = { 30, loading(function(n)
    return SOURCE .. "parse = function() end, tables = {" .. list(n, [[t@ = { key = "string", fields = { a = "string" } }]]) .. "}"
  end) },
  ["fields of an own table"] = { 30, loading(function(n)
    return SOURCE .. [[parse = function() end, tables = { t = { key = "string", fields = {]] .. list(n, [[f@ = "string"]]) .. "} } }"
  end) },
  ["suggested open parameters"] = { 100, loading(function(n)
    return SOURCE .. "open_params = {" .. list(n, [[{ value = "v@" }]]) .. "}"
  end) },
  ["a schema's text"] = { 100, loading(function(n)
    return ONE .. "init_schema = [[" .. [[{"type":"object","properties":{]] .. list(n, [["p@":{"type":"string"}]]) .. "}}]]"
  end) },
  ["lines of a script"] = { 300, loading(function(n) return ONE .. list(n, "\n-- @", "") .. "\n" end) },
  ["functions of a script"] = { 300, loading(function(n)
    return ONE .. "metrics = function() " .. list(n, "do local function f() end end", " ") .. " end"
  end) },
  ["configuration: members"] = { 300, configured(function()
    return [[config = { c = { type = "object" } }, init = function() end]]
  end, function(n) return [[{"c":{]] .. list(n, [["m@":"v@"]]) .. "}}" end) },
  ["configuration: a member that stands often"] = { 300, configured(function()
    return [[config = { c = { type = "string" } }, init = function() end]]
  end, function(n) return "{" .. list(n, [["c":"v@"]]) .. "}" end) },
  ["configuration: elements of an enumeration"] = { 100, configured(function(n)
    return [[config = { c = { type = "array", items = { type = "string", enum = {]] .. list(10, [["v@"]]) ..
      "} } } }, init = function() end" .. ("--[[" .. n .. "]]\n")
  end, function(n) return [[{"c":[]] .. list(n, [["v1"]]) .. "]}" end) },
  ["configuration: bytes of a text"] = { 10000, configured(function()
    return [[config = { c = { type = "string" } }, init = function() end]]
  end, function(n) return [[{"c":"]] .. ("\\u00e4"):rep(n) .. [["}]] end) },
  ["configuration: names in lure.env"] = { 100, configured(function() return "init = function() end" end, function(n)
    return [[{"lure":{"env":[]] .. list(n, [["V@"]]) .. "]}}"
  end) },
}
