"""Jobs from the server's REST door to a cluster and back: real API server, played operator, real processes as drivers."""

import json
import signal
import sys

import pytest
from conftest import cluster
from control_plane import APACHE, ROOT, wait_for

sys.path += [str(ROOT / "tests" / "python"), str(ROOT / "python")]

from doors import open_doors  # noqa: E402
from hearth.jobs import Client  # noqa: E402


@pytest.fixture
def platform(east, team, tmp_path):
    clusters = {
        "instance": f"server-{team}",
        "probe_seconds": 0.5,
        "clusters": [cluster(east, schema="apache")],
    }
    (tmp_path / "clusters.yaml").write_text(json.dumps({"kubernetes": clusters}), encoding="utf-8")
    path = tmp_path / "platform.yaml"
    document = {
        "environments": {"test": {}},
        "images": [{"version": "4.3", "type": "spark-oss", "image": "played"}],
        "kubernetes": {"clusters": str(tmp_path / "clusters.yaml")},
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def request(team: str, command: str, **more) -> dict:
    return {
        "name": "played",
        "team": team,
        "user": "anna",
        "environment": "test",
        "config": {
            "backend": "kubernetes",
            "engine_type": "spark-oss",
            "spark_version": "4.3",
            "custom_jar": {"jar_path": "local:///played.jar", "main_class": "org.example.Main"},
            "spark_config": {"spark.double.command": command},
            "retry": {"max_retries": 0},
        },
        **more,
    }


def test_jobs_end_well_and_badly(binary, platform, apache, process_node, east, team, tmp_path):
    with open_doors(binary, tmp_path, "--platform", str(platform)) as doors:
        client = Client(doors.url)
        good = client.submit(**request(team, "echo hello from the cluster", idempotency_key="good"))
        again = client.submit(**request(team, "echo hello from the cluster", idempotency_key="good"))
        assert good["job_id"] == again["job_id"]
        bad = client.submit(**request(team, "exit 2"))
        assert client.wait(good["job_id"], timeout=60, poll_seconds=0.2)["status"] == "SUCCEEDED"
        assert client.wait(bad["job_id"], timeout=60, poll_seconds=0.2)["status"] == "FAILED"
        assert "hello from the cluster" in "\n".join(client.logs(good["job_id"]))
    assert len(east.applications(f"spark-{team}", APACHE)) <= 2


def test_cancel_and_a_killed_server(binary, platform, apache, process_node, east, team, tmp_path):
    with open_doors(binary, tmp_path, "--platform", str(platform)) as doors:
        client = Client(doors.url)
        job = client.submit(**request(team, "exec sleep 300", idempotency_key="long"))["job_id"]
        wait_for(lambda: client.check(job)["status"] == "RUNNING", 60)
        doors.process.send_signal(signal.SIGKILL)
        doors.process.wait()
    with open_doors(binary, tmp_path, "--platform", str(platform)) as doors:
        client = Client(doors.url)
        again = client.submit(**request(team, "exec sleep 300", idempotency_key="long"))
        assert again["job_id"] == job
        assert len(east.applications(f"spark-{team}", APACHE)) == 1
        client.cancel(job, reason="enough", team=team)
        assert client.wait(job, timeout=60, poll_seconds=0.2)["status"] == "CANCELLED"
