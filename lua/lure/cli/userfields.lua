-- userfields: who runs the thread of an event of the kernel, user.* and group.*: rows for kernelfields.lua.
--
-- Names are those of the capture: of its lists of users and groups, and of the events that add some. Hosts look others
-- up on the machine that reads the capture, where it is another user's number; here they are not known.

local NO_USER <const> = 0xFFFFFFFF
local NOT_KNOWN <const> = "<NA>"

-- The threads that are known and the number of the event's; nil: it is not known.
local function thread_of(view)
  local known = view.kernel and view.threads
  if known and view.captured.thread then return known, view.captured.thread end
end

local function number(field)
  return function(view)
    local known, tid = thread_of(view)
    return known and known:read(tid, field)
  end
end

local function login_number(view)
  local known, tid = thread_of(view)
  local uid = known and known:read(tid, "loginuid")
  return uid == NO_USER and -1 or uid
end

-- What is known of the user or group (`what`) whose number the thread has in `field`; of the first, `roots`.
local function member(what, field, name, roots)
  return function(view)
    local known, tid = thread_of(view)
    if not known then return nil end
    local id, state = known:read(tid, field), view.captured.state
    local entry = state and state.users:find(what, id)
    if entry then return entry[name] end
    return id == 0 and roots or NOT_KNOWN
  end
end

return {
  { "user.uid", "uint32", number "uid" },
  { "user.name", "string", member("user", "uid", "name", "root") },
  { "user.homedir", "string", member("user", "uid", "home", "/root") },
  { "user.shell", "string", member("user", "uid", "shell", NOT_KNOWN) },
  { "user.loginuid", "int64", login_number },
  { "user.loginname", "string", member("user", "loginuid", "name", "root") },
  { "group.gid", "uint32", number "gid" },
  { "group.name", "string", member("group", "gid", "name", "root") },
}
