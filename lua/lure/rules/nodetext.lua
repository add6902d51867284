-- nodetext: a condition's node as text again, in one form, as libsinsp writes it.
--
--   nodetext.of(condition.parse "a.b=1 and  not (c.d in (x,y))")     "(a.b = 1 and not c.d in (x, y))"
--   local of = nodetext.with { list = function(node) … end }         the same with writers of some kinds of nodes
--
-- Two nodes with the same text mean the same. Names of fields in Falco's JSON are such texts, too.

local nodetext = {}

local ESCAPES = { ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\",
  ['"'] = '\\"' }

local function escaped(text)
  if not text:find "[\b\f\n\r\t =\\\"'\0]" then return text end
  return '"' .. text:gsub('[\b\f\n\r\t\\"]', ESCAPES) .. '"'
end

local function argument(arg)
  if not arg then return "" end
  return arg == "" and '[""]' or "[" .. escaped(arg) .. "]"
end

local function joined(list, between, of)
  local texts = {}
  for i, one in ipairs(list) do texts[i] = of(one) end
  return "(" .. table.concat(texts, between) .. ")"
end

local writers = {
  ["and"] = function(node, of) return joined(node.children, " and ", of) end,
  ["or"] = function(node, of) return joined(node.children, " or ", of) end,
  ["not"] = function(node, of) return "not " .. of(node.child) end,
  identifier = function(node) return node.name end,
  exists = function(node, of) return of(node.left) .. " exists" end,
  compare = function(node, of)
    local operator = node.modifier and node.op .. " " .. node.modifier or node.op
    return ("%s %s %s"):format(of(node.left), operator, of(node.right))
  end,
  field = function(node) return node.name .. argument(node.arg) end,
  transformer = function(node, of) return node.name .. joined(node.args, ",", of) .. argument(node.arg) end,
  value = function(node) return escaped(node.text) end,
  list = function(node, of) return joined(node.values, ", ", of) end,
  tuple = function(node, of) return joined(node.values, ",", of) end,
}

function nodetext.with(own)
  local function of(node) return (own[node.kind] or writers[node.kind])(node, of) end
  return of
end

nodetext.of = nodetext.with {}

return nodetext
