--- Captures in libscap's format, for specs: every block that lure reads, in every version, written anew.
--
--   writer.section() .. writer.threads(9, { writer.thread { tid = 1 } }) .. writer.event(3, { bytes, … })
local writer = {}

local kinds = {
  section = 0x0A0D0D0A,
  threads = { 0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214, 0x215 },
  descriptors = { 0x203, 0x218 },
}

--- A block: its type, and what is in it.
function writer.block(kind, body)
  local padded = body .. ("\0"):rep(-#body % 4)
  local length = ("<I4"):pack(#padded + 12)
  return ("<I4"):pack(kind) .. length .. padded .. length
end

--- What a file begins with. `options`: bytes that come with it.
function writer.section(options, magic, major)
  return writer.block(kinds.section, ("<I4I2I2i8"):pack(magic or 0x1A2B3C4D, major or 1, 2, -1) .. (options or ""))
end

local function text(value) return ("<s2"):pack(value) end

--- The process list of a version, 1 to 9, with these threads. `cut`: so many bytes are missing at the end of entries of
-- version 9; `more`: bytes that come behind them.
function writer.threads(version, threads, cut, more)
  local list = {}
  for i, thread in ipairs(threads) do
    local function own(name, other) return thread[name] == nil and other or thread[name] end
    local parts = {}
    local function add(since, format, ...)
      if version >= since then parts[#parts + 1] = format and format:pack(...) or text(...) end
    end
    add(1, "<i8i8i8", thread.tid, own("pid", thread.tid), own("ptid", 1))
    add(6, "<i8", own("sid", 1))
    add(8, "<i8", own("vpgid", 1))
    add(1, nil, own("comm", "cat"))
    add(1, nil, own("exe", "cat"))
    add(7, nil, own("exe_path", "/bin/cat"))
    add(1, nil, own("args", ""))
    add(1, nil, own("cwd", "/"))
    add(1, "<i8I4I4I4", own("fd_limit", 1024), own("flags", 0), own("uid", 0), own("gid", 0))
    add(2, "<I4I4I4I8I8", 1, 2, 3, 4, 5)
    add(3, nil, own("env", ""))
    add(4, "<i8i8", own("vtid", thread.tid), own("vpid", thread.tid))
    add(4, nil, own("cgroups", ""))
    add(5, nil, own("root", "/"))
    if version == 9 then
      if not thread.before_0_10 then
        add(9, "<I8I4", own("pidns_init_start_ts", 0), own("tty", 0))
      end
      add(9, "<I4BI8I8I8", own("loginuid", 0), own("exe_writable", 0), own("inheritable", 1),
        own("permitted", 2), own("effective", 3))
      if not thread.before_0_10 then
        add(9, "<BI8I8I8BBi8", own("exe_upper_layer", 0), own("exe_ino", 0), own("exe_ino_ctime", 0),
          own("exe_ino_mtime", 0), own("exe_from_memfd", 0), own("exe_lower_layer", 0), own("pgid", 1))
      end
      local entry = table.concat(parts):sub(1, -1 - (cut or 0)) .. (more or "")
      list[i] = ("<I4"):pack(#entry + 4) .. entry
    else
      list[i] = table.concat(parts)
    end
  end
  return writer.block(kinds.threads[version], table.concat(list))
end

--- The file descriptors of a thread, as a list of version 1 or 2: { fd =, ino =, type =, bytes = of what the type has }.
function writer.descriptors(version, tid, descriptors)
  local list = { ("<i8"):pack(tid) }
  for _, fd in ipairs(descriptors) do
    local entry = ("<i8I8B"):pack(fd.fd, fd.ino or 0, fd.type) .. fd.bytes
    list[#list + 1] = (version == 2 and ("<I4"):pack(#entry + 4) or "") .. entry
  end
  return writer.block(kinds.descriptors[version], table.concat(list))
end

--- The list of users and groups, of version 1 or 2: { uid =, gid =, name =, home =, shell = } or { gid =, name = }.
function writer.users(version, entries)
  local list = {}
  for i, one in ipairs(entries) do
    local entry = one.uid and ("<BI4I4s2s2s2"):pack(0, one.uid, one.gid, one.name, one.home, one.shell)
      or ("<BI4s2"):pack(1, one.gid, one.name)
    if version == 2 then entry = entry .. (one.more or "") end
    list[i] = (version == 2 and ("<I4"):pack(#entry + 4) or "") .. entry
  end
  return writer.block(version == 2 and 0x220 or 0x206, table.concat(list))
end

--- What is known of the machine: it has 4 processors.
function writer.machine()
  return writer.block(0x201, ("<I4i8i8c128i8c24"):pack(4, 1, 2, "", 4711, ""))
end

--- What a file descriptor of a kind has: { type =, bytes = }.
writer.fd = {}

function writer.fd.file(name, flags, dev)
  return { type = 16, bytes = ("<I4s2I4"):pack(flags or 0, name, dev or 0) }
end

function writer.fd.named(type, name) return { type = type, bytes = text(name) } end

function writer.fd.ipv4(source, from, destination, to, protocol)
  return { type = 3, bytes = ("c4c4<I2I2B"):pack(source, destination, from, to, protocol) }
end

function writer.fd.ipv6(source, from, destination, to, protocol)
  return { type = 4, bytes = ("c16c16<I2I2B"):pack(source, destination, from, to, protocol) }
end

function writer.fd.ipv4_server(address, port, protocol)
  return { type = 5, bytes = ("c4<I2B"):pack(address, port, protocol) }
end

function writer.fd.ipv6_server(address, port, protocol)
  return { type = 6, bytes = ("c16<I2B"):pack(address, port, protocol) }
end

function writer.fd.unix(source, destination, path)
  return { type = 8, bytes = ("<I8I8s2"):pack(source, destination, path) }
end

--- An event of the type `code` with the bytes of its parameters. options: ts, tid, cpu; `version` 1 or 2 (default) of
-- the block, `flags` (a number: the variant with them), `large` (its block), `wide` (lengths of 32 bits).
function writer.event(code, params, options)
  options = options or {}
  local lengths = {}
  for i, bytes in ipairs(params) do lengths[i] = (options.wide and "<I4" or "<I2"):pack(#bytes) end
  local rest = table.concat(lengths) .. table.concat(params)
  local ts, tid = options.ts or 1700000000000000000, options.tid or 1
  local event = options.version == 1 and ("<i8i8I4I2"):pack(ts, tid, 22 + #rest, code)
    or ("<i8i8I4I2I4"):pack(ts, tid, 26 + #rest, code, #params)
  local kind = options.version == 1 and (options.flags and 0x208 or 0x204)
    or (options.flags and 0x217 or 0x216) + (options.large and 0xB or 0)
  return writer.block(kind, ("<I2"):pack(options.cpu or 0) .. (options.flags and ("<I4"):pack(options.flags) or "") .. event .. rest)
end

--- The exit of an open, as the newest libscap writes it.
function writer.open(name, fd, options)
  return writer.event(3, { ("<i8"):pack(fd), name .. "\0", ("<I4"):pack(1), ("<I4"):pack(0), ("<I4"):pack(5),
    ("<I8"):pack(77) }, options)
end

--- An event of the plugin with that id.
function writer.plugin_event(id, data, options)
  options = setmetatable({ wide = true, large = #data > 60000, tid = -1 }, { __index = options })
  return writer.event(322, { ("<I4"):pack(id), data }, options)
end

--- An async event; of the kernel's source: id 0.
function writer.async_event(id, name, data, options)
  options = setmetatable({ wide = true, large = true, tid = -1 }, { __index = options })
  return writer.event(402, { ("<I4"):pack(id), name .. "\0", data }, options)
end

return writer
