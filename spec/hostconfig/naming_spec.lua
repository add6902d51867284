--- What Falco's configuration names for the library: the plugin's name, the library, the script.
local process = require "spec.hostconfig.hostprocess"
local support = require "spec.support"

local IS_ROOT = support.run("id -u") == "0\n"

local function entry(name, library, config)
  return ("plugins:\n  - name: %s\n    library_path: %s\n    init_config:\n%s\n"):format(name, library, config or "      script: one.lua")
end

local here

before_each(function()
  here = process.folder()
  here:script("one.lua", "one", "source")
  here:script("two.lua", "two", "source")
end)

after_each(function() here:remove() end)

describe("the name of an entry in falco.yaml", function()
  local WRONG = 'falco.yaml:2: the name "oen" is not that of the plugin: one.lua calls it "one"; give both one name, ' ..
    "in load_plugins too"

  it("that is not the source's is told with both names when the library is loaded", function()
    here:write("falco.yaml", entry("oen", "@LIB@"))
    assert.equal(WRONG, here:falco("-c falco.yaml").version)
    here:write("falco.yaml", entry("oen", "@LIB@") .. "load_plugins: [oen]\n")
    assert.equal(WRONG, here:falco("-c falco.yaml").version)
  end)

  it("may be given by -o", function()
    here:write("falco.yaml", entry("one", "@LIB@"))
    assert.equal("one", here:falco("-c falco.yaml").name)
    assert.match('^%-o: the name "x" is not that of the plugin', here:falco("-c falco.yaml -o plugins[0].name=x").version)
  end)

  it("is told at the next loading, too, where the script has another name now, or falco.yaml has", function()
    here:write("falco.yaml", entry("one", "@LIB@"))
    for command, text in pairs {
      ["sed -i s/one/three/ one.lua"] = 'falco.yaml:2: the name "one" is not that of the plugin: one.lua calls it "three"',
      ["sed -i s/one$/three/ falco.yaml"] = 'falco.yaml:2: the name "three" is not that of the plugin: one.lua calls it "one"',
    } do
      here:script("one.lua", "one", "source")
      here:write("falco.yaml", entry("one", "@LIB@"))
      local answer = here:falco("-c falco.yaml", ("LOADER_BETWEEN='%s'"):format(command))
      assert.equal("one", answer.name)
      assert.equal(text, answer.again:sub(1, #text))
    end
    here:script("one.lua", "one", "source")
    here:write("falco.yaml", entry("one", "@LIB@"))
    assert.equal("3.0.0", here:falco("-c falco.yaml", "LOADER_BETWEEN=true").again)
  end)

  it("is told of a script beside the library, too", function()
    here:write("falco.yaml", entry("oen", here.path .. "/libone.so", "      x: 1"))
    os.execute(("cp %s %s/libone.so"):format(here.library, here.path))
    here.library = here.path .. "/libone.so"
    assert.equal(WRONG, here:falco("-c falco.yaml").version)
  end)

  it("does not matter where there is no source, which Falco would look for by it, nor in sysdig", function()
    here:script("one.lua", "one")
    here:write("falco.yaml", entry("oen", "@LIB@"))
    assert.equal("one", here:falco("-c falco.yaml").name)
    here:script("one.lua", "one", "source")
    assert.equal("one", here:sysdig("--plugin-config-file falco.yaml").name)
  end)
end)

describe("the library in falco.yaml", function()
  it("is the file, however its path is written", function()
    os.execute(("mkdir %s/sub"):format(here.path))
    for _, path in ipairs { here.path .. "/sub/../liblure.so", here.path .. "//./liblure.so", "liblure.so", "./liblure.so",
                            "sub/../liblure.so", "not/there/../../liblure.so", "sub/.././/liblure.so" } do
      here:write("falco.yaml", entry("one", path))
      assert.equal("one", here:falco("-c falco.yaml").name, path)
    end
  end)

  it("may be a link beside it, and a name in a folder above", function()
    os.execute(("ln -s liblure.so %s/link.so"):format(here.path))
    here:write("falco.yaml", entry("one", "link.so"))
    assert.equal("one", here:falco("-c falco.yaml").name)
    here:write("falco.yaml", entry("one", here.path:match("[^/]*$") .. "/liblure.so"))
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  it("is no other file of that name", function()
    for _, path in ipairs { "../liblure.so", "sub/liblure.so", "liblure.so/x", "" } do
      here:write("falco.yaml", entry("one", path))
      assert.equal("lure", here:falco("-c falco.yaml").name, path)
    end
  end)
end)

describe("a key that stands twice in init_config", function()
  it("counts as it stands the last time, as in Falco", function()
    here:write("falco.yaml", entry("two", "@LIB@", "      script: one.lua\n      script: two.lua"))
    assert.equal("two", here:falco("-c falco.yaml").name)
    here:write("falco.yaml", "plugins:\n  - name: two\n    library_path: @LIB@\n" ..
      "    init_config: '{\"script\": \"one.lua\", \"script\": \"two.lua\"}'\n")
    assert.equal("two", here:falco("-c falco.yaml").name)
    here:write("falco.yaml", entry("two", "@LIB@", "      script: two.lua\n      lure: {memry: 1}\n      lure: {memory: 5000000, memory: 6000000}"))
    assert.equal("two", here:falco("-c falco.yaml").name)
  end)

  it("and elsewhere as it stands the first time, as in Falco", function()
    here:write("falco.yaml", entry("one", "@LIB@") .. "plugins: []\n")
    assert.equal("one", here:falco("-c falco.yaml").name)
    here:write("falco.yaml", "plugins:\n  - name: one\n    library_path: @LIB@\n    library_path: /none.so\n" ..
      "    init_config: {script: one.lua}\n    init_config: {script: two.lua}\n")
    assert.equal("one", here:falco("-c falco.yaml").name)
  end)

  it("reaches init as it stands the last time, at every depth", function()
    here:write("one.lua", [[local lure = require "lure"
      return { name = "one", version = "1.0.0", fields = { { name = "x.y", type = "string", desc = "-", extract = print } },
        init = function(config) return nil, config.a .. config.b.c end }]])
    here:write("falco.yaml", entry("one", "@LIB@"))
    local answer = here:falco("-c falco.yaml",
      [[LOADER_CONFIG='{"script": "two.lua", "script": "one.lua", "a": 1, "b": {"c": 3, "c": 4}, "a": 2}']])
    assert.equal("24", answer.init)
  end)
end)

describe("a script named in init_config", function()
  it("may have blanks around it, as block texts have", function()
    here:write("falco.yaml", entry("one", "@LIB@", "      script: >\n        one.lua"))
    assert.equal("one", here:falco("-c falco.yaml").name)
    here:write("falco.yaml", entry("one", "@LIB@", '      script: " one.lua\\t"'))
    local answer = here:falco("-c falco.yaml", [[LOADER_CONFIG='{"script": "one.lua\n"}']])
    assert.same({ "one", "good" }, { answer.name, answer.init })
    here:write("falco.yaml", entry("one", "@LIB@", "      script: '  '"))
    assert.match("^falco.yaml:5: init_config.script: expected the path of a Lua script, got an empty text",
      here:falco("-c falco.yaml").version)
  end)

  if IS_ROOT then
    -- in a namespace whose /etc is ours
    local function with_scripts(words, before)
      local parts = { "mount -t tmpfs none /etc", "mkdir -p /etc/falco/lure /etc/falco/config.d", "cp *.lua /etc/falco/lure", before }
      local loader = support.run("realpath " .. support.build):gsub("\n", "") .. "/spec/hostconfig/falco"
      parts[#parts + 1] = ("LOADER_LIBRARY=%s %s %s"):format(here.library, loader, words)
      local output = support.run(("unset LD_PRELOAD; cd %s || exit; %s"):format(support.quote(here.path),
        support.with_mounts(table.concat(parts, " && "))))
      return output:match("^[^\n]*\n([^\n]*)"), output
    end

    it("is looked for in /etc/falco/lure, too, but first beside the file that names it", function()
      here:write("falco.yaml", entry("three", "@LIB@", "      script: three.lua"))
      here:script("three.lua", "three")
      assert.equal("three", (with_scripts("-c /etc/falco/falco.yaml", "cp falco.yaml /etc/falco")))
      assert.equal("three", (with_scripts("-c /etc/falco/falco.yaml",
        "cp falco.yaml /etc/falco/config.d && echo config_files: [/etc/falco/config.d] >/etc/falco/falco.yaml")))
      assert.equal("three", (with_scripts("-c /etc/falco/falco.yaml -o plugins[0].init_config.script=three.lua",
        "cp falco.yaml /etc/falco && cd /")))
      assert.equal("beside", (with_scripts("-c /etc/falco/falco.yaml",
        "cp falco.yaml /etc/falco && sed s/three/beside/ three.lua >/etc/falco/three.lua")))
    end)
  end
end)
