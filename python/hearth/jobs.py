"""Jobs on a Hearth server: submit, check, wait, cancel. Needs nothing but the standard library.

from hearth.jobs import Client
client = Client("http://127.0.0.1:15080")
job = client.submit(name="daily", team="data", config={"sql": {"query": "select 1"}}, idempotency_key="daily-2026-01-15")
print(client.wait(job["job_id"])["status"])
"""

from __future__ import annotations

import getpass
import http.client
import json
import os
import ssl
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Client", "Conflict", "InvalidRequest", "JobError", "NotFound", "Refused", "Unavailable"]

FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "LOST"})
DEFAULT_SERVER = "http://127.0.0.1:15080"


class JobError(Exception):
    """What the server refused. `code` is its name ("NOT_FOUND"), `field` the request's wrong field, if it is one."""

    def __init__(self, message: str, code: str = "", field: str | None = None, details: Any = None):
        super().__init__(message)
        self.code = code
        self.field = field
        self.details = details


class InvalidRequest(JobError):
    """A field is wrong or missing."""


class Refused(JobError):
    """No valid token, or another team's job."""


class NotFound(JobError):
    """There is no such job."""


class Conflict(JobError):
    """The idempotency key was used for another request."""


class Unavailable(JobError):
    """The server cannot be reached or is full: the same call later may succeed."""


ERRORS = {
    400: InvalidRequest,
    401: Refused,
    403: Refused,
    404: NotFound,
    409: Conflict,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


class Client:
    """Calls one server; may be used by several threads. Jobs, events and answers are dicts as the REST door gives them.

    `server` defaults to the variable HEARTH_SERVER, then http://127.0.0.1:15080; `token` to HEARTH_TOKEN; `ca_file` (PEM,
    vouches for the server) to HEARTH_CA_FILE. `timeout` is in seconds, for each call. `retry_seconds`: so long a call is
    tried again while the server is unavailable; submissions only with an idempotency key, because without one a second
    try could make a second job.
    """

    def __init__(
        self,
        server: str | None = None,
        token: str | None = None,
        *,
        ca_file: str | None = None,
        timeout: float = 30,
        retry_seconds: float = 10,
    ):
        address = urllib.parse.urlsplit(server or os.environ.get("HEARTH_SERVER") or DEFAULT_SERVER)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"{server!r} is no http:// or https:// address")
        self._address = address
        self._token = token or os.environ.get("HEARTH_TOKEN")
        self._timeout = timeout
        self._retry_seconds = retry_seconds
        self._tls = None
        if address.scheme == "https":
            self._tls = ssl.create_default_context(cafile=ca_file or os.environ.get("HEARTH_CA_FILE"))

    def submit(
        self,
        *,
        name: str | None = None,
        team: str | None = None,
        config: Mapping[str, Any] | None = None,
        manifest: str | None = None,
        idempotency_key: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Submits a job: `config` as in the REST door's description, or a SparkJob manifest as YAML text.

        `more` are the request's other fields: user (else who runs this program), environment, parameters, callback_url, priority. Returns job_id, status and
        whether it is a duplicate.
        """
        request = {
            "name": name,
            "team": team,
            "config": config,
            "manifest": manifest,
            "idempotency_key": idempotency_key,
            "user": getpass.getuser(),
            **more,
        }
        body = {key: value for key, value in request.items() if value is not None}
        return self._call("POST", "/api/v1/jobs", body=body, repeatable=bool(idempotency_key))

    def check(self, job_id: str, *, brief: bool = False) -> dict[str, Any]:
        """The job with its attempts and specification; `brief` leaves these out."""
        return self._call("GET", self._path(job_id), {"brief": "true"} if brief else {})

    def cancel(self, job_id: str, *, reason: str = "", team: str = "") -> dict[str, Any]:
        """Asks for the end; "success" is False when the job had ended before."""
        return self._call("DELETE", self._path(job_id), {"reason": reason, "team": team})

    def list(self, *, limit: int | None = None, **filters: Any) -> Iterator[dict[str, Any]]:
        """Jobs, newest first, page by page. Filters: team, status, name, environment, idempotency_key."""
        token = ""
        while True:
            size = 100 if limit is None else min(limit, 1000)
            if size <= 0:
                return
            page = self._call("GET", "/api/v1/jobs", {**filters, "limit": str(size), "page_token": token})
            yield from page["jobs"]
            token = page["next_page_token"]
            limit = None if limit is None else limit - len(page["jobs"])
            if not token:
                return

    def events(self, job_id: str, after_sequence: int = 0) -> list[dict[str, Any]]:
        """What happened to the job, oldest first."""
        query = {"after_sequence": str(after_sequence)} if after_sequence else {}
        return self._call("GET", self._path(job_id, "/events"), query)["events"]

    def logs(self, job_id: str, *, tail_lines: int = 0, attempt: int = 0, follow: bool = False) -> Iterator[str]:
        """The driver's log, line by line; with `follow` until the job has ended."""
        query = {
            "tail_lines": str(tail_lines) if tail_lines else "",
            "attempt": str(attempt) if attempt else "",
            "follow": "true" if follow else "",
        }
        connection = self._connect(None if follow else self._timeout)
        try:
            response = self._send(connection, "GET", self._path(job_id, "/logs"), query, None, "text/plain")
            rest = b""
            try:
                while piece := response.read1(1 << 16):
                    *lines, rest = (rest + piece).split(b"\n")
                    yield from (line.decode(errors="replace") for line in lines)
            except (http.client.HTTPException, OSError) as error:
                raise Unavailable(f"the log broke off: {error}", "UNAVAILABLE") from error
            if rest:
                yield rest.decode(errors="replace")
        finally:
            connection.close()

    def wait(self, job_id: str, *, timeout: float | None = None, poll_seconds: float = 1) -> dict[str, Any]:
        """Returns the job once it has ended, however it ended; raises TimeoutError after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.check(job_id, brief=True)["status"] not in FINAL:
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"job {job_id} has not ended within {timeout} s")
            time.sleep(poll_seconds)
        return self.check(job_id)

    @staticmethod
    def _path(job_id: str, rest: str = "") -> str:
        if not job_id:
            raise ValueError("a job's id is needed")
        return f"/api/v1/jobs/{urllib.parse.quote(job_id, safe='')}{rest}"

    def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None, repeatable: bool = True
    ) -> dict[str, Any]:
        deadline = time.monotonic() + (self._retry_seconds if repeatable else 0)
        pause = 0.1
        while True:
            connection = self._connect(self._timeout)
            try:
                response = self._send(connection, method, path, query or {}, body, "application/json")
                return json.loads(response.read())
            except Unavailable:
                if time.monotonic() + pause >= deadline:
                    raise
            except (http.client.HTTPException, OSError) as error:
                if time.monotonic() + pause >= deadline:
                    raise Unavailable(f"{self._address.netloc} did not answer: {error}", "UNAVAILABLE") from error
            finally:
                connection.close()
            time.sleep(pause)
            pause = min(pause * 2, 2)

    def _connect(self, timeout: float | None) -> http.client.HTTPConnection:
        host, port = self._address.hostname, self._address.port
        if self._tls:
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        return http.client.HTTPConnection(host, port, timeout=timeout)

    def _send(self, connection, method: str, path: str, query: Mapping[str, str], body: Any, accept: str):
        headers = {"Accept": accept}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        given = urllib.parse.urlencode({key: value for key, value in query.items() if value not in ("", None)})
        target = self._address.path.rstrip("/") + path + (f"?{given}" if given else "")
        connection.request(method, target, body=data, headers=headers)
        response = connection.getresponse()
        if response.status >= 300:
            raise self._error(response)
        return response

    @staticmethod
    def _error(response: http.client.HTTPResponse) -> JobError:
        kind = ERRORS.get(response.status, JobError)
        try:
            error = json.loads(response.read())["error"]
        except (ValueError, KeyError, TypeError):
            return kind(f"the server answered with HTTP status {response.status}")
        return kind(error["message"], error["code"], error.get("field"), error.get("details"))
