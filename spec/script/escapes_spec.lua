--- Ways out of the safe sandbox (init_config.lure.sandbox = "safe"), each tried in a state of its own, each refused.
--
-- A list for each part: an expression, and what its tostring, or its error, must hold.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore, folder
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function write(name, text)
  support.run("mkdir -p " .. support.quote((folder .. "/" .. name):match("(.*)/")))
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

--- "attempt to index …", "attempt to call …"
local function none(what, name) return ("attempt to %s a nil value (%s)"):format(what, name) end
local function calling(name) return none("call", "field '" .. name .. "'") end
local function missing(name) return ("module '%s' not found"):format(name) end

local NO_IO = none("index", "global 'io'")
local HIDDEN = "attempt to index a boolean value"
local NO_FILE = "is not there in the safe sandbox (init_config.lure.sandbox)"
local NOT_LISTED = "is not among init_config.lure.env; add it there"
local BINARY = "attempt to load a binary chunk (mode is 't')"
local COMPILED = "string.dump(function() return 1 end)"
local YIELDED = "(function() local c = coroutine.create(coroutine.yield) coroutine.resume(c) "
  .. "return debug.getinfo(c, %d, 'f').func end)()"

local escapes = {
  ["files and commands of io"] = {
    ['io.open("/etc/hostname")'] = NO_IO,
    ['io.popen("id")'] = NO_IO,
    ['io.lines("/etc/hostname")'] = NO_IO,
    ["io.stdout:write('x')"] = NO_IO,
    ["io.stderr:close()"] = NO_IO,
    ["io.tmpfile()"] = NO_IO,
    ["io.read()"] = NO_IO,
    ["_G.io"] = "nil",
    ["_ENV['i' .. 'o']"] = "nil",
    ["package.loaded.io"] = "nil",
    ["package.preload.io"] = "nil",
    ["require 'io'"] = missing "io",
    ["package.searchers[1]('io')"] = "no field package.preload['io']",
    ["load('return io')()"] = "nil",
    ["load('return io', 'x', 't', _G)()"] = "nil",
    ["getmetatable(io)"] = "nil",
  },
  ["os"] = {
    ['os.execute("id")'] = calling "execute",
    ['os.remove("/tmp/x")'] = calling "remove",
    ['os.rename("/tmp/x", "/tmp/y")'] = calling "rename",
    ["os.tmpname()"] = calling "tmpname",
    ['os.getenv("PATH")'] = calling "getenv",
    ["os.exit()"] = calling "exit",
    ["os.exit(true, true)"] = calling "exit",
    ['os.setlocale("C")'] = calling "setlocale",
    ["require('os').execute"] = "nil",
    ["package.loaded.os.remove"] = "nil",
    ["package.loaded._G.os.exit"] = "nil",
    ["getmetatable(os)"] = "nil",
    ["rawget(os, 'getenv')"] = "nil",
    ["next(os, 'time') == 'execute'"] = "false",
    ["select('#', table.unpack(os))"] = "0",
    ["os.date('%Ez')"] = "invalid conversion specifier '%Ez'",
  },
  ["package"] = {
    ["package.path"] = "nil",
    ["package.cpath"] = "nil",
    ["package.searchpath"] = "nil",
    ["package.loadlib"] = "nil",
    ["package.config"] = "nil",
    ["package.searchpath('passwd', '/etc/?')"] = calling "searchpath",
    ["package.loadlib('libm.so.6', '*')"] = calling "loadlib",
    ["package.loadlib('/lib/x86_64-linux-gnu/libc.so.6', 'system')"] = calling "loadlib",
    ["(function() package.path = '/etc/?' return require 'hostname' end)()"] = missing "hostname",
    ["(function() package.path = '$OUT/?.lua' return require 'secret' end)()"] = missing "secret",
    ["(function() package.path = '$OUT/?.txt;' return require 'secret' end)()"] = missing "secret",
    ["(function() package.cpath = '/usr/lib/?.so' return require 'cjson' end)()"] = missing "cjson",
    ["(function() package = { path = '$OUT/?.lua' } return require 'secret' end)()"] = missing "secret",
    ["(function() package.loaded.package = { path = '$OUT/?.lua' } return require 'secret' end)()"] = missing "secret",
    ["(function() package.loaded.package = nil return require 'secret' end)()"] = missing "secret",
    ["(function() rawset(package, 'path', '$OUT/?.lua') return require 'secret' end)()"] = missing "secret",
    ["(function() setmetatable(package, { __index = { path = '$OUT/?.lua' } }) return require 'secret' end)()"] =
      missing "secret",
    ["(function() package.searchers = nil return require 'secret' end)()"] = "'package.searchers' must be a table",
    ["(function() package.path = '$OUT/?.lua' return package.searchers[3]('secret') end)()"] = "no file '",
    ["package.searchers[3]('$OUT/secret')"] = "no file '",
    ["package.searchers[2]('secret')"] = "",
    ["package.searchers[4]('cjson')"] = "no C module: the safe sandbox",
    ["package.searchers[4]('/usr/lib/x')"] = "no C module: the safe sandbox",
    ["package.searchers[5]"] = "nil",
    ["package.searchers[3]()"] = "bad argument #1",
    ["package.searchers[3]({})"] = "bad argument #1",
    ["(function() for _, s in ipairs(package.searchers) do s('secret', '$OUT/secret.lua') end return 0 end)()"] = "0",
    ["getmetatable(package.loaded)"] = "nil",
    ["(function() package.loaded.lure = nil return require('lure').env 'PATH' end)()"] = NOT_LISTED,
    ["package.preload.lure().env 'PATH'"] = NOT_LISTED,
  },
  ["files by the name of a module"] = {
    ["require 'secret'"] = missing "secret",
    ["require '../secret'"] = missing "../secret",
    ["require '..secret'"] = missing "..secret",
    ["require '.../secret'"] = missing ".../secret",
    ["require '../out/secret'"] = missing "../out/secret",
    ["require '%2e%2e/secret'"] = missing "%2e%2e/secret",
    ["require '$OUT/secret'"] = missing "$OUT/secret",
    ["require '$OUT/secret.lua'"] = missing "$OUT/secret.lua",
    ["require '/etc/passwd'"] = missing "/etc/passwd",
    ["require '/proc/self/environ'"] = missing "/proc/self/environ",
    ["require 'proc.self.environ'"] = missing "proc.self.environ",
    ["require '/dev/zero'"] = missing "/dev/zero",
    ["require 'secret;$OUT/secret'"] = missing "secret;$OUT/secret",
    ["require '?'"] = missing "?",
    ["require ''"] = missing "",
    ["require 'plain'"] = missing "plain",
    ["require 'plain.txt'"] = missing "plain.txt",
    ["require 'plain\\0'"] = missing "plain",
    ["require 'plain.txt\\0'"] = missing "plain.txt",
    ["require '$OUT/secret\\0'"] = missing "$OUT/secret",
    ["require '$OUT/secret.lua\\0'"] = missing "$OUT/secret.lua",
    ["package.searchers[3]('plain\\0')"] = "string contains a NUL character",
    ["require(5)"] = missing "5",
    ["require {}"] = "bad argument #1 to 'require'",
    ["require(('x'):rep(5000))"] = "not found",
    ["require 'pipe'"] = "is no regular file",
    ["require 'directory'"] = "is a directory",
    ["require 'compiled'"] = "is compiled Lua, which is never loaded",
    ["require 'lure.host'"] = missing "lure.host",
    ["require 'lure.testing'"] = missing "lure.testing",
    ["require 'lure.cli'"] = missing "lure.cli",
    ["require 'cjson'"] = missing "cjson",
    ["require 'socket'"] = missing "socket",
    ["require 'posix'"] = missing "posix",
    ["require 'ffi'"] = missing "ffi",
  },
  ["loading code"] = {
    ['dofile("/etc/hostname")'] = "dofile " .. NO_FILE,
    ["dofile()"] = "dofile " .. NO_FILE,
    ['dofile("$OUT/secret.lua")'] = "dofile " .. NO_FILE,
    ['loadfile("/etc/hostname")'] = "loadfile " .. NO_FILE,
    ['loadfile("$OUT/secret.lua", "t", {})'] = "loadfile " .. NO_FILE,
    ["loadfile()"] = "loadfile " .. NO_FILE,
    ["loadstring"] = "nil",
    ["pcall(load, '$OUT/secret.lua')"] = "true",
    [("select(2, load(%s))"):format(COMPILED)] = BINARY,
    [("select(2, load(%s, 'x', 'b'))"):format(COMPILED)] = BINARY,
    [("select(2, load(%s, 'x', 'bt'))"):format(COMPILED)] = BINARY,
    [("select(2, load(%s, 'x', nil, {}))"):format(COMPILED)] = BINARY,
    [("select(2, load(%s, nil, 'b', nil))"):format(COMPILED)] = BINARY,
    [("select(2, load(string.dump(load 'return 1', true), '=x', 'b'))")] = BINARY,
    [("(function() local c, n = %s, 0 local function piece() n = n + 1 return c:sub(n, n) end "
      .. "return select(2, load(piece, 'x', 'b')) end)()"):format(COMPILED)] = BINARY,
    ["select(2, load('\\27Lua'))"] = BINARY,
    ["select(2, load('\\27Lua', 'x', 'b'))"] = BINARY,
    ["load('return loadfile', 'x', 't', { loadfile = 1 })()"] = "1",
    ["load('return dofile(\"$OUT/secret.lua\")')()"] = "dofile " .. NO_FILE,
    ["load('return _ENV')() == _G"] = "true",
  },
  ["debug"] = {
    ["debug.getlocal(1, 1)"] = calling "getlocal",
    ["debug.getregistry()"] = calling "getregistry",
    ["debug.getmetatable('')"] = calling "getmetatable",
    ["debug.setmetatable('', {})"] = calling "setmetatable",
    ["debug.getupvalue(require, 1)"] = calling "getupvalue",
    ["debug.setupvalue(require, 1, {})"] = calling "setupvalue",
    ["debug.upvaluejoin(print, 1, load, 1)"] = calling "upvaluejoin",
    ["debug.upvalueid(require, 1)"] = calling "upvalueid",
    ["debug.sethook()"] = calling "sethook",
    ["debug.gethook()"] = calling "gethook",
    ["debug.setlocal(1, 1, 1)"] = calling "setlocal",
    ["debug.getuservalue(lure.json.null)"] = calling "getuservalue",
    ["debug.setuservalue(lure.json.null, 1)"] = calling "setuservalue",
    ["debug.setcstacklimit(1000000)"] = calling "setcstacklimit",
    ["debug.debug()"] = calling "debug",
    ["require('debug').getregistry"] = "nil",
    ["debug.getinfo(print, 'f').func"] = "nil",
    ["debug.getinfo(0, 'f').func"] = "nil",
    ["debug.getinfo('0', 'f').func"] = "nil",
    ["debug.getinfo(coroutine.running(), 0, 'f').func"] = "nil",
    ["debug.getinfo(-1)"] = "nil",
    ["debug.getinfo(math.maxinteger)"] = "nil",
    ["debug.getinfo(1 << 32)"] = "nil",
    ["debug.getinfo(1, '>f')"] = "invalid option '>'",
    ["(function() for l = 0, 20 do local i = debug.getinfo(l, 'Sf') if i and i.what == 'C' and i.func then "
      .. "return i.func end end return 'none' end)()"] = "none",
  },
  ["coroutines and debug"] = {
    ["debug.getinfo(coroutine.create(print), 0, 'f')"] = "nil",
    ["debug.getinfo(coroutine.create(print), '0', 'f')"] = "nil",
    [YIELDED:format(0)] = "nil",
    [YIELDED:format(1)] = "nil",
    ["(function() local c = coroutine.create(pcall) return debug.traceback(c) end)()"] = "stack traceback:",
    ["coroutine.wrap(function() return debug.getlocal end)()"] = "nil",
    ["coroutine.wrap(function() return io end)()"] = "nil",
    ["coroutine.wrap(function() return require 'secret' end)()"] = missing "secret",
    ["select(2, coroutine.resume(coroutine.create(dofile), '$OUT/secret.lua'))"] = "dofile " .. NO_FILE,
    ["getmetatable(coroutine.running())"] = "nil",
  },
  ["metatables of C's"] = {
    ["getmetatable('')"] = "false",
    ["getmetatable('').__index"] = HIDDEN,
    ["(function() getmetatable('').__index = function() end end)()"] = HIDDEN,
    ["(function() getmetatable('').__gc = print end)()"] = HIDDEN,
    ["getmetatable(lure.json.null)"] = "false",
    ["(function() getmetatable(lure.json.null).__gc = print end)()"] = HIDDEN,
    ["(function() getmetatable(lure.json.decode '[]').__gc = print end)()"] = HIDDEN,
    ["getmetatable(lure.json.parse '[]')"] = "false",
    ["getmetatable(lure.TIMEOUT)"] = "nil",
    ["getmetatable(print)"] = "nil",
    ["setmetatable('', {})"] = "table expected, got string",
    ["setmetatable(lure.json.null, {})"] = "bad argument #1",
    ["setmetatable(lure.json.parse '[]', {})"] = "bad argument #1",
    ["setmetatable(print, {})"] = "bad argument #1",
    ["setmetatable({}, { __gc = print })"] = "a metatable with __gc is refused",
    ["setmetatable({}, { __gc = false })"] = "a metatable with __gc is refused",
    ["setmetatable({}, setmetatable({}, { __index = { __gc = print } })) ~= nil"] = "true",
    ["setmetatable(_G, { __gc = print })"] = "a metatable with __gc is refused",
    ["(function() local m = {} local o = setmetatable({}, m) m.__gc = function() leaked = 1 end o = nil "
      .. "collectgarbage() return leaked end)()"] = "nil",
    ["(function() rawset(_G, 'rawget', nil) return setmetatable({}, { __gc = print }) end)()"] =
      "a metatable with __gc is refused",
    ["rawset(lure.json.null, 1, 1)"] = "bad argument #1 to 'rawset' (table expected",
    ["rawget('', 'x')"] = "bad argument #1 to 'rawget' (table expected",
    ["next(lure.json.parse '[1]')"] = "bad argument #1",
  },
  ["globals"] = {
    ["_G._G == _G and _G.io"] = "nil",
    ["(function() _ENV = { } return io end)()"] = "nil",
    ["(function() local _ENV = package.loaded return io end)()"] = "nil",
    ["(function() local _ENV = setmetatable({}, { __index = package.loaded }) return io end)()"] = "nil",
    ["(function() _G.loadfile = nil return loadfile end)()"] = "nil",
    ["(function() for k in pairs(package.loaded) do if k == 'io' then return k end end return 0 end)()"] = "0",
    ["(function() for k in pairs(_G) do if k:find('^io') then return k end end return 0 end)()"] = "0",
    ["newproxy"] = "nil",
    ["module"] = "nil",
    ["getfenv"] = "nil",
    ["setfenv"] = "nil",
    ["(function() warn('@on') warn('x') return 'quiet' end)()"] = "quiet",
  },
  ["the collector"] = {
    ["collectgarbage('x')"] = "bad argument #1 to 'collectgarbage' (invalid option 'x')",
    ["collectgarbage('setpause', math.maxinteger) ~= nil"] = "true",
    ["(function() collectgarbage 'stop' local t = {} while true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end end)()"] =
      "not enough memory",
  },
  ["names cut at a NUL"] = {
    ["event['data\\0x']"] = "string contains a NUL character",
    ["event.param['fd\\0']"] = "string that contains a NUL character",
    ["require 'good\\0'"] = "good", -- Lua's own cuts it, before anyone looks for a file
    ["package.searchers[3]('good\\0')"] = "string contains a NUL character",
    ["package.searchers[3]('$OUT/secret.lua\\0')"] = "string contains a NUL character",
    ["package.searchers[2]('good\\0')"] = "string contains a NUL character",
    ["lure.env 'HOME\\0'"] = "string contains a NUL character",
    ["lure.emit('x\\0', 'y')"] = "expected the name of an async event",
    ["dofile 'x\\0'"] = "dofile " .. NO_FILE,
  },
  ["what a script puts in the place of Lua's functions"] = {
    ["(function() table.sort = function() error 'SECRET' end return lure.json.encode { b = 1, a = 2 } end)()"] = '{"a":2,"b":1}',
    ["(function() package.loaded.table = nil table = nil return lure.json.encode { b = 1, a = 2 } end)()"] = '{"a":2,"b":1}',
    ["(function() string.format = function() error 'SECRET' end lure.log.debug('%d', 1) return 'logged' end)()"] = "logged",
    ["(function() access = nil package.searchers[3] = nil return require 'secret' end)()"] = missing "secret",
  },
  ["addresses"] = {
    ["lure.json.encode { tostring }"] = "a function cannot be JSON",
    ["('%p'):format(1)"] = "(null)",
    ["('%p'):format(nil)"] = "(null)",
    ["string.pack('j', {})"] = "number expected, got table",
    ["math.tointeger(tostring(print):match '0x%x+') == nil or 'a number'"] = "a number",
  },
  ["lure.env"] = {
    ["lure.env 'PATH'"] = '"PATH" ' .. NOT_LISTED,
    ["lure.env 'LURE_NO_SUCH_THING'"] = NOT_LISTED,
    ["lure.env ''"] = NOT_LISTED,
    ["lure.env 'LD_PRELOAD'"] = NOT_LISTED,
    ["lure.env 'PATH\\0'"] = "string contains a NUL character",
    ["lure.env 'PATH='"] = NOT_LISTED,
    ["lure.env(5)"] = NOT_LISTED,
    ["lure.env()"] = "bad argument #1 to 'env'",
    ["require('lure').env('HOME')"] = NOT_LISTED,
    ["(function() lure.env = nil package.loaded.lure = nil return require('lure').env('HOME') end)()"] = NOT_LISTED,
  },
}

describe("the safe sandbox", function()
  local script

  setup(function()
    script = support.file("", "safe/in/script.lua")
    folder = script:match("(.*)/in/")
    write("out/secret.lua", "return 'SECRET'")
    write("out/secret.txt", "SECRET is no Lua")
    write("in/plain", "SECRET is no Lua")
    write("in/plain.txt", "SECRET is no Lua")
    write("in/good.lua", "return 'good'")
    write("in/compiled.lua", string.dump(function() return "SECRET" end))
    support.run("cd " .. support.quote(folder .. "/in") .. " && mkfifo pipe.lua && mkdir directory.lua")
  end)

  --- What the expression is in a script in the folder `in`, or its error.
  local function result(expression)
    write("in/script.lua", given.field("function(_, _, event) return tostring(" .. expression .. ") end"))
    local state = support.start(script, { config = '{"lure": {"sandbox": "safe", "memory": 16777216}}' })
    local text, message = state:extract(support.event "1", "x.y")
    return text or message
  end

  for part, list in pairs(escapes) do
    describe("keeps a script in: " .. part, function()
      for expression, expected in pairs(list) do
        it(expression, function()
          local outside = folder .. "/out"
          local text = result((expression:gsub("%$OUT", outside)))
          given.holds(text, (expected:gsub("%$OUT", outside)))
          assert.is_nil(text:find("SECRET", 1, true))
        end)
      end
    end)
  end

  it("reads modules in the folders that it has", function()
    assert.equal("good", result "require 'good'")
  end)

  it("tries at least 150", function()
    local count = 0
    for _, list in pairs(escapes) do
      for _ in pairs(list) do count = count + 1 end
    end
    assert.is_true(count >= 150, count)
  end)
end)
