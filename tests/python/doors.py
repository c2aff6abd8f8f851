"""A server with its doors for jobs, and plain HTTP calls to them."""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import subprocess


@dataclasses.dataclass
class Doors:
    process: subprocess.Popen
    http: str = ""  # "127.0.0.1:12345"
    control: str = ""
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.http}"

    def call(self, method: str, path: str, body=None, headers=None, token: str | None = None):
        """(status, parsed JSON or text, headers) of one request on a connection of its own."""
        connection = http.client.HTTPConnection(self.http, timeout=30)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return response.status, json.loads(data) if is_json and data else data.decode(), response.headers


@contextlib.contextmanager
def open_doors(binary: pathlib.Path, folder: pathlib.Path, *arguments: str):
    """Starts `hearth serve` with both doors on free ports of loopback; `arguments` may say otherwise."""
    given = {
        "--listen": "127.0.0.1:0",
        "--http": "127.0.0.1:0",
        "--control": "127.0.0.1:0",
        "--warehouse": str(folder / "warehouse"),
        "--jobs-dir": str(folder / "jobs"),
    }
    given.update(zip(arguments[::2], arguments[1::2], strict=True))
    command = [str(binary), "serve", *(word for pair in given.items() for word in pair)]
    wanted = sum(given[door] != "off" for door in ("--http", "--control"))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    doors = Doors(process)
    try:
        for _ in range(1 + wanted):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(process.stderr.read())
            address = line.split()[-1]
            if line.startswith("Jobs over REST"):
                doors.scheme, _, doors.http = address.partition("://")
            if line.startswith("Jobs over gRPC"):
                doors.control = address
        yield doors
    finally:
        runs = process.poll() is None  # and was not ended by the test
        process.terminate()
        try:
            _, said = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
    if runs and process.returncode != 0:
        raise RuntimeError(f"the server ended with {process.returncode}: {said[-8000:]}")


def sql_job(name: str = "numbers", team: str = "team-a", query: str = "select 1", **more) -> dict:
    return {"name": name, "team": team, "user": "anna", "config": {"sql": {"query": query}}, **more}
