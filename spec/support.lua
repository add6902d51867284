--- What all specs share: where things are built, temporary files, plugins from scripts.
--
-- $LURE_BUILD names the build directory (by default "build").
local host = require "lure.host"

local support = {}

support.build = os.getenv("LURE_BUILD") or "build"

--- The build has LURE_PLAIN_LUA: every function of a script is called. All else that specs say holds there, too.
support.plain = os.getenv("LURE_PLAIN_LUA") == "ON"

local function read_source(path)
  local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

--- The newest plugin API 3 that there is: its minor version.
support.newest_minor = tonumber(read_source("src/base/apiversion.h"):match("#define API_3_NEWEST_MINOR (%d+)"))

--- The types that a field can have.
support.field_types = {}
for name in read_source("src/event/fieldtypes.def"):gmatch '\nFIELD_TYPE%(%w+, "(%w+)"' do
  table.insert(support.field_types, name)
end

local folder -- of temporary files
local written = 0

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end
support.quote = quote

--- Runs a shell command. Returns what it wrote to both outputs, and its exit status (128 + n for a signal).
function support.run(command)
  local pipe = assert(io.popen("exec 2>&1\n" .. command, "r"))
  local output = pipe:read("a")
  local _, how, status = pipe:close()
  return output, how == "signal" and 128 + status or status
end

--- The shell command that runs another, as root, with mounts of its own.
function support.with_mounts(command)
  -- in a chroot, "/" is no mount whose propagation could be changed
  return "own=private; unshare --mount --propagation private true 2>/dev/null || own=unchanged; " ..
    "unshare --mount --propagation $own sh -c " .. quote(command)
end

-- What `of` makes of each number from 1 to n.
function support.list_of(n, of)
  local list = {}
  for i = 1, n do list[i] = of(i) end
  return list
end

--- How many descriptors this process has open, garbage left aside.
function support.descriptors()
  collectgarbage()
  collectgarbage()
  local list, count = os.tmpname(), 0
  os.execute(("ls /proc/$PPID/fd >%s"):format(list)) -- io.popen's pipe would be counted, or not yet
  for _ in io.lines(list) do count = count + 1 end
  os.remove(list)
  return count
end

--- Waits until `done()` is true. False: it was not within a minute.
function support.until_true(done)
  local begin = os.time()
  while not done() do
    if os.time() > begin + 60 then return false end
    os.execute "sleep 0.005"
  end
  return true
end

--- The folder for temporary files of this process; it is removed with all that is in it when the process ends.
function support.folder()
  if not folder then
    local path = support.run("mktemp -d"):gsub("\n$", "")
    folder = setmetatable({ path = path }, {
      __gc = function()
        os.execute("rm -rf " .. quote(path))
      end,
    })
  end
  return folder.path
end

--- Writes a temporary file and returns its path. `name` may hold folders.
function support.file(text, name)
  written = written + 1
  local path = ("%s/%d/%s"):format(support.folder(), written, name or "script.lua")
  support.run("mkdir -p " .. quote(path:match("(.*)/")))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

--- The path of our library for plugin API 3 (default) or 0.
function support.lib(api)
  return ("%s/lib/%s"):format(support.build, api == 0 and "liblure-v0.so" or "liblure.so")
end

local function is_path(script)
  return script:find("^[^\n]*%.lua$") ~= nil
end

local function load_options(script, options)
  local environment = { LURE_SCRIPT = is_path(script) and script or support.file(script) }
  for name, value in pairs(options.env or {}) do
    environment[name] = value
  end
  return { minor = options.minor, lazy = options.lazy, env = environment }
end

--- Loads our library with a script: its text, or a path that ends in ".lua".
-- options: api = 3 | 0, minor, lazy, env. Returns what host.load returns.
function support.load_script(script, options)
  options = options or {}
  return host.load(support.lib(options.api), load_options(script, options))
end

--- Loads and inits a script, which must work. options: as above, and config (text). Returns the state, the library.
function support.start(script, options)
  options = options or {}
  local library = assert(support.load_script(script, options))
  return assert(library:init(options.config or "")), library
end

--- An event of the host's own, that any plugin takes as its own: { data = …, num = …, ts = … }, or the payload.
function support.event(options)
  return host.event(type(options) == "table" and options or { data = tostring(options) })
end

--- Runs `callback` with standard error (of C code too) going to a file. Returns the text, then the callback's results.
function support.capture_stderr(callback)
  local path = support.file("", "stderr")
  local restore = host.redirect_stderr(path)
  local results = table.pack(pcall(callback))
  restore()
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  if not results[1] then
    error(results[2], 0)
  end
  return text, table.unpack(results, 2, results.n)
end

return support
