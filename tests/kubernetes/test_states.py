"""Attempts from their creation to their end, with Apache's operator (its double) and pods whose status is played."""

import time
import uuid

import pytest
from apache_operator import ended_executor
from backend import Refused, job
from conftest import cluster
from control_plane import APACHE, KUBEFLOW, wait_for


def token() -> str:
    return f"run-{uuid.uuid4().hex[:12]}-1"


@pytest.fixture
def backend(make_backend, apache, east):
    return make_backend(cluster(east, schema="apache"))


def played(team: str, **double) -> dict:
    return job(team, sparkConfig={f"spark.double.{key}": str(value) for key, value in double.items()})


def until(backend, name: str, progress: str, seconds: float = 30) -> dict:
    def reached():
        seen = backend.observe(name, "east")
        return seen if seen["progress"] == progress else None

    return wait_for(reached, seconds)


def test_success(backend, team):
    name = token()
    backend.create(name, "east", played(team, run=1))
    assert until(backend, name, "running")["started_at"] > 0
    seen = until(backend, name, "ended")
    assert seen["outcome"]["succeeded"]
    assert seen["outcome"]["exit_code"] == 0
    assert seen["ended_at"] >= seen["started_at"] > 0


@pytest.mark.parametrize(
    ("double", "reason", "code", "signal"),
    [
        ({"end": 1}, "Error", 1, None),
        ({"end": 137, "reason": "OOMKilled"}, "OOMKilled", 137, 9),
        ({"end": 143, "state": "DriverEvicted"}, "Evicted", 143, 15),
        ({"state": "SchedulingFailure"}, "QuotaExceeded", None, None),
        ({"end": 52}, "Error", 52, None),
    ],
)
def test_failure_keeps_its_evidence(backend, team, double, reason, code, signal):
    name = token()
    backend.create(name, "east", played(team, **double))
    outcome = until(backend, name, "ended")["outcome"]
    assert not outcome["succeeded"]
    assert (outcome["reason"], outcome.get("exit_code"), outcome.get("signal")) == (reason, code, signal)


def test_image_that_cannot_be_pulled(backend, team):
    name = token()
    backend.create(name, "east", played(team, start=-1, waiting="ImagePullBackOff"))
    seen = wait_for(lambda: (s := backend.observe(name, "east"))["reason"] == "ImagePullBackOff" and s)
    assert seen["progress"] == "starting"
    backend.stop(name, "east")
    assert until(backend, name, "ended")["outcome"]["reason"] == "ImagePullBackOff"


def test_stop_while_running(backend, east, team):
    name = token()
    backend.create(name, "east", played(team, run=-1))
    until(backend, name, "running")
    backend.stop(name, "east")
    backend.stop(name, "east", forced=True)
    seen = until(backend, name, "ended")
    assert not seen["outcome"]["succeeded"]
    wait_for(lambda: east.get(f"/api/v1/namespaces/spark-{team}/pods").body["items"] == [])
    backend.stop(name, "east")  # again: no error


def test_stop_before_there_is_a_pod(make_backend, east, team):
    """Nobody plays the operator here: no pod ever comes."""
    backend = make_backend(cluster(east))
    name = token()
    backend.create(name, "east", job(team))
    backend.stop(name, "east")
    assert until(backend, name, "ended", 40)["outcome"]["reason"] == "Deleted"
    backend.remove(name, "east")
    wait_for(lambda: east.applications(f"spark-{team}") == [])


def test_remove_takes_everything(backend, east, team):
    name = token()
    native = backend.create(name, "east", played(team))["native_id"]
    until(backend, name, "ended")
    assert east.get(f"/api/v1/namespaces/spark-{team}/pods").body["items"] != []  # kept for their evidence
    backend.remove(name, "east", native)
    backend.remove(name, "east", native)
    wait_for(lambda: east.applications(f"spark-{team}", APACHE) == [])
    wait_for(lambda: east.get(f"/api/v1/namespaces/spark-{team}/pods").body["items"] == [])
    assert backend.observe(name, "east", native)["progress"] == "absent"


def test_remove_spares_a_successor_of_the_same_name(on_east, east, team):
    name = token()
    native = on_east.create(name, "east", job(team))["native_id"]
    path = f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications/hearth-{name}"
    old = east.get(path).body
    east.call("DELETE", path)
    wait_for(lambda: not east.get(path).ok)
    successor = {"apiVersion": KUBEFLOW, "kind": "SparkApplication", "metadata": {"name": f"hearth-{name}"}}
    assert east.call("POST", path.rsplit("/", 1)[0], {**successor, "spec": old["spec"]}).status == 201
    on_east.remove(name, "east", native)
    time.sleep(0.5)
    assert east.get(path).ok


def test_executors_that_ended_are_told(on_east, east, team):
    name = token()
    on_east.create(name, "east", job(team))
    base = f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications/hearth-{name}"
    labels = east.get(base).body["spec"]["executor"]["labels"]
    pods = f"/api/v1/namespaces/spark-{team}/pods"
    pod = {
        "metadata": {"name": "executor-1", "labels": {**labels, "spark-role": "executor"}},
        "spec": {
            "schedulerName": "nobody",
            "containers": [{"name": "spark-kubernetes-executor", "image": "played"}],
        },
    }
    east.call("POST", pods, pod)
    end = {"exitCode": 137, "reason": "OOMKilled"}
    east.patch_status(f"{pods}/executor-1", ended_executor(end))
    east.call("DELETE", f"{pods}/executor-1", {"gracePeriodSeconds": 0})
    time.sleep(0.5)
    east.patch_status(base, {"applicationState": {"state": "FAILED", "errorMessage": "x"}, "driverInfo": {}})
    outcome = until(on_east, name, "ended")["outcome"]
    assert "1 of the executors ended: exit code 137, OOMKilled" in outcome["message"]


def test_unschedulable(on_east, east, team):
    """The real scheduler has no node for it."""
    name = token()
    on_east.create(name, "east", job(team))
    base = f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications/hearth-{name}"
    labels = east.get(base).body["spec"]["driver"]["labels"]
    pod = {
        "metadata": {"name": "driver", "labels": {**labels, "spark-role": "driver"}},
        "spec": {
            "nodeSelector": {"nowhere": "true"},
            "containers": [{"name": "spark-kubernetes-driver", "image": "played"}],
        },
    }
    east.call("POST", f"/api/v1/namespaces/spark-{team}/pods", pod)
    wait_for(lambda: on_east.observe(name, "east")["reason"] == "Unschedulable")


def test_sql_without_an_entry_point_names_it(on_east, team):
    with pytest.raises(Refused) as refusal:
        on_east.place(job(team, application={"kind": "sql", "sql": "SELECT 1"}))
    assert refusal.value.kind == "Unsupported"
    assert "entry_points.sql" in refusal.value.message
