-- cloudtrail: what happens in an AWS account, from CloudTrail's logs: files, folders, buckets, queues. Events, fields and
-- values are those of Falco's plugin "cloudtrail" 0.17, its oddities included, so that its rules work as they are.
local bucket = require "cloudtrail.bucket"
local files = require "cloudtrail.files"
local lure = require "lure"
local queue = require "cloudtrail.queue"

--- A text; what is there and is none counts as an empty one.
local function text(value) return type(value) == "string" and value or "" end

--- The service without the end of its name.
local function service(source) return text(source):match "^(.+)%.amazonaws%.com$" or text(source) end

local NAMES = { Root = "/userName", IAMUser = "/userName", AWSService = "/invokedBy",
  AssumedRole = "/sessionContext/sessionIssuer/userName" }
local NAMELESS = { AWSAccount = "AWSAccount", FederatedUser = "FederatedUser", AssumedRole = "AssumedRole" }

--- Who it was. For a role that somebody has, ct.user is the role, and ct.originaluser the session.
local function user(event, _, _, field)
  local kind = event:get "/userIdentity/type"
  local session = field == "ct.originaluser"
  if session and kind == "AssumedRole" then
    return text(event:get "/userIdentity/arn"):match "^[^/]*/[^/]*/([^/]*)$" or
      text(event:get "/userIdentity/principalId"):match "^[^:]*:([^:]*)$"
  end
  local name = (session or NAMES[kind]) and event:get("/userIdentity" .. (session and "/userName" or NAMES[kind]))
  return name ~= nil and text(name) or not session and NAMELESS[kind] or nil
end

local WRITTEN = { ["ct.request"] = "requestParameters", ["ct.response"] = "responseElements", ["ct.resources"] = "resources",
  ["ct.additionaleventdata"] = "additionalEventData" }
local FLAGS = { ["ct.readonly"] = "readOnly", ["ct.managementevent"] = "managementEvent",
  ["ct.sessioncredentialfromconsole"] = "sessionCredentialFromConsole" }

--- A part of the event as it is written, without white space: of a list its elements. A flag that is not true is false.
local function written(event, _, _, field)
  local key = WRITTEN[field] or FLAGS[field]
  local value, raw = event[key], event:raw(key)
  local kind = lure.json.kind(value)
  if field == "ct.resources" then
    return kind == "list" and #value > 0 and lure.json.encode(value):sub(2, -2) or nil
  elseif FLAGS[field] then
    return raw and tostring(raw == "true")
  end
  return (kind == "object" or kind == "list") and lure.json.encode(value) or raw
end

--- A number of 64 bits without a sign, in Lua's integers: one that is none is cut to it, another value is 0.
local function number(raw)
  if raw:match "^%d+$" and #raw == 20 and raw <= "18446744073709551615" then   -- above 2^63, where Lua has floats
    return tonumber(raw:sub(1, 10)) * 10000000000 + tonumber(raw:sub(11))
  end
  local n = tonumber(raw) or 0
  n = n < 0 and math.ceil(n) or math.floor(n)
  return math.tointeger(n) or n > 0 and n < 2.0 ^ 64 and math.tointeger(n - 2.0 ^ 63) ~ math.mininteger or math.mininteger
end

local CALLS = { GetObject = "s3.cnt.get", PutObject = "s3.cnt.put" }
local BYTES = { ["s3.bytes"] = { "bytesTransferredIn", "bytesTransferredOut" }, ["s3.bytes.in"] = { "bytesTransferredIn" },
  ["s3.bytes.out"] = { "bytesTransferredOut" } }

--- Of a call of S3: the object, the bytes that it has moved, and 1 for the kind of call that it is.
local function s3(event, _, _, field)
  if field == "s3.uri" then
    local place, key = event:get "/requestParameters/bucketName", event:get "/requestParameters/key"
    return type(place) == "string" and type(key) == "string" and ("s3://%s/%s"):format(place, key) or nil
  end
  if not BYTES[field] then return (CALLS[event.eventName] or "s3.cnt.other") == field and 1 or nil end
  local data, sum = event.additionalEventData, nil
  for _, key in ipairs(lure.json.kind(data) == "object" and BYTES[field] or {}) do
    local raw = data:raw(key)
    if raw then sum = (sum or 0) + number(raw) end
  end
  if sum and sum < 0 then return ("%d%d"):format((sum >> 1) // 5, sum - (sum >> 1) // 5 * 10) end  -- 2^63 or more
  return sum
end

--- The name in the tags of the instances that are started; of several the last one.
local function instance_name(event)
  local SETS = "/requestParameters/tagSpecificationSet/items"
  local sets, name = event:get(SETS), ""
  for i = 0, lure.json.kind(sets) == "list" and #sets - 1 or -1 do
    local tags = event:get(("%s/%d/tags"):format(SETS, i))
    if event:get(("%s/%d/resourceType"):format(SETS, i)) == "instance" and lure.json.kind(tags) == "list" then
      for k = 0, #tags - 1 do
        if event:get(("%s/%d/tags/%d/key"):format(SETS, i, k)) == "Name" then
          name = text(event:get(("%s/%d/tags/%d/value"):format(SETS, i, k)))
          break
        end
      end
    end
  end
  return name ~= "" and name or nil
end

local REQUESTED = { "/requestParameters/imageId", "/requestParameters/DescribeFastLaunchImagesRequest/ImageId/content",
  "/requestParameters/launchSpecification/imageId" }

--- The images of the instances that the answer has, else that of the request.
local function images(event, index, _, field)
  local INSTANCES = "/responseElements/instancesSet/items"
  local list, found = event:get(INSTANCES), {}
  if field == "ec2.imageid" then index = 0 end
  if list ~= nil then
    local last = lure.json.kind(list) == "list" and #list - 1 or -1
    for i = index or 0, math.min(index or last, last) do
      local image = event:get(("%s/%d/imageId"):format(INSTANCES, i))
      if index and image ~= nil or text(image) ~= "" then found[1 + #found] = text(image) end
    end
  elseif not index or index == 0 then
    for i = #REQUESTED, 1, -1 do
      local image = event:get(REQUESTED[i])
      if image ~= nil then found[1] = text(image) end
    end
  end
  return field == "ec2.imageid" and found[1] or field ~= "ec2.imageid" and #found > 0 and found or nil
end

local SHOWN = { bucketName = "Bucket", key = "Key", Host = "Host" }

--- The event in a sentence: who, from where, what, and of S3 on what.
local function info(event)
  local who, address, name = user(event), event:get "/sourceIPAddress", event:get "/eventName"
  if not who then return "<invalid cloudtrail event: userIdentity field missing>" end
  if address == nil then return "<invalid cloudtrail event: eventSource field missing>" end
  if name == nil then return "<invalid cloudtrail event: eventName field missing>" end
  address, name = text(address), text(name)
  local arrow = (event:get "/errorCode" ~= nil and "!" or "") ..
    (written(event, nil, nil, "ct.readonly") == "false" and "→" or "←")
  local line = ("%s%s %s %s"):format(who, who ~= address and " via " .. address or "", arrow, name)
  if name == "PutBucketPublicAccessBlock" then
    if lure.json.kind(event:get "/requestParameters/PublicAccessBlockConfiguration") ~= "object" then return line end
    for _, key in ipairs { "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets" } do
      line = ("%s %s=%s"):format(line, key, event[key] == true)
    end
    return line .. " "
  end
  local size, uri = s3(event, nil, nil, "s3.bytes"), s3(event, nil, nil, "s3.uri")
  if size then line = line .. " Size=" .. size end
  if uri then return line .. " URI=" .. uri end
  for _, key in ipairs { "bucketName", "key", "Host" } do
    local value = event:get("/requestParameters/" .. key)
    if value ~= nil then return ("%s %s=%s"):format(line, SHOWN[key], text(value)) end
  end
  return line
end

-- In the order of the official plugin. Rows without `extract` are texts, or else empty ones.
local fields = {
  { "ct.id", "/eventID", "The event" },
  { "ct.error", "/errorCode", "The code of the error, if there was one" },
  { "ct.errormessage", "/errorMessage", "What the error says" },
  { "ct.time", "/eventTime", "When it was", "hidden" },
  { "ct.src", "/eventSource", "The service that was called, as ec2.amazonaws.com" },
  { name = "ct.shortsrc", path = "/eventSource", null = "", extract = service, desc = "The service, as ec2" },
  { "ct.name", "/eventName", "What was called" },
  { name = "ct.user", extract = user, properties = { "conversation" }, desc = "Who called, or the role" },
  { name = "ct.originaluser", extract = user, desc = "Who called, or the session of the role" },
  { "ct.user.accountid", { "/userIdentity/accountId", "/recipientAccountId" }, "The account of the user" },
  { "ct.user.identitytype", "/userIdentity/type", "The kind of user: Root, IAMUser, AssumedRole, AWSService, ..." },
  { "ct.user.principalid", "/userIdentity/principalId", "The principal id of the user" },
  { "ct.user.arn", "/userIdentity/arn", "The ARN of the user" },
  { "ct.region", "/awsRegion", "The region" },
  { "ct.response.subnetid", "/responseElements/subnetId", "The subnet in the response" },
  { "ct.response.reservationid", "/responseElements/reservationId", "The reservation in the response" },
  { name = "ct.response", extract = written, desc = "The whole response, as JSON" },
  { "ct.request.availabilityzone", "/requestParameters/availabilityZone", "The availability zone in the request" },
  { "ct.request.cluster", "/requestParameters/cluster", "The cluster in the request" },
  { "ct.request.functionname", "/requestParameters/functionName", "The function in the request" },
  { "ct.request.groupname", "/requestParameters/groupName", "The group in the request" },
  { "ct.request.host", "/requestParameters/Host", "The host in the request" },
  { "ct.request.name", "/requestParameters/name", "The name in the request" },
  { "ct.request.policy", "/requestParameters/policy", "The policy in the request" },
  { "ct.request.reason", "/requestParameters/reason", "The reason in the request" },
  { "ct.request.target", "/requestParameters/target", "The target in the request" },
  { "ct.request.documentname", "/ct.request.documentName", "No value: the official plugin never has one" },
  { "ct.request.serialnumber", "/requestParameters/serialNumber", "The serial number in the request" },
  { "ct.request.servicename", "/requestParameters/serviceName", "The service in the request" },
  { "ct.request.subnetid", "/requestParameters/subnetId", "The subnet in the request" },
  { "ct.request.taskdefinition", "/requestParameters/taskDefinition", "The task definition in the request" },
  { "ct.request.username", "/requestParameters/userName", "The user in the request" },
  { name = "ct.request", extract = written, desc = "The whole request, as JSON" },
  { "ct.srcip", "/sourceIPAddress", "The address, or the service, that called", "conversation" },
  { "ct.useragent", "/userAgent", "The program that called" },
  { name = "ct.info", extract = info, properties = { "info" }, desc = "The event in a sentence" },
  { name = "ct.managementevent", extract = written, desc = "Whether it is a management event" },
  { name = "ct.readonly", extract = written, desc = "Whether it changes nothing" },
  { "ct.requestid", "/requestID", "The request" },
  { "ct.eventtype", "/eventType", "The kind of event: AwsApiCall, AwsServiceEvent, AwsConsoleSignIn, ..." },
  { "ct.apiversion", "/apiVersion", "The version of the API that was called" },
  { name = "ct.resources", extract = written, desc = "The resources, as JSON, with commas between them" },
  { "ct.recipientaccountid", "/recipientAccountId", "The account that received the event" },
  { "ct.serviceeventdetails", "/serviceEventDetails", "What has caused a service's event" },
  { "ct.sharedeventid", "/sharedEventID", "What the same event has in several accounts" },
  { "ct.vpcendpointid", "/vpcEndpointId", "The VPC endpoint of the request" },
  { "ct.eventcategory", "/eventCategory", "The category: Management, Data, Insight" },
  { "ct.addendum.reason", "/addendum/reason", "Why the event is late, or was incomplete" },
  { "ct.addendum.updatedfields", "/addendum/updatedFields", "What is new in an event that comes again" },
  { "ct.addendum.originalrequestid", "/addendum/originalRequestID", "The request of the first event" },
  { "ct.addendum.originaleventid", "/addendum/originalEventID", "The first event" },
  { name = "ct.sessioncredentialfromconsole", extract = written, desc = "Whether the session is one of the console" },
  { "ct.edgedevicedetails", "/edgeDeviceDetails", "The edge device of the request" },
  { "ct.tlsdetails.tlsversion", "/tlsDetails/tlsVersion", "The version of TLS" },
  { "ct.tlsdetails.ciphersuite", "/tlsDetails/cipherSuite", "The cipher suite" },
  { "ct.tlsdetails.clientprovidedhostheader", "/tlsDetails/clientProvidedHostHeader", "The host that the client named" },
  { name = "ct.additionaleventdata", extract = written, desc = "All other data of the event, as JSON" },
  { name = "s3.uri", extract = s3, properties = { "conversation" }, desc = "The object: s3://BUCKET/KEY" },
  { "s3.bucket", "/requestParameters/bucketName", "The bucket", "conversation" },
  { "s3.key", "/requestParameters/key", "The key in the bucket" },
  { name = "s3.bytes", type = "uint64", extract = s3, desc = "Bytes that were read and written" },
  { name = "s3.bytes.in", type = "uint64", extract = s3, properties = { "hidden" }, desc = "Bytes that were written" },
  { name = "s3.bytes.out", type = "uint64", extract = s3, properties = { "hidden" }, desc = "Bytes that were read" },
  { name = "s3.cnt.get", type = "uint64", extract = s3, properties = { "hidden" }, desc = "1 for GetObject" },
  { name = "s3.cnt.put", type = "uint64", extract = s3, properties = { "hidden" }, desc = "1 for PutObject" },
  { name = "s3.cnt.other", type = "uint64", extract = s3, properties = { "hidden" }, desc = "1 for any other event" },
  { name = "ec2.name", extract = instance_name, desc = "The name of the instances, by their tags" },
  { name = "ec2.imageid", extract = images, desc = "The image of the first instance; better ec2.imageids[0]" },
  { name = "ec2.imageids", list = true, arg = { index = true }, extract = images, desc = "The images of the instances" },
  { "ecr.repository", "/requestParameters/repositoryName", "The repository in the request" },
  { "ecr.imagetag", "/requestParameters/imageTag", "The tag of the image in the request" },
  { "iam.role", "/requestParameters/roleName", "The role in the request" },
  { "iam.policy", "/requestParameters/policyName", "The policy in the request" },
}
for i, row in ipairs(fields) do
  local field = row.name and row or
    { name = row[1], path = row[2], desc = row[3], properties = { row[4] }, null = "", extract = text }
  field.type = field.type or "string"
  fields[i] = field
end

--- The event in a line.
local function shown(event)
  for _, key in ipairs { "eventSource", "awsRegion", "eventName" } do
    if type(event[key]) ~= "string" then
      return ("<invalid JSON: event did not contain %s>"):format(key == "eventSource" and "a source" or "an " .. key)
    end
  end
  local who, kind = user(event), event:get "/userIdentity/type"
  if who then
    who = who ~= "" and " " .. who or ""
  else
    who = type(kind) ~= "string" and "" or NAMES[kind] and "<NA>" or "<unknown user type>"
  end
  return ("%s%s %s %s %s"):format(event.awsRegion, who, service(event.eventSource), event.eventName, info(event))
end

local settings

--- What init_config says, empty texts left out, as the official plugin takes them.
local function set(config)
  settings = config
  for _, values in ipairs { config, config.aws } do
    for name, value in pairs(values) do
      if value == "" then values[name] = nil end
    end
  end
end

local function string_of(description) return { type = "string", default = "", description = description } end

return {
  name = "cloudtrail", version = "0.17.1", id = 2, event_source = "aws_cloudtrail", format = "json",
  description = "Events of AWS CloudTrail", contact = "you@example.org",
  config = {
    sqsDelete = { type = "boolean", default = true, description = "Delete messages whose events are delivered" },
    s3DownloadConcurrency = { type = "integer", default = 32, minimum = 1, maximum = 1000,
      description = "How many objects are read at once" },
    s3Interval = string_of "Which logs of a bucket, by the times in their names: 5d, 5d-2d, 2021-03-30T18:07:17Z",
    s3AccountList = string_of "Which accounts of an organization, with commas between them",
    sqsOwnerAccount = string_of "The account that has the queue, if that is another one",
    useS3SNS = { type = "boolean", default = false, description = "The messages are those of S3, not of CloudTrail" },
    useAsync = { type = "boolean", default = true, description = "Without a meaning here" },
    aws = { type = "object", default = {}, description = "How AWS is reached", properties = {
      profile = string_of "The profile in AWS's files, instead of AWS_PROFILE", region = string_of "Instead of AWS_REGION",
      config = string_of "Instead of ~/.aws/config", credentials = string_of "Instead of ~/.aws/credentials",
      endpoint = string_of "Another server than AWS, as http://127.0.0.1:9000",
      metadata = { type = "string", default = "http://169.254.169.254",
        description = "The service that has the keys of a machine in EC2; an empty text: none" } } },
  },
  init = set,
  open_params = { { value = "/var/log/cloudtrail", desc = "A file, or a folder with all below it: .json, .json.gz" },
    { value = "s3://my-bucket/AWSLogs/123456789012/", desc = "A bucket, with a prefix" },
    { value = "sqs://my-queue", desc = "A queue of messages about new logs" } },
  open = function(address)
    local opener = address:find "^s3://" and bucket or address:find "^sqs://" and queue or files
    return opener.open(address, settings)
  end,
  next = function(source) return source:next() end,
  progress = function(source) return source:progress() end,
  to_string = shown,
  fields = fields,
}
