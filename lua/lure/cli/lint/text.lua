-- text: a script's text, and the modules beside it or packed with it that it requires, looked at without running
-- them.

local arguments = require "lure.cli.lint.arguments"
local backtracking = require "lure.cli.lint.backtracking"
local blocking = require "lure.cli.lint.blocking"
local bundle = require "lure.cli.bundle"
local bytecode = require "lure.bytecode"
local read = require("lure.cli.files").read
local flow = require "lure.cli.lint.flow"
local globals = require "lure.cli.lint.globals"
local library = require "lure.cli.library"
local modules = require "lure.cli.modules"
local required = require "lure.cli.lint.required"
local sandbox = require "lure.cli.lint.sandbox"
local tails = require "lure.cli.lint.tails"
local threads = require "lure.cli.lint.threads"
local unused = require "lure.cli.lint.unused"

local text = {}

local function directory_of(path) return path:match("^(.*)/[^/]*$") or "." end

-- Adds the file, unless it is no Lua: loading it says so.
local function add(files, name, content, known)
  local main = bytecode.read(content, "=" .. name)
  if main then files[#files + 1] = { name = name, text = content, seen = flow.follow(main, known) } end
end

local function read_packed(content, api)
  local packed = bundle.read(content)
  if not packed or not packed[1] then return nil end
  local known, files = sandbox(api), {}
  for _, file in ipairs(packed) do add(files, file.name, file.text, known) end
  return files
end

-- A list of files, the script first: { name =, text =, seen = what flow.follow answers }; nil: it cannot be
-- read, or is a library without a script. Of a script it has the modules that are `missing`, and its `directory`.
function text.read(path, api)
  local content = read(path)
  if not content then return nil end
  if library.is_plugin(path) then return read_packed(content, api) end
  local known, files = sandbox(api), {}
  add(files, path:match("[^/]*$"), content, known)
  if not files[1] then return files end
  local found, _, missing = modules.needed_by(path, {}, {})
  files.missing, files.directory = missing, directory_of(path)
  for _, module in ipairs(found) do
    if module.path:sub(1, #directory_of(path) + 1) == directory_of(path) .. "/" then
      add(files, module.name, module.text, known)
    end
  end
  return files
end

function text.look_at(files, findings)
  globals(files, findings)
  unused(files, findings)
  threads(files, findings)
  tails(files, findings)
  for _, file in ipairs(files) do backtracking(file, findings) end
  if not files[1] then return end
  arguments(files[1], findings)
  blocking(files[1], findings)
end

-- Of a script that loads: where one does not, it says so itself.
function text.look_at_modules(files, findings)
  if files.missing then required(files.missing, files.directory, files, findings) end
end

-- The first line where the script has `word = ` or "word" in quotes.
function text.line_of(files, word)
  local literal = word:gsub("%p", "%%%0")
  local number = 0
  for line in (files[1] and files[1].text or ""):gmatch("([^\n]*)\n?") do
    number = number + 1
    if line:find("%f[%w_]" .. literal .. "%s*=") or line:find("[\"']" .. literal .. "[\"']") then return number end
  end
end

return text
