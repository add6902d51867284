-- condition: what the text of a condition says, by the grammar of libsinsp's filters.
--
--   local node, problem = condition.parse(text [, deepest [, known]])
--                                                            deepest: how many levels libsinsp may go down, 100;
--                                                            known: lists that were parsed before, each by the place
--                                                            where it begins: { values =, behind = the place behind }
--   local list = condition.list(text)                        what stands between the parentheses of one; nil: wrong
--   local operand, behind = condition.operand(text)          a field or transformer at the beginning of a text, and the
--                                                            place behind it; nil and the problem: none stands there
--   local whole, parts = condition.expand(node, find)         its macros put in, and the number of its parts; nil and
--                                                            the problem. find(name): a macro's node; see below
--
-- A `problem` is { message =, at =, line =, column = }: a place in the text, in bytes from 1 (of `expand`: where the
-- macro stands). Each node and operand has its `at`, too.
--
-- Nodes:
--   { kind = "and" | "or", children = { node… } }
--   { kind = "not", child = node }
--   { kind = "identifier", name = }                               a macro
--   { kind = "exists", left = operand }
--   { kind = "compare", left = operand, op =, modifier =, right = operand }
--       modifier: "oneof", "anyof", "allof" behind an operator (libsinsp 0.25), or nil
-- Operands:
--   { kind = "field", name =, arg = text or nil }
--   { kind = "transformer", name =, args = { operand… }, arg = text or nil }    "val" among them
--   { kind = "value", text =, quoted = }
--   { kind = "list", values = { value… }, problem =, known = }    of `in`, `pmatch`, `intersects` and modifiers
--   { kind = "tuple", values = { operand… } }                     a list among a transformer's arguments
-- A bare identifier in a list, or in a list's place, is a value that is not `quoted`: it may name a list of Falco's.
-- The values of a `known` list are the same table in all conditions that have it.
-- A `problem` of a list is a finding: libsinsp takes a list whose first text has a wrong escape as an empty one.

local lexer = require "lure.rules.lexer"
local refusal = require "lure.rules.refusal"

local condition = {}

-- libsinsp's parser refuses what is nested deeper; each function of its grammar counts.
local DEEPEST = 100

condition.transformers = { "tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt" }

local unary = { "exists" }
local of_numbers = { "<=", "<", ">=", ">" }
-- a blank behind a word: it has to be followed by one
local of_texts = { "==", "=", "!=", "glob ", "iglob ", "contains ", "icontains ", "bcontains ", "startswith ",
  "bstartswith ", "endswith ", "regex " }
local modifiers = { "oneof ", "anyof ", "allof " }
local of_lists = { "intersects", "in", "pmatch" }

local function joined(lists)
  local words = {}
  for _, list in ipairs(lists) do
    for _, word in ipairs(list) do words[#words + 1] = word:match("%S+") end
  end
  return words
end

-- All operators, as people write them; those of texts, which may have a modifier; and those of lists.
condition.operators = joined { unary, of_numbers, of_texts, of_lists }
condition.text_operators, condition.modifiers, condition.list_operators = joined { of_texts }, joined { modifiers },
  joined { of_lists }

local transformer_calls = {}
for i, name in ipairs(condition.transformers) do transformer_calls[i] = name .. "(" end

local TRANSFORMERS = table.concat(condition.transformers, " ")
local OPERATORS = table.concat(condition.operators, " ")

local Parser = {}
Parser.__index = Parser

-- Calls a function of the grammar one level deeper.
local function deeper(parse)
  return function(self, ...)
    self.depth = self.depth + 1
    if self.depth >= self.deepest then
      self.lexer:refuse(self.lexer.at, "the condition is nested too deep (libsinsp stops at 100 levels, about 19 "
        .. "parentheses); move parts of it into macros")
    end
    local result, second = parse(self, ...)
    self.depth = self.depth - 1
    return result, second
  end
end

-- ---- fields and transformers ----

function Parser:optional_argument()
  local begin = self.lexer.at
  if not self.lexer:take("[") then return nil end
  local argument = self.lexer:quoted() or self.lexer:bare_argument()
  if not argument then
    self.lexer:fail(self.lexer.at, "an argument in the brackets", "write it as in [3], [key] or ['a key']")
  end
  if not self.lexer:take("]") then
    self.lexer:fail(self.lexer.at, '"]"', ("which closes the argument that begins in column %d"):format(
      select(2, lexer.place(self.lexer.text, begin))))
  end
  return argument
end

Parser.field_behind_name = deeper(function(self, name, at)
  return { kind = "field", name = name, arg = self:optional_argument(), at = at }
end)

function Parser:field()
  local at = self.lexer.at
  local name = self.lexer:field_name()
  return name and self:field_behind_name(name, at)
end

function Parser:number()
  local at = self.lexer.at
  local text = self.lexer:number()
  return text and { kind = "value", text = text, quoted = false, at = at }
end

function Parser:quoted()
  local at = self.lexer.at
  local text = self.lexer:quoted()
  return text and { kind = "value", text = text, quoted = true, at = at }
end

-- A transformer from its "name(" on; nil: none comes.
function Parser:transformer()
  local at = self.lexer.at
  local call = self.lexer:one_of(transformer_calls)
  return call and self:transformer_behind_name(call:sub(1, -2), at)
end

-- What stands among a tuple's elements.
function Parser:tuple_element()
  local element = self:field() or self:transformer() or self:quoted() or self:number()
  if element then return element end
  self.lexer:fail(self.lexer.at, "a field, a transformer, a quoted text or a number", "texts need quotes here")
end

-- Behind its "(".
function Parser:tuple(at)
  local values = {}
  self.lexer:blank()
  if self.lexer:take(")") then return { kind = "tuple", values = values, at = at } end
  repeat
    self.lexer:blank()
    values[#values + 1] = self:tuple_element()
    self.lexer:blank()
  until not self.lexer:take(",")
  if not self.lexer:take(")") then self.lexer:fail(self.lexer.at, '"," or ")"', "the list has no end") end
  return { kind = "tuple", values = values, at = at }
end

Parser.transformer_argument = deeper(function(self)
  self.lexer:blank()
  local at = self.lexer.at
  local argument = self:number() or self:quoted()
  if argument then return argument end
  if self.lexer:take("(") then return self:tuple(at) end
  argument = self:transformer() or self:field()
  if argument then return argument end
  self.lexer:fail(at, "a field, a transformer, a quoted text, a number or a list in parentheses",
    "fields are named as in k8s.pod.name")
end)

Parser.transformer_behind_name = deeper(function(self, name, at)
  local args = {}
  self.lexer:blank()
  repeat
    args[#args + 1] = self:transformer_argument()
    self.lexer:blank()
  until not self.lexer:take(",")
  if not self.lexer:take(")") then
    self.lexer:fail(self.lexer.at, '")"', ("it closes %s("):format(name))
  end
  return { kind = "transformer", name = name, args = args, arg = self:optional_argument(), at = at }
end)

-- A transformer, or val(field), behind an operator; nil: neither comes.
Parser.transformer_or_val = deeper(function(self)
  self.lexer:blank()
  local at = self.lexer.at
  if not self.lexer:take("val(") then return self:transformer() end
  self.lexer:blank()
  local field = self:field()
  if not field then
    self.lexer:fail(self.lexer.at, "a field in val(…)", "val takes one field, as in val(k8s.ns.name)")
  end
  self.lexer:blank()
  if not self.lexer:take(")") then self.lexer:fail(self.lexer.at, '")"', "it closes val(") end
  return { kind = "transformer", name = "val", args = { field }, arg = self:optional_argument(), at = at }
end)

-- ---- what stands on the right ----

Parser.number_or_transformer = deeper(function(self)
  self.lexer:blank()
  local value = self:transformer_or_val() or self:number()
  if value then return value end
  self.lexer:fail(self.lexer.at, "a number, a transformer or val(FIELD) behind < <= > >=",
    "only numbers and fields have an order; write val(…) around a field")
end)

-- `value`: neither transformers nor val(field) may come.
Parser.text_or_transformer = deeper(function(self, value)
  self.lexer:blank()
  local at = self.lexer.at
  local found = not value and self:transformer_or_val() or self:quoted()
  if found then return found end
  local text = self.lexer:bare()
  if text then return { kind = "value", text = text, quoted = false, at = at } end
  self.lexer:fail(at, value and "a value" or "a value, a transformer or val(FIELD)",
    'put a text with blanks, parentheses, commas, "=" or quotes between quotes')
end)

-- The first value of a list. nil: there is none, and why if what came is wrong.
local function first_value(self)
  local depth = self.depth
  local value, problem = refusal.caught(self.text_or_transformer, self, true)
  if problem then self.depth = depth end
  return value, problem
end

-- The values of a list that was parsed before, if they stand alone between the parentheses; nil: they do not.
local function known_values(self)
  local begin, known = self.lexer.at, self.known[self.lexer.at]
  if not known or self.depth + 1 >= self.deepest then return nil end
  self.lexer.at = known.behind
  self.lexer:blank()
  if self.lexer:take(")") then return known.values end
  self.lexer.at = begin
end

-- A list in parentheses; nil: none comes.
function Parser:list()
  local at = self.lexer.at
  if not self.lexer:take("(") then return nil end
  self.lexer:blank()
  local known = known_values(self)
  if known then return { kind = "list", values = known, known = true, at = at } end
  local list = { kind = "list", values = {}, at = at }
  local begin = self.lexer.at
  local value, problem = first_value(self)
  if value then
    list.values[1] = value
    self.lexer:blank()
    while self.lexer:take(",") do
      list.values[#list.values + 1] = self:text_or_transformer(true)
      self.lexer:blank()
    end
  elseif self.lexer.at > begin then
    list.problem = problem
  end
  if not self.lexer:take(")") then
    if problem and self.lexer.at == begin and not self.lexer:comes(")") then error(problem, 0) end
    self.lexer:fail(self.lexer.at, value and '"," or ")"' or '")"', ("the list begins in column %d"):format(
      select(2, lexer.place(self.lexer.text, at))))
  end
  return list
end

-- The name of a list; nil: none comes.
local function list_name(self)
  local at = self.lexer.at
  local name = self.lexer:identifier()
  return name and { kind = "value", text = name, quoted = false, at = at }
end

Parser.list_or_name = deeper(function(self)
  self.lexer:blank()
  return self:list() or list_name(self)
    or self.lexer:fail(self.lexer.at, "a list in parentheses, or the name of one", "as in (a, b)")
end)

Parser.list_or_transformer = deeper(function(self)
  self.lexer:blank()
  return self:list() or self:transformer_or_val() or list_name(self)
    or self.lexer:fail(self.lexer.at, "a list in parentheses, the name of one, a transformer or val(FIELD)",
      "as in (a, b)")
end)

-- ---- checks ----

-- Does "and", "or" or "not" come, as a word?
local function keyword_comes(self)
  local word = self.lexer.text:match("^%w+", self.lexer.at)
  return word == "and" or word == "or" or word == "not"
end

-- Is "oneof " or the like a modifier here: does a list or the name of one come behind it? It may be a text, too.
local function modifier(self, op)
  local begin = self.lexer.at
  if not op:find("^%a") and not self.lexer:blank() then return nil end
  local word = self.lexer:operator(modifiers)
  if word and (self.lexer:comes("(") or self.lexer.text:find("^%a", self.lexer.at)) and not keyword_comes(self) then
    return word
  end
  self.lexer.at = begin
end

Parser.behind_left = deeper(function(self, left, at)
  self.lexer:blank()
  if self.lexer:one_of(unary) then return { kind = "exists", left = left, at = at } end
  local node = { kind = "compare", left = left, at = at }
  node.op = self.lexer:operator(of_numbers)
  if node.op then
    node.right = self:number_or_transformer()
    return node
  end
  node.op = self.lexer:operator(of_texts)
  if node.op then
    node.modifier = modifier(self, node.op)
    node.right = node.modifier and self:list_or_name() or self:text_or_transformer()
    return node
  end
  node.op = self.lexer:operator(of_lists)
  if not node.op then
    self.lexer:fail(self.lexer.at, "an operator behind " .. (left.name .. (left.kind == "field" and "" or "(…)")),
      "there are " .. OPERATORS)
  end
  node.right = self:list_or_transformer()
  return node
end)

-- Behind its "(".
Parser.embedded = deeper(function(self)
  self.lexer:blank()
  local node = self:any()
  self.lexer:blank()
  if not self.lexer:take(")") then
    self.lexer:fail(self.lexer.at, '"and", "or" or ")"', "a parenthesis is open, or a text needs quotes")
  end
  return node
end)

Parser.check = deeper(function(self)
  self.lexer:blank()
  local at = self.lexer.at
  if self.lexer:take("(") then return self:embedded() end
  local left = self:field() or self:transformer()
  if left then return self:behind_left(left, at) end
  local name = self.lexer:identifier()
  if name then return { kind = "identifier", name = name, at = at } end
  self.lexer:fail(at, 'a check (FIELD OPERATOR VALUE), the name of a macro or "("')
end)

Parser.negated = deeper(function(self)
  self.lexer:blank()
  local at, negated = self.lexer.at, false
  while self.lexer:not_word() do negated = not negated end
  local child
  if self.lexer:take("not(") then
    negated = not negated
    child = self:embedded()
  else
    child = self:check()
  end
  return negated and { kind = "not", child = child, at = at } or child
end)

-- Operands between the same word, "and" or "or".
local function chain(word, operand)
  return deeper(function(self)
    self.lexer:blank()
    local at = self.lexer.at
    local children = { self[operand](self) }
    self.lexer:blank()
    while self.lexer:take(word) do
      if self.lexer:blank() then
        children[#children + 1] = self[operand](self)
      elseif self.lexer:take("(") then
        children[#children + 1] = self:embedded()
      else
        self.lexer:fail(self.lexer.at, ('a blank or "(" behind "%s"'):format(word))
      end
      self.lexer:blank()
    end
    return #children > 1 and { kind = word, children = children, at = at } or children[1]
  end)
end

Parser.all = chain("and", "negated")
Parser.any = chain("or", "all")

local function parse_whole(self)
  if self.lexer.text == "" then self.lexer:refuse(1, "the condition is empty; expected a check, as in a.b = 1") end
  local node = self:any()
  if self.lexer.at <= #self.lexer.text then
    local word = self.lexer.text:sub(1, self.lexer.at - 1):match("%w+%s*$")
    self.lexer:fail(self.lexer.at, '"and" or "or"', word and self.lexer:comes("(")
      and "transformers are " .. TRANSFORMERS .. " and, on the right, val, with no blank in front of the parenthesis"
      or "put a text with blanks between quotes")
  end
  return node
end

-- What a function of the grammar answers for a text; nil and the problem.
local function parse(text, deepest, grammar, known)
  local parser = setmetatable({ lexer = lexer.new(text), depth = 0, deepest = deepest, known = known or {} }, Parser)
  return refusal.caught(grammar, parser)
end

function condition.parse(text, deepest, known) return parse(text, deepest or DEEPEST, parse_whole, known) end

function condition.list(text)
  return (parse(text, DEEPEST, function(self)
    local list = { kind = "list", values = {}, at = 1 }
    repeat
      list.values[#list.values + 1] = self:text_or_transformer(true)
      self.lexer:blank()
    until not self.lexer:take(",")
    return self.lexer.at > #text and list or nil
  end))
end

function condition.operand(text)
  return parse(text, DEEPEST, function(self)
    local operand = self:field() or self:transformer()
    if operand then return operand, self.lexer.at end
    self.lexer:fail(1, "a field or a transformer")
  end)
end

-- ---- macros ----

-- Checks, "and", "or" and "not" of a condition with its macros. Each macro that names another one twice has twice as
-- many.
local MOST_PARTS = 50000

local expand_node

local function add_parts(open, count)
  open.count = open.count + count
  if open.count > MOST_PARTS then
    error({ at = open.at,
      message = ("with its macros the condition has more than %d parts; write it shorter"):format(MOST_PARTS) }, 0)
  end
end

local function expand_macro(node, open)
  local body, parts = open.find(node.name)
  if not body then
    error({ at = node.at, name = node.name, message = ('no macro "%s"; define it above'):format(node.name) }, 0)
  end
  if parts then
    add_parts(open, parts)
    return body
  end
  if open.names[node.name] then
    error({ at = node.at, name = node.name, message = ('macro "%s" contains itself'):format(node.name) }, 0)
  end
  open.names[node.name] = true
  local expanded = expand_node(body, open)
  open.names[node.name] = nil
  return expanded
end

function expand_node(node, open)
  if node.kind == "identifier" then return expand_macro(node, open) end
  add_parts(open, 1)
  if node.kind == "not" then return { kind = "not", child = expand_node(node.child, open), at = node.at } end
  if not node.children then return node end
  local children = {}
  for i, child in ipairs(node.children) do children[i] = expand_node(child, open) end
  return { kind = node.kind, children = children, at = node.at }
end

-- The condition with its macros put in, and the number of its parts. `find(name)`: the condition of a macro and, if its
-- own macros are in it already, the number of its parts; nil: there is none. Nodes are shared with those of macros, and
-- stay as they are.
function condition.expand(node, find)
  local open = { count = 0, at = node.at, names = {}, find = find }
  local expanded, problem = refusal.caught(expand_node, node, open)
  return expanded, expanded and open.count or problem
end

return condition
