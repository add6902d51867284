-- Input ten times as long takes at most twelve times as many steps, for each reader: instructions of the processor,
-- counted by callgrind, so that neither the machine nor its load matters. The readers are in spec/growth.
local support = require "spec.support"

local FOLDER = (os.getenv("LURE_SOURCE") or ".") .. "/spec/growth/"
local MOST = 12

--- The instructions between begin and finish, in their order.
local function counts(prefix)
  local list = {}
  while true do
    local file = io.open(("%s.%d"):format(prefix, #list + 1))
    if not file then
      return list
    end
    list[#list + 1] = tonumber(file:read("a"):match("\ntotals: (%d+)"))
    file:close()
  end
end

local function measure(readers)
  local out = support.folder() .. "/" .. readers
  local command = ("valgrind --quiet --tool=callgrind --callgrind-out-file=%s --dump-instr=no " ..
    "--zero-before=growth_begin --dump-before=growth_end lua5.4 %smeasure.lua %s/spec/counter.so %s%s.lua"):format(
    support.quote(out), support.quote(FOLDER), support.quote(support.build), support.quote(FOLDER), readers)
  -- what the library writes to standard error is no name of a reader
  local output, status = support.run(("{ %s; } 2>%s || { tail -n 50 %s; false; }"):format(
    command, support.quote(out .. ".log"), support.quote(out .. ".log")))
  assert(status == 0, output)
  return output, counts(out)
end

describe("the work for ten times as much", function()
  local files = support.run(("cd %s && ls *.lua"):format(support.quote(FOLDER)))
  for readers in files:gmatch "([%w_]+)%.lua" do
    if readers ~= "measure" and readers ~= "list" then
      it("is at most twelvefold: " .. readers, function()
        local output, found = measure(readers)
        local wrong, n = {}, 0
        for name in output:gmatch "([^\n]+)\n" do
          n = n + 1
          local small, large = found[2 * n - 1], found[2 * n]
          assert(small and large, output)
          if large > MOST * small then
            wrong[#wrong + 1] = ("%s: %d instructions, then %d"):format(name, small, large)
          end
        end
        assert.is_true(n > 0 and #found == 2 * n, output)
        assert.are.equal("", table.concat(wrong, "\n"))
      end)
    end
  end
end)
