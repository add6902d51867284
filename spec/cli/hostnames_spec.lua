-- lure check: names of fields that hosts, or official plugins, have.

local lint_result = require "spec.cli.lintresult"

--- What is said of a script of that source with these fields.
local function told(source, ...)
  local fields = {}
  for i, name in ipairs { ... } do
    fields[i] = ('{ name = "%s", type = "string", desc = "-", path = "/x" },'):format(name)
  end
  return lint_result.findings_of(lint_result.script(("plugin.next = function() end\nplugin.extract_event_sources = { %q }\n"
    .. "plugin.fields = {\n%s\n}"):format(source, table.concat(fields, "\n"))))
end

describe("a field with a name of the host's own", function()
  it("is refused by Falco, in events of every source and in those of the kernel", function()
    local list, result = told("t", "evt.num")
    assert.same({ "script.lua:6: field evt.num is one of the host's own, and Falco refuses the plugin; call it otherwise" },
      list)
    assert.equal(1, result.status)
    assert.same({ "script.lua:6: field proc.name is one of the host's own, and Falco refuses the plugin; call it otherwise" },
      (told("syscall", "proc.name")))
  end)

  it("is not found by filters where it only begins so", function()
    assert.same({
      "script.lua:6: hint: hosts take evt.number for evt.num with something behind it, and no filter can name it; call it "
        .. "otherwise",
    }, (told("t", "evt.number")))
    assert.same({
      "script.lua:6: hint: hosts take fd.names for fd.name with something behind it, and no filter can name it; call it "
        .. "otherwise",
      'script.lua:7: hint: hosts take no name that begins with "arg", as argo.app does; call it otherwise',
    }, (told("syscall", "fd.names", "argo.app")))
  end)

  it("is hinted at where only sysdig has it, or only older hosts", function()
    assert.same({
      "script.lua:6: hint: sysdig takes proc.name for its own field of that name; call it otherwise",
      "script.lua:7: hint: sysdig takes user.names for user.name with something behind it, and no filter can name it; call "
        .. "it otherwise",
      "script.lua:8: hint: hosts of the plugin API 0.3.0 take syslog.message for their own field syslog.message",
      'script.lua:9: hint: sysdig takes no name that begins with "arg", as argo.app does; call it otherwise',
    }, (told("t", "proc.name", "user.names", "syslog.message", "argo.app")))
  end)
end)

describe("a field with a name of an official plugin", function()
  it("is hinted at, once for each plugin", function()
    assert.same({
      'script.lua:6: hint: field ka.verb (and 1 more): the plugin "k8saudit" has it, too, and Falco refuses both for the same '
        .. "events",
    }, (told("t", "ka.verb", "ka.uri", "mine.verb")))
  end)
end)

describe("other names", function()
  it("are nobody's", function()
    assert.same({}, (told("t", "t.num", "event.num", "process.name", "mine.evt.num", "k.a")))
  end)
end)
