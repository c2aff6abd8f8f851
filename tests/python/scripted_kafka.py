"""A broker of Kafka as far as a reader's planning goes: one topic of one partition, whose records are all gone up to LATEST."""

import contextlib
import socketserver
import struct

from scripted_services import running

TOPIC = "orders"
LATEST = 5
METADATA, LIST_OFFSETS, API_VERSIONS = 3, 2, 18
# The one version of each call that it speaks.
VERSIONS = {METADATA: 4, LIST_OFFSETS: 1, API_VERSIONS: 0}
UNSUPPORTED_VERSION = 35


def text(value: str) -> bytes:
    return struct.pack(">h", len(value)) + value.encode()


def array(*items: bytes) -> bytes:
    return struct.pack(">i", len(items)) + b"".join(items)


def api_versions(version: int, _port: int) -> bytes:
    # Clients ask in their own newest version first, and again in the oldest when that is refused.
    error = 0 if version == 0 else UNSUPPORTED_VERSION
    return struct.pack(">h", error) + array(*(struct.pack(">hhh", key, v, v) for key, v in VERSIONS.items()))


def metadata(_version: int, port: int) -> bytes:
    broker = struct.pack(">i", 0) + text("127.0.0.1") + struct.pack(">ih", port, -1)
    here = array(struct.pack(">i", 0))
    partition = struct.pack(">hii", 0, 0, 0) + here + here
    topic = struct.pack(">h", 0) + text(TOPIC) + b"\0" + array(partition)
    return struct.pack(">i", 0) + array(broker) + text("scripted") + struct.pack(">i", 0) + array(topic)


def list_offsets(_version: int, _port: int) -> bytes:
    return array(text(TOPIC) + array(struct.pack(">ihqq", 0, 0, -1, LATEST)))


ANSWERS = {METADATA: metadata, LIST_OFFSETS: list_offsets, API_VERSIONS: api_versions}


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError, struct.error):
            while True:
                (size,) = struct.unpack(">i", self.rfile.read(4))
                key, version, correlation = struct.unpack(">hhi", self.rfile.read(size)[:8])
                body = struct.pack(">i", correlation) + ANSWERS[key](version, self.server.server_address[1])
                self.wfile.write(struct.pack(">i", len(body)) + body)


def scripted_kafka():
    """The broker's address, "127.0.0.1:PORT", for as long as it runs."""
    return running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection))
