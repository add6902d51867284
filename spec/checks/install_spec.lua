-- What `cmake --install` puts under a prefix, and that it runs from there.

local support = require "spec.support"

local quote = support.quote
local source = os.getenv("LURE_SOURCE") or "."
local prefix

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function output_of(command)
  local output, status = support.run(command)
  assert.equal(0, status, output)
  return output
end

describe("cmake --install", function()
  setup(function()
    prefix = output_of("mktemp -d"):gsub("\n$", "")
    output_of(("cmake --install %s --prefix %s --strip"):format(quote(support.build), quote(prefix)))
  end)

  teardown(function() support.run("rm -rf " .. quote(prefix)) end)

  --- The words that bash offers for a command line, whose last word is being typed.
  local function completed(...)
    local words = {}
    for i, word in ipairs { ... } do words[i] = quote(word) end
    return output_of(([[bash -c 'source %s/share/bash-completion/completions/lure; COMP_WORDS=("$@")
      COMP_CWORD=$(($# - 1)); _lure; echo "${COMPREPLY[@]}"' complete %s]]):format(prefix, table.concat(words, " ")))
  end

  it("installs each thing where its users look for it", function()
    local files = output_of("cd " .. quote(prefix) .. " && find . -type f | sort")
    for _, path in ipairs { "bin/lure", "lib/lure/liblure.so", "lib/lure/liblure-v0.so", "lib/lua/5.4/lure/host.so",
      "share/lure/types/meta.lua", "share/lure/examples/dummy.lua", "share/man/man1/lure.1", "share/pkgconfig/lure.pc",
      "share/bash-completion/completions/lure", "share/zsh/site-functions/_lure", "share/fish/vendor_completions.d/lure.fish",
      "share/lure/types/lure/host.lua", "share/lure/types/lure/testing.lua", "share/doc/lure/README.md",
      "share/doc/lure/docs/tutorial.md", "share/doc/lure/docs/reference.md", "share/doc/lure/docs/terminal.svg",
      "share/doc/lure/LICENSE", "share/doc/lure/NOTICE" } do
      assert.matches("./" .. path .. "\n", files, 1, true)
    end
  end)

  it("makes a program that finds its library there", function()
    local output = output_of(("cd / && env -u LURE_LIBRARY %s/bin/lure run %s/share/lure/examples/dummy.lua -n 1 -p %%evt.num")
      :format(quote(prefix), quote(prefix)))
    assert.matches("^1\n", output)
  end)

  it("makes lure.host known to Lua", function()
    local output = output_of(([[LUA_CPATH='%s/lib/lua/5.4/?.so' lua5.4 -e 'local host = require "lure.host"
      print(host.load("%s/lib/lure/liblure.so"):info().name)']]):format(prefix, prefix))
    assert.equal("lure\n", output)
  end)

  it("tells pkg-config where the libraries are", function()
    local function variable(name)
      return output_of(("PKG_CONFIG_PATH=%s/share/pkgconfig pkg-config --variable=%s lure"):format(quote(prefix), name))
        :gsub("\n$", "")
    end
    assert.is_string(read(variable "library"))
    assert.is_string(read(variable "library_v0"))
    assert.is_string(read(variable "examplesdir" .. "/dummy.lua"))
    local version = read(source .. "/VERSION")
    assert.equal(version, output_of(("PKG_CONFIG_PATH=%s/share/pkgconfig pkg-config --modversion lure"):format(quote(prefix))))
  end)

  it("has a README of what is installed", function()
    local readme = read(prefix .. "/share/doc/lure/README.md")
    local files, links = 0, 0
    for path in readme:gmatch("`PREFIX/([^`]+)`") do
      output_of("test -e " .. quote(prefix .. "/" .. path))
      files = files + 1
    end
    for link in readme:gmatch("%]%(([^)#]+)[^)]*%)") do
      if not link:find("^https://") then
        output_of("test -e " .. quote(prefix .. "/share/doc/lure/" .. link))
        links = links + 1
      end
    end
    for path in readme:gmatch("`(examples/[%w_/.]*)`") do
      output_of("test -e " .. quote(prefix .. "/share/doc/lure/" .. path))
    end
    assert.is_true(files > 5 and links > 1)
    for _, folder in ipairs { "build", "script", "src", "cmake", "lua/lure" } do
      assert.not_matches("[%s`(]" .. folder .. "/", readme)
    end
    assert.not_matches("<!%-%-", readme)
  end)

  it("has pages beside README that link to what is there", function()
    for page in output_of("cd " .. quote(prefix) .. "/share/doc/lure/docs && ls *.md"):gmatch("[^\n]+") do
      for link in read(prefix .. "/share/doc/lure/docs/" .. page):gmatch("%]%(([^)#:]+)[^):]*%)") do
        output_of("test -e " .. quote(prefix .. "/share/doc/lure/docs/" .. link))
      end
    end
  end)

  it("has completion for zsh and fish that those take for theirs", function()
    assert.matches("^#compdef lure\n", read(prefix .. "/share/zsh/site-functions/_lure"))
    assert.matches("\ncomplete %-c lure ", read(prefix .. "/share/fish/vendor_completions.d/lure.fish"))
  end)

  local function manual_page()
    return output_of("groff -man -Tutf8 -P-cbou -ww " .. quote(prefix .. "/share/man/man1/lure.1"))
  end

  it("has a manual page with the usual sections, none of them empty", function()
    local headings, page = {}, manual_page()
    for heading in page:gmatch("\n(%u[%u ]+)\n       +%S") do headings[#headings + 1] = heading end
    assert.equal("NAME, SYNOPSIS, DESCRIPTION, COMMANDS, OPTIONS, ENVIRONMENT, EXIT STATUS, FILES, EXAMPLES, SEE ALSO",
      table.concat(headings, ", "))
    assert.is_nil(page:find("warning: ", 1, true)) -- of groff; a page may have the word
  end)

  it("has a manual page that names files that are there", function()
    local files = 0
    for path in manual_page():match("\nFILES\n(.-)\nEXAMPLES"):gmatch("\n       PREFIX/([%w/._-]+)") do
      output_of("test -e " .. quote(prefix .. "/" .. path))
      files = files + 1
    end
    assert.is_true(files > 4)
  end)

  it("has a manual page with every environment variable that a user can set", function()
    local page = manual_page()
    local grep = ("grep -rhoE '(getenv.\"[A-Z_]+)' %s/lua %s/src/hostconfig %s/src/identity %s/src/script")
      :format(source, source, source, source)
    for name in output_of(grep):gmatch('"([%u_]+)') do
      if name ~= "TERM" and name ~= "PATH" and name ~= "SYSDIG_PLUGIN_DIR" then -- which others have documented
        assert.matches("\n       " .. name .. "%s", page)
      end
    end
  end)

  it("has a manual page with every command and every option of the help", function()
    local page = manual_page()
    local lure = quote(prefix .. "/bin/lure")
    local commands = 0
    for name in output_of(lure .. " --help"):gmatch("\n  (%l+) +%l") do
      if name ~= "lure" then
        commands = commands + 1
        assert.matches("\n   lure " .. name .. "\n", page, 1, true)
        for option in output_of(lure .. " help " .. name):gmatch("\n  (%-%-?[%w-]+)") do
          assert.matches("\n       " .. option, page, 1, true)
        end
      end
    end
    assert.is_true(commands > 3)
  end)

  it("has a manual page that shows examples as they stand in the help", function()
    local page = manual_page()
    local inside = 0
    for line in output_of(quote(prefix .. "/bin/lure") .. " help test"):gmatch("\n    ( *it%([^\n]*)") do
      assert.matches("\n             " .. line .. "\n", page, 1, true)
      inside = inside + 1
    end
    assert.is_true(inside > 1)
  end)

  it("has completion for commands, options and their choices", function()
    assert.equal("check\n", completed("lure", "ch"))
    assert.equal("--json\n", completed("lure", "run", "--js"))
    assert.equal("markdown\n", completed("lure", "show", "x.lua", "--format", "m"))
    assert.equal("show\n", completed("lure", "help", "sh"))
    assert.equal("\n", completed("lure", "run", "exam"))
  end)

  it("has nothing of the place where it was built in it", function()
    local built_in = output_of("realpath " .. quote(support.build)):gsub("\n$", "")
    local _, status = support.run(("grep -rlF %s %s"):format(quote(built_in), quote(prefix)))
    assert.equal(1, status)
  end)
end)
