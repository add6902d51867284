-- The life of waits.lua.
return require "spec.memory.steps" { "inbfalse3", "137", "text", "HELLO", "HELLO", "spawn: oh" }
