-- Calls every function of lure.process and lure.net; waits_life.lua knows what comes of each.
local lure = require "lure"

local CERTIFICATES = os.getenv "CERTIFICATES" .. "/"

local function run()
  local process = lure.process.run({ "sh", "-c", 'cat; echo "$A"; exit 3' }, { stdin = "in\n", env = { A = "b" }, cwd = "/" })
  local first, second = process:read(), process:lines()(process)
  local worked = pcall(process.read, process, 2) -- it throws: the exit status is 3
  return first .. second .. tostring(worked) .. process:wait()
end

local function killed()
  local process <close> = lure.process.run { "cat", "/dev/zero" }
  process:kill "KILL"
  local status = process:wait()
  process:close()
  return status
end

local function datagrams()
  local path = os.tmpname()
  os.remove(path)
  local listener <close> = lure.net.listen("unixgram://" .. path, { mode = "0600" })
  lure.process.run({ "logger", "--socket", path, "--tag", "x", "text" }):wait()
  local text = listener:datagrams()(listener)
  assert(listener:address() == "unixgram://" .. path and listener:port() == nil and listener:lost() == 0)
  listener:close()
  return text:match "text$"
end

--- What a server answers that writes each line in upper case; `tls`: how both ends use it.
local function connected(tls_of_server, tls_of_client)
  local listener <close> = lure.net.listen("tcp://127.0.0.1:0", { tls = tls_of_server })
  local task = lure.spawn(function()
    listener:serve(function(connection)
      for line in connection:lines() do connection:write(line:upper() .. "\n") end
    end, { connections = 1 })
  end)
  local connection <close> = lure.net.connect("tcp://localhost:" .. listener:port(), { timeout = 30, idle = 30, tls = tls_of_client })
  local answer = connection:write("hello\n"):read(6)
  connection:close()
  listener:close()
  task:join()
  return answer:sub(1, -2)
end

local function secure()
  return connected({ cert = CERTIFICATES .. "good.pem", key = CERTIFICATES .. "good.key" }, { ca = CERTIFICATES .. "ca.pem" })
end

local function thrown()
  local task = lure.spawn(function() lure.sleep(0.001) error("oh", 0) end)
  local _, text = pcall(task.join, task)
  if type(text) ~= "string" then os.exit(9) end -- whatever memory is left
  return text:match "spawn: oh$" or error(text, 0)
end

local steps = { run, killed, datagrams, connected, secure, thrown }

return { name = "scarce", id = 999, version = "0.1.0", event_source = "scarce",
  produce = function(_, emit)
    for number, step in ipairs(steps) do
      local worked, result = pcall(step)
      emit(number .. " " .. (worked and "" or "failed: ") .. tostring(result))
    end
  end }
