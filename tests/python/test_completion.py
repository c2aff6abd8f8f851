"""What is told of jobs that have succeeded: one event of OpenLineage each, with what they wrote."""

import contextlib
import http.server
import json
import pathlib
import re
import subprocess
import sys
import textwrap
import threading
import time
import uuid

import jsonschema
import pytest
from conftest import ROOT, full_run
from doors import open_doors
from hearth.jobs import Client
from spark_jobs import open_spark
from test_observability import eventually, metric

FACET = json.loads((ROOT / "docs" / "schemas" / "HearthJobRunFacet.json").read_text())
# What OpenLineage's specification (2-0-2) asks of a RunEvent.
URI = {"type": "string", "pattern": "^https?://"}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {"namespace": {"type": "string", "minLength": 1}, "name": {"type": "string", "minLength": 1}},
}
FACETS = {
    "type": "object",
    "additionalProperties": {
        "required": ["_producer", "_schemaURL"],
        "properties": {"_producer": URI, "_schemaURL": URI},
    },
}
RUN_EVENT = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "producer": URI,
        "schemaURL": URI,
        "run": {
            "required": ["runId"],
            "properties": {"runId": {"type": "string", "pattern": "^[0-9a-f-]{36}$"}, "facets": FACETS},
        },
        "job": {"required": ["namespace", "name"], "properties": {**DATASET["properties"], "facets": FACETS}},
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
}


class Receiver(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = []  # (status that was answered, headers, body)
        self.answers = []  # statuses still to give; then 200
        self.lock = threading.Lock()

    def taken(self) -> list[dict]:
        return [body for status, _, body in self.events if status == 200]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            status = self.server.answers.pop(0) if self.server.answers else 200
            self.server.events.append((status, dict(self.headers), body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def told(binary, folder: pathlib.Path, opened, *arguments: str):
    """A server, and what is told of its jobs."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    secret = folder / "secret"
    secret.write_text("s3cret\n")
    platform = folder / "platform.yaml"
    address = f"http://127.0.0.1:{receiver.server_port}/lineage"
    platform.write_text(f"callbacks: {{secret_file: {secret}, completion_url: '{address}'}}\n")
    try:
        with opened(binary, folder, "--platform", str(platform), *arguments) as server:
            yield server, receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def run(server, name: str, patience: float = 100, **config) -> dict:
    config.setdefault("retry", {"max_retries": 0})
    client = Client(server.url)
    job = client.submit(name=name, team="sales", user="anna", config=config)["job_id"]
    return client.wait(job, timeout=patience, poll_seconds=0.2)


def written(job: dict) -> list[tuple[str, str]]:
    return [(data["namespace"], data["name"]) for data in job["attempts"][-1].get("datasets_written", [])]


def outputs(event: dict) -> list[tuple[str, str]]:
    return [(data["namespace"], data["name"]) for data in event["outputs"]]


def event_of(receiver, job: dict) -> dict:
    def found():
        return [e for e in receiver.taken() if e["run"]["facets"]["hearth_job"]["job_id"] == job["job_id"]]

    eventually(found)
    (event,) = found()
    jsonschema.validate(event, RUN_EVENT)
    jsonschema.validate(event["run"]["facets"], FACET)
    assert event["run"]["runId"] == str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://hearth.dev/jobs/{job['job_id']}"))
    return event


def core_etl(tmp_path) -> dict:
    (tmp_path / "orders.csv").write_text("id,amount\n1,10\n2,0\n")
    source = {"name": "orders", "type": "csv", "path": str(tmp_path / "orders.csv"), "options": {"header": "true"}}
    steps = [{"name": "paid", "type": "sql", "query": "SELECT id FROM orders WHERE amount > 0"}]
    sinks = [
        {"name": "files", "type": "parquet", "path": f"file:{tmp_path}/paid", "mode": "merge", "mergeKeys": ["id"]},
        {"name": "table", "type": "table", "database": "default", "table": "paid", "mode": "overwrite"},
    ]
    return {"core_etl": {"job_spec": {"sources": [source], "transformations": steps, "sinks": sinks}}}


def test_each_success_is_told_once_with_what_it_wrote(binary, tmp_path, monkeypatch):
    monkeypatch.setenv("HEARTH_WAREHOUSE", str(tmp_path / "tables"))  # of the jobs
    program = tmp_path / "job.py"
    program.write_text(
        textwrap.dedent(f"""
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        rows = spark.range(3)
        rows.write.parquet("{tmp_path}/numbers")
        rows.write.mode("append").parquet("file:{tmp_path}/numbers")
        rows.write.mode("ignore").parquet("{tmp_path}/numbers")
        rows.write.format("noop").mode("overwrite").save()
        spark.sql("create table made using parquet as select 1 as a")
        spark.sql("insert into made values (2)")
        try:
            rows.selectExpr("raise_error('no')").write.parquet("{tmp_path}/never")
        except Exception:
            pass
        """)
    )
    with told(binary, tmp_path, open_doors, "--python", sys.executable) as (server, receiver):
        receiver.answers = [503]
        etl = run(server, "etl", **core_etl(tmp_path))
        assert etl["status"] == "SUCCEEDED", etl
        expected = [("file", f"{tmp_path}/paid"), ("spark_catalog", "default.paid")]
        assert written(etl) == expected
        event = event_of(receiver, etl)
        assert outputs(event) == expected
        assert event["inputs"] == [{"namespace": "file", "name": f"{tmp_path}/orders.csv"}]
        assert (event["job"]["namespace"], event["job"]["name"]) == (f"hearth://{etl['environment']}/sales", "etl")

        python = run(server, "python", pyspark={"file": str(program)}, engine_type="hearth")
        assert python["status"] == "SUCCEEDED", python
        expected = [("file", f"{tmp_path}/numbers"), ("spark_catalog", "default.made")]
        assert written(python) == expected and outputs(event_of(receiver, python)) == expected

        show = [str(binary), "job", "show", python["job_id"], "--server", server.url]
        shown = subprocess.run(show, capture_output=True, text=True, timeout=60, check=True).stdout
        assert re.search(rf"^1 +file +{tmp_path}/numbers$", shown, re.MULTILINE), shown
        assert re.search(r"^1 +spark_catalog +default\.made$", shown, re.MULTILINE), shown

        sql = run(server, "sql", sql={"query": "create table other using parquet as select 1 a; select * from nothing"})
        assert sql["status"] == "FAILED"
        assert written(sql) == [("spark_catalog", "default.other")], "what a failed attempt has done is known too"
        reads = run(server, "reads", sql={"query": "select 1"})
        assert outputs(event_of(receiver, reads)) == []

        time.sleep(3)
        statuses = [status for status, _, _ in receiver.events]
        assert statuses == [503, 200, 200, 200], "one for each success, tried again; nothing of the failure"
        assert all(headers["X-Hearth-Signature"].startswith("sha256=") for _, headers, _ in receiver.events)
        assert metric(server, 'hearth_job_callbacks_total{kind="completion",result="taken"}') == 3
        assert metric(server, 'hearth_job_callbacks_total{kind="completion",result="again"}') == 1


@pytest.mark.skipif(not full_run(), reason="needs a full Spark: ./dev test --full")
def test_spark_jobs_tell_from_their_event_log(binary, tmp_path):
    program = tmp_path / "job.py"
    program.write_text(
        textwrap.dedent(f"""
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.config("spark.sql.warehouse.dir", "{tmp_path}/tables").getOrCreate()
        rows = spark.range(3)
        rows.write.parquet("{tmp_path}/numbers")
        rows.write.saveAsTable("kept")
        try:
            rows.write.parquet("{tmp_path}/numbers")
        except Exception:
            pass
        """)
    )
    with told(binary, tmp_path, open_spark) as (server, receiver):
        job = run(server, "spark", patience=240, pyspark={"file": str(program)}, engine_type="spark-oss")
        assert job["status"] == "SUCCEEDED", job
        expected = [("file", f"{tmp_path}/numbers"), ("spark_catalog", "default.kept")]
        assert written(job) == expected and outputs(event_of(receiver, job)) == expected
