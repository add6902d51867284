-- k8saudit: the audit log of Kubernetes, from its webhook, a file or a folder. Events, fields and values are those of
-- Falco's plugin "k8saudit" 0.18, its oddities included, so that its rules work as they are.
local lure = require "lure"
local kind_of, match, type = lure.json.kind, string.match, type
local config

--- A member of an object as text: a string, or else JSON without white space. nil: it has none.
local function text(object, key)
  if kind_of(object) ~= "object" then return nil end
  local kind = kind_of(object[key])
  if kind == "string" then return object[key] end
  return (kind == "object" or kind == "list") and lure.json.encode(object[key]) or object:raw(key)
end

--- The elements of a list, or that of a number, and whether it may be several. An object stands for itself, whatever the
--- number.
local function elements(list, number)
  if kind_of(list) == "object" then return { list }, false end
  if kind_of(list) ~= "list" or number and number >= #list then return nil end
  local found = {}
  for i = number or 0, number or #list - 1 do found[#found + 1] = list[i + 1] end
  return found, not number
end

--- The first value of a parameter of the request; none where its address, or another parameter, is none for Go.
local function parameter(uri, key)
  local address, fragment = uri:match "^([^#]*)#?(.*)$"
  local path, query = address:match "^([^?]*)%??(.*)$"
  local scheme, rest = path:match "^(%a[%w+.-]*:)(.*)$"
  rest = rest or path
  local is_opaque = scheme and rest:sub(1, 1) ~= "/"
  local authority = rest:match "^//([^/]*)" or ""
  local port = authority:match "%](.*)$" or authority:match "%[.*" or authority:match ":[^:]*$" or ""
  local encoded = (is_opaque and "" or path) .. "?" .. query .. "#" .. fragment
  if uri:find "%c" or query:find ";" or encoded:gsub("%%%x%x", ""):find "%%" then return nil end
  if not port:find "^:?%d*$" or not scheme and rest:find "^[^/]*:" then return nil end
  return lure.text.query(query)[key]
end

--- An image, or images, without tag and digest.
local function repository(images)
  if type(images) == "string" then return match(images, "^[^:@]*") end
  if type(images) ~= "table" then return match(tostring(images), "^[^:@]*") end
  for i, image in ipairs(images) do images[i] = match(tostring(image), "^[^:@]*") end
  return images
end

--- Service accounts with their namespaces.
local function accounts(subjects)
  local names = {}
  for _, subject in ipairs(subjects) do
    local namespace, name = text(subject, "namespace"), text(subject, "name")
    if namespace and name then names[#names + 1] = namespace .. ":" .. name end
  end
  return names
end

--- The kinds of the volumes; or whether one is a path of the host, or, with a `*` behind that, begins with it.
local function volumes(list, arg, _, field)
  local kinds, mounted = {}, field == "ka.req.volume.hostpath"
  local chosen, many = elements(list, not mounted and arg or nil)
  local prefix = mounted and arg:match "^(.*)%*$"
  for _, volume in ipairs(chosen or {}) do
    if kind_of(volume) == "object" and mounted then
      local path = text(volume.hostPath, "path")
      if path and (path == arg or prefix and path:sub(1, #prefix) == prefix) then return "true" end
      if not path and not many then return nil end
    elseif kind_of(volume) == "object" then
      for name in pairs(volume) do
        if name ~= "name" then kinds[#kinds + 1] = name end
      end
    end
  end
  if mounted then return chosen and "false" end
  return kinds
end

local EFFECTIVE = { eff_run_as_user = "runAsUser", eff_run_as_group = "runAsGroup" }

--- What each container says, or one of them. One that says nothing is left out; but each has a user, and a group.
local function containers(spec, index, _, field)
  if kind_of(spec) ~= "object" then return nil end
  local group, what = field:match "^ka%.req%.pod%.(%a+)%.(.*)$"
  local chosen, many = elements(spec[group or "containers"], index)
  local values, default = {}, many and EFFECTIVE[what] and (text(spec, EFFECTIVE[what]) or "0") or nil
  for _, container in ipairs(chosen or {}) do
    local context = kind_of(container) == "object" and container.securityContext
    local value = what and text(container, EFFECTIVE[what] or what) or default
    if not what then                                     -- ka.req.container.privileged
      if kind_of(context) == "object" and context.privileged == true then return "true" end
      if not many and not text(context, "privileged") then return nil end
    elseif what == "add_capabilities" then
      value = kind_of(context) == "object" and text(context.capabilities, "add") or nil
    elseif value and not EFFECTIVE[what] then            -- args and command
      if kind_of(container[what]) ~= "list" then return nil end
      local words = container[what]:table()
      for _, word in ipairs(words) do
        if type(word) ~= "string" then return nil end
      end
      value = table.concat(words, " ")
    end
    values[#values + 1] = value
  end
  if not what then return chosen and "false" end
  return values
end

--- The name of a new pod; and the ports of a service, which are one text.
local function special(event, _, _, field)
  local spec, resource = event:get "/requestObject/spec", event:get "/objectRef/subresource"
  if field == "ka.req.service.ports" then return { text(spec, "ports") } end
  if event:get "/objectRef/resource" ~= "pods" or type(resource) == "string" and resource ~= "" then return nil end
  return text(event:get "/responseObject/metadata", "name")
end

-- What is said of the containers of each of the three groups. A path begins at each of them. With `all` each must have it.
local CONTAINER = {
  args = { extract = containers, desc = "The arguments of each, as one text" },
  command = { extract = containers, desc = "The command of each, as one text" },
  name = { path = "name", all = true, desc = "Their names" },
  image = { path = "image", all = true, desc = "Their images" },
  ["image.repository"] = { path = "image", all = true, extract = repository, desc = "Their images, without tag and digest" },
  host_port = { path = "ports/*/{hostPort,containerPort}", desc = "Their ports on the host" },
  privileged = { path = "securityContext/privileged", desc = "Whether each is privileged" },
  allow_privilege_escalation = { path = "securityContext/allowPrivilegeEscalation", desc = "Whether each may gain rights" },
  read_only_fs = { path = "securityContext/readOnlyRootFilesystem", desc = "Whether each can only read its root" },
  run_as_user = { path = "securityContext/runAsUser", desc = "The user of each" },
  eff_run_as_user = { extract = containers, desc = "The user of each, or else of the pod, or 0" },
  run_as_group = { path = "securityContext/runAsGroup", desc = "The group of each" },
  eff_run_as_group = { extract = containers, desc = "The group of each, or else of the pod, or 0" },
  proc_mount = { path = "securityContext/procMount", desc = "How each has /proc" },
  add_capabilities = { extract = containers, desc = "The capabilities that each gets, as JSON" },
}

local OF = { initContainers = " (of those that run first)", ephemeralContainers = " (of those for debugging)" }

local FIRST_IMAGE = { "/requestObject/spec/containers/0/image", "/requestObject/spec/containers/image" }

-- In the order of the official plugin. A name alone is one of containers; a path with a `*` is that of a list.
local ROWS = {
  { "ka.auditid", "/auditID", "The id of the event" },
  { "ka.stage", "/stage", "How far the request is: RequestReceived, ResponseComplete, ..." },
  { "ka.auth.decision", "/annotations/authorization.k8s.io~1decision", "Whether it was allowed" },
  { "ka.auth.reason", "/annotations/authorization.k8s.io~1reason", "Why" },
  { "ka.auth.openshift.decision", "/annotations/authentication.openshift.io~1decision", "Of OpenShift: login allowed" },
  { "ka.validations.admission.policy.failure", "/annotations/validation.policy.admission.k8s.io~1validation_failure",
    "Which admission policy failed" },
  { "ka.security.pod.violations", "/annotations/pod-security.kubernetes.io~1audit-violations", "Which pod policy failed" },
  { "ka.auth.openshift.username", "/annotations/authentication.openshift.io~1username", "Of OpenShift: who logged in" },
  { "ka.user.name", "/user/username", "Who made the request" },
  { "ka.user.groups", "/user/groups/*", "The groups of the user" },
  { "ka.impuser.name", "/impersonatedUser/username", "Who the user acted as" },
  { "ka.verb", "/verb", "What is done: get, create, patch, ..." },
  { "ka.uri", "/requestURI", "The address of the request" },
  { "ka.uri.param", "/requestURI", "A parameter of the address", extract = parameter, key = true },
  { "ka.target.name", "/objectRef/name", "What it is done to" },
  { "ka.target.namespace", "/objectRef/namespace", "The namespace of that" },
  { "ka.target.resource", "/objectRef/resource", "The kind of that: pods, secrets, ..." },
  { "ka.target.subresource", "/objectRef/subresource", "The part of that: exec, log, status, ..." },
  { "ka.target.pod.name", nil, "The name that a pod got", extract = special },
  { "ka.req.binding.subjects", "/requestObject/subjects/*", "Whom a role is given to, as JSON" },
  { "ka.req.binding.subjects.user_names", "/requestObject/subjects/*/name", "Users that a role is given to",
    where = { kind = "User" } },
  { "ka.req.binding.subjects.serviceaccount_names", "/requestObject/subjects/*/name", "Service accounts that it is given to",
    where = { kind = "ServiceAccount" } },
  { "ka.req.binding.subjects.serviceaccount_ns_names", "/requestObject/subjects/*", "The same as NAMESPACE:NAME",
    where = { kind = "ServiceAccount" }, extract = accounts },
  { "ka.req.binding.subjects.group_names", "/requestObject/subjects/*/name", "Groups that a role is given to",
    where = { kind = "Group" } },
  { "ka.req.binding.role", "/requestObject/roleRef/name", "The role that is given" },
  { "ka.req.binding.subject.has_name", "/auditID/{arg}", "Always true, as there", default = "true", key = true },
  { "ka.req.configmap.name", "/objectRef/name", "The name of a config map" },
  { "ka.req.configmap.obj", "/requestObject/data", "What is in a config map, as JSON" },
  "ka.req.pod.containers.args",
  "ka.req.pod.containers.command",
  "ka.req.pod.containers.name",
  "ka.req.pod.containers.image",
  { "ka.req.container.image", FIRST_IMAGE, "The image of the first container" },
  "ka.req.pod.containers.image.repository",
  { "ka.req.container.image.repository", FIRST_IMAGE, "The same without tag and digest", extract = repository },
  { "ka.req.pod.host_ipc", "/requestObject/spec/hostIPC", "Whether a pod has the IPC of the host" },
  { "ka.req.pod.host_network", "/requestObject/spec/hostNetwork", "Whether a pod has the network of the host" },
  { "ka.req.container.host_network", "/requestObject/spec/hostNetwork", "As ka.req.pod.host_network" },
  { "ka.req.pod.host_pid", "/requestObject/spec/hostPID", "Whether a pod has the processes of the host" },
  "ka.req.pod.containers.host_port",
  "ka.req.pod.containers.privileged",
  { "ka.req.container.privileged", "/requestObject/spec", "Whether one of them is privileged", extract = containers },
  "ka.req.pod.containers.allow_privilege_escalation",
  "ka.req.pod.containers.read_only_fs",
  { "ka.req.pod.run_as_user", "/requestObject/spec/securityContext/runAsUser", "The user of a pod" },
  "ka.req.pod.containers.run_as_user",
  "ka.req.pod.containers.eff_run_as_user",
  { "ka.req.pod.run_as_group", "/requestObject/spec/securityContext/runAsGroup", "The group of a pod" },
  "ka.req.pod.containers.run_as_group",
  "ka.req.pod.containers.eff_run_as_group",
  "ka.req.pod.containers.proc_mount",
  { "ka.req.role.rules", "/requestObject/rules/*", "The rules of a role, as JSON" },
  { "ka.req.role.rules.apiGroups", "/requestObject/rules/*/apiGroups/*", "The API groups of the rules", index = true },
  { "ka.req.role.rules.nonResourceURLs", "/requestObject/rules/*/nonResourceURLs/*", "The addresses in them", index = true },
  { "ka.req.role.rules.verbs", "/requestObject/rules/*/verbs/*", "What the rules allow", index = true },
  { "ka.req.role.rules.resources", "/requestObject/rules/*/resources/*", "The resources in the rules", index = true },
  { "ka.req.pod.fs_group", "/requestObject/spec/securityContext/fsGroup", "The group of a pod's files" },
  { "ka.req.pod.supplemental_groups", "/requestObject/spec/securityContext/supplementalGroups/*", "More groups of a pod" },
  "ka.req.pod.containers.add_capabilities",
  { "ka.req.service.type", "/requestObject/spec/type", "The type of a service" },
  { "ka.req.service.ports", nil, "The ports of a service, as one JSON text", extract = special, list = true, index = true },
  { "ka.req.pod.volumes.hostpath", "/requestObject/spec/volumes/*/hostPath/path", "Paths of the host in it", index = true },
  { "ka.req.volume.hostpath", "/requestObject/spec/volumes",
    "Whether it has this path of the host, or, as `/etc*`, one that begins so", extract = volumes, key = true },
  { "ka.req.pod.volumes.flexvolume_driver", "/requestObject/spec/volumes/*/flexVolume/driver", "The drivers of volumes",
    index = true },
  { "ka.req.pod.volumes.volume_type", "/requestObject/spec/volumes", "The kinds of volumes: hostPath, emptyDir, ...",
    extract = volumes, list = true, index = true },
  { "ka.resp.name", "/responseObject/metadata/name", "The name of what there is now" },
  { "ka.response.code", "/responseStatus/code", "The status of the answer: 200, 403, ..." },
  { "ka.response.reason", "/responseStatus/reason", "Why it failed" },
  { "ka.useragent", "/userAgent", "The program that made the request" },
  { "ka.sourceips", "/requestObject/rules/*/sourceIPs/*", "What the official plugin takes for the addresses of the client",
    index = true },
  { "ka.cluster.name", "/annotations/cluster_name", "The cluster" },
}
for group in ("initContainers ephemeralContainers"):gmatch "%a+" do
  for what in ("name image image.repository command args privileged allow_privilege_escalation read_only_fs run_as_user " ..
      "eff_run_as_user run_as_group eff_run_as_group proc_mount add_capabilities host_port"):gmatch "[%w_.]+" do
    if group == "initContainers" or what ~= "host_port" then ROWS[#ROWS + 1] = ("ka.req.pod.%s.%s"):format(group, what) end
  end
end

local fields = {}
for i, row in ipairs(ROWS) do
  local field = { type = "string", null = "null" }
  if type(row) == "string" then
    local group, what = row:match "^ka%.req%.pod%.(%w+)%.(.*)$"
    local of = CONTAINER[what]
    field.name, field.desc, field.list, field.arg = row, of.desc .. (OF[group] or ""), true, { index = true }
    field.extract = of.extract
    if of.path then
      local lone, each = "/requestObject/spec/%s/%s", "/requestObject/spec/%s/*/%s"
      lone, each = lone:format(group, of.path), each:format(group, of.path)
      field.path, field.all = { lone, each }, of.all
      -- an object in place of the list stands for itself, whatever the index
      field.default = not lone:find "%*" and lure.path(lone) or nil
    else
      field.path, field.null = "/requestObject/spec", nil
    end
  else
    field.name, field.path, field.desc = row[1], row[2], row[3]
    field.where, field.default, field.extract = row.where, row.default, row.extract
    field.list = row.list or type(row[2]) == "string" and row[2]:find "%*" and true
    field.arg = row.index and { index = true } or row.key and { key = true, required = true } or nil
    field.null = row[2] and (not row.extract or row.extract == repository) and "null" or nil
  end
  fields[i] = field
end

--- Emits the events of a JSON text: an Event, an EventList, or a list of such. All are left out where one of these is none.
local function deliver(data, emit)
  local is_json, problem = pcall(lure.json.parse, data)
  local parts, found = { problem }, {}
  if is_json then is_json, problem = pcall(lure.json.encode, parts[1]) end             -- reads all of it
  local is_one = is_json and tostring(parts[1]) == lure.text.trim(data)
  if is_json and not is_one then is_json, problem = false, "expected one object, or one list" end
  while is_json and #parts > 0 do
    local part = table.remove(parts)
    local kind = kind_of(part) == "object" and part.kind
    if kind_of(part) == "list" then
      for i = #part, 1, -1 do parts[#parts + 1] = part[i] end
    elseif kind == "Event" then
      found[#found + 1] = part
    elseif kind == "EventList" and kind_of(part.items) == "list" then
      for _, item in ipairs(part.items) do found[#found + 1] = item end
    else
      is_json, problem = false, 'expected an object whose "kind" is "Event" or "EventList"'
    end
  end
  if not is_json then return lure.log.warning("left out what is no audit event: %s", problem) end
  for _, item in ipairs(found) do
    local payload, time = lure.json.encode(item), kind_of(item) == "object" and item.stageTimestamp
    local zone = type(time) == "string" and time:match "^%d+%-%d+%-%d+T%d+:%d+:%d+%.?%d*(.*)$" or ""
    local ns = (zone == "Z" or zone:find "^[+-]%d%d:%d%d$") and lure.time.parse(time)
    if not ns then
      lure.log.warning("left out an audit event without a stageTimestamp as in RFC 3339; auditID: %s", text(item, "auditID"))
    elseif #payload > config.maxEventSize then
      lure.log.warning("left out an audit event of %d bytes: maxEventSize is %d", #payload, config.maxEventSize)
    else
      emit(payload, ns)
    end
  end
end

return {
  name = "k8saudit", version = "0.18.0", id = 1, event_source = "k8s_audit", when = "/auditID", format = "json",
  description = "Audit events of Kubernetes", contact = "you@example.org",
  config = {
    sslCertificate = { type = "string", default = "/etc/falco/falco.pem", description = "Certificate and key for https" },
    useAsync = { type = "boolean", default = true, description = "Nothing here: for configurations of the official plugin" },
    maxEventSize = { type = "integer", minimum = 0, default = 262144, description = "The largest event, in bytes" },
    webhookMaxBatchSize = { type = "integer", minimum = 0, default = 12582912, description = "The largest body, in bytes" },
  },
  init = function(values) config = values end,
  open_params = { { value = "http://:9765/k8s-audit", desc = "Where Kubernetes sends events; or https" },
    { value = "file:///var/log/kubernetes/audit.log", desc = "A log, from now on, also when it is rotated" },
    { value = "/var/log/kubernetes", desc = "A file or a folder as it is, packed or not" } },
  produce = function(address, emit)
    local scheme, place, path = address:match "^(%a[%w+.-]*)://([^/]*)([^?#]*)"
    if scheme == "http" or scheme == "https" then
      if path == "" then return nil, ("%s: expected a path behind the port, such as /k8s-audit"):format(address) end
      local options = { methods = { "POST" }, max_body = config.webhookMaxBatchSize }
      options.listen = "tcp://" .. place:gsub("^:", "0.0.0.0:")
      if scheme == "https" then options.tls = { cert = config.sslCertificate, key = config.sslCertificate } end
      return lure.http.serve(options, function(request)
        if request.path ~= path then return 404 end
        local kind = request.headers["content-type"] or ""
        if not kind:find("application/json", 1, true) then return 400, nil, "expected application/json\n" end
        deliver(request.body, emit)
        return 200
      end)
    elseif scheme == "file" then
      for line in lure.file.tail(path, { from = "end", max_line = config.maxEventSize }) do deliver(line, emit) end
    elseif scheme then
      return nil, ("%s: expected http, https or file, or a path"):format(address)
    end
    local root, files = lure.text.trim(address), {}
    local about, problem = lure.file.stat(root)
    if not about then return nil, problem end
    for _, name in ipairs(about.type == "directory" and assert(lure.file.list(root)) or { "" }) do
      local full = name == "" and root or root .. "/" .. name
      local file = lure.file.stat(full)
      if file and file.type ~= "directory" then files[#files + 1] = ("%020d %s"):format(file.modified, full) end
    end
    table.sort(files)                                    -- the oldest first
    for _, file in ipairs(files) do
      local is_open, lines = pcall(lure.file.lines, file:match " (.*)", { max_line = 65535 })
      if not is_open then return nil, lines end
      repeat
        local is_read, line = pcall(lines)
        if not is_read then return nil, line end
        if line and line ~= "" then deliver(line, emit) end
      until not line
    end
  end,
  fields = fields,
}
