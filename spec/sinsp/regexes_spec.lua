-- Patterns of the operator "regex": lure's translation for PCRE2 (lua/lure/rules/regex.lua) against RE2 as libsinsp uses it.

local regex = require "lure.rules.regex"
local driver = require "spec.sinsp.driver"

-- What random patterns are made of.
local pieces = { "a", "b", "c", "ä", "A", "1", " ", "\n", ".", ".", "^", "$", "|", "|", "(", "(", ")", ")", "*", "*", "+", "?",
  "{2}", "{1,2}", "{0,1}", "{2,}", "{", "}", "{,2}", "{01}", "{2,1}", "{1001}", "[ab]", "[^a]", "[a-c]", "[^a-bä]", "[]a]", "[^]a]", "[a-]",
  "[-a]", "[a-b-c]", "[b-a]", "[[:alpha:]]", "[[:^alpha:]]", "[^[:space:]]", "[[:word:][:punct:]]", "[[:foo:]]", "[:alpha:]", "[",
  "]", "[.*]", "[\\]\\\\]", "[\\n]", "[a\\-c]", "\\.", "\\*", "\\n", "\\t", "\\x61", "\\x{e4}", "\\141", "\\0", "\\1", "\\12",
  "\\d", "\\w", "\\b", "\\pL", "\\_", "\\-", "\\/", "\\\\", "\\", "(?:", "(?i)", "*?", "+?", "[ä-ö]", "[[:ascii:]]",
  "[\\x00-\\x{10ffff}]", "[^\\x00-\\x{10ffff}]", "\\x{110000}", "\\a", "\\ä", "()", "(|a)", "-", "/", "[^\\n]", "[[.a.]]", "[[=a=]]" }

local letters = { "a", "b", "c", "A", "ä", "1", " ", "\n", "-", "ab", "aa", "/", "\\", "{", "" }

local state = 1

local function one_of(list)
  state = state * 6364136223846793005 + 1442695040888963407
  return list[(state >> 33) % #list + 1]
end

local function some(list, counts)
  local parts = {}
  for i = 1, one_of(counts) do parts[i] = one_of(list) end
  return table.concat(parts)
end

-- A line as the driver writes it.
local function judged(pattern, texts)
  local matches, problem = regex.compile(pattern)
  if not matches then return "error: " .. problem.message end
  local verdicts = {}
  for i, text in ipairs(texts) do verdicts[i] = matches(text) and "1" or "0" end
  return table.concat(verdicts)
end

driver.describe("a random pattern", function(libsinsp)
  it("is of texts what RE2 says, and refused where RE2 refuses it", function()
    local patterns, texts, records = {}, {}, {}
    for i = 1, 10000 do
      patterns[i], texts[i] = some(pieces, { 1, 2, 3, 3, 4, 5, 6, 8 }), {}
      for j = 1, 8 do texts[i][j] = some(letters, { 0, 1, 1, 2, 3, 4 }) end
      records[i] = patterns[i] .. "\x1f" .. table.concat(texts[i], "\x1f") .. "\x1f"
    end
    libsinsp.folder:write("records", table.concat(records, "\x1e") .. "\x1e")
    local lines = libsinsp:play "patterns records"
    assert.equal(#records, #lines)
    local found, taken, matching = {}, 0, 0
    for i, line in ipairs(lines) do
      local ours = judged(patterns[i], texts[i])
      local refused = line:find("^error: ") and true or false
      if refused ~= (ours:find("^error: ") and true or false) or not refused and ours ~= line then
        found[#found + 1] = ("%q of %q\n  lure: %s\n  RE2: %s"):format(patterns[i], table.concat(texts[i], "\x1f"), ours, line)
      end
      if not refused then taken = taken + 1 end
      if ours:find("^[01]*1") then matching = matching + 1 end
    end
    assert(#found == 0, ("%d differ:\n%s"):format(#found, table.concat(found, "\n", 1, math.min(#found, 20))))
    assert.is_true(taken > 3000, taken)
    assert.is_true(matching > 500, matching) -- or the texts say little
  end)
end)
