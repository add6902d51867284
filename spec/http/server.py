"""A web server that does what servers should not do, for the specs of lure.http.

server.py FOLDER: listens at free ports of 127.0.0.1 (and ::1 for the first, if there is one), prints "NAME PORT" lines and "ready", and ends
when its standard input does. FOLDER has the certificates that spec/http/given.lua makes.
"""
import gzip, json, os, socket, ssl, sys, threading, time
from urllib.parse import urlsplit, unquote

FOLDER = sys.argv[1]
lock, connections, counts = threading.Lock(), 0, {}


def answer(status, body=b"", headers=(), length=True):
    lines = ["HTTP/1.1 %d %s" % (status, "Reason")] + ["%s: %s" % header for header in headers]
    if length:
        lines.append("Content-Length: %d" % len(body))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def counted(key):
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key]


def echo(request, number):
    return answer(200, json.dumps(dict(
        method=request["method"], target=request["target"], headers=request["headers"], list=request["list"],
        body=request["body"].decode("latin-1"), connection=number)).encode(), [("Content-Type", "application/json")])


def reply(stream, request, number):
    """Sends the answer; false: the connection is to be closed."""
    parts = urlsplit(request["target"]).path.strip("/").split("/")
    query = dict(pair.split("=", 1) for pair in urlsplit(request["target"]).query.split("&") if "=" in pair)
    what, value = parts[0], parts[1] if len(parts) > 1 else ""
    if what == "echo":
        stream.sendall(echo(request, number))
    elif what == "status":
        stream.sendall(answer(int(value), b"said " + value.encode()))
    elif what == "to":  # /to/STATUS?url=…
        stream.sendall(answer(int(value), b"", [("Location", unquote(query["url"]))]))
    elif what == "loop":
        stream.sendall(answer(302, b"", [("Location", "/loop")]))
    elif what == "busy":  # /busy/TIMES/STATUS/KEY?after=…
        if counted(request["target"]) <= int(value):
            stream.sendall(answer(int(parts[2]), b"busy", [("Retry-After", unquote(query["after"]))] if "after" in query else []))
        else:
            stream.sendall(answer(200, b"%d" % counts[request["target"]]))
    elif what == "dies":  # /dies/TIMES/KEY: closes the connection without a word
        if counted(request["target"]) <= int(value):
            return False
        stream.sendall(answer(200, b"alive"))
    elif what == "gzip":
        stream.sendall(answer(200, gzip.compress(b"packed " * 1000), [("Content-Encoding", "gzip")]))
    elif what == "bomb":
        stream.sendall(answer(200, gzip.compress(b"\0" * int(value)), [("Content-Encoding", "gzip")]))
    elif what == "badgzip":
        stream.sendall(answer(200, b"no gzip at all", [("Content-Encoding", "gzip")]))
    elif what == "chunked":
        stream.sendall(answer(200, b"", [("Transfer-Encoding", "chunked")], False))
        for part in (b"one ", b"two ", b"three"):
            stream.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            time.sleep(0.01)
        stream.sendall(b"0\r\n\r\n")
    elif what == "cut":
        stream.sendall(answer(200, b"", [("Content-Length", "100")], False) + b"ten bytes!")
        return False
    elif what == "big":
        stream.sendall(answer(200, b"x" * int(value)))
    elif what == "stall":
        counted("stalled")
        stream.recv(1)  # until the client gives up
        counted("left")
        return False
    elif what == "count":
        stream.sendall(answer(200, b"%d" % counts.get(value, 0)))
    elif what == "slow":  # /slow/SECONDS
        time.sleep(float(value))
        stream.sendall(answer(200, b"slow"))
    elif what == "meet":  # /meet/NUMBER/KEY: answers once so many are there
        counted(request["target"])
        while counts[request["target"]] < int(value):
            time.sleep(0.005)
        stream.sendall(answer(200, b"met"))
    elif what == "drip":
        stream.sendall(answer(200, b"", [("Content-Length", "1000000")], False))
        while True:
            stream.sendall(b"x")
            time.sleep(0.02)
    elif what == "headers":
        stream.sendall(answer(200, b"", [("X-Many", "a"), ("x-many", "b"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
                                         ("X-Latin", "caf\xe9"), ("X-Empty", "")]))
    elif what == "longheader":
        stream.sendall(answer(200, b"", [("X-%d" % i, "y" * 1000) for i in range(int(value))]))
    elif what == "garbage":
        stream.sendall(b"this is no HTTP\r\n\r\n")
        return False
    elif what == "early":
        stream.sendall(b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n" + answer(200, b"late"))
    elif what == "closes":
        stream.sendall(answer(200, b"bye", [("Connection", "close")]))
        return False
    elif what == "json":
        stream.sendall(answer(200, b'{"a": [1, 2, {"b": null}]}'))
    elif what == "peer":  # whose certificate it was
        certificate = stream.getpeercert() if isinstance(stream, ssl.SSLSocket) else None
        stream.sendall(answer(200, json.dumps(certificate).encode()))
    elif request["target"].startswith("http://"):  # we are asked as a proxy
        stream.sendall(echo(request, number))
    else:
        stream.sendall(answer(404, b"nothing here"))
    return True


def read_request(file):
    line = file.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers, names = {}, []
    while True:
        text = file.readline().decode("latin-1").rstrip("\r\n")
        if text == "":
            break
        name, value = text.split(":", 1)
        headers[name.lower()] = value.strip()
        names.append(text)
    body = file.read(int(headers.get("content-length", "0")))
    return dict(method=line[0], target=line[1], headers=headers, list=names, body=body)


def serve(stream, number, context):
    try:
        if context is not None:
            stream = context.wrap_socket(stream, server_side=True)
        file = stream.makefile("rb")
        while True:
            request = read_request(file)
            if request is None or not reply(stream, request, number):
                break
        file.close()
    except (OSError, ValueError):
        pass
    finally:
        try:
            stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        stream.close()


def listen(name, context=None, family=socket.AF_INET, address="127.0.0.1", port=0):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(1000)

    def accept():
        global connections
        while True:
            stream, _ = listener.accept()
            with lock:
                connections += 1
                number = connections
            threading.Thread(target=serve, args=(stream, number, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(name, listener.getsockname()[1])


def tls(name, client=False, most=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # or it refuses the weak one itself
    context.load_cert_chain(os.path.join(FOLDER, name + ".pem"), os.path.join(FOLDER, name + ".key"))
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(os.path.join(FOLDER, "ca.pem"))
    if most:
        context.maximum_version = most
    return context


listen("http")
listen("other")
if os.path.exists(os.path.join(FOLDER, "good.pem")):
    listen("https", tls("good"))
    listen("tls12", tls("good", most=ssl.TLSVersion.TLSv1_2))
    for kind in ("wrong", "expired", "stranger", "weak", "sha1"):
        listen(kind, tls(kind))
    listen("client", tls("good", client=True))
print("ready", flush=True)
sys.stdin.read()
