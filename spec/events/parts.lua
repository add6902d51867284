--- The event table and the parameter decoding of src/event, called directly (eventparts.c).
local support = require "spec.support"

local path = support.build .. "/spec/eventparts.so"
return assert(package.loadlib(path, "luaopen_eventparts"))()
