"""`hearth plan`, `apply` and `delete`: what manifests declare, made so, kept going and removed."""

import json
import subprocess
import time

import pytest
from doors import open_doors

JOB = """
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: nightly, team: data}
spec:
  engine: {type: hearth, version: "4.1"}
  jobType: batch
  sql: {query: "select '{{ ds }}' as day"}
  orchestration: {schedule: "0 6 * * *", timezone: Europe/Berlin}
"""


@pytest.fixture(scope="module")
def doors(binary, tmp_path_factory):
    with open_doors(binary, tmp_path_factory.mktemp("apply")) as server:
        yield server


@pytest.fixture
def hearth(binary, doors, tmp_path):
    def run(command: str, manifest: str, *options: str):
        path = tmp_path / "manifest.yaml"
        path.write_text(manifest)
        return subprocess.run(
            [binary, command, path, "--server", doors.url, "--output", "json", *options],
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def actions(answer) -> list[tuple[str, str, str]]:
    assert answer.returncode == 0, answer.stderr
    listed = json.loads(answer.stdout).get("actions", [])
    return [(action["action"], action["primitive"], action["name"]) for action in listed]


def test_a_manifest_is_planned_applied_changed_and_removed(hearth, doors):
    created = [("create", "job", "nightly"), ("create", "schedule", "nightly")]
    assert actions(hearth("plan", JOB)) == created
    assert actions(hearth("apply", JOB)) == created
    assert actions(hearth("plan", JOB)) == [], "a second plan is empty"
    later = JOB.replace("0 6", "30 7")
    assert actions(hearth("plan", later)) == [("update", "schedule", "nightly")], "a changed cron is one update"
    assert actions(hearth("apply", later)) == [("update", "schedule", "nightly")]
    status, declared, _ = doors.call("GET", "/api/v1/manifests")
    assert status == 200
    assert {row["primitive"] for row in declared["declarations"]} == {"job", "schedule"}
    assert actions(hearth("delete", later)) == [("delete", "schedule", "nightly"), ("delete", "job", "nightly")]
    assert doors.call("GET", "/api/v1/manifests")[1]["declarations"] == []


def test_a_wrong_manifest_says_where(hearth, doors):
    answer = hearth("apply", JOB.replace("jobType: batch", "jobType: sometimes"))
    assert answer.returncode == 2
    assert "spec.jobType" in answer.stderr and "sometimes" in answer.stderr, answer.stderr
    status, error, _ = doors.call("POST", "/api/v1/manifests", {"manifest": ""})
    assert status == 400 and error["error"]["field"] == "manifest", error


def test_a_schedule_makes_runs(hearth, doors):
    every_minute = JOB.replace("0 6 * * *", "* * * * *").replace("nightly", "minutely")
    actions(hearth("apply", every_minute))
    end = time.monotonic() + 100
    jobs = []
    while time.monotonic() < end and not jobs:
        _, listed, _ = doors.call("GET", "/api/v1/jobs?name=minutely&status=SUCCEEDED")
        jobs = listed["jobs"]
        time.sleep(1)
    actions(hearth("delete", every_minute))
    assert jobs, "no run was made within a minute"
    _, logs, _ = doors.call("GET", f"/api/v1/jobs/{jobs[0]['job_id']}/logs")
    assert jobs[0]["submit_time"][:4] in logs["logs"], logs
