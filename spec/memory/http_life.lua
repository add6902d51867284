-- The life of http.lua.
return require "spec.memory.steps" { "GET /a?q=1&q=2 HTTP/1.1y, z", "body200", 'PUT{"a":1}', "POST/pAybody", "POST/pAybody" }
