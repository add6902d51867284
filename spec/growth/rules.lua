-- Files of rules, as the program loads and checks them. (Of lure.system, which only the program has, they need to open
-- a file, and to find the library beside the program.)
local support = require "spec.support"

package.preload["lure.system"] = package.preload["lure.system"] or function()
  return { hidden = {}, names = function() return nil end, open_regular = function(path) return io.open(path, "rb") end,
    executable = function() return support.build .. "/bin/lure" end, exists = function() return true end }
end

local host = require "lure.host"
local list = require "spec.growth.list"
local loader = require "lure.rules.loader"
local networks = require "lure.rules.networks"
local reach = require "lure.rules.reach"
local rulefiles = require "spec.rules.rulefiles"
local world = require "lure.rules.world"

local library = assert(host.load(support.lib(), { env = { LURE_SCRIPT = support.file(rulefiles.script, "shop.lua") } }))
local known = world.of_infos { library:info() }

local function rules_with(condition) return rulefiles.rule("r@", condition) end

-- A rule "r" and n changes of it, which append `what`.
local function appended(what)
  return function(n)
    return rulefiles.rule("r", "shop.price > 5", "  tags: [t]\n  exceptions: [{name: e, fields: [shop.user, shop.item]}]\n")
      .. list(n, "- rule: r\n" .. what, "")
  end
end

local function loading(text)
  return function(n)
    local path = support.file(text(n), "rules.yaml")
    return function()
      local loaded = loader.load({ path }, known)
      assert(loaded.found.errors == 0, loaded.found.list[1] and loaded.found.list[1].message)
      reach.look(loaded, function() end)
    end
  end
end

-- So many files, each of which has a list, a macro and a rule.
local function files(n)
  local paths = {}
  for i = 1, n do
    paths[i] = support.file((("- list: l@\n  items: [a@, b@]\n- macro: m@\n  condition: shop.user in (l@)\n"
      .. rules_with "m@ and shop.price > @"):gsub("@", i)), ("%03d.yaml"):format(i))
  end
  return function()
    local loaded = loader.load(paths, known)
    assert(#loaded.rules == n)
    reach.look(loaded, function() end)
  end
end

-- So many macros, each with the one before.
local function chain(n)
  local parts = { "- macro: m0\n  condition: shop.paid = true\n" }
  for i = 1, n do parts[i + 1] = ("- macro: m%d\n  condition: m%d and shop.price != %d\n"):format(i, i - 1, i) end
  return table.concat(parts) .. rulefiles.rule("r", "m" .. n)
end

return {
  ["files"] = { 10, files },
  ["rules with a large list in common"] = { 10, loading(function(n)
    return "- list: many\n  items: [" .. list(1000, "u@", ", ") .. "]\n"
      .. list(n, rules_with "shop.price = @ and not shop.user in (many)", "")
  end) },
  ["rules"] = { 30, loading(function(n) return list(n, rules_with "shop.price = @ and shop.user = u@", "") end) },
  ["rules that have a part in common"] = { 30, loading(function(n)
    return list(n, rules_with "shop.action = buy and shop.user = u@", "")
  end) },
  ["macros"] = { 50, loading(function(n) return list(n, "- macro: m@\n  condition: shop.price != @\n", "") end) },
  ["macros, each with the one before"] = { 50, loading(chain) },
  ["many macros, each with the one before"] = { 600, loading(chain) },
  ["lists named in one condition"] = { 60, loading(function(n)
    return list(n, "- list: l@\n  items: [a@, b@]\n", "") .. rulefiles.rule("r", "shop.user in (" .. list(n, "l@") .. ")")
  end) },
  ["lists without items in one condition"] = { 60, loading(function(n)
    return list(n, "- list: l@\n  items: []\n", "") .. rulefiles.rule("r", "shop.user in (ann, " .. list(n, "l@") .. ")")
  end) },
  ["checks with a list, in one condition"] = { 60, loading(function(n)
    return list(n, "- list: l@\n  items: [a@, b@]\n", "") .. rulefiles.rule("r", list(n, "shop.user in (l@)", " or "))
  end) },
  ["lists, each with the one before"] = { 60, loading(function(n)
    local parts = { "- list: l0\n  items: [a]\n" }
    for i = 1, n do parts[i + 1] = ("- list: l%d\n  items: [l%d]\n"):format(i, i - 1) end
    return table.concat(parts) .. rulefiles.rule("r", ("shop.user in (l%d)"):format(n))
  end) },
  ["lists, each with the one behind"] = { 600, loading(function(n)
    local parts = {}
    for i = 1, n do parts[i] = ("- list: l%d\n  items: [l%d]\n"):format(i, i + 1) end
    return table.concat(parts) .. rulefiles.rule("r", "shop.user in (l1)")
  end) },
  ["rules with two large lists in common"] = { 10, loading(function(n)
    return "- list: many\n  items: [" .. list(500, "u@", ", ") .. "]\n- list: more\n  items: [" .. list(500, "v@", ", ")
      .. "]\n" .. list(n, rules_with "shop.price = @ and not shop.user in (many, more)", "")
  end) },
  ["items appended to a list"] = { 100, loading(function(n)
    return "- list: many\n  items: [u0]\n"
      .. list(n, "- list: many\n  items: [u@]\n  override: {items: append}\n", "")
      .. rulefiles.rule("r", "shop.user in (many)")
  end) },
  ["conditions appended to a macro"] = { 100, loading(function(n)
    return "- macro: m\n  condition: shop.price > 5\n"
      .. list(n, "- macro: m\n  condition: and shop.user != u@\n  override: {condition: append}\n", "")
      .. rulefiles.rule("r", "m")
  end) },
  ["conditions appended to a rule"] = { 100,
    loading(appended "  condition: and shop.user != u@\n  override: {condition: append}\n") },
  ["texts appended to an output"] = { 100, loading(appended "  output: u@ %shop.user\n  override: {output: append}\n") },
  ["texts appended to a description"] = { 100, loading(appended "  desc: u@\n  override: {desc: append}\n") },
  ["tags appended to a rule"] = { 100, loading(appended "  tags: [t@]\n  override: {tags: append}\n") },
  ["exceptions appended to a rule"] = { 100, loading(appended("  exceptions: [{name: e@, fields: shop.user, "
    .. "values: [u@]}]\n  override: {exceptions: append}\n")) },
  ["values appended to an exception"] = { 100,
    loading(appended "  exceptions: [{name: e, values: [[u@, i@]]}]\n  override: {exceptions: append}\n") },
  ["lists, each in a rule"] = { 30, loading(function(n)
    return list(n, "- list: l@\n  items: [a@, b@]\n", "") .. list(n, rules_with "shop.user in (l@)", "")
  end) },
  ["items of a list"] = { 150, loading(function(n)
    return "- list: many\n  items: [" .. list(n, "u@", ", ") .. "]\n" .. rulefiles.rule("r", "shop.user in (many)")
  end) },
  ["items behind a modifier"] = { 150, loading(function(n)
    return rulefiles.rule("r", "shop.user startswith anyof (" .. list(n, "u@", ", ") .. ")")
  end) },
  ["networks of a list"] = { 150, loading(function(n)
    return rulefiles.rule("r", "shop.net in (" .. list(n, "2001:db8::@/128") .. ")")
  end) },
  ["addresses in as many networks"] = { 200, function(n)
    local found, addresses = {}, {}
    for i = 1, n do
      addresses[i] = string.pack(">I4", i << 8)
      found[i] = { bytes = addresses[i], prefix = 24 }
    end
    local contains = networks.new(found)
    return function()
      for _, address in ipairs(addresses) do assert(contains(address)) end
    end
  end },
  ["parts between or"] = { 1000, loading(function(n) return rulefiles.rule("r", list(n, "shop.user = u@", " or ")) end) },
  ["values of an exception"] = { 50, loading(function(n)
    return rulefiles.rule("r", "shop.price > 5", "  exceptions:\n  - name: e\n    fields: [shop.user, shop.item]\n    values:\n"
      .. list(n, "    - [u@, i@]\n", ""))
  end) },
}
