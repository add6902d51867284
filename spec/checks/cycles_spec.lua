-- The files of one directory of src have no cyclic dependencies. (Directories: docs/architecture_spec.lua.)

local support = require "spec.support"
local quote = support.quote

local source = os.getenv("LURE_SOURCE") or "."

--- The text of a C file without comments, strings and what the preprocessor reads.
local function code_of(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return (text:gsub("/%*.-%*/", ""):gsub('"[^"\n]*"', '""'):gsub("#include[^\n]*", ""))
end

--- The bodies of a header's inline functions: its other declarations need nothing.
local function bodies_of(text)
  local bodies = {}
  for body in text:gmatch("%)%s*(%b{})") do bodies[#bodies + 1] = body end
  return table.concat(bodies, "\n")
end

--- By name what a directory's files define for others: functions and variables; and by file all words in it. X.c and
-- X.h are one file.
local function read_directory(path)
  local definer, words = {}, {}
  for name in support.run(("cd %s && ls"):format(quote(path))):gmatch("[^\n]+") do
    local stem, kind = name:match("^([%w_]+)%.([ch])$")
    local text = stem and code_of(path .. "/" .. name) or ""
    for line, ending in ("\n" .. text):gmatch("\n(%a[^\n;={}]*[^\n;={}%s])%s*([;={])") do
      local function_name = line:match("([%w_]+)%(.*%)$")
      local variable_name = ending == "=" and line:match("([%w_]+)%[?%d*%]?$")
      local defines = kind == "c" and ending ~= ";" and not line:find("^static") and not line:find("^typedef")
      if defines and (function_name or variable_name) then definer[function_name or variable_name] = stem end
    end
    if kind == "h" then text = bodies_of(text) end
    words[stem or name] = words[stem or name] or {}
    for before, word in text:gmatch("([^%w_]?[^%w_])([%a_][%w_]*)") do
      if before:sub(-1) ~= "." and before ~= "->" then words[stem][word] = true end
    end
  end
  return definer, words
end

--- By file the files that it needs; and how often one needs another.
local function needs_in(path)
  local definer, words = read_directory(path)
  local needs, count = {}, 0
  for file, set in pairs(words) do
    needs[file] = {}
    for word in pairs(set) do
      local other = definer[word]
      if other and other ~= file then
        needs[file][other] = word
        count = count + 1
      end
    end
  end
  return needs, count
end

--- A cycle of files, as a text; nil: there is none.
local function cycle_in(needs)
  local state = {} -- "on the way" or "done"
  local function visit(file, way)
    if state[file] == "done" then return nil end
    way[#way + 1] = file
    if state[file] == "on the way" then
      local text = file
      for i = #way - 1, 1, -1 do
        text = ("%s (%s) -> %s"):format(way[i], needs[way[i]][way[i + 1]], text)
        if way[i] == file then return text end
      end
    end
    state[file] = "on the way"
    for other in pairs(needs[file] or {}) do
      local cycle = visit(other, way)
      if cycle then return cycle end
    end
    way[#way] = nil
    state[file] = "done"
    return nil
  end
  for file in pairs(needs) do
    local cycle = visit(file, {})
    if cycle then return cycle end
  end
  return nil
end

describe("the files of", function()
  local all = 0

  for name in support.run(("cd %s/src && ls"):format(quote(source))):gmatch("[^\n]+") do
    it(("src/%s have no cyclic dependencies"):format(name), function()
      local needs, count = needs_in(source .. "/src/" .. name)
      assert.is_nil(cycle_in(needs))
      all = all + count
    end)
  end

  it("src depend on each other often enough that cycles would be found", function()
    assert.is_true(all > 500)
  end)
end)
