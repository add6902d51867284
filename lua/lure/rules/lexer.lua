-- lexer: the tokens of a condition, as libsinsp's filter parser reads them.
--
--   local lexer = lexer.new(text)
--   lexer:blank()            skips blanks; were there any?
--   lexer:take("(")          true if exactly this text comes next; it is then behind the cursor
--   lexer:one_of(list)       the first text of the list that comes next, or nil
--   lexer:operator(list)     the same, where a text that ends in a blank asks for a blank behind it
--   lexer:field_name()  lexer:identifier()  lexer:number()  lexer:quoted()  lexer:bare()  lexer:bare_argument()
--                            the token's text, or nil if none of that kind comes next
--   lexer:not_word()         is "not" and a blank next?
--   lexer:fail(at, expected, hint)    throws { message =, at =, line =, column = }
--
-- `lexer.at` is the place of the next byte, from 1; who looks ahead keeps it and sets it back.

local Lexer = {}
Lexer.__index = Lexer

local lexer = {}

function lexer.new(text) return setmetatable({ text = text, at = 1 }, Lexer) end

-- The line and the column, in bytes, of the place `at` in a text.
function lexer.place(text, at)
  local line, begin = 1, 1
  for behind in text:sub(1, at - 1):gmatch("\n()") do
    line, begin = line + 1, behind
  end
  return line, at - begin + 1
end

-- What stands at a place, as messages name it.
local function shown(text, at)
  if at > #text then return "the end" end
  local word = text:match("^[%w_.]+", at) or text:match("^[\0-\x7F\xC2-\xF4][\x80-\xBF]*", at) or text:sub(at, at)
  if word:find("^%s") then return "a blank" end
  return ('"%s"'):format(#word > 40 and word:sub(1, 40) .. "…" or word)
end

function Lexer:fail(at, expected, hint)
  local line, column = lexer.place(self.text, at)
  error({ at = at, line = line, column = column,
    message = ("expected %s, got %s%s"):format(expected, shown(self.text, at), hint and "; " .. hint or "") }, 0)
end

-- The same for what is wrong in itself.
function Lexer:refuse(at, message)
  local line, column = lexer.place(self.text, at)
  error({ at = at, line = line, column = column, message = message }, 0)
end

-- "\b" is a blank to libsinsp, "\v" and "\f" are none.
function Lexer:blank()
  local behind = self.text:match("^[ \t\b\r\n]*()", self.at)
  local found = behind > self.at
  self.at = behind
  return found
end

function Lexer:comes(token) return self.text:sub(self.at, self.at + #token - 1) == token end

function Lexer:take(token)
  if not self:comes(token) then return false end
  self.at = self.at + #token
  return true
end

function Lexer:one_of(tokens)
  for _, token in ipairs(tokens) do
    if self:take(token) then return token end
  end
end

function Lexer:operator(tokens)
  for _, token in ipairs(tokens) do
    local word = token:match("^%S+")
    local begin = self.at
    if self:take(word) then
      if word == token or self:blank() then return word end
      self.at = begin
    end
  end
end

-- What the pattern finds at the cursor; nil: nothing.
local function take_pattern(self, pattern)
  local token = self.text:match(pattern, self.at)
  if token then self.at = self.at + #token end
  return token
end

function Lexer:not_word() return take_pattern(self, "^not%s+") ~= nil end

function Lexer:identifier() return take_pattern(self, "^%a[%w_]*") end

function Lexer:field_name()
  local begin, finish = self.at, nil
  local behind = self.text:match("^%a[%w_]*()", begin)
  while behind do
    behind = self.text:match("^%.%a[%w_]*()", behind)
    finish = behind or finish
  end
  if not finish then return nil end
  self.at = finish
  return self.text:sub(begin, finish - 1)
end

-- The longest of what is a number; its exponent needs a sign.
function Lexer:number()
  local number = take_pattern(self, "^0[xX]%x+") or take_pattern(self, "^[+-]?%d+%.?%d*")
  if not number or number:find("^0[xX]") then return number end
  return number .. (take_pattern(self, "^[eE][+-]%d+") or "")
end

-- A token without quotes ends at the first byte that is not UTF-8: RE2 reads it so.
local function take_utf8(self, pattern)
  local token = self.text:match(pattern, self.at)
  if not token then return nil end
  local _, bad = utf8.len(token, 1, -1, true)
  local beyond = token:find("[\xF5-\xFF]") or token:find("\xF4[\x90-\xBF]")
  local last = math.min(bad or math.huge, beyond or math.huge)
  if last == 1 then return nil end
  if last <= #token then token = token:sub(1, last - 1) end
  self.at = self.at + #token
  return token
end

function Lexer:bare() return take_utf8(self, "^[^()\"'%s=,]+") end

function Lexer:bare_argument() return take_utf8(self, "^[^%]%[\"'%s]+") end

-- ---- quoted texts ----

local plain_escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", [" "] = "\\", ["\\"] = "\\", ["/"] = "/" }

-- What "\" and the letter at `at` stand for, and the place behind.
local function read_escape(self, begin, at, finish)
  local letter, quote = self.text:sub(at, at), self.text:sub(begin, begin)
  if plain_escapes[letter] then return plain_escapes[letter], at + 1 end
  if letter == "x" then
    local digits = at + 2 < finish and self.text:match("^%x%x", at + 1)
    if not digits then
      self:refuse(at - 1, [[expected two hexadecimal digits behind "\x", as in "\x41"]])
    end
    return string.char(tonumber(digits, 16)), at + 3
  end
  if letter == quote then return quote, at + 1 end
  if letter == '"' or letter == "'" then
    self:refuse(at - 1, ([[\%s is no escape between %s and %s; write %s]]):format(letter, quote, quote, letter))
  end
  self:refuse(at - 1, ([[unknown escape \%s; there are \b \f \n \r \t \\ \/ \x41 and \%s; write \\ for a backslash]])
    :format(letter, quote))
end

-- The text between the quotes at `begin` and `finish`.
local function unescaped(self, begin, finish)
  local parts, at = {}, begin + 1
  while at < finish do
    local plain, behind = self.text:match("^([^\\]*)()", at)
    if behind >= finish then
      parts[#parts + 1] = self.text:sub(at, finish - 1)
      break
    end
    parts[#parts + 1] = plain
    at = behind + 1
    if at >= finish then break end -- a backslash in front of nothing counts for nothing
    parts[#parts + 1], at = read_escape(self, begin, at, finish)
  end
  return table.concat(parts)
end

-- A quote ends a text if no backslash stands in front of it, be it escaped itself or not; a NUL ends the condition.
function Lexer:quoted()
  local begin = self.at
  local quote = self.text:match("^[\"']", begin)
  if not quote then return nil end
  local at = begin + 1
  while true do
    local letter, place = self.text:match("([\0\"'])()", at)
    if not letter or letter == "\0" then return nil end
    if letter == quote and self.text:byte(place - 2) ~= 92 then
      self.at = place
      return unescaped(self, begin, place - 1)
    end
    at = place
  end
end

return lexer
