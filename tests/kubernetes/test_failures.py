"""Classes of failure as true ends: of processes on this machine, of pods with their status on a real API server.

What only a real Spark shows (out of heap, missing classes, errors of SQL) is in tests/python/test_spark_jobs.py.
"""

import pytest
from control_plane import wait_for

# Exit codes and signals of drivers, as Spark's launchers and the kernel give them.
PROCESSES = [
    ("exit 2", "bad-arguments"),
    ("exit 11", "executors-lost"),
    ("exit 52", "driver-heap-oom"),
    ("exit 53", "disk-full"),
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
    ({"state": "SchedulingFailure"}, "quota"),
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
