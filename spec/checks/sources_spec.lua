--- Debian's source packages that are compiled in: pinned, checked, and unpacked with Debian's patches.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

--- A copy of the scripts, which pins a source package that is made here: hello, one of whose lines a patch changes.
local function tree()
  local folder = support.folder() .. "/sources"
  local output, status = support.run(([[rm -rf %s && mkdir -p %s/build/sources && cd %s && cp -r %s/script . && mkdir cmake
    mkdir -p build/sources/hello-1.0/debian/source build/sources/hello-1.0/debian/patches && cd build/sources/hello-1.0
    printf 'said\n' >hello.c
    tar -C .. -czf ../hello_1.0.orig.tar.gz hello-1.0/hello.c
    printf '3.0 (quilt)\n' >debian/source/format
    printf 'Source: hello\nMaintainer: A <a@b>\n\nPackage: hello\nArchitecture: any\nDescription: x\n x\n' >debian/control
    printf 'hello (1.0-2) unstable; urgency=low\n\n  * x\n\n -- A <a@b>  Sun, 01 Mar 2026 00:00:00 +0000\n' >debian/changelog
    printf 'fix.patch\n' >debian/patches/series
    printf -- '--- a/hello.c\n+++ b/hello.c\n@@ -1 +1 @@\n-said\n+patched\n' >debian/patches/fix.patch
    cd .. && dpkg-source -q -b hello-1.0 2>&1 && rm -r hello-1.0
    sum=$(sha256sum <hello_1.0-2.dsc) && printf '# pins\nhello 1.0-2 %%s\n' "${sum%%%% *}" >../../cmake/sources.txt]]):format(
    folder, folder, folder, source))
  assert(status == 0, output)
  return folder
end

--- Runs shell commands where script/debian-sources has been read.
local function run(folder, commands)
  return support.run(("cd %s && bash -c %s"):format(folder, support.quote(
    "for part in common packages roots debian-sources; do source script/$part; done\n" .. commands)))
end

describe("a source package", function()
  it("is unpacked with Debian's patches, once", function()
    local folder = tree()
    local output, status = run(folder, "unpack_sources; cat build/deps/hello/hello.c; ls build/deps")
    assert.same({ "patched\nhello\n", 0 }, { output, status })
    run(folder, "echo changed >build/deps/hello/hello.c")
    assert.same({ "changed\n", 0 }, { run(folder, "rm -r build/sources; unpack_sources; cat build/deps/hello/hello.c") })
  end)

  it("is unpacked again where another version is pinned", function()
    local folder = tree()
    run(folder, "unpack_sources; echo 1.0-1 0 >build/deps/hello/.complete; echo changed >build/deps/hello/hello.c")
    assert.same({ "patched\n", 0 }, { run(folder, "unpack_sources; cat build/deps/hello/hello.c") })
  end)

  it("is refused where it is not what is pinned", function()
    local folder = tree()
    local output, status = run(folder, "echo >>build/sources/hello_1.0-2.dsc; unpack_sources")
    assert.equal(1, status)
    assert.matches("hello_1%.0%-2%.dsc is not what .*/cmake/sources%.txt pins: wrong SHA%-256", output)
    folder = tree()
    output, status = run(folder, "echo >>build/sources/hello_1.0.orig.tar.gz; unpack_sources")
    assert.equal(1, status)
    assert.matches("hello_1%.0%-2%.dsc cannot be unpacked; remove .*/build/sources, and try again: .*orig%.tar%.gz", output)
    assert.same({ "", 1 }, { run(folder, "exec 2>/dev/null; test -e build/deps/hello/.complete") })
  end)
end)

describe("a version that Debian's mirror has no more", function()
  --- What apt would say, in place of it.
  local mirror = [[
    know_sources() { sources_place=$(mktemp -d); }
    apt_in() {
      [ "$2" = apt-cache ] || { echo "E: no" >&2; return 100; }
      for version in 1.0-9 1.0-10 1.0-3; do
        printf 'Package: hello\nFormat: 3.0 (quilt)\nVersion: %s\nFiles:\n 0abc 99 hello_%s.dsc\n' $version $version
        printf 'Checksums-Sha256:\n 77%s 99 hello_%s.dsc\n 88 99 hello.orig.tar.gz\nSection: x\n\n' ${version#*-} $version
      done
    }
  ]]

  it("is told, and what to do", function()
    local output, status = run(tree(), mirror .. "rm -r build/sources; unpack_sources")
    assert.equal(1, status)
    assert.matches("has no source of hello 1.0-2 any more, but 1.0-10: take that over with script/sources --update, or put",
      output, 1, true)
  end)

  it("is found by its newest one's number", function()
    assert.same({ "1.0-10 7710\n", 0 }, { run(tree(), mirror .. "know_sources; newest hello; forget_sources") })
  end)
end)
