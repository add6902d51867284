-- Memory that runs out, at every place where the library asks for some: no crash, no leak, a text or a right
-- result, and the next call works. LURE_ALLOCFAIL=all tries each place, which takes hours; else it is a sample.
local functions = require "spec.modulefunctions"
local http = require "spec.http.given"
local support = require "spec.support"

local ALLOCFAIL = support.build .. "/spec/allocfail.so"
local FOLDER = (os.getenv("LURE_SOURCE") or ".") .. "/spec/memory/"
local MOST = os.getenv "LURE_ALLOCFAIL" == "all" and math.maxinteger or os.getenv "LURE_SPECIAL_BUILD" and 30 or 100

local function is_there(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

local function read(path)
  local file = assert(io.open((os.getenv("LURE_SOURCE") or ".") .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

local scripts, lives = "", ""
for _, name in ipairs { "source", "state", "reload", "swap", "batchprefetch", "functions", "waits", "http", "files", "delivery", "formats" } do
  scripts = scripts .. read("spec/memory/" .. name .. ".lua")
  lives = lives .. read("spec/memory/" .. name .. "_life.lua")
end

--- By exported function how a life calls it, or what has it called: loading, init.
local CALLS = {
  init = ":init", destroy = ":destroy", open = ":open ", close = "instance:close", next_batch = ":next_batch",
  get_progress = ":progress", list_open_params = ":open_params", event_to_string = ":to_string", extract_fields = ":extract",
  parse_event = ":parse", set_async_event_handler = ":async_open", dump_state = ":dump_state", set_config = ":set_config",
  get_metrics = ":metrics", capture_open = ":capture_open", capture_close = ":capture_close",
}
for _, name in ipairs { "get_required_api_version", "get_version", "get_last_error", "get_name", "get_description", "get_contact",
                        "get_init_schema", "get_id", "get_event_source", "get_fields", "get_extract_event_sources",
                        "get_extract_event_types", "get_parse_event_types", "get_parse_event_sources",
                        "get_async_event_sources", "get_async_events", "get_required_event_schema_version", "get_type" } do
  CALLS[name] = "host.load"
end

describe("memory that runs out meets", function()
  for api, path in pairs { [3] = "src/v3/abi.h", [0] = "src/v0/abi.h" } do
    it(("every exported function of the plugin API %d"):format(api), function()
      local seen = 0
      for name in read(path):match("#define PLUGIN_API_SYMBOLS.-\n\n"):gmatch("%f[%w]X%(([%w_]+)") do
        assert.is_truthy(CALLS[name], name)
        assert.is_truthy(lives:find(CALLS[name], 1, true), name)
        seen = seen + 1
      end
      assert.is_true(seen > 15, seen)
    end)
  end

  it("every function of lure's modules, as lua/lure/meta.lua has them", function()
    for _, one in ipairs(functions) do
      local pattern = one.object:gsub("%.", "%%.") .. "[.:]" .. one.name
      assert.is_truthy(scripts:find("%f[%w]" .. pattern .. "%f[^%w_]"), "no script calls " .. one.call)
    end
  end)
end)

--- Runs a plugin's life again and again, each time with `count` allocations failing a little later.
local function run(library, script, count)
  local command = {}
  for i, word in ipairs { "lua5.4", FOLDER .. "run.lua", ALLOCFAIL, library, FOLDER .. script .. ".lua", MOST, count } do
    command[i] = support.quote(tostring(word))
  end
  return support.run(("FOLDER=$(mktemp -d -p %s) CERTIFICATES=%s LD_PRELOAD=%s LUA_CPATH=%s %s 2>/dev/null || echo crashed"):format(
    support.quote(support.folder()), support.quote(http.certificates()), support.quote(ALLOCFAIL), support.quote(package.cpath),
    table.concat(command, " ")))
end

--- The library with the script packed in it.
local function packed(script)
  local path = support.folder() .. "/liblure-packed.so"
  local output, status = support.run(("%s/bin/lure pack %s -o %s"):format(support.quote(support.build),
    support.quote(FOLDER .. script .. ".lua"), support.quote(path)))
  assert(status == 0, output)
  return path
end

for _, life in ipairs { { 3, "source" }, { 0, "source" }, { 3, "state" }, { 3, "source", "packed " }, { 0, "source", "packed " },
                       { 3, "reload" }, { 3, "swap" }, { 0, "swap" }, { 3, "batchprefetch" }, { 0, "batchprefetch" },
                       { 3, "functions" }, { 0, "functions" }, { 3, "waits" }, { 0, "waits" },
                       { 3, "http" }, { 0, "http" }, { 3, "files" }, { 0, "files" }, { 3, "delivery" }, { 0, "delivery" },
                       { 3, "formats" }, { 0, "formats" } } do
  local api, script, how = life[1], life[2], life[3] or ""
  for name, count in pairs { ["a single allocation"] = 1, ["an allocation and its second try"] = 2,
                             ["every allocation from one on"] = 1 << 40 } do
    it(("a %s%s under the plugin API %d survives that %s fails, wherever that is"):format(how, script, api, name), function()
      if not is_there(ALLOCFAIL) then
        pending("sanitizers have an allocator of their own")
      end
      local output = run(how ~= "" and packed(script) or support.lib(api), script, count)
      local runs, places = output:match("^(%d+) runs of (%d+) places\n$")
      assert.is_truthy(runs, output)
      assert.is_true(tonumber(places) > 150 and tonumber(runs) >= math.min(tonumber(places), MOST) // 2, output)
    end)
  end
end
