-- globals: names that a script reads and nothing gives it, and globals that it makes.

local text = require "lure.cli.text"

-- What other versions of Lua have, and scripts ask for before they use it.
local of_other_luas = {
  bit = true, bit32 = true, getfenv = true, jit = true, loadstring = true, module = true, setfenv = true, unpack = true,
}

-- These can make globals that nobody sees in the text.
local makers = { dofile = true, load = true, loadfile = true }

local function keys_of(...)
  local names = {}
  for _, list in ipairs { ... } do
    for name in pairs(list) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- What all files together give names to, and what they ask for.
local function gather(files)
  local all = { written = {}, globals = {}, tested = {}, vague = false }
  for _, file in ipairs(files) do
    local seen = file.seen
    all.vague = all.vague or seen.vague
    for _, write in ipairs(seen.writes) do
      all.written[write.name] = true
      if write.global then all.globals[write.name] = true end
    end
    for _, read in ipairs(seen.reads) do
      if read.tested then all.tested[read.name] = true end
      if makers[read.name] then all.vague = true end
    end
  end
  return all
end

local function is_global(read) return read.name == read.key end

-- What to say of an unknown name.
local function message_of(read, all, seen)
  if not is_global(read) then
    local nearest = text.nearest(read.key, keys_of(read.known))
    local table_name = read.name:sub(1, -#read.key - 1)
    return ('unknown name "%s"%s'):format(read.name,
      nearest and ('; did you mean "%s%s"?'):format(table_name, nearest) or "")
  end
  local declared = seen.locals[read.name]
  if declared then
    return ('unknown global "%s": the local of that name (line %d) is not seen here; declare it further up'):format(
      read.name, declared)
  end
  return ('unknown global "%s"%s'):format(read.name,
    text.suggestion(read.name, keys_of(read.known, all.globals, seen.locals)))
end

local function look_at_reads(file, all, findings)
  local told = {}
  for _, read in ipairs(file.seen.reads) do
    local place = read.name .. ":" .. read.line
    local guarded = all.tested[read.name] and not read.tested
    local foreign = of_other_luas[read.name] and (read.tested or read.alternative)
    if read.known[read.key] == nil and not (all.written[read.name] or guarded or foreign or told[place]) then
      told[place] = true
      local doubtful = read.tested or read.alternative or all.vague
      findings:add(doubtful and "hint" or "error", file.name, read.line, message_of(read, all, file.seen))
    end
  end
end

local function look_at_writes(file, findings)
  local told = {}
  for _, write in ipairs(file.seen.writes) do
    if write.global and not told[write.name] then
      told[write.name] = true
      findings:add("hint", file.name, write.line,
        ('"%s" is a global; state lives in locals: local %s'):format(write.name, write.name))
    end
  end
end

-- `files`: list of { name =, seen = what flow.follow answers }.
return function(files, findings)
  local all = gather(files)
  for _, file in ipairs(files) do
    look_at_reads(file, all, findings)
    look_at_writes(file, findings)
  end
end
