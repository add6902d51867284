-- Calls every function of lure's modules: each in a field, whose value functions_life.lua knows.
local lure = require "lure"

local TEXT = '{"a":1.50,"l":["x","y\\u00e9\\n"],"o":{"k":true,"n":null},"long":"' .. ("z"):rep(600) .. '"}'

--- A list of n elements, as JSON.
local function list(n)
  local all = {}
  for i = 1, n do all[i] = ('{"i":%d,"s":"%s"}'):format(i, ("s"):rep(i)) end
  return "[" .. table.concat(all, ",") .. "]"
end

local calls = {
  now = function() return math.type(lure.now()) end,
  env = function() return tostring(lure.env "LURE_SCRIPT" ~= nil) end,
  version = function() return tostring(#lure.version > 0) end,
  path = function() return type(lure.path("/a", "b")) end,
  marks = function() return type(lure.TIMEOUT) .. type(lure.ARG) end,
  decode = function() return lure.json.decode(TEXT).l[2] end,
  decode_long = function() return tostring(#lure.json.decode(list(50))[50].s) end,
  encode = function() return lure.json.encode { b = { 1, 2.5, "\n\1" }, a = lure.json.null, c = {} } end,
  encode_long = function() return tostring(#lure.json.encode(lure.json.decode(list(50)))) end,
  encode_document = function() return lure.json.encode(lure.json.parse(TEXT).o) end,
  parse = function() return lure.json.parse(TEXT).o.k and lure.json.parse '"text"' end,
  kind = function() return lure.json.kind(lure.json.parse(TEXT).o.n) .. lure.json.kind {} .. lure.json.kind(lure.json.parse "[]") end,
  get = function()
    local document = lure.json.parse(TEXT)
    return document:get "/l/1"
  end,
  raw = function()
    local document = lure.json.parse(TEXT)
    return document:raw "a"
  end,
  table = function()
    local document = lure.json.parse(TEXT)
    return document:table().l[1]
  end,
  pairs = function()
    local all = {}
    for key, value in pairs(lure.json.parse(TEXT)) do all[#all + 1] = key .. #tostring(value) end
    return table.concat(all, " ")
  end,
  ipairs = function()
    local sum = 0
    for _, value in ipairs(lure.json.parse(list(40))) do sum = sum + value.i + #value.s end
    return tostring(sum)
  end,
  tostring = function() return tostring(lure.json.parse(TEXT).o) .. #lure.json.parse(TEXT).l end,
  log = function()
    local text = ("m"):rep(100)
    lure.log.fatal("%s \1 %d", text, 1)
    lure.log.critical("%s \1 %d", text, 1)
    lure.log.error("%s \1 %d", text, 1)
    lure.log.warning("%s \1 %d", text, 1)
    lure.log.notice("%s \1 %d", text, 1)
    lure.log.info("%s \1 %d", text, 1)
    lure.log.debug("%s \1 %d", text, 1)
    lure.log.trace("%s \1 %d", text, 1)
    lure.log.fatal({})
    print("printed", 1)
    return "logged"
  end,
  digests = function()
    local crypto = lure.crypto
    return #(lure.crypto.sha256(TEXT) .. lure.crypto.sha512(TEXT) .. lure.crypto.sha1(TEXT) .. lure.crypto.md5(TEXT)) ..
      lure.crypto.hex(lure.crypto.hmac("sha256", "key", TEXT)):sub(1, 4) .. #lure.crypto.random(1000) ..
      tostring(lure.crypto.equal(crypto.sha1 "a", crypto.sha1 "b"))
  end,
  base64 = function()
    return lure.crypto.unhex(lure.crypto.hex "ab") .. lure.crypto.unbase64(lure.crypto.base64(("c"):rep(500))):sub(1, 1) ..
      lure.crypto.unbase64url(lure.crypto.base64url "d")
  end,
  compress = function()
    local long, compress = ("v"):rep(3000), lure.compress
    return #lure.compress.gunzip(lure.compress.gzip(long)) .. #lure.compress.unzlib(lure.compress.zlib(long, { level = 1 })) ..
      tostring(compress.gunzip "no")
  end,
  text = function()
    local long = ("v"):rep(300)
    local parts = lure.text.split(("word "):rep(40))
    local records = lure.text.csv('name,n\n"a""b' .. long .. '",1\n', { header = true })
    local line = lure.text.logfmt('a="' .. long .. '\\n" b c=1')
    return #parts .. #lure.text.trim(" " .. long) .. #records[1].name .. #line.a .. lure.text.url "%41" ..
      lure.text.query("a=" .. long .. "&b=%42").b .. tostring(lure.text.glob("v*", long)) .. #lure.text.utf8(long .. "\xff") ..
      tostring(lure.text.is_utf8 "\xff")
  end,
  window = function()
    local window = lure.window(1, { keys = 9, events = 30 })
    local sum = 0
    for i = 1, 20 do
      sum = sum + window:add("k" .. i, i, i % 3) + window:count "k1"
      window:add("long" .. ("k"):rep(i), i, "text" .. i)
    end
    return tostring(sum + window:distinct "k20" + window:sum "k20") .. (window:dropped())
  end,
  failure = function() error { "no text" } end,
  failure_text = function() error(("e"):rep(300) .. "\1") end,
  time = function()
    local failed = select(2, lure.time.parse(("x"):rep(600)))
    return lure.time.format(lure.time.parse("23 Nov 2026 10:00:00 EST"), ("%c"):rep(60)):sub(1, 24) .. #failed
  end,
  ip = function()
    local keyed, networks = { ["10.1.0.0/16"] = "lab" }, {}
    for i = 1, 100 do networks[i] = ("2001:db8:%x::/48"):format(i) end
    local at, set = 0, lure.ip.set(keyed)
    local long = lure.ip.set(networks)
    local iterated = lure.ip.set(function()
      at = at + 1
      if at < 300 then return ("10.%d.%d.0/24"):format(at >> 8, at & 255), tostring(at) end
    end)
    return set:contains "10.1.2.3" .. lure.ip.parse("[fe80::1%eth0]:80").zone .. lure.ip.network("10.1.2.3/8").last ..
      tostring(long:contains "2001:db8:64::1") .. iterated:contains "10.1.43.9" .. select(2, set:contains "x")
  end,
  regex = function()
    local found = {}
    local pattern = lure.regex.compile("(?<key>\\w+)=(?<value>\\d+)?", "u")
    for match in pattern:gmatch "a=1 \xff b= c=33" do
      found[#found + 1] = match.key .. (match.value or "")
    end
    pattern = lure.regex.compile "^(?:(a)|b)*c"
    return table.concat(found, " ") .. tostring(pattern:test(("ab"):rep(400) .. "c")) .. pattern:find "abc" ..
      pattern:match("abac")[1]
  end,
  lpeg = function()
    local lpeg, re = require "lpeg", require "re"
    local words = lpeg.P(false)
    for i = 1, 40 do words = words + lpeg.C("w" .. i .. ".") * lpeg.Cc(i) end
    local found = lpeg.Ct(words ^ 0):match(("w7.w39."):rep(20))
    return #found .. found[4] .. re.gsub("a b", "%s", "_") .. re.match("(())", "p <- '(' p* ')'")
  end,
  require = function() return require "lure".version == lure.version and "same" end,
}

local fields = {}
for name, call in pairs(calls) do
  fields[#fields + 1] = { name = "scarce." .. name, type = "string", desc = "-", extract = function() return call() end }
end
fields[#fields + 1] = { name = "scarce.found", type = "string", desc = "-", path = "/l/*/{a,b}", where = { k = 1 },
  default = lure.path "/d", extract = function(found) return #found .. found[1].c[1] .. found[2] end }
table.sort(fields, function(a, b) return a.name < b.name end)

return { name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  open = function() return {} end,
  next = function(instance)
    if instance.done then return nil end
    instance.done = true
    return '{"l":[{"a":{"c":["x"]},"k":1},{"k":2,"a":7},{"k":1}],"d":33}'
  end,
  progress = function() return 0.5, "half" end,
  fields = fields }
