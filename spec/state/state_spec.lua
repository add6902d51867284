-- lure.state: a small table that outlives the host.
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"
local quote = support.quote

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

local function new_folder()
  local file = support.file("", "state/none")
  os.remove(file)
  return (file:gsub("/none$", ""))
end

local function config(folder, more)
  return ('{"lure": {"state": "%s"%s}}'):format(folder, more or "")
end

--- What `code` returns as text, in a plugin whose state is kept in the folder.
local function value(folder, code, options)
  options = options or {}
  local state = support.start(given.extractor(([[
    fields = { { name = "x.y", type = "string", desc = "-", extract = function() %s end } } ]]):format(code)),
    { config = config(folder, options.config), api = options.api })
  local result, message = state:extract(support.event "1", "x.y")
  state:destroy()
  return result, message
end

for _, api in ipairs { 3, 0 } do
  it("lure.state keeps strings, numbers and booleans for the next start, in plugin API " .. api, function()
    local folder = new_folder()
    local show = [[
      local shown = {}
      for i, key in ipairs { "text", "integer", "float", "true", "false", "empty", "" } do
        local value = lure.state.get(key)
        shown[i] = math.type(value) or type(value)
        shown[i] = shown[i] .. " " .. tostring(value)
      end
      return table.concat(shown, ", ")]]
    assert.equal("nil nil, nil nil, nil nil, nil nil, nil nil, nil nil, nil nil", value(folder, show, { api = api }))
    value(folder, [[
      local state = lure.state
      state.set("text", "a\0b"); state.set("integer", math.mininteger); state.set("float", -0.1)
      state.set("true", true); state.set("false", false); state.set("empty", ""); state.set("", 1)
      state.set("gone", 1); state.set("gone", nil)
      return "done"]], { api = api })
    local expected = "string a\0b, integer -9223372036854775808, float -0.1, boolean true, boolean false, string , integer 1"
    assert.equal(expected:gsub("%z", "\u{FFFD}"), (value(folder, show, { api = api }):gsub("\\u0000", "\u{FFFD}"):gsub("%z", "\u{FFFD}")))
    assert.equal("nil", value(folder, 'return tostring(lure.state.get "gone")', { api = api }))
  end)
end

it("lure.state of a source is written when the host has taken the batch, not before", function()
  local folder = new_folder()
  local state = support.start(given.source [[
    open = function() return { n = lure.state.get "n" or 0 } end,
    next = function(i)
      if i.given == 3 then i.given = 0; return lure.TIMEOUT end
      i.n = i.n + 1; i.given = (i.given or 0) + 1
      lure.state.set("n", i.n)
      return i.n
    end]], { config = config(folder) })
  local function kept()
    support.run(("rm -rf %s.copy; cp -r %s %s.copy"):format(quote(folder), quote(folder), quote(folder)))
    return value(folder .. ".copy", 'return tostring(lure.state.get "n")')
  end
  local instance = assert(state:open())
  local _, events = instance:next_batch()
  assert.equal(3, #events)
  assert.equal("nil", kept())
  instance:next_batch()
  assert.equal("3", kept())
  instance:close()
  state:destroy()
  assert.equal("6", value(folder, 'return tostring(lure.state.get "n")'))
end)

it("lure.state refuses other keys and values", function()
  local folder = new_folder()
  for code, expected in pairs {
    ['lure.state.set(1, 2)'] = "lure.state.set: expected a string as key, got integer 1",
    ['lure.state.get()'] = "lure.state.get: expected a string as key, got nothing",
    ['lure.state.set("a", {})'] = "lure.state.set: expected a string, a number, a boolean or nil, got table; " ..
      "lure.json.encode makes a string of a table",
    ['lure.state.set(("k"):rep(257), 1)'] = "lure.state.set: expected a key of at most 256 bytes, got 257",
    ['lure.state.set("a", ("v"):rep(65536))'] = "lure.state.set: all keys and values together may have 65536 bytes; " ..
      "this would be more",
  } do
    local _, message = value(folder, code)
    assert.truthy(tostring(message):find(expected, 1, true), tostring(message))
  end
end)

it("lure.state takes up to its bound, and no byte more", function()
  local folder = new_folder()
  local fill = 'lure.state.set("a", 1); lure.state.set(("k"):rep(256), ("v"):rep(65536 - 17 - 16 - 256 + %d)); return "done"'
  assert.equal("done", value(folder, fill:format(0)))
  local _, message = value(folder, fill:format(1))
  given.holds(message, "65536 bytes")
  assert.equal("65247", value(folder, 'return tostring(#lure.state.get(("k"):rep(256)))'))
end)

it("lure.state is not for the script's top level", function()
  given.holds(given.problem 'local lure = require "lure"; lure.state.get "a"; return {}', "lure.state: ", "call it in init")
end)

describe("in the safe sandbox lure.state", function()
  it("is refused by name", function()
    local _, message = value(new_folder(), 'return lure.state.get "a"', { config = ', "sandbox": "safe"' })
    given.holds(message, 'lure.state.get: not in the safe sandbox; list "state" in init_config.lure.allow')
  end)

  it("is there where init_config.lure.allow lists it", function()
    assert.equal("1", value(new_folder(), 'lure.state.set("a", 1); return tostring(lure.state.get "a")',
      { config = ', "sandbox": "safe", "allow": ["file", "state"]' }))
  end)
end)

for text, expected in pairs {
  ['{"lure": {"allow": ["flie"]}}'] = 'init_config.lure.allow: unknown module "flie"; did you mean "file"?',
  ['{"lure": {"allow": ["x12345"]}}'] = "init_config.lure.allow: expected names of modules that the safe sandbox does not " ..
    'have (file, process, net, http, state), got "x12345"',
  ['{"lure": {"allow": [1]}}'] = "got another value",
  ['{"lure": {"allow": "state"}}'] = "init_config.lure.allow: expected a list of names of modules: file, ",
  ['{"lure": {"state": "folder"}}'] = "init_config.lure.state: expected the absolute path of a directory, or false",
  ['{"lure": {"state": true}}'] = "init_config.lure.state: expected the absolute path of a directory, or false",
} do
  it("the configuration " .. text .. " is refused", function()
    local library = assert(support.load_script(given.field "function() return 1 end"))
    local state, message = library:init(text)
    assert.is_nil(state)
    given.holds(message, expected)
  end)
end

describe("the state directory", function()
  local script = given.extractor [[ init = function() lure.state.set("a", 1) end,
    fields = { { name = "x.y", type = "string", desc = "-", extract = function() return "1" end } } ]]

  local function files(environment, text)
    local folder = new_folder()
    local program = ([[
      local host = require "lure.host"
      local state = assert(assert(host.load(os.getenv "LIBRARY")):init(%q))
      state:destroy()]]):format((text or ""):gsub("FOLDER", folder))
    local output = support.run(("env -u LURE_STATE %s LIBRARY=%s LURE_SCRIPT=%s LUA_CPATH=%s lua5.4 -e %s"):format(
      environment:gsub("FOLDER", folder), quote(support.lib()), quote(support.file(script)), quote(package.cpath), quote(program)))
    return support.run(("ls %s"):format(quote(folder))), output
  end

  it("is the one of init_config, of LURE_STATE, or of systemd, in this order", function()
    assert.equal("x.state\n", (files("LURE_STATE=/nowhere", '{"lure": {"state": "FOLDER"}}')))
    assert.equal("x.state\n", (files "LURE_STATE=FOLDER STATE_DIRECTORY=/nowhere"))
    assert.equal("x.state\n", (files "STATE_DIRECTORY=FOLDER:/nowhere"))
  end)

  it("is none where the configuration or LURE_STATE says so", function()
    assert.same({ "", "" }, { files("STATE_DIRECTORY=FOLDER", '{"lure": {"state": false}}') })
    assert.same({ "", "" }, { files "LURE_STATE=none STATE_DIRECTORY=FOLDER" })
  end)

  it("that cannot be used is told, and the script runs", function()
    local _, output = files "LURE_STATE=/nowhere/at/all"
    assert.equal("x: error: /nowhere/at/all: the state directory: No such file or directory; name one in " ..
      "init_config.lure.state\n", output)
  end)
end)
