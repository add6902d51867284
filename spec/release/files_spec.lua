-- What the shipped files are like, and what a plugin is like that their lure packs.

local release = require "spec.release.release"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local sysroots = os.getenv("LURE_SYSROOTS") or "/var/cache/lure/sysroots"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

local function describe_file(machine, name, path)
  describe(("%s for %s"):format(name, machine), function()
    it("needs no C library newer than 2.17", function()
      local needs = lines_of(release.run("readelf -VW %s | grep -oE 'GLIBC_[A-Z0-9_.]+' | sort -Vu", path))
      assert.is_true(#needs > 0)
      for _, need in ipairs(needs) do
        local minor = need:match("^GLIBC_2%.(%d+)")
        assert.is_true(minor ~= nil and math.tointeger(minor) <= 17, need)
      end
    end)

    it("needs only the C library's own parts", function()
      local parts = { libc = true, libm = true, libdl = true, libpthread = true, ["ld-linux-x86-64"] = true,
        ["ld-linux-aarch64"] = true }
      local needs = 0
      for needed in release.run("readelf -dW %s", path):gmatch("Shared library: %[([^.]+)") do
        assert.is_true(parts[needed], needed)
        needs = needs + 1
      end
      assert.is_true(needs > 0)
    end)

    it("refers to no function of the plugin API itself", function()
      assert.is_nil(release.run("readelf -rW %s", path):find("plugin_", 1, true))
    end)

    it("is stripped, can be unloaded, and names no folder of its build", function()
      local output = release.run("readelf -SdW %s", path)
      assert.is_nil(output:find(".symtab", 1, true))
      assert.is_nil(output:find("NODELETE", 1, true))
      assert.is_nil(output:find("RUNPATH", 1, true))
      for _, folder in ipairs { release.run("realpath %s", source):gsub("\n", ""), "/sysroots" } do
        local _, status = support.run(("grep -qaF %s %s"):format(support.quote(folder), path))
        assert.equal(1, status, path .. " names " .. folder)
      end
    end)
  end)
end

for _, machine in ipairs(release.machines) do
  it("what is built for " .. machine .. " reads no headers but ours, the compiler's and those of glibc 2.17", function()
    local folders = lines_of(release.run("realpath %s %s/%s /usr/lib", source, sysroots, machine))
    folders[3] = folders[3] .. "/gcc" -- and gcc-cross
    local read = 0
    for header in release.run("ninja -C %s/work/%s -t deps", release.folder, machine):gmatch("\n    (/[^\n]+)") do
      local known = false
      for _, folder in ipairs(folders) do known = known or header:sub(1, #folder) == folder end
      assert.is_true(known, header)
      read = read + 1
    end
    assert.is_true(read > 100)
  end)

  for _, file in ipairs { "bin/lure", "lib/lua/5.4/lure/host.so" } do
    describe_file(machine, file, release.file(machine, file))
  end
  for _, plugin in ipairs(release.plugins(machine)) do describe_file(machine, plugin.name, plugin.path) end

  describe("liblure.so for " .. machine, function()
    it("is at most 2.5 MB", function()
      local size = tonumber(release.run("stat -c %%s %s", release.file(machine, "lib/lure/liblure.so")))
      print(("# liblure.so for %s: %d bytes"):format(machine, size))
      assert.is_true(size <= 2500 * 1000)
    end)
  end)
end
