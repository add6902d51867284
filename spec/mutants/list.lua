--- Mutants: small faults, each of them one that a person could make, that the specs must notice.
--
-- Each directory of src has a file here, with rows
--   { name = "…", file = "src/…", kind = one of the list below,
--     old = [[text that stands in the file exactly once]], new = [[what takes its place]],
--     breaks = "what is wrong then, in one line",
--     spec = "spec/…_spec.lua",                           -- notices it first; without: the quick suite is run
--     test = "a part of the name of its test",            -- where the spec has others that take long
--     build = "tsan",                                     -- without: asan; "plainly": without a sanitizer
--     survives = "why no spec can notice it" }            -- only where that is so
-- script/mutants applies them one at a time, and keeps what came of it in `tried`. spec/mutants/rows_spec.lua checks that
-- each can still be applied.
local list = {}

list.kinds = {
  "bound by one", "missing lock", "missing release", "missing check", "wrong order", "missing mask", "missing clamp",
  "missing reset",
}

list.builds = { asan = true, tsan = true, plainly = true }

list.directories = { "base", "compress", "ip", "time", "event", "file", "http", "json", "lua", "modules", "net", "process", "script",
  "state", "task", "tls", "text", "regex", "format", "window", "plugin", "identity", "hostconfig", "v3", "v0", "testhost", "cli" }

--- All rows, by directory.
function list.rows()
  local rows = {}
  for _, directory in ipairs(list.directories) do
    for _, row in ipairs(require("spec.mutants." .. directory)) do rows[#rows + 1] = row end
  end
  return rows
end

--- What was tried so far: a line with the row's name, and "caught" or "survived".
list.record = "spec/mutants/tried"

function list.read_tried(text)
  local tried = {}
  for name, outcome in text:gmatch("\n(%S+) (%S+)") do tried[name] = outcome end
  return tried
end

--- The text of a file with the fault in it. nil and why: it cannot be applied.
function list.apply(row, text)
  local from, to = text:find(row.old, 1, true)
  if not from then
    return nil, ("%s: the old text is not in %s (any more)"):format(row.name, row.file)
  end
  if text:find(row.old, from + 1, true) then
    return nil, ("%s: the old text is more than once in %s"):format(row.name, row.file)
  end
  return text:sub(1, from - 1) .. row.new .. text:sub(to + 1)
end

return list
