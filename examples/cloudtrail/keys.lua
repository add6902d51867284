-- cloudtrail.keys: the access keys and the region for AWS, from where its SDKs have them: the environment, the files
-- ~/.aws/config and ~/.aws/credentials, the container, the machine.
local lure = require "lure"

local keys = {}

local SOON = 300 * 1000000000   -- keys are taken anew so long before they expire
local STATIC = 60 * 1000000000  -- and those of files so long after they were read

--- An environment variable that the configuration allows and that has a value.
local function env(name)
  local allowed, value = pcall(lure.env, name)
  return allowed and value ~= "" and value or nil
end

--- Adds the values that a file has for a profile to a table. A file that cannot be read has none.
local function read(path, profile, values)
  local here = false
  local read_file = function()
    for line in lure.file.lines(path) do
      local title = line:match "^%s*%[%s*(.-)%s*%]"
      local name, value = line:match "^([%w_]+)%s*=%s*(.-)%s*$"
      if title then
        here = title:gsub("^profile%s+", "") == profile
        values.found = values.found or here
      elseif here and name then
        values[name:lower()] = value
      end
    end
  end
  local readable, problem = pcall(read_file)
  if not readable then lure.log.debug("%s", problem) end
end

--- What AWS's files say of the profile that is configured.
local function profile_of(settings)
  local home = env "HOME" or ""
  local name = settings.profile or env "AWS_PROFILE" or "default"
  local files = { settings.config or env "AWS_CONFIG_FILE" or home .. "/.aws/config",
    settings.credentials or env "AWS_SHARED_CREDENTIALS_FILE" or home .. "/.aws/credentials" }
  local values = {}
  for _, path in ipairs(files) do read(path, name, values) end
  if settings.profile and not values.found then
    error(("aws.profile: %q is neither in %s nor in %s, or these cannot be read"):format(name, files[1], files[2]), 0)
  end
  for _, key in ipairs { "role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file" } do
    if values[key] and not values.aws_access_key_id then
      error(("profile %q: %s is not supported here; give aws_access_key_id and aws_secret_access_key"):format(name, key), 0)
    end
  end
  return values
end

--- The region: that of the configuration, the environment, the profile.
function keys.region(settings)
  local region = settings.region or env "AWS_REGION" or env "AWS_DEFAULT_REGION" or profile_of(settings).region
  return region or error("expected a region; set init_config.aws.region, AWS_REGION, or region in ~/.aws/config", 0)
end

--- The keys in an answer of a container's or a machine's service.
local function from_service(url, headers)
  local answer = lure.http.get(url, { headers = headers, timeout = 5, retry = 2 }):json()
  return { id = answer.AccessKeyId, secret = answer.SecretAccessKey, token = answer.Token,
    ends = lure.time.parse(answer.Expiration) }
end

--- The keys of the role that a container has; nil: none is named.
local function of_container()
  local relative, url = env "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", env "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  if not relative and not url then return nil end
  local token, file = env "AWS_CONTAINER_AUTHORIZATION_TOKEN", env "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
  if file then token = lure.file.lines(file)() end
  return from_service(relative and "http://169.254.170.2" .. relative or url, { Authorization = token })
end

--- The keys of the role that a machine has (version 2 of its metadata service).
local function of_machine(settings)
  if not settings.metadata then error("init_config.aws.metadata names no service", 0) end
  local service = settings.metadata:gsub("/$", "") .. "/latest/"
  local token = lure.http.request { url = service .. "api/token", method = "PUT", timeout = 5,
    headers = { ["X-aws-ec2-metadata-token-ttl-seconds"] = "21600" } }
  local headers = { ["X-aws-ec2-metadata-token"] = token.status == 200 and token.body or nil }
  local roles = service .. "meta-data/iam/security-credentials/"
  local role = lure.http.get(roles, { headers = headers, timeout = 5, retry = 2 })
  if role.status ~= 200 then error(("%s: status %d"):format(roles, role.status), 0) end
  return from_service(roles .. role.body:match "[^\n]*", headers)
end

--- Keys of the first place that has some. A profile that is configured goes before the environment.
local function find(settings)
  local id, secret = env "AWS_ACCESS_KEY_ID", env "AWS_SECRET_ACCESS_KEY"
  if id and secret and not settings.profile then return { id = id, secret = secret, token = env "AWS_SESSION_TOKEN" } end
  local profile = profile_of(settings)
  if profile.aws_access_key_id and profile.aws_secret_access_key then
    return { id = profile.aws_access_key_id, secret = profile.aws_secret_access_key, token = profile.aws_session_token }
  end
  local container = of_container()
  if container then return container end
  local there, machine = pcall(of_machine, settings)
  return there and machine or error(("expected keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (init_config.lure.env " ..
    "lists what may be read), in ~/.aws/credentials, or of the machine: %s"):format(machine), 0)
end

--- What returns the keys, newly found when they are about to expire. settings: init_config.aws; empty texts are none.
function keys.provider(settings)
  local current
  return function()
    local now = lure.now()
    if not current or current.ends < now + SOON then
      current = find(settings)
      current.ends = current.ends or now + SOON + STATIC
    end
    return current
  end
end

return keys
