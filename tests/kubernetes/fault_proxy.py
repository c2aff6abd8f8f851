"""Stands between the backend and an API server and does to their talk what networks and busy servers do.

Plain HTTP on the side of the backend. Each request goes through the rules in their order; the first that matches and is not
used up acts. Rules are made by the functions at the end of this file.
"""

import dataclasses
import http.client
import http.server
import json
import re
import socket
import ssl
import threading
import time
import urllib.parse


@dataclasses.dataclass
class Rule:
    method: str
    pattern: str  # of path and query
    times: int = 1  # how often it acts; below 0: always
    status: int = 0  # answer this without asking the server
    reason: str = ""
    message: str = ""
    retry_after: int = 0
    lose_answer: bool = False  # carried out, but the connection is closed before the answer
    refuse: bool = False  # the connection is closed before anything is carried out
    delay: float = 0  # seconds before the request goes on
    cut_after: int = -1  # of a stream: its events until it is cut in the middle of the next one
    swallow: str = ""  # of a stream: events that match are left out
    pause: float = 0  # of a stream: seconds before each event
    event: dict | None = None  # of a stream: sent instead of all else
    used: int = 0

    def matches(self, method: str, path: str) -> bool:
        return (
            (self.times < 0 or self.used < self.times)
            and self.method == method
            and re.search(self.pattern, path) is not None
        )


class FaultProxy:
    def __init__(self, plane):
        self.plane = plane
        self.rules: list[Rule] = []
        self.requests: list[str] = []  # "GET /path?query"
        self.mutex = threading.Lock()
        self.down = False
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = handle_any

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):  # cut connections are what this is for
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.tls = ssl.create_default_context(cafile=str(plane.folder / "ca.crt"))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def kubeconfig(self, folder) -> str:
        path = folder / f"proxy-{self.plane.name}.kubeconfig"
        document = {
            "current-context": "proxy",
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "token"}}],
            "clusters": [{"name": "proxy", "cluster": {"server": self.url}}],
            "users": [{"name": "token", "user": {"token": self.plane.token}}],
        }
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)

    def add(self, *rules: Rule) -> None:
        with self.mutex:
            self.rules += rules

    def clear(self) -> None:
        with self.mutex:
            self.rules.clear()
            self.requests.clear()

    def count(self, method: str, pattern: str) -> int:
        with self.mutex:
            return sum(1 for r in self.requests if r.startswith(method + " ") and re.search(pattern, r))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def rule_for(self, method: str, path: str) -> Rule | None:
        with self.mutex:
            self.requests.append(f"{method} {path}")
            for rule in self.rules:
                if rule.matches(method, path):
                    rule.used += 1
                    return rule
        return None

    def handle(self, request) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        rule = self.rule_for(request.command, request.path) or Rule("", "")
        if self.down or rule.refuse:
            self.cut(request)
            return
        if rule.delay:
            time.sleep(rule.delay)
        if rule.status:
            self.answer(request, rule)
            return
        url = urllib.parse.urlparse(self.plane.url)
        upstream = http.client.HTTPSConnection(url.hostname, url.port, context=self.tls, timeout=700)
        try:
            headers = {
                k: v for k, v in request.headers.items() if k.lower() in ("authorization", "content-type", "accept")
            }
            upstream.request(request.command, request.path, body or None, headers)
            answer = upstream.getresponse()
            if "watch=true" in request.path and answer.status == 200:
                self.stream(request, answer, rule)
                return
            text = answer.read()
            if rule.lose_answer:
                self.cut(request)
                return
            request.send_response(answer.status)
            for name in ("Content-Type", "Retry-After"):
                if value := answer.headers.get(name):
                    request.send_header(name, value)
            request.send_header("Content-Length", str(len(text)))
            request.end_headers()
            request.wfile.write(text)
        finally:
            upstream.close()

    def answer(self, request, rule: Rule) -> None:
        text = json.dumps(
            {
                "kind": "Status",
                "status": "Failure",
                "code": rule.status,
                "reason": rule.reason,
                "message": rule.message or f"the proxy says {rule.status}",
            }
        ).encode()
        request.send_response(rule.status)
        request.send_header("Content-Type", "application/json")
        if rule.retry_after:
            request.send_header("Retry-After", str(rule.retry_after))
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def stream(self, request, answer, rule: Rule) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        if rule.event is not None:
            self.chunk(request, json.dumps(rule.event).encode() + b"\n")
            request.wfile.write(b"0\r\n\r\n")
            return
        events = 0
        for line in answer:
            if self.down:
                break
            if rule.swallow and re.search(rule.swallow, line.decode()):
                continue
            if rule.pause:
                time.sleep(rule.pause)
            if events == rule.cut_after:
                self.chunk(request, line[: len(line) // 2])
                break
            self.chunk(request, line)
            events += 1
        else:
            request.wfile.write(b"0\r\n\r\n")
            return
        self.cut(request)

    @staticmethod
    def chunk(request, data: bytes) -> None:
        request.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        request.wfile.flush()

    @staticmethod
    def cut(request) -> None:
        request.close_connection = True
        try:
            request.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


APPLICATIONS = r"/sparkapplications(\?|$)"
WATCH = r"/sparkapplications\?.*watch=true"


def refused(
    status: int, reason: str, times: int = 1, method: str = "POST", retry_after: int = 0, message: str = ""
) -> Rule:
    return Rule(method, APPLICATIONS, times, status, reason, message, retry_after)


def lost_answer(times: int = 1) -> Rule:
    return Rule("POST", APPLICATIONS, times, lose_answer=True)


def slow_creation(seconds: float, times: int = 1) -> Rule:
    return Rule("POST", APPLICATIONS, times, delay=seconds)


def cut_watch(after: int, times: int = 1) -> Rule:
    return Rule("GET", WATCH, times, cut_after=after)


def expired_watch(times: int = 1) -> Rule:
    status = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
    return Rule("GET", WATCH, times, event={"type": "ERROR", "object": status})


def slow_watch(seconds: float, times: int = 1) -> Rule:
    return Rule("GET", WATCH, times, pause=seconds)


def swallowed(pattern: str, times: int = 1) -> Rule:
    return Rule("GET", WATCH, times, swallow=pattern)
