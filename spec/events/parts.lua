--- The event table and the decoding of parameters as they are, without a plugin around them: eventparts.c.
local support = require "spec.support"

local path = support.build .. "/spec/eventparts.so"
return assert(package.loadlib(path, "luaopen_eventparts"))()
