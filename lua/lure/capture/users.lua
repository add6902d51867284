-- users: the users and groups of the machine that a capture was made on.
--
--   users.blocks[block_type](bytes, size, visit)    visit("user", uid, { name =, home =, shell = }) or
--                                                   visit("group", gid, { name = }) for each of the list
--   local known = users.new()
--   known:add("user", uid, { … })                   in place of what was known of that number
--   known:remove("user", uid)
--   known:find("user", uid)                         nil: nothing is known of it
--   known.size                                      about how many bytes that takes
--   users.handlers[symbol](event)                   see state.lua: of those that come and go during the capture
--
-- As in libsinsp they stay known when another section of the file begins. Those of containers are left out: events name
-- the container behind them, which only a plugin can say of a thread.

local entries = require "lure.capture.entries"
local params = require "lure.capture.params"
local sizes = require "lure.capture.sizes"

local users = { blocks = {}, handlers = {} }

local Users = {}
Users.__index = Users

-- ---- reading ----

local USER <const> = 0 -- what an entry is of; all others are of groups

local function read_entry(list, visit)
  if list:number "B" == USER then
    local uid = list:number "<I4"
    list:number "<I4" -- the group
    visit("user", uid, { name = list:name(), home = list:name(), shell = list:name() })
  else
    visit("group", list:number "<I4", { name = list:name() })
  end
end

local function reader(has_length)
  return function(bytes, size, visit)
    local list = entries.new(bytes, size, "the list of users")
    while list:more() do
      list:begin(has_length)
      read_entry(list, visit)
      list:finish()
    end
    list:close()
  end
end

users.blocks[0x206] = reader(false)
users.blocks[0x8012ABCD] = reader(false)
users.blocks[0x220] = reader(true)

-- ---- what is known ----

function users.new() return setmetatable({ user = {}, group = {}, size = 0 }, Users) end

local function size_of(entry) return entry and sizes.ENTRY + sizes.of(entry) or 0 end

function Users:remove(what, id)
  self.size = self.size - size_of(self[what][id])
  self[what][id] = nil
end

-- Names with these in front are of other databases.
function Users:add(what, id, entry)
  if entry.name:find "^[+-]" then return end
  self:remove(what, id)
  self[what][id] = entry
  self.size = self.size + size_of(entry)
end

function Users:find(what, id) return self[what][id] end

-- ---- events ----

local function is_of_host(captured, number) return (params.of(captured)[number] or ""):find "^%z?$" ~= nil end

function users.handlers.USER_ADDED_E(event)
  local captured = event.captured
  if not is_of_host(captured, 6) then return end
  event.users:add("user", params.integer(captured, 1),
    { name = params.text(captured, 3), home = params.text(captured, 4), shell = params.text(captured, 5) })
end

function users.handlers.USER_DELETED_E(event)
  if is_of_host(event.captured, 6) then event.users:remove("user", params.integer(event.captured, 1)) end
end

function users.handlers.GROUP_ADDED_E(event)
  local captured = event.captured
  if not is_of_host(captured, 3) then return end
  event.users:add("group", params.integer(captured, 1), { name = params.text(captured, 2) })
end

function users.handlers.GROUP_DELETED_E(event)
  if is_of_host(event.captured, 3) then event.users:remove("group", params.integer(event.captured, 1)) end
end

return users
