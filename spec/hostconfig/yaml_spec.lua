--- falco.yaml is read as yaml-cpp reads it, with which Falco does.
local process = require "spec.hostconfig.hostprocess"

local here

before_each(function()
  here = process.folder()
  here:script("one.lua", "one")
end)

after_each(function() here:remove() end)

local ENTRY = "plugins:\n  - name: one\n    library_path: @LIB@\n    init_config:\n      script: one.lua\n"

--- What the plugin is called with this falco.yaml.
local function name_of(text)
  here:write("falco.yaml", text)
  local answer = here:falco("-c falco.yaml")
  return answer.name, answer.version
end

describe("falco.yaml", function()
  for what, text in pairs {
    ["a Latin-1 byte in a comment"] = "# caf\xE9\n" .. ENTRY,
    ["a Latin-1 byte in a value"] = "who: caf\xE9\n" .. ENTRY,
    ["half a UTF-8 sequence"] = "# \xE2\x80\nwho: '\xC3'\n" .. ENTRY,
    ["control characters"] = "# \1\7\27[31m\127\nwho: \"a\8b\"\n" .. ENTRY,
    ["C1 characters and line breaks of Unicode"] = "# \xC2\x9B \xC2\x85plugins: []\n# \xE2\x80\xA8plugins: []\n" .. ENTRY,
    ["a carriage return in a line"] = "# a\rplugins: []\n" .. ENTRY,
    ["a byte order mark"] = "\xEF\xBB\xBF" .. ENTRY,
    ["a byte order mark before a directive"] = "\xEF\xBB\xBF%YAML 1.2\n---\n" .. ENTRY,
    ["a byte order mark in a comment"] = "# \xEF\xBB\xBF\n" .. ENTRY,
    ["a later version of YAML"] = "%YAML 1.3\n---\n" .. ENTRY,
    ["directives that nobody knows"] = "# here\n\n%FALCO x y\n%TAG !e! tag:example.org,2000:\n---\n" .. ENTRY,
    ["more than one document"] = ENTRY .. "---\nplugins: []\n",
    ["a document that ends"] = ENTRY .. "...\n%%% nothing [ of this {\n",
    ["line ends of Windows"] = ENTRY:gsub("\n", "\r\n"),
    ["tabs on empty lines and before comments"] = ENTRY:gsub("    init", "\t\n  \t\n\t# x\n    init") .. "\t",
    ["a tab behind a key"] = ENTRY:gsub(": one.lua", ":\tone.lua\t# x"),
  } do
    it("may have " .. what, function() assert.equal("one", name_of(text)) end)
  end

  for _, name in ipairs { "a.b", "a:b", "x/y", "caf\xC3\xA9", "caf\xE9", "a#b", "a*b", "50%", "(a)", "a;b=c" } do
    it("may have an anchor called " .. name:gsub("[\x80-\xFF]+", "?"), function()
      assert.equal("one", name_of(("common: &%s one.lua\n"):format(name) .. ENTRY:gsub("one.lua", "*" .. name:gsub("%%", "%%%%"))))
      assert.equal("one", name_of(("list: [&%s one.lua, *%s]\n"):format(name, name) .. ENTRY:gsub("one.lua", "*" .. name:gsub("%%", "%%%%"))))
    end)
  end

  it("keeps in values what only looks like an anchor, and every byte", function()
    for _, script in ipairs { "x &a.b.lua", "x *.lua", "a\xE9b.lua", "a\xC2\x85b.lua", "a\xE2\x80\xA8.lua", "aZ9b\xFFZ.lua", "ZZZ\xFF\xFEZZ00.lua",
                              "Z\xFF\7f.lua", "a &b: c.lua" } do
      here:script(script, "one")
      for _, quoted in ipairs { script:find(": ") and "'%s'" or "%s", "'%s'", '"%s"', "|\n        %s", ">-\n        %s" } do
        local text = quoted:gsub("%%s", function() return script end)
        assert.equal("one", name_of((ENTRY:gsub("one.lua", function() return text end))), text)
      end
    end
  end)

  it("keeps escapes in double quotes beside what looks like an anchor", function()
    here:script("x &a\t.lua", "one")
    assert.equal("one", name_of((ENTRY:gsub("one.lua", '"x &a\\t.lua"'))))
    here:script('x &"a.lua', "one")
    assert.equal("one", name_of((ENTRY:gsub("one.lua", '"x &\\"a.lua"'))))
  end)

  it("keeps keys with such bytes apart", function()
    assert.equal("one", name_of("plugins\xE9: []\nplugins\xEA: []\n" .. ENTRY))
  end)

  it("is told with its line where neither reads it", function()
    assert.equal("falco.yaml:3: not read: found undefined tag handle; no script is known without it",
      (select(2, name_of("# caf\xE9\n# \7\na: !x!y z\n"))))
  end)

  it("that is empty may be filled by -o", function()
    for _, text in ipairs { "", "# nothing\n", "---\n", "~\n" } do
      here:write("falco.yaml", text)
      assert.equal("one", here:falco(("-c falco.yaml -o plugins[].name=one -o plugins[0].library_path=%s " ..
        "-o plugins[0].init_config.script=one.lua"):format(here.library)).name)
    end
  end)

  it("may have as many values as 50,000, of which each alias is one", function() -- YAML_MOST
    local function aliases(count) return "list: [&a x" .. (", *a"):rep(count) .. "]\n" .. ENTRY end
    assert.equal("one", name_of(aliases(49985)))
    assert.equal("falco.yaml:6: not read: too many values; no script is known without it", (select(2, name_of(aliases(49986)))))
  end)

  it("may be nested 200 deep, and is refused where it is more", function() -- YAML_DEEPEST
    local function nested(depth) return "list: " .. ("["):rep(depth) .. ("]"):rep(depth) .. "\n" .. ENTRY end
    assert.equal("one", name_of(nested(199)))
    for _, depth in ipairs { 200, 201, 100000 } do
      assert.equal("falco.yaml:1: not read: nested too deeply; no script is known without it", (select(2, name_of(nested(depth)))))
    end
  end)

  it("whose variables are replaced for ever is refused", function()
    here:write("falco.yaml", "a: ${LOOP}\n" .. ENTRY)
    assert.equal("falco.yaml:1: not read: replacing variables does not end; no script is known without it",
      here:falco("-c falco.yaml", "LOOP='${LOOP}'").version)
  end)

  it("with a NUL byte, behind which a value would be cut off, is refused, with its line", function()
    for _, text in ipairs { "a: 1\nb: x\0y\n" .. ENTRY, "a: 1\n# \0\n" .. ENTRY, "a: 1\nb: \0ZZZZZZZZZ\n" .. ENTRY,
                            "a: 1\nb: '[\0'\n" .. ENTRY } do
      assert.equal("falco.yaml:2: not read: has a NUL byte, which YAML does not allow; no script is known without it",
        (select(2, name_of(text))))
    end
    here:write("more.yaml", ENTRY .. "#\0")
    here:write("falco.yaml", "config_files: [more.yaml]\n")
    assert.equal("more.yaml:6: not read: has a NUL byte, which YAML does not allow; no script is known without it",
      here:falco("-c falco.yaml").version)
  end)

  it("of UTF-16 is read", function()
    local text = here.path and ENTRY:gsub("@LIB@", here.library)
    assert.equal("one", name_of("\xFF\xFE" .. text:gsub(".", "%0\0")))
  end)

  it("with nothing but bytes to escape, or marks, is refused in time", function()
    for _, text in ipairs { ("\xFF"):rep(4 << 20), ("Z"):rep(1 << 20) .. "\xFF", "&" .. ("."):rep(4 << 20), ("\t\n"):rep(1 << 20) .. "[" } do
      here:write("falco.yaml", text)
      assert.equal("one", here:falco("-c falco.yaml", "LURE_SCRIPT=one.lua").name)
    end
  end)
end)
