-- topscreen: a screen of its own on a terminal, drawn again and again.
--
--   local screen = topscreen.new()     nil where standard output is no terminal that can do that
--   screen:is_due()                    twice a second, at once after its size has changed or the program was stopped
--                                      (Ctrl-Z) and goes on, and first of all; never in the background
--   screen:draw(lines_for)             lines_for(columns, rows) answers lines; what has no room is cut. In the
--                                      background it does nothing
--   screen:leave()                     what was there before is there again
--
-- It is entered when it is drawn first. Lines are escaped already (terminal.lua), but may have colours; the terminal
-- does not wrap them. A signal that ends or stops the process leaves it, too (src/cli/screensignals.h).

local system = require "lure.system"
local terminal = require "lure.cli.terminal"

local Screen = {}
Screen.__index = Screen

local topscreen = {}

local OUTPUT = 1
local INTERVAL = 0.5

-- The other screen, no cursor, no wrapping; and back.
local ENTER <const> = "\27[?1049h\27[?25l\27[?7l"
local LEAVE <const> = "\27[?7h\27[?25h\27[?1049l"

function topscreen.new()
  if not system.is_terminal(OUTPUT) or not system.columns(OUTPUT) or os.getenv "TERM" == "dumb" then return nil end
  return setmetatable({ next_time = 0 }, Screen)
end

-- The handler of Ctrl-Z has left the screen; SIGSTOP has none.
local function look_for_stop(self)
  local stopped, left = system.has_stopped()
  if left then self.is_entered = false end
  if stopped then self.next_time = 0 end
end

function Screen:is_due()
  look_for_stop(self)
  if not system.is_foreground(OUTPUT) then return false end
  local columns, rows = system.columns(OUTPUT)
  return columns ~= self.columns or rows ~= self.rows or system.seconds() >= self.next_time
end

function Screen:draw(lines_for)
  if not system.is_foreground(OUTPUT) then return end
  local columns, rows = system.columns(OUTPUT)
  self.columns, self.rows = columns or 80, rows or 24
  self.next_time = system.seconds() + INTERVAL
  if not self.is_entered then
    system.restore_terminal(LEAVE)
    terminal.write(ENTER)
    self.is_entered = true
  end
  local lines = lines_for(self.columns, self.rows)
  terminal.write("\27[H", table.concat(lines, "\27[K\r\n", 1, math.min(#lines, self.rows)), "\27[K\27[J")
  io.stdout:flush()
end

function Screen:leave()
  look_for_stop(self)
  if self.is_entered then terminal.write(LEAVE) end
  io.stdout:flush()
  system.restore_terminal ""
  self.is_entered = false
end

return topscreen
