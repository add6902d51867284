"""A client that sends bytes as it is told, for the specs of lure.http.serve.

raw.py [--tls CA NAME [CERT KEY] --] SOCKET STEP...: connects to a unix socket and does what the steps say, then prints what was received.
  TEXT     sends it; \\r, \\n, \\0 and \\xNN are escapes
  *N TEXT  sends it N times
  ,S TEXT  sends it byte by byte, S seconds between two; ends when the other end closes
  <        receives until the other end closes
  <TEXT    receives until it has come
  |        closes our half
"""
import socket, ssl, sys, time

words, secure = sys.argv[1:], []
if words[0] == "--tls":
    secure = words[1:words.index("--")]
    words = words[words.index("--") + 1:]
deadline = time.monotonic() + 60
while True:
    stream = socket.socket(socket.AF_UNIX)
    try:
        stream.connect(words[0])
        break
    except (FileNotFoundError, ConnectionRefusedError):  # the server has not begun yet
        if time.monotonic() > deadline:
            raise
        time.sleep(0.01)
if secure:
    context = ssl.create_default_context(cafile=secure[0])
    if len(secure) > 2:
        context.load_cert_chain(secure[2], secure[3])
    try:
        stream = context.wrap_socket(stream, server_hostname=secure[1])
    except (ssl.SSLError, OSError) as problem:
        sys.exit("TLS: %s" % problem)
received = b""


def receive(until):
    global received
    while until is None or until not in received:
        try:
            part = stream.recv(65536)
        except (ConnectionError, ssl.SSLError) as problem:
            received += b"" if isinstance(problem, ConnectionError) else str(problem).encode()
            break
        if part == b"":
            break
        received += part


def escaped(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


for step in words[1:]:
    try:
        if step == "|":
            stream.shutdown(socket.SHUT_WR)
        elif step.startswith("<"):
            receive(escaped(step[1:]) or None)
        elif step.startswith("*"):
            count, text = step[1:].split(" ", 1)
            stream.sendall(escaped(text) * int(count))
        elif step.startswith(","):
            pause, text = step[1:].split(" ", 1)
            for byte in escaped(text):
                stream.sendall(bytes([byte]))
                time.sleep(float(pause))
        else:
            stream.sendall(escaped(step))
    except (BrokenPipeError, ConnectionResetError):
        receive(None)
        break
sys.stdout.buffer.write(received)
