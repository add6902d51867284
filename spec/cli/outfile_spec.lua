-- Files that commands write are there whole, or what was there is: on a full disk, and whenever a signal comes. Nothing
-- is written through a link.

local program = require "spec.cli.program"
local support = require "spec.support"

local lure, quote = program.lure, support.quote
local machine = support.run("uname -m"):gsub("\n$", "")

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function listed(folder) return (support.run("cd " .. quote(folder) .. " && find . -mindepth 1 | LC_ALL=C sort")) end

local function new_folder() return (support.run("mktemp -d -p " .. quote(support.folder())):gsub("\n$", "")) end

local function has_no_bug(result) assert.is_nil((result.out .. result.err):find("bug in lure", 1, true), result.err) end

-- A source of many large events, with a field, and one of its recordings.
local large = program.script [[open = function() return { 0 } end,
  next = function(i) i[1] = i[1] + 1 if i[1] <= 200 then return ("x"):rep(5000) .. i[1] end end,
  fields = { { name = "t.x", type = "uint64", desc = "-", extract = function(data) return #data end } }]]

-- What writes files: the words, with FOLDER for where to, and the files that are there afterwards.
local writers = {
  record = { words = { "record", large, "-o", "FOLDER/r.json", "--force" }, files = { "r.json" } },
  pack = { words = { "pack", large, "-o", "FOLDER/p.so" }, files = { "p.so" } },
  ["pack --oci"] = { words = { "pack", large, "-o", "FOLDER/p.so", "--oci" },
    files = { "p.so", "t-1.0.0-linux-" .. machine .. ".tar.gz", "t-1.0.0-linux-" .. machine .. ".json" } },
  ["show -o"] = { words = { "show", large, "--format", "falco", "-o", "FOLDER" }, files = { "script.yaml", "script_rules.yaml" },
    never_replaces = true },
  new = { words = { "new", "FOLDER/mine" }, never_replaces = true, files = { "mine", "mine/.luarc.json", "mine/falco.yaml",
    "mine/mine.lua", "mine/mine_rules.yaml", "mine/spec", "mine/spec/mine_cases.yaml",
    "mine/spec/mine_spec.lua" } },
}

local function words_for(writer, folder)
  local words = {}
  for i, word in ipairs(writer.words) do words[i] = word:gsub("^FOLDER", (folder:gsub("%%", "%%%%"))) end
  return words
end

local function all_of(writer)
  local names = {}
  for i, name in ipairs(writer.files) do names[i] = "./" .. name .. "\n" end
  table.sort(names)
  return table.concat(names)
end

-- What a writer writes, by name, where nothing goes wrong.
local function made_by(writer)
  if writer.made then return writer.made end
  local folder, made = new_folder(), {}
  local result = lure(table.unpack(words_for(writer, folder)))
  assert.equal(0, result.status, result.err)
  assert.equal(all_of(writer), listed(folder))
  for _, name in ipairs(writer.files) do made[name] = read(folder .. "/" .. name) end
  writer.made = made
  return made
end

-- Files of before, which every writer but those of new names may replace.
local function fill(writer, folder)
  if writer.never_replaces then return end
  local made = made_by(writer)
  for _, name in ipairs(writer.files) do write(folder .. "/" .. name, name:find("%.so$") and made[name] or "before") end
end

local function contents(folder)
  return (support.run("cd " .. quote(folder) .. " && find . -type f -exec sha256sum {} + | LC_ALL=C sort"))
end

for name, writer in pairs(writers) do
  describe("lure " .. name, function()
    it("leaves what was there where a file grows too large", function()
      local folder = new_folder()
      fill(writer, folder)
      local before = contents(folder)
      -- blocks of 512 or 1024 bytes: less than each of them writes
      for _, blocks in ipairs { 0, 1, 200 } do
        if blocks < 200 or not name:find "^[sn]" then
          local result = program.shell(("(ulimit -f %d; timeout 60 $lure </dev/null) 2>&1 | cat"):format(blocks),
            words_for(writer, folder))
          has_no_bug(result)
          assert.matches("File too large\n$", result.out)
          assert.not_matches("events? in ", result.out)
          assert.equal(before, contents(folder))
          if writer.never_replaces then assert.equal("", listed(folder)) else assert.equal(all_of(writer), listed(folder)) end
        end
      end
    end)

    it("leaves what was there, or all that is new, when a signal comes", function()
      local made = made_by(writer)
      for step = 0, 11 do
        local folder = new_folder()
        fill(writer, folder)
        local before = contents(folder)
        local signal = ({ "INT", "TERM", "HUP" })[step % 3 + 1]
        local result = program.shell(("$lure & sleep %.3f; kill -%s $! 2>/dev/null; wait $!"):format(step * 0.012, signal),
          words_for(writer, folder))
        has_no_bug(result)
        if contents(folder) ~= before then
          for _, file in ipairs(writer.files) do
            local now = read(folder .. "/" .. file)
            assert.is_true(now == made[file] or now == "before" or name == "record",
              ("SIG%s after %d ms: %s"):format(signal, step * 12, file))
          end
          if name == "record" then assert.equal("\n", read(folder .. "/r.json"):sub(-1)) end
          assert.equal(all_of(writer), listed(folder))
          for _, file in ipairs(name == "record" and {} or writer.files) do -- all of them, or none
            assert.equal(made[file], read(folder .. "/" .. file))
          end
        else
          assert.equal(writer.never_replaces and "" or all_of(writer), listed(folder))
        end
      end
    end)

    it("writes through no link, and leaves it", function()
      for _, file in ipairs(writer.files) do
        if not file:find "/" then
          local folder, elsewhere = new_folder(), new_folder() .. "/target"
          for _, exists in ipairs { false, true } do
            if exists then write(elsewhere, "mine") end
            support.run(("ln -sfn %s %s"):format(quote(elsewhere), quote(folder .. "/" .. file)))
            local result = lure(table.unpack(words_for(writer, folder)))
            has_no_bug(result)
            assert.matches(" left as it is", result.err)
            assert.equal(2, result.status)
            assert.equal("./" .. file .. "\n", listed(folder))
            assert.equal(exists and "mine" or nil, read(elsewhere))
          end
        end
      end
    end)
  end)
end

describe("a disk that is full", function()
  it("leaves what was there, and is told with the file's name", function()
    local disk = new_folder()
    local lines = { ("mount -t tmpfs -o size=64k none %s; cd %s"):format(quote(disk), quote(disk)) }
    local function run(words)
      local quoted = {}
      for i, word in ipairs(words) do quoted[i] = quote(word) end
      lines[#lines + 1] = ("%s %s; echo \"status $?\"; find . | LC_ALL=C sort; cat r.json"):format(quote(program.path),
        table.concat(quoted, " "))
    end
    lines[#lines + 1] = "echo before >r.json; dd if=/dev/zero of=filler bs=1k 2>/dev/null; truncate -s -4096 filler"
    for _, name in ipairs { "new", "pack", "pack --oci", "record", "show -o" } do run(words_for(writers[name], disk)) end
    local told = support.run(support.with_mounts("unset LURE_LIBRARY LURE_SCRIPT; exec 2>&1; " .. table.concat(lines, "\n")))
    local _, ends = told:gsub("No space left on device\nstatus 1\n%.\n%./filler\n%./r%.json\nbefore\n", "")
    assert.equal(5, ends, told)
    assert.not_matches("events? in ", told)
  end)
end)

describe("lure record", function()
  it("replaces a file with one that as few people may read", function()
    local folder = new_folder()
    write(folder .. "/r.json", "before")
    support.run("chmod 600 " .. quote(folder .. "/r.json"))
    assert.equal(0, lure(table.unpack(words_for(writers.record, folder))).status)
    assert.equal("600\n", (support.run("stat -c %a " .. quote(folder .. "/r.json"))))
  end)

  it("says how many events are in the file, and none where there is no file", function()
    local folder = new_folder()
    local result = lure("record", large, "-n", "7", "-o", folder .. "/r.json")
    assert.equal(("7 events in %s/r.json\n"):format(folder), result.err)
    assert.equal(7, select(2, read(folder .. "/r.json"):gsub("\n", "")))
    result = lure("record", large, "-o", "/dev/full", "--force")
    assert.equal("lure: record: /dev/full is no regular file, and is left as it is\n", result.err)
  end)

  it("does not take a file that another one has made meanwhile", function()
    local folder = new_folder()
    local slow = program.script [[next = function(i)
      i.n = (i.n or 0) + 1
      if i.n == 2 then os.execute("echo theirs >r.json") end
      if i.n < 3 then return i.n end
    end]]
    local result = program.shell(("cd %s && $lure"):format(quote(folder)), { "record", slow, "-o", "r.json" })
    assert.equal("lure: r.json exists, and is left as it is\n", result.err)
    assert.equal("theirs\n", read(folder .. "/r.json"))
    assert.equal("./r.json\n", listed(folder))
  end)
end)

describe("what a process that was killed has left", function()
  --- A temporary file of a process that is no more, so many seconds old.
  local function leave(folder, age, pid)
    local path = ("%s/.lure.%s.1.%d"):format(folder, pid or "3fffffff", age)
    write(path, "left")
    support.run(("touch -d @%d %s"):format(os.time() - age, quote(path)))
    return path
  end

  it("is removed by the next that writes there, an hour later", function()
    local folder = new_folder()
    local old, young = leave(folder, 3700), leave(folder, 60)
    local own = leave(folder, 3701, "1") -- a process that lives
    assert.equal(0, lure("record", large, "-n", "1", "-o", folder .. "/r.json").status)
    assert.same({ nil, "left", "left" }, { read(old), read(young), read(own) })
  end)

  it("stays where it is no file, or somebody holds it", function()
    local folder = new_folder()
    local target = new_folder() .. "/target"
    write(target, "target")
    support.run(("ln -s %s %s/.lure.3fffffff.1.7; mkdir %s/.lure.3fffffff.1.8; mkfifo %s/.lure.3fffffff.1.9;"
      .. "cd %s && touch -h -d @1 .lure.*"):format(quote(target), quote(folder), quote(folder), quote(folder), quote(folder)))
    local held = leave(folder, 3700)
    support.run(("flock -s %s sh -c %s"):format(quote(held), quote(program.path .. " record " .. quote(large) .. " -n 1 -o "
      .. quote(folder .. "/r.json"))))
    assert.equal("target", read(target))
    assert.equal("./.lure.3fffffff.1.3700\n./.lure.3fffffff.1.7\n./.lure.3fffffff.1.8\n./.lure.3fffffff.1.9\n./r.json\n",
      listed(folder))
  end)
end)

describe("lure test --update", function()
  it("replaces a recording, but no link to one", function()
    local folder = new_folder()
    assert.equal(0, lure("record", large, "-n", "1", "-o", folder .. "/r.json").status)
    local old = read(folder .. "/r.json"):gsub('"t.x":%d+', '"t.x":1')
    write(folder .. "/r.json", old)
    support.run(("ln -s r.json %s"):format(quote(folder .. "/link.json")))
    local function update(name)
      local spec = support.file(("it('is', function() require('lure.testing').load(%q):golden(%q) end)"):format(large,
        folder .. "/" .. name), "t_spec.lua")
      return lure("test", spec, "--update")
    end
    assert.matches("link.json is a link, and is left as it is", update("link.json").out, 1, true)
    assert.equal(old, read(folder .. "/r.json"))
    assert.equal(0, update("r.json").status)
    assert.not_equal(old, read(folder .. "/r.json"))
  end)
end)

describe("lure check", function()
  it("leaves nothing in the folder for temporary files when a signal comes", function()
    local folder = new_folder()
    for step = 0, 6 do
      program.shell(("TMPDIR=%s $lure >/dev/null & sleep %.3f; kill -INT $! 2>/dev/null; wait $!"):format(quote(folder),
        step * 0.02), { "check", large })
      assert.equal("", listed(folder))
    end
  end)
end)
