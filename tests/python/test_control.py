"""The control API of a running server: REST and gRPC, whole, broken and slow clients."""

import base64
import concurrent.futures
import functools
import hmac
import http.client
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time

import grpc
import pytest
from conftest import ROOT, full_run
from doors import open_doors, sql_job

TOKENS = {"a": "token-of-anna-0123456789", "b": "token-of-ben-0123456789"}


@pytest.fixture(scope="module")
def doors(binary, tmp_path_factory):
    with open_doors(binary, tmp_path_factory.mktemp("doors")) as server:
        yield server


@pytest.fixture(scope="module")
def guarded(binary, tmp_path_factory):
    """A server that wants tokens."""
    folder = tmp_path_factory.mktemp("guarded")
    tokens = folder / "tokens"
    tokens.write_text(f"{TOKENS['a']} anna team-a\n{TOKENS['b']} ben team-b\n")
    with open_doors(binary, folder, "--tokens", str(tokens)) as server:
        yield server


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    """The modules that protoc generates from control.proto."""
    folder = tmp_path_factory.mktemp("stubs")
    protos = ROOT / "src" / "contract" / "proto"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{protos}",
            f"--python_out={folder}",
            f"--grpc_python_out={folder}",
            "hearth/control/v1/control.proto",
        ],
        check=True,
    )
    # The package `hearth` is the product's own: the generated one gets a name of its own.
    grpc_file = folder / "hearth" / "control" / "v1" / "control_pb2_grpc.py"
    text = grpc_file.read_text().replace("from hearth.control.v1 import control_pb2", "import control_pb2")
    (folder / "control_pb2_grpc.py").write_text(text)
    (folder / "control_pb2.py").write_text((folder / "hearth/control/v1/control_pb2.py").read_text())
    sys.path.insert(0, str(folder))
    import control_pb2
    import control_pb2_grpc

    return control_pb2, control_pb2_grpc


# ---- REST


def test_a_job_is_submitted_once_for_each_key(doors):
    request = sql_job(idempotency_key="once")
    status, first, headers = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202 and first["job_id"] == first["execution_id"], first
    assert headers["X-Request-Id"]
    status, again, _ = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202 and again["job_id"] == first["job_id"] and again["duplicate"] is True
    found = doors.call("GET", "/api/v1/jobs?team=team-a&idempotency_key=once")[1]["jobs"]
    assert [job["job_id"] for job in found] == [first["job_id"]]
    assert doors.call("GET", "/api/v1/jobs?team=team-b&idempotency_key=once")[1]["jobs"] == []
    status, other, _ = doors.call("POST", "/api/v1/jobs", sql_job(query="select 2", idempotency_key="once"))
    assert status == 409 and other["error"]["code"] == "ALREADY_EXISTS"


def test_the_same_key_at_the_same_time_is_one_job(doors):
    def submit(_):
        return doors.call("POST", "/api/v1/jobs", sql_job(name="together", idempotency_key="together"))

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(submit, range(64)))
    assert {status for status, _, _ in answers} == {202}
    assert len({answer["job_id"] for _, answer, _ in answers}) == 1
    assert sum(not answer["duplicate"] for _, answer, _ in answers) == 1


def test_sixteen_clients_at_once(doors):
    def work(client):
        ids = []
        for number in range(10):
            status, answer, _ = doors.call("POST", "/api/v1/jobs", sql_job(idempotency_key=f"c{client}-{number}"))
            assert status == 202
            ids.append(answer["job_id"])
            assert doors.call("GET", f"/api/v1/jobs/{answer['job_id']}")[0] == 200
        return ids

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        ids = [job for ids in pool.map(work, range(16)) for job in ids]
    assert len(set(ids)) == 160


def test_a_job_is_watched_and_cancelled(doors):
    _, answer, _ = doors.call("POST", "/api/v1/jobs", sql_job(name="watched", team="watchers"))
    path = f"/api/v1/jobs/{answer['job_id']}"
    status, job, _ = doors.call("GET", path)
    assert status == 200 and job["name"] == "watched" and job["user"] == "anna" and job["spec"]["name"] == "watched"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", job["submit_time"])
    assert job["logs_url"] == path + "/logs"
    status, page, _ = doors.call("GET", "/api/v1/jobs?team=watchers&limit=1")
    assert [job["job_id"] for job in page["jobs"]] == [answer["job_id"]]
    status, logs, _ = doors.call("GET", path + "/logs?tail_lines=5")
    assert status == 200 and logs["logs_url"] == path + "/logs"
    status, cancelled, _ = doors.call("DELETE", path + "?reason=test")
    assert status == 200 and cancelled["success"] in (True, False)
    deadline = time.monotonic() + 30
    while doors.call("GET", path)[1]["status"] not in ("CANCELLED", "SUCCEEDED", "FAILED"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    final = doors.call("GET", path)[1]
    assert final["end_time"]
    status, late, _ = doors.call("DELETE", path)
    assert status == 200 and late["success"] is False and late["status"] == final["status"]
    events = doors.call("GET", path + "/events")[1]["events"]
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["status"] == "ACCEPTED" and events[-1]["status"] == final["status"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"team": "t", "user": "u", "config": {"sql": {"query": "select 1"}}}, "name"),
        ({"name": "n", "user": "u", "config": {"sql": {"query": "select 1"}}}, "team"),
        ({"name": "n", "team": "t", "user": "u"}, "config"),
        ({"name": "n", "team": "t", "user": "u", "config": {}}, "config"),
        (sql_job(colour="red"), "colour"),
        (sql_job(callback_url="gopher://x"), "callback_url"),
        (sql_job(idempotency_key="k" * 201), "idempotency_key"),
        (sql_job() | {"config": {"sql": {"query": "x"}, "resources": {"driver": {"memory": "much"}}}}, "config.resources.driver.memory"),
        (sql_job() | {"config": {"sql": {"query": "x"}, "resources": {"driver": {"croes": 1}}}}, "config.resources.driver.croes"),
        (sql_job() | {"config": {"sql": {"query": "x"}, "resources": {"driver": {"cores": 0}}}}, "config.resources.driver.cores"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(doors, body, field):
    status, answer, _ = doors.call("POST", "/api/v1/jobs", body)
    assert status == 400, answer
    error = answer["error"]
    assert error["code"] == "INVALID_ARGUMENT" and error["message"]
    assert error["field"].startswith(field), error


@pytest.mark.parametrize("as_text", [False, True])
def test_a_core_etl_specification_comes_as_object_or_as_text(doors, as_text):
    specification = {
        "name": "copy",
        "sources": [{"name": "numbers", "type": "csv", "path": "/data/numbers.csv"}],
        "transformations": [{"name": "doubled", "sql": "select * from numbers"}],
        "sinks": [{"name": "out", "type": "parquet", "path": "/data/out", "input": "doubled"}],
    }
    config = {"core_etl": {"version": "1.0", "job_spec": json.dumps(specification) if as_text else specification}}
    status, answer, _ = doors.call("POST", "/api/v1/jobs", sql_job(name="copy") | {"config": config})
    if status == 400:  # the finding is about the specification, never about its form
        assert "job_spec" in answer["error"]["field"], answer
    else:
        assert status == 202, answer


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/api/v1/jobs/none", None, {}, 404),
        ("DELETE", "/api/v1/jobs/none", None, {}, 404),
        ("GET", "/api/v1/jobs/none/logs?follow=true", None, {}, 404),
        ("GET", "/nothing", None, {}, 404),
        ("PUT", "/api/v1/jobs", "{}", {}, 405),
        ("POST", "/api/v1/jobs", "{}", {"Content-Type": "text/yaml"}, 415),
        ("POST", "/api/v1/jobs", "{", {}, 400),
        ("POST", "/api/v1/jobs", "x" * (5 << 20), {}, 413),
        ("GET", "/api/v1/jobs?limit=x", None, {}, 400),
        ("GET", "/api/v1/jobs?status=GONE", None, {}, 400),
        ("GET", "/api/v1/jobs", None, {"X-Filler": "x" * 20000}, 431),
        ("GET", "/healthz", None, {"Host": "elsewhere.example"}, 421),
    ],
)
def test_refusals_have_a_status_and_a_reason(doors, method, path, body, headers, status):
    given, answer, _ = doors.call(method, path, body, headers)
    assert given == status, answer
    assert answer["error"]["code"] and answer["error"]["message"]


def test_health_metrics_and_description(doors):
    assert doors.call("GET", "/healthz")[:2] == (200, "ok\n")
    assert doors.call("GET", "/readyz")[:2] == (200, "ok\n")
    assert doors.call("GET", "/health")[1] == {"status": "healthy"}
    doors.call("GET", "/api/v1/jobs/none")
    text = doors.call("GET", "/metrics")[1]
    assert 'hearth_control_calls_total{call="Check",code="NOT_FOUND"}' in text
    assert 'hearth_http_requests_total{method="GET",route="/api/v1/jobs/{job_id}",status="404"}' in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|[a-z_]+(\{.*\})? [0-9.e+-]+", line), line
    document = doors.call("GET", "/api/v1/openapi.json")[1]
    assert set(document["paths"]["/api/v1/jobs"]) == {"get", "post"}


# ---- Clients that do not behave


def raw(doors, data: bytes, end: bool = False) -> bytes:
    host, port = doors.http.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(data)
        if end:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


def test_rude_clients_harm_nobody(doors):
    host, port = doors.http.split(":")
    half = [socket.create_connection((host, int(port))) for _ in range(200)]
    for number, connection in enumerate(half):
        connection.sendall(b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Le"[: 5 + number % 50])
    assert raw(doors, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(doors, b"GET / HTTP/9.9\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(doors, b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").startswith(b"HTTP/1.1 400")
    smuggle = b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert raw(doors, smuggle).startswith(b"HTTP/1.1 400")
    assert raw(doors, b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{", True) in (b"",)  # fmt: skip
    begin = time.monotonic()
    assert doors.call("GET", "/readyz")[0] == 200
    assert time.monotonic() - begin < 5
    for connection in half:
        connection.close()


def test_a_followed_log_ends_when_the_reader_goes(doors):
    _, answer, _ = doors.call("POST", "/api/v1/jobs", sql_job(name="followed"))
    path = f"/api/v1/jobs/{answer['job_id']}/logs?follow=true"
    for _ in range(50):
        connection = http.client.HTTPConnection(doors.http, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200 and response.headers["Content-Type"].startswith("text/plain")
        connection.close()
    assert doors.call("GET", "/readyz")[0] == 200


# ---- Identity


def test_tokens_keep_teams_apart(guarded):
    request = {"name": "n", "config": {"sql": {"query": "select 1"}}}
    for token in (None, "nobody", TOKENS["a"][:-1]):
        status, answer, headers = guarded.call("POST", "/api/v1/jobs", request, token=token)
        assert status == 401 and headers["WWW-Authenticate"].startswith("Bearer")
        assert TOKENS["a"][:-1] not in json.dumps(answer)
    status, answer, _ = guarded.call("POST", "/api/v1/jobs", request | {"team": "team-b"}, token=TOKENS["a"])
    assert status == 403
    status, answer, _ = guarded.call("POST", "/api/v1/jobs", request, token=TOKENS["a"])
    assert status == 202
    path = f"/api/v1/jobs/{answer['job_id']}"
    assert guarded.call("GET", path, token=TOKENS["a"])[1]["team"] == "team-a"
    for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/logs")):
        assert guarded.call(method, path + rest, token=TOKENS["b"])[0] == 403
    assert guarded.call("GET", "/api/v1/jobs", token=TOKENS["b"])[1]["jobs"] == []
    assert guarded.call("GET", "/healthz")[0] == 200


def signed_token(secret: bytes, **claims) -> str:
    def part(value) -> str:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    return f"{text}.{part(hmac.new(secret, text.encode(), 'sha256').digest())}"


def test_signed_tokens_of_an_identity_provider(binary, tmp_path):
    """The key set comes from an address; it is fetched when the first token comes."""
    secret = b"s" * 32
    key = {"kty": "oct", "kid": "one", "alg": "HS256", "k": base64.urlsafe_b64encode(secret).rstrip(b"=").decode()}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key]}))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{provider.server_port}/keys.json"
    arguments = ["--jwt-keys", address, "--jwt-issuer", "https://issuer", "--jwt-audience", "hearth"]
    claims = {"iss": "https://issuer", "aud": "hearth", "sub": "anna", "org": {"team": "team-a"}}
    with open_doors(binary, tmp_path, *arguments, "--jwt-team-claim", "org.team") as server:
        good = signed_token(secret, **claims, exp=time.time() + 60)
        status, answer, _ = server.call("POST", "/api/v1/jobs", sql_job(), token=good)
        assert status == 202, answer
        assert server.call("GET", f"/api/v1/jobs/{answer['job_id']}", token=good)[1]["team"] == "team-a"
        for bad in (
            signed_token(secret, **claims, exp=time.time() - 60),
            signed_token(b"x" * 32, **claims, exp=time.time() + 60),
            signed_token(secret, **(claims | {"aud": "other"}), exp=time.time() + 60),
        ):
            assert server.call("GET", "/api/v1/jobs", token=bad)[0] == 401
    provider.shutdown()


def test_every_call_leaves_an_audit_row(binary, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"{TOKENS['a']} anna team-a\n")
    with open_doors(binary, tmp_path, "--tokens", str(tokens)) as server:
        server.call("POST", "/api/v1/jobs", sql_job(), token=TOKENS["a"])
        server.call("GET", "/api/v1/jobs/none", token=TOKENS["a"])
        server.call("GET", "/api/v1/jobs", token="nobody-at-all-0123456789")
    text = (tmp_path / "jobs" / "audit.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["user"], row["team"], row["call"], row["outcome"]) for row in rows] == [
        ("anna", "team-a", "Submit", "OK"),
        ("anna", "team-a", "Check", "NOT_FOUND"),
        ("", "", "List", "UNAUTHENTICATED"),
    ]
    assert TOKENS["a"] not in text and "nobody-at-all" not in text


def test_without_tokens_only_loopback_listens(binary, tmp_path):
    for door in ("--http", "--control"):
        done = subprocess.run(
            [str(binary), "serve", "--listen", "127.0.0.1:0", "--warehouse", str(tmp_path / "w"), door, "0.0.0.0:0"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2 and "--tokens" in done.stderr and door in done.stderr


def test_one_folder_of_jobs_has_one_server(binary, tmp_path):
    with open_doors(binary, tmp_path), pytest.raises(RuntimeError, match="another server uses the folder"):  # noqa: SIM117
        with open_doors(binary, tmp_path):
            pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    return folder


def test_both_doors_speak_tls(binary, tmp_path, certificate, control):
    control_pb2, control_pb2_grpc = control
    arguments = ["--tls-cert", str(certificate / "cert.pem"), "--tls-key", str(certificate / "key.pem")]
    with open_doors(binary, tmp_path, *arguments) as server:
        context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
        connection = http.client.HTTPSConnection(server.http, context=context, timeout=20)
        for _ in range(2):
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            assert response.status == 200 and response.read() == b"ok\n"
        connection.close()
        credentials = grpc.ssl_channel_credentials((certificate / "cert.pem").read_bytes())
        with grpc.secure_channel(server.control, credentials) as channel:
            stub = control_pb2_grpc.JobServiceStub(channel)
            assert list(stub.List(control_pb2.ListRequest(), timeout=20).jobs) == []


# ---- gRPC


def code_of(call) -> str:
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code().name


def test_grpc_says_the_same(guarded, control):
    control_pb2, control_pb2_grpc = control
    with grpc.insecure_channel(guarded.control) as channel:
        stub = control_pb2_grpc.JobServiceStub(channel)
        anna = {"metadata": [("authorization", f"Bearer {TOKENS['a']}")], "timeout": 20}
        ben = {"metadata": [("authorization", f"Bearer {TOKENS['b']}")], "timeout": 20}
        request = control_pb2.SubmitRequest(name="n", idempotency_key="both-doors")
        request.config.sql.query = "select 1"
        first = stub.Submit(request, **anna)
        assert stub.Submit(request, **anna).job_id == first.job_id
        # The same request over the other door is the same job.
        body = {"name": "n", "idempotency_key": "both-doors", "config": {"sql": {"query": "select 1"}}}
        assert guarded.call("POST", "/api/v1/jobs", body, token=TOKENS["a"])[1]["job_id"] == first.job_id
        request.config.sql.query = "select 2"
        assert code_of(lambda: stub.Submit(request, **anna)) == "ALREADY_EXISTS"
        before = len(stub.List(control_pb2.ListRequest(limit=1000), **anna).jobs)
        assert code_of(lambda: stub.Submit(control_pb2.SubmitRequest(name="n"), **anna)) == "INVALID_ARGUMENT"
        assert len(stub.List(control_pb2.ListRequest(limit=1000), **anna).jobs) == before
        check = control_pb2.CheckRequest(job_id=first.job_id)
        assert stub.Check(check, **anna).name == "n"
        assert code_of(lambda: stub.Check(check, **ben)) == "PERMISSION_DENIED"
        assert code_of(lambda: stub.Check(check, timeout=20)) == "UNAUTHENTICATED"
        assert code_of(lambda: stub.Check(control_pb2.CheckRequest(job_id="none"), **anna)) == "NOT_FOUND"
        cancel = control_pb2.CancelRequest(job_id=first.job_id, team="team-a")
        assert code_of(lambda: stub.Cancel(cancel, **ben)) == "PERMISSION_DENIED"
        stub.Cancel(control_pb2.CancelRequest(job_id=first.job_id), **anna)
        assert stub.Events(control_pb2.EventsRequest(job_id=first.job_id), **anna).events
        assert list(stub.Logs(control_pb2.LogsRequest(job_id=first.job_id), **anna)) is not None


def test_grpc_tells_its_health_and_its_services(doors):
    with grpc.insecure_channel(doors.control) as channel:
        health = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert health(b"", timeout=20) == b"\x08\x01"  # SERVING
        reflection = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        (answer,) = reflection(iter([b"\x3a\x01*"]), timeout=20)  # list_services
        assert b"hearth.control.v1.JobService" in answer


# ---- Descriptions


@pytest.mark.skipif(not full_run(), reason="part of ./dev test --full")
def test_made_up_requests_find_no_fault(doors, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "setup"))
    from environments import ensure

    program = ensure("fuzz_api") / "bin" / "schemathesis"
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    # Who follows the log of a queued job hears nothing until the jobs before it have ended.
    seconds = 120 if os.environ.get("HEARTH_SANITIZERS") else 20
    done = subprocess.run(
        [str(program), "run", f"{doors.url}/api/v1/openapi.json", "--checks", checks, "--max-examples", "20"]
        + ["--generation-deterministic", "--request-timeout", str(seconds)],
        capture_output=True,
        text=True,
        timeout=900,
        cwd=tmp_path,  # it keeps what it found
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
