--- What specs of payload formats share: plugins of one format, and what their paths find.
local given = require "spec.given"
local support = require "spec.support"

local formats = {}

--- A plugin of the format (what stands behind `format =`; `rest` behind that) whose field x.y is any path, and
-- x.document the whole document as JSON, with its keys in order.
function formats.start(format, rest)
  return (support.start(given.extractor(([[format = %s,%s fields = {
    { name = "x.y", type = "string", path = lure.ARG, arg = { key = true, required = true }, desc = "-" },
    { name = "x.document", type = "string", desc = "-", extract = function(value)
      return lure.json.encode(value:table())
    end } } ]]):format(format, rest and " " .. rest or ""))))
end

--- The values of paths in a payload, as a table with an entry for each path that has one.
function formats.values(plugin, payload, paths)
  local event, found = support.event(payload), {}
  for _, path in ipairs(paths) do found[path] = plugin:extract(event, ("x.y[%s]"):format(path)) end
  return found
end

--- The document as JSON; nil: the payload has none.
function formats.document(plugin, payload)
  return (plugin:extract(support.event(payload), "x.document"))
end

--- Runs a program in Python with texts as its standard input, each after its length; it prints a line for each.
function formats.python(program, texts)
  local parts = {}
  for i, text in ipairs(texts) do parts[i] = string.pack(">s4", text) end
  local input = support.file(table.concat(parts), "texts")
  local output, status = support.run(("unset LD_PRELOAD; python3 %s <%s"):format(support.quote(support.file([[
import json, struct, sys
def texts():
    while head := sys.stdin.buffer.read(4):
        yield sys.stdin.buffer.read(struct.unpack(">I", head)[0]).decode("utf-8")
def answer(value):
    print(json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=isinstance(value, dict)))
]] .. program, "program.py")), support.quote(input)))
  assert(status == 0, output)
  local lines = {}
  for line in output:gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  assert(#lines == #texts, output)
  return lines
end

--- The same numbers from 1 to `most` in each run.
function formats.random(seed)
  return function(most)
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % most + 1
  end
end

--- Texts of up to `most` of the parts each.
function formats.texts(count, most, parts)
  local random, list = formats.random(7), {}
  for i = 1, count do
    local text = {}
    for j = 1, random(most) do text[j] = parts[random(#parts)] end
    list[i] = table.concat(text)
  end
  return list
end

return formats
