-- tails: several calls of lure.file.tail in one script.
--
-- An event source keeps one cursor, and each tail begins at it.

-- `files`: list of { name =, seen = what flow.follow answers }.
return function(files, findings)
  local seen = false
  for _, file in ipairs(files) do
    for _, call in ipairs(file.seen.calls) do
      if call.name == "lure.file.tail" then
        if seen then
          findings:add("hint", file.name, call.line, "a second lure.file.tail: an event source keeps one cursor, so "
            .. "after a restart the lines of one of them come again; use one pattern for all files, or a plugin for "
            .. "each")
        end
        seen = true
      end
    end
  end
end
