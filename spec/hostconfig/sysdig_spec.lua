local process = require "spec.hostconfig.hostprocess"

describe("in a process named sysdig, the script", function()
  local here

  before_each(function()
    here = process.folder()
    here:script("one.lua", "one")
    here:script("two.lua", "two")
  end)

  after_each(function() here:remove() end)

  it("is the one that -H names, relative to the working directory", function()
    assert.equal("one", here:sysdig([[-H ./liblure.so:'{"script": "one.lua"}' -I dummy]]).name)
  end)

  it("is found however the option is written", function()
    assert.equal("one", here:sysdig([[-H./liblure.so:'{"script": "one.lua"}']]).name)
    assert.equal("one", here:sysdig([[-qH ./liblure.so:'{"script": "one.lua"}']]).name)
    assert.equal("one", here:sysdig([[--plugin ./liblure.so:'{"script": "one.lua"}']]).name)
    assert.equal("one", here:sysdig([[--plugin=./liblure.so:'{"script": "one.lua"}']]).name)
  end)

  it("is not taken from an option without a value that is the last word", function()
    for _, words in ipairs { "-H", "-q -H", "-qH", "--plugin", "--plugin-config-file", "-p", "--", "-" } do
      assert.equal("lure", here:sysdig(words).name, words)
    end
  end)

  it("is not taken from what stands behind another option", function()
    assert.equal("lure", here:sysdig([[-p -H ./liblure.so]]).name)
    assert.equal("one", here:sysdig([[-p '-H./liblure.so:{"script": "two.lua"}' -H ./liblure.so:'{"script": "one.lua"}']]).name)
  end)

  it("is found where the library is named without folder, or without lib and .so", function()
    assert.equal("one", here:sysdig([[-H liblure.so:'{"script": "one.lua"}']]).name)
    assert.equal("one", here:sysdig([[-H lure:'{"script": "one.lua"}']]).name)
  end)

  it("is the one that a file of --plugin-config-file names, relative to that file", function()
    here:script("etc/three.lua", "three")
    here:write("etc/plugins.yaml",
      "plugins:\n  - name: x\n    library_path: @LIB@\n    init_config:\n      script: three.lua\n")
    assert.equal("three", here:sysdig("--plugin-config-file etc/plugins.yaml").name)
    assert.equal("three", here:sysdig("--plugin-config-file=etc/plugins.yaml").name)
  end)

  it("is looked for in csysdig, too", function()
    assert.equal("one", here:run("csysdig", [[-H ./liblure.so:'{"script": "one.lua"}']]).name)
  end)

  it("that is not there is refused with the path that was tried", function()
    local answer = here:sysdig([[-H ./liblure.so:'{"script": "nine.lua"}']])
    assert.equal(('-H: script "nine.lua" found neither in the working directory (%s/nine.lua) nor in ' ..
      "/etc/falco/lure; put it into one of them, or give an absolute path"):format(here.path), answer.version)
  end)

  it("that two options name differently is refused", function()
    local answer = here:sysdig([[-H ./liblure.so:'{"script": "one.lua"}' -H ./liblure.so:'{"script": "two.lua"}']])
    assert.match("^two plugins %(%-H: ./liblure.so, %-H: ./liblure.so%) use", answer.version)
  end)

  it("comes from elsewhere where no entry names one", function()
    assert.equal("two", here:sysdig("-H ./liblure.so", "LURE_SCRIPT=two.lua").name)
  end)
end)
