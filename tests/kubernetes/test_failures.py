"""Classes of failure as true ends: of processes on this machine, of pods with their status on a real API server.

What only a real Spark shows is in tests/python: out of heap, missing classes, errors of SQL in test_spark_jobs.py, the rest in
test_spark_failures.py.
"""

import pytest
from control_plane import wait_for
from place import Client, ended

# Exit codes and signals of drivers, as Spark's launchers and the kernel give them.
PROCESSES = [
    ("exit 2", "bad-arguments"),
    ("exit 11", "executors-lost"),
    ("exit 52", "driver-heap-oom"),
    ("exit 53", "disk-full"),
    ("exit 77", "unknown"),
    ("exit 56", "heartbeat-timeout"),
    ("exit 101", "class-missing"),
    ("exit 126", "not-executable"),
    ("no-such-program", "not-executable"),
    ("kill -ABRT $$", "native-crash"),
    ("kill -SEGV $$", "native-crash"),
    ("kill -KILL $$", "killed"),
    ("echo 'Exception in thread'; exit 1", "user-code"),
    ("dd if=/dev/zero of=/dev/full; exit 1", "disk-full"),
]

# What is wrong with the driver's pod; the keys are those of apache_operator.py.
PODS = [
    ({"end": 137, "reason": "OOMKilled"}, "driver-container-oom"),
    ({"end": 143, "state": "DriverEvicted"}, "node-eviction"),
    ({"end": 1, "executor": 137}, "executor-container-oom"),
    ({"end": 1, "executor": 52}, "executor-heap-oom"),
    ({"cpu": "1000", "start": -1}, "unschedulable"),
    ({"start": -1, "waiting": "ImagePullBackOff"}, "image-pull"),
    ({"start": -1, "waiting": "RegistryUnavailable"}, "image-registry"),
    ({"start": -1, "waiting": "CreateContainerConfigError"}, "container-config"),
    ({"start": -1}, "start-timeout"),
]


def first_failure(client, job_id: str) -> dict:
    """The first attempt once it has failed; what follows it is not waited for."""

    def failed():
        attempts = client.check(job_id).get("attempts", [])
        return attempts and attempts[0]["failure_class"] and attempts[0]

    return wait_for(failed, 90)


def test_ends_of_processes(place):
    with place.serve() as doors:
        client = place.client(doors)
        jobs = [client.submit(**place.job(command, retry={"max_retries": 0}))["job_id"] for command, _ in PROCESSES]
        found = [first_failure(client, job)["failure_class"] for job in jobs]
    assert list(zip([command for command, _ in PROCESSES], found, strict=True)) == PROCESSES


def test_a_cancelled_driver(place):
    with place.serve() as doors:
        client = place.client(doors)
        job = client.submit(**place.job("sleep 60"))["job_id"]
        wait_for(lambda: client.check(job)["status"] == "RUNNING", 60)
        client.cancel(job)
        (attempt,) = ended(client, job)["attempts"]
    assert (attempt["failure_class"], attempt["decision"]) == ("cancelled", "cancelled"), attempt


def test_a_team_without_a_namespace(kubernetes):
    """The API server refuses the application itself."""
    request = kubernetes.job("true") | {"team": "strangers"}
    with kubernetes.serve() as doors:
        client = Client(doors.url, token="token-of-another-0")
        (attempt,) = ended(client, client.submit(**request)["job_id"])["attempts"]
    assert (attempt["failure_class"], attempt["fault"]) == ("refused", "user"), attempt
    assert "spark-strangers" in attempt["evidence"]


def test_too_much_memory_on_this_machine(local):
    """The driver's limit is its memory and overhead together; what takes more is ended, and the next attempt gets more."""
    program = "exec python3 -c 'x = bytes([120]) * (700 << 20); import time; time.sleep(20)'"
    size = {"driver": {"memory": "512m", "memory_overhead": "64m"}}
    with local.serve() as doors:
        client = local.client(doors)
        job = client.submit(**local.job(program, resources=size))["job_id"]
        first = first_failure(client, job)
        client.cancel(job)
    assert (first["failure_class"], first["reason"]) == ("driver-container-oom", "MemoryLimit")
    assert "overhead" in first["decision"]


@pytest.mark.parametrize(("double", "expected"), PODS, ids=[name for _, name in PODS])
def test_ends_of_pods(kubernetes, double, expected):
    settings = {f"spark.double.{key}": str(value) for key, value in double.items()}
    request = kubernetes.job("", retry={"max_retries": 0}, limits={"start_seconds": 3})
    request["config"]["spark_config"] = settings
    with kubernetes.serve(watch={"grace": "1s"}) as doors:
        client = kubernetes.client(doors)
        job = client.submit(**request)["job_id"]
        attempt = first_failure(client, job)
        client.cancel(job)
    assert attempt["failure_class"] == expected, attempt


def test_an_executor_without_memory_gets_more_overhead(kubernetes):
    request = kubernetes.job("", resources={"executor": {"instances": 1, "memory": "1g"}})
    request["config"]["spark_config"] = {"spark.double.end": "1", "spark.double.executor": "137"}
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        job = client.submit(**request)["job_id"]
        attempt = first_failure(client, job)
        client.cancel(job)
    assert attempt["failure_class"] == "executor-container-oom", attempt
    assert "executor memory overhead 384m -> 1408m" in attempt["decision"]


def test_an_evicted_driver_is_tried_again(kubernetes, east, tmp_path):
    """The API server itself writes why the pod goes: the condition DisruptionTarget."""
    mark = tmp_path / "evicted"
    pods = f"/api/v1/namespaces/spark-{kubernetes.team}/pods"
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        job = client.submit(**kubernetes.job(f"[ -e {mark} ] || exec sleep 60"))["job_id"]
        wait_for(lambda: client.check(job)["status"] == "RUNNING", 60)
        mark.touch()
        (driver,) = east.get(pods).body["items"]
        name = driver["metadata"]["name"]
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        assert east.call("POST", f"{pods}/{name}/eviction", eviction).status == 201
        job = ended(client, job)
    first, second = job["attempts"]
    assert (first["failure_class"], first["reason"]) == ("preempted", "EvictionByEvictionAPI"), first
    assert "unchanged" in first["decision"]
    assert (job["status"], second["exit_code"]) == ("SUCCEEDED", 0), job


def test_a_namespace_without_quota(kubernetes, east):
    quota = f"/api/v1/namespaces/spark-{kubernetes.team}/resourcequotas"
    east.call("POST", quota, {"metadata": {"name": "nothing"}, "spec": {"hard": {"pods": "0"}}})
    wait_for(lambda: east.get(f"{quota}/nothing").body.get("status", {}).get("hard"), 60)
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        job = client.submit(**kubernetes.job("true"))["job_id"]
        attempt = first_failure(client, job)
        client.cancel(job)
    assert attempt["failure_class"] == "quota", attempt
    assert "exceeded quota: nothing" in attempt["evidence"]
