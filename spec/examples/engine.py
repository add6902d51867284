"""engine.py SOCKET LOG first|last: answers GET /events at a unix socket as Docker's engine does, one connection after the other.

Writes a line to LOG for each request: its first line and its Host. Ends when all connections of the part were answered.
"""
import json
import os
import socket
import sys

path, log, part = sys.argv[1:]
HEAD = (b"HTTP/1.1 200 OK\r\nApi-Version: 1.43\r\nContent-Type: application/json\r\nDocker-Experimental: false\r\n"
        b"Ostype: linux\r\nServer: Docker/24.0.7 (linux)\r\nDate: Sun, 29 Nov 2026 14:17:31 GMT\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n")
FIRST = 1795961851000000000
ID = "4f7c0d2e9a61b85f" * 4


def event(number, kind, action, identity, **attributes):
    text = json.dumps({"status": action, "id": identity, "from": attributes.get("image"), "Type": kind,
                       "Action": action, "Actor": {"ID": identity, "Attributes": attributes}, "scope": "local",
                       "time": (FIRST + number) // 10**9, "timeNano": FIRST + number}, separators=(",", ":"))
    return text.encode() + b"\n"


def chunks(*parts):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


started = event(2, "container", "start", ID, image="alpine", name="eager_hopper", **{"com.example.team": "x" * 9000})
connections = [
    # an event in a chunk, one that goes on in others, two in one; then the engine is killed
    HEAD + chunks(event(1, "image", "pull", "alpine:latest", name="alpine"), started[:4096], started[4096:8192], started[8192:],
                  event(3, "container", "exec_start: /bin/sh -c id", ID, image="alpine", name="eager_hopper", execID="1f") +
                  event(4, "network", "connect", "9b1", container=ID, name="bridge", type="bridge")) + b"1a",
    # an engine that is starting
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
    # one that is stopped
    HEAD + chunks(event(1000000005, "container", "die", ID, image="alpine", name="eager_hopper", exitCode="137")) + b"0\r\n\r\n",
    # and, for the next start of the host
    HEAD + chunks(event(2000000006, "container", "destroy", ID, image="alpine", name="eager_hopper")),
]
server = socket.socket(socket.AF_UNIX)
server.bind(path + ".new")
server.listen()
os.rename(path + ".new", path)
with open(log, "a", encoding="utf-8") as requests:
    for answer in connections[:-1] if part == "first" else connections[-1:]:
        connection, _ = server.accept()
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += connection.recv(65536)
        requests.write(" ".join(request.decode().split("\r\n")[:2]) + "\n")
        requests.flush()
        connection.sendall(answer)
        connection.close()
