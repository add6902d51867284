-- release: what script/release has built, and the places where it has to run.

local support = require "spec.support"

local release = {}

local quote = support.quote
local source = os.getenv("LURE_SOURCE") or "."
local roots = os.getenv("LURE_ROOTS") or "/var/cache/lure/roots"
local sysroots = os.getenv("LURE_SYSROOTS") or "/var/cache/lure/sysroots"

release.folder = os.getenv("LURE_RELEASE") or source .. "/build/release"
release.machines = { "x86_64", "aarch64" }

--- What a shell command prints; it must succeed.
function release.run(command, ...)
  local output, status = support.run(command:format(...))
  assert(status == 0, output)
  return output
end

--- A new folder in the build folder, which is under the same path wherever things run.
function release.new_folder()
  return (release.run("mktemp -d -p %s", quote(release.folder .. "/test")):gsub("\n$", ""))
end

release.qemu = "qemu-aarch64-static -L "
release.arm64_root = roots .. "/forky-arm64"

-- How a command line begins that runs in each place.
release.places = {
  { name = "glibc 2.17", machine = "x86_64", prefix = source .. "/spec/release/in-sysroot ", glibc = "2.17" },
  { name = "this machine", machine = "x86_64", prefix = "" },
  { name = "glibc 2.17 for aarch64", machine = "aarch64", prefix = release.qemu .. sysroots .. "/aarch64 ", glibc = "2.17" },
  { name = "Debian forky for arm64", machine = "aarch64", prefix = release.qemu .. release.arm64_root .. " " },
}
for _, name in ipairs { "bare-bullseye", "bare-bookworm", "bare-trixie", "forky" } do
  release.places[#release.places + 1] = {
    name = "Debian " .. name:gsub("^bare%-", ""), machine = "x86_64",
    prefix = ("env LURE_ROOTS=%s %s/spec/hosts/in-root %s "):format(quote(roots), source, name),
  }
end

--- The lines that a command prints in a place; it must succeed.
function release.lines_in(place, command, ...)
  local lines = {}
  for line in release.run(place.prefix .. command, ...):gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

--- The place for a machine that needs no root: here, or under qemu.
function release.home_of(machine)
  for _, place in ipairs(release.places) do
    if place.machine == machine and place.name ~= "glibc 2.17" then return place end
  end
end

function release.file(machine, path) return ("%s/%s/%s"):format(release.folder, machine, path) end

release.libraries = { { file = "liblure.so", api = "3", header = "v3/abi.h" },
  { file = "liblure-v0.so", api = "0.3", header = "v0/abi.h" } }

local plugins = {} -- those of each machine

--- Plugins with examples/dummy.lua: each library with the script beside it, and each packed by this machine's lure.
-- A list of { name, path, library }.
function release.plugins(machine)
  if plugins[machine] then return plugins[machine] end
  local list = {}
  local dummy = source .. "/examples/dummy.lua"
  for _, library in ipairs(release.libraries) do
    local folder = release.new_folder()
    local plain, packed = folder .. "/libdummy.so", folder .. "/libpacked.so"
    release.run("cp %s %s && cp %s %s", release.file(machine, "lib/lure/" .. library.file), plain, dummy, folder)
    release.lines_in(release.home_of(machine), "%s pack %s --api %s -o %s", release.file(machine, "bin/lure"), dummy,
      library.api, packed)
    list[#list + 1] = { name = library.file, path = plain, library = library }
    list[#list + 1] = { name = library.file .. " with a packed script", path = packed, library = library }
  end
  plugins[machine] = list
  return list
end

--- The names of a plugin API's functions.
function release.functions(library)
  local file = assert(io.open(source .. "/src/" .. library.header))
  local text = file:read("a")
  file:close()
  local names = {}
  for name in text:match("#define PLUGIN_API_SYMBOLS%(X%).-\n\n"):gmatch("X%(([%w_]+),") do
    names[#names + 1] = "plugin_" .. name
  end
  return names
end

local compilers = { x86_64 = "x86_64-linux-gnu-gcc", aarch64 = "aarch64-linux-gnu-gcc" }

--- Compiles spec/release/loader.c with glibc 2.17; answers its path.
function release.loader(machine)
  local program = release.new_folder() .. "/loader"
  release.run("%s --sysroot=%s/%s -B%s/%s/usr/lib/ -std=gnu11 -Wall -fno-pie -no-pie -o %s %s/spec/release/loader.c -ldl",
    compilers[machine], sysroots, machine, sysroots, machine, program, source)
  return program
end

return release
