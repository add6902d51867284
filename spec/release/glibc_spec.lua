-- The shipped files, and plugins packed with them, on each C library at hand: the oldest, and those of Debian.

local release = require "spec.release.release"

local config, params = [['{"jitter": 0}']], [['{"start": 1, "maxEvents": 3}']]

-- What hosts find in examples/dummy.lua, and some of what they do not.
local found = { "plugin_init", "plugin_open", "plugin_next_batch", "plugin_event_to_string", "plugin_get_fields",
  "plugin_extract_fields", "plugin_get_init_schema" }
local hidden = { "plugin_parse_event", "plugin_get_async_events", "plugin_capture_open", "plugin_get_progress" }

for _, place in ipairs(release.places) do
  describe("on " .. place.name, function()
    local loader, version

    setup(function()
      loader = release.loader(place.machine)
      version = release.lines_in(place, "%s %s", loader, release.plugins(place.machine)[1].path)[1]
      print(("# %s has glibc %s"):format(place.name, version))
    end)

    it("is the C library that is meant", function()
      assert.is_truthy(version:find("^2%.%d+$"))
      assert.is_true(place.glibc == nil or place.glibc == version)
    end)

    for _, plugin in ipairs(release.plugins(place.machine)) do
      it(plugin.name .. " loads, and has what its script has", function()
        local names = table.concat(release.functions(plugin.library), " ")
        local lines = release.lines_in(place, "%s %s %s", loader, plugin.path, names)
        assert.equal(plugin.library.api == "3" and "3.0.0" or "0.3.0", lines[2])
        local has = {}
        for _, line in ipairs(lines) do has[line] = true end
        for _, name in ipairs(found) do assert.is_true(has[name], name) end
        for _, name in ipairs(hidden) do assert.is_nil(has[name], name) end
      end)
    end

    it("lure runs a script, and a packed plugin", function()
      for _, target in ipairs { os.getenv("LURE_SOURCE") .. "/examples/dummy.lua", release.plugins(place.machine)[2].path } do
        local lines = release.lines_in(place, "%s run %s --config %s --open %s -p '%%dummy.value %%dummy.divisible[3]'",
          release.file(place.machine, "bin/lure"), target, config, params)
        assert.matches("^3 events, ", table.remove(lines))
        assert.same({ "2 0", "3 1", "4 0" }, lines)
      end
    end)
  end)
end
