-- Nothing that a plugin or a payload says drives a terminal, whatever prints it: control characters, bytes that are
-- not UTF-8, and characters that change the direction of text or are not shown.

local json_text = require "spec.json_text"
local program = require "spec.cli.program"
local support = require "spec.support"

local lure, quote = program.lure, support.quote

-- Each with what is shown in its place.
local hostile = {
  { "\27[31m", [[\x1b[31m]] }, { "\7", [[\x07]] }, { "\127", [[\x7f]] }, { "\r", [[\r]] },
  { "\u{9b}", [[\u{9b}]] }, { "\u{85}", [[\u{85}]] }, { "\x9b", [[\x9b]] }, { "\xff", [[\xff]] },
  { "\u{202e}", [[\u{202e}]] }, { "\u{2066}", [[\u{2066}]] }, { "\u{200f}", [[\u{200f}]] }, { "\u{61c}", [[\u{61c}]] },
  { "\u{2028}", [[\u{2028}]] }, { "\u{2029}", [[\u{2029}]] }, { "\u{200b}", [[\u{200b}]] }, { "\u{200d}", [[\u{200d}]] },
  { "\u{2060}", [[\u{2060}]] }, { "\u{feff}", [[\u{feff}]] }, { "\u{ad}", [[\u{ad}]] }, { "\u{3164}", [[\u{3164}]] },
  { "\u{fe0f}", [[\u{fe0f}]] }, { "\u{e0041}", [[\u{e0041}]] },
}

local raw, shown = {}, {}
for i, pair in ipairs(hostile) do raw[i], shown[i] = pair[1], pair[2] end
raw, shown = table.concat(raw), table.concat(shown)

-- What is left of them where a text has to be UTF-8 without control characters.
local in_names = "\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}"

-- The first hostile sequence in a text, as Lua would write it; nil: there is none.
local function found_in(text)
  for _, pair in ipairs(hostile) do
    local at = text:find(pair[1], 1, true)
    -- a byte of another character is not meant
    if at and (utf8.len(pair[1]) or not utf8.len(text)) then return ("%q in %q"):format(pair[1], text:sub(at - 40, at + 40)) end
  end
end

local function is_clean(result, what)
  assert.is_nil(found_in(result.out), what)
  assert.is_nil(found_in(result.err), what)
  assert.is_not_nil(utf8.len(result.out .. result.err), what)
  assert.is_nil((result.out .. result.err):find("bug in lure", 1, true), result.err)
end

-- A script that says such things wherever it can say something.
local function hostile_script()
  return support.file(([[
    local raw, named = %q, %q
    local lure = require "lure"
    print("top " .. raw)
    return { name = "n", version = "1.0.0", id = 7, event_source = "s", description = "d " .. raw,
      contact = "c " .. raw,
      config = { key = { type = "string", description = "described " .. raw, default = "by default " .. named } },
      init = function() print(raw) lure.log.warning("init " .. raw) end,
      open_params = function() return { { value = "v" .. named, desc = "o " .. named } } end,
      open = function(params) lure.log.error("open " .. raw .. params) return { 3 } end,
      next = function(i)
        i[1] = i[1] - 1
        if i[1] == 0 then return nil, "over " .. raw end
        return "p " .. raw
      end,
      to_string = function(event) return "told " .. raw end,
      fields = {
        { name = "n.value", type = "string", desc = "described " .. raw, display = "shown " .. named,
          extract = function() return raw:gsub("[\x9b\xff]", "") end },
        { name = "n.key", type = "string", desc = "-", arg = { key = true }, extract = function(_, arg) return arg end },
        { name = "n.fails", type = "string", desc = "-", extract = function() error("failed " .. raw) end },
      } }]]):format(raw, in_names), "hostile.lua")
end

describe("what a plugin says is escaped on a terminal by", function()
  local script, folder = hostile_script(), support.file("", "none"):match("(.*)/")
  local spec = support.file(([[
    local testing = require "lure.testing"
    local raw = %q
    describe("a plugin " .. raw, function()
      local plugin = testing.load(%q)
      it("differs " .. raw, function() assert.equal("x", plugin:events("", 1)[1].data) end)
      it("fails " .. raw, function() plugin:event(raw):field("n.fails") end)
      it("throws", function() error(raw) end)
      pending("later " .. raw)
      it("prints", function() print("printed", raw) io.write("written ", raw, "\n") end)
    end)]]):format(raw, script), "t_spec.lua")
  local commands = {
    { "run", script }, { "run", script, "-p", "%evt.plugininfo|%n.value|%20n.value|%n.key[" .. raw .. "]" },
    { "run", script, "--raw" }, { "run", script, "--json" }, { "run", script, "--profile" }, { "check", script },
    { "check", script, "--run" }, { "check", script, "--json", "--run" }, { "show", script }, { "show", script, "--json" },
    { "show", script, "--format", "markdown" }, { "show", script, "--format", "falco" },
    { "show", script, "--format", "falco-rules" },
    { "record", script, "-o", folder .. "/recorded" }, { "record", script, "-o", folder .. "/" .. raw .. "/x" },
    { "pack", script, "-o", folder .. "/lib" .. raw:gsub("[/\r]", "") .. ".so" }, { "pack", script, "-o", folder .. "/j.so", "--json" },
    { "test", spec, "--output=plainTerminal" }, { "test", spec, "--output=TAP" }, { "test", spec, "--output=utfTerminal" },
    { "test", spec, "--output=gtest" }, { "test", spec, "--json" }, { "test", spec, "--output=junit" }, { "test", spec, "--list" },
    { "new", folder .. "/" .. raw .. "/mine" }, { "new", raw }, { "run", raw .. ".lua" }, { raw }, { "--" .. raw },
    { "run", script, "--" .. raw }, { "run", script, "-p", "%" .. raw }, { "run", script, "--config", raw },
    { "falco", script, "--falco", "/nowhere/" .. raw, "-r", script }, { "falco", script, "-r", raw },
    { "run", "--falco", raw }, { "check", script, "--events", raw }, { "test", raw },
  }
  it("lure at all: the script runs", function()
    assert.matches("told ", lure("run", script).out, 1, true)
    assert.matches("over ", lure("run", script).err, 1, true)
    assert.matches("n.value", lure("show", script).out, 1, true)
  end)

  for _, words in ipairs(commands) do
    local name = table.concat(words, " "):gsub(folder:gsub("%p", "%%%0"), ""):gsub(support.folder():gsub("%p", "%%%0"), "")
      :gsub("[^ -~]+", "?")
    it("lure " .. name, function() is_clean(lure(table.unpack(words))) end)
  end

  it("lure repl, at its prompt too", function()
    local lines = { "event.data", ":next", ":fields", "plugin.description", "('x'):rep(3) .. plugin.contact", ":" .. raw, raw,
      "setmetatable({}, { __tostring = function() return plugin.contact end })", "error(plugin.contact)" }
    for _, line in ipairs(lines) do
      is_clean(program.shell(("printf '%%s\\n' %s | timeout 60 $lure"):format(quote(line)), { "repl", script, "--event", raw }),
        line)
    end
  end)

  it("lure falco, which shows what Falco says of a change that it refuses", function()
    local place = support.file("#!/bin/sh\ncase \"$*\" in *--dry-run*) printf '%b' '" .. "\\033[31m\\342\\200\\256" ..
      "'; exit 1;; esac\nsleep 60\n", "falco")
    support.run("chmod +x " .. quote(place))
    local rules, own = support.file("- rule: x", "r.yaml"), support.file("return { " .. program.source .. program.once "x" .. "}")
    local result = program.shell(("$lure & child=$!; sleep 1; echo >>%s; until grep -q 'goes on' /proc/$$/fd/2; do "
      .. "sleep 0.05; done; kill -INT $child; wait $child"):format(quote(rules)), { "falco", own, "--falco", place, "-r", rules })
    is_clean(result)
    assert.matches([[\x1b[31m\u{202e}]], result.err, 1, true)
  end)
end)

-- A plugin in C, whose names nobody has checked: another of the specs, with hostile bytes in its texts.
local function foreign_plugin()
  local source = os.getenv("LURE_SOURCE") or "."
  local folder = source .. "/spec/host/plugins"
  local file = assert(io.open(folder .. "/counter_v3.c"))
  local code = file:read("a")
  file:close()
  local octal = raw:gsub(".", function(byte) return ("\\%03o"):format(byte:byte()) end)
  for _, words in ipairs { 'return "counter', 'return "Numbers', 'return "specs', 'return "counting', '"number ', '"cannot ' } do
    local at = select(2, assert(code:find(words, 1, true)))
    code = code:sub(1, at) .. octal .. code:sub(at + 1)
  end
  local path = support.file(code, "hostile.c")
  local library = path:gsub("hostile.c$", "libhostile.so")
  local said, status = support.run(("gcc -D_GNU_SOURCE -shared -fPIC -w -I%s/src -I%s/shared -o %s %s"):format(quote(source),
    quote(folder), quote(library), quote(path)))
  assert(status == 0, said)
  return library
end

describe("what a plugin in another language says", function()
  it("is escaped, names included", function()
    local library = foreign_plugin()
    for _, words in ipairs { { "run", "-n", "2" }, { "run", "--json", "-n", "2" }, { "run", "--open", "x" }, { "check", "--run" },
      { "check", "--json" }, { "show" }, { "show", "--json" }, { "show", "--format", "markdown" }, { "show", "--format", "falco" },
      { "show", "--format", "falco-rules" }, { "repl" }, { "record", "-n", "1", "-o", library .. ".json" },
      { "run", "-n", "1", "-p", "%evt.pluginname %evt.plugininfo %evt.source" } } do
      local what = table.concat(words, " ")
      table.insert(words, 2, library)
      local result = lure(table.unpack(words))
      is_clean(result, what)
      if what == "show" then assert.matches("counter" .. shown:sub(1, 20), result.out, 1, true) end
    end
  end)
end)

describe("what people read", function()
  it("is written by one module", function()
    local source = os.getenv("LURE_SOURCE") or "."
    local written = support.run(("cd %s/lua/lure && grep -rnE 'io\\.(write|stdout:write|stderr:write)' cli cli.lua testing*")
      :format(quote(source)))
    for line in written:gmatch("[^\n]+") do
      assert.is_truthy(line:find("^cli/terminal%.lua:") or line:find("^cli/templates/"), line)
    end
  end)
end)

-- Events of lines, which it does not look at.
local fields_only = [[return { name = "t", version = "1.0.0", extract_event_sources = { "t" }, fields = {
  { name = "t.x", type = "string", desc = "-", extract = function() end } } }]]

describe("what is escaped", function()
  it("is shown, each in its way, and everything else stays", function()
    local result = lure("run", support.file(fields_only), "--events", support.file("é 漢字 カナ 한글 😀 ~\t" .. raw))
    assert.truthy(result.out:find("é 漢字 カナ 한글 😀 ~\t" .. shown .. "\n", 1, true), result.out)
  end)

  it("ends where the ranges of src/base/utf8.c end, for the library as for the program", function()
    local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/src/base/utf8.c"))
    local list, raw_parts, wanted = file:read("a"):match("utf8_hidden%[%] = (%b{})"), {}, {}
    file:close()
    for first, last in list:gmatch("{0x(%x+), *0x(%x+)}") do
      first, last = tonumber(first, 16), tonumber(last, 16)
      table.move({ utf8.char(first), utf8.char(last), first > 0x80 and utf8.char(first - 1) or "", utf8.char(last + 1) },
        1, 4, #raw_parts + 1, raw_parts)
      table.move({ ("\\u{%x}"):format(first), ("\\u{%x}"):format(last), first > 0x80 and utf8.char(first - 1) or "",
        utf8.char(last + 1) }, 1, 4, #wanted + 1, wanted)
    end
    assert.is_true(#wanted > 70)
    local text = table.concat(raw_parts)
    local script = program.script(("next = function() error(%q, 0) end"):format("said " .. text))
    assert.matches("said " .. table.concat(wanted), lure("run", script).err, 1, true)
    script = support.file(fields_only)
    assert.matches(" " .. table.concat(wanted) .. "\n", lure("run", script, "--events", support.file(text)).out, 1, true)
  end)

  it("is escaped in JSON as JSON has it, and means the same", function()
    local text = raw:gsub("[\x9b\xff]", "", 1) -- not UTF-8 is U+FFFD there
    for _, pair in ipairs(hostile) do
      if utf8.len(pair[1]) and #pair[1] < 4 then
        local result = lure("run", program.script(program.once("x" .. pair[1])), "--json")
        assert.is_nil(found_in(result.out), text)
        assert.equal("x" .. pair[1], json_text.decode(result.out).payload)
      end
    end
    local result = lure("run", program.script(program.once("\u{e0041}\u{10ffff}")), "--json")
    assert.truthy(result.out:find([["payload":"\udb40\udc41]] .. "\u{10ffff}" .. '"', 1, true), result.out)
  end)

  it("of lure test as JSON is JSON", function()
    local spec = support.file(("it(%q, function() error(%q) end)"):format(raw, raw), "t_spec.lua")
    local result = lure("test", spec, "--json")
    assert.equal(1, #json_text.decode(result.out).errors)
  end)

  it("does not take colours from Busted, which has them where it is told to", function()
    local spec = support.file(("it('fails', function() error(%q) end)"):format("\27[32m"), "t_spec.lua")
    local result = program.shell("script -qec \"$lure\" /dev/null </dev/null", { "test", spec })
    assert.matches("\27[31m", result.out, 1, true)
    assert.matches([[\x1b[32m]], result.out, 1, true)
  end)

  it("in a recording that was written raw is the same event", function()
    local script = program.script(program.once("a\u{200d}b") .. [[fields = {
      { name = "t.x", type = "string", desc = "-", extract = function(data) return data end } } ]])
    local folder = script:match("(.*)/")
    local file = assert(io.open(folder .. "/old.json", "w"))
    file:write('{"num":1,"ts":"1","source":"t","payload":"a\u{200d}b","fields":{"t.x":"a\u{200d}b"}}\n')
    file:close()
    local spec = support.file(("it('is', function() require('lure.testing').load(%q):golden(%q) end)"):format(script,
      folder .. "/old.json"), "t_spec.lua")
    local result = lure("test", spec)
    assert.equal(0, result.status, result.out)
  end)
end)
