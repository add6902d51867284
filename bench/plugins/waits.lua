-- A source of each kind that waits; the open parameters are the kind and what it reads.
--
-- $LURE_BENCH_BATCH is how many events a batch has; then it may take 100 ms.

local lure = require "lure"

local kinds = {}

function kinds.sleep() while true do lure.sleep(3600) end end

function kinds.tail(path, emit)
  for line in lure.file.tail(path) do emit(line) end
end

function kinds.process(path, emit)
  for line in lure.process.run({ "cat", path }):lines() do emit(line) end
end

function kinds.udp(port, emit)
  for text in lure.net.listen("udp://127.0.0.1:" .. port):datagrams() do emit(text) end
end

function kinds.tcp(port, emit)
  lure.net.listen("tcp://127.0.0.1:" .. port):serve(function(connection)
    for line in connection:lines() do emit(line) end
  end)
end

function kinds.http(port, emit)
  lure.http.serve({ listen = "tcp://127.0.0.1:" .. port }, function(request)
    emit(request.body)
    return 204
  end)
end

local events = tonumber(lure.env "LURE_BENCH_BATCH")

return { name = "waits", version = "0.1.0", id = 999, event_source = "waits",
  batch = events and { events = events, milliseconds = 100 },
  produce = function(params, emit)
    local kind, where = params:match "^(%a+) (.*)$"
    kinds[kind](where, emit)
  end }
