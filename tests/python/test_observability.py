"""What operators see of jobs: metrics, traces, who called what, what it cost."""

import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import time

import grpc
import pytest
from conftest import ROOT
from doors import open_doors, sql_job
from hearth.jobs import Client


@pytest.fixture(scope="module")
def doors(binary, tmp_path_factory):
    with open_doors(binary, tmp_path_factory.mktemp("observability")) as server:
        yield server


def ended(doors, **job) -> dict:
    """Submits a job and waits for its end."""
    client = Client(doors.url)
    return client.wait(client.submit(**sql_job(**job))["job_id"], timeout=100, poll_seconds=0.1)


def metric(doors, line: str) -> float:
    """The value of one series, 0 when there is none."""
    found = [row for row in doors.call("GET", "/metrics")[1].splitlines() if row.startswith(line + " ")]
    return float(found[0].split()[-1]) if found else 0


# ---- Metrics


def test_metrics_tell_what_became_of_jobs(doors):
    assert ended(doors, name="good", idempotency_key="good")["status"] == "SUCCEEDED"
    doors.call("POST", "/api/v1/jobs", sql_job(name="good", idempotency_key="good"))
    assert ended(doors, name="bad", query="select * from no_such_table")["status"] == "FAILED"
    assert metric(doors, 'hearth_jobs_submitted_total{kind="new"}') >= 2
    assert metric(doors, 'hearth_jobs_submitted_total{kind="repeated"}') == 1
    assert metric(doors, 'hearth_jobs_ended_total{state="SUCCEEDED",backend="local"}') >= 1
    assert metric(doors, 'hearth_jobs_ended_total{state="FAILED",backend="local"}') == 1
    assert metric(doors, 'hearth_job_attempts_total{backend="local",class="input-missing"}') == 1
    assert metric(doors, "hearth_job_queue_seconds_count") >= 2
    assert metric(doors, 'hearth_job_start_seconds_count{backend="local"}') >= 2
    assert metric(doors, 'hearth_job_run_seconds_count{backend="local",result="failed"}') == 1
    assert metric(doors, 'hearth_jobs_live_by_state{state="RUNNING"}') == 0
    assert "good" not in doors.call("GET", "/metrics")[1], "no names of jobs"


# ---- Traces


class Receiver(http.server.ThreadingHTTPServer):
    """Takes POSTs and keeps their path, headers and body; `answers` are the statuses of the first ones."""

    def __init__(self, answers=()):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.requests = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[dict]:
        found = []
        for path, _, body in list(self.requests):
            assert path == "/v1/traces"
            for resource in body["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    found += scope["spans"]
        return found


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def receiver(answers=()):
    server = Receiver(answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def eventually(condition, seconds: float = 30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture(scope="module")
def collector():
    with receiver(answers=[503]) as server:
        yield server


@pytest.fixture(scope="module")
def traced(binary, tmp_path_factory, collector):
    folder = tmp_path_factory.mktemp("traced")
    with open_doors(binary, folder, "--otlp-endpoint", collector.url, "--otlp-headers", "x-key=a%20b") as server:
        yield server


def digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def spans_of(collector, job: str) -> dict[str, dict]:
    """The spans of a job by name, once its own has come."""
    ids = {digest(f"{job}/{part}", 16) for part in ["run", "wait 1", "attempt 1", "attempt 1 start", "attempt 1 run"]}

    def found():
        named = {span["name"]: span for span in collector.spans() if span["spanId"] in ids}
        return named if any(name.startswith("job ") for name in named) else None

    return eventually(found)


def attributes(span: dict) -> dict:
    return {item["key"]: next(iter(item["value"].values())) for item in span["attributes"]}


def test_a_run_is_one_trace(traced, collector):
    job = ended(traced, name="traced")
    spans = spans_of(collector, job["job_id"])
    assert set(spans) == {"job traced", "queue", "attempt", "start", "run"}
    assert {span["traceId"] for span in spans.values()} == {digest(job["job_id"], 32)}
    root, attempt = spans["job traced"], spans["attempt"]
    assert "parentSpanId" not in root and root["spanId"] == digest(f"{job['job_id']}/run", 16)
    assert attempt["parentSpanId"] == spans["queue"]["parentSpanId"] == root["spanId"]
    assert spans["start"]["parentSpanId"] == spans["run"]["parentSpanId"] == attempt["spanId"]
    assert root["status"]["code"] == attempt["status"]["code"] == 1
    times = {name: (int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])) for name, span in spans.items()}
    assert times["job traced"][0] == times["queue"][0] <= times["queue"][1] == times["attempt"][0]
    assert times["start"][0] == times["attempt"][0] <= times["start"][1] == times["run"][0]
    assert times["run"][1] == times["attempt"][1] <= times["job traced"][1] <= time.time_ns()
    about = attributes(root)
    assert about["hearth.job.id"] == job["job_id"] and about["hearth.job.status"] == "SUCCEEDED"
    assert attributes(attempt)["hearth.backend"] == "local"
    _, headers, body = collector.requests[0]
    assert headers["x-key"] == "a b" and headers["Content-Type"] == "application/json"
    resource = attributes(body["resourceSpans"][0]["resource"])
    assert resource["service.name"] == "hearth"


def test_a_callers_trace_goes_on_down_to_the_process(traced, collector, tmp_path):
    program = tmp_path / "told.py"
    program.write_text("import os\nprint('told', os.environ.get('TRACEPARENT'))\nraise ValueError('no')\n")
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    body = {
        "name": "child",
        "team": "t",
        "user": "u",
        "config": {"pyspark": {"file": str(program)}, "engine_type": "hearth"},
    }
    status, answer, _ = traced.call("POST", "/api/v1/jobs", body, headers={"Traceparent": given})
    assert status == 202
    job = Client(traced.url).wait(answer["job_id"], timeout=100, poll_seconds=0.1)
    assert job["status"] == "FAILED"
    spans = spans_of(collector, job["job_id"])
    assert {span["traceId"] for span in spans.values()} == {given.split("-")[1]}
    assert spans["job child"]["parentSpanId"] == given.split("-")[2]
    assert spans["attempt"]["status"]["code"] == spans["job child"]["status"]["code"] == 2
    assert attributes(spans["attempt"])["error.type"] == "user-code"
    logs = traced.call("GET", f"/api/v1/jobs/{job['job_id']}/logs")[1]["logs"]
    assert f"told 00-{given.split('-')[1]}-{spans['attempt']['spanId']}-01" in logs


def test_a_callers_trace_is_taken_over_grpc(traced, collector):
    # SubmitRequest: name 1, team 2, user 3, config 4 {sql 6 {query 2}}
    query = b"\x12\x08select 1"
    sql = b"\x32" + bytes([len(query)]) + query
    request = b"\x0a\x04grpc\x12\x01t\x1a\x01u\x22" + bytes([len(sql)]) + sql
    parent = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01"
    with grpc.insecure_channel(traced.control) as channel:
        submit = channel.unary_unary("/hearth.control.v1.JobService/Submit")
        answer = submit(request, metadata=[("traceparent", parent)], timeout=20)
    job = re.search(rb"job-[0-9a-f]{28}", answer).group().decode()
    assert spans_of(collector, job)["job grpc"]["traceId"] == parent.split("-")[1]


def test_what_is_not_sampled_is_not_exported_and_what_is_wrong_is_ignored(traced, collector):
    quiet = "00-6bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b9-00"
    for given in (quiet, "nonsense"):
        _, answer, _ = traced.call("POST", "/api/v1/jobs", sql_job(name="quiet"), headers={"Traceparent": given})
        Client(traced.url).wait(answer["job_id"], timeout=100, poll_seconds=0.1)
    assert spans_of(collector, answer["job_id"])["job quiet"]["traceId"] == digest(answer["job_id"], 32)
    assert quiet.split("-")[1] not in {span["traceId"] for span in collector.spans()}
    assert metric(traced, 'hearth_spans_total{result="sent"}') >= 5


def test_an_absent_collector_stands_in_nobodys_way(binary, tmp_path):
    with open_doors(binary, tmp_path, "--otlp-endpoint", "http://127.0.0.1:1") as server:
        assert ended(server, name="unseen")["status"] == "SUCCEEDED"
        begun = time.monotonic()
    assert time.monotonic() - begun < 15


# ---- Who called what


def test_who_called_what_is_kept_and_read_by_the_team(binary, tmp_path):
    tokens = tmp_path / "tokens"
    secrets = {team: f"token-of-{team}-0123456789" for team in ("red", "blue")}
    tokens.write_text("".join(f"{secret} user-{team} {team}\n" for team, secret in secrets.items()))
    manifest = (
        "apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: declared, team: red}\n"
        "spec: {engine: {type: hearth, version: '4.1'}, sql: {query: select 1}}\n"
    )
    with open_doors(binary, tmp_path, "--tokens", str(tokens)) as server:
        body = {"name": "n", "config": {"sql": {"query": "select 1"}}}
        job = server.call("POST", "/api/v1/jobs", body, token=secrets["red"])[1]["job_id"]
        for _ in range(3):
            server.call("GET", f"/api/v1/jobs/{job}", token=secrets["red"])
        assert server.call("GET", f"/api/v1/jobs/{job}", token=secrets["blue"])[0] == 403
        assert server.call("POST", "/api/v1/manifests", {"manifest": manifest}, token=secrets["red"])[0] == 200
        assert server.call("GET", "/api/v1/audit?team=blue", token=secrets["red"])[0] == 403
        assert server.call("GET", "/api/v1/audit")[0] == 401
    with open_doors(binary, tmp_path, "--tokens", str(tokens)) as server:
        status, answer, _ = server.call("GET", "/api/v1/audit", token=secrets["red"])
        assert status == 200
        rows = {(row["call"], row["target"]): row for row in answer["rows"]}
        assert {row["team"] for row in answer["rows"]} == {"red"}
        assert {row["address"] for row in answer["rows"]} == {"127.0.0.1"}
        assert rows["Submit", job]["user"] == "user-red" and rows["Submit", job]["outcome"] == "OK"
        assert rows["Check", job]["calls"] == 3, "equal calls that only read are one row"
        assert rows["Apply", "declared"]["outcome"] == "create job x1"
        assert len([row for row in answer["rows"] if row["call"] == "Apply"]) == 1
        denied = server.call("GET", f"/api/v1/audit?target={job}", token=secrets["blue"])[1]["rows"]
        assert [(row["call"], row["outcome"]) for row in denied] == [("Check", "PERMISSION_DENIED")]
        first = server.call("GET", "/api/v1/audit?limit=1", token=secrets["red"])[1]
        second = server.call(
            "GET", f"/api/v1/audit?limit=1&page_token={first['next_page_token']}", token=secrets["red"]
        )[1]
        assert first["rows"][0] != second["rows"][0]


# ---- What it cost


def test_an_attempt_has_a_cost_where_there_are_prices(binary, doors, tmp_path):
    assert "cost" not in ended(doors, name="free") and not ended(doors, name="free")["currency"]
    platform = tmp_path / "platform.yaml"
    platform.write_text("environments: {local: {}}\nprices: {core_hour: 3600, gib_hour: 0, currency: EUR}\n")
    with open_doors(binary, tmp_path, "--platform", str(platform)) as server:
        job = ended(server, name="priced")
        (attempt,) = job["attempts"]
        assert job["currency"] == "EUR" and job["cost"] == attempt["cost"] == attempt["metrics"]["cost_EUR"] > 0
        command = [binary, "job", "show", job["job_id"], "--server", server.url]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        assert re.search(r"^cost +\d+\.\d{4} EUR$", shown, re.MULTILINE), shown


# ---- Who is told

WATCHED = """
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {{name: {name}, team: t}}
spec:
  engine: {{type: hearth, version: "4.1"}}
  pyspark: {{file: {file}}}
  orchestration:
    retryPolicy: {{maxRetries: 0}}
    alerting: {alerting}
"""


def test_alerts_are_signed_tried_again_and_sent_once(binary, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(4)\n")
    (tmp_path / "bad.py").write_text("raise ValueError('no')\n")
    with receiver(answers=[503]) as watch:
        platform = tmp_path / "platform.yaml"
        platform.write_text(
            "environments: {local: {}}\n"
            f"callbacks: {{secret_file: {secret}}}\n"
            f"alerts: {{channels: {{'slack:#data': '{watch.url}/slack'}}}}\n"
        )
        with open_doors(binary, tmp_path, "--platform", str(platform)) as server:

            def submit(name, alerting):
                file = tmp_path / f"{name}.py"
                manifest = WATCHED.format(name=name, file=file, alerting=alerting)
                job = Client(server.url).submit(manifest=manifest, user="anna")["job_id"]
                return Client(server.url).wait(job, timeout=100, poll_seconds=0.1)

            slow = submit("slow", f"{{onSuccess: true, sla: 1s, channels: ['slack:#data', '{watch.url}/direct']}}")
            assert slow["status"] == "SUCCEEDED", slow
            bad = submit("bad", "{sla: 1h, channels: ['slack:#data', 'mail:nobody@example.org']}")
            assert bad["status"] == "FAILED", bad
            eventually(lambda: len(watch.requests) >= 5)
            time.sleep(3)
            got = sorted((path, body["job_id"], body["event"]) for path, _, body in watch.requests)
            assert got == sorted(
                [(path, slow["job_id"], event) for path in ("/slack", "/direct") for event in ("sla_missed", "success")]
                + [("/slack", bad["job_id"], "failure")]
            )
            by_event = {body["event"]: (headers, body) for _, headers, body in watch.requests}
            headers, body = by_event["failure"]
            assert body["status"] == "FAILED" and body["channel"] == "slack:#data" and bad["job_id"] in body["text"]
            assert headers["X-Hearth-Signature"].startswith("sha256=")
            assert "late" in by_event["sla_missed"][1]["text"]
            assert metric(server, 'hearth_job_callbacks_total{kind="failure",result="given_up"}') == 1
            assert metric(server, 'hearth_job_callbacks_total{kind="success",result="taken"}') == 2


# ---- What stops by itself

MINUTELY = """
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: minutely, team: t}
spec:
  engine: {type: hearth, version: "4.1"}
  sql: {query: select * from no_such_table}
  orchestration: {schedule: "0 6 1 1 *"}
"""


def test_a_schedule_that_fails_alike_is_suspended_and_resumed(binary, doors, tmp_path):
    status, _, _ = doors.call("POST", "/api/v1/manifests", {"manifest": MINUTELY})
    assert status == 200
    for number in range(3):
        key = f"schedule:local:minutely:{number}"
        job = Client(doors.url).submit(manifest=MINUTELY, user="anna", idempotency_key=key)["job_id"]
        assert Client(doors.url).wait(job, timeout=100, poll_seconds=0.1)["status"] == "FAILED"
    why = eventually(lambda: doors.call("GET", f"/api/v1/jobs/{job}")[1]["suspended"])
    assert "newest 3 runs all ended with input-missing" in why
    rows = doors.call("GET", "/api/v1/manifests?name=minutely")[1]["declarations"]
    assert [bool(row["suspended"]) for row in rows if row["primitive"] == "schedule"] == [True]
    assert metric(doors, "hearth_schedules_suspended") == 1

    def hearth(*arguments):
        command = [binary, "job", *arguments, "--server", doors.url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert "hearth job resume minutely" in hearth("why", job).stdout
    assert "input-missing" in hearth("declared", "--name", "minutely").stdout
    assert hearth("resume", "nothing").returncode == 6
    resumed = hearth("resume", "minutely")
    assert resumed.returncode == 0 and "input-missing" not in resumed.stdout, resumed.stderr
    assert doors.call("GET", f"/api/v1/jobs/{job}")[1]["suspended"] == ""
    assert doors.call("GET", "/api/v1/audit?call=Resume")[1]["rows"][0]["target"] == "minutely"


# ---- The guide

GUIDE = ROOT / "docs" / "guides" / "observability.md"


def guide_commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("command", guide_commands())
def test_the_guide(binary, doors, tmp_path, command):
    job = Client(doors.url).submit(**sql_job(name="guide"))["job_id"]
    for manifest in re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        (tmp_path / re.match(r"# (\S+)", manifest).group(1)).write_text(manifest)
    if " resume " in command:
        manifest = MINUTELY.replace("minutely", "nightly-revenue")
        assert doors.call("POST", "/api/v1/manifests", {"manifest": manifest})[0] == 200
    environment = {
        **os.environ,
        "JOB": job,
        "HEARTH_SERVER": doors.url,
        "PATH": f"{pathlib.Path(binary).parent}:{os.environ['PATH']}",
    }
    line = command.replace("http://127.0.0.1:15080", doors.url)
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "error" not in done.stdout[:20], done.stdout + done.stderr


def test_the_guide_names_every_metric_of_jobs(doors):
    text = GUIDE.read_text(encoding="utf-8")
    names = re.findall(r"^# TYPE (hearth_\w+)", doors.call("GET", "/metrics")[1], re.MULTILINE)
    known = {
        "hearth_build_info",
        "hearth_start_time_seconds",
        "hearth_jobs_live_cores",
        "hearth_jobs_live_memory_bytes",
    }
    assert not [name for name in names if name not in text and name not in known]
