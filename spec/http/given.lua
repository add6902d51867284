--- What the specs of lure.http share: a web server, certificates, and plugins that ask it.

local given = require "spec.given"
local support = require "spec.support"

local source = os.getenv("LURE_SOURCE") or "."
local http = { source = source }

--- A folder with an authority (ca.pem), and certificates by it: good, wrong (another name), expired, sha1, weak (RSA of 1024 bits),
--- person (for a client), stranger (by nobody).
function http.certificates()
  local folder = support.folder() .. "/certificates"
  local output, status = support.run(([[mkdir -p %s && cd %s && [ -e done ] && exit 0
    key() { openssl ecparam -name prime256v1 -genkey -noout -out $1.key; }
    sign() { # NAME SUBJECT EXTENSIONS ARGUMENT...
      openssl req -new -key $1.key -subj "$2" -out $1.csr && printf "$3" >$1.ext && name=$1 && shift 3 &&
        openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile $name.ext -out $name.pem "$@"
    }
    here='subjectAltName=DNS:localhost,IP:127.0.0.1'
    key ca && openssl req -x509 -key ca.key -subj "/CN=the authority" -addext keyUsage=critical,keyCertSign,cRLSign \
      -days 30 -out ca.pem &&
      key good && sign good "/CN=localhost" "$here" -days 20 &&
      key wrong && sign wrong "/CN=elsewhere.example" "subjectAltName=DNS:elsewhere.example" -days 20 &&
      key expired && openssl req -new -key expired.key -subj "/CN=localhost" -out expired.csr && printf "$here" >expired.ext &&
      printf '[ca]\ndefault_ca=own\n[own]\ndatabase=list\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key
        default_md=sha256\npolicy=any\nrand_serial=yes\n[any]\ncommonName=supplied\n' >ca.conf && : >list &&
      openssl ca -batch -config ca.conf -startdate 20200101000000Z -enddate 20200102000000Z -in expired.csr \
        -extfile expired.ext -notext -out expired.pem &&
      openssl genrsa -out weak.key 1024 && sign weak "/CN=localhost" "$here" -days 20 &&
      key sha1 && sign sha1 "/CN=localhost" "$here" -days 20 -sha1 &&
      key person && sign person "/CN=a person" "extendedKeyUsage=clientAuth" -days 20 &&
      key stranger && openssl req -x509 -key stranger.key -subj "/CN=localhost" -addext "$here" -days 20 -out stranger.pem &&
      touch done]]):format(support.quote(folder), support.quote(folder)))
  assert(status == 0, output)
  return folder
end

--- Starts the server. Returns the ports by name, `folder`, and `stop`.
function http.server(with_certificates)
  local folder = with_certificates and http.certificates() or support.folder()
  local fifo = support.folder() .. "/server.stdin"
  support.run(("rm -f %s; mkfifo %s"):format(support.quote(fifo), support.quote(fifo)))
  local output = io.popen(("exec env -u LD_PRELOAD PATH=/usr/bin:$PATH python3 %s/spec/http/server.py %s <%s"):format(
    support.quote(source), support.quote(folder), support.quote(fifo)))
  local hold = assert(io.open(fifo, "w"))
  local server = { folder = folder }
  for line in output:lines() do
    local name, port = line:match("^(%w+) (%d+)$")
    if name then server[name] = math.tointeger(port) end
    if line == "ready" then break end
  end
  assert(server.http, "the server did not start")
  function server.stop()
    hold:close()
    output:close()
  end
  return server
end

--- A plugin state whose instance has `next` with this body; HTTP, OTHER, … and FOLDER stand for the server's.
function http.open(server, body, options)
  body = body:gsub("%$(%w+)", function(name)
    return tostring(server[name] or error("no " .. name))
  end)
  options = options or {}
  options.config = options.config or '{"lure": {"max_errors": 1}}'
  return given.opened(given.source("next = function()\n" .. body .. "\nend"), options)
end

--- The first payload of that, or the message why there is none.
function http.returned(server, body, options)
  local instance = http.open(server, body, options)
  local rc, events, message
  repeat
    rc, events, message = instance:next_batch()
  until rc ~= "timeout"
  return events and events[1] and events[1].data or message, instance
end

--- A source that serves at a unix socket, `options` (without `listen`) and `handler` as texts of Lua. Returns what `ask` needs.
function http.serving(handler, options)
  local path = support.folder() .. "/" .. #handler .. math.random(1, 1 << 40) .. ".sock"
  local instance = given.opened(given.source(([[batch = { milliseconds = 5 }, next = function()
    lure.http.serve({ listen = "unix://%s", %s }, %s)
    return nil
  end]]):format(path, options or "", handler)), { config = '{"lure": {"max_errors": 1}}' })
  return { instance = instance, path = path }
end

--- Runs a shell command while the instance is asked for events. Returns what it wrote.
function http.while_running(instance, command)
  local path = support.file("", "output")
  os.execute(("{ env -u LD_PRELOAD PATH=/usr/bin:$PATH sh -c %s; echo >%s.done; } >%s 2>&1 &"):format(support.quote(command), path, path))
  repeat
    local rc, _, message = instance:next_batch()
    assert(rc == "success" or rc == "timeout", message)
    local done = io.open(path .. ".done")
  until done and done:close()
  return io.open(path, "rb"):read("a")
end

--- What spec/http/raw.py receives that does these steps. `served.tls`: the arguments of its --tls.
function http.ask(served, ...)
  local words = { "python3", source .. "/spec/http/raw.py" }
  if served.tls then
    table.move({ "--tls", table.unpack(served.tls) }, 1, #served.tls + 1, #words + 1, words)
    words[#words + 1] = "--"
  end
  table.move({ served.path, ... }, 1, select("#", ...) + 1, #words + 1, words)
  for i, word in ipairs(words) do words[i] = support.quote(word) end
  return http.while_running(served.instance, table.concat(words, " "))
end

return http
