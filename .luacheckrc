std = "lua54"
max_line_length = 120
files["spec"] = { std = "+busted", max_line_length = 150 }
files["lua/lure/cli"] = { not_globals = { "print" } } -- what people read passes terminal.lua
files["examples"] = { max_line_length = 125 }
files["lua/lure/meta*"] = { unused_args = false, max_line_length = 150, ignore = { "241" } } -- types only
