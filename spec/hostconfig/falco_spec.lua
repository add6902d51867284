local process = require "spec.hostconfig.hostprocess"

-- A falco.yaml with one entry for the library, whose init_config is `config` (YAML after the colon).
local function yaml(config, more)
  return ("plugins:\n  - name: one\n    library_path: @LIB@\n    init_config:%s\n%s"):format(config, more or "")
end

describe("in a process named falco, the script", function()
  local here

  before_each(function()
    here = process.folder()
    here:script("one.lua", "one")
    here:script("two.lua", "two")
  end)

  after_each(function() here:remove() end)

  it("is the one that init_config names in a map, relative to the file", function()
    here:write("etc/falco.yaml", yaml("\n      script: one.lua"))
    here:script("etc/one.lua", "one", "source")
    local answer = here:falco("-c etc/falco.yaml")
    assert.equal("3.0.0", answer.version)
    assert.equal("one", answer.name)
    assert.equal("one", answer.source)
  end)

  it("is the one that init_config names in a JSON text", function()
    here:write("falco.yaml", yaml([[ '{"script": "one.lua", "other": [1]}']]))
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  it("may be an absolute path", function()
    here:write("etc/falco.yaml", yaml("\n      script: " .. here.path .. "/two.lua"))
    assert.equal("two", here:falco("-c etc/falco.yaml").name)
  end)

  it("is found however -c is written", function()
    here:write("falco.yaml", yaml("\n      script: one.lua"))
    assert.equal("one", here:falco("-cfalco.yaml").name)
    assert.equal("one", here:falco("-U -c falco.yaml -M 5").name)
    assert.equal("one", here:falco("-c " .. here.path .. "/falco.yaml").name)
  end)

  it("is found in flow style, behind quotes, anchors and aliases", function()
    here:write("falco.yaml", [[
common: &script "one.lua"
plugins: [{name: one, library_path: "@LIB@", init_config: {"script": *script}}]
]])
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  it("is not looked for where the program has another name", function()
    here:write("falco.yaml", yaml("\n      script: one.lua"))
    assert.equal("lure", here:run("other", "-c falco.yaml").name)
  end)

  it("is not that of an entry for another library", function()
    here:write("falco.yaml", "plugins:\n  - name: one\n    library_path: /usr/lib/libother.so\n    init_config:\n      script: one.lua\n")
    assert.equal("lure", here:falco("-c falco.yaml").name)
  end)

  it("is also that of an entry that names a link to the library", function()
    here:write("falco.yaml", (yaml("\n      script: one.lua"):gsub("@LIB@", here.path .. "/link.so")))
    os.execute(("ln -s liblure.so %s/link.so"):format(here.path))
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  it("of a library named without a folder is found, too", function()
    here:write("falco.yaml", (yaml("\n      script: one.lua"):gsub("@LIB@", "liblure.so")))
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  describe("through -o", function()
    before_each(function() here:write("falco.yaml", yaml("\n      script: one.lua")) end)

    it("is relative to the working directory", function()
      here:script("work/three.lua", "three")
      assert.equal("three", here:falco("-c falco.yaml -o plugins[0].init_config.script=work/three.lua").name)
      assert.equal("two", here:falco("-c falco.yaml --option=plugins[0].init_config.script=two.lua").name)
    end)

    it("may come with a whole init_config", function()
      assert.equal("two", here:falco([[-c falco.yaml -o 'plugins[0].init_config={"script": "two.lua"}']]).name)
    end)

    it("may come with an entry of its own", function()
      here:write("empty.yaml", "plugins: []\n")
      local words = ("-c empty.yaml -o plugins[].name=x -o plugins[0].library_path=%s -o plugins[0].init_config.script=two.lua"):format(here.library)
      assert.equal("two", here:falco(words).name)
    end)

    it("is not that of an entry that load_plugins leaves out", function()
      assert.equal("lure", here:falco("-c falco.yaml -o load_plugins[]=other").name)
      assert.equal("one", here:falco("-c falco.yaml -o load_plugins[]=one").name)
    end)
  end)

  describe("with variables", function()
    it("is what they stand for", function()
      here:write("falco.yaml", yaml("\n      script: ${DIR}/t${W}.lua"))
      assert.equal("two", here:falco("-c falco.yaml", "W=wo DIR=" .. here.path).name)
    end)

    it("that are not set is what is left", function()
      here:write("falco.yaml", yaml("\n      script: ${NOBODY_SET_THIS}one.lua"))
      assert.equal("one", here:falco("-c falco.yaml").name)
    end)

    it("behind a second $ is meant as it stands", function()
      here:write("falco.yaml", yaml("\n      script: $${W}.lua"))
      here:script("${W}.lua", "literal")
      assert.equal("literal", here:falco("-c falco.yaml", "W=two").name)
    end)
  end)

  describe("with config_files", function()
    local main = "config_files:\n  - %s\nplugins:\n  - name: one\n    library_path: @LIB@\n    init_config:\n      script: one.lua\n"
    local other = "plugins:\n  - name: two\n    library_path: @LIB@\n    init_config:\n      script: two.lua\n"

    it("is relative to the included file that names it", function()
      here:write("falco.yaml", "config_files:\n  - more/a.yaml\n")
      here:write("more/a.yaml", yaml("\n      script: three.lua"))
      here:script("more/three.lua", "three")
      assert.equal("three", here:falco("-c falco.yaml").name)
    end)

    it("appends lists of included files, so that two scripts for one library stand against each other", function()
      here:write("falco.yaml", main:format("a.yaml"))
      here:write("a.yaml", other)
      assert.match("two plugins %(falco.yaml:7: one, a.yaml:5: two%) use", here:falco("-c falco.yaml").version)
    end)

    it("is that of the included file where its strategy is override", function()
      here:write("falco.yaml", main:format("{path: a.yaml, strategy: override}"))
      here:write("a.yaml", other)
      assert.equal("two", here:falco("-c falco.yaml").name)
    end)

    it("is that of the main file where the strategy is add-only", function()
      here:write("falco.yaml", main:format("{path: a.yaml, strategy: add-only}"))
      here:write("a.yaml", other)
      assert.equal("one", here:falco("-c falco.yaml").name)
    end)

    it("is that of the last file of a folder, in sorted order, where they override", function()
      here:write("falco.yaml", main:format("{path: conf.d, strategy: override}"))
      here:write("conf.d/20.yaml", (other:gsub("two.lua", here.path .. "/two.lua")))
      here:write("conf.d/10.yaml", (other:gsub("two.lua", here.path .. "/one.lua")))
      assert.equal("two", here:falco("-c falco.yaml").name)
    end)

    it("may be included by -o", function()
      here:write("falco.yaml", "log_level: info\n")
      here:write("a.yaml", other)
      assert.equal("two", here:falco("-c falco.yaml -o config_files[]=a.yaml").name)
    end)

    it("does not follow what an included file includes", function()
      here:write("falco.yaml", "config_files:\n  - a.yaml\n")
      here:write("a.yaml", "config_files:\n  - b.yaml\n")
      here:write("b.yaml", other)
      assert.equal("lure", here:falco("-c falco.yaml").name)
    end)
  end)

  describe("with load_plugins", function()
    local two = "  - name: two\n    library_path: @LIB@\n    init_config:\n      script: two.lua\n"

    it("is that of the entry listed", function()
      here:write("falco.yaml", yaml("\n      script: one.lua", two .. "load_plugins: [two]\n"))
      assert.equal("two", here:falco("-c falco.yaml").name)
    end)

    it("that lists nothing is none", function()
      here:write("falco.yaml", yaml("\n      script: one.lua", "load_plugins: []\n"))
      assert.equal("lure", here:falco("-c falco.yaml").name)
    end)

    it("left out is that of any entry; two that differ are refused with what to do", function()
      here:write("falco.yaml", yaml("\n      script: one.lua", two))
      local answer = here:falco("-c falco.yaml")
      assert.match("two plugins %(falco.yaml:5: one, falco.yaml:9: two%) use " .. here.library:gsub("%p", "%%%0"), answer.version)
      assert.match("copy the library %(a link is not enough%)", answer.version)
      assert.match("lure: error: two plugins", answer.text)
    end)

    it("may list two entries for one script", function()
      here:write("falco.yaml", yaml("\n      script: one.lua", (two:gsub("two.lua", "./one.lua"))))
      assert.equal("one", here:falco("-c falco.yaml").name)
    end)
  end)

  describe("that is not there", function()
    it("is refused with its place and what to do", function()
      here:write("falco.yaml", yaml("\n      script: k8s.lua"))
      assert.equal(('falco.yaml:5: script "k8s.lua" found neither beside falco.yaml (%s/k8s.lua) nor in ' ..
        "/etc/falco/lure; put it into one of them, or give an absolute path"):format(here.path),
        here:falco("-c falco.yaml").version)
      assert.equal('-o: script "k8s.lua" found neither in the working directory (' .. here.path .. "/k8s.lua) nor in " ..
        "/etc/falco/lure; put it into one of them, or give an absolute path",
        here:falco("-c falco.yaml -o plugins[0].init_config.script=k8s.lua").version)
      here:write("falco.yaml", yaml("\n      script: /nowhere/k8s.lua"))
      assert.equal('falco.yaml:5: script "/nowhere/k8s.lua" not found; give the path of a Lua script',
        here:falco("-c falco.yaml").version)
    end)

    it("or is no text, is refused with its place", function()
      here:write("falco.yaml", yaml("\n      script: [one.lua]"))
      assert.match("^falco.yaml:5: init_config.script: expected the path", here:falco("-c falco.yaml").version)
    end)

    it("because init_config is no JSON, is refused with its place", function()
      here:write("falco.yaml", yaml(" 'script=one.lua'"))
      assert.match("^falco.yaml:4: init_config of this library is no JSON object", here:falco("-c falco.yaml").version)
    end)
  end)

  it("is read with the limits of its entry", function()
    here:write("falco.yaml", yaml("\n      script: loop.lua\n      lure: {time: 0.2}"))
    here:write("loop.lua", "while true do end")
    assert.match("^loop.lua:1: stopped after 0.2 s", here:falco("-c falco.yaml").version)
  end)

  it("is refused with a limit that there is not, and its place is told", function()
    here:write("falco.yaml", yaml("\n      script: one.lua\n      lure: {memry: 1}"))
    assert.equal('falco.yaml:5: unknown key "memry" in init_config.lure; did you mean "memory"?',
      here:falco("-c falco.yaml").version)
  end)

  it("is the one that init binds; another one there is an error that names both", function()
    here:write("falco.yaml", yaml("\n      script: one.lua"))
    assert.equal("good", here:falco("-c falco.yaml", [[LOADER_CONFIG='{"script": "one.lua"}']]).init)
    local answer = here:falco("-c falco.yaml", [[LOADER_CONFIG='{"script": "two.lua"}']])
    assert.match('init_config.script names "two.lua"', answer.init)
    assert.match("one.lua", answer.init, 1, true)
  end)

  it("comes from elsewhere where the configuration is broken, missing, or huge", function()
    here:write("broken.yaml", "plugins: [{")
    here:write("deep.yaml", ("["):rep(100000))
    here:write("bomb.yaml", "a: &a [x,x,x,x,x,x,x,x,x]\n" ..
      "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n" ..
      "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n")
    os.execute("mkfifo " .. here.path .. "/fifo.yaml")
    for _, file in ipairs { "broken.yaml", "deep.yaml", "bomb.yaml", "missing.yaml", ".", "fifo.yaml" } do
      assert.equal("two", here:falco("-c " .. file, "LURE_SCRIPT=two.lua").name)
    end
  end)
end)
