-- progress: one line on a terminal, on standard error, that is written again and again.
--
-- It never stands between lines of standard output: whoever writes those calls clear() first. The
-- cursor waits at its beginning, so that what the script logs meanwhile is written over it.

local system = require "lure.system"
local terminal = require "lure.cli.terminal"
local text = require "lure.cli.text"

local progress = {}

local ERRORS = 2
local INTERVAL = 0.1

-- Has is_due(), ten times a second, draw(share, words) and clear(). Where there is no terminal it never is due.
function progress.new()
  local columns = system.columns(ERRORS)
  local drawn, next_time = 0, 0
  local bar = {}

  local function write(line, length)
    terminal.write_error(line, (" "):rep(drawn - length), "\r")
    drawn = length
  end

  function bar.is_due() return columns and system.seconds() >= next_time end

  -- Nothing where `share` is nil.
  function bar.draw(share, words)
    next_time = system.seconds() + INTERVAL
    if not share then return end
    local line = text.cut(terminal.escaped(("%5.1f %% %s"):format(share * 100, words)), columns - 1)
    io.stdout:flush()
    write(line, utf8.len(line))
  end

  function bar.clear()
    if drawn > 0 then write("", 0) end
  end

  return bar
end

return progress
