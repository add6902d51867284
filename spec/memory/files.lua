-- Calls every function of lure.file and lure.state; files_life.lua knows what comes of each.
local lure = require "lure"

local FOLDER = os.getenv "FOLDER" .. "/"

local function tail()
  local lines, kept = {}, nil
  for line, _, cursor in lure.file.tail(FOLDER .. "*.log", { from = "start" }) do
    lines[#lines + 1] = line
    kept = kept or cursor
    if #lines == 3 then break end
  end
  table.sort(lines)
  local more = lure.file.tail(FOLDER .. "*.log", { from = kept })
  return #more() .. table.concat(lines)
end

local function lines()
  local count = 0
  for line in lure.file.lines(FOLDER .. "packed.gz") do count = count + #line end
  for line in lure.file.lines(FOLDER .. "table.csv", { max_line = 100 }) do count = count + #line end
  return count
end

local function looked_up()
  local texts = {}
  for name, options in pairs { ["table.csv"] = { format = "csv", key = "name" }, ["table.json"] = { format = "json", key = "name" },
                               ["packed.gz"] = { format = "lines" } } do
    local lookup = lure.file.lookup(FOLDER .. name, options)
    local row = lookup:get "one"
    local walked = 0
    for _ in pairs(lookup) do walked = walked + 1 end
    assert(walked == lookup:count() and lookup:version() == 1)
    texts[#texts + 1] = lookup:count() .. tostring(type(row) == "table" and row.value or row)
  end
  table.sort(texts)
  return table.concat(texts, " ")
end

local function list()
  local names = assert(lure.file.list(FOLDER))
  assert(lure.file.list "/nowhere" == nil)
  table.sort(names)
  return table.concat(names, " ")
end

local function stat()
  local status = assert(lure.file.stat(FOLDER .. "table.csv"))
  return status.type .. status.size .. tostring(lure.file.stat "/nowhere")
end

local function state()
  for i = 1, 20 do lure.state.set("key" .. i, ("v"):rep(i)) end
  lure.state.set("key20", nil)
  lure.state.set("number", 1.5)
  return tostring(lure.state.get "key19") .. tostring(lure.state.get "key20") .. lure.state.get "number"
end

local steps = { tail, lines, looked_up, list, stat, state }

return { name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  produce = function(_, emit)
    for number, step in ipairs(steps) do
      local worked, result = pcall(step)
      emit(number .. " " .. (worked and "" or "failed: ") .. tostring(result))
    end
  end }
