-- regex: the operator "regex": patterns in RE2's POSIX syntax, which libsinsp takes, matched by PCRE2.
--
--   local matches, problem = regex.compile(pattern)     nil: what RE2 refuses, { message =, at = place in it }
--   matches(text)                                       is it all of the pattern? Where that takes too long it throws
--                                                       { pattern =, message = }
--   local translated = regex.translate(pattern)         the same pattern for PCRE2
--
-- The syntax is that of egrep with classes such as [[:alpha:]]: no \d, \w, \b, no (?…), no lazy repetitions. "^" and
-- "$" stand at the ends of lines, "." is any letter but a line feed, letters are those of UTF-8.

local host = require "lure.host"
local refusal = require "lure.rules.refusal"

local regex = {}

local MOST_REPEATED = 1000
local MOST_NESTED = 1000
local LAST_LETTER = 0x10FFFF

local Reader = {}
Reader.__index = Reader

function Reader.refuse(_, at, message, ...) error({ at = at, message = message:format(...) }, 0) end

function Reader:peek(count) return self.text:sub(self.at, self.at + (count or 1) - 1) end

-- The next letter's number.
function Reader:letter()
  local code = utf8.codepoint(self.text, self.at)
  self.at = self.at + #utf8.char(code)
  return code
end

-- ---- letters and classes ----

local function range(first, last)
  if first >= 0xD800 and first <= 0xDFFF then first = 0xE000 end -- no text has these
  if last >= 0xD800 and last <= 0xDFFF then last = 0xD7FF end
  if first > last then return "" end
  return first == last and ("\\x{%x}"):format(first) or ("\\x{%x}-\\x{%x}"):format(first, last)
end

local c_escapes = { n = 10, r = 13, t = 9, a = 7, f = 12, v = 11 }

local function bad_escape(self, begin)
  local shown = self.text:match("^\\[^\x80-\xBF]?[\x80-\xBF]*", begin)
  local hint = { d = "[0-9]", w = "[0-9A-Za-z_]", s = "[[:space:]]", D = "[^0-9]", W = "[^0-9A-Za-z_]",
    S = "[^[:space:]]" }
  local instead = hint[shown:sub(2)]
  self:refuse(begin, "%s is no escape in RE2's POSIX syntax%s", shown, instead and "; write " .. instead or "")
end

-- "\x41" and "\x{41}", behind the x.
local function hexadecimal(self, begin)
  local digits, behind = self.text:match("^{(%x+)}()", self.at)
  if not digits then digits, behind = self.text:match("^(%x%x)()", self.at) end
  local code = digits and #digits:gsub("^0*", "") <= 6 and tonumber(digits, 16)
  if not code or code > LAST_LETTER then bad_escape(self, begin) end
  self.at = behind
  return code
end

-- The letter that an escape stands for.
local function escape(self)
  local begin = self.at
  if begin == #self.text then self:refuse(begin, "a backslash at the end; write \\\\ for a backslash") end
  self.at = begin + 1
  local letter = self:peek()
  if letter:find("^[0-7]") then
    local digits = self.text:match("^0[0-7]?[0-7]?", self.at) or self.text:match("^[1-7][0-7][0-7]?", self.at)
    if not digits then bad_escape(self, begin) end
    self.at = self.at + #digits
    return tonumber(digits, 8)
  end
  if letter == "x" then
    self.at = self.at + 1
    return hexadecimal(self, begin)
  end
  if not (letter:find("^[%p%s%c]") or c_escapes[letter]) or letter:byte() > 127 then bad_escape(self, begin) end
  self.at = self.at + 1
  return c_escapes[letter] or letter:byte()
end

-- Of ASCII, as first and last letters in order.
local named = {
  alnum = { 48, 57, 65, 90, 97, 122 }, alpha = { 65, 90, 97, 122 }, ascii = { 0, 127 }, blank = { 9, 9, 32, 32 },
  cntrl = { 0, 31, 127, 127 }, digit = { 48, 57 }, graph = { 33, 126 }, lower = { 97, 122 }, print = { 32, 126 },
  punct = { 33, 47, 58, 64, 91, 96, 123, 126 }, space = { 9, 13, 32, 32 }, upper = { 65, 90 },
  word = { 48, 57, 65, 90, 95, 95, 97, 122 }, xdigit = { 48, 57, 65, 70, 97, 102 },
}

local function complement(bounds)
  local others = {}
  local from = 0
  for i = 1, #bounds, 2 do
    if bounds[i] > from then table.move({ from, bounds[i] - 1 }, 1, 2, #others + 1, others) end
    from = bounds[i + 1] + 1
  end
  return table.move({ from, LAST_LETTER }, 1, 2, #others + 1, others)
end

local function ranges(bounds)
  local parts = {}
  for i = 1, #bounds, 2 do parts[#parts + 1] = range(bounds[i], bounds[i + 1]) end
  return table.concat(parts)
end

-- "[:alpha:]" in a class; nil: none comes.
local function posix_class(self)
  local caret, name, behind = self.text:match("^%[:(%^?)(.-):%]()", self.at)
  if not name then return nil end
  if not named[name] then
    self:refuse(self.at, "[:%s%s:] is no class; there are alnum alpha ascii blank cntrl digit graph lower print punct "
      .. "space upper word xdigit", caret, name)
  end
  self.at = behind
  return ranges(caret == "" and named[name] or complement(named[name]))
end

local function class_letter(self)
  return self:peek() == "\\" and escape(self) or self:letter()
end

local function class(self)
  local begin, parts, first = self.at, {}, true
  self.at = self.at + 1
  local negated = self:peek() == "^"
  if negated then self.at = self.at + 1 end
  while self.at <= #self.text and (first or self:peek() ~= "]") do
    if self:peek() == "-" and not first and self:peek(2) ~= "-]" and #self:peek(2) == 2 then
      self:refuse(self.at, '"-" in the midst of a class; write it first or last')
    end
    first = false
    local part = posix_class(self)
    if not part then
      local from = self.at
      local low = class_letter(self)
      local high = low
      if self:peek() == "-" and #self:peek(2) == 2 and self:peek(2) ~= "-]" then
        self.at = self.at + 1
        high = class_letter(self)
      end
      if high < low then self:refuse(from, "a range from a greater letter to a smaller one") end
      part = range(low, high)
    end
    parts[#parts + 1] = part
  end
  if self.at > #self.text then self:refuse(begin, 'the class has no "]"') end
  self.at = self.at + 1
  local whole = table.concat(parts)
  if whole == "" then return negated and "(?s:.)" or "(?!)" end
  return ("[%s%s]"):format(negated and "^" or "", whole)
end

-- ---- repetitions ----

-- "{2,5}" at the cursor: the least and the most (-1: any number); nil: it is none, so a brace is itself.
local function counted(self)
  local low, comma, high, behind = self.text:match("^{(%d+)(,?)(%d*)}()", self.at)
  if not low or comma == "" and high ~= "" then return nil end
  for _, digits in ipairs { low, high } do
    if digits:find("^0.") or #digits > 8 then return nil end
  end
  self.at = behind
  local least = tonumber(low)
  return least, comma == "" and least or high == "" and -1 or tonumber(high)
end

-- The atom with the repetition that is at the cursor; nil: there is none. `weight`: how often it is repeated inside.
local function repeated(self, atom, weight)
  local begin, sign = self.at, self:peek()
  if sign == "*" or sign == "+" or sign == "?" then
    self.at = self.at + 1
    return ("(?:%s%s)"):format(atom, sign), weight
  end
  if sign ~= "{" then return nil end
  local least, most = counted(self)
  if not least then return nil end
  if least > MOST_REPEATED or most > MOST_REPEATED or most >= 0 and most < least then
    self:refuse(begin, "a repetition of %d to %d times; expected at most %d, and the smaller number first", least, most,
      MOST_REPEATED)
  end
  local count = most < 0 and least or most
  if count > 0 then weight = weight * count end
  if weight > MOST_REPEATED and (least >= 2 or most >= 2) then
    self:refuse(begin, "repetitions of repetitions: more than %d in all", MOST_REPEATED)
  end
  return ("(?:%s{%d,%s})"):format(atom, least, most < 0 and "" or most), weight
end

-- ---- the whole ----

local alternatives

local simple_atoms = { ["^"] = "(?:\\A|(?<=\\n))", ["$"] = "(?:\\z|(?=\\n))", ["."] = "[^\\n]" }

-- One atom without its repetition, and its weight.
local function atom_of(self)
  local letter = self:peek()
  if letter == "(" then
    local begin = self.at
    self.at = begin + 1
    local inner, weight = alternatives(self, begin)
    return ("(?:%s)"):format(inner), weight
  end
  if letter == "[" then return class(self), 1 end
  if letter == "*" or letter == "+" or letter == "?" then
    self:refuse(self.at, '"%s" repeats nothing%s', letter, self.text:sub(self.at - 1, self.at) == "(?"
      and "; RE2's POSIX syntax has no (?…)" or "; write \\" .. letter .. " for itself")
  end
  if letter == "{" then
    local begin = self.at
    if counted(self) then self:refuse(begin, "a repetition of nothing; write \\{ for a brace") end
  end
  local simple = simple_atoms[letter]
  if simple then
    self.at = self.at + 1
    return simple, 1
  end
  local code = letter == "\\" and escape(self) or self:letter()
  local one = range(code, code)
  return one == "" and "(?!)" or one, 1
end

-- Up to the ")" of the "(" at `open`; nil: up to the end.
function alternatives(self, open)
  local parts, heaviest = {}, 1
  self.depth = self.depth + 1
  if self.depth > MOST_NESTED then self:refuse(self.at, "more than %d parentheses in each other", MOST_NESTED) end
  while self.at <= #self.text do
    local letter = self:peek()
    if letter == ")" then
      if not open then self:refuse(self.at, '")" without "("; write \\) for a parenthesis') end
      self.at, self.depth = self.at + 1, self.depth - 1
      return table.concat(parts), heaviest
    elseif letter == "|" then
      self.at = self.at + 1
      parts[#parts + 1] = "|"
    else
      local atom, weight = atom_of(self)
      while true do
        local more, heavier = repeated(self, atom, weight)
        if not more then break end
        atom, weight = more, heavier
      end
      parts[#parts + 1], heaviest = atom, math.max(heaviest, weight)
    end
  end
  if open then self:refuse(open, '"(" without ")"; write \\( for a parenthesis') end
  return table.concat(parts), heaviest
end

local function translate(pattern)
  local _, bad = utf8.len(pattern)
  local self = setmetatable({ text = pattern, at = 1, depth = 0 }, Reader)
  if bad then self:refuse(bad, "the pattern is not UTF-8") end
  return ("(?:%s)\\z"):format((alternatives(self)))
end

function regex.translate(pattern)
  return refusal.caught(translate, pattern)
end

-- The text with U+FFFD for each byte that is not UTF-8, which RE2 is shown.
local function repaired(text)
  local _, bad = utf8.len(text)
  while bad do
    text = text:sub(1, bad - 1) .. "\u{FFFD}" .. text:sub(bad + 1)
    _, bad = utf8.len(text, bad)
  end
  return text
end

function regex.compile(pattern)
  local translated, problem = regex.translate(pattern)
  if not translated then return nil, problem end
  local compiled, message = host.regex(translated)
  if not compiled then
    return nil, { at = 1, message = ("PCRE2, which stands for RE2 here, does not take it: %s"):format(message) }
  end
  return function(text)
    local matches, why = compiled:matches(text)
    if why == "not UTF-8" then matches, why = compiled:matches(repaired(text)) end
    if matches ~= nil then return matches end
    error({ pattern = pattern, message = ('regex "%s": %s; RE2 does not try so long'):format(pattern, why) }, 0)
  end
end

return regex
