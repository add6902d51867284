-- Bodies of HTTP requests as events; the open parameters are where to listen.
local lure = require "lure"

return { name = "http", version = "0.1.0", id = 999, event_source = "http",
  produce = function(address, emit)
    lure.http.serve({ listen = address, connections = 20000 }, function(request)
      emit(request.body)
      return 204
    end)
  end }
