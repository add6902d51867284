--- Hosts that are killed at random moments, in processes of their own, and what they had got until then.
local support = require "spec.support"
local quote = support.quote

local killed = {}

function killed.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a" or ""
  if file then file:close() end
  return text
end

--- A host that writes down every batch that it gets, a line for each with what WHAT finds in its events, and goes on.
local consumer = [[
  local host = require "lure.host"
  local library = assert(host.load(os.getenv "LIBRARY", { api = tonumber(os.getenv "API") }))
  local state = assert(library:init(os.getenv "CONFIG"))
  local instance = assert(state:open(os.getenv "PARAMS"))
  local out = assert(io.open(os.getenv "OUT", "a"))
  out:setvbuf "full"
  while true do
    local rc, events, message = instance:next_batch()
    if rc ~= "success" and rc ~= "timeout" then error(rc .. ": " .. tostring(message)) end
    if #events > 0 then
      local numbers = {}
      for i, event in ipairs(events) do numbers[i] = event.data:match(os.getenv "WHAT") end
      out:write(table.concat(numbers, " "), "\n")
      out:flush()
    end
  end
]]

--- Runs Lua in the background; what it says goes to the file `log`. Returns its process id.
function killed.start(code, environment, log)
  local words = {}
  for name, value in pairs(environment) do words[#words + 1] = name .. "=" .. quote(tostring(value)) end
  return support.run(("%s LUA_CPATH=%s lua5.4 -e %s >>%s 2>&1 </dev/null & echo $!"):format(table.concat(words, " "),
    quote(package.cpath), quote(code), quote(log))):match "%d+"
end

--- Starts a host. options: script (a path), params, config, out and log (paths), api, what (a pattern of Lua's: "^%d+").
function killed.host(options)
  local api = options.api or 3
  return killed.start(consumer, { API = api, LIBRARY = support.lib(api), LURE_SCRIPT = options.script, PARAMS = options.params,
    CONFIG = options.config, OUT = options.out, WHAT = options.what or "^%d+" }, options.log)
end

--- Kills a process, and waits until it is gone, or a zombie: not every init looks after those at once.
function killed.kill(pid)
  support.run(("kill -9 %s; while grep -q '^State:.[^ZX]' /proc/%s/status; do sleep 0.005; done"):format(pid, pid))
end

--- Starts a host again and again, and kills it: half of them, and the first, when they have begun to deliver, the others at any
--- time. `host(run)` starts one that writes to `out(run)`.
function killed.times(count, host, out)
  for run = 1, count do
    local pid = host(run)
    if run % 2 == 0 or run == 1 then
      support.run(("for i in $(seq 2000); do [ ! -s %s ] || break; sleep 0.01; done"):format(quote(out(run))))
    end
    support.run(("sleep 0.%03d"):format(math.random(0, 99)))
    killed.kill(pid)
  end
end

--- The batches of a run: lists of numbers. The last line is complete, or it was not written down.
function killed.batches_of(path)
  local batches = {}
  for line in killed.read(path):gmatch "([^\n]*)\n" do
    local batch = {}
    for number in line:gmatch "%d+" do batch[#batch + 1] = tonumber(number) end
    batches[#batches + 1] = batch
  end
  return batches
end

--- Checks a run against what came before: `last` is the last number, `first` the first one of the last batch.
local function check(batches, first, last, run)
  for b, batch in ipairs(batches) do
    for i, number in ipairs(batch) do
      if last == 0 then
        first = number -- where the first host has begun
      elseif b == 1 and i == 1 then
        assert(number <= last + 1, ("run %d begins with %d, but the last was %d"):format(run, number, last))
        assert(number >= first, ("run %d begins with %d, before the last batch, from %d"):format(run, number, first))
      else
        assert(number == last + 1, ("run %d: %d behind %d"):format(run, number, last))
      end
      last = number
    end
    first = batch[1]
  end
  return first, last
end

--- Checks that the numbers of all runs follow one another, and that at most one batch comes twice where a run ends.
--- Returns the last number.
function killed.check(runs, out)
  local first, last = 1, 0
  for run = 1, runs do first, last = check(killed.batches_of(out(run)), first, last, run) end
  return last
end

return killed
