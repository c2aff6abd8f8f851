"""Real Spark: kubeflow's own operator submits, a node runs driver and executors as processes."""

import json
import pathlib
import sys
import uuid

import pytest
from backend import Backend, job
from conftest import cluster
from control_plane import ROOT, wait_for

sys.path += [str(ROOT / "tests" / "python"), str(ROOT / "python")]

from doors import open_doors  # noqa: E402
from hearth.jobs import Client  # noqa: E402

TEAM = "processes"


def token() -> str:
    return f"run-{uuid.uuid4().hex[:12]}-1"


@pytest.fixture(scope="module")
def operator(east, spark_home, process_node):
    """kubeflow's own, beside the eastern control plane."""
    east.make_namespace(f"spark-{TEAM}")
    east.start_operator(spark_home, f"spark-{TEAM}")


@pytest.fixture(scope="module")
def backend(operator, east, tmp_path_factory):
    backend = Backend(
        {"instance": "processes", "clusters": [cluster(east)]}, tmp_path_factory.mktemp("processes") / "backend"
    )
    yield backend
    backend.close()


def ended(backend, name: str) -> dict:
    def over():
        seen = backend.observe(name, "east")
        return seen if seen["progress"] == "ended" else None

    return wait_for(over, 240, 0.5)


def python_job(folder: pathlib.Path, text: str, **changes) -> dict:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "job.py"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return job(TEAM, application={"kind": "pyspark", "mainFile": f"local://{path}"}, **changes)


def test_completed(backend, east):
    name = token()
    backend.create(name, "east", job(TEAM))
    wait_for(lambda: backend.observe(name, "east")["progress"] in ("running", "ended"), 120)
    seen = ended(backend, name)
    assert seen["outcome"]["succeeded"], seen
    assert seen["outcome"]["exit_code"] == 0
    assert seen["ended_at"] > seen["started_at"] > 0
    page = backend.log(name, "east")
    assert "Pi is roughly 3.1" in page["text"]
    assert page["at_end"]
    # The same text in pieces, and from the end.
    first = backend.log(name, "east", 0, 100)
    second = backend.log(name, "east", first["next_offset"], len(page["text"]))
    assert first["text"] + second["text"] == page["text"]
    assert backend.log(name, "east", -50)["text"] == page["text"][-50:]
    assert seen["outcome"]["log_tail"]
    backend.remove(name, "east")
    wait_for(lambda: east.get(f"/api/v1/namespaces/spark-{TEAM}/pods").body["items"] == [], 60)


def test_failure_of_the_program(backend, tmp_path):
    text = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.sql("SELECT * FROM no_such_table").show()
"""
    name = token()
    backend.create(name, "east", python_job(tmp_path / "job", text))
    outcome = ended(backend, name)["outcome"]
    assert not outcome["succeeded"]
    assert outcome["exit_code"] == 1
    assert outcome["error_condition"] == "TABLE_OR_VIEW_NOT_FOUND"
    assert "no_such_table" in outcome["log_tail"]
    backend.remove(name, "east")


def test_exit_code_of_the_program(backend, tmp_path):
    name = token()
    backend.create(name, "east", python_job(tmp_path / "job", "import sys\nprint('before')\nsys.exit(42)\n"))
    outcome = ended(backend, name)["outcome"]
    assert not outcome["succeeded"]
    assert outcome["exit_code"] == 42, outcome
    backend.remove(name, "east")


def test_stop_of_a_real_driver_keeps_its_log(backend, tmp_path):
    text = "import time\nprint('it has begun', flush=True)\ntime.sleep(600)\n"
    name = token()
    backend.create(name, "east", python_job(tmp_path / "job", text))
    wait_for(lambda: "it has begun" in backend.log(name, "east")["text"], 120, 0.5)
    backend.stop(name, "east")
    seen = ended(backend, name)
    assert not seen["outcome"]["succeeded"]
    assert "it has begun" in seen["outcome"]["log_tail"]
    assert "it has begun" in backend.log(name, "east")["text"]


def test_the_event_log_tells_what_a_job_did_and_wrote(binary, operator, east, tmp_path):
    events = tmp_path / "events"
    events.mkdir()
    place = {"directory": f"file://{events}", "path": str(events)}
    clusters = {"instance": "events", "clusters": [cluster(east, event_log=place)]}
    (tmp_path / "clusters.yaml").write_text(json.dumps({"kubernetes": clusters}))
    platform = {
        "environments": {"test": {}},
        "images": [{"version": "4.3", "type": "spark-oss", "image": "spark:4.3.0"}],
        "keep": {"test": {"resources": "5s"}},
        "kubernetes": {"clusters": str(tmp_path / "clusters.yaml")},
    }
    (tmp_path / "platform.yaml").write_text(json.dumps(platform))
    program = tmp_path / "job.py"
    program.write_text(
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        f"spark.range(1000).write.parquet('file:{tmp_path}/numbers')\n"
        "spark.stop()\n"
    )
    config = {
        "backend": "kubernetes",
        "engine_type": "spark-oss",
        "spark_version": "4.3",
        "pyspark": {"file": f"local://{program}"},
        "resources": {"driver": {"cores": 1, "memory": "512m"}, "executor": {"instances": 1, "memory": "512m"}},
        "retry": {"max_retries": 0},
    }
    with open_doors(binary, tmp_path, "--platform", str(tmp_path / "platform.yaml")) as doors:
        client = Client(doors.url)
        name = client.submit(name="events", team=TEAM, user="anna", environment="test", config=config)["job_id"]
        assert client.wait(name, timeout=240, poll_seconds=0.5)["status"] == "SUCCEEDED", client.check(name)
        attempt = client.check(name)["attempts"][0]
        assert attempt["metrics"]["tasks_completed"] > 0, attempt
        assert attempt["metrics"]["records_written"] == 1000
        assert attempt["datasets_written"] == [{"namespace": "file", "name": f"{tmp_path}/numbers"}]
        wait_for(lambda: not list(events.iterdir()), 60)
