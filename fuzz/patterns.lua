-- The rounds of fuzz/patterns.c, called with Lua's own string library, how many, and a seed; `string` is ours.
local stock, rounds, seed = ...
local ours = string

math.randomseed(seed)
local random = math.random

local function pick(list) return list[random(#list)] end

local bytes = { "a", "b", "a", "b", "c", " ", ",", "=", "1", "x", "%", "[", "]", "-", ".", "\0", "\xff",
  "(", ")" }

local singles = { "a", "b", "c", "x", " ", ",", "=", ".", ".", "%a", "%d", "%s", "%S", "%w", "%W", "%.", "%%", "%[",
  "%-", "%z", "%q", "[ab]", "[^a]", "[^,]", "[^ab]", "[a-c]", "[%w=]", "[]]", "[^]]", "[^%s]",
  "\0", "\xff", "^", "$", "]" }

-- Few of all these: more meet what they look for.
local narrow = { bytes = { "a", "b" }, singles = { "a", "b", "a", "b", ".", "[ab]", "%a", "[^a]" } }
local wide = { bytes = bytes, singles = singles }
local from = wide

local function make_subject()
  local parts = {}
  for i = 1, random(0, pick { 3, 12, 40 }) do parts[i] = pick(from.bytes) end
  return table.concat(parts)
end

local repeats = { "", "", "", "", "*", "+", "-", "?" }
local others = { "%b()", "%bab", "%f[%w]", "%f[^,]", "%1", "%2", "%", "[", "[^", "[a", "%f", "%b", "(", ")", "()",
  "(()" }

--- An item of a pattern, or a group of some.
local function make_item(depth)
  local kind = random(12)
  if kind == 1 and random(3) == 1 then return pick(others) end
  if kind <= 3 and depth > 0 then
    local parts = { "(" }
    for _ = 1, random(0, 3) do parts[#parts + 1] = make_item(depth - 1) end
    parts[#parts + 1] = ")"
    return table.concat(parts)
  end
  return pick(from.singles) .. pick(repeats)
end

local function make_pattern()
  local parts = { random(6) == 1 and "^" or "" }
  if random(400) == 1 then parts[1] = ("("):rep(random(28, 36)) end
  for _ = 1, random(0, pick { 2, 5, 8 }) do parts[#parts + 1] = make_item(2) end
  if random(6) == 1 then parts[#parts + 1] = "$" end
  return table.concat(parts)
end

local function all_of_gmatch(library, subject, pattern, init)
  local found = {}
  for a, b, c in library.gmatch(subject, pattern, init) do
    found[#found + 1] = ("%s|%s|%s"):format(a, b, c)
    if #found > 100 then break end
  end
  return table.concat(found, "\n")
end

local calls = {
  function(library, subject, pattern, init) return library.find(subject, pattern, init) end,
  function(library, subject, pattern, init) return library.match(subject, pattern, init) end,
  all_of_gmatch,
  function(library, subject, pattern) return library.gsub(subject, pattern, "<%0>") end,
  function(library, subject, pattern) return library.gsub(subject, pattern, "%1", random(0, 3)) end,
  function(library, subject, pattern) return library.gsub(subject, pattern, { a = "A", [1] = "1" }) end,
}

--- What a call answers, as one text.
local function answer(call, library, subject, pattern, init)
  local values = table.pack(pcall(call, library, subject, pattern, init))
  for i = 1, values.n do values[i] = math.type(values[i]) == "integer" and values[i] or tostring(values[i]) end
  return table.concat(values, "\1", 1, values.n)
end

for round = 1, rounds do
  from = pick { narrow, wide }
  local subject, pattern = make_subject(), make_pattern()
  local init = random(4) == 1 and random(-5, 45) or 1
  local call = pick(calls)
  local state = random(0) -- both calls draw the same numbers
  math.randomseed(state)
  local mine = answer(call, ours, subject, pattern, init)
  math.randomseed(state)
  local its = answer(call, stock, subject, pattern, init)
  if mine ~= its then
    error(("round %d, seed %d: %q and pattern %q from %d:\n%q, but Lua says\n%q"):format(round, seed, subject, pattern,
      init, mine, its))
  end
end
print(("%d patterns answered as by Lua"):format(rounds))
