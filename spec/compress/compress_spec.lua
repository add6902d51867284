-- lure.compress: what Python's gzip and zlib pack and unpack, and the bounds.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What a script with this body returns, where `compress` is lure.compress and `data` the payload; nil and the message.
local function returned(body, data, config)
  return given.returned(("function(data) local compress = lure.compress %s end"):format(body), data or "x", { config = config })
end

local fails = given.failing(returned)

--- What Python prints, where `data` is the bytes given here.
local function python(script, data)
  local path = support.file(data or "")
  return support.run(("LD_PRELOAD= python3 -c %s"):format(support.quote(([[
import gzip, random, sys, zlib
data = open(%q, "rb").read()
out = sys.stdout.buffer.write
%s]]):format(path, script))))
end

--- Texts that are easy and hard to pack, of lengths around the buffers'.
local function samples()
  math.randomseed(3)
  local list = { "", "a", ("ab"):rep(40000), ("line of a log, number %d\n"):rep(5000):format(table.unpack((function()
    local numbers = {}
    for i = 1, 5000 do numbers[i] = i end
    return numbers
  end)())) }
  for _, length in ipairs { 65535, 65536, 65537, 200000 } do
    local bytes = {}
    for i = 1, length do bytes[i] = string.char(math.random(0, 255)) end
    list[#list + 1] = table.concat(bytes)
  end
  return list
end

local READ = { gzip = "gzip.decompress(data)", zlib = "zlib.decompress(data)" }
local WRITE = { gzip = "gzip.compress(data, %d)", zlib = "zlib.compress(data, %d)" }
local UNPACK = { gzip = "gunzip", zlib = "unzlib" }

for format, read in pairs(READ) do
  describe("lure.compress, for " .. format .. ",", function()
    it("packs what Python unpacks", function()
      local state = support.start(given.field(([[function(data)
        local level, text = data:match "^(.)(.*)"
        return lure.crypto.hex(lure.compress.%s(text, { level = tonumber(level) })) end]]):format(format)))
      for number, sample in ipairs(samples()) do
        local packed = assert(state:extract(support.event { data = (number % 3 * 4 + number % 2) .. sample, num = number }, "x.y"))
        packed = packed:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end)
        assert.equal(sample, (python(("out(%s)"):format(read), packed)))
      end
      state:destroy()
    end)

    it("unpacks what Python packs", function()
      for number, sample in ipairs(samples()) do
        local packed = python("out(" .. WRITE[format]:format(number % 10) .. ")", sample)
        local unpacked = returned(("return lure.crypto.hex(lure.crypto.sha256(assert(compress.%s(data))))"):format(UNPACK[format]), packed)
        assert.equal(python("import hashlib; print(hashlib.sha256(data).hexdigest(), end='')", sample), unpacked)
      end
    end)

    it("says so where data are cut short, at each byte", function()
      local packed = python("out(" .. WRITE[format]:format(6) .. ")", ("some text "):rep(30))
      assert.equal("ok", returned(([[
        local whole, name = lure.compress.%s(data), "the %s data are cut short"
        for length = 0, #data - 1 do
          local text, why = compress.%s(data:sub(1, length))
          assert(text == nil and why == name, length)
        end
        return #whole == 300 and "ok"]]):format(UNPACK[format], format, UNPACK[format]), packed))
    end)

    it("takes no changed byte for the same text", function()
      -- of gzip's header the time, the system and a flag may be others; Python takes reserved flags, too, which RFC 1952 forbids
      local packed = python("out(" .. WRITE[format]:format(6) .. ")", "some text and some other text")
      local taken = python(([[
for i in range(len(data)):
  for bit in range(8):
    changed = data[:i] + bytes([data[i] ^ 1 << bit]) + data[i + 1:]
    try:
      out(b"%%d.%%d " %% (i, bit) if %s == b"some text and some other text" else b"%%d.%%d! " %% (i, bit))
    except Exception: pass
]]):format(read:gsub("data", "changed")), packed)
      assert.equal((taken:gsub("^3.0 3.5 3.6 3.7 ", "3.0 ")), returned(([[
        local taken = {}
        for i = 1, #data do
          for bit = 0, 7 do
            local changed = data:sub(1, i - 1) .. string.char(data:byte(i) ~ 1 << bit) .. data:sub(i + 1)
            local text, why = compress.%s(changed)
            if text then
              taken[#taken + 1] = ("%%d.%%d%%s "):format(i - 1, bit, text == "some text and some other text" and "" or "!")
            else
              assert(type(why) == "string")
            end
          end
        end
        return table.concat(taken)]]):format(UNPACK[format]), packed))
    end)

    it("stops at the limit, and not before", function()
      assert.equal("1000 nil there are more than 999 bytes (limit)", returned(([[
        local packed = compress.%s(("x"):rep(1000))
        local text, why = compress.%s(packed, { limit = 999 })
        return #compress.%s(packed, { limit = 1000 }) .. " " .. tostring(text) .. " " .. why]]):format(format, UNPACK[format], UNPACK[format])))
    end)

    it("stops a bomb in little memory", function()
      local bomb = python("out(" .. (WRITE[format]:format(9):gsub("data", "bytes(64 << 20)")) .. ")")
      assert.equal("nil there are more than 16777216 bytes (limit)", returned(([[
        local text, why = compress.%s(data)
        return tostring(text) .. " " .. why]]):format(UNPACK[format]), bomb, '{"lure": {"memory": 80000000}}'))
      local value, message = returned(([[return tostring(#compress.%s(data, { limit = 1 << 30 }))]]):format(UNPACK[format]), bomb,
        '{"lure": {"memory": 40000000}}')
      assert.is_nil(value)
      given.holds(message, "not enough memory")
    end)
  end)
end

describe("lure.compress.gunzip", function()
  it("reads several members, and zeros behind them, as Python does", function()
    for _, members in ipairs { "gzip.compress(b'a') + gzip.compress(b'') + gzip.compress(b'b' * 70000)", "gzip.compress(b'a') + b'\\0' * 70000" } do
      local packed = python(("out(%s)"):format(members))
      assert.equal(#python("out(gzip.decompress(data))", packed), tonumber(returned("return tostring(#compress.gunzip(data))", packed)))
    end
  end)

  it("refuses something else behind them", function()
    for _, behind in ipairs { "b'x'", "b'\\0x'", "b'\\0' * 70000 + b'x'" } do
      local packed = python(("out(gzip.compress(b'a') + %s)"):format(behind))
      assert.equal("there is something else behind the gzip data", returned("return select(2, compress.gunzip(data))", packed))
    end
    local packed = python("out(gzip.compress(b'a') + b'\\x1f')")
    assert.equal("the gzip data are cut short", returned("return select(2, compress.gunzip(data))", packed))
    packed = python("out(zlib.compress(b'a') + b'x')")
    assert.equal("there is something else behind the zlib data", returned("return select(2, compress.unzlib(data))", packed))
  end)

  it("says what is wrong", function()
    assert.equal("these are no gzip data: incorrect header check", returned "return select(2, compress.gunzip 'plain text')")
    local packed = python("c = zlib.compressobj(zdict=b'dictionary'); out(c.compress(b'dictionary') + c.flush())")
    assert.equal("these are no zlib data: they need a dictionary", returned("return select(2, compress.unzlib(data))", packed))
  end)
end)

describe("lure.compress", function()
  it("is there in the safe sandbox", function()
    assert.equal("a", returned([[local c = require "lure.compress" return c.gunzip(c.gzip "a")]], nil, '{"lure": {"sandbox": "safe"}}'))
  end)

  it("gives its memory back, also where an error ends it", function()
    local state = support.start(given.field [[function()
      for _ = 1, 20 do lure.compress.gunzip(lure.compress.gzip(("x"):rep(1000)) .. "y") end
      local ok, message = pcall(lure.compress.gunzip, lure.compress.gzip(("x"):rep(100000)):rep(100), { limit = 1 << 30 })
      return tostring(ok) .. (tostring(message):find "not enough memory" and "" or tostring(message))
    end]], { config = '{"lure": {"memory": 6000000}}' })
    for number = 1, 60 do
      local value, message = state:extract(support.event { data = "x", num = number }, "x.y")
      assert.equal("false", value, message)
    end
  end)

  it("refuses other arguments", function()
    for _, name in ipairs { "gzip", "gunzip", "zlib", "unzlib" } do
      for _, value in ipairs { "nil", "5", "{}" } do
        fails(("compress.%s(%s)"):format(name, value), ("script.lua:4: field x.y: lure.compress.%s: expected a text, got "):format(name))
      end
    end
    for _, level in ipairs { -1, 10, "1.5" } do
      fails(("compress.gzip('a', { level = %s })"):format(level), "lure.compress.gzip: level: expected an integer from 0 to 9, got ")
    end
    assert.equal("a", returned "return compress.unzlib(compress.zlib('a', { level = 0 }), { limit = 1 << 30 })")
    for _, limit in ipairs { 0, (1 << 30) + 1 } do
      fails(("compress.gunzip('a', { limit = %s })"):format(limit), "lure.compress.gunzip: limit: expected an integer from 1 to 1073741824, got ")
    end
    fails("compress.gunzip('a', { level = 1 })", 'lure.compress.gunzip: unknown option string "level"')
  end)
end)
