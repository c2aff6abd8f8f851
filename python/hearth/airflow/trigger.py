"""Waits for the end of a job in Airflow's triggerer."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from hearth.airflow.ending import TASK_ENDED
from hearth.airflow.hook import DEFAULT_CONNECTION, HearthHook
from hearth.airflow.keys import newest
from hearth.jobs import FINAL, JobError, Unavailable

PATIENCE_SECONDS = 3600.0
CALL_SECONDS = 20.0
GROWTH = 1.5


class HearthJobTrigger(BaseTrigger):
    """Fires once, when a job has ended, with {"outcome", "job_id", "status", "error"}.

    `outcome` is "ended"; "deadline" when that (seconds since 1970) passed first; "unreachable" when the server did not answer for
    `patience_seconds`; "refused" for an answer that will not change. The job is named by `job_id`, or by `idempotency_key` and
    `team`: it may not exist yet. The pause between two looks grows from `poll_seconds` to `longest_poll_seconds`. All that it knows
    is in its arguments, so another triggerer goes on where one stopped. With `cancels_job`, a task that a person ends or
    clears takes its job along.
    """

    def __init__(
        self,
        job_id: str | None = None,
        hearth_conn_id: str = DEFAULT_CONNECTION,
        *,
        idempotency_key: str | None = None,
        team: str | None = None,
        poll_seconds: float = 2.0,
        longest_poll_seconds: float = 60.0,
        patience_seconds: float = PATIENCE_SECONDS,
        deadline: float | None = None,
        cancels_job: bool = False,
    ):
        super().__init__()
        self.job_id = job_id
        self.hearth_conn_id = hearth_conn_id
        self.idempotency_key = idempotency_key
        self.team = team
        self.poll_seconds = poll_seconds
        self.longest_poll_seconds = longest_poll_seconds
        self.patience_seconds = patience_seconds
        self.deadline = deadline
        self.cancels_job = cancels_job

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("job_id", "hearth_conn_id", "idempotency_key", "team", "poll_seconds", "longest_poll_seconds")
        names += ("patience_seconds", "deadline", "cancels_job")
        return "hearth.airflow.trigger.HearthJobTrigger", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        client = await self._hook().get_async_conn()
        pause = max(0.1, self.poll_seconds)
        answered = time.monotonic()
        while True:
            try:
                # The client waits on a socket: a thread of its own, so that other triggers go on.
                job = await asyncio.to_thread(self._look, client)
                answered = time.monotonic()
            except Unavailable as error:
                self.log.warning("the server does not answer: %s", error)
                if time.monotonic() - answered >= self.patience_seconds:
                    yield self._event("unreachable", error=str(error))
                    return
                job = None
            except JobError as error:
                yield self._event("refused", error=str(error))
                return
            if job is not None and job["status"] in FINAL:
                yield self._event("ended", job["job_id"], job["status"])
                return
            if self.deadline is not None and time.time() >= self.deadline:
                yield self._event("deadline")
                return
            await asyncio.sleep(self._bounded(pause))
            pause = min(pause * GROWTH, max(pause, self.longest_poll_seconds))

    async def on_kill(self) -> None:
        """A person ended or cleared the task; a triggerer that only stops does not come here."""
        if self.cancels_job and self.job_id:
            client = await self._hook().get_async_conn()
            await asyncio.to_thread(client.cancel, self.job_id, reason=TASK_ENDED)

    def _hook(self) -> HearthHook:
        return HearthHook(self.hearth_conn_id, timeout=CALL_SECONDS, retry_seconds=0)

    def _look(self, client) -> dict[str, Any] | None:
        if self.job_id:
            return client.check(self.job_id, brief=True)
        return newest(client, self.idempotency_key, self.team)

    def _bounded(self, pause: float) -> float:
        pause *= random.uniform(0.9, 1.1)  # so that a thousand tasks of one minute do not ask in one instant
        return pause if self.deadline is None else max(0.05, min(pause, self.deadline - time.time()))

    def _event(self, outcome: str, job_id: str | None = None, status: str = "", error: str = "") -> TriggerEvent:
        return TriggerEvent({"outcome": outcome, "job_id": job_id or self.job_id, "status": status, "error": error})
