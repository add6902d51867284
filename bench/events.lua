-- lua5.4 bench/events.lua SIZE COUNT
-- Prints COUNT events, one JSON object a line, each of SIZE bytes (at least 1600) and like what Kubernetes' audit log
-- has: the keys in its order, `kubectl apply`'s escaped text among them. The same arguments give the same bytes.
--
-- Paths for measurements, in the order in which they stand in an event; the first three are at its begin, within and at
-- its end, so that nothing can be won by stopping early.
local paths = {
  "/verb", "/objectRef/namespace", "/annotations/authorization.k8s.io~1decision",
  "/auditID", "/stage", "/requestURI", "/user/username", "/sourceIPs/0", "/objectRef/resource", "/responseStatus/code",
  "/requestObject/spec/containers/0/image", "/stageTimestamp",
}

local LEAST = 1600 -- bytes of an event

local seed = 20260304

--- A number from 1 to `most`, the same sequence everywhere.
local function random(most)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return (seed >> 8) % most + 1
end

local function pick(list) return list[random(#list)] end

local function hex(digits)
  local list = {}
  for i = 1, digits do list[i] = ("%x"):format(random(16) - 1) end
  return table.concat(list)
end

local function uid() return ("%s-%s-4%s-8%s-%s"):format(hex(8), hex(4), hex(3), hex(3), hex(12)) end

local namespaces = { "default", "kube-system", "payments", "ingress-nginx", "monitoring", "team-blue" }
local users = { "system:serviceaccount:kube-system:replicaset-controller", "minikube-user", "alice@example.com",
  "system:node:worker-3" }
local verbs = { "create", "patch", "update" }
local names = { "web", "api", "queue", "cache", "search", "mailer" }
local decisions = { "allow", "allow", "allow", "forbid" }

local function short_container(number)
  return ([[{"name":"%s-%d","image":"nginx:1.%d","ports":[{"containerPort":%d}]}]])
    :format(pick(names), number, random(30), 8000 + random(999))
end

local function container(number)
  local name = ("%s-%d"):format(pick(names), number)
  return ([[{"name":"%s","image":"registry.example.com:5000/team/%s:v1.%d.%d","command":["/bin/%s","--port","%d"],]]
    .. [["ports":[{"containerPort":%d,"protocol":"TCP"}],"env":[{"name":"MODE","value":"production"},]]
    .. [[{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}}],]]
    .. [["resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},]]
    .. [["volumeMounts":[{"name":"data","mountPath":"/var/lib/%s","readOnly":true}],]]
    .. [["imagePullPolicy":"IfNotPresent","securityContext":{"privileged":%s,"runAsUser":%d,]]
    .. [["capabilities":{"add":["NET_ADMIN"],"drop":["ALL"]}}}]])
    :format(name, name, random(30), random(9), name, 8000 + random(999), 8000 + random(999), name,
      random(4) == 1 and "true" or "false", random(2000))
end

--- What `kubectl apply` leaves in an annotation: JSON in a string.
local function applied(name, containers)
  return ([[{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{},"name":"%s"},"spec":{"containers":[%s]}}]])
    :format(name, table.concat(containers, ",")):gsub('"', '\\"') .. "\\n"
end

local function managed()
  return ([[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1",]]
    .. [["time":"2026-03-%02dT08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},]]
    .. [["f:owner":{}},"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"%s\"}":{".":{},"f:image":{},]]
    .. [["f:name":{},"f:resources":{}}}}}}]])
    :format(random(28), pick(names))
end

local function head(name, namespace)
  local verb = pick(verbs)
  return ([[{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"%s",]]
    .. [["stage":"ResponseComplete","requestURI":"/api/v1/namespaces/%s/pods","verb":"%s",]]
    .. [["user":{"username":"%s","uid":"%s","groups":["system:masters","system:authenticated"]},]]
    .. [["sourceIPs":["10.%d.%d.%d"],"userAgent":"kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46",]]
    .. [["objectRef":{"resource":"pods","namespace":"%s","name":"%s","apiVersion":"v1"},]]
    .. [["responseStatus":{"metadata":{},"code":%d},]])
    :format(uid(), namespace, verb, pick(users), uid(), random(255), random(255), random(255), namespace, name,
      verb == "create" and 201 or 200)
end

local function tail(number)
  local minute, second = number // 60 % 60, number % 60
  return ([["requestReceivedTimestamp":"2026-03-04T08:%02d:%02d.%06dZ",]]
    .. [["stageTimestamp":"2026-03-04T08:%02d:%02d.%06dZ","annotations":{"authorization.k8s.io/decision":"%s",]]
    .. [["authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \"cluster-admin\" ]]
    .. [[of ClusterRole \"cluster-admin\" to Group \"system:masters\""}}]])
    :format(minute, second, random(999999), minute, second, random(999999), pick(decisions))
end

--- The event's text. `lists`: its containers and managedFields; `filler` goes into an annotation.
local function text_of(parts, lists, filler)
  return table.concat {
    parts.head,
    [["requestObject":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"]], parts.name, [[","labels":{"app":"]],
    parts.app, [["},"annotations":{]], parts.applied, [["owner":"]], filler, [["},"managedFields":[]],
    table.concat(lists.managed, ","), [[]},"spec":{"containers":[]], table.concat(lists.containers, ","),
    [[],"restartPolicy":"Always","hostNetwork":false}},]],
    parts.tail,
  }
end

--- Adds what `make` makes to a list, until the event would be longer than `size`.
local function fill(parts, lists, size, list, make)
  repeat
    list[#list + 1] = make(#list)
  until #text_of(parts, lists, "") > size
  list[#list] = nil
end

local function make(number, size)
  local app = pick(names)
  local name = ("%s-%s-%s"):format(app, hex(10), hex(5))
  local parts = { name = name, app = app, applied = "", head = head(name, pick(namespaces)), tail = tail(number) }
  local lists = { containers = { short_container(0) }, managed = {} }
  if size > 4 * LEAST then -- a fifth of it JSON in a string, a quarter managedFields
    local of_applied = {}
    repeat of_applied[#of_applied + 1] = container(#of_applied) until #table.concat(of_applied) > size // 6
    parts.applied = ([["kubectl.kubernetes.io/last-applied-configuration":"%s",]]):format(applied(name, of_applied))
    fill(parts, lists, #parts.applied + size // 4, lists.managed, managed)
  end
  fill(parts, lists, size, lists.containers, container)
  fill(parts, lists, size, lists.containers, short_container)
  return text_of(parts, lists, ("x"):rep(size - #text_of(parts, lists, "")))
end

local size, count = math.tointeger(tonumber(arg[1])), math.tointeger(tonumber(arg[2]))
if arg[1] == "--paths" and #arg == 1 then
  print(table.concat(paths, "\n"))
elseif #arg ~= 2 or not size or size < LEAST or not count or count < 0 then
  io.stderr:write(("usage: lua5.4 bench/events.lua SIZE COUNT (SIZE from %d), or --paths\n"):format(LEAST))
  os.exit(2)
end
for number = 1, count or 0 do print(make(number, size)) end
