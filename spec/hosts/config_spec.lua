local sysdig = require "spec.hosts.sysdig"

local source = [[./libdummy.so:{"start": 1, "maxEvents": 1}]]

sysdig.each("init_config", function(host)
  -- Runs examples/dummy.lua with the configuration, expects that it does not start, answers what a person reads.
  local function refusal(config)
    local result = host:run {
      plugins = { host:with("dummy") .. ":" .. config }, source = source, format = "%dummy.value",
    }
    assert.same({}, result.lines)
    assert.not_equal(0, result.status)
    return result.err
  end

  it("is checked by the host, against the schema that config declares", function()
    assert.match([[error in plugin dummy init config: In <root>%["?jitter"?%], Value type not permitted]],
      refusal [[{"jitter": "a lot"}]])
  end)

  it("that is no JSON object is refused when the library is loaded, since it may name the script", function()
    for _, config in ipairs { [[{"jitter":]], "[1]", "jitter" } do
      assert.match("cannot load plugin ./libdummy.so: .*init_config of this library is no JSON object", refusal(config))
    end
  end)

  it("is checked by lure where schemas say nothing, and the message names file and line", function()
    assert.match([[dummy.lua:14: init_config: unknown key "jiter"; did you mean "jitter"?]],
      refusal [[{"jiter": 1}]], 1, true)
  end)

  it("may have limits under the key lure, and an unknown one is an error", function()
    assert.match([[unknown key "memry" in init_config.lure; did you mean "memory"?]],
      refusal [[{"lure": {"memry": 1}}]], 1, true)
  end)

  it("may name the script and limits where the script's own schema forbids further properties", function()
    local strict = host:with("strict", [==[
      local jitter
      return {
        name = "strict", id = 997, version = "0.1.0", event_source = "strict", description = "-", contact = "-",
        init_schema = [[{
          "type": "object", "properties": { "jitter": { "type": "integer" } }, "additionalProperties": false
        }]],
        init = function(config)
          jitter = config.jitter
          assert(config.script == nil and config.lure == nil, "the script sees lure's own keys")
        end,
        open = function()
          local left = 1
          return function()
            left = left - 1
            if left == 0 then return "jitter is " .. jitter end
          end
        end,
      }
    ]==])
    local result = host:run {
      plugins = { strict .. [[:{"script": "strict.lua", "lure": {"max_errors": 1}, "jitter": 3}]] },
      source = strict, format = "%evt.plugininfo",
    }
    assert.same({ "jitter is 3" }, result.lines, result.err)
    result = host:run { plugins = { strict .. [[:{"jitter": 3, "other": 1}]] }, source = strict }
    assert.match("error in plugin strict init config: .*'other'", result.err)
  end)

  it("that init does not want stops the host with the text of init", function()
    local picky = host:with("picky", [[
      return {
        name = "picky", id = 997, version = "0.1.0", event_source = "picky", description = "-", contact = "-",
        next = function() return nil end,
        init = function(config)
          if config.how == "throw" then error("no such service") end
          return nil, "the service is closed"
        end,
      }
    ]])
    local thrown = host:run { plugins = { picky .. [[:{"how": "throw"}]] }, source = picky }
    assert.match("ould not initialize plugin: picky.lua:5: init: no such service", thrown.err, 1, true)
    local returned = host:run { plugins = { picky }, source = picky }
    assert.match("ould not initialize plugin: picky.lua:4: init: the service is closed", returned.err, 1, true)
  end)
end)

sysdig.each("open parameters", function(host)
  -- The same for open. sysdig 0.29 does not look whether open has failed, and crashes, so the log has to say why.
  local function refusal(params)
    local result = host:run {
      plugins = { host:with("dummy") }, source = "./libdummy.so" .. params, format = "%dummy.value",
    }
    assert.same({}, result.lines)
    assert.not_equal(0, result.status)
    return result.err
  end

  it("that dummy cannot use are refused by name, with file and line", function()
    assert.match("dummy.lua:17: open parameters: expected JSON", refusal ":start", 1, true)
    assert.match([[dummy.lua:17: open parameters: "start" is missing]], refusal [[:{"maxEvents": 1}]], 1, true)
    assert.match([[dummy.lua:17: open parameters: "maxEvents" is missing]], refusal [[:{"start": 1}]], 1, true)
    assert.match([[dummy.lua:17: open parameters: "%a+" is missing]], refusal "")
  end)

  it("may all be left out with dummy_c", function()
    local dummy_c = host:with("dummy_c")
    local result = host:run { plugins = { dummy_c }, source = dummy_c, format = "%dummy.value" }
    assert.equal(20, #result.lines)
    assert.equal(0, result.status)
  end)

  it("that open does not want stop the host with the text of open", function()
    local picky = host:with("picky", [[
      return {
        name = "picky", id = 997, version = "0.1.0", event_source = "picky", description = "-", contact = "-",
        next = function() return nil end,
        open = function(params)
          if params == "throw" then error("no such queue") end
          return nil, "the queue is closed"
        end,
      }
    ]])
    local thrown = host:run { plugins = { picky }, source = picky .. ":throw" }
    assert.match("picky.lua:5: open: no such queue", thrown.err, 1, true)
    local returned = host:run { plugins = { picky }, source = picky }
    assert.match("picky.lua:4: open: the queue is closed", returned.err, 1, true)
  end)
end)
