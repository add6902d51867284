-- Falco's configuration, as the library reads it.
local host = require "lure.host"
local list = require "spec.growth.list"
local support = require "spec.support"

local function reading(text)
  return function(n)
    local path = support.file(text(n), "falco.yaml")
    return function()
      assert(host.settings(support.lib(), "yaml", path))
    end
  end
end

--- The same for a text that may be refused: there is too much of something.
local function trying(text)
  return function(n)
    local path = support.file(text(n), "falco.yaml")
    return function()
      host.settings(support.lib(), "yaml", path)
    end
  end
end

return {
  ["keys"] = { 300, reading(function(n) return list(n, "k@: v@\n", "") end) },
  ["keys of equal names"] = { 300, reading(function(n) return list(n, "k: v@\n", "") end) },
  ["list elements"] = { 300, reading(function(n) return "a:\n" .. list(n, "  - v@\n", "") end) },
  ["flow elements"] = { 300, reading(function(n) return "a: [" .. list(n, "v@", ", ") .. "]\n" end) },
  ["plugins"] = { 100, reading(function(n)
    return "plugins:\n" .. list(n, "  - name: p@\n    library_path: /none/@.so\n    init_config: {a: @}\n", "")
  end) },
  ["bytes of a plain text"] = { 10000, reading(function(n) return "a: " .. ("x"):rep(n) .. "\n" end) },
  ["bytes of a quoted text"] = { 3000, reading(function(n) return 'a: "' .. ("\\n\\u00e4"):rep(n) .. '"\n' end) },
  ["lines of a block"] = { 300, reading(function(n) return "a: |\n" .. list(n, "  line @\n", "") end) },
  ["lines of a comment"] = { 300, reading(function(n) return list(n, "# @\n", "") .. "a: b\n" end) },
  ["odd bytes"] = { 1000, reading(function(n) return "a: " .. ("\xE9\x85 "):rep(n) .. "\n" end) },
  ["anchors and aliases"] = { 100, reading(function(n) return list(n, "a@: &a@ v\nb@: *a@\n", "") end) },
  ["aliases behind many anchors"] = { 300, reading(function(n)
    return list(n, "a@: &a@ v\n", "") .. list(n, "b@: *a1\n", "")
  end) },
  ["aliases of one anchor"] = { 100, reading(function(n) return "a: &a {b: c}\n" .. list(n, "k@: *a\n", "") end) },
  ["aliases of a large anchor"] = { 30, trying(function(n)
    return "a: &a [" .. list(30, "v", ", ") .. "]\n" .. list(n, "k@: *a\n", "")
  end) },
  ["nested flows"] = { 20, trying(function(n) return "a: " .. ("["):rep(n) .. ("]"):rep(n) .. "\n" end) },
  ["documents"] = { 300, reading(function(n) return list(n, "---\na: @\n", "") end) },
  ["a text that is no YAML"] = { 3000, trying(function(n) return ("x: ["):rep(n) end) },
}
