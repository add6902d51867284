-- What the shared objects are like: their symbols, relocations, size, needs.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."

local libraries = {
  { file = "lib/liblure.so", header = "v3/abi.h" },
  { file = "lib/liblure-v0.so", header = "v0/abi.h" },
}

local function lines_of(command)
  local output, status = support.run(command)
  assert(status == 0, output)
  local lines = {}
  for line in output:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

--- The names that a library defines for others, and what kind they are.
local function symbols_of(path)
  local symbols = {}
  for _, line in ipairs(lines_of("readelf --dyn-syms -W " .. path)) do
    local kind, section, name = line:match("^%s*%d+:%s+%x+%s+%S+%s+(%S+)%s+%S+%s+%S+%s+(%S+)%s+([^%s@]+)")
    if section and section ~= "UND" then symbols[name] = kind end
  end
  return symbols
end

--- The names of the plugin API's functions, from the one list of them.
local function api_of(header)
  local file = assert(io.open(source .. "/src/" .. header))
  local text = file:read("a")
  file:close()
  local names = {}
  for name in text:match("#define PLUGIN_API_SYMBOLS%(X%).-\n\n"):gmatch("X%(([%w_]+),") do names[#names + 1] = name end
  return names
end

for _, library in ipairs(libraries) do
  local path = support.build .. "/" .. library.file

  describe(library.file, function()
    it("exports every function of its plugin API as an indirect function", function()
      local symbols = symbols_of(path)
      local names = api_of(library.header)
      assert.is_true(#names > 15)
      for _, name in ipairs(names) do
        assert.equal("IFUNC", symbols["plugin_" .. name], "plugin_" .. name)
      end
    end)

    it("exports nothing else but Lua's own names, and what the program lure looks up", function()
      -- lure_lua_build: is another Lua in the process of our build? lure_console: profiles and the repl;
      -- lure_settings: YAML files and Falco's configuration; lure_interrupt: signals
      local known = { lure_lua_build = true, lure_settings = true, lure_interrupt = true, lure_console = library.file == "lib/liblure.so" }
      for _, name in ipairs(api_of(library.header)) do known["plugin_" .. name] = true end
      for name in pairs(symbols_of(path)) do
        assert.is_true(known[name] or name:find("^luaL?_") ~= nil or
          name:find("^luaopen_") ~= nil, "exports " .. name)
      end
    end)

    it("takes no function of the C library that looks at the locale of the process", function()
      local looking = {}
      for name in ("localeconv nl_langinfo printf sprintf snprintf fprintf __sprintf_chk __snprintf_chk sscanf "
        .. "__isoc99_sscanf __isoc23_sscanf strtod strtof strtold atof strcoll strxfrm strcasecmp strncasecmp strftime "
        .. "strerror __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc isalpha isalnum tolower toupper"):gmatch("%S+") do
        looking[name] = true
      end
      local output, status = support.run("readelf --dyn-syms -W " .. path)
      assert.equal(0, status)
      local seen = 0
      for name in output:gmatch(" UND ([%w_]+)") do
        seen = seen + 1
        assert.is_nil(looking[name], name .. ": see src/lua/clocale.h")
      end
      assert.is_true(seen > 20)
    end)

    it("refers to no function of the plugin API itself: with indirect functions that crashes", function()
      local output = support.run("readelf -rW " .. path)
      assert.is_nil(output:find("plugin_", 1, true))
    end)

    it("can be unloaded", function()
      assert.is_nil(support.run("readelf -dW " .. path):find("NODELETE", 1, true))
    end)

    it("needs the C library's own parts and nothing more", function()
      local parts = { libc = true, libm = true, libdl = true, libpthread = true, ["ld-linux-x86-64"] = true,
        ["ld-linux-aarch64"] = true }
      for needed in support.run("readelf -dW " .. path):gmatch("Shared library: %[([^.]+)") do
        assert.is_true(parts[needed] or needed:find("san$") ~= nil, needed)
      end
    end)

    it("tells the newest C library that it needs", function()
      local newest = lines_of("readelf -VW " .. path .. " | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1")[1]
      assert.is_truthy(newest)
      print(("# %s needs %s"):format(library.file, newest))
    end)

    it("is at most 2.5 MB without its symbols", function()
      local stripped = support.folder() .. "/stripped.so"
      lines_of(("strip -o %s %s && stat -c %%s %s"):format(stripped, path, stripped))
      assert.is_true(tonumber(lines_of("stat -c %s " .. stripped)[1]) <= 2500 * 1000)
    end)
  end)
end
