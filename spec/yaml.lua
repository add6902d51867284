--- YAML as Falco reads it, through spec/yaml/reader.cpp.

local json_text = require "spec.json_text"
local support = require "spec.support"

local yaml = {}

local reader = support.build .. "/spec/yaml/reader"

--- The documents of a text, in which scalars are strings, and maps called init_config the JSON text that Falco makes
-- of them. nil and what is wrong, where yaml-cpp or libyaml refuses it. `variables`: "${NAME}" is replaced, as
-- in falco.yaml; assignments before the command may give them values.
function yaml.read(text, variables)
  local file = io.open(reader)
  assert(file, reader .. " is missing: script/bootstrap installs libyaml-cpp-dev, from which cmake builds it"):close()
  local assignments = type(variables) == "string" and variables or ""
  local output, status = support.run(("%s %s %s <%s"):format(assignments, support.quote(reader),
    variables and "--variables" or "", support.quote(support.file(text, "text.yaml"))))
  if status ~= 0 then return nil, output end
  local documents = {}
  for line in output:gmatch("[^\n]+") do documents[#documents + 1] = json_text.decode(line) end
  return documents
end

--- The only document of a falco.yaml, which must be right.
function yaml.configuration(text, variables)
  local documents = assert(yaml.read(text, variables or true))
  assert(#documents == 1, "expected one document")
  return documents[1]
end

--- The rules in a file of them, which must be right: a list of tables.
function yaml.rules(text)
  local documents = assert(yaml.read(text))
  assert(#documents == 1 and documents[1][1].required_plugin_versions, "expected required_plugin_versions")
  return table.move(documents[1], 2, #documents[1], 1, {})
end

return yaml
