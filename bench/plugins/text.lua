-- Lines of a log, as bench/logs.lua makes them, and fields by Lua's string library; bench/floortext.c is the same in C.

return {
  name = "text", id = 999, version = "0.1.0", event_source = "text",
  description = "Lines of a log", contact = "lure",
  open = function(path) return io.lines(path) end,
  fields = {
    { name = "text.find", type = "uint64", desc = "Where the port stands",
      extract = function(line) return (line:find("port=", 1, true)) end },
    { name = "text.sub_lower", type = "string", desc = "The host",
      extract = function(line) return line:sub(22, 27):lower() end },
    { name = "text.match", type = "string", desc = "The user",
      extract = function(line) return line:match("user=(%w+)") end },
    { name = "text.match_number", type = "uint64", desc = "The port",
      extract = function(line) return tonumber(line:match("port=(%d+)")) end },
  },
}
