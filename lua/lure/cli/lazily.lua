-- lazily: a module that is loaded when something of it is first used.
--
--   local kernelparams = lazily "lure.cli.kernelparams"
--
-- For modules that few runs need, as those for events of the kernel: they cost memory, and lure.host in another Lua,
-- where it shows events of plugins, does not have what they are built on.
return function(name)
  return setmetatable({}, { __index = function(_, key) return require(name)[key] end })
end
