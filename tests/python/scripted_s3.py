"""A server that answers as S3 does, with the fault that the name of the bucket asks for; other buckets hold one small object each.

A fault lasts for one driver: drivers tell the server that they begin.
"""

import contextlib
import http.server
import threading

OBJECT = b"one line\n"
NOTHING_BELOW = b"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>"
# As S3 words them. A HEAD's answer has no body, so that clients see only the status.
FAULTS = {
    "denied": (403, "AccessDenied", "Access Denied"),
    "expired": (400, "ExpiredToken", "The provided token has expired."),
    "slow": (503, "SlowDown", "Please reduce your request rate."),
    "no-key": (404, "NoSuchKey", "The specified key does not exist."),
    "no-bucket": (404, "NoSuchBucket", "The specified bucket does not exist"),
}


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        words = path.split("/")
        if words[1] == "driver-begins":
            self.server.drivers[words[2]] = self.server.drivers.get(words[2], 0) + 1
            self.send(204, b"")
        elif words[1] in FAULTS and self.server.drivers.get(words[1], 0) <= 1:
            status, code, message = FAULTS[words[1]]
            text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
            self.send(status, text.encode())
        else:
            self.send(200, NOTHING_BELOW if "list-type" in query else OBJECT)

    do_HEAD = do_GET

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT")
        self.send_header("ETag", '"1"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def scripted_s3():
    """The server's address, "http://127.0.0.1:PORT"."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    server.drivers = {}  # bucket -> how many drivers have begun
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
