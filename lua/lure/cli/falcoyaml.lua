-- falcoyaml: what lure writes for Falco, its configuration and rules, as YAML.
--
--   falcoyaml.text(text)       a scalar that is read as this text, in quotes where it needs them
--   falcoyaml.string(text)     the same, always in quotes
--   falcoyaml.comment(text)    one line for behind "# "
--   falcoyaml.literal(text)    for falco.yaml: Falco replaces "${NAME}" there by a variable, but not in this
--   falcoyaml.json(text)       a JSON string of it, without such a place
--   falcoyaml.escaped(json)    the same JSON without such places
--   falcoyaml.plugin(entry)    an entry of `plugins`, see there
--   falcoyaml.load_plugins(names)
--   falcoyaml.trying(kernel)   what a Falco needs that is only to show alerts on a terminal
--   falcoyaml.required(name, version), falcoyaml.rule(rule)   parts of a file of rules
--
-- Each text that comes from a plugin or a person may hold anything: what is written is YAML all the same, for
-- yaml-cpp (Falco) and libyaml.

local json = require "lure.cli.json"
local terminal = require "lure.cli.terminal"

local falcoyaml = {}

-- Single quotes where double ones would make it hard to read: a JSON text.
local function quoted(word)
  if word:find('["\\]') and not word:find("[^ -~]") then return "'" .. word:gsub("'", "''") .. "'" end
  return json.string(word)
end

falcoyaml.string = quoted

-- Words that are no texts for yaml-cpp, in lower case.
local booleans = { y = true, n = true, yes = true, no = true, on = true, off = true, ["true"] = true, ["false"] = true,
  null = true }

function falcoyaml.text(word)
  local is_plain = word:find("^[%a/][%w/._, -]*$") and not word:find("[ -]$") and not booleans[word:lower()]
  return is_plain and word or quoted(word)
end

function falcoyaml.comment(words)
  return terminal.escaped((json.utf8(words):gsub("%s+", " ")))
end

-- Falco looks for "$" from left to right: it gives up at one that begins neither "${…}" nor "$${…}".
function falcoyaml.literal(word)
  local parts, at = {}, 1
  while true do
    local dollar = word:find("$", at, true)
    if not dollar or not word:find("^%${.*}", dollar) then break end
    parts[#parts + 1] = word:sub(at, dollar - 1) .. "$$"
    at = dollar + 1
  end
  return table.concat(parts) .. word:sub(at)
end

function falcoyaml.escaped(value) return (json.printable(value):gsub("%$", "\\u0024")) end

function falcoyaml.json(word) return falcoyaml.escaped(json.string(word)) end

-- ---- init_config ----

-- Falco turns the scalars of a map into JSON by what they look like, in quotes or not: "0123" becomes 83, "yes"
-- true, integers beyond 32 bits doubles, [] null. Is this JSON value what it was?
local function survives(value)
  local word = json.text(value)
  if word then return word == "" or word:find("^[%a_/][^$]*$") and not booleans[word:lower()] end
  local integer = math.tointeger(tonumber(value))
  if integer then return value:find("^%-?%d+$") and math.abs(integer) < 1 << 31 end
  return value:find("^[%w.-]+$") ~= nil
end

local function survive(members)
  for _, member in ipairs(members) do
    if not survives(member[2]) then return false end
  end
  return true
end

local function add_init(lines, members)
  if type(members) == "string" then
    lines[#lines + 1] = "    init_config: " .. quoted(members)
    return
  elseif survive(members) then
    lines[#lines + 1] = "    init_config:"
    for _, member in ipairs(members) do
      local word = json.text(member[2])
      local value = word and falcoyaml.text(word) or member[2]
      lines[#lines + 1] = ("      %s: %s"):format(falcoyaml.text(member[1]), value)
    end
    return
  end
  lines[#lines + 1] = "    # as JSON text, which Falco hands over as it stands: in a map it takes \"123\" for a number"
  lines[#lines + 1] = "    init_config: |\n      {"
  for i, member in ipairs(members) do
    lines[#lines + 1] = ("        %s: %s%s"):format(json.string(member[1]), member[2], i < #members and "," or "")
  end
  lines[#lines + 1] = "      }"
end

-- entry: name; library, its path; init, a list of { key, JSON }, or JSON text, or nil; open, the open parameters or
-- nil; library_notes, notes and choices, lists of comments to these three. In init a "${…}" stands for a variable; a
-- text that has one of its own is escaped.
function falcoyaml.plugin(entry)
  local lines = { "  - name: " .. falcoyaml.text(entry.name) }
  local function add_comments(list)
    for _, comment in ipairs(list or {}) do lines[#lines + 1] = "    # " .. falcoyaml.comment(comment) end
  end
  add_comments(entry.library_notes)
  lines[#lines + 1] = "    library_path: " .. falcoyaml.text(falcoyaml.literal(entry.library))
  add_comments(entry.notes)
  if #(entry.init or "") > 0 then add_init(lines, entry.init) end
  add_comments(entry.choices)
  if entry.open then lines[#lines + 1] = "    open_params: " .. quoted(falcoyaml.literal(entry.open)) end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- the rest of falco.yaml ----

local NO_DRIVER = [[
engine:
  kind: nodriver # no events of the kernel: else Falco looks for its driver, and ends where there is none
]]

local KERNEL = [[
engine:
  kind: modern_ebpf # its events are those of the kernel: Falco needs to be root
]]

local LOG = [[
log_stderr: true
libs_logger:
  enabled: true # what plugins log
  severity: info
]]

function falcoyaml.trying(kernel)
  return (kernel and KERNEL or NO_DRIVER) .. LOG .. "stdout_output:\n  enabled: true\n"
end

function falcoyaml.load_plugins(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = falcoyaml.text(name) end
  return ("load_plugins: [%s]\n"):format(table.concat(list, ", "))
end

-- ---- rules ----

function falcoyaml.required(name, version)
  return ("- required_plugin_versions:\n    - name: %s\n      version: %s\n"):format(falcoyaml.text(name),
    falcoyaml.text(version))
end

-- rule: name, desc, condition, output, priority; source, nil for syscall.
function falcoyaml.rule(rule)
  local lines = {
    "- rule: " .. falcoyaml.text(rule.name),
    "  desc: " .. falcoyaml.text(rule.desc),
    "  condition: " .. (rule.condition:find("^%a[%w._ >=]*$") and rule.condition or quoted(rule.condition)),
    "  output: " .. quoted(rule.output), -- a scalar cannot begin with "%"
    "  priority: " .. rule.priority,
    rule.source and "  source: " .. falcoyaml.text(rule.source) or nil,
  }
  return table.concat(lines, "\n") .. "\n"
end

return falcoyaml
