-- json: values of any event whose payload is JSON. Fields and values are those of Falco's plugin "json" 0.7, so that its
-- rules work as they are: texts that RFC 8259 refuses (NaN, 007, control characters) have values, a cut document has none.
local lure = require "lure"
local lpeg = require "lpeg"
local C, Cs, Ct, P, R, S, V = lpeg.C, lpeg.Cs, lpeg.Ct, lpeg.P, lpeg.R, lpeg.S, lpeg.V

local space, digits, hex = S " \t\r\n" ^ 0, R "09" ^ 1, R("09", "af", "AF")
local code = "\\u" * hex * hex * hex * hex
local surrogate = #("\\u" * S "dD" * R("89", "af", "AF")) * code
local pair = #("\\u" * S "dD" * R("89", "ab", "AB")) * code * #("\\u" * S "dD" * R("cf", "CF")) * code
local escape = "\\" * S '"\\/bfnrt'

-- What a value may be that is no list and no object: as the plugin reads it, and as RFC 8259 has it, which its "obj" wants.
local text = '"' * ("\\" * P(1) + (1 - S '"\\')) ^ 0 * '"'
local names = P "true" + "false" + "null"
local odd = S "nN" * S "aA" * S "nN" + S "iI" * S "nN" * S "fF"
local LOOSE = text + names + S "+-" ^ -1 * odd + (R "09" + S ".+-eE") ^ 1
local STRICT = '"' * (escape + code + (1 - (S '"\\' + R "\0\31"))) ^ 0 * '"' + names +
  P "-" ^ -1 * ("0" + R "19" * R "09" ^ 0) * ("." * digits) ^ -1 * (S "eE" * S "+-" ^ -1 * digits) ^ -1

-- A document that begins with a bracket, indented: a rule for each depth, of which there are 300.
lpeg.setmaxstack(3000)
local indented = {}
for _, scalar in ipairs { LOOSE, STRICT } do
  local rules = { P(false), [301] = P(false) }
  for depth = 300, 1, -1 do
    local line, last, value = "\n" .. ("  "):rep(depth), "\n" .. ("  "):rep(depth - 1), V(depth + 1)
    local colon, comma = (space * ":" * space) / ": ", (space * "," * space) / ("," .. line)
    local list = (P "[" * space) / ("[" .. line) * value * (comma * value) ^ 0 * ((space * "]") / (last .. "]"))
    local member = text * colon * value
    local object = (P "{" * space) / ("{" .. line) * member * (comma * member) ^ 0 * ((space * "}") / (last .. "}"))
    local empty = (P "[" * space * "]") / "[]" + (P "{" * space * "}") / "{}"
    rules[depth] = (depth > 1 and scalar or P(false)) + empty + list + object
  end
  indented[scalar] = Cs(P(rules) * space) * -1
end

-- Of a document that is one: what is in a list, keys and values of an object, a string without escapes, a value without
-- white space.
local value = P { text + S "[{" * (V(1) + S ",: \t\r\n") ^ 0 * S "]}" + (1 - S '"[]{},: \t\r\n') ^ 1 }
local inside = S "[{" * Ct((C(value) + S ",: \t\r\n") ^ 0)
local decoded = (pair + (code - surrogate) + escape) / '"%0"' / lure.json.decode + surrogate * code / "\u{FFFD}"
local unescaped = '"' * Cs((decoded + "\\" * P(1) + (1 - P '"')) ^ 0)
local minified = Cs((text + S " \t\r\n" / "" + 1) ^ 0)

local payload, is_valid   -- of the last event

return {
  name = "json", version = "0.7.4", description = "Values of payloads that are JSON", contact = "you@example.org",
  extract = function(data, pointer, event, field)
    if data ~= payload then payload, is_valid = data, indented[LOOSE]:match(data) end
    if not is_valid then return nil end
    if field:find "rawtime" then return tostring(event.ts) end
    if field:find "obj" then return indented[STRICT]:match(data) end
    local found = data
    for part in (pointer == "" and "" or pointer:gsub("^/", "") .. "/"):gmatch "([^/]*)/" do
      local key, list, kind = part:gsub("~1", "/"):gsub("~0", "~"), inside:match(found), found:sub(1, 1)
      if kind == "[" then
        found = list[1 + tonumber(key:match "^[+-]?%d+$" or -1)]
      else
        found = nil
        for i = 1, list and kind == "{" and #list or 0, 2 do
          if unescaped:match(list[i]) == key then found = list[i + 1] break end
        end
      end
      if not found then return nil end
    end
    return (unescaped:match(found) or minified:match(found)):match "^[^\0]*"   -- the plugin's texts end at a NUL
  end,
  fields = {
    { name = "json.value", type = "string", desc = "A value by its JSON Pointer", arg = { key = true, required = true } },
    { name = "json.obj", type = "string", desc = "The payload, indented" },
    { name = "json.rawtime", type = "string", desc = "The time of the event in ns" },
    { name = "jevt.value", type = "string", desc = "As json.value", arg = { key = true, required = true } },
    { name = "jevt.obj", type = "string", desc = "As json.obj" },
    { name = "jevt.rawtime", type = "string", desc = "As json.rawtime" },
  },
}
