-- How the sources compile: the same bytes from anywhere, and for other machines.
-- Nothing here needs what the tests need, and warnings need no link-time optimisation: script/release has both.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

local function run(command)
  local output, status = support.run(command)
  assert(status == 0, output)
  return output
end

local function has(program)
  local _, status = support.run("command -v " .. program)
  return status == 0
end

--- A copy of what is compiled, without what was built.
local function copy_to(folder)
  run(("mkdir -p %s/build && cd %s && tar -c --exclude=./build --exclude=./.git . | tar -x -C %s && " ..
    "cp -r build/deps %s/build/"):format(folder, source, folder, folder))
end

describe("a build", function()
  it("gives the same bytes in two different folders", function()
    local folders = { support.folder() .. "/a", support.folder() .. "/another/deeper" }
    for _, folder in ipairs(folders) do
      copy_to(folder)
      run(("cd %s && cmake -S . -B build -G Ninja -DBUILD_TESTING=OFF >/dev/null && " ..
        "ninja -C build liblure liblure-v0"):format(folder))
    end
    for _, name in ipairs { "liblure.so", "liblure-v0.so" } do
      run(("cmp %s/build/lib/%s %s/build/lib/%s"):format(folders[1], name, folders[2], name))
    end
  end)

  it("for aarch64 compiles without a warning", function()
    if not has("aarch64-linux-gnu-gcc") then
      assert(not os.getenv("CI"), "aarch64-linux-gnu-gcc is missing")
      return pending("aarch64-linux-gnu-gcc is missing; run script/bootstrap")
    end
    local folder = support.folder() .. "/aarch64"
    run(("cmake -S %s -B %s -G Ninja -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_SYSTEM_NAME=Linux " ..
      "-DCMAKE_SYSTEM_PROCESSOR=aarch64 -DLURE_WERROR=ON -DBUILD_TESTING=OFF -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF " ..
      ">/dev/null && ninja -C %s liblure liblure-v0 lure host"):format(source, folder, folder))
  end)

  it("by clang has no warning either", function()
    if not has("clang") then
      assert(not os.getenv("CI"), "clang is missing")
      return pending("clang is missing; run script/bootstrap")
    end
    local folder = support.folder() .. "/clang"
    run(("cmake -S %s -B %s -G Ninja -DCMAKE_C_COMPILER=clang -DLURE_WERROR=ON -DBUILD_TESTING=OFF " ..
      ">/dev/null && ninja -C %s liblure liblure-v0 lure host"):format(source, folder, folder))
  end)

  it("says what to install where programs are missing that it or the tests need", function()
    local cmake = run("command -v cmake"):gsub("\n", "")
    local function refused(arguments)
      local output, status = support.run(("PATH=/nowhere %s %s"):format(cmake, arguments))
      assert.equal(1, status, output)
      return (output:gsub("%s+", " "))
    end
    local output = refused(("-S %s -B %s/without -G Ninja"):format(support.quote(source), support.folder()))
    assert.matches("the build needs ninja, cc; run script/bootstrap, or on Debian: apt-get install ninja-build gcc libc6-dev",
      output, 1, true)
    output = refused(("-P %s/cmake/programs.cmake"):format(support.quote(source)))
    assert.matches("the test suite needs busted, lua5.4, ", output, 1, true)
    assert.matches("apt%-get install lua%-busted [%w%s.+-]* fish [%w%s.+-]*; %-DBUILD_TESTING=OFF", output)
  end)

  it("asks for the language that old C libraries can be built with", function()
    local rules, files = run("cat " .. support.build .. "/build.ninja"), 0
    for rule in rules:gmatch("\nbuild [^\n]+%.c%.o: C_COMPILER[^\n]+\n.-\n\n") do
      assert.is_truthy(rule:find(" -std=gnu11", 1, true), rule)
      assert.is_nil(rule:find("-std=.*-std="), rule)
      files = files + 1
    end
    assert.is_true(files > 60)
    assert.is_nil(rules:find("FILE_OFFSET_BITS", 1, true))
  end)
end)
