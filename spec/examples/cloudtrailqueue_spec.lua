-- examples/cloudtrail.lua with a queue of SQS, that of aws.py.

local aws = require "spec.examples.aws"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local log_of, names_in, serve, start = aws.log_of, aws.names_in, aws.serve, aws.start

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

describe("a queue of examples/cloudtrail.lua", function()
  local server

  before_each(function()
    server = serve()
    support.run(("mkdir -p %s/queues/new"):format(server.folder))
  end)
  after_each(function() server.stop() end)

  --- A message of SNS about these objects in the bucket "logs": one of CloudTrail, or of S3.
  local function notice(keys, from_s3)
    local list = {}
    for i, key in ipairs(keys) do
      list[i] = from_s3 and ([[{\"s3\":{\"bucket\":{\"name\":\"logs\"},\"object\":{\"key\":\"%s\"}}}]]):format(key) or ([[\"%s\"]]):format(key)
    end
    return ([[{"Type":"Notification","MessageId":"m","Message":"{%s[%s]}"}]]):format(
      from_s3 and [[\"Records\":]] or [[\"s3Bucket\":\"logs\",\"s3ObjectKey\":]], table.concat(list, ","))
  end

  --- Asks for batches, which have no events, until the server was asked for that.
  local function until_logged(instance, text)
    assert(support.until_true(function()
      local rc, events = instance:next_batch()
      assert.same({ "timeout", 0 }, { rc, #events })
      return server.log():find(text, 1, true)
    end), server.log())
  end

  it("has the events of each message, which is deleted when they are delivered and not before", function()
    for i = 1, 3 do server.put(("buckets/logs/a%d.json.gz"):format(i), log_of("a" .. i, "b" .. i)) end
    server.put("queues/new/1", notice { "a1.json.gz", "a2.json.gz" })
    local state = start(server)
    local instance = assert(state:open "sqs://new")
    assert.equal("a1 b1 a2 b2", names_in(instance, 4))
    assert.is_nil(server.log():find "DeleteMessage")
    until_logged(instance, "DeleteMessage 1\n")
    server.put("queues/new/2", notice { "a3.json.gz" })
    assert.equal("a3 b3", names_in(instance, 2))
    until_logged(instance, "DeleteMessage 2\n")
    assert.equal("", support.run(("ls %s/queues/new"):format(server.folder)))
    given.holds(server.log(), "GetQueueUrl new own\n")
    instance:close()
  end)

  it("gives a message again whose events were not delivered", function()
    server.put("buckets/logs/a.json", log_of "a")
    server.put("queues/new/1", notice { "a.json" })
    local state = start(server)
    local instance = assert(state:open "sqs://new")
    assert.equal("a", names_in(instance, 1))
    instance:close() -- the host has not asked for another batch
    state:destroy()
    assert.is_nil(server.log():find "DeleteMessage")
    server.stop()
    server = serve(server.folder)
    state = start(server)
    instance = assert(state:open "sqs://new")
    assert.equal("a", names_in(instance, 1))
    until_logged(instance, "DeleteMessage 1\n")
  end)

  it("keeps messages where sqsDelete is false, and may be another account's", function()
    server.put("buckets/logs/a.json", log_of "a")
    server.put("queues/new/1", notice { "a.json" })
    server.put("queues/new/2", notice { "a.json" })
    local instance = assert(start(server, '"sqsDelete": false, "sqsOwnerAccount": "123456789012", '):open "sqs://new")
    assert.equal("a a", names_in(instance, 2))
    for _ = 1, 3 do instance:next_batch() end
    assert.is_nil(server.log():find "DeleteMessage")
    given.holds(server.log(), "GetQueueUrl new 123456789012\n")
  end)

  it("takes what S3 says, with keys as addresses have them", function()
    server.put("buckets/logs/b c+ü.json", log_of "b")
    server.put("queues/new/0", [[{"Type":"Notification","Message":"{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}"}]]) -- once
    server.put("queues/new/1", notice({ "b+c%2B%C3%BC.json" }, true))
    local instance = assert(start(server, '"useS3SNS": true, '):open "sqs://new")
    assert.equal("b", names_in(instance, 1))
    until_logged(instance, "DeleteMessage 1\n")
    given.holds(server.log(), "DeleteMessage 0\n")
  end)

  it("deletes a message without events, and leaves one that says nothing of logs, which the log tells", function()
    server.put("buckets/logs/none.json", '{"Records":[]}')
    server.put("buckets/logs/a.json", log_of "a")
    local bad = { "no JSON", '{"Type":"SubscriptionConfirmation"}', "[]", '"x"', '{"Type":"Notification","Message":"no JSON"}',
      '{"Type":"Notification"}', '{"Type":"Notification","Message":"7"}', '{"Type":"Notification","Message":"{\\"s3ObjectKey\\":7}"}',
      '{"Type":"Notification","Message":"{\\"s3ObjectKey\\":[7]}"}', '{"Type":"Notification","Message":"{}"}',
      '{"Type":"Notification","Message":"{\\"s3Bucket\\":\\"logs\\",\\"s3ObjectKey\\":\\"a.json\\"}"}' }
    for i, body in ipairs(bad) do server.put("queues/new/1" .. i, body) end
    server.put("queues/new/2", notice { "none.json" })
    server.put("queues/new/3", notice { "gone.json" })
    server.put("queues/new/4", notice { "a.json" })
    local state = start(server)
    local instance = assert(state:open "sqs://new")
    assert.equal("a", names_in(instance, 1))
    until_logged(instance, "DeleteMessage 4\n")
    given.holds(server.log(), "DeleteMessage 2\n", "DeleteMessage 3\n")
    local left = support.run(("ls %s/queues/new"):format(server.folder))
    local texts = {}
    for i, line in ipairs(state:log()) do texts[i] = line.message end
    for i in ipairs(bad) do
      given.holds(left, "1" .. i .. "\n")
      given.holds(table.concat(texts, "\n"), ("sqs://new: message 1%d: "):format(i), "it stays in the queue")
    end
  end)

  it("keeps messages that the other service sends, and says what to set", function()
    for from_s3, setting in pairs { [true] = "", [false] = '"useS3SNS": true, ' } do
      server.put(("queues/new/%s"):format(from_s3), notice({ "a.json" }, from_s3))
      local state = start(server, setting)
      local instance, told = assert(state:open "sqs://new"), nil
      assert(support.until_true(function()
        assert.same({}, select(2, instance:next_batch()))
        told = state:log()[1]
        return told
      end), server.log())
      instance:close()
      given.holds(told.message, ("message %s: expected "):format(from_s3), "useS3SNS", "it stays in the queue")
    end
    assert.is_nil(server.log():find "DeleteMessage")
  end)

  it("tries again to read an object, and does not delete its message before", function()
    server.put("buckets/logs/a.json", log_of "a")
    server.put("queues/new/1", notice { "a.json" })
    server.put("trouble", "0\n0\n" .. ("500\n"):rep(7)) -- two requests for the message, then seven for the object
    local instance = assert(start(server):open "sqs://new")
    assert.equal("a", names_in(instance, 1))
    local _, count = server.log():gsub("refused 500", "")
    assert.equal(7, count)
    assert.is_nil(server.log():find "DeleteMessage")
    until_logged(instance, "DeleteMessage 1\n")
  end)

  it("that is not there, or has no name, is said so", function()
    local _, message = names_in(assert(start(server):open "sqs://other"))
    given.holds(message, "sqs://other: GetQueueUrl: status 400, QueueDoesNotExist: no such queue")
    given.holds(select(2, start(server):open "sqs://"), 'expected sqs://QUEUE, got "sqs://"')
    given.holds(select(2, start(server):open "sqs://a/b"), 'expected sqs://QUEUE, got "sqs://a/b"')
  end)
end)
