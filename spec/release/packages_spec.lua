-- The packages: what they say of themselves, and that they install and run where nothing else is.

local release = require "spec.release.release"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local version = release.run("cat %s/VERSION", source):gsub("%s", "")
local debian = { x86_64 = "amd64", aarch64 = "arm64" }

local function deb_of(machine) return ("lure_%s_%s.deb"):format(version, debian[machine]) end

for _, machine in ipairs(release.machines) do
  describe("the .deb for " .. debian[machine], function()
    local function field(name)
      return (release.run("dpkg-deb --field %s/%s %s", release.folder, deb_of(machine), name):gsub("\n$", ""))
    end

    it("needs the C library and nothing else", function()
      assert.equal("libc6 (>= 2.17)", field "Depends")
      assert.equal("", field "Recommends")
      assert.equal("", field "Pre-Depends")
    end)

    it("says what it is", function()
      assert.same({ "lure", version, debian[machine] }, { field "Package", field "Version", field "Architecture" })
    end)

    it("says whom to ask, and what it goes with", function()
      assert.equal(("%s <%s>"):format(os.getenv("DEBFULLNAME"), os.getenv("DEBEMAIL")), field "Maintainer")
      assert.equal("lua-busted, sysdig", field "Suggests")
    end)

    it("has no faults that lintian knows", function()
      local output = release.run("lintian --fail-on error,warning %s/%s 2>&1", release.folder, deb_of(machine))
      assert.is_nil(output:find("[EW]: ") or nil, output)
    end)

    it("has the files that are installed, all of root's", function()
      local list = release.run("dpkg-deb --contents %s/%s", release.folder, deb_of(machine))
      for _, path in ipairs { "bin/lure", "lib/lure/liblure.so", "lib/lure/liblure-v0.so", "lib/lua/5.4/lure/host.so",
        "share/man/man1/lure.1.gz", "share/bash-completion/completions/lure", "share/pkgconfig/lure.pc",
        "share/zsh/vendor-completions/_lure", "share/fish/vendor_completions.d/lure.fish", "share/doc/lure/copyright",
        "share/doc/lure/README.md", "share/doc/lure/docs/tutorial.md", "share/doc/lure/changelog.gz",
        "share/lure/examples/dummy.lua", "share/lure/types/meta.lua" } do
        assert.is_truthy(list:find("./usr/" .. path .. "\n", 1, true), path)
      end
      assert.is_truthy(list:find(" ./etc/falco/lure/\n", 1, true))
      for line in list:gmatch("[^\n]+") do
        assert.is_truthy(line:find("^[d-]rw[x-]r%-[x-]r%-[x-] root/root ") or line:find("^l.* root/root .* %-> "), line)
      end
    end)
  end)

  describe("the .tar.gz for " .. machine, function()
    it("runs from where it is unpacked", function()
      local folder = release.new_folder()
      local name = ("lure-%s-linux-%s"):format(version, machine)
      release.run("tar -C %s -xf %s/%s.tar.gz", folder, release.folder, name)
      local lines = release.lines_in(release.home_of(machine), "%s/%s/bin/lure run %s/%s/share/lure/examples/dummy.lua -n 1",
        folder, name, folder, name)
      assert.is_truthy(lines[1]:find("dummy.value=", 1, true))
    end)

    it("has what the .deb has, but for where Debian has it", function()
      local moved = { ["share/zsh/vendor-completions/_lure"] = "share/zsh/site-functions/_lure",
        ["share/man/man1/lure.1.gz"] = "share/man/man1/lure.1", ["share/doc/lure/copyright"] = "share/doc/lure/LICENSE",
        ["share/doc/lure/changelog.gz"] = false, ["share/lintian/overrides/lure"] = false }
      local expected = {}
      for path in release.run("dpkg-deb --fsys-tarfile %s/%s | tar -t", release.folder, deb_of(machine))
        :gmatch("%./usr/([^\n]*[^/\n])\n") do
        if moved[path] ~= false then expected[#expected + 1] = moved[path] or path end
      end
      table.sort(expected)
      local files = {}
      for path in release.run("tar -tf %s/lure-%s-linux-%s.tar.gz", release.folder, version, machine)
        :gmatch("lure%-[^/\n]*/([^\n]*[^/\n])\n") do
        files[#files + 1] = path
      end
      table.sort(files)
      assert.same(expected, files)
    end)
  end)
end

for _, name in ipairs { "bullseye", "bookworm", "trixie" } do
  describe("a fresh Debian " .. name, function()
    it("installs the .deb, runs an example, and is rid of it again", function()
      local inside = ([[
        work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
        find /etc /usr | sort >"$work/before"
        apt-get install --yes ./%s
        lure --version
        for script in /usr/share/doc/lure/examples/*.lua; do lure check "$script"; done
        lure run /usr/share/lure/examples/dummy.lua -n 1
        cd "$work" && lure new mine && test -e "$(grep -o '/[^"]*/types' mine/.luarc.json)/meta.lua"
        cp /usr/share/lure/examples/dummy.lua . && lure pack dummy.lua && lure run libdummy.so -n 1
        apt-get purge --yes lure
        find /etc /usr | sort | diff "$work/before" -]]):format(deb_of("x86_64"))
      local output, status = support.run(("cd %s && %s/spec/release/in-fresh-root %s sh -ec %s"):format(release.folder, source,
        name, support.quote(inside)))
      assert.equal(0, status, output)
      assert.is_truthy(output:find("\nlure " .. version .. ",", 1, true), output)
      assert.equal(2, select(2, output:gsub("dummy%.value=", "")), output)
    end)
  end)
end
