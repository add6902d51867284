--- The values of hostilevalues.lua as results of callbacks and as arguments of every function that lure gives to scripts:
--- no crash, and an error names the callback or the function.
local host = require "lure.host"
local hostile = require "spec.script.hostilevalues"
local pages = require "spec.docs.pages"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local COUNT = #hostile.names

--- A script whose callbacks may `return give()`: each time the next value, from `first` on.
local function script(api, change, first)
  return table.concat { hostile.prelude, hostile.table(api), ("\nlocal api, at = %d, %d\n"):format(api, (first or 1) - 1),
    "local function give() at = at % #values + 1 return values[at]() end\n", change, "\nreturn t\n" }
end

--- What calls each callback, once; nil and a message where that fails.
local calls = {
  open = function(state)
    local instance, message = state:open '{"p": 1}'
    if not instance then return nil, message end
    instance:next_batch()
    instance:close()
    return true
  end,
  next = function(state)
    local instance = assert(state:open '{"p": 1}')
    local rc, _, message = instance:next_batch()
    instance:close()
    return rc ~= "failure", message
  end,
  progress = function(state)
    local instance = assert(state:open '{"p": 1}')
    local part, message = instance:progress()
    instance:close()
    return part, message
  end,
  to_string = function(state) return state:to_string(support.event "5") end,
  extract = function(state) return state:extract(support.event "5", "x.all") end,
  parse = function(state) return state:parse(support.event "5") end,
  async = function(state) return state:async_open(), state:async_close() end,
  capture_open = function(state) return pcall(function() assert(state:capture_open()) state:capture_close() end) end,
  dump_state = function(state) return state:dump_state() end,
  metrics = function(state) return state:metrics() end,
  set_config = function(state) return state:set_config "{}" end,
  open_params = function(state) return state:open_params() end,
}
calls.close, calls.decode, calls.capture_close = calls.next, calls.to_string, calls.capture_open
calls.produce = calls.next
local once = { init = true, destroy = true, reload = true } -- one in each state; `reload` has specs in spec/reload

local path

--- The script's path; a file is used again.
local function write(text)
  path = path or support.file ""
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

local function check(message, name, value)
  message = tostring(message)
  if message == "nil" or message == "" or message:find "hostile" then return end
  if not (message:find "script%.lua" and message:find(name, 1, true)) then
    error(("%s with %s: %s"):format(name, value, message))
  end
end

describe("a result of", function()
  local row = '\nSCRIPT_KEY%([%u_]+,%s+"([%w_]+)",%s+[%u_ |]*FUNCTION[%u_ |]*,%s*[%u_]+,%s*([%d_]+),'
  for name, since in pages.read("src/script/keys.def"):gmatch(row) do
    local shapes = { "give()", "nil, give()", "'5', give()", "{ give() }", "{ { '5', give() } }" }
    for _, results in ipairs(once[name] and { "nil, give()" } or shapes) do
      for _, api in ipairs(since:sub(1, 1) == "3" and { 3 } or { 0, 3 }) do
        it(("%s may be anything: %s, plugin API %d"):format(name, results, api), function()
          local more = name == "extract" and "t.fields[1] = { name = 'x.all', type = 'string', desc = '-' } " or
            name == "produce" and "t.open, t.next, t.close = nil " or ""
          local change = ("%st[%q] = function() return %s end"):format(more, name, results)
          if once[name] then
            for n = 1, COUNT do
              local library = assert(host.load(support.lib(api), { env = { LURE_SCRIPT = write(script(api, change, n)) } }))
              local state, message = library:init ""
              if state then state:destroy() else check(message, name == "extract" and "x.all" or name, hostile.names[n]) end
            end
            return
          end
          local state = support.start(script(api, change), { api = api, config = '{"lure": {"max_errors": 0}}' })
          for n = 1, COUNT do
            local good, message = calls[name](state)
            if not good then check(message, name == "extract" and "x.all" or name, hostile.names[n]) end
          end
          state:destroy()
        end)
      end
    end
  end

  for _, type in ipairs(support.field_types) do
    for _, results in ipairs { "give()", "nil, give()", "'5', give(), 1", "'5', 1, give()", "{ give() }", "{ '5', give() }",
      "{ '5' }, { give() }, { 1 }", "{ '5' }, give(), give()" } do
      it(("a field of type %s may be anything: %s"):format(type, results), function()
        local list = results:find "{" ~= nil
        local state = support.start(script(3, ([[t.fields[1] = { name = "x.all", type = %q, list = %s, desc = "-",
          extract = function() return %s end }]]):format(type, list, results)))
        for n = 1, COUNT do
          local value, message = state:extract(support.event "5", "x.all")
          if value == nil and message then check(message, "x.all", hostile.names[n]) end
        end
        state:destroy()
      end)
    end
  end
end)

--- Each with a value `v`; what is not pcall'ed by the values' own functions.
local uses = [[
json.decode(v) json.encode(v) json.encode({v}) json.encode({a=v}) json.encode({[v]=1}) json.parse(v) json.kind(v)
document[v] document:get(v) document:raw(v) document.get(v,"/a") document.raw(v,"a") document.table(v)
document[v]=1 list[v] list:raw(v) pairs(list)(list,v) pairs(list)(v,1) #list
lure.now(v) lure.path(v) lure.path("/a",v) lure.cursor(v) lure.sleep(v) lure.spawn(v) lure.spawn(print,v) lure.env(v)
lure.table(v) lure.table("own",v)
lure.emit(v,"data") lure.emit("one",v) lure.emit("one","d",v) lure.emit("one","d",{ts=v}) lure.emit("one","d",{tid=v})
lure.emit("one","d",{[v]=1})
lure.file.tail(v) lure.file.tail("/none",v) lure.file.tail("/none",{from=v}) lure.file.tail("/none",{max_line=v})
lure.file.lines(v) lure.file.lines("/etc/passwd",v) lure.file.lines("/etc/passwd",{max_line=v}) lure.file.list(v) lure.file.stat(v)
lure.file.lookup(v) lure.file.lookup("/etc/passwd",v) lure.file.lookup("/etc/passwd",{format=v})
lure.file.lookup("/etc/passwd",{key=v}) lure.file.lookup("/etc/passwd",{format="csv",key=v}) lookup:get(v) lookup:count(v)
lookup.get(v,"k") lookup.count(v) lookup.version(v) lookup:version(v) pairs(lookup)(v) pairs(lookup)(v,v)
lure.state.get(v) lure.state.set(v,1) lure.state.set("k",v) lure.process.run(v) lure.process.run({v}) lure.process.run({"true",v})
lure.process.run({"true"},v) lure.process.run({"true"},{stdin=v}) lure.process.run({"true"},{env=v})
lure.process.run({"true"},{env={[v]="x"}}) lure.process.run({"true"},{env={x=v}}) lure.process.run({"true"},{cwd=v})
lure.net.listen(v) lure.net.listen("unix:///none/x",v) lure.net.listen("unix:///none/x",{mode=v})
lure.net.listen("unix:///none/x",{tls=v}) lure.net.listen("unix:///none/x",{max_line=v})
lure.net.connect(v) lure.net.connect("unix:///none/x",v) lure.net.connect("unix:///none/x",{timeout=v})
lure.net.connect("unix:///none/x",{tls=v}) lure.http.get(v) lure.http.get("http://127.0.0.1:1/",v)
lure.http.get("http://127.0.0.1:1/",{query=v}) lure.http.get("http://127.0.0.1:1/",{headers=v})
lure.http.get("http://127.0.0.1:1/",{headers={[v]="x"}}) lure.http.get("http://127.0.0.1:1/",{query={x=v}})
lure.http.get("http://127.0.0.1:1/",{timeout=v}) lure.http.get("http://127.0.0.1:1/",{retry=v})
lure.http.get("http://127.0.0.1:1/",{tls=v}) lure.http.post(v) lure.http.post("http://127.0.0.1:1/",v)
lure.http.post("http://127.0.0.1:1/",nil,{json=v}) lure.http.request(v) lure.http.request({url=v})
lure.http.request({url="http://127.0.0.1:1/",method=v}) lure.http.serve(v) lure.http.serve({listen=v},print)
lure.http.serve({listen="unix:///none/x"},v) lure.http.serve({listen="unix:///none/x",methods=v},print)
log.info(v) log.info(v,v) log.info("%s",v) log.info("%d",v) log.info("%s%s",v) log.fatal(v) log.critical(v)
log.error(v) log.warning(v) log.notice(v) log.debug(v) log.trace(v)
event[v] event.param[v] event[v]=1 event.param[v]=1 event.data[v]
own:get(v) own:add(v) own:add("k",v) own:add("k",{n=v}) own:add("k",{s=v}) own:add("k",{[v]=1}) own:add("k",{sub=v}) own:erase(v)
own:each(v) own:exists(v) own.get(v,"k") own.add(v,"k") own.each(v,print) own.clear(v) own[v] own[v]=1 #own
entry[v] entry[v]=1 entry.n=v entry.s=v entry.sub=v entry.sub[v] entry.sub:get(v) entry.sub:add(v) entry.sub:add(1,{b=v})
load(v) load(v,v) load("return(1)",v) load("return(1)","x",v) load("return(1)","x","t",v) loadfile(v) loadfile("x.lua",v,v)
dofile(v) require(v) package.searchpath(v,"?") package.searchpath("x",v) package.searchpath("x","?",v,v)
package.searchers[1](v) package.searchers[2](v) package.searchers[3](v) package.searchers[4](v)
setmetatable(v,{}) setmetatable({},v) getmetatable(v) xpcall(v,print) xpcall(print,v) coroutine.create(v) coroutine.wrap(v)
coroutine.resume(coroutine.create(function(...)return...end),v) coroutine.close(v) coroutine.status(v)
debug.getinfo(v) debug.getinfo(1,v) debug.getinfo(coroutine.running(),v) debug.getlocal(v,1) debug.getlocal(1,v)
debug.getlocal(coroutine.running(),v,v) debug.traceback(v) debug.traceback("x",v) debug.traceback(coroutine.running(),v,v)
print(v) print(v,v) io.write(v) io.stdout:write(v) io.stderr:write(v,v) io.stdout.write(v,"x") io.lines(v) warn(v) os.exit(v)
string.rep(v,2) string.rep("x",v) string.find("abc",v) string.find(v,"b") string.find("abc","b",v) string.gsub("abc",v,"x")
string.gsub("abc","b",v) string.gsub("abc","b","x",v) string.format(v) string.format("%d",v) string.format("%s",v)
string.format("%q",v) string.format("%p",v) string.format("%c%i%f%g",v,v,v,v) string.pack("s",v) string.pack("i8",v)
string.unpack("s",v) string.unpack("i8",v,v) string.sub("abc",v,v) string.byte("abc",v,v) string.char(v) utf8.char(v)
utf8.codepoint("abc",v,v) utf8.offset("abc",v,v) utf8.len("abc",v,v) table.concat(v) table.concat({1,2},v)
table.concat({1,2},",",v,v) table.sort(v) table.insert(v,1) table.insert({1},v,1) table.remove(v) table.remove({1},v)
table.unpack(v) table.move({1,2},v,2,1) math.random(v) math.random(v,v) math.floor(v) math.type(v) os.date(v) os.date("%F",v)
os.time(v) os.time({year=v,month=v,day=v}) os.difftime(v,v) tostring(v) tonumber(v) tonumber("10",v) select(v,1,2) rawlen(v)
rawget(v,1) rawset(v,1,1) rawequal(v,v) next(v) next({},v) ipairs(v) pairs(v) collectgarbage(v) collectgarbage("step",v)
every(v,print) every(1,v)
crypto.md5(v) crypto.sha1(v) crypto.sha256(v) crypto.sha512(v) crypto.hmac(v,"k","x") crypto.hmac("md5",v,"x")
crypto.hmac("sha512","k",v) crypto.equal(v,"x") crypto.equal("x",v) crypto.random(v) crypto.hex(v) crypto.unhex(v)
compress.gzip(v) compress.gzip("a",v) compress.gzip("a",{level=v}) compress.gunzip(v) compress.gunzip("a",v)
compress.gunzip("a",{limit=v}) compress.zlib(v) compress.zlib("a",{[v]=1}) compress.unzlib(v) compress.unzlib("a",{limit=v})
text.split(v) text.split("a",v) text.split("a",",",v) text.trim(v) text.logfmt(v) text.csv(v) text.csv("a,b",v)
text.csv("a,b",{header=v}) text.csv("a,b",{separator=v}) text.csv("a,b",{[v]=1}) text.url(v) text.query(v) text.glob(v,"a")
text.glob("*",v) text.utf8(v) text.is_utf8(v)
lure.window(v) lure.window(1,v) lure.window(1,{keys=v}) lure.window(1,{events=v}) lure.window(1,{[v]=1})
window:add(v,1) window:add("k",v) window:add("k",1,v) window.add(v,"k",1) window:count(v) window.count(v,"k") window:sum(v)
window.sum(v,"k") window:distinct(v) window.distinct(v,"k") window.dropped(v) window[v] window[v]=1
lure.time.parse(v) lure.time.parse("x",v) lure.time.parse("x",nil,v) lure.time.format(v) lure.time.format(0,v)
lure.time.format(0,nil,v) lure.ip.parse(v) lure.ip.network(v) lure.ip.set(v) lure.ip.set({v}) lure.ip.set({[v]="x"})
lure.ip.set({["::1"]=v}) lure.ip.set(v,v,v) lure.ip.set(next,v,v) lure.ip.set(next,{["::1"]=v}) set:contains(v)
set.contains(v,"::1") #set set[v] set[v]=1
lure.regex.compile(v) lure.regex.compile("a",v) pattern:match(v) pattern:match("b",v) pattern.match(v,"b") pattern:find(v)
pattern:find("b",v) pattern.find(v,"b") pattern:gmatch(v) pattern:gmatch("b",v) pattern.gmatch(v,"b") pattern:test(v)
pattern:test("b",v) pattern.test(v,"b") pattern[v] pattern[v]=1
crypto.base64(v) crypto.unbase64(v) crypto.base64url(v) crypto.unbase64url(v)
]]

describe("an argument of what lure gives to scripts", function()
  it("is tried for each function", function()
    local called_otherwise = { tables = "own", capture = "", ["lure.json"] = "json", ["lure.log"] = "log", ["lure.crypto"] = "crypto",
      ["lure.text"] = "text", ["lure.compress"] = "compress" }
    local waits = { task = true, process = true, listener = true, connection = true, response = true } -- not where fields are extracted
    local VALUES = { ["lure.TIMEOUT"] = true, ["lure.ARG"] = true, ["lure.version"] = true }
    for _, one in ipairs(require "spec.modulefunctions") do
      local object = called_otherwise[one.object] or one.object
      local is_tried = uses:find("%f[%w]" .. object:gsub("%.", "%%.") .. "[.:]?" .. one.name .. "%(") ~= nil
      assert.is_true(is_tried or waits[object] or VALUES[one.call], one.call)
    end
  end)

  for _, use in ipairs((function()
    local list = {}
    for use in uses:gmatch "%S+" do list[#list + 1] = use end
    return list
  end)()) do
    it("may be anything: " .. use, function()
      local statement = use:find "[^=]=[^=]" and not use:find "%b()$" and use or "local _ = " .. use
      local text = script(3, ([[
local json, log, crypto, compress, text, window = lure.json, lure.log, lure.crypto, lure.compress, lure.text, lure.window(1)
local own, every = lure.table "own", nil
local endless = %s -- what has no end with a __len that lies
local function try(event)
  local document, list, bad = json.parse '{"a": {"b": [1]}}', json.parse '[1, [2], "3"]', {}
  local lookup = lure.file.lookup "/etc/passwd"
  local entry = own:add("e", { n = 1 })
  local set, pattern = lure.ip.set { "10.0.0.0/8" }, lure.regex.compile "(b)"
  local capture = { every = every }
  for n = 1, #values do
    local v = values[n]()
    local ok, message = true, nil
    if not (endless and rawequal(getmetatable(v), "mine")) then ok, message = pcall(function() %s end) end
    if not ok and type(message) ~= "string" and not getmetatable(message) then bad[#bad + 1] = n .. " " .. type(message) end
  end
  return table.concat(bad, "\n")
end
t.capture_open = function(capture) every = function(...) return capture:every(...) end end
t.fields[1] = { name = "x.y", type = "string", desc = "-", extract = function(_, _, event) return try(event) end }
]]):format(use:find "^table" ~= nil, statement))
      local state = support.start(text, { config = '{"lure": {"time": 20}}' })
      if use:find "^every" then state:capture_open() end
      local value, message = state:extract(support.event "5", "x.y")
      if use:find "^every" then state:capture_close() end
      state:destroy()
      assert.equal("", value, message) -- the numbers of values whose error is no text
    end)
  end
end)
