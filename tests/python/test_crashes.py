"""Servers killed with -9 while clients submit: every key has one run, every run one end, every program ran once.

Each key is submitted several times, by clients at the same time; in `./dev test --full` 10,000 submissions by 16 clients.
"""

import concurrent.futures
import contextlib
import http.client
import os
import random
import signal
import sys
import threading
import time

import pytest
from conftest import ROOT, full_run
from doors import open_doors

sys.path.insert(0, str(ROOT / "tools"))
from dev.postgres import postgres, programs  # noqa: E402

JOBS = 625 if full_run() else 80
SUBMISSIONS = 10_000 if full_run() else 160
CLIENTS = 16
KILLS = 12 if full_run() else 4
PATIENCE = 400 if full_run() else 120


@pytest.fixture
def spark_home(tmp_path):
    """A spark-submit that runs the job's file as a shell script: what counts here is who starts it, and how often."""
    folder = tmp_path / "spark" / "bin"
    folder.mkdir(parents=True)
    submit = folder / "spark-submit"
    submit.write_text('#!/bin/sh\nwhile [ "$1" = --conf ]; do shift 2; done\nexec /bin/sh "$@"\n')
    submit.chmod(0o755)
    return folder.parent


class Servers:
    """Some servers of one store; clients turn to any that answers."""

    def __init__(self, binary, folder, spark_home, *arguments):
        platform = folder / "platform.yaml"
        platform.write_text("backends: {local: {runs: 16}}\n")
        given = ("--spark-home", str(spark_home), "--control", "off", "--platform", str(platform), *arguments)
        self.make = lambda: open_doors(binary, folder, *given)
        self.lock = threading.Lock()
        self.running = []

    def start(self):
        stack = contextlib.ExitStack()
        doors = stack.enter_context(self.make())
        with self.lock:
            self.running.append((doors, stack))

    def kill(self):
        with self.lock:
            doors, stack = self.running.pop(random.randrange(len(self.running)))
        os.kill(doors.process.pid, signal.SIGKILL)
        doors.process.wait()
        with contextlib.suppress(Exception):
            stack.close()

    def call(self, *request):
        """The answer of some server; tried again until there is one."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with self.lock:
                doors = random.choice(self.running)[0] if self.running else None
            if doors:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    status, answer, _ = doors.call(*request)
                    if status not in (429, 503):
                        return status, answer
            time.sleep(0.05)
        raise AssertionError(f"no server answered {request[:2]}")

    def close(self):
        for _, stack in self.running:
            stack.close()


def submit(servers, tmp_path, key: str) -> str:
    request = {
        "name": "crash",
        "team": "data",
        "user": "anna",
        "idempotency_key": key,
        "config": {"spark_version": "4.3", "pyspark": {"file": str(tmp_path / "job.py"), "args": [key]}},
    }
    status, answer = servers.call("POST", "/api/v1/jobs", request)
    assert status == 202, answer
    return answer["job_id"]


def live_through_kills(servers, tmp_path, keep_one: bool):
    marks = tmp_path / "marks"
    marks.mkdir()
    (tmp_path / "job.py").write_text(f'echo ran >> "{marks}/$1"\nsleep 0.$(($$ % 5))\n')
    done = threading.Event()

    def killer():
        for _ in range(KILLS):
            time.sleep(random.uniform(0.5, 3))
            if keep_one:
                servers.start()
            servers.kill()
            if not keep_one:
                servers.start()
        done.set()

    threading.Thread(target=killer).start()
    keys = [f"key-{number}" for number in range(JOBS)]
    # All submissions of a key come together, so that they meet.
    calls = sorted((keys[number % JOBS] for number in range(SUBMISSIONS)), key=lambda key: int(key[4:]))
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda key: submit(servers, tmp_path, key), calls))
    runs: dict[str, set[str]] = {}
    for key, job_id in zip(calls, answers, strict=True):
        runs.setdefault(key, set()).add(job_id)
    assert all(len(ids) == 1 for ids in runs.values()), "the same key is the same run"
    assert len(set(answers)) == JOBS
    assert done.wait(PATIENCE)
    end = time.monotonic() + PATIENCE
    for job_id in sorted(set(answers)):
        while True:
            _, job = servers.call("GET", f"/api/v1/jobs/{job_id}")
            if job["status"] in ("SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "LOST"):
                break
            assert time.monotonic() < end, job
            time.sleep(0.2)
        assert job["status"] == "SUCCEEDED", job
        assert len(job["attempts"]) == 1, job
        _, events = servers.call("GET", f"/api/v1/jobs/{job_id}/events")
        finals = [event for event in events["events"] if event["status"] == "SUCCEEDED"]
        assert len(finals) == 1, events
    for key in keys:
        assert (marks / key).read_text() == "ran\n", f"{key} ran more than once"


def test_a_killed_server_loses_and_doubles_nothing(binary, tmp_path, spark_home):
    servers = Servers(binary, tmp_path, spark_home)
    servers.start()
    try:
        live_through_kills(servers, tmp_path, keep_one=False)
    finally:
        servers.close()


@pytest.mark.skipif(
    programs() is None and not full_run(), reason="no PostgreSQL server is installed: ./dev setup --full"
)
def test_servers_of_one_postgres_take_over_from_each_other(binary, tmp_path, spark_home):
    with postgres() as address:
        servers = Servers(binary, tmp_path, spark_home, "--job-store", address)
        servers.start()
        servers.start()
        try:
            live_through_kills(servers, tmp_path, keep_one=True)
        finally:
            servers.close()
