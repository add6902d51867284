-- Events of the kernel as bytes: what libscap's engine "test_input" is given.
local kernel = {}

kernel.OPEN_X, kernel.CLOSE_X, kernel.CONNECT_X = 3, 5, 23

--- One event: header, lengths of 16 bits, parameters.
function kernel.event(number, type, tid, params)
  local lengths = {}
  for i, bytes in ipairs(params) do lengths[i] = ("<I2"):pack(#bytes) end
  local body = table.concat(lengths) .. table.concat(params)
  return ("<I8I8I4I2I4"):pack(1700000000000000000 + number * 1000000, tid, 26 + #body, type, #params) .. body
end

--- The exit of an open that went well.
function kernel.open(number, tid, name, fd)
  return kernel.event(number, kernel.OPEN_X, tid, { ("<i8"):pack(fd or 3), name .. "\0", ("<I4"):pack(1),
    ("<I4"):pack(0), ("<I4"):pack(0), ("<I8"):pack(0) })
end

function kernel.close(number, tid, fd)
  return kernel.event(number, kernel.CLOSE_X, tid, { ("<i8"):pack(0), ("<i8"):pack(fd) })
end

return kernel
