"""Waits for a job that something else submitted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseSensorOperator, PokeReturnValue
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSensorTimeout

from hearth.airflow.ending import explanation, summary
from hearth.airflow.hook import DEFAULT_CONNECTION, HearthHook
from hearth.airflow.keys import newest
from hearth.airflow.trigger import HearthJobTrigger
from hearth.jobs import FINAL, JobError, Unavailable


class HearthJobSensor(BaseSensorOperator):
    """Is done when a job has ended; its result is the job's id.

    The job is named by `job_id`, or by `idempotency_key` (and `team`, unless the token says it): then it may be submitted later, and
    of several under the key and its numbers the newest one counts. A job that did not succeed fails the sensor, with the
    reason in its log, unless `any_end`.
    """

    template_fields = ("job_id", "idempotency_key", "team", "hearth_conn_id")

    def __init__(
        self,
        *,
        job_id: str | None = None,
        idempotency_key: str | None = None,
        team: str | None = None,
        any_end: bool = False,
        hearth_conn_id: str = DEFAULT_CONNECTION,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        **arguments: Any,
    ):
        super().__init__(**arguments)
        if (job_id is None) == (idempotency_key is None):
            raise ValueError("either job_id or idempotency_key is needed")
        self.job_id = job_id
        self.idempotency_key = idempotency_key
        self.team = team
        self.any_end = any_end
        self.hearth_conn_id = hearth_conn_id
        self.deferrable = deferrable

    def execute(self, context: Mapping[str, Any]) -> Any:
        if not self.deferrable:
            return super().execute(context)
        self.defer(
            trigger=HearthJobTrigger(
                self.job_id,
                self.hearth_conn_id,
                idempotency_key=self.idempotency_key,
                team=self.team,
                poll_seconds=min(2.0, self.poke_interval),
                longest_poll_seconds=self.poke_interval,
                deadline=time.time() + self.timeout,
            ),
            method_name="execute_complete",
        )

    def execute_complete(self, context: Mapping[str, Any], event: Mapping[str, Any]) -> Any:
        """Goes on when the trigger has fired."""
        del context
        if event["outcome"] == "deadline":
            raise AirflowSensorTimeout(f"the job has not ended within {self.timeout} s")
        if event["outcome"] != "ended":
            raise AirflowException(f"the job could not be watched any longer ({event['outcome']}): {event['error']}")
        return self._ended(event["job_id"])

    def poke(self, context: Mapping[str, Any]) -> bool | PokeReturnValue:
        del context
        client = HearthHook(self.hearth_conn_id).get_conn()
        try:
            if self.job_id:
                job = client.check(self.job_id, brief=True)
            else:
                job = newest(client, self.idempotency_key, self.team)
        except Unavailable as error:
            self.log.warning("the server does not answer: %s", error)
            return False
        except JobError as error:
            raise AirflowFailException(str(error)) from error
        if job is None or job["status"] not in FINAL:
            self.log.info("%s", "there is no job yet" if job is None else f"job {job['job_id']} is {job['status']}")
            return False
        return PokeReturnValue(True, self._ended(job["job_id"]))

    def _ended(self, job_id: str) -> str:
        try:
            job = HearthHook(self.hearth_conn_id).get_conn().check(job_id)
        except JobError as error:
            raise AirflowException(f"how job {job_id} ended cannot be asked: {error}") from error
        if job["status"] == "SUCCEEDED" or self.any_end:
            self.log.info("%s", summary(job))
            return job_id
        for line in explanation(job):
            self.log.error("%s", line)
        raise AirflowFailException(summary(job))
