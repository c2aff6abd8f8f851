"""Services outside of the platform that answer as the real ones do, with the faults that those cannot be asked for.

A fault lasts for one driver, so that the next attempt finds the service well again: drivers tell that they begin.
"""

import contextlib
import http.server
import json
import socketserver
import threading


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        words = path.split("/")[1:]
        drivers = self.server.drivers
        if words[0] == "driver-begins":
            drivers[words[1]] = drivers.get(words[1], 0) + 1
            self.send(204, b"")
        else:
            self.send(*self.answer(words, query))

    do_HEAD = do_POST = do_GET

    def is_faulty(self, fault: str) -> bool:
        return self.server.drivers.get(fault, 0) <= 1

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


class S3(Service):
    """The bucket's name asks for the fault; other buckets hold one small object under every name."""

    # As S3 words them. A HEAD's answer has no body, so that clients see only the status.
    FAULTS = {
        "denied": (403, "AccessDenied", "Access Denied"),
        "expired": (400, "ExpiredToken", "The provided token has expired."),
        "slow": (503, "SlowDown", "Please reduce your request rate."),
        "no-key": (404, "NoSuchKey", "The specified key does not exist."),
        "no-bucket": (404, "NoSuchBucket", "The specified bucket does not exist"),
    }
    NOTHING_BELOW = b"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>"

    def answer(self, words: list[str], query: str) -> tuple[int, bytes]:
        if words[0] in self.FAULTS and self.is_faulty(words[0]):
            status, code, message = self.FAULTS[words[0]]
            return status, f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        return 200, self.NOTHING_BELOW if "list-type" in query else b"one line\n"


class Iceberg(Service):
    """A REST catalog of Iceberg; commits to the table of a fault's name meet that fault."""

    FAULTS = {
        "conflict": (409, "CommitFailedException", "Requirement failed: the table has changed"),
        "unknown": (500, "InternalServerError", "the catalog's database went away"),
    }
    METADATA = {
        "format-version": 2,
        "table-uuid": "0d1cf10c-6ae5-45dc-9fb6-0a3f9f5bf3a1",
        "location": "file:/nowhere",
        "last-sequence-number": 0,
        "last-updated-ms": 1,
        "last-column-id": 1,
        "current-schema-id": 0,
        "schemas": [
            {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "id", "required": False, "type": "long"}]}
        ],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": []}],
        "last-partition-id": 999,
        "default-sort-order-id": 0,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": {"commit.retry.num-retries": "0"},
        "snapshots": [],
    }

    def answer(self, words: list[str], query: str) -> tuple[int, bytes]:
        if words == ["v1", "config"]:
            return 200, json.dumps({"defaults": {}, "overrides": {}}).encode()
        if self.command == "POST" and words[-1] in self.FAULTS and self.is_faulty(words[-1]):
            status, kind, message = self.FAULTS[words[-1]]
            return status, json.dumps({"error": {"message": message, "type": kind, "code": status}}).encode()
        table = {"metadata-location": "file:/nowhere/1.metadata.json", "metadata": self.METADATA}
        return 200, json.dumps(table).encode()


@contextlib.contextmanager
def running(server: socketserver.ThreadingTCPServer):
    """The server's address, "127.0.0.1:PORT", for as long as it runs."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextlib.contextmanager
def scripted(service: type[Service]):
    """The service's address, "http://127.0.0.1:PORT"."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), service)
    server.drivers = {}  # fault -> how many drivers have begun
    with running(server) as address:
        yield f"http://{address}"
