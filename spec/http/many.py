"""Many connections at once, for the specs of lure.http.serve: many.py SOCKET COUNT

Opens COUNT connections to a unix socket, and one more. Sends half a request on each; when all are open the rest, and waits for every
answer. The last connection must have none until another one is closed.
"""
import socket, sys, time

PATH, COUNT = sys.argv[1], int(sys.argv[2])


def connected():
    while True:
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(60)
        try:
            stream.connect(PATH)
            return stream
        except (FileNotFoundError, ConnectionRefusedError, BlockingIOError):
            stream.close()  # it does not listen yet, or its queue is full
            time.sleep(0.01)


def answer(stream):
    received = b""
    while b"\r\n\r\n" not in received or len(received.split(b"\r\n\r\n", 1)[1]) < int(received.split(b"Content-Length: ")[1].split(b"\r\n")[0]):
        part = stream.recv(65536)
        if part == b"":
            sys.exit("a connection was closed behind %r" % received)
        received += part
    return received.split(b"\r\n\r\n", 1)[1].decode()


streams = []
for i in range(COUNT):
    stream = connected()
    stream.sendall(b"GET /%d HTTP/1.1\r\nHo" % i)
    streams.append(stream)
late = connected()
late.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
for round in ("", "?again"):  # the second time on connections that were used
    for i, stream in enumerate(streams):
        stream.sendall(b"st: x\r\n\r\nGET /%d HTTP/1.1\r\nHo" % i if round == "" else b"st: x\r\n\r\n")
    answers = [answer(stream) for stream in streams]
    if answers != ["/%d" % i for i in range(COUNT)]:
        sys.exit("wrong answers: %r" % answers)
late.settimeout(0.3)
try:
    sys.exit("the connection beyond the limit got %r" % late.recv(100))
except socket.timeout:
    pass
late.settimeout(60)
streams.pop().close()
if answer(late) != "/late":
    sys.exit("a wrong answer")
print("%d answers; the one that waited has its own" % COUNT)
