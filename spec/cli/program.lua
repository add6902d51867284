--- bin/lure as a process, for the specs of its commands.
local support = require "spec.support"

local program = {}

local quote = support.quote

program.path = support.build .. "/bin/lure"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do
    lines[#lines + 1] = line
  end
  return lines
end

local function command_of(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = quote(word)
  end
  return quote(program.path) .. " " .. table.concat(quoted, " ")
end

--- Runs a shell command in which `$lure` stands for the program with these words.
-- Returns { out =, err =, lines = (of out), status = }.
function program.shell(command, words)
  local out, err = support.file("", "out"), support.file("", "err")
  local text = command:gsub("%$lure", function()
    return command_of(words)
  end)
  text = ("unset LURE_LIBRARY LURE_SCRIPT\n{ %s\n} >%s 2>%s"):format(text, quote(out), quote(err))
  local _, status = support.run(text)
  local result = { out = read(out), err = read(err), status = status }
  result.lines = lines_of(result.out)
  return result
end

--- Runs `lure` with these words.
function program.lure(...)
  return program.shell("timeout 60 $lure </dev/null", { ... })
end

--- Runs it in a directory.
function program.lure_in(folder, ...)
  return program.shell("cd " .. quote(folder) .. " && timeout 60 $lure </dev/null", { ... })
end

--- Writes files ({ path = text }) into a folder of their own and returns its path.
function program.folder_with(files)
  local folder = support.file("", "empty"):match("^(.*)/")
  for path, text in pairs(files) do
    local whole = folder .. "/" .. path
    support.run("mkdir -p " .. quote(whole:match("(.*)/")))
    local file = assert(io.open(whole, "wb"))
    file:write(text)
    file:close()
  end
  return folder
end

--- The head of a script that is a source called "t".
program.source = [[name = "t", version = "1.0.0", id = 7, event_source = "t", ]]

--- Writes a script; `body` stands behind the head above. Returns its path.
function program.script(body, before)
  return support.file((before or "") .. "\nreturn { " .. program.source .. body .. " }")
end

--- For the body of a script: a source of one event with this payload, of any bytes.
function program.once(payload)
  return ("open = function() return { %q } end, next = function(i) return table.remove(i) end,"):format(payload)
end

--- A file of our own examples.
program.dummy = (os.getenv("LURE_SOURCE") or ".") .. "/examples/dummy.lua"

return program
