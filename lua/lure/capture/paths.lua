-- paths: paths as libsinsp joins them: without ".", ".." and doubled slashes, and without a slash at the end.
--
--   paths.join("/home/", "../etc//passwd")     "/etc/passwd"; a path from the root stays without the first
--   paths.directory("/", "home")               "/home/": the same with a slash at the end
--   paths.printable(text)                      without the bytes that are no printable ASCII
--
-- In what is joined a "." stands for each byte that cannot be printed. The first path is not looked at: it is one that
-- was joined before, with a slash at its end, or "".

local paths = {}

-- The longest that libsinsp keeps, and what it writes in place of longer ones.
local LONGEST, TOO_LONG = 1024, "/DIR_TOO_LONG/FILENAME_TOO_LONG"

local UNPRINTABLE = "[^\x20-\x7E]"

function paths.printable(text) return (text:gsub(UNPRINTABLE, "")) end

-- What stands before the last name of a path that ends with a slash; the root is its own parent.
local function parent(path)
  if #path <= 1 then return path end
  return path:sub(1, -2):match "^.*/" or ""
end

-- The names of `path`, one after the other, behind `base`.
local function append(base, path)
  local done = base
  for name, slash in path:gmatch "([^/]*)(/?)" do
    local is_name = done == "" or done:sub(-1) == "/" -- else it goes on with what the base ends with
    if name == ".." and is_name then
      done = parent(done)
    elseif name ~= "" and (name ~= "." or not is_name) then
      done = done .. name:gsub(UNPRINTABLE, ".") .. slash
    elseif name == "" and done == "" and base == "" then
      done = slash
    end
  end
  return done
end

function paths.join(base, path)
  if #base + #path + 1 > LONGEST then return TOO_LONG end
  if path == "" then return "" end
  local from_root = path:sub(1, 1) == "/"
  if from_root then base = "" end
  local joined
  if ((from_root and "" or "/") .. path .. "/"):find "/%.?%.?/" then
    joined = append(base, path)
  else
    joined = base .. path:gsub(UNPRINTABLE, ".")
  end
  return #joined > 1 and joined:sub(-1) == "/" and joined:sub(1, -2) or joined
end

function paths.directory(base, path)
  local joined = paths.join(base, path)
  return joined:sub(-1) == "/" and joined or joined .. "/"
end

return paths
