-- docker: what happens to containers, images, networks and volumes, as the engine tells it at its socket.
local lure = require "lure"

--- Calls `each` for every event after a time in ns, until the engine ends. Its answer is a line of JSON for each, in chunks.
local function follow(address, after, each)
  local connection <close> = lure.net.connect(address)
  local since = ("%d.%09d"):format(after // 1000000000, after % 1000000000)
  connection:write("GET /events?since=" .. since .. " HTTP/1.1\r\nHost: docker\r\n\r\n")
  local status, rest = connection:read() or "nothing", ""
  if not status:find "^HTTP/1.1 200 " then error("expected HTTP/1.1 200, got " .. status) end
  repeat local header = connection:read() until not header or header == ""
  for length in connection:lines() do
    local size = tonumber(length, 16)
    if not size or size == 0 then return end
    rest = rest .. (connection:read(size) or "")     -- an event may go on in the next chunk
    connection:read()                                -- the end of the chunk's line
    for line in rest:gmatch "([^\n]+)\n" do each(line) end
    rest = rest:match "[^\n]*$"
  end
end

return {
  name = "docker", version = "0.1.0", id = 999, event_source = "docker",
  description = "Events of Docker", contact = "you@example.org",
  open_params = { { value = "unix:///var/run/docker.sock", desc = "The engine's socket" } },
  produce = function(address, emit)
    local after, told = math.tointeger(lure.cursor()) or lure.now(), nil
    while true do
      local _, message = pcall(follow, address, after, function(line)
        after, told = lure.json.parse(line).timeNano + 1, nil
        emit(line, after - 1, tostring(after))
      end)
      message = message or "the engine has ended"
      if message ~= told then lure.log.warning("%s: %s; connecting until it answers", address, message) end
      told = message
      lure.sleep(1)
    end
  end,
  fields = { { name = "docker.type", type = "string", desc = "container, image, network, volume, ...", path = "/Type" },
    { name = "docker.action", type = "string", desc = "create, start, die, pull, ...", path = "/Action" },
    { name = "docker.id", type = "string", desc = "Of what it happens to", path = "/Actor/ID" },
    { name = "docker.name", type = "string", desc = "Its name", path = "/Actor/Attributes/name" },
    { name = "docker.image", type = "string", desc = "The container's image", path = "/Actor/Attributes/image" },
    { name = "docker.value", type = "string", desc = "Anything, by its path", path = lure.ARG,
      arg = { key = true, required = true } } },
}
