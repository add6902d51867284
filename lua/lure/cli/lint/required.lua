-- required: modules that a script requires and that are nowhere.

local modules = require "lure.cli.modules"

-- `missing`: what modules.needed_by answers of those not found; `directory`: the script's.
return function(missing, directory, files, findings)
  for _, file in ipairs(files) do
    for _, read in ipairs(file.seen.reads) do
      if read.name:find("^package%f[^%w_]") then return end -- the script looks for modules in its own way
    end
  end
  for _, module in ipairs(missing) do
    findings:add("hint", module.file, module.line, ('module "%s" is not found: neither in %s, nor in %s; '
      .. "init_config.lure.path names more directories"):format(module.name, directory,
      table.concat(modules.DIRECTORIES, ", ")))
  end
end
