-- nodetext: a condition's node as text again, in one form, as libsinsp writes it.
--
--   nodetext.of(condition.parse "a.b=1 and  not (c.d in (x,y))")     "(a.b = 1 and not c.d in (x, y))"
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

local function joined(list, between)
  local texts = {}
  for i, one in ipairs(list) do texts[i] = nodetext.of(one) end
  return "(" .. table.concat(texts, between) .. ")"
end

local writers = {
  ["and"] = function(node) return joined(node.children, " and ") end,
  ["or"] = function(node) return joined(node.children, " or ") end,
  ["not"] = function(node) return "not " .. nodetext.of(node.child) end,
  identifier = function(node) return node.name end,
  exists = function(node) return nodetext.of(node.left) .. " exists" end,
  compare = function(node)
    local operator = node.modifier and node.op .. " " .. node.modifier or node.op
    return ("%s %s %s"):format(nodetext.of(node.left), operator, nodetext.of(node.right))
  end,
  field = function(node) return node.name .. argument(node.arg) end,
  transformer = function(node) return node.name .. joined(node.args, ",") .. argument(node.arg) end,
  value = function(node) return escaped(node.text) end,
  list = function(node) return joined(node.values, ", ") end,
  tuple = function(node) return joined(node.values, ",") end,
}

function nodetext.of(node) return writers[node.kind](node) end

return nodetext
