-- Large files of rules: what they may have, and that the work for ten times as much is about ten times as much.

local host = require "lure.host"
local list_of = require "spec.growth.list"
local program = require "spec.cli.program"
local rulefiles = require "spec.rules.rulefiles"
local support = require "spec.support"

local rule, condition, mistake = rulefiles.rule, rulefiles.condition, rulefiles.mistake

-- What the library answers for a file of rules: a text; and its beginning up to so many bytes.
local function read(text)
  return (assert(host.settings(support.lib(), "rules", support.file(text, "rules.yaml"))))
end

describe("a file of rules", function()
  -- values without a text count 128 bytes: 128 MiB are 2^20 of them. The document is one, and each alias of a list of
  -- 1023 elements 1024
  local function values(count)
    local whole = (count - 1) // 1024 - 1
    return "- &a [" .. ("~, "):rep(1022) .. "~]\n" .. ("- *a\n"):rep(whole) .. ("- ~\n"):rep((count - 1) % 1024)
  end

  it("may have values of 128 MiB, in which aliases count as what they stand for", function()
    assert.matches("^d 1\nl 1 2046\n", read(values(1 << 20)))
    assert.matches("rules.yaml:1024: not read: the values of a file of rules may take 128 MiB, which is about a million of them",
      read(values((1 << 20) + 1)), 1, true)
  end)

  it("may have texts of 128 MiB, too", function()
    local text = "- &a " .. ("x"):rep((1 << 20) - 128) .. "\n" -- with its 128 bytes 1 MiB
    -- the list is 128 bytes
    assert.matches("^d 1\nl 1 127\n", read(text .. ("- *a\n"):rep(126)))
    assert.matches("^{\"problem\":\"rules.yaml:128: not read: the values ", read(text .. ("- *a\n"):rep(127)))
  end)

  it("has at most 64 MiB", function()
    local function wrong(bytes) return "}" .. ("\n"):rep(bytes - 1) end -- which is found at once
    assert.matches("rules.yaml:1: not read: ", read(wrong(64 << 20)), 1, true)
    assert.matches("rules.yaml: not read: larger than 64 MiB", read(wrong((64 << 20) + 1)), 1, true)
  end)

  it("has no alias in what that stands for", function()
    assert.equal("rules: rules.yaml:2: not read: an alias in what it stands for, which has no end", mistake("- list: x\n  items: &a [*a]\n"))
    assert.equal("rules: rules.yaml:1: not read: an alias in what it stands for, which has no end", mistake("- &a {list: *a}\n"))
  end)
end)

describe("a list of many items", function()
  -- Every second of the addresses from 0 on.
  local function addresses(count)
    local items = {}
    for i = 1, count do items[i] = ("10.%d.%d.%d"):format(i >> 15, i >> 7 & 255, i << 1 & 255) end
    return items
  end

  it("is looked up by its hash, of texts and of addresses", function()
    local items = addresses(20000)
    local text = "- list: many\n  items:\n  - " .. table.concat(items, "\n  - ") .. "\n"
    local folder = program.folder_with {
      ["shop.lua"] = rulefiles.script,
      ["rules.yaml"] = text .. rule("User", "shop.user in (many)") .. rule("From", "shop.from in (many)"),
      ["events"] = list_of(300, '{"user": "10.0.0.@", "from": "10.0.0.@"}', "\n"):gsub('"10.0.0.([3-9]%d%d)"', '"10.200.0.1"') .. "\n"
        .. '{"user": "' .. items[20000] .. '"}\n{"from": "' .. items[20000] .. '"}\n',
    }
    local result = program.lure_in(folder, "run", "shop.lua", "--open", "events", "--rules", "rules.yaml", "--matching", "all")
    assert.equal(0, result.status, result.err)
    assert.matches("302 events, 256 alerts,", result.err, 1, true) -- 2, 4, ... 254, and the last
    assert.matches(" 128  User\n +128  From\n", result.err)
  end)

  it("takes its room once, however many rules name it", function()
    local sanitized = support.run("grep -c '^LURE_SANITIZE:STRING=.' " .. support.build .. "/CMakeCache.txt")
    local script = rulefiles.script:gsub("open = [^\n]+", [[open = function()
      return { '{"price": ' .. io.open("/proc/self/status"):read("a"):match("VmHWM:%%s*(%%d+)") .. '}' }
    end, next = function(i) return table.remove(i) end,]])
    local last = rule("Room", "shop.price > 1000"):gsub("output: o", "output: it takes %%shop.price")
    local folder = program.folder_with { ["shop.lua"] = script, ["rules.yaml"] = "- list: many\n  items: [" .. list_of(2000, "u@")
      .. "]\n" .. list_of(300, rule("r@", "shop.price = @ and shop.user in (many)"), "") .. last }
    local result = program.lure_in(folder, "run", "shop.lua", "--rules", "rules.yaml")
    local kilobytes = tonumber(result.out:match "it takes (%d+)\n")
    assert(kilobytes, result.out .. result.err)
    if tonumber(sanitized) == 0 then assert.is_true(kilobytes < 100 << 10, kilobytes .. " KiB") end -- it was 368 MiB once
  end)

  it("may stand behind a modifier, too, where Lua has no room for so many at once", function()
    for _, count in ipairs { 250, 300, 1000, 1001, 5000 } do
      local texts = "(" .. list_of(count, "u@") .. ")"
      local folder = program.folder_with {
        ["shop.lua"] = rulefiles.script, ["events"] = '{"user": "u7"}\n{"user": "u77"}\n{"user": "x"}\n',
        ["rules.yaml"] = rule("One", "shop.user = oneof " .. texts) .. rule("Any", "shop.user startswith anyof " .. texts)
          .. rule("All", "shop.user != allof " .. texts) .. rule("Prefix", "shop.user startswith oneof " .. texts),
      }
      local result = program.lure_in(folder, "run", "shop.lua", "--open", "events", "--rules", "rules.yaml", "--matching", "all")
      assert.equal(0, result.status, result.err)
      assert.matches("3 events, 6 alerts,", result.err, 1, true)
      assert.matches(" 2  One\n +2  Any\n +1  All\n +1  Prefix\n", result.err)
    end
  end)
end)

describe("many macros", function()
  local function chained(count)
    return "- macro: m0\n  condition: shop.paid = true\n"
      .. list_of(count, "- macro: m@\n  condition: shop.price != @ and m#\n", ""):gsub("m(%d+)\n(.-)m#", function(number, between)
        return ("m%d\n%sm%d"):format(number, between, number - 1)
      end)
  end

  it("may each be built on the one before", function()
    assert.equal("(shop.price != 3 and (shop.price != 2 and (shop.price != 1 and shop.paid = true)))", condition(chained(3)
      .. rule("r", "m3")))
    local folder, names = rulefiles.folder(chained(6000) .. rule("r", "m6000"))
    assert.matches("rules: 1 of 1 can fire\nno findings\n$", program.lure_in(folder, "check", "shop.lua", table.unpack(names)).out)
  end)
end)
