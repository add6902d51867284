-- YAML files that lure's library reads for the program lure (src/hostconfig/lure_settings.h).

local support = require "spec.support"
local json_text = require "spec.json_text"
local host = require "lure.host"

local function settings(request, text, schema, name)
  local answer, message = host.settings(support.build .. "/lib/liblure.so", request, support.file(text, name or "x.yaml"), schema)
  return answer and json_text.decode(answer), message
end

-- What the first plugin of a configuration of Falco is told to be.
local function plugin(text, schema) return settings("falco", "plugins:\n- library_path: l.so\n  " .. text, schema).plugins[1] end

describe("the settings of lure's library", function()
  it("are maps as the host converts them, unless a schema is given", function()
    local map = 'init_config: {id: 0123, quoted: "0123", large: 12345678901234567, none: {}}'
    assert.equal('{"id":83,"quoted":83,"large":12345678901234568.0,"none":null}', plugin(map).init_config)
    assert.equal('{"id":83,"quoted":"0123","large":12345678901234567,"none":{}}', plugin(map, "{}").init_config)
    assert.equal('{"id":"0123","quoted":"0123","large":12345678901234567,"none":{}}',
      plugin(map, '{"properties": {"id": {"type": "string"}}}').init_config)
    assert.same({ text = '{"a":[1,"1"]}' }, settings("yaml", 'a: [1, "1"]', "{}"))
    assert.same({ text = '{"a":[1,1]}' }, settings("yaml", 'a: [1, "1"]'))
    assert.same({ text = '{"a":83}' }, settings("yaml", "a: 0123", "no JSON"))
  end)

  it("are texts as they stand, and no more than there is", function()
    assert.same({ text = "{a: 1}" }, settings("yaml", "'{a: 1}'"))
    assert.same({ text = "" }, settings("yaml", "~"))
    assert.same({ library = "/usr/share/falco/plugins/l.so", origin = "x.yaml:2", init_config = "" }, plugin "x: 1")
    assert.same({ library = "/usr/share/falco/plugins/l.so", origin = "x.yaml:3", init_config = '{"a": 1.0}', name = "n",
      open_params = " o" }, plugin "init_config: '{\"a\": 1.0}'\n  name: n\n  open_params: ' o'")
  end)

  -- A file of rules, which is answered as text.
  local function rules(text)
    return (assert(host.settings(support.lib(), "rules", support.file(text, "x.yaml"))))
  end

  it("are all documents of a file of rules, with the places of their values", function()
    assert.equal("d 2\nl 1 1\nm 1 2\nk 4\nlist\nt 1 8 0 1\nx\nk 5\nitems\nl 2 3\nt 2 10 0 1\na\nt 2 13 1 3\nb c\nn 2\n"
      .. "m 4 1\nk 9\ncondition\nt 4 11 1 4\na b\n\n", rules "- list: x\n  items: [a, 'b c', ~]\n---\ncondition: >\n  a\n  b\n")
  end)

  it("say with file and line what is wrong", function()
    assert.same({ problem = "x.yaml:2: not read: an alias without its anchor" }, settings("yaml", "a: 1\nb: *x"))
    assert.equal('{"problem":"x.yaml:3: not read: an alias without its anchor"}', rules "- &x 1\n---\n- *x")
    assert.equal("d 0\n", rules "# nothing\n")
    assert.matches("^x%.yaml:%d: not read: ", settings("falco", "plugins: [").problem)
    assert.matches("^/nowhere: not read as YAML$", json_text.decode(assert(host.settings(support.build .. "/lib/liblure.so",
      "yaml", "/nowhere"))).problem)
    assert.matches("^x%.yaml:4: open_params: expected a text", plugin("init_config: {}\n  open_params: [1]").problem)
    assert.is_nil(plugin("init_config: not for lure").problem)
    assert.matches('^x%.yaml:3: script "/nowhere%.lua" not found', plugin("init_config: {script: /nowhere.lua}").problem)
  end)

  it("end where aliases make a file far larger than it is", function()
    local lines = { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" }
    for i = 1, 9 do
      lines[i + 1] = ("a%d: &a%d [%s]"):format(i, i, (("*a%d, "):format(i - 1):rep(10):sub(1, -3)))
    end
    assert.matches("too large$", settings("yaml", table.concat(lines, "\n"), "{}").problem)
    assert.matches("x.yaml:6: not read: the values of a file of rules may take 128 MiB", rules(table.concat(lines, "\n")), 1, true)
  end)

  it("have at most 16 MiB: the bytes of texts, and 64 of each value", function()
    local mib = 1 << 20
    local function problem(last)
      local text = ("- &a %s\n%s- %s\n"):format(("x"):rep(mib), ("- *a\n"):rep(14), ("y"):rep(last))
      return settings("yaml", text, "{}").problem
    end
    local last = 16 * mib - 15 * mib - (1 + 15 + 1) * 64 -- what the list, its texts and this one leave
    assert.is_nil(problem(last))
    assert.matches("as JSON it is too large$", problem(last + 1))
  end)

  it("come from a library of lure's only", function()
    local answer, message = host.settings(support.build .. "/lib/lua/5.4/lure/host.so", "yaml", "x")
    assert.is_nil(answer)
    assert.matches("was not made by this version of lure$", message)
    assert.is_nil((host.settings("/nowhere.so", "yaml", "x")))
  end)
end)
