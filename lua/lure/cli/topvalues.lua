-- topvalues: which texts come most often, in bounded memory.
--
--   local values = topvalues.new()
--   values:add(text)
--   values.total, values.distinct      how many were added, and how many different ones are known
--   values.floor                       counts may be too low by so many; 0: all are exact
--   values:most(count)                 the most frequent: a list of { text =, count = }
--
-- Of more than MOST different texts the rarer half is forgotten. One that comes again then begins at 1, so that its
-- count is too low by at most the `floor`: the sum of the highest count that was forgotten each time.

local Values = {}
Values.__index = Values

local topvalues = {}

local MOST <const> = 4096

-- Bytes of a text that are told apart.
local LONGEST <const> = 256

function topvalues.new() return setmetatable({ counts = {}, total = 0, distinct = 0, floor = 0 }, Values) end

-- Most frequent first; equally frequent ones by their text, so that they keep their order.
local function before(a, b)
  if a.count ~= b.count then return a.count > b.count end
  return a.text < b.text
end

local function sorted(self)
  local list = {}
  for text, count in pairs(self.counts) do list[#list + 1] = { text = text, count = count } end
  table.sort(list, before)
  return list
end

local function forget(self)
  local list = sorted(self)
  local kept = #list // 2
  self.counts, self.distinct = {}, kept
  for i = 1, kept do self.counts[list[i].text] = list[i].count end
  self.floor = self.floor + list[kept + 1].count
end

function Values:add(text)
  if #text > LONGEST then text = text:sub(1, LONGEST) end
  local count = self.counts[text]
  self.total = self.total + 1
  if not count then
    if self.distinct == MOST then forget(self) end
    count, self.distinct = 0, self.distinct + 1
  end
  self.counts[text] = count + 1
end

function Values:most(count)
  local list = sorted(self)
  return table.move(list, 1, math.min(count, #list), 1, {})
end

return topvalues
