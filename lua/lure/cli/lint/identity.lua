-- identity: names and ids against the registry's rules, and of plugins that are to be loaded together.

local registry = require "lure.cli.registry"

local identity = {}

local function id_problem(info)
  local owner = registry.names[info.id]
  if owner and owner ~= info.name then
    return ('id %d is that of the plugin "%s" (registry of %s), and hosts refuse two of one id; %d is for tests, %d '
      .. "to %d are for home use"):format(info.id, owner, registry.date, registry.test_id,
      registry.private_ids.first, registry.private_ids.last)
  elseif info.id > registry.private_ids.last then
    return ("id %d is in a range that is for nobody; the registry gives ids below %d, and up to %d is home use")
      :format(info.id, registry.private_ids.first, registry.private_ids.last)
  end
end

local function source_problem(info)
  if registry.reserved_sources[info.event_source] then
    return ('the event source "%s" is Falco\'s own'):format(info.event_source)
  elseif not info.event_source:find(registry.source_pattern) then
    return ('the registry takes no event source like "%s": a lower case letter, then those, digits and "_"'):format(
      info.event_source)
  end
end

-- Hints about one plugin; `line_of(key)` is where its table has that key.
function identity.look_at(info, file, line_of, findings)
  local function hint(key, message)
    if message then findings:add("hint", file, line_of(key), message) end
  end
  if not info.name:find(registry.name_pattern) then
    hint("name", ('the registry takes no name like "%s": a lower case letter, then those, digits, "_" and "-"'):format(
      info.name))
  end
  if not info.id then return end
  hint("id", id_problem(info))
  hint("event_source", source_problem(info))
end

local function have_a_source_in_common(a, b)
  if #a == 0 or #b == 0 then return true end -- every source
  for _, one in ipairs(a) do
    for _, other in ipairs(b) do
      if one == other then return true end
    end
  end
  return false
end

-- The first field of `b` that is one of `a`, too; or else the first that only begins as one of `a`, and which.
local function common_field(a, b)
  local names, begins, own = {}, nil, nil
  for _, field in ipairs(a.fields) do names[field.name] = true end
  for _, field in ipairs(b.fields) do
    if names[field.name] then return field.name end
    for length = #field.name - 1, begins and #field.name or 1, -1 do
      if names[field.name:sub(1, length)] then begins, own = field.name, field.name:sub(1, length) break end
    end
  end
  return begins, own
end

-- What keeps two plugins out of one host, as the framework and Falco see it; `findings` of the second.
function identity.compare(a, b, findings)
  local function say(key, severity, format, ...)
    findings:add(severity, b.file, b.line_of(key), format:format(...))
  end
  if a.info.name == b.info.name then
    say("name", "error", '%s is called "%s", too: hosts refuse to load both', a.file, a.info.name)
  end
  if a.info.id and a.info.id == b.info.id then
    say("id", "error", 'id %d is that of "%s" (%s), too: hosts refuse to load both', b.info.id, a.info.name, a.file)
  end
  if a.info.event_source and a.info.event_source == b.info.event_source then
    say("event_source", "hint", 'events of "%s" come from "%s" (%s), too: Falco opens only one of them',
      b.info.event_source, a.info.name, a.file)
  end
  if not have_a_source_in_common(a.info.extract_event_sources, b.info.extract_event_sources) then return end
  local field, own = common_field(a.info, b.info)
  if own then
    say(field, "hint", 'hosts that load "%s" (%s) first take %s for its field %s with something behind it, and do not '
      .. "find it", a.info.name, a.file, field, own)
  elseif field then
    say(field, "error", 'field %s is one of "%s" (%s), too, for the same events: Falco refuses to load both',
      field, a.info.name, a.file)
  end
end

return identity
