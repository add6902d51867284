-- examples/cloudtrail.lua against what the official plugin extracts (../shared/data, where it is there), and its files.
local host = require "lure.host"
local json_text = require "spec.json_text"
local reference = require "spec.examples.reference"
local support = require "spec.support"

local SOURCE = os.getenv("LURE_SOURCE") or "."
local SCRIPT = SOURCE .. "/examples/cloudtrail.lua"
local DATA = SOURCE .. "/../shared/data/cloudtrail/"

local read = reference.read

local restore
setup(function() restore = host.redirect_stderr("/dev/null") end)
teardown(function() restore() end)

--- The golden events; integers of more than 18 digits are texts. nil: they are not there.
local function golden_events()
  local lines, list = read(DATA .. "events.jsonl"), {}
  if not lines then return nil end
  for line in lines:gmatch "[^\n]+" do
    list[#list + 1] = json_text.decode((line:gsub('([^\\]":)(' .. ("%d"):rep(19) .. "+)", '%1"%2"')))
  end
  return list
end

--- A text for a value, to compare: of a list its elements, of an integer its 64 bits without a sign.
local function text(value)
  if type(value) == "table" then
    local list = {}
    for i, element in ipairs(value) do list[i] = text(element) end
    return "[" .. table.concat(list, ", ") .. "]"
  end
  return math.type(value) == "integer" and value < 0 and ("%d%d"):format((value >> 1) // 5, value - (value >> 1) // 5 * 10)
    or tostring(value)
end

--- All events of a source: { data =, ts = }.
local function events_of(state, path)
  local instance, list = assert(state:open(path)), {}
  while true do
    local rc, events, message = instance:next_batch()
    assert(rc == "success" or rc == "eof", message)
    for _, event in ipairs(events) do list[#list + 1] = { data = event.data, ts = event.ts } end
    if rc == "eof" then break end
  end
  instance:close()
  return list
end

describe("examples/cloudtrail.lua", function()
  it("has the fields of the official plugin, in its order", function()
    local own = reference.same_fields(DATA, SCRIPT)
    if not own then return pending "no ../shared/data" end
    assert.same({ "cloudtrail", 2, "aws_cloudtrail" }, { own.name, own.id, own.event_source })
  end)

  it("has the values of the official plugin", function()
    local golden = golden_events()
    if not golden then return pending "no ../shared/data" end
    local state, library = support.start(SCRIPT)
    local names = { "ec2.imageids[0]", "ec2.imageids[1]", "ec2.imageids[2]" }
    for _, field in ipairs(library:info().fields) do names[#names + 1] = field.name end
    local count, wrong = 0, {}
    for number, expected in ipairs(golden) do
      local event = support.event { data = expected.payload, num = number, ts = math.tointeger(tonumber(expected.ts)) }
      local function compare(what, value, official)
        count = count + 1
        if text(value) ~= text(official) then
          wrong[#wrong + 1] = ("%s %d %s: %s, not %s"):format(expected.file, expected.index, what, text(value), text(official))
        end
      end
      assert.is_nil(expected.order_dependent)
      for _, name in ipairs(names) do compare(name, state:extract(event, name), expected.fields[name]) end
      compare("to_string", state:to_string(event), expected.to_string)
    end
    assert.equal("", table.concat(wrong, "\n"))
    assert.equal(77 * #golden, count)
  end)

  it("reads the events of the official plugin, with their times", function()
    local golden = golden_events()
    if not golden then return pending "no ../shared/data" end
    local by_file, count = {}, 0
    for name in support.run(("ls %s/source"):format(support.quote(DATA))):gmatch "[^\n]+" do by_file[name] = {} end
    for _, event in ipairs(golden) do
      table.insert(by_file[event.file], { data = event.payload, ts = math.tointeger(tonumber(event.ts)) })
    end
    local state = support.start(SCRIPT)
    for name, expected in pairs(by_file) do
      assert.same(expected, events_of(state, DATA .. "source/" .. name), name)
      count = count + 1
    end
    assert.equal(16, count)
  end)

  it("needs eight functions for its fields", function()
    local names, count = {}, 0
    for name in read(SCRIPT):gmatch "extract = ([%w_]+)" do
      if not names[name] then count = count + 1 end
      names[name] = true
    end
    assert.equal(8, count)
  end)

  it("has rules with fields that there are", function()
    local known, count = {}, 0
    for _, field in ipairs(support.load_script(SCRIPT):info().fields) do known[field.name] = true end
    for field in read(SOURCE .. "/examples/cloudtrail_rules.yaml"):gmatch "%f[%w](%l%w+%.[%l%.]*%l)" do
      if field:match "^ct%." or field:match "^s3%." or field:match "^ec2%." then
        assert.is_true(known[field], field)
        count = count + 1
      end
    end
    assert.is_true(count > 8)
  end)
end)

describe("a value of examples/cloudtrail.lua", function()
  local state

  setup(function() state = support.start(SCRIPT) end)

  --- What the fields are in an event, which has these members.
  local function shown(fields, members)
    local event, list = support.event("{" .. members .. "}"), {}
    for field in fields:gmatch "%S+" do list[#list + 1] = text((state:extract(event, field))) end
    return table.concat(list, " ")
  end

  local function user(members) return shown("ct.user ct.originaluser", '"userIdentity":{' .. members .. "}") end

  it("that is no text is empty, and not absent", function()
    for _, value in ipairs { "7", "null", "true", "[1]", '{"a":1}' } do
      assert.equal("<>", "<" .. shown("ct.name", '"eventName":' .. value) .. ">")
    end
    assert.equal("nil a", shown("ct.name ct.region", '"awsRegion":"a"'))
    assert.equal("a nil", shown("s3.bucket ct.request.documentname", '"requestParameters":{"bucketName":"a","documentName":"b"}'))
  end)

  it("that is a flag is true or false, whatever else it is", function()
    local fields = "ct.readonly ct.managementevent ct.sessioncredentialfromconsole"
    assert.equal("true false false", shown(fields, '"readOnly":true,"managementEvent":"true","sessionCredentialFromConsole":null'))
    assert.equal("nil nil nil", shown(fields, '"eventName":"StartInstances"'))
  end)

  it("is a part of the event without white space, numbers as they are written", function()
    local fields = "ct.request ct.response ct.resources"
    assert.equal([[{"a":[1.50,"b \"c"]} null {"d":1e5},7]],
      shown(fields, '"requestParameters": {"a" : [1.50, "b \\"c"]}, "responseElements": null, "resources": [{"d" : 1e5}, 7]'))
    assert.equal('"a" 1.50 nil', shown(fields, '"requestParameters":"a","responseElements":1.50,"resources":[]'))
  end)

  it("is the user, or the session of a role", function()
    local role = '"type":"AssumedRole","sessionContext":{"sessionIssuer":{"userName":"admin"}}'
    assert.equal("ann ann", user '"type":"IAMUser","userName":"ann"')
    assert.equal("nil ann", user '"type":"SAMLUser","userName":"ann"')
    assert.equal("s3.amazonaws.com nil", user '"type":"AWSService","invokedBy":"s3.amazonaws.com"')
    assert.equal("FederatedUser nil", user '"type":"FederatedUser"')
    assert.equal("admin bob", user(role .. ',"arn":"arn:aws:sts::1:assumed-role/admin/bob"'))
    assert.equal("admin eve", user(role .. ',"arn":"a/b","principalId":"AROA:eve"'))
    assert.equal("admin nil", user(role .. ',"principalId":"AROA:eve:x"'))
    assert.equal("AssumedRole nil", user '"type":"AssumedRole"')
  end)

  it("is a number of bytes, of 64 bits", function()
    local function bytes(members) return shown("s3.bytes s3.bytes.in s3.bytes.out", '"additionalEventData":{' .. members .. "}") end
    assert.equal("3 1 2", bytes '"bytesTransferredIn":1,"bytesTransferredOut":2')
    assert.equal("33 33 nil", bytes '"bytesTransferredIn":33.9')
    assert.equal("0 nil 0", bytes '"bytesTransferredOut":"7"')
    assert.equal("nil nil nil", bytes '')
    assert.equal("18446744073709551610 18446744073709551611 18446744073709551615",
      bytes '"bytesTransferredIn":-5,"bytesTransferredOut":18446744073709551615')
    assert.equal("9223372036854775808 nil 9223372036854775808", bytes '"bytesTransferredOut":9223372036854775808')
    assert.equal("1 nil nil", shown("s3.cnt.get s3.cnt.put s3.cnt.other", '"eventName":"GetObject"'))
    assert.equal("nil nil 1", shown("s3.cnt.get s3.cnt.put s3.cnt.other", '"eventName":"X"'))
  end)

  it("is an image of the response, else of the request", function()
    local fields = "ec2.imageid ec2.imageids ec2.imageids[0] ec2.imageids[1]"
    local request = '"requestParameters":{"imageId":"ami-0"}'
    assert.equal("ami-0 [ami-0] [ami-0] nil", shown(fields, request))
    assert.equal("ami-1 [ami-1, ami-2] [ami-1] [ami-2]", shown(fields,
      request .. ',"responseElements":{"instancesSet":{"items":[{"imageId":"ami-1"},{"imageId":"ami-2"}]}}'))
    assert.equal("nil [ami-2] nil [ami-2]", shown(fields,
      request .. ',"responseElements":{"instancesSet":{"items":[{},{"imageId":"ami-2"}]}}'))
    assert.equal("nil nil nil nil", shown(fields, request .. ',"responseElements":{"instancesSet":{"items":7}}'))
  end)

  it("is the name of the last instances that are started", function()
    local function set(kind, name) return ('{"resourceType":"%s","tags":[{"key":"Name","value":"%s"},{"key":"Name"}]}'):format(kind, name) end
    local function names(...) return shown("ec2.name", ('"requestParameters":{"tagSpecificationSet":{"items":[%s]}}'):format(
      table.concat({ ... }, ","))) end
    assert.equal("b", names(set("instance", "a"), set("instance", "b"), set("volume", "c")))
    assert.equal("nil", names(set("volume", "c")))
    assert.equal("nil", names(set("instance", "a"), set("instance", "")))
    assert.equal("a", names(set("instance", "a"), "7", '{"resourceType":"instance","tags":7}'))
  end)
end)

--- A record as CloudTrail writes it, with a name for the event; `more`: members that follow.
local function record(name, more)
  return ('{"eventTime":"2026-02-03T04:05:06Z","eventType":"AwsApiCall","eventName":"%s"%s}'):format(name, more or "")
end

local function log_of(...) return '{"Records":[' .. table.concat({ ... }, ",") .. "]}" end

--- The folder of new files: their texts by their names. A text for a name that ends in ".gz" is packed.
local function folder_of(texts)
  local folder = support.file("", "logs/.none"):match "^(.*)/"
  for name, content in pairs(texts) do
    local path, gz = folder .. "/" .. name:gsub("%.gz$", ""), name:find "%.gz$"
    support.run("mkdir -p " .. support.quote(path:match "^(.*)/"))
    local file = assert(io.open(path, "wb"))
    file:write(content)
    file:close()
    if gz then support.run("gzip -n " .. support.quote(path)) end
  end
  return folder
end

--- The names of all events below a path.
local function names_in(path, config)
  local state, names = support.start(SCRIPT, { config = config }), {}
  for i, event in ipairs(events_of(state, path)) do names[i] = event.data:match '"eventName": ?"([^"]*)"' or event.data end
  state:destroy()
  return table.concat(names, " ")
end

describe("the files of examples/cloudtrail.lua", function()
  for _, config in ipairs { "", '{"lure": {"sandbox": "safe", "allow": ["file"]}}' } do
    local sandbox = config == "" and "full" or "safe"
    it(("are those of a folder and below it, by name, packed or not (%s sandbox)"):format(sandbox), function()
      local folder = folder_of { ["b.json"] = log_of(record "b1", record "b2"), ["a/2.json.gz"] = log_of(record "a2"),
        ["a/1.json"] = log_of(record "a1"), ["a.json"] = log_of(record "a"), ["c.JSON"] = log_of(record "x"),
        ["d.json.txt"] = log_of(record "x"), ["d.gz"] = log_of(record "x"), ["e/f/g.json.gz"] = log_of(record "g"),
        ["empty.json"] = '{"Records":[]}', ["none.json"] = "" }
      assert.equal("a1 a2 a b1 b2 g", names_in(folder, config))
      assert.equal("a1 a2 a b1 b2 g", names_in(folder .. "/", config))
      assert.equal("b1 b2", names_in(folder .. "/b.json", config))
      assert.equal("g", names_in(folder .. "/e/f/g.json.gz", config))
    end)
  end

  it("may be large", function()
    local filler = (',"filler":"%s"'):format(("x\\\"{"):rep(500))
    local list = {}
    for i = 1, 2000 do list[i] = record("n" .. i, filler) end
    local folder = folder_of { ["a.json.gz"] = log_of(table.unpack(list)) }
    local _, count = names_in(folder):gsub("n%d+", "")
    assert.equal(2000, count)
  end)

  it("are each read once where links lead in a circle", function()
    local folder = folder_of { ["a/1.json"] = log_of(record "one"), ["b/2.json"] = log_of(record "two") }
    support.run(("ln -s .. %s/a/up && ln -s ../a %s/b/other"):format(folder, folder))
    assert.equal("one two", names_in(folder))
  end)

  it("are left out where they cannot be unpacked, and the log says so", function()
    local folder = folder_of { ["a.json"] = log_of(record "a"), ["c.json"] = log_of(record "c") }
    local file = assert(io.open(folder .. "/b.json.gz", "wb"))
    file:write "no gzip"
    file:close()
    local state = support.start(SCRIPT)
    assert.equal(2, #events_of(state, folder))
    local message = assert(state:log()[1]).message
    assert.matches("b.json.gz: ", message, 1, true)
    assert.matches("going on with the next file", message, 1, true)
  end)

  it("are refused where there are none", function()
    local state = support.start(SCRIPT)
    local function refused(path) return select(2, state:open(path)) end
    local folder = folder_of { ["a.txt"] = "" }
    assert.matches("expected files named *.json or *.json.gz, found none", refused(folder), 1, true)
    assert.matches("expected files named *.json or *.json.gz, found none", refused(folder .. "/a.txt"), 1, true)
    assert.matches(folder .. "/nothing", refused(folder .. "/nothing"), 1, true)
    assert.matches("expected a file or a folder", refused "", 1, true)
  end)

  it("have the share that was read", function()
    local state = support.start(SCRIPT)
    local instance = assert(state:open(folder_of { ["a.json"] = log_of(record "a"), ["b.json"] = log_of(record "b") }))
    local share, shown = instance:progress()
    assert.same({ 0, "0.00% - 0/2 files" }, { share, shown })
    repeat local rc = instance:next_batch() until rc == "eof"
    assert.same({ 1, "100.00% - 2/2 files" }, { instance:progress() })
  end)
end)

describe("the records of examples/cloudtrail.lua", function()
  local function names(content) return names_in(folder_of { ["a.json"] = content }) end

  it("are the objects within the outermost braces, with their bytes", function()
    local odd = '{ "eventTime" : "2026-02-03T04:05:06Z",\r\n\t"eventType": "x", "e\\"}{": "\\\\", "o": {"p": [{}, {"q": "}"}]} }'
    local state = support.start(SCRIPT)
    local events = events_of(state, folder_of { ["a.json"] = '\239\187\191{"Records" : [ ' .. odd .. " , " .. record "b" .. " ] }\n" })
    assert.same({ { data = odd, ts = 1770091506000000000 }, { data = record "b", ts = 1770091506000000000 } }, events)
  end)

  it("end where the file is cut", function()
    assert.equal("a", names('{"Records":[' .. record "a" .. "," .. record "b":sub(1, -2)))
    assert.equal("a", names('{"Records":[' .. record "a" .. ',{"eventTime":"2026'))
    assert.equal("a", names('{"Records":[' .. record "a" .. ',{"eventTime":"2026\\'))
  end)

  it("need a time and a kind, and are no insights", function()
    local function kind_and_time(kind, time) return names(log_of(('{"eventName":"n","eventType":%s,"eventTime":%s}'):format(kind, time))) end
    assert.equal("n", kind_and_time('"k"', '"2026-02-03T04:05:06Z"'))
    assert.equal("n", kind_and_time('""', '"2026-02-03T04:05:06.789+02:00"'))
    assert.equal("", kind_and_time('"AwsCloudTrailInsight"', '"2026-02-03T04:05:06Z"'))
    for _, kind in ipairs { "null", "7", "{}", "true" } do assert.equal("", kind_and_time(kind, '"2026-02-03T04:05:06Z"')) end
    for _, time in ipairs { "null", "7", '""', '"2026-02-03"', '"2026-02-03T04:05:06"', '"2026-02-03 04:05:06Z"', '"2026-13-03T04:05:06Z"',
      '"2026-02-03T04:05:06Z "', '"1770091506"', "[]" } do
      assert.equal("", kind_and_time('"k"', time))
    end
    assert.equal("", names(log_of '{"eventName":"n","eventType":"k"}'))
  end)

  it("are left out where they are no JSON", function()
    assert.equal("a b", names(log_of(record "a", record("x", ',"y":nonsense'), record("x", ',"y"'), record "b")))
  end)
end)
