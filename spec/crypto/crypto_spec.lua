-- lure.crypto: the vectors of the RFCs, what Python's libraries say, and the bounds.

local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- What a script with this body returns, where `crypto` is lure.crypto; nil and the message.
local function returned(body, config)
  return given.returned(("function() local crypto = lure.crypto %s end"):format(body), "1", { config = config })
end

--- A text for source code, whatever bytes it has.
local function quoted(text) return '"' .. text:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end) .. '"' end

--- The digests of { text, digest } pairs, all in one call.
local function digests(algorithm, pairs_of)
  local texts, wanted = {}, {}
  for i, pair in ipairs(pairs_of) do
    texts[i] = pair.times and ("(%s):rep(%d)"):format(quoted(pair[1]), pair.times) or quoted(pair[1])
    wanted[i] = pair[2]
  end
  assert.equal(table.concat(wanted, "\n"), returned(([[
    local list = {}
    for i, text in ipairs { %s } do list[i] = crypto.hex(crypto.%s(text)) end
    return table.concat(list, "\n")]]):format(table.concat(texts, ", "), algorithm)))
end

local TWO_BLOCKS = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
local TWO_LONG_BLOCKS = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" ..
  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
local DIGITS = ("01234567"):rep(8)

describe("a digest of lure.crypto is that of", function()
  it("RFC 1321: md5", function()
    digests("md5", {
      { "", "d41d8cd98f00b204e9800998ecf8427e" },
      { "a", "0cc175b9c0f1b6a831c399e269772661" },
      { "abc", "900150983cd24fb0d6963f7d28e17f72" },
      { "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
      { "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
      { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f" },
      { ("1234567890"):rep(8), "57edf4a22be3c955ac49da2e2107b67a" },
    })
  end)

  it("RFC 3174: sha1", function()
    digests("sha1", {
      { "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
      { TWO_BLOCKS, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
      { "a", "34aa973cd4c4daa4f61eeb2bdbad27316534016f", times = 1000000 },
      { DIGITS, "dea356a2cddd90c7a7ecedc5ebb563934f460452", times = 10 },
    })
  end)

  it("RFC 6234: sha256", function()
    digests("sha256", {
      { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
      { TWO_BLOCKS, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
      { "a", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", times = 1000000 },
      { DIGITS, "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5", times = 10 },
      { "\x19", "68aa2e2ee5dff96e3355e6c7ee373e3d6a4e17f75f9518d843709c0c9bc3e3d4" },
      { "\xe3\xd7\x25\x70\xdc\xdd\x78\x7c\xe3\x88\x7a\xb2\xcd\x68\x46\x52",
        "175ee69b02ba9b58e2b0a5fd13819cea573f3940a94f825128cf4209beabb4e8" },
    })
  end)

  it("RFC 6234: sha512", function()
    digests("sha512", {
      { "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" ..
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
      { TWO_LONG_BLOCKS, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018" ..
        "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
      { "a", "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb" ..
        "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b", times = 1000000 },
      { DIGITS, "89d05ba632c699c31231ded4ffc127d5a894dad412c0e024db872d1abd2ba814" ..
        "1a0f85072a9be1e2aa04cf33c765cb510813a39cd5a84c4acaa64d3f3fb7bae9", times = 10 },
      { "\xd0", "9992202938e882e73e20f6b69e68a0a7149090423d93c81bab3f21678d4aceee" ..
        "e50e4e8cafada4c85a54ea8306826c4ad6e74cece9631bfa8a549b4ab3fbba15" },
    })
  end)
end)

describe("lure.crypto.hmac is that of", function()
  local counted = ""
  for byte = 1, 25 do counted = counted .. string.char(byte) end
  local LONG_KEY = "Test Using Larger Than Block-Size Key - Hash Key First"

  --- The list's rows: key, text, and the code, of which some have only a part.
  local function codes(algorithm, list)
    for i, row in ipairs(list) do
      local code = returned(("return crypto.hex(crypto.hmac(%q, %s, %s))"):format(algorithm, quoted(row[1]), quoted(row[2])))
      assert.equal(row[3], code:sub(1, #row[3]), algorithm .. " " .. i)
    end
  end

  local function texts(short, long_key, last, results)
    local list = {
      { ("\x0b"):rep(short), "Hi There" }, { "Jefe", "what do ya want for nothing?" },
      { ("\xaa"):rep(short), ("\xdd"):rep(50) }, { counted, ("\xcd"):rep(50) },
      { ("\x0c"):rep(short), "Test With Truncation" }, { ("\xaa"):rep(long_key), LONG_KEY }, { ("\xaa"):rep(long_key), last },
    }
    for i, row in ipairs(list) do row[3] = results[i] end
    return list
  end

  it("RFC 2202, with md5 and sha1", function()
    local LAST = "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"
    codes("md5", texts(16, 80, LAST, {
      "9294727a3638bb1c13f48ef8158bfc9d", "750c783e6ab0b503eaa86e310a5db738", "56be34521d144c88dbb8c733f0e8b3f6",
      "697eaf0aca3a3aea3a75164746ffaa79", "56461ef2342edc00f9bab995690efd4c", "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
      "6f630fad67cda0ee1fb1f562db3aa53e" }))
    codes("sha1", texts(20, 80, LAST, {
      "b617318655057264e28bc0b6fb378c8ef146be00", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
      "125d7342b9ac11cd91a39af48aa17b4f63f175d3", "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
      "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04", "aa4ae5e15272d00e95705637ce8a3b55ed402112",
      "e8e99d0f45237d786d6bbaa7965c7808bbff1a91" }))
  end)

  it("RFC 4231, with sha256 and sha512", function()
    local LAST = "This is a test using a larger than block-size key and a larger than block-size data. " ..
      "The key needs to be hashed before being used by the HMAC algorithm."
    codes("sha256", texts(20, 131, LAST, {
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
      "a3b6167473100ee06e0c796c2955552b",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" }))
    codes("sha512", texts(20, 131, LAST, {
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
      "415fad6271580a531d4179bc891d87a6",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58" }))
  end)

  it("GitHub's own example of a signature", function()
    assert.equal("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", returned
      [[return crypto.hex(crypto.hmac("sha256", "It's a Secret to Everybody", "Hello, World!"))]])
  end)
end)

describe("lure.crypto agrees with Python", function()
  --- What a program of Python's prints.
  local function python(program)
    local output, status = support.run("env -u LD_PRELOAD python3 -c " .. support.quote(program))
    assert.equal(0, status, output)
    return (output:gsub("\n$", ""))
  end

  it("about digests and codes of texts and keys of 0 to 300 bytes", function()
    for _, algorithm in ipairs { "md5", "sha1", "sha256", "sha512" } do
      local wanted = python(([[
import hashlib, hmac
text, whole = bytes(i * 7 %% 256 for i in range(300)), hashlib.sha256()
for i in range(301):
    whole.update(hashlib.new("%s", text[:i]).digest() + hmac.new(text[i:], text[:i], "%s").digest())
print(whole.hexdigest())]]):format(algorithm, algorithm))
      assert.equal(wanted, returned(([[
        local bytes, all = {}, {}
        for i = 0, 299 do bytes[i + 1] = string.char(i * 7 %% 256) end
        local text = table.concat(bytes)
        for i = 0, 300 do all[#all + 1] = crypto.%s(text:sub(1, i)) .. crypto.hmac("%s", text:sub(i + 1), text:sub(1, i)) end
        return crypto.hex(crypto.sha256(table.concat(all)))]]):format(algorithm, algorithm)))
    end
  end)

  it("about SHA-256 of texts that come in parts, of a block, less and more", function()
    local parts = assert(package.loadlib(support.build .. "/spec/digestparts.so", "luaopen_digestparts"))()
    local text = ("0123456789abcdefghijklmnopqrstuvwxyz"):rep(30)
    local wanted = python [[
import hashlib
text = b"0123456789abcdefghijklmnopqrstuvwxyz" * 30
print(*(hashlib.sha256(text[:i]).hexdigest() for i in range(1081)))]]
    local length = 0
    for digest in wanted:gmatch "%x+" do
      for _, size in ipairs { 1, 3, 63, 64, 65, 127, 128, 129, 200, 1080 } do
        local hex = parts.sha256(text:sub(1, length), size):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
        assert.equal(digest, hex, ("%d bytes, %d at a time"):format(length, size))
      end
      length = length + 1
    end
    assert.equal(1081, length)
  end)

  it("about hex and base64 of 0 to 300 bytes", function()
    local wanted = python [[
import base64, hashlib
text, whole = bytes(i * 7 % 256 for i in range(300)), hashlib.sha256()
for i in range(301):
    for encoded in (text[:i].hex().encode(), base64.b64encode(text[:i]), base64.urlsafe_b64encode(text[:i]).rstrip(b"=")):
        whole.update(encoded + b" ")
print(whole.hexdigest())]]
    assert.equal(wanted, returned [[
      local bytes, all = {}, {}
      for i = 0, 299 do bytes[i + 1] = string.char(i * 7 % 256) end
      local text = table.concat(bytes)
      for i = 0, 300 do
        local part = text:sub(1, i)
        for _, name in ipairs { "hex", "base64", "base64url" } do
          local encoded = crypto[name](part)
          assert(crypto["un" .. name](encoded) == part)
          all[#all + 1] = encoded .. " "
        end
      end
      return crypto.hex(crypto.sha256(table.concat(all)))]])
  end)
end)

describe("lure.crypto writes and reads", function()
  it("the base64 of RFC 4648", function()
    local text = "foobar"
    local wanted = { [0] = "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" }
    for length = 0, 6 do
      assert.equal(wanted[length] .. "|" .. text:sub(1, length), returned(([[
        local encoded = crypto.base64(%q) return encoded .. "|" .. crypto.unbase64(encoded)]]):format(text:sub(1, length))))
    end
    assert.equal("+/+/ -_-_", returned [[local bytes = "\xfb\xff\xbf" return crypto.base64(bytes) .. " " .. crypto.base64url(bytes)]])
    assert.equal("Zg Zm8", returned [[return crypto.base64url "f" .. " " .. crypto.base64url "fo"]])
  end)

  it("hex of RFC 4648, with letters of both cases, and zeros", function()
    assert.equal("666f6f626172", returned [[return crypto.hex "foobar"]])
    assert.equal("true", returned [[return tostring(crypto.unhex "00fFAa10" == "\0\xff\xaa\x10")]])
    assert.equal("AAA= 0000", returned [[return crypto.base64 "\0\0" .. " " .. crypto.hex "\0\0"]])
  end)

  it("nothing else, and says why", function()
    for call, problem in pairs {
      ['unhex "abc"'] = "no hex: it has an odd number of digits",
      ['unhex "0x"'] = "no hex: it has a character that does not belong there",
      ['unhex "0g"'] = "no hex: it has a character",
      ['unhex "0\\0"'] = "no hex: it has a character",
      ['unhex "a b "'] = "no hex: it has a character",
      ['unbase64 "Zg"'] = "no base64: its padding is wrong",
      ['unbase64 "Zg="'] = "no base64: its padding is wrong",
      ['unbase64 "Zg==="'] = "no base64: its padding is wrong",
      ['unbase64 "Z==="'] = "no base64: ",
      ['unbase64 "===="'] = "no base64: ",
      ['unbase64 "Zm9v===="'] = "no base64: ",
      ['unbase64 "Zg==Zg=="'] = "no base64: it has a character",
      ['unbase64 "Zh=="'] = "no base64: its last character has bits of no byte",
      ['unbase64 "Zm9="'] = "no base64: its last character has bits of no byte",
      ['unbase64 "Zm9v\\n"'] = "no base64: its padding is wrong",
      ['unbase64 "Zm9\\n"'] = "no base64: it has a character",
      ['unbase64 "Zm-_"'] = "no base64: it has a character",
      ['unbase64url "Zm+/"'] = "no base64url: it has a character",
      ['unbase64url "Z"'] = "no base64url: it ends within a byte",
      ['unbase64url "Zm9vZ"'] = "no base64url: it ends within a byte",
      ['unbase64url "Zg="'] = "no base64url: its padding is wrong",
      ['unbase64url "Zh"'] = "no base64url: its last character has bits of no byte",
    } do
      given.holds(returned(("local bytes, why = crypto.%s return tostring(bytes) .. ' ' .. tostring(why)"):format(call)), "nil " .. problem)
    end
    assert.equal("f f", returned [[return crypto.unbase64url "Zg==" .. " " .. crypto.unbase64url "Zg"]])
  end)
end)

describe("lure.crypto.equal", function()
  it("compares all of two texts", function()
    assert.equal("true false false false true", returned [[
      return table.concat({ tostring(crypto.equal("a\0b", "a\0b")), tostring(crypto.equal("a\0b", "a\0c")),
        tostring(crypto.equal("a", "ab")), tostring(crypto.equal("", "a")), tostring(crypto.equal("", "")) }, " ")]])
  end)

  it("takes as long where the first bytes differ as where none do", function()
    assert.equal("true", returned [[
      local one = ("x"):rep(1 << 22)
      local same, other = ("x"):rep(1 << 22), "y" .. ("x"):rep((1 << 22) - 1)
      local function least(text)
        local best = math.huge
        for _ = 1, 9 do
          local began = os.clock()
          crypto.equal(one, text)
          best = math.min(best, os.clock() - began)
        end
        return best
      end
      return tostring(least(other) > least(same) / 3)]])
  end)
end)

describe("lure.crypto.random", function()
  it("gives so many bytes, each time others", function()
    assert.equal("true 0 1 1048576", returned [[
      return ("%s %d %d %d"):format(crypto.random(32) ~= crypto.random(32), #crypto.random(0), #crypto.random(1), #crypto.random(1048576))]])
  end)

  it("gives no more than 1 MiB", function()
    given.holds(select(2, returned "return crypto.random(1048577)"),
      "lure.crypto.random: expected how many bytes, an integer from 0 to 1048576, got integer 1048577")
  end)
end)

describe("lure.crypto", function()
  it("shows no key that stands in the place of the algorithm", function()
    local message = select(2, returned 'return crypto.hmac("the secret", "text")')
    given.holds(message, "got another text")
    assert.is_nil(message:find("the secret", 1, true))
  end)

  it("says what is wrong with an argument", function()
    for call, problem in pairs {
      ["sha256(5)"] = "script.lua:4: field x.y: lure.crypto.sha256: text: expected a text, got integer 5",
      ["md5()"] = "lure.crypto.md5: text: expected a text, got nothing",
      ['hmac("sha3", "a", "b")'] = "lure.crypto.hmac: algorithm: expected one of md5, sha1, sha256, sha512, got another text",
      ['hmac("sha1\\0", "a", "b")'] = "lure.crypto.hmac: algorithm: expected one of",
      ['hmac(nil, "a", "b")'] = "lure.crypto.hmac: algorithm: expected one of md5, sha1, sha256, sha512, got nil",
      ['hmac("md5", nil, "b")'] = "lure.crypto.hmac: key: expected a text, got nil",
      ['hmac("md5", "a", {})'] = "lure.crypto.hmac: text: expected a text, got table",
      ['equal("a", nil)'] = "lure.crypto.equal: b: expected a text, got nil",
      ["unbase64url(true)"] = "lure.crypto.unbase64url: text: expected a text, got true",
      ["random(-1)"] = "expected how many bytes, an integer from 0 to 1048576, got integer -1",
      ["random(1.5)"] = "got number 1.5",
      ['random("1")'] = 'got string "1"',
    } do
      given.holds(select(2, returned(("return tostring(crypto.%s)"):format(call))), problem)
    end
  end)

  it("is there in the safe sandbox, at the top level and by its own name", function()
    local state = support.start([[
      local crypto = require "lure.crypto"
      local code = crypto.hex(crypto.hmac("sha1", "key", "text"))
      return { name = "x", version = "0.1.0", fields = { { name = "x.y", type = "string", desc = "-",
        extract = function() return tostring(crypto == require "lure".crypto) .. " " .. code end } } }]],
      { config = '{"lure": {"sandbox": "safe"}}' })
    assert.equal("true 369e2959eb49450338b212748f77d8ded74847bb", (state:extract(support.event "1", "x.y")))
  end)

  it("takes memory within the script's limit, and gives it back", function()
    assert.equal("false not enough memory true", returned([[
      local text = ("x"):rep(3000000)
      local done, why = pcall(crypto.hex, text)
      for _ = 1, 50 do assert(#crypto.hex(text:sub(1, 500000)) == 1000000) end
      return tostring(done) .. " " .. tostring(why):match "not enough memory" .. " " .. tostring(#crypto.sha512(text) == 64)]],
      '{"lure": {"memory": 8000000}}'))
  end)
end)
