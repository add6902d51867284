-- cloudtrail.queue: CloudTrail's logs that messages in a queue of SQS tell of, as they come: sqs://QUEUE.
--
-- A message is deleted when its events are delivered, and not before: after a crash the queue gives it again.
local aws = require "cloudtrail.aws"
local lure = require "lure"
local s3 = require "cloudtrail.s3"

local queue = {}
queue.__index = queue

local WAIT = 20     -- seconds that SQS waits for a message; the most that it can

--- Asks SQS for an action. Returns its answer, decoded. Waits.
local function ask(self, action, values)
  local answer, problem = self.sqs:send { method = "POST", body = lure.json.encode(values), timeout = WAIT + 40,
    headers = { ["content-type"] = "application/x-amz-json-1.0", ["x-amz-target"] = "AmazonSQS." .. action } }
  if not answer then error(("sqs://%s: %s: %s"):format(self.name, action, problem), 0) end
  return answer.body ~= "" and lure.json.decode(answer.body) or {}
end

--- The objects that a message of CloudTrail, or of S3, tells of by SNS: a list of { bucket, key }. Throws for others.
local function objects_of(body, from_s3)
  local notice, list = lure.json.decode(body), {}
  local function add(place, key)
    if type(place) ~= "string" or not place:find "^[%w%.%-_]+$" or type(key) ~= "string" then
      error("expected the names of a bucket and of an object in it", 0)
    end
    list[#list + 1] = { place, key }
  end
  if notice.Type ~= "Notification" then error('expected a message of SNS, with "Type":"Notification"', 0) end
  local message = lure.json.decode(notice.Message)
  for _, record in ipairs(from_s3 and message.Records or {}) do
    add(record.s3.bucket.name, lure.text.url((record.s3.object.key:gsub("%+", " "))))
  end
  for _, key in ipairs(not from_s3 and message.s3ObjectKey or {}) do add(message.s3Bucket, key) end
  if #list == 0 and not (from_s3 and message.Event == "s3:TestEvent") then
    error(from_s3 and 'expected "Records" of S3; useS3SNS is for messages that S3 sends, not CloudTrail' or
      'expected "s3ObjectKey" of CloudTrail; for messages that S3 sends set useS3SNS', 0)
  end
  return list
end

--- Takes the next message out of the queue, if there is one. Waits up to 20 s.
local function receive(self)
  self.url = self.url or ask(self, "GetQueueUrl", { QueueName = self.name, QueueOwnerAWSAccountId = self.owner }).QueueUrl
  local answer = ask(self, "ReceiveMessage", { QueueUrl = self.url, MaxNumberOfMessages = 1, WaitTimeSeconds = WAIT })
  local message = answer.Messages and answer.Messages[1]
  if not message then return end
  local valid, objects = pcall(objects_of, message.Body, self.from_s3)
  if not valid then
    lure.log.error("sqs://%s: message %s: %s; it stays in the queue", self.name, message.MessageId, objects)
    return
  end
  local count = 0
  self.message = { handle = message.ReceiptHandle, list = {}, events = self.s3:events(self.most, function()
    count = count + 1
    if objects[count] then return table.unpack(objects[count]) end
  end) }
end

--- Opens a queue. settings: init_config.
function queue.open(address, settings)
  local name = address:match "^sqs://([%w_%-%.]+)$"
  if not name then error(("expected sqs://QUEUE, got %q"):format(address), 0) end
  return setmetatable({ name = name, owner = settings.sqsOwnerAccount, from_s3 = settings.useS3SNS,
    count = 0, deletes = settings.sqsDelete, most = settings.s3DownloadConcurrency, sqs = aws.client("sqs", settings.aws),
    s3 = s3.client(settings.aws) }, queue)
end

--- All events of the next message, the last of them with what deletes the message. Waits.
function queue:next()
  if not self.message then receive(self) end
  local message = self.message
  if not message then return lure.TIMEOUT end
  for list in message.events do table.move(list, 1, #list, #message.list + 1, message.list) end
  self.message, self.count = nil, self.count + 1
  local function delete() ask(self, "DeleteMessage", { QueueUrl = self.url, ReceiptHandle = message.handle }) end
  local last = message.list[#message.list]
  if self.deletes and not last then delete() end
  if not last then return lure.TIMEOUT end
  if self.deletes then last[3] = delete end
  return message.list
end

--- A queue has no end.
function queue:progress() return 0, ("%d messages"):format(self.count) end

return queue
