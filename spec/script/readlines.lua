--- Reads a file in many ways, and tells what came: for lines_spec.lua, which compares lure's Lua with stock Lua.
--- Usage: lua readlines.lua FILE RESULT [change]. Without arguments the file returns a function that takes the same.

--- Writes what came to the file `result`; what is done follows from the file's bytes alone.
local function read_all_ways(path, result, change)
  local told = {}

  local function tell(...)
    local values = table.pack(...)
    for i = 1, values.n do
      values[i] = type(values[i]) == "userdata" and "userdata" or ("%q"):format(values[i])
    end
    told[#told + 1] = table.concat(values, " ")
  end

  local function try(action)
    local values = table.pack(pcall(action))
    if not values[1] then values[2] = values[2]:match("[^/]*$") end -- lure's Lua shortens the script's name
    tell(table.unpack(values, 1, values.n))
  end

  local state = 12345
  local function random(most)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % most + 1
  end

  local formats = {
    {}, { "l" }, { "L" }, { "n" }, { "a" }, { 0 }, { 1 }, { 1000 }, { "*l" }, { "n", "l" }, { "l", 3, "L" }, { 0, "L" }, { "x" },
  }
  for number, list in ipairs(formats) do
    tell("io.lines", number)
    try(function()
      local turns = 0
      for a, b, c in io.lines(path, table.unpack(list)) do
        tell(a, b, c)
        turns = turns + 1
        if turns == 200 then break end
      end
    end)
    local file = assert(io.open(path, "rb"))
    tell("file:read", number)
    try(function()
      for _ = 1, 200 do
        local values = table.pack(file:read(table.unpack(list)))
        tell(table.unpack(values, 1, values.n))
        if not values[1] then break end
      end
    end)
    tell("file:lines", number)
    try(function() return file:lines(table.unpack(list))() end)
    file:close()
  end

  if change then
    local file = assert(io.open(path, "r+b"))
    local actions = {
      function() tell("l", file:read("l")) end,
      function() tell("L", file:read("L")) end,
      function() tell("lines", file:lines()()) end,
      function() tell("n", file:read("n")) end,
      function() tell("bytes", file:read(random(5000))) end,
      function() tell("at", file:seek()) end,
      function() tell("to", file:seek("set", random(9000))) end,
      function() tell("back", file:seek("cur", -random(10))) end,
      function() -- C wants a seek between reading and writing
        tell("write", file:seek("cur"), file:write("w", ("x"):rep(random(1500)), "\n"), file:seek("cur"))
      end,
      function() tell("buffer", file:setvbuf(({ "no", "full", "line" })[random(3)], random(9000))) end,
    }
    for _ = 1, 400 do actions[random(#actions)]() end
    file:seek("set")
    tell(file:read("a"))
    file:close()
  end
  local file = assert(io.open(result, "wb"))
  assert(file:write(table.concat(told, "\n")))
  file:close()
end

if not ... then return read_all_ways end
read_all_ways(...)
