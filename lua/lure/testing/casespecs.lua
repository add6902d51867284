-- casespecs: cases of rules (cases.lua) as specs of Busted.
--
--   casespecs.install()        before Busted runs with the loader "cases"
--
-- Each file is a `describe`, each case an `it`. The plugin and the rules are loaded once a file, when its first case
-- runs.

local cases = require "lure.testing.cases"
local paths = require "lure.testing.paths"

local casespecs = { PATTERN = "_cases%.ya?ml$" }

local function busted_fail(message) require("busted").fail(message, 0) end

local LOADER = "busted.modules.files.cases"

-- The path of a file that a file of cases names.
local function located(file, name)
  local directory = file.path:match("^(.*)/") or "."
  local path = paths.find(name, directory)
  if path then return path end
  busted_fail(("%s: %s is found neither in %s nor in its parent directory nor in the working directory"):format(
    file.name, name, directory))
end

-- A function that answers the rules and the plugin of a file, loading both the first time.
local function loaded_of(file)
  local plugin, rules
  return function()
    if not rules then
      local testing = require "lure.testing"
      plugin = plugin or testing.load(located(file, file.script), { config = file.config })
      local named = {}
      for i, name in ipairs(file.rules) do named[i] = located(file, name) end
      named[#named + 1] = { priority = file.priority, matching = file.matching }
      rules = plugin:rules(table.unpack(named))
    end
    return rules, plugin
  end
end

local function run_case(file, case, loaded)
  local rules, plugin = loaded()
  local alerts = {}
  for _, payload in ipairs(case.payloads) do
    for _, alert in ipairs(rules:alerts(plugin:event(payload))) do alerts[#alerts + 1] = alert end
  end
  local wrong = cases.differences(case, alerts)
  if wrong then busted_fail(("%s:%d: %s"):format(file.name, case.line, wrong)) end
end

-- What Busted calls to define the tests of a file.
local function body_of(busted, file)
  local define = busted.executors
  return function()
    define.describe(file.name, function()
      local loaded = loaded_of(file)
      for _, case in ipairs(file.cases) do
        file.line = case.line
        define.it(case.name, function() run_case(file, case, loaded) end)
      end
    end)
  end
end

-- The place of a test, for reports, is the case that is defined at the moment.
local function trace_of(file)
  return function(filename, info)
    info.short_src, info.source, info.currentline = filename, "@" .. filename, file.line or 1
    return info
  end
end

function casespecs.install()
  package.preload[LOADER] = function()
    return {
      match = function(_, filename) return filename:find(casespecs.PATTERN) ~= nil end,
      load = function(busted, filename)
        local file, problem = cases.read(filename)
        if not file then
          busted.publish({ "error", "file" }, { descriptor = "file", name = filename }, nil, problem,
            { short_src = filename, currentline = 1, traceback = "" })
          return nil
        end
        return body_of(busted, file), trace_of(file)
      end,
    }
  end
end

return casespecs
