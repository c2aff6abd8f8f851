"""Which run of a server belongs to which task of Airflow. Knows nothing of Airflow itself.

The rules (docs/decisions/0004-airflow-retries.md):

- A task instance has one key, without its try number: a second try finds what the first one submitted.
- A run that ended without success makes room for the next one, under the key with "#2", "#3", …
- A task that a person cleared begins a new round, and asks for a new run even where one has succeeded: "~R" stands in the
  key, R being the number of the last try before. A run that still lives from a round before is waited for, because two at
  once would be worse than none.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from hearth.jobs import FINAL, Client, Conflict

LONGEST_KEY = 160  # a server takes 200; the rest is for "~R#N"
MOST_RUNS = 1000
MOST_ROUNDS = 50
SETTLE_SECONDS = 60.0

Job = dict[str, Any]


def task_key(prefix: str, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> str:
    """The same for every try of a task instance, different for any other one; '/' is in none of the names."""
    parts = [prefix, dag_id, run_id, task_id, *([str(map_index)] if map_index >= 0 else [])]
    key = "/".join(parts)
    if len(key.encode()) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return key.encode()[: LONGEST_KEY - len(digest) - 1].decode(errors="ignore") + "~" + digest


def numbered(key: str, cleared_at: int, number: int) -> str:
    return key + (f"~{cleared_at}" if cleared_at > 0 else "") + (f"#{number}" if number > 1 else "")


def find(client: Client, key: str, team: str | None = None) -> Job | None:
    """The run of exactly this key."""
    return next(client.list(limit=1, idempotency_key=key, **({"team": team} if team else {})), None)


def newest(client: Client, key: str, team: str | None = None, cleared_at: int = 0) -> Job | None:
    """The last run under the key and its numbers; None when there is none yet."""
    last = None
    for number in range(1, MOST_RUNS):
        job = find(client, numbered(key, cleared_at, number), team)
        if job is None:
            break
        last = job
    return last


def submit(
    client: Client,
    request: Mapping[str, Any],
    key: str,
    *,
    cleared_at: int = 0,
    log: logging.Logger | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Job:
    """Makes the run of this task, or finds it: a run that lives or has succeeded, or a new one.

    `cleared_at` is the number of the last try before a person cleared the task, 0 when nobody did.
    """
    log = log or logging.getLogger(__name__)
    team = request.get("team")
    for earlier in range(max(0, cleared_at - MOST_ROUNDS), cleared_at):
        job = newest(client, key, team, earlier)
        if job is not None and job["status"] not in FINAL:
            job = _settled(client, job, sleep)
            if job["status"] not in FINAL:
                log.warning(
                    "job %s of an earlier round still lives: it is waited for, no other one is made", job["job_id"]
                )
                return job
    for number in range(1, MOST_RUNS):
        own = numbered(key, cleared_at, number)
        try:
            answer = client.submit(**{**request, "idempotency_key": own})
        except Conflict:
            # The request was changed since. What failed as it was may be tried as it is now; anything else is for a person.
            job = find(client, own, team)
            if job is None or job["status"] not in FINAL or job["status"] == "SUCCEEDED":
                raise
        else:
            if not answer["duplicate"]:
                log.info("job %s is submitted, key %s", answer["job_id"], own)
                return client.check(answer["job_id"], brief=True)
            job = _settled(client, client.check(answer["job_id"], brief=True), sleep)
            if job["status"] == "SUCCEEDED" or job["status"] not in FINAL:
                log.info("job %s (%s) is the one of an earlier try, key %s", job["job_id"], job["status"], own)
                return job
        log.info("job %s of an earlier try ended as %s: the next one follows", job["job_id"], job["status"])
    raise RuntimeError(f"{MOST_RUNS} jobs with the key {key!r} have failed")


def _settled(client: Client, job: Job, sleep: Callable[[float], None]) -> Job:
    """A run that is being cancelled is about to make room: waits for that, within bounds."""
    waited = 0.0
    while job["status"] == "CANCELLING" and waited < SETTLE_SECONDS:
        sleep(1.0)
        waited += 1.0
        job = client.check(job["job_id"], brief=True)
    return job
