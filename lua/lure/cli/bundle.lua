-- bundle: puts files into a copy of our library, and finds them there again.
--
-- The library has a section ".lure_bundle", which is the only one of its segment: a head, and
-- behind it what is packed (src/identity/bundle.h). It is filled by moving it to the end of the
-- file; nothing else moves, addresses stay, and tools such as `strip` see an ordinary library.
--
-- A packed file is { module = "k8s.audit" ("" is the script), name = "k8s/audit.lua", text = … }.

local bundle = {}

local MAGIC = "LUREPACK"
local HEAD = "<c8I8I8" -- magic; length and checksum of what is behind it
local HEAD_SIZE = HEAD:packsize()
local LENGTHS = "<I4I4I4"
local READABLE = 4 -- PF_R

-- Fields of ELF's headers, in their order (64 bits, little endian).
local FILE = { format = "<c16I2I2I4I8I8I8I4I2I2I2I2I2I2", "ident", "type", "machine", "version", "entry", "phoff",
  "shoff", "flags", "ehsize", "phentsize", "phnum", "shentsize", "shnum", "shstrndx" }
local SEGMENT = { format = "<I4I4I8I8I8I8I8I8", "type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz",
  "align" }
local SECTION = { format = "<I4I4I8I8I8I8I4I4I8I8", "name", "type", "flags", "addr", "offset", "size", "link",
  "info", "addralign", "entsize" }

local machines = { [62] = "x86_64", [183] = "aarch64" }

local function read(data, header, offset)
  local values = table.pack(string.unpack(header.format, data, offset + 1))
  local read_header = { at = offset }
  for i, name in ipairs(header) do read_header[name] = values[i] end
  return read_header
end

local function written(header, values)
  local list = {}
  for i, name in ipairs(header) do list[i] = values[name] end
  return string.pack(header.format, table.unpack(list))
end

local function headers(data, header, first, count, size)
  local list = {}
  for i = 1, count do list[i] = read(data, header, first + (i - 1) * size) end
  return list
end

local function section_named(data, file, wanted)
  local sections = headers(data, SECTION, file.shoff, file.shnum, file.shentsize)
  local names = sections[file.shstrndx + 1]
  for _, section in ipairs(sections) do
    if string.unpack("z", data, names.offset + section.name + 1) == wanted then return section end
  end
end

-- Where the bundle is in a library of ours; nil if this is no such library.
local function find(data)
  if data:sub(1, 6) ~= "\127ELF\2\1" then return nil end
  local file = read(data, FILE, 0)
  local section = section_named(data, file, ".lure_bundle")
  if not section then return nil end
  for _, segment in ipairs(headers(data, SEGMENT, file.phoff, file.phnum, file.phentsize)) do
    if segment.type == 1 and segment.vaddr == section.addr then
      return { section = section, segment = segment, machine = machines[file.machine] }
    end
  end
end

-- FNV-1a, 64 bits.
local function checksum(text)
  local sum = 0xcbf29ce484222325
  for i = 1, #text, 4096 do
    for _, byte in ipairs { text:byte(i, i + 4095) } do sum = (sum ~ byte) * 0x100000001b3 end
  end
  return sum
end

-- What is packed, as it stands behind the head; nil: nothing, or it is damaged, which comes as second answer.
local function content_of(data, place)
  local first = place.section.offset + 1
  if place.segment.filesz <= HEAD_SIZE then return nil, false end
  local content = data:sub(first + HEAD_SIZE, first - 1 + place.segment.filesz)
  local found, magic, length, sum = pcall(string.unpack, HEAD, data, first)
  local whole = found and magic == MAGIC and length == place.segment.filesz - HEAD_SIZE and length == #content
    and sum == checksum(content)
  return whole and content or nil, not whole
end

local function replaced(data, at, part) return data:sub(1, at) .. part .. data:sub(at + #part + 1) end

local function encoded(files)
  local parts = {}
  for _, file in ipairs(files) do
    parts[#parts + 1] = LENGTHS:pack(#file.module, #file.name, #file.text) .. file.module .. file.name .. file.text
  end
  return table.concat(parts)
end

-- A copy of the library `data` with the files in it; nil and why not.
function bundle.pack(data, files)
  local found, place = pcall(find, data)
  if not found or not place then return nil, "is no library of lure" end
  if place.segment.filesz > HEAD_SIZE then return nil, "has a script packed in it already" end
  local segment, section = place.segment, place.section
  local content = encoded(files)
  content = HEAD:pack(MAGIC, #content, checksum(content)) .. content
  -- a segment's offset and address are equal modulo its alignment
  segment.offset = #data + (segment.vaddr - #data) % segment.align
  segment.filesz, segment.memsz, segment.flags = #content, #content, READABLE
  section.offset, section.size = segment.offset, #content
  data = replaced(data, segment.at, written(SEGMENT, segment))
  data = replaced(data, section.at, written(SECTION, section))
  return data .. ("\0"):rep(segment.offset - #data) .. content
end

local function packed_in(data)
  local place = find(data)
  if not place then return nil end
  local content, damaged = content_of(data, place)
  local files, at = {}, 1
  while content and at <= #content do
    local of_module, of_name, of_text, texts = string.unpack(LENGTHS, content, at)
    local file = {}
    file.module, file.name, file.text, at =
      string.unpack(("c%dc%dc%d"):format(of_module, of_name, of_text), content, texts)
    files[#files + 1] = file
  end
  return files, place.machine, damaged
end

-- What is packed in the library `data`: the list of files, which is empty in one as it is built, and where it
-- is damaged. nil: no library of ours. With it the name of the machine that it is for, and true if damaged.
function bundle.read(data)
  local found, files, machine, damaged = pcall(packed_in, data)
  if found then return files, machine, damaged end
end

return bundle
