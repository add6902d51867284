-- Lines of a log, fields by patterns: one of the scripts that script/bench --optimizations measures.

return {
  name = "access", id = 999, version = "0.1.0", event_source = "access",
  description = "Lines of a log", contact = "lure",
  open = function(path)
    local lines = { at = 0 }
    for line in io.lines(path) do lines[#lines + 1] = line end
    return lines
  end,
  next = function(lines)
    lines.at = lines.at % #lines + 1
    return lines[lines.at]
  end,
  fields = {
    { name = "access.user", type = "string", desc = "Who",
      extract = function(line) return line:match("user=(%w+)") end },
    { name = "access.port", type = "uint64", desc = "From where",
      extract = function(line) return tonumber(line:match("port=(%d+)")) end },
    { name = "access.line", type = "string", desc = "All of it", extract = function(line) return line end },
  },
}
