-- init_config.lure.reload: the changed script takes over.
local changing = require "spec.reload.reloadedscript"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

for _, api in ipairs { 3, 0 } do
  describe(("a script that changes while it runs (plugin API %d)"):format(api), function()
    local function start(text, config)
      local path, state, library = changing.start(text, { api = api, config = config })
      return path, state, library
    end

    --- The payload of the next event.
    local function payload(instance)
      local rc, events, message = instance:next_batch()
      assert.equal("success", rc, message)
      return events[1].data, events[1]
    end

    for _, how in ipairs { "in place", "by renaming" } do
      it("is swapped when its file is written " .. how, function()
        local path, state = start(changing.source("1", "old"))
        local instance = assert(state:open())
        local data, event = payload(instance)
        assert.same({ "1", "old", "old" }, { data, state:extract(event, "x.y"), state:to_string(event) })
        changing.write(path, changing.source("2", "new"), how)
        assert.same({ "old", "old" }, { state:extract(event, "x.y"), state:to_string(event) })
        data, event = payload(instance)
        assert.same({ "2", "new", "new" }, { data, state:extract(event, "x.y"), state:to_string(event) })
        state:destroy()
      end)
    end

    it("is swapped when it is a link that leads to another file, as in a Kubernetes volume", function()
      local path, state = start(changing.source("1", "old"))
      state:destroy()
      local folder = path:match("(.*)/")
      support.run(("cd %s && mkdir one two && mv script.lua one && ln -s one data && ln -s data/script.lua script.lua"):format(folder))
      changing.write(folder .. "/two/script.lua", changing.source("2", "new"))
      state = assert(assert(support.load_script(path, { api = api })):init(changing.CONFIG))
      local instance = assert(state:open())
      assert.equal("1", payload(instance))
      support.run(("cd %s && ln -s two data.new && mv -T data.new data && rm -r one"):format(folder))
      changing.wait()
      assert.equal("2", payload(instance))
      state:destroy()
    end)

    it("is left alone without init_config.lure.reload, and with false", function()
      for _, config in ipairs { "", '{"lure": {"reload": false}}' } do
        local path, state = start(changing.source("1", "old"), config)
        local instance = assert(state:open())
        changing.write(path, changing.source("2", "new"))
        assert.equal("1", payload(instance))
        state:destroy()
      end
    end)

    it("is checked every second with true", function()
      local path, state = start(changing.source("1", "old"), '{"lure": {"reload": true}}')
      local instance = assert(state:open())
      changing.write(path, changing.source("2", "new"))
      assert.equal("1", payload(instance))
      os.execute "sleep 1"
      assert.equal("2", payload(instance))
      state:destroy()
    end)

    it("closes each instance and opens it again with its parameters", function()
      local note, noted = changing.notes()
      local text = note .. [[return { name = "x", version = "0.1.0", id = 999, event_source = "x",
params = { word = { type = "string", required = true } },
open = function(params) note("%s opens ", params.word) return { word = params.word } end,
close = function(instance) note("%s closes ", instance.word) end,
init = function() note "%s begins" end,
destroy = function() note "%s ends" end,
next = function(instance) return "%s " .. instance.word end }]]
      local old, new = text:gsub("%%s", "old"), text:gsub("%%s", "new")
      local payloads = {}
      local path, state = start(old)
      local one, two = state:open '{"word": "one"}', state:open '{"word": "two"}'
      payloads[1] = payload(one)
      changing.write(path, new)
      payloads[2], payloads[3] = payload(one), payload(two)
      one:close()
      two:close()
      state:destroy()
      assert.same({ "old one", "new one", "new two" }, payloads)
      assert.same({ "old begins", "old opens one", "old opens two", "new begins", "old closes two", "old closes one",
        "new opens two", "new opens one", "old ends", "new closes one", "new closes two", "new ends" }, noted())
    end)

    it("gets what the old one kept in its table", function()
      local counting = [[local plugin = { name = "x", version = "0.%s.0", id = 999, event_source = "x" }
function plugin.init() plugin.kept = { count = 0, list = { 1, 2.5, "three", true } , print = print }
  plugin.kept.self = plugin.kept end
function plugin.next() plugin.kept.count = plugin.kept.count + 1 return %q .. plugin.kept.count end
%s
return plugin]]
      local path, state = start(counting:format(1, "old ", ""))
      local instance = assert(state:open())
      for _ = 1, 3 do instance:next_batch() end
      local count = tonumber(payload(instance):match("old (%d+)"))
      assert.is_true(count > 3)
      changing.write(path, counting:format(2, "new ", [[function plugin.reload(old)
  assert(old.version == "0.1.0" and old.next == nil and old.init == nil and old.name == "x")
  assert(old.kept.print == nil and old.kept.self == old.kept)
  assert(math.type(old.kept.list[1]) == "integer" and old.kept.list[2] == 2.5 and old.kept.list[3] == "three")
  assert(old.kept.list[4] == true and #old.kept.list == 4)
  plugin.kept = old.kept end]]))
      local went_on = tonumber(payload(instance):match("new (%d+)"))
      assert.is_true(went_on > count)
      state:destroy()
    end)

    it("gets lists and null as lure.json has made them", function()
      local text = [[local lure = require "lure"
local plugin = { name = "x", version = "0.1.0", id = 999, event_source = "x" }
function plugin.init()
  plugin.kept = lure.json.decode '{"emptied":["a"],"list":[1,null],"object":{"a":null}}'
  plugin.kept.emptied[1] = nil
end
local shown = "old"
function plugin.next() return shown end
%s
return plugin]]
      local path, state = start(text:format "")
      local instance = assert(state:open())
      assert.equal("old", payload(instance))
      changing.write(path, text:format [[function plugin.reload(old) shown = lure.json.encode(old.kept) end]])
      assert.equal('{"emptied":[],"list":[1,null],"object":{"a":null}}', payload(instance))
      state:destroy()
    end)

    it("is not called reload when it is first started", function()
      local _, state = start(changing.source("1", "old", "reload = function() error 'called' end"))
      assert.equal("1", payload(assert(state:open())))
      state:destroy()
    end)

    it("gets the configuration again, checked by its own declaration", function()
      local text = [[local word
return { name = "x", version = "0.1.0", id = 999, event_source = "x", config = { word = { type = "string" }, %s },
init = function(config) word = config.word .. (config.more or "") end, next = function() return word end }]]
      local path, state = start(text:format "", '{"word": "a", "lure": {"reload": 0.01}}')
      local instance = assert(state:open())
      assert.equal("a", payload(instance))
      changing.write(path, text:format 'more = { type = "string", default = "!" }')
      assert.equal("a!", payload(instance))
      state:destroy()
    end)

    it("is swapped when a module changes that it has required, at once or later", function()
      local folder = support.file("", "modules/empty"):match("(.*)/")
      local path = folder .. "/script.lua"
      changing.write(folder .. "/early.lua", 'return "early"')
      changing.write(folder .. "/late.lua", 'return "late"')
      changing.write(path, changing.source('early .. require "late"', "-"):gsub("\n", ' local early = require "early"\n', 1))
      local state = assert(assert(support.load_script(path, { api = api })):init(changing.CONFIG))
      local instance = assert(state:open())
      assert.equal("earlylate", payload(instance))
      changing.write(folder .. "/early.lua", 'return "EARLY"')
      assert.equal("EARLYlate", payload(instance))
      changing.write(folder .. "/late.lua", 'return "LATE"')
      assert.equal("EARLYLATE", payload(instance))
      state:destroy()
    end)

    it("loses no payload that waits for the next batch", function()
      local text = [[local n = 0
return { name = "x", version = "0.1.0", id = 999, event_source = "x", batch = { events = 2 },
next = function() n = n + 1 return n == 1 and { "1", "2", "3", 4, "5" } or "new" end, reload = function() n = 1 end }]]
      local path, state = start(text)
      local instance = assert(state:open())
      local function batch()
        local _, events = instance:next_batch()
        return { events[1].data, events[2].data }
      end
      assert.same({ "1", "2" }, batch())
      changing.write(path, text .. "\n-- changed")
      assert.same({ "3", "4" }, batch())
      assert.same({ "5", "new" }, batch())
      state:destroy()
    end)

    it("goes on where the old one's next only failed", function()
      local path, state = start(changing.source('error "broken"', "-"))
      local instance = assert(state:open())
      instance:next_batch()
      assert.equal("timeout", (instance:next_batch()))
      changing.write(path, changing.source('"right"', "-"))
      assert.equal("right", payload(instance))
      state:destroy()
    end)

    it("does not open a source again that has come to its end", function()
      local path, state = start(changing.source("nil", "-", "close = function() print 'old closes' end"))
      local instance = assert(state:open())
      assert.equal("eof", (instance:next_batch()))
      changing.write(path, changing.source("1", "-", "open = function() error 'opened' end, close = function() error 'c' end"))
      assert.equal("eof", (instance:next_batch()))
      assert.same({}, changing.lines(function() instance:close() end))
      state:destroy()
    end)

    it("may become an iterator, and a source with next again", function()
      local path, state = start(changing.source("1", "-"))
      local instance = assert(state:open())
      local iterator = [[return { name = "x", version = "0.1.0", id = 999, event_source = "x",
fields = { { name = "x.y", type = "string", desc = "-", extract = function() end } },
open = function() return function(n, last) return last and last + n or n end, 5 end }]]
      changing.write(path, iterator)
      assert.equal("5", payload(instance))
      changing.write(path, changing.source("2", "-"))
      assert.equal("2", payload(instance))
      state:destroy()
    end)

    it("may say that it is another version, and describe itself and its fields in other words", function()
      local path, state = start(changing.source("1", "-"))
      local instance = assert(state:open())
      local lines = changing.lines(function()
        changing.write(path, (changing.source("2", "-", 'description = "Better", contact = "you"')
          :gsub("0.1.0", "2.0.0"):gsub('desc = "%-"', 'desc = "Y", display = "Y"')))
        assert.equal("2", payload(instance))
      end)
      assert.same({ "x: info: script.lua has changed and was reloaded (version 2.0.0)" }, lines)
      state:destroy()
    end)

    it("is swapped again and again without growing", function()
      local REST = "batch = { events = 1 }, init = function() state.big = ('x'):rep(16 << 20) end"
      local path, state = start(changing.source("0", "-", REST))
      local instance = assert(state:open())
      local function swap(n)
        local file = assert(io.open(path, "w"))
        file:write(changing.source(n, "-", REST), ("-"):rep(n % 7 + 3))
        file:close()
        changing.read_until(instance, function(data) return data == tostring(n) end)
      end
      local function memory()
        for line in io.lines "/proc/self/status" do
          local size = line:match("^VmRSS:%s+(%d+)")
          if size then return tonumber(size) end
        end
      end
      swap(1)
      local before = memory()
      for n = 2, 60 do swap(n) end
      assert.is_true(memory() - before < 400 * 1024) -- AddressSanitizer keeps 256 MiB of what is freed
      state:destroy()
    end)

    it("is swapped where no source is open when another event is shown, never in the life of one", function()
      local path, state = start(changing.source("1", "old"))
      local one, two = host.event { data = "a", num = 1 }, host.event { data = "b", num = 2 }
      assert.equal("old", state:extract(one, "x.y"))
      changing.write(path, changing.source("1", "new"))
      assert.equal("old", state:extract(one, "x.y"))
      assert.equal("new", state:extract(two, "x.y"))
      assert.equal("new", state:extract(one, "x.y"))
      state:destroy()
    end)

    it("is left alone after it was only touched, or changed and changed back", function()
      local text = changing.source("1", "-", "init = function() print 'reloaded' end")
      local path, state = start(text)
      local instance = assert(state:open())
      assert.same({}, changing.lines(function()
        support.run("touch " .. path)
        changing.wait()
        assert.equal("1", payload(instance))
        changing.write(path, text)
        assert.equal("1", payload(instance))
      end))
      state:destroy()
    end)
  end)
end

describe("a script that changes while it runs", function()
  it("gets the configuration that set_config has brought last", function()
    local text = [[local word
return { name = "x", version = "0.1.0", id = 999, event_source = "x", config = { word = { type = "string" } },
init = function(config) word = config.word end,
set_config = function(config) if config.word == "bad" then return nil, "bad" end word = "set " .. config.word end,
next = function() return word end }]]
    local path, state = changing.start(text, { config = '{"word": "a", "lure": {"reload": 0.01}}' })
    local instance = assert(state:open())
    assert.is_true(state:set_config '{"word": "b"}')
    assert.is_nil(state:set_config '{"word": "bad"}')
    changing.write(path, text .. "\n")
    changing.read_until(instance, function(data) return data == "b" end)
    state:destroy()
  end)

  it("may be the one that the generic identity is bound to, with other fields then", function()
    local text = [[return { name = "y", version = "0.1.0", id = 7, event_source = "y", next = function() return %q end,
fields = { %s } }]]
    local path = support.file(text:format("1", '{ name = "y.a", type = "string", desc = "-", extract = function() return "a" end }'))
    for _, api in ipairs { 3, 0 } do
      local library = assert(host.load(support.lib(api)))
      local state = assert(library:init(('{"script": %q, "lure": {"reload": 0.01}}'):format(path)))
      local instance = assert(state:open())
      local _, events = instance:next_batch()
      assert.equal("a", state:extract(events[1], "lure.string[y.a]"))
      local before = assert(io.open(path)):read("a")
      changing.write(path, text:format("2", '{ name = "y.b", type = "string", desc = "-", extract = function() return "b" end }'))
      local event = changing.read_until(instance, function(data) return data == "2" end)
      assert.equal("b", state:extract(event, "lure.string[y.b]"))
      local _, message = state:extract(event, "lure.string[y.a]")
      given.holds(message, 'has no field called "y.a"')
      state:destroy()
      changing.write(path, before)
    end
  end)
end)
