-- oci: a plugin's library in the form that falcoctl pushes to a registry and installs from one.
--
-- A layer, which is a .tar.gz with the library in it, and the layer's configuration (media type
-- application/vnd.cncf.falco.plugin.config.v1+json): name, version, and the plugin API it needs.

local json = require "lure.cli.json"
local outfile = require "lure.cli.outfile"
local shell = require "lure.cli.shell"
local stop = require "lure.cli.stop"

local oci = {}

local BLOCK = 512

oci.LONGEST_NAME = 100 -- bytes of a file's name in a layer

-- A header of the ustar format: owned by root, from the year 1970, so that the same input gives the same bytes.
local function tar_header(name, size)
  local function octal(number, digits) return ("%0" .. digits .. "o\0"):format(number) end
  local head = ("c" .. oci.LONGEST_NAME):pack(name) .. octal(tonumber("755", 8), 7) .. octal(0, 7) .. octal(0, 7)
    .. octal(size, 11) .. octal(0, 11)
  local tail = "0" .. ("\0"):rep(100) .. "ustar\00000" .. ("c32c32"):pack("root", "root") .. octal(0, 7) .. octal(0, 7)
    .. ("\0"):rep(155 + 12)
  local sum = 8 * (" "):byte()
  for letter in (head .. tail):gmatch(".") do sum = sum + letter:byte() end
  return head .. octal(sum, 6) .. " " .. tail
end

local function tar(name, content)
  return tar_header(name, #content) .. content .. ("\0"):rep(-#content % BLOCK) .. ("\0"):rep(2 * BLOCK)
end

local reasons = { [127] = "needs gzip; try: apt-get install gzip" }

-- The layer with the library `content`, called `name` in it, as a file that is complete and not yet finished (see
-- outfile.lua). A gzip that ends early must not take us with it (SIGPIPE), so it reads a file; and it writes one that
-- is there already.
function oci.layer(path, name, content)
  local unpacked, layer = outfile.create(path), outfile.create(path, { replaces = true })
  unpacked:write(tar(name, content))
  unpacked:complete()
  local done, how, status = os.execute(("gzip -n -9 <%s >%s 2>/dev/null"):format(shell.quoted(unpacked.part),
    shell.quoted(layer.part)))
  unpacked:drop()
  if done then
    layer:complete()
    return layer
  end
  layer:drop()
  if how == "signal" or status > 128 then stop.by_signal(how == "signal" and status or status - 128) end
  stop.failed("%s: %s", path, reasons[status] or "gzip failed; is the disk full?")
end

-- What is wrong with a name for a registry, in which it is the name of a repository; nil: nothing.
function oci.problem_of(name)
  if name:find("^[%l%d]+$") or name:find("^[%l%d][%l%d._-]*[%l%d]$") then return nil end
  return ('a registry takes names of lower case letters, digits, and ".", "_" or "-" between them; got "%s"'):format(
    name)
end

-- The configuration's text.
function oci.configuration(info)
  return ('{"name":%s,"version":%s,"requirements":[{"name":"plugin_api_version","version":%s}]}\n'):format(
    json.string(info.name), json.string(info.version), json.string(info.api))
end

oci.architectures = { x86_64 = "amd64", aarch64 = "arm64" }

return oci
