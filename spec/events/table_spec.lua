-- The event table: libscap's list, line for line, and looking in it by name.
local parts = require "spec.events.parts"

local FACTS = (os.getenv("LURE_SOURCE") or ".") .. "/../shared/facts/event-table.tsv"

--- One type as a line of the facts.
local function line_of(type)
  local flags = type.unused and "unused" or type.old and "old" or type.wide and "large" or "-"
  local parameters = type.parameters:gsub(":dyn_%w+", ":dyn")
  return table.concat({ type.code, type.symbol, type.name, flags, parameters }, "\t")
end

describe("the event table", function()
  it("is the list of libscap's facts", function()
    local file = io.open(FACTS)
    if not file then
      return pending("no " .. FACTS)
    end
    local lines, ours = {}, {}
    for line in file:lines() do
      if not line:find("^#") then lines[#lines + 1] = line end
    end
    file:close()
    for i, type in ipairs(parts.types()) do
      ours[i] = line_of(type)
    end
    assert.equal(454, #ours)
    assert.same(lines, ours)
  end)

  it("knows what each dynamic parameter may be", function()
    local found = {}
    for _, type in ipairs(parts.types()) do
      for name, kind in type.parameters:gmatch("(%S+):(dyn_%l+)") do
        found[#found + 1] = ("%s %s %s"):format(type.symbol, name, kind)
      end
    end
    assert.same({
      "PPME_SOCKET_SETSOCKOPT_X val dyn_sockopt", "PPME_SOCKET_GETSOCKOPT_X val dyn_sockopt",
      "PPME_SYSCALL_PTRACE_X addr dyn_ptrace", "PPME_SYSCALL_PTRACE_X data dyn_ptrace",
      "PPME_SYSCALL_BPF_X res_or_fd dyn_bpf",
      "PPME_SYSCALL_KEYCTL_X arg2 dyn_keyctl", "PPME_SYSCALL_KEYCTL_X arg3 dyn_keyctl",
      "PPME_SYSCALL_KEYCTL_X arg4 dyn_keyctl", "PPME_SYSCALL_KEYCTL_X arg5 dyn_keyctl",
    }, found)
  end)

  it("finds enter and exit, old and new, by the event's name", function()
    assert.same({ 2, 3 }, parts.named "open")
    assert.same({ 322 }, parts.named "pluginevent")
    assert.same({ 402 }, parts.named "asyncevent")
    assert.equal(16, #parts.named "execve")
  end)

  it("finds one by libscap's symbol, exactly", function()
    assert.same({ 3 }, parts.named "PPME_SYSCALL_OPEN_X")
    assert.same({}, parts.named "SYSCALL_OPEN_X")
    assert.same({}, parts.named "ppme_syscall_open_x")
  end)

  it("does not find what is no event", function()
    for _, name in ipairs { "NA", "", "opening", "PPME_PLUGINEVENT_X" } do
      assert.same({}, parts.named(name), name)
    end
  end)

  it("names each type that there is, for suggestions", function()
    local there = {}
    for _, name in ipairs(parts.names()) do
      there[name] = true
    end
    assert.is_nil(there.NA)
    for _, type in ipairs(parts.types()) do
      assert.is_true(type.unused or there[type.name], type.name)
    end
  end)
end)
