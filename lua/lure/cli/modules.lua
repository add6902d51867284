-- modules: which modules a script requires, and where they are.
--
-- Read off the text: `require "name"` with a name that stands there, wherever it stands;
-- `pcall(require, "name")` is a module that may be missing. Of a name that is computed only the line is told.

local files = require "lure.cli.files"
local system = require "lure.system"

local modules = {}

local SYSTEM = { "/usr/local/share/lua/5.4", "/usr/share/lua/5.4" }

-- Where modules are looked for besides the script's own directory.
modules.DIRECTORIES = { SYSTEM[1], SYSTEM[2], "/usr/local/lib/lua/5.4", "/usr/lib/*/lua/5.4", "/usr/lib/lua/5.4" }

-- The same for package.path, and for package.cpath.
modules.SYSTEM_TEMPLATES = ("%s/?.lua;%s/?/init.lua"):rep(2, ";"):format(SYSTEM[1], SYSTEM[1], SYSTEM[2], SYSTEM[2])
modules.C_TEMPLATES = "/usr/local/lib/lua/5.4/?.so;/usr/lib/x86_64-linux-gnu/lua/5.4/?.so;"
  .. "/usr/lib/aarch64-linux-gnu/lua/5.4/?.so;/usr/lib/lua/5.4/?.so"

-- What lure and Lua themselves have.
local own = { lure = true, _G = true, coroutine = true, debug = true, io = true, math = true, os = true, package = true,
  string = true, table = true, utf8 = true, lpeg = true, re = true,
  ["lure.compress"] = true, ["lure.crypto"] = true, ["lure.file"] = true, ["lure.http"] = true, ["lure.ip"] = true,
  ["lure.net"] = true, ["lure.process"] = true, ["lure.regex"] = true, ["lure.text"] = true, ["lure.time"] = true,
  ["lure.window"] = true }

-- The place behind a long bracket that begins at `at`, and what is in it; nil: there is none.
local function long_bracket(text, at)
  local equals = text:match("^%[(=*)%[", at)
  if not equals then return nil end
  local content, finish = text:match("^(.-)%]" .. equals .. "%]()", at + #equals + 2)
  return finish or #text + 1, content
end

-- The place behind a quoted text, and what is in it as it is typed.
local function quoted(text, at)
  local quote, from = text:sub(at, at), at + 1
  while true do
    local letter, place = text:match("([\\\n" .. quote .. "])()", from)
    if letter ~= "\\" then return place or #text + 1, text:sub(at + 1, (place or #text + 2) - 2) end
    from = place + 1
  end
end

-- One token after another: its kind ("name", "text" or the letter itself), its text, its line, and whether ".."
-- follows.
local function tokens(text)
  local at, line, counted = 1, 1, 1
  local function token(kind, content, from, finish)
    line = line + select(2, text:sub(counted, from - 1):gsub("\n", ""))
    counted, at = from, finish
    return kind, content, line, text:find("^%s*%.%.", finish) ~= nil
  end
  return function()
    while true do
      at = text:match("^%s*()", at)
      if at > #text then return nil end
      if text:find("^%-%-", at) then
        at = long_bracket(text, at + 2) or text:match("^[^\n]*()", at)
      else
        local name, finish = text:match("^([%a_][%w_]*)()", at)
        if name then return token("name", name, at, finish) end
        local content
        finish, content = long_bracket(text, at)
        if not finish and text:find("^[\"']", at) then finish, content = quoted(text, at) end
        if finish then return token("text", content, at, finish) end
        return token(text:sub(at, at), nil, at, at + 1)
      end
    end
  end
end

-- The modules that a text requires: a list of { name =, line =, optional = }; and a list of the lines of those
-- whose name is computed.
function modules.required_by(text)
  local found, computed, before, seen = {}, {}, {}, {}
  for kind, content, line, goes_on in tokens(text) do
    local called = before[1] == "(" and before[2] == "require"
    local tried = before[1] == "," and before[2] == "require" and before[3] == "(" and before[4] == "pcall"
    local named = kind == "text" and (before[1] == "require" or not goes_on)
    if (called or tried) and not named then
      computed[#computed + 1] = line
    elseif named and (called or tried or before[1] == "require") and not seen[content]
      and content:find("^[%w_.%-]+$") then
      seen[content] = true
      found[#found + 1] = { name = content, line = line, optional = tried }
    end
    table.insert(before, 1, kind == "name" and content or kind)
    before[5] = nil
  end
  return found, computed
end

local function templates(directories)
  local list = {}
  for _, directory in ipairs(directories) do
    list[#list + 1] = directory .. "/?.lua"
    list[#list + 1] = directory .. "/?/init.lua"
  end
  return table.concat(list, ";")
end

-- As package.searchpath, which would open a named pipe, and wait.
local function find(name, list)
  for template in list:gmatch("[^;]+") do
    local path = template:gsub("%?", (name:gsub("%.", "/"):gsub("%%", "%%%%")))
    if system.is_file(path) then return path end
  end
end

-- "audit/rules.lua" for a module found at ".../audit/rules.lua".
local function name_of(path, module)
  return module:gsub("%.", "/") .. (path:find("/init%.lua$") and "/init.lua" or ".lua")
end

-- All Lua modules that the script at `path` needs, and those that they need, looked for beside it, in
-- `directories` and where Lua modules are installed; `also` is a list of names that the text does not show.
-- Answers four lists: the modules { module =, name =, path =, text = } by name, the names of C modules, those
-- not found, as { name =, file =, line = } (those that may be missing are left out), and the places where a name
-- is computed, as { file =, line = }.
function modules.needed_by(path, directories, also)
  local search = { path:match("^(.*)/[^/]*$") or "." }
  for _, list in ipairs { directories, SYSTEM } do table.move(list, 1, #list, #search + 1, search) end
  search = templates(search)
  local found, in_c, missing, computed, seen = {}, {}, {}, {}, {}
  local take

  local function take_all(text, file)
    local required, lines = modules.required_by(text)
    for _, wanted in ipairs(required) do take(wanted, file) end
    for _, line in ipairs(lines) do computed[#computed + 1] = { file = file, line = line } end
  end

  function take(wanted, file)
    if own[wanted.name] or seen[wanted.name] then return end
    seen[wanted.name] = true
    local place = find(wanted.name, search)
    local text = place and files.read(place)
    if text then
      local name = name_of(place, wanted.name)
      found[#found + 1] = { module = wanted.name, name = name, path = place, text = text }
      take_all(text, name)
    elseif find(wanted.name, modules.C_TEMPLATES) then
      in_c[#in_c + 1] = wanted.name
    elseif not wanted.optional then
      missing[#missing + 1] = { name = wanted.name, file = file, line = wanted.line }
    end
  end

  local file = path:match("[^/]*$")
  take_all(files.read(path) or "", file)
  for _, name in ipairs(also) do take({ name = name }, file) end
  table.sort(found, function(a, b) return a.module < b.module end)
  table.sort(in_c)
  return found, in_c, missing, computed
end

return modules
