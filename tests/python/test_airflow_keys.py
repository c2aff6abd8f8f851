"""Which run belongs to which task of Airflow: the part of `hearth.airflow` that needs no Airflow, against a real server."""

import subprocess
import sys

import pytest
from conftest import ROOT
from doors import open_doors
from hearth.airflow import keys
from hearth.airflow.ending import explanation, is_worth_repeating, summary
from hearth.airflow.provider import get_provider_info
from hearth.jobs import FINAL, Client, Conflict

GOOD = "select 6 * 7 as answer"
BAD = "select * from no_such_table"


@pytest.fixture(scope="module")
def client(binary, tmp_path_factory):
    with open_doors(binary, tmp_path_factory.mktemp("airflow-keys")) as server:
        yield Client(server.url)


def request(query: str = GOOD) -> dict:
    return {"name": "task", "team": "air", "user": "airflow", "config": {"sql": {"query": query}}}


def ended(client: Client, job: dict) -> dict:
    return client.wait(job["job_id"], timeout=60, poll_seconds=0.1)


def test_keys_tell_tasks_apart_and_fit():
    key = keys.task_key("airflow", "dag", "manual__2026-01-15T00:00:00+00:00", "task")
    assert key == "airflow/dag/manual__2026-01-15T00:00:00+00:00/task"
    assert keys.task_key("airflow", "dag", "run", "task", 3) == "airflow/dag/run/task/3"
    long = [keys.task_key("airflow", "d" * 200, "r" * 200, task) for task in ("a", "b")]
    assert long[0] != long[1] and all(len(key.encode()) <= keys.LONGEST_KEY for key in long)
    assert len(keys.task_key("ä" * 300, "d", "r", "t").encode()) <= keys.LONGEST_KEY
    assert keys.numbered("k", 0, 1) == "k" and keys.numbered("k", 2, 3) == "k~2#3"


def test_a_second_try_finds_the_run_of_the_first(client):
    first = keys.submit(client, request(), "found")
    assert keys.submit(client, request(), "found")["job_id"] == first["job_id"]
    assert ended(client, first)["status"] == "SUCCEEDED"
    assert keys.submit(client, request(), "found")["job_id"] == first["job_id"], "a success is not repeated"
    assert keys.find(client, "found", "air")["job_id"] == first["job_id"]
    assert keys.find(client, "nothing", "air") is None


def test_after_a_failure_the_next_try_makes_a_run(client):
    failed = ended(client, keys.submit(client, request(BAD), "failing"))
    assert failed["status"] == "FAILED"
    second = keys.submit(client, request(BAD), "failing")
    assert second["job_id"] != failed["job_id"] and second["idempotency_key"] == "failing#2"
    ended(client, second)
    assert keys.submit(client, request(BAD), "failing")["idempotency_key"] == "failing#3"
    ended(client, keys.newest(client, "failing", "air"))
    assert keys.newest(client, "failing", "air")["idempotency_key"] == "failing#3"


def test_a_corrected_job_follows_a_failure_and_never_a_live_or_good_one(client):
    failed = ended(client, keys.submit(client, request(BAD), "corrected"))
    good = ended(client, keys.submit(client, request(GOOD), "corrected"))
    assert good["status"] == "SUCCEEDED" and good["job_id"] != failed["job_id"]
    with pytest.raises(Conflict):
        keys.submit(client, request("select 'other'"), "corrected")


def test_a_cleared_task_runs_again_once(client):
    first = ended(client, keys.submit(client, request(), "cleared"))
    again = keys.submit(client, request(), "cleared", cleared_at=1)
    assert again["job_id"] != first["job_id"] and again["idempotency_key"] == "cleared~1"
    ended(client, again)
    assert keys.submit(client, request(), "cleared", cleared_at=1)["job_id"] == again["job_id"]
    assert keys.submit(client, request(), "cleared", cleared_at=3)["idempotency_key"] == "cleared~3"


class Scripted:
    """A server of which only the answers matter: one run under `key`, whose states follow each other."""

    def __init__(self, key: str, *states: str):
        self.key = key
        self.states = list(states)
        self.submitted = []

    def _job(self) -> dict:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"job_id": "old", "status": state, "idempotency_key": self.key}

    def list(self, *, limit, idempotency_key, team=None):
        del limit, team
        return iter([self._job()] if idempotency_key == self.key else [])

    def check(self, job_id, brief=False):
        del brief
        return self._job() if job_id == "old" else {"job_id": job_id, "status": "QUEUED"}

    def submit(self, **request):
        self.submitted.append(request["idempotency_key"])
        known = request["idempotency_key"] == self.key
        return {"job_id": "old" if known else "new", "duplicate": known}


def test_a_live_run_of_an_earlier_round_is_waited_for():
    server = Scripted("k", "RUNNING")
    assert keys.submit(server, request(), "k", cleared_at=2)["job_id"] == "old"
    assert not server.submitted


def test_a_run_that_is_being_cancelled_makes_room():
    server = Scripted("k", "CANCELLING", "CANCELLING", "CANCELLED")
    assert keys.submit(server, request(), "k", sleep=lambda seconds: None)["job_id"] == "new"
    assert server.submitted == ["k", "k#2"]
    stuck = Scripted("k", "CANCELLING")
    assert keys.submit(stuck, request(), "k", sleep=lambda seconds: None)["status"] == "CANCELLING"


def test_the_end_is_explained(client):
    failed = ended(client, keys.submit(client, request(BAD), "explained"))
    lines = explanation(failed)
    assert failed["status"] in FINAL and failed["job_id"] in lines[0] and "FAILED" in summary(failed)
    assert any("no_such_table" in line for line in lines) and any("fault user" in line for line in lines)
    assert not is_worth_repeating(failed)
    infrastructure = {"job_id": "j", "status": "FAILED", "attempts": [{"fault": "infrastructure"}]}
    assert is_worth_repeating(infrastructure)
    assert is_worth_repeating({"job_id": "j", "status": "TIMED_OUT", "attempts": []})
    assert not is_worth_repeating(
        {"job_id": "j", "status": "CANCELLED", "message": "cancelled: by anna", "attempts": []}
    )
    by_a_task = {
        "status": "CANCELLED",
        "message": "cancelled: its Airflow task was ended",
        "attempts": [{"fault": "user"}],
    }
    assert is_worth_repeating(by_a_task)


def test_the_package_needs_no_airflow():
    program = "import sys, hearth, hearth.airflow, hearth.airflow.provider; print('airflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    information = get_provider_info()
    modules = [module for kind in ("operators", "sensors", "triggers", "hooks") for module in information[kind]]
    for module in modules:
        path = ROOT / "python" / (module["python-modules"][0].replace(".", "/") + ".py")
        assert path.exists()
