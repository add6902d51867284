"""S3, SQS and the services that give keys, for the specs of examples/cloudtrail.lua.

aws.py FOLDER: listens at a free port of 127.0.0.1 and prints it. Each request to S3 and SQS has to be signed (Signature Version 4, checked
by hmac here), by one of the KEYS, for the region eu-central-1, now. FOLDER/buckets/BUCKET/KEY are objects, FOLDER/queues/QUEUE/ID the
bodies of messages. FOLDER/list: what is answered in place of every list. FOLDER/trouble: a status in each line, which the next requests are answered with. FOLDER/log gets a line for each.
"""
import datetime, hashlib, hmac, json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

FOLDER = sys.argv[1]
KEYS = {"AKIDENVIRONMENT": ("secret/of+environment", None), "AKIDFILE": ("secret of a file", "token=of a/file"),
        "AKIDMACHINE": ("secret of the machine", "token of the machine"), "AKIDCONTAINER": ("secret of the container", "its token")}
PAGE = 3  # keys in a page of a list
lock, received = threading.Lock(), set()


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def fault_of(method, target, headers, body, service):
    """Why the signature is none; None: it is one."""
    try:
        algorithm, rest = headers["authorization"].split(" ", 1)
        given = dict(part.split("=", 1) for part in rest.split(", "))
        identity, date, region, of, last = given["Credential"].split("/")
        secret, token = KEYS[identity]
        if (algorithm, region, of, last) != ("AWS4-HMAC-SHA256", "eu-central-1", service, "aws4_request"):
            return "scope"
        stamp = headers["x-amz-date"]
        age = now() - datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
        if abs(age.total_seconds()) > 900 or stamp[:8] != date:
            return "time"
        if headers.get("x-amz-security-token") != token:
            return "token"
        names = given["SignedHeaders"].split(";")
        if not {"host", *(name for name in headers if name.startswith("x-amz-"))} <= set(names):
            return "headers"
        hashed = hashlib.sha256(body).hexdigest()
        if service == "s3" and headers["x-amz-content-sha256"] != hashed:
            return "body"
        parts = urlsplit(target)
        query = sorted(tuple(unquote(half) for half in (pair + "=").split("=")[:2]) for pair in parts.query.split("&") if pair)
        canonical = "\n".join([method, quote(unquote(parts.path), safe="/~"),
                               "&".join(quote(name, safe="~") + "=" + quote(value, safe="~") for name, value in query)] +
                              ["%s:%s" % (name, " ".join(headers[name].split())) for name in names] +
                              ["", ";".join(names), hashed])
        text = "\n".join([algorithm, stamp, "/".join([date, region, of, last]), hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + secret).encode()
        for part in (date, region, of, last):
            key = digest(key, part)
        return None if hmac.compare_digest(digest(key, text).hex(), given["Signature"]) else "signature"
    except (KeyError, ValueError) as problem:
        return repr(problem)


def keys_of(identity):
    ends = now() + datetime.timedelta(hours=6)
    return {"Code": "Success", "AccessKeyId": identity, "SecretAccessKey": KEYS[identity][0], "Token": KEYS[identity][1],
            "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}


def objects_of(bucket):
    top = os.path.join(FOLDER, "buckets", bucket)
    return sorted(os.path.relpath(os.path.join(path, name), top) for path, _, names in os.walk(top) for name in names)


def listing(bucket, query):
    instead = os.path.join(FOLDER, "list")
    if os.path.exists(instead):
        return open(instead, encoding="utf-8").read()
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    after = query.get("continuation-token", "token <>&").replace("token <>&", "", 1) or query.get("start-after", "")
    found, shown = [], []
    for key in objects_of(bucket):
        if key.startswith(prefix):
            rest = key[len(prefix):]
            common = prefix + rest[:rest.index(delimiter) + 1] if delimiter and delimiter in rest else None
            if (common or key) > after and (common or key) not in found:
                found.append(common or key)
    for name in found[:PAGE]:
        text = escape(quote(name, safe="/").replace("%20", "+"))
        shown.append("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>" % text if delimiter and name.endswith(delimiter) else
                     "<Contents><Key>%s</Key><Size>1</Size></Contents>" % text)
    if len(found) > PAGE:
        shown.append("<NextContinuationToken>%s</NextContinuationToken>" % escape("token <>&" + found[PAGE - 1]))
    return '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>%s</ListBucketResult>' % "".join(shown)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20  # head and body are sent at once, or the second waits for the first to be acknowledged

    def answer(self, status, body, *headers):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in headers + (("Content-Length", str(len(body))), ("Retry-After", "0")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def note(self, *words):
        with lock, open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as log:
            log.write(" ".join(words) + "\n")

    def trouble(self):
        path = os.path.join(FOLDER, "trouble")
        with lock:
            lines = open(path, encoding="utf-8").read().split() if os.path.exists(path) else []
            if lines:
                open(path, "w", encoding="utf-8").write("\n".join(lines[1:]))
        return int(lines[0]) if lines else None  # 0: this one is answered

    def refused(self, service, body=b""):
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, fault = self.trouble(), fault_of(self.command, self.path, headers, body, service)
        if not status and not fault:
            return False
        self.note("refused", str(status or fault))
        if service == "s3":
            self.answer(status or 403, "<Error><Code>%s</Code><Message>no: %s</Message></Error>" % (
                "SlowDown" if status else "SignatureDoesNotMatch", fault), ("x-amz-bucket-region", "eu-west-9"))
        else:
            self.answer(status or 403, json.dumps({"__type": "com.amazon#Denied", "message": "no: %s" % fault}))
        return True

    def do_GET(self):
        if self.path.startswith("/latest/meta-data/"):
            if self.headers["X-aws-ec2-metadata-token"] != "a session":
                self.answer(401, "")
            elif self.path.endswith("/security-credentials/"):
                self.answer(200, "a-role\n")
            else:
                self.answer(200, json.dumps(keys_of("AKIDMACHINE")) if self.path.endswith("/a-role") else "")
        elif self.path == "/container":
            allowed = self.headers["Authorization"] == "the container"
            self.answer(200 if allowed else 403, json.dumps(keys_of("AKIDCONTAINER")) if allowed else "")
        elif not self.refused("s3"):
            parts = urlsplit(self.path)
            bucket, key = unquote(parts.path)[1:].split("/", 1)
            identity = self.headers["Authorization"].split("=")[1].split("/")[0]
            if not key:
                query = dict(pair.split("=", 1) for pair in parts.query.split("&"))
                query = {name: unquote(value) for name, value in query.items()}
                self.note("list", identity, bucket, query.get("prefix", ""), query.get("start-after", ""))
                self.answer(200, listing(bucket, query))
                return
            self.note("get", identity, bucket, key)
            if key not in objects_of(bucket) or not os.path.exists(os.path.join(FOLDER, "buckets", bucket, key)):
                self.answer(404, "<Error><Code>NoSuchKey</Code><Message>The key &amp; all</Message></Error>")
                return
            with open(os.path.join(FOLDER, "buckets", bucket, key), "rb") as file:
                unpack = "encoded" in key  # as CloudTrail's objects have it, though who asks may not know
                self.answer(200, file.read(), *((("Content-Encoding", "gzip"),) if unpack else ()))

    def do_PUT(self):
        self.answer(200, "a session" if self.headers["X-aws-ec2-metadata-token-ttl-seconds"] else "")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.refused("sqs", body):
            return
        action, values = self.headers["X-Amz-Target"].split(".")[1], json.loads(body)
        assert self.headers["Content-Type"] == "application/x-amz-json-1.0"
        if action == "GetQueueUrl":
            owner = values.get("QueueOwnerAWSAccountId", "own")
            there = os.path.isdir(os.path.join(FOLDER, "queues", values["QueueName"]))
            self.note(action, values["QueueName"], owner)
            self.answer(200 if there else 400, json.dumps({"QueueUrl": "https://sqs/" + values["QueueName"]} if there else
                        {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no such queue"}))
            return
        folder = os.path.join(FOLDER, "queues", values["QueueUrl"].rsplit("/", 1)[1])
        if action == "DeleteMessage":
            self.note(action, values["ReceiptHandle"])
            os.remove(os.path.join(folder, values["ReceiptHandle"]))
            self.answer(200, "")
            return
        with lock:
            names = [name for name in sorted(os.listdir(folder)) if name not in received][:values["MaxNumberOfMessages"]]
            received.update(names)
        messages = [{"MessageId": name, "ReceiptHandle": name, "Body": open(os.path.join(folder, name), encoding="utf-8").read()}
                    for name in names]
        if names:
            self.note(action, *names)
        self.answer(200, json.dumps({"Messages": messages} if messages else {}))

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
