"""A web service with an audit log in pages, for the specs of examples/poller.lua.

pages.py RATE [TROUBLE]: listens at a free port of 127.0.0.1 and prints it. GET /log?after=ID&limit=N gives the entries behind that one,
with ids from 1 on, of which there are RATE more each second, or RATE in all where it is negative; only to "Bearer the token".
TROUBLE: every so many requests one is answered 429, 503, or not at all.
"""
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

RATE, TROUBLE = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
ACTIONS = [("login", "mona"), ("role.added", "eve/admin"), ("mfa.removed", "hubot")]
begun, requests = time.monotonic(), 0


def entry(number):
    action, target = ACTIONS[number % 3]
    return {"id": number, "at": 1795914000 + number, "user": "user%d" % number, "action": action, "target": target}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20  # head and body are sent at once, or the second waits for the first to be acknowledged

    def answer(self, status, body=b"", *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global requests
        requests += 1
        if TROUBLE and requests % TROUBLE == 0:
            kind = requests // TROUBLE % 3
            if kind == 2:
                self.close_connection = True
                return
            self.answer(429 if kind else 503, b"later", ("Retry-After", "0"))
            return
        if self.headers["Authorization"] != "Bearer the token":
            self.answer(401, b"who are you?")
            return
        query = parse_qs(urlsplit(self.path).query)
        after, limit = int(query["after"][0]), int(query["limit"][0])
        there = -RATE if RATE < 0 else int((time.monotonic() - begun) * RATE)
        last = min(there, after + limit)
        page = {"entries": [entry(i) for i in range(after + 1, last + 1)], "more": last < there}
        self.answer(200, json.dumps(page).encode(), ("Content-Type", "application/json"))

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
