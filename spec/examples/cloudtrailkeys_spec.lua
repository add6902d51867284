-- What examples/cloudtrail.lua signs with: where its keys are from, and how it signs.

local aws = require "spec.examples.aws"
local given = require "spec.given"
local host = require "lure.host"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."
local config_of, log_of, serve = aws.config_of, aws.log_of, aws.serve

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

describe("a signature of examples/cloudtrail.lua", function()
  local run

  setup(function()
    run = given.evaluator { config = ('{"lure": {"path": "%s/examples"}}'):format(SOURCE) }
  end)

  --- Signs a request, a Lua table, as AWS's documentation and its test suite for Signature Version 4 have it.
  local function signed(request, service)
    local is_s3 = service == "s3"
    return run(([[local request = %s
      request.method, request.path, request.query = request.method or "GET", request.path or "/", request.query or {}
      request.headers, request.body = request.headers or {}, request.body or ""
      request.host = request.host or %q
      local headers = require("cloudtrail.sigv4").sign(request, { id = %q, secret = %q, token = request.token },
        { region = "us-east-1", service = %q }, %q)
      return headers.authorization:match "SignedHeaders=(%%S+), Signature=(%%x+)$"]]):format(request,
      is_s3 and "examplebucket.s3.amazonaws.com" or "example.amazonaws.com", is_s3 and "AKIAIOSFODNN7EXAMPLE" or "AKIDEXAMPLE",
      is_s3 and "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" or "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service,
      is_s3 and "20130524T000000Z" or "20150830T123600Z"))
  end

  for name, case in pairs {
    ["the IAM example"] = { [[{ host = "iam.amazonaws.com", query = { Version = "2010-05-08", Action = "ListUsers" },
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8" } }]], "iam",
      "content-type;host;x-amz-date", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7" },
    ["get-vanilla"] = { "{}", "service", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    ["get-vanilla-query-order-key-case"] = { [[{ query = { Param2 = "value2", Param1 = "value1" } }]], "service",
      "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
    ["get-unreserved"] = { [[{ path = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" }]], "service",
      "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
    ["post-vanilla"] = { [[{ method = "POST" }]], "service", "host;x-amz-date",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    ["post-x-www-form-urlencoded"] = { [[{ method = "POST", body = "Param1=value1",
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } }]], "service", "content-type;host;x-amz-date",
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a" },
    ["S3's object"] = { [[{ path = "/test.txt", headers = { Range = "bytes=0-9" } }]], "s3",
      "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
    ["S3's list"] = { [[{ query = { prefix = "J", ["max-keys"] = "2" } }]], "s3", "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
    ["S3's query without a value"] = { [[{ query = { lifecycle = "" } }]], "s3", "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
    ["S3's upload"] = { [[{ method = "PUT", path = require("cloudtrail.sigv4").encode("/test$file.text", true), body = "Welcome to Amazon S3.",
      headers = { Date = "Fri, 24 May 2013 00:00:00 GMT", ["x-amz-storage-class"] = "REDUCED_REDUNDANCY" } }]], "s3",
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
  } do
    it("is the one that AWS publishes: " .. name, function()
      assert.equal(case[3] .. ", " .. case[4], signed(case[1], case[2]))
    end)
  end

  it("has the token of a session in it", function()
    local headers, signature = signed('{ token = "a" }', "service"):match "^(.*), (.*)$"
    assert.equal("host;x-amz-date;x-amz-security-token", headers)
    assert.not_equal(signature, signed('{ token = "b" }', "service"):match ", (.*)$")
  end)
end)

describe("an address of examples/cloudtrail.lua", function()
  local run

  setup(function()
    run = given.evaluator { config = ('{"lure": {"path": "%s/examples"}}'):format(SOURCE) }
  end)

  local function address(service, settings, request)
    return run(('return (require("cloudtrail.aws").client("%s", %s):address_of %s)'):format(service, settings, request))
  end

  it("is one of the region", function()
    local settings = '{ region = "eu-central-1" }'
    assert.equal("https://sqs.eu-central-1.amazonaws.com/", address("sqs", settings, "{}"))
    assert.equal("https://sqs.cn-north-1.amazonaws.com.cn/", address("sqs", '{ region = "cn-north-1" }', "{}"))
    assert.equal("https://my-logs.s3.eu-central-1.amazonaws.com/a%20b/c?list-type=2",
      address("s3", settings, '{ bucket = "my-logs", path = "/a b/c", query = { ["list-type"] = "2" } }'))
    assert.equal("https://s3.eu-central-1.amazonaws.com/my.logs/a", -- of which no certificate is
      address("s3", settings, '{ bucket = "my.logs", path = "/a" }'))
  end)

  it("is one of another server", function()
    local settings = '{ region = "eu-central-1", endpoint = "http://127.0.0.1:9000%s" }'
    assert.equal("http://127.0.0.1:9000/my-logs/a", address("s3", settings:format "", '{ bucket = "my-logs", path = "/a" }'))
    assert.equal("http://127.0.0.1:9000/", address("sqs", settings:format "/", "{}"))
    assert.has_error(function() address("sqs", settings:format "/x", "{}") end)
  end)
end)

describe("the keys of examples/cloudtrail.lua", function()
  local server

  setup(function()
    server = serve()
    server.put("buckets/logs/1.json", log_of "n")
  end)
  teardown(function() server.stop() end)

  local KEYS = { AWS_ACCESS_KEY_ID = "AKIDENVIRONMENT", AWS_SECRET_ACCESS_KEY = "secret/of+environment" }

  --- Whose keys the requests of `lure run` have, with these members of "aws" and variables, else what it says.
  local function whose(own, env)
    os.remove(server.folder .. "/log")
    local names, variables = {}, {}
    for name, value in pairs(env) do
      names[#names + 1] = '"' .. name .. '"'
      variables[#variables + 1] = support.quote(name .. "=" .. value)
    end
    local output, status = support.run(("env %s %s/bin/lure run %s --open s3://logs -p '%%ct.name' --config %s"):format(
      table.concat(variables, " "), support.build, aws.script, support.quote(config_of(server, nil, own, table.concat(names, ", ")))))
    if status ~= 0 then return output end
    assert.equal("n\n", output:match "^n\n")
    return server.log():match "AKID(%u+)"
  end

  local function file(text) return support.file(text, "aws") end

  local CREDENTIALS = "[default]\naws_access_key_id=AKIDX\naws_secret_access_key = x\n\n# a comment\n[ other ]\n" ..
    "aws_access_key_id = AKIDFILE\naws_secret_access_key = secret of a file\naws_session_token=token=of a/file\n"

  it("are those of the environment", function()
    assert.equal("ENVIRONMENT", whose(nil, KEYS))
  end)

  it("are those of a profile in AWS's files", function()
    local path = file(CREDENTIALS)
    local env = { AWS_SHARED_CREDENTIALS_FILE = path, AWS_PROFILE = "other" }
    assert.equal("FILE", whose(nil, env))
    assert.equal("FILE", whose({ profile = "other", credentials = path }, KEYS)) -- it goes before the environment
    assert.equal("FILE", whose(nil, { HOME = (support.file(CREDENTIALS:gsub("other", "default", 1):gsub("default", "x", 1),
      "home/.aws/credentials"):gsub("/.aws/credentials$", "")) }))
    local config = file(CREDENTIALS:gsub("%[ other %]", "[profile other]"))
    assert.equal("FILE", whose(nil, { AWS_CONFIG_FILE = config, AWS_PROFILE = "other" }))
  end)

  it("are those of the container, or of the machine", function()
    assert.equal("CONTAINER", whose(nil, { AWS_CONTAINER_CREDENTIALS_FULL_URI = server.url .. "/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN = "the container" }))
    assert.equal("CONTAINER", whose(nil, { AWS_CONTAINER_CREDENTIALS_FULL_URI = server.url .. "/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = file "the container\n" }))
    assert.equal("MACHINE", whose(nil, {}))
  end)

  it("are needed, and so is a region", function()
    given.holds(whose({ metadata = "" }, {}),
      "expected keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (init_config.lure.env lists what may be read)")
    given.holds(whose({ profile = "nobody" }, KEYS), 'aws.profile: "nobody" is neither in ')
    given.holds(whose({ profile = "p" }, { AWS_CONFIG_FILE = file "[profile p]\nrole_arn = arn:aws:iam::1:role/x\n" }),
      'profile "p": role_arn is not supported here; give aws_access_key_id and aws_secret_access_key')
    given.holds(whose({ region = "" }, KEYS), "expected a region; set init_config.aws.region, AWS_REGION, or region in ~/.aws/config")
    given.holds(whose({ region = "a/b" }, KEYS), 'aws.region: expected one such as us-east-1, got "a/b"')
  end)

  it("have a region of the environment or of a profile", function()
    local env = { AWS_DEFAULT_REGION = "eu-central-1", AWS_ACCESS_KEY_ID = KEYS.AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY = KEYS.AWS_SECRET_ACCESS_KEY }
    assert.equal("ENVIRONMENT", whose({ region = "" }, env))
    env.AWS_REGION, env.AWS_DEFAULT_REGION = "eu-central-1", "us-east-1"
    assert.equal("ENVIRONMENT", whose({ region = "" }, env))
    assert.equal("FILE", whose({ region = "", profile = "other", credentials = file(CREDENTIALS),
      config = file "[profile other]\nregion = eu-central-1\n" }, KEYS))
  end)
end)
