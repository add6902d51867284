-- Our own ABI headers against the official ones: every size, every offset, every number.
--
-- The list of what to compare is read out of our headers, so nothing can be forgotten: one
-- program prints it, compiled once with ours and once with Debian's.

local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local roots = os.getenv("LURE_ROOTS") or "/var/cache/lure/roots"

local headers = {
  { ours = "v0/abi.h", release = "bookworm", include = "falcosecurity-libs/userspace/libscap", file = "plugin_info.h" },
  { ours = "v3/abi.h", release = "forky", include = "falcosecurity", file = "plugin/plugin_api.h" },
}

local function read(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

--- The members of a struct's body; those of a struct without a name in it are its own.
local function members_of(body)
  local members = {}
  body = body:gsub("struct (%b{});", function(inner) return inner:sub(2, -2) end):gsub("%b{}", "")
  for declaration in body:gmatch("[^;]+") do
    local name = declaration:match("%(%*([%w_]+)%)") or declaration:match("([%w_]+)%s*$")
    members[#members + 1] = name
  end
  return members
end

--- What can be compared: a list of { name, C expression }.
local function list_of(text)
  local list = {}
  text = text:gsub("/%*.-%*/", "")
  local function add(name, expression) list[#list + 1] = { name, expression } end
  for kind, body, name in text:gmatch("typedef (%l+)[^{};]*(%b{})%s*([%w_]+);") do
    body = body:sub(2, -2)
    if kind == "enum" then
      for constant in (body .. ","):gmatch("([%w_]+)%s*=[^,]*,") do add(constant, constant) end
    else
      add("sizeof " .. name, ("sizeof(%s)"):format(name))
      for _, member in ipairs(kind == "struct" and members_of(body) or {}) do
        add(name .. "." .. member, ("offsetof(%s, %s)"):format(name, member))
      end
    end
  end
  return list
end

--- What the program prints that is compiled with these options.
local function print_values(list, options, include)
  local lines = { "#include <stddef.h>", "#include <stdio.h>", "#include <stdint.h>", "#include <stdbool.h>",
    ('#include "%s"'):format(include), "int main(void)", "{" }
  for _, entry in ipairs(list) do
    lines[#lines + 1] = ('    printf("%s %%lld\\n", (long long)(%s));'):format(entry[1], entry[2])
  end
  lines[#lines + 1] = "    return 0;\n}"
  local program = support.file(table.concat(lines, "\n") .. "\n", "layout.c")
  local output, status = support.run(("gcc -std=gnu11 -w %s -o %s.out %s && %s.out"):format(options,
    support.quote(program), support.quote(program), support.quote(program)))
  assert(status == 0, output)
  return output
end

describe("our header of the plugin API", function()
  for _, header in ipairs(headers) do
    it(("%s agrees with the official one of Debian %s"):format(header.ours, header.release), function()
      local root = ("%s/headers/%s/usr/include/%s"):format(roots, header.release, header.include)
      if not io.open(root .. "/" .. header.file) then
        assert(not os.getenv("CI"), "no official headers in " .. root)
        return pending("no official headers in " .. root .. "; run script/bootstrap")
      end
      local list = list_of(read(source .. "/src/" .. header.ours))
      assert.is_true(#list > 20)
      local ours = print_values(list, "-I" .. source .. "/src", header.ours)
      assert.equal(print_values(list, ("-I%s -I%s/plugin"):format(root, root), header.file), ours)
    end)
  end
end)
