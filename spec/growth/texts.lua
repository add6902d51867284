-- Texts that go to the host, and patterns.
local support = require "spec.support"
local host = require "lure.host"

--- A reader: a function field of type string that returns what the Lua expression is; `value` is the payload.
local function field(expression, payload)
  return function(n)
    local state = support.start(([[local lure = require "lure"
      return { name = "x", version = "1.0.0", extract_event_sources = { "x" }, fields = {
        { name = "x.a", type = "string", desc = "-", extract = function(value)
          return %s
        end } } }]]):format(expression), { config = [[{"lure":{"time":3600}}]] })
    local event = support.event { data = payload(n) }
    return function()
      assert(state:extract(event, "x.a"))
    end
  end
end

local function quiet(read)
  return function(...)
    local restore = host.redirect_stderr "/dev/null"
    read(...)
    restore()
  end
end

--- A reader: a function field that fails with, or logs, what the expression is.
local function failing(statement, payload)
  return function(n)
    local state = support.start(([[local lure = require "lure"
      return { name = "x", version = "1.0.0", extract_event_sources = { "x" }, fields = {
        { name = "x.a", type = "string", desc = "-", extract = function(value)
          %s
        end } } }]]):format(statement), { config = [[{"lure":{"time":3600}}]] })
    local event = support.event { data = payload(n) }
    return quiet(function()
      state:extract(event, "x.a")
    end)
  end
end

local function repeated(text)
  return function(n) return text:rep(n) end
end

--- An expression: how often a regular expression matches.
local function count_of_matches(pattern)
  return ("(function() local n = 0 for _ in lure.regex.compile(%s):gmatch(value) do n = n + 1 end return tostring(n) end)()"):format(
    pattern)
end

return {
  ["values: plain bytes"] = { 20000, field("value", repeated "x") },
  ["values: bad bytes"] = { 5000, field("value", repeated "\xFF") },
  ["values: NULs"] = { 5000, field("value", repeated "\0") },
  ["values: characters of four bytes"] = { 5000, field("value", repeated "\xF0\x9F\x98\x80") },
  ["values: half characters"] = { 5000, field("value", repeated "\xF0\x9F\x98") },
  ["errors: bytes"] = { 5000, failing("error(value)", repeated "x") },
  ["errors: control characters"] = { 5000, failing("error(value)", repeated "\27\n\xC2\x9B") },
  ["logs: bytes"] = { 5000, failing("lure.log.error('%s', value)", repeated "x") },
  ["logs: lines and control characters"] = { 5000, failing("lure.log.error('%s', value)", repeated "\27\n\xE2\x80\xAE") },
  ["logs: lines"] = { 300, failing("for _ in value:gmatch '.' do lure.log.error 'x' end", repeated "x") },
  ["lure.regex: matches"] = { 1000, field(count_of_matches "'(?<k>[a-z]+)=([0-9]+)'", repeated "word=1 ") },
  ["lure.regex: matches in broken UTF-8"] = { 1000, field(count_of_matches "'[[:alpha:]]+', 'u'", repeated "w\xC3\xA9rt\xFF ") },
  ["lure.regex: what is not there"] = { 5000, field("tostring(lure.regex.compile('user=([a-z]+)'):test(value))", repeated "user:1 ") },
  ["lpeg: captures"] = { 1000, field("(function() local lpeg = require 'lpeg' local C, R = lpeg.C, lpeg.R " ..
    "return tostring(#lpeg.Ct((C(R 'az' ^ 1) * '=' * C(R '09' ^ 1) * lpeg.P ' ') ^ 0):match(value)) end)()", repeated "word=1 ") },
  ["re: substitution"] = { 1000, field("tostring(#require 're'.gsub(value, \"'o' / [0-9]\", 'x'))", repeated "word=1 ") },
  ["patterns: a word behind many"] = { 5000, field("value:match '%f[%w]user=(%w+)'", function(n)
    return ("word=1 "):rep(n) .. "user=root"
  end) },
  ["patterns: a literal that almost begins"] = { 5000, field("value:match 'user=(%w+)'", function(n)
    return ("user-"):rep(n) .. "user=root"
  end) },
  ["patterns: anchored class"] = { 20000, field("value:match '^(%w+)'", repeated "x") },
  ["patterns: gmatch of words"] = { 2000, field("(function() " ..
    "local n = 0 for _ in value:gmatch '%w+' do n = n + 1 end return tostring(n) end)()",
    repeated "word ") },
  ["patterns: gsub of a class"] = { 2000, field("(value:gsub('%W', '_'))", repeated "word ") },
  ["patterns: gsub with a table"] = { 2000, field("(value:gsub('%w+', { word = 'x' }))", repeated "word ") },
  ["patterns: gsub with a function"] = { 1000, field("(value:gsub('%w+', function(w) return w end))", repeated "word ") },
  ["patterns: plain find"] = { 20000, field("tostring(value:find('end', 1, true))", function(n)
    return ("e"):rep(n) .. "end"
  end) },
  ["patterns: balanced brackets"] = { 5000, field("value:match '%b()'", function(n)
    return ("("):rep(n) .. (")"):rep(n)
  end) },
  ["patterns: split by commas"] = { 2000, field("(function() " ..
    "local t = {} for v in value:gmatch '([^,]*),?' do t[#t + 1] = v end return tostring(#t) end)()",
    repeated "word,") },
  ["to_string"] = { 5000, function(n)
    local state = support.start [[return { name = "x", version = "1.0.0", id = 999, event_source = "x",
      next = function() end, to_string = function(value) return value end }]]
    local event = support.event { data = ("x\xFF\0\n"):rep(n) }
    return function()
      assert(state:to_string(event))
    end
  end },
}
