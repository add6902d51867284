-- examples/cloudtrail.lua with a bucket of S3, that of aws.py.

local aws = require "spec.examples.aws"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local log_of, names_in, serve, start = aws.log_of, aws.names_in, aws.serve, aws.start

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

describe("a bucket of examples/cloudtrail.lua", function()
  local server

  setup(function() server = serve() end)
  teardown(function() server.stop() end)
  before_each(function()
    support.run(("cd %s && rm -rf buckets queues list log"):format(server.folder))
    server.put("trouble", "")
  end)

  local function read(prefix, more)
    local state = start(server, more)
    local instance = assert(state:open("s3://logs" .. prefix))
    local names, message = names_in(instance)
    instance:close()
    state:destroy()
    return names, message
  end

  it("is read once, all pages of it, in order, packed or not", function()
    for i = 1, 10 do server.put(("buckets/logs/a/%02d.json%s"):format(i, i % 2 == 0 and ".gz" or ""), log_of("a" .. i, "b" .. i)) end
    server.put("buckets/logs/a/digest.txt", log_of "x")
    server.put("buckets/logs/b.json", log_of "x")
    server.put("buckets/logs/a/encoded.json.gz", log_of "e")
    local expected = {}
    for i = 1, 10 do expected[i] = ("a%d b%d"):format(i, i) end
    for _, most in ipairs { 1, 2, 32 } do
      assert.equal(table.concat(expected, " ") .. " e", (read("/a/", ('"s3DownloadConcurrency": %d, '):format(most))))
    end
  end)

  it("has keys with any characters", function()
    local keys = { "a b+c.json", "d%e&f.json", "<g>'\"h.json", "ü/ñ €.json", "=;?#.json", "~_-.json" }
    for i, key in ipairs(keys) do
      local file = ("buckets/logs/%s"):format(key)
      support.run("mkdir -p " .. support.quote((server.folder .. "/" .. file):match "^(.*)/"))
      local out = assert(io.open(server.folder .. "/" .. file, "wb"))
      out:write(log_of("n" .. i))
      out:close()
    end
    local names = {}
    for name in read "":gmatch "%S+" do names[#names + 1] = name end
    table.sort(names)
    assert.equal("n1 n2 n3 n4 n5 n6", table.concat(names, " "))
  end)

  --- Logs of two accounts of an organization in two regions, of three days: named ACCOUNT REGION DAY, of the first letters.
  local function organization(prefix)
    for account, number in pairs { a = "111111111111", b = "222222222222" } do
      for region, name in pairs { e = "eu-west-1", u = "us-east-1" } do
        for day = 1, 3 do
          server.put(("buckets/logs/%sAWSLogs/o-0123456789/%s/CloudTrail/%s/2026/02/%02d/%s_CloudTrail_%s_202602%02dT1200Z_x.json.gz")
            :format(prefix, number, name, day, number, name, day), log_of(account .. region .. day))
        end
      end
      server.put(("buckets/logs/%sAWSLogs/o-0123456789/%s/Config/x.json"):format(prefix, number), log_of "x")
    end
  end

  it("with accounts has the logs of those that are wanted, of the regions, and of the interval", function()
    organization "trail/"
    local all = "ae1 ae2 ae3 au1 au2 au3 be1 be2 be3 bu1 bu2 bu3"
    assert.equal(all, (read "/trail/AWSLogs/o-0123456789/"))
    assert.equal(all, (read "/trail/AWSLogs/o-0123456789"))
    assert.equal("be1 be2 be3 bu1 bu2 bu3", (read("/trail/AWSLogs/o-0123456789/", '"s3AccountList": " 222222222222 ", ')))
    assert.equal(all, (read("/trail/AWSLogs/o-0123456789/", '"s3AccountList": "111111111111, 222222222222", ')))
    assert.equal("ae1 ae2 ae3 au1 au2 au3", (read "/trail/AWSLogs/o-0123456789/111111111111/"))
    assert.equal("ae1 ae2 ae3", (read "/trail/AWSLogs/o-0123456789/111111111111/CloudTrail/eu-west-1"))
    assert.equal("ae2 au2", (read("/trail/AWSLogs/o-0123456789/111111111111",
      '"s3Interval": "2026-02-02T12:00:00Z-2026-02-02T12:00:59Z", ')))
    given.holds(server.log(), "CloudTrail/eu-west-1/ trail/AWSLogs/o-0123456789/111111111111/CloudTrail/eu-west-1/2026/02/02/\n")
    assert.equal("ae3 au3", (read("/trail/AWSLogs/o-0123456789/111111111111/CloudTrail/", '"s3Interval": "2026-02-02T12:01:00Z", ')))
    assert.equal("", (read("/trail/AWSLogs/o-0123456789/", '"s3Interval": "1s", ')))
    assert.equal(all, (read("/trail/AWSLogs/o-0123456789/", '"s3Interval": "5000w-1s", ')))
  end)

  it("may have accounts right at its top", function()
    organization ""
    assert.equal("au2", (read("/AWSLogs/o-0123456789/111111111111/CloudTrail/us-east-1/",
      '"s3Interval": "2026-02-02T00:00:00Z - 2026-02-03T00:00:00Z", ')))
    assert.equal("be1 be2 be3 bu1 bu2 bu3", (read "/AWSLogs/o-0123456789/222222222222"))
  end)

  it("is tried again where AWS is busy, also when that goes on for longer than a request", function()
    for i = 1, 4 do server.put(("buckets/logs/%d.json"):format(i), log_of("n" .. i)) end
    server.put("trouble", ("503\n"):rep(8)) -- six for a request
    assert.equal("n1 n2 n3 n4", (read "/"))
    local _, count = server.log():gsub("refused 503", "")
    assert.equal(8, count)
  end)

  it("leaves out objects that are gone, and the log says so", function()
    for i = 1, 2 do server.put(("buckets/logs/%d.json"):format(i), log_of("n" .. i)) end
    support.run("ln -s gone " .. support.quote(server.folder .. "/buckets/logs/3.json")) -- it is listed, and cannot be read
    local state = start(server, '"s3DownloadConcurrency": 1, ')
    assert.equal("n1 n2", names_in(assert(state:open "s3://logs")))
    given.holds(state:log()[1].message, "s3://logs/3.json: ", "status 404, NoSuchKey: The key &amp; all; going on with the next object")
  end)

  it("has an end where the last list has an empty token, or one without a text", function()
    server.put("buckets/logs/1.json", log_of "n")
    for _, token in ipairs { "<NextContinuationToken></NextContinuationToken>", "<NextContinuationToken/>" } do
      server.put("list", ("<ListBucketResult xmlns='x'><IsTruncated>false</IsTruncated>%s<Contents><Key>1.json</Key></Contents></ListBucketResult>")
        :format(token))
      assert.equal("n", names_in(assert(start(server):open "s3://logs"), 2))
    end
  end)

  it("fails where a list is none, or goes on without an end, and does not seem to be read", function()
    server.put("buckets/logs/1.json", log_of "n")
    local function failure(list)
      server.put("list", list)
      local names, message = names_in(assert(start(server):open "s3://logs/x"), 3)
      assert.equal("", names)
      return message
    end
    given.holds(failure "<html>please log in</html>", "s3://logs/x: expected a list of objects (ListBucketResult), got another text")
    given.holds(failure "", "expected a list of objects")
    given.holds(failure "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      "s3://logs/x: the list goes on, and does not say where")
    given.holds(failure "<ListBucketResult><NextContinuationToken>same</NextContinuationToken></ListBucketResult>", "does not say where")
  end)

  it("fails with the reason of AWS", function()
    server.put("buckets/logs/1.json", log_of "n")
    local state = start(server, nil, "wrong")
    local _, message = names_in(assert(state:open "s3://logs/x"))
    given.holds(message, "s3://logs/x: status 403, SignatureDoesNotMatch: no: signature; the bucket is in the region eu-west-9")
  end)

  it("is refused where its name, the interval or the accounts are none", function()
    local function refused(address, more)
      local state = start(server, more)
      local instance, message = state:open(address)
      assert.is_nil(instance)
      return message
    end
    given.holds(refused "s3://", 'expected s3://BUCKET or s3://BUCKET/PREFIX, got "s3://"')
    given.holds(refused "s3://UPPER", "expected s3://BUCKET")
    for _, interval in ipairs { "5", "d", "5d-", "5y", "5d-5y", "2026-02-02", "2026-02-30T00:00:00Z", "-5d", "5d-2026-02-30T00:00:00Z" } do
      given.holds(refused("s3://logs", ('"s3Interval": "%s", '):format(interval)), "s3Interval: expected one such as 5d", interval)
    end
    given.holds(refused("s3://logs", '"s3Interval": "1d-2d", '), "ends before it begins")
    given.holds(refused("s3://logs", '"s3AccountList": "123", '), "s3AccountList: expected accounts of 12 digits")
  end)
end)
