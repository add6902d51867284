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

describe("what is pinned", function()
  it("has its license in NOTICE", function()
    local notice, seen = io.open(source .. "/NOTICE"):read("a"), 0
    for line in io.lines(source .. "/cmake/sources.txt") do
      local package = line:match("^([%w.+-]+) ")
      if package then
        seen = seen + 1
        assert.is_truthy(notice:find("Debian's " .. package .. ")", 1, true), package)
      end
    end
    assert.is_true(seen >= 7)
  end)
end)

describe("a version that Debian's mirror has no more", function()
  --- What apt would say, in place of it.
  local mirror = [[
    fetch_pinned() { false; }
    know_sources() { sources_place=$(mktemp -d); }
    apt_in() {
      if [ "$2" = apt-get ]; then
        [ "${!#}" = hello=1.0-2.1 ] && cp "$sources_place"/update/* . || { echo "E: no" >&2; return 100; }
        return
      fi
      for version in ${versions:-1.0-9 1.0-10 1.0-3}; do
        printf 'Package: hello\nFormat: 3.0 (quilt)\nVersion: %s\nFiles:\n 0abc 99 hello_%s.dsc\n' $version $version
        printf 'Checksums-Sha256:\n %s 99 hello_%s.dsc\n 88 99 hello.orig.tar.gz\nSection: x\n\n' \
          ${dsc_sum:-77${version#*-}} $version
      done
    }
  ]]

  it("is told, and what to do, where there is no update of it", function()
    local output, status = run(tree(), mirror .. "rm -r build/sources; unpack_sources")
    assert.equal(1, status)
    assert.matches("has no source of hello 1.0-2 any more, but 1.0-10: take that over with script/sources --update, or put",
      output, 1, true)
  end)

  it("is taken from the mirror's pool, where that has it", function()
    local folder = tree()
    local output, status = run(folder, [[
      place=$PWD; mkdir -p mirror/pool/main/h && mv build/sources mirror/pool/main/h/hello
      update_once() { :; }
      mirror_of() { [ "$1" = Debian-Security ] || echo "copy:$place/mirror"; }
      unpack_sources; cat build/deps/hello/hello.c
      rm -r build; echo >>mirror/pool/main/h/hello/hello_1.0.orig.tar.gz
      fetch_pinned $(pins) || echo "other files"]])
    assert.same({ "== fetching the source of hello 1.0-2\npatched\nother files\n", 0 }, { output, status })
  end)

  it("is replaced by Debian's update of it, which is told", function()
    local folder = tree()
    local output, status = run(folder, mirror .. [[
      versions=1.0-2.1
      know_sources() { sources_place=$PWD/place; mkdir -p place/update; cp build/sources/*.orig.* place/update
        sed 's/1.0-2/1.0-2.1/' build/sources/hello_1.0-2.dsc >place/update/hello_1.0-2.1.dsc
        cp build/sources/*-2.debian.tar.xz place/update/hello_1.0-2.1.debian.tar.xz; rm -r build/sources; }
      dsc_sum=$(sed 's/1.0-2/1.0-2.1/' build/sources/hello_1.0-2.dsc | sha256sum | cut -d' ' -f1)
      pins() { sed -n 's/1.0-2 .*/1.0-1 0/p' "$sources"; }
      unpack_sources
      cat build/deps/hello/hello.c
      sed 's/ .* *$/ -/' build/deps/hello/.complete
      echo again; unpack_sources]])
    assert.equal(0, status, output)
    assert.matches("Debian has replaced hello 1%.0%-1, which .*/cmake/sources%.txt pins, by its update 1%.0%-2%.1: that is taken",
      output)
    assert.matches("patched\n1%.0%-2%.1 %-\n1%.0%-1 %-\nagain\n$", output)
  end)

  it("is not replaced by another version, nor by an older one", function()
    for _, versions in ipairs { "1.1-1", "1.0-1" } do
      local output, status = run(tree(), mirror .. "versions=" .. versions .. "; rm -r build/sources; unpack_sources")
      assert.equal(1, status)
      assert.matches("has no source of hello 1.0-2 any more, but " .. versions .. ": take that over", output, 1, true)
    end
  end)

  it("is found by its newest one's number", function()
    assert.same({ "1.0-10 7710\n", 0 }, { run(tree(), mirror .. "know_sources; newest hello; forget_sources") })
  end)
end)
