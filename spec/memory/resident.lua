-- resident.lua LIBRARY SCRIPT: loads the library with a script that makes events and has fields, asks for some thousand, and
-- writes how many KiB of the library this process has in memory, and how many there are.
local host = require "lure.host"

local state = assert(assert(host.load(arg[1], { env = { LURE_SCRIPT = arg[2] } })):init(""))
local instance = assert(state:open())
for _ = 1, 10 do
  for _, event in ipairs(assert(instance:next_batch())) do
    assert(state:extract(event, "plain.length") == #event.data)
    assert(state:extract(event, "plain.first") == event.data:sub(1, 1))
  end
end

local resident, all, ours = 0, 0, false
for line in io.lines "/proc/self/smaps" do
  if line:find "^%x+%-%x+ " then ours = line:find("/liblure[^/]*%.so$") ~= nil end
  if ours then
    resident = resident + (tonumber(line:match "^Rss:%s+(%d+)") or 0)
    all = all + (tonumber(line:match "^Size:%s+(%d+)") or 0)
  end
end
print(resident, all)
