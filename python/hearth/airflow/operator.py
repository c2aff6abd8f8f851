"""Runs a job on a Hearth server."""

from __future__ import annotations

import pathlib
import time
import zoneinfo
from collections.abc import Mapping
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from hearth.airflow import keys
from hearth.airflow.ending import TASK_ENDED, explanation, is_worth_repeating, summary
from hearth.airflow.hook import DEFAULT_CONNECTION, HearthHook, client_of, key_prefix_of
from hearth.airflow.trigger import HearthJobTrigger
from hearth.jobs import FINAL, Client, JobError, Unavailable

DATE_NAMES = ("ds", "execution_date")
GROWTH = 1.5
PATIENCE_SECONDS = 900.0
KILL_SECONDS = 10.0


class HearthJobOperator(BaseOperator):
    """Submits a job once, waits for its end, and fails with the reason when it did not succeed.

    What runs is either `manifest` (the path of a SparkJob manifest, relative to the DAG's file, or its text) or `job` (a request
    as the REST door takes it: {"name", "team", "config": {"sql": {"query": …}}}; without a name it is the task's).

    A manifest is never a template of Airflow's: its `{{ … }}` are Hearth's own. What Airflow knows goes in as `parameters`, which
    is a template. Unless these name `ds` or `execution_date`, Hearth's `{{ ds }}` and `{{ execution_date }}` are the logical date of
    the DAG's run (of a run without one: when it was due), told in `time_zone`.

    However often Airflow tries the task, one run at a time and one success come of it (keys.py says how). `idempotency_key` replaces the
    key that is made from the DAG, its run and the task: then a success under it is never repeated, not by clearing either.

    The server may be away for `patience_seconds`; after that the task fails, its job goes on, and a further try finds it.

    A failure that is the user's own ends the task without further tries. Hearth tries again by itself, changed by the cause, what
    may be tried again: `retries` of the task are best left at 0.
    """

    template_fields = ("job", "parameters", "environment", "team", "idempotency_key", "hearth_conn_id")
    template_fields_renderers = {"job": "json", "parameters": "json"}
    ui_color = "#fbe3d0"

    def __init__(
        self,
        *,
        manifest: str | pathlib.Path | None = None,
        job: Mapping[str, Any] | None = None,
        environment: str | None = None,
        team: str | None = None,
        parameters: Mapping[str, str] | None = None,
        time_zone: str = "UTC",
        idempotency_key: str | None = None,
        hearth_conn_id: str = DEFAULT_CONNECTION,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_seconds: float = 2.0,
        longest_poll_seconds: float = 60.0,
        patience_seconds: float = PATIENCE_SECONDS,
        **arguments: Any,
    ):
        super().__init__(**arguments)
        if (manifest is None) == (job is None):
            raise ValueError("either manifest or job is needed")
        self.manifest = str(manifest) if manifest is not None else None
        self.job = job
        self.environment = environment
        self.team = team
        self.parameters = parameters
        self.time_zone = time_zone
        self.idempotency_key = idempotency_key
        self.hearth_conn_id = hearth_conn_id
        self.deferrable = deferrable
        self.poll_seconds = poll_seconds
        self.longest_poll_seconds = longest_poll_seconds
        self.patience_seconds = patience_seconds
        self._job_id: str | None = None
        self._asked: tuple[str, int, str | None] | None = None  # key, cleared_at, team: while the job's id is not known
        self._killer: Client | None = None
        self._is_killed = False

    def execute(self, context: Mapping[str, Any]) -> str:
        started = time.time()
        client = self._connect()
        job = self._submit(client, context)
        self._job_id = job["job_id"]
        context["ti"].xcom_push(key="job_id", value=self._job_id)
        if self._is_killed:  # while the server was being asked
            self.on_kill()
        if job["status"] not in FINAL and self.deferrable:
            limit = self.execution_timeout
            self.defer(
                trigger=HearthJobTrigger(
                    self._job_id,
                    self.hearth_conn_id,
                    poll_seconds=self.poll_seconds,
                    longest_poll_seconds=self.longest_poll_seconds,
                    patience_seconds=self.patience_seconds,
                    deadline=started + limit.total_seconds() if limit else None,
                    cancels_job=True,
                ),
                method_name="execute_complete",
            )
        return self._finish(client, self._wait(client, job))

    def execute_complete(self, context: Mapping[str, Any], event: Mapping[str, Any]) -> str:
        """Goes on when the trigger has fired."""
        del context
        self._job_id = event["job_id"]
        client = self._connect()
        if event["outcome"] == "ended":
            return self._finish(client, {"job_id": self._job_id})
        if event["outcome"] == "deadline":
            self.on_kill()
            raise AirflowException(f"job {self._job_id} has not ended within {self.execution_timeout}: it is cancelled")
        raise AirflowException(
            f"job {self._job_id} could not be watched any longer ({event['outcome']}): {event['error']}"
        )

    def on_kill(self) -> None:
        # Airflow calls this from a signal handler: no question to Airflow may be asked here, it could be in the midst of one.
        self._is_killed = True
        if self._killer is None:
            return
        try:
            if self._job_id is None and self._asked:
                key, cleared_at, team = self._asked  # the submission was cut off: it may have arrived
                self._job_id = (keys.newest(self._killer, key, team, cleared_at) or {}).get("job_id")
            if self._job_id:
                self._killer.cancel(self._job_id, reason=TASK_ENDED)
        except JobError as error:
            self.log.error("job %s could not be cancelled: %s", self._job_id, error)

    def _connect(self) -> Client:
        connection = HearthHook.get_connection(self.hearth_conn_id)
        self._key_prefix = key_prefix_of(connection)
        self._killer = client_of(connection, timeout=KILL_SECONDS, retry_seconds=KILL_SECONDS)
        return client_of(connection, retry_seconds=self.patience_seconds)

    def _submit(self, client: Client, context: Mapping[str, Any]) -> dict[str, Any]:
        instance = context["ti"]
        if self.idempotency_key:
            key, cleared_at = self.idempotency_key, 0
        else:
            map_index = instance.map_index if instance.map_index is not None else -1
            key = keys.task_key(self._key_prefix, instance.dag_id, instance.run_id, instance.task_id, map_index)
            # Clearing sets max_tries to the number of the last try and the task's retries.
            cleared_at = max(0, (instance.max_tries or 0) - (self.retries or 0))
        request = self._request(context)
        self._asked = (key, cleared_at, request.get("team"))
        try:
            return keys.submit(client, request, key, cleared_at=cleared_at, log=self.log)
        except Unavailable as error:
            raise AirflowException(f"the server cannot take the job: {error}") from error
        except JobError as error:
            field = f" (field {error.field})" if error.field else ""
            raise AirflowFailException(f"the server refuses the job{field}: {error}") from error

    def _request(self, context: Mapping[str, Any]) -> dict[str, Any]:
        parameters = {str(name): str(value) for name, value in (self.parameters or {}).items()}
        if not parameters.keys() & set(DATE_NAMES):
            parameters["execution_date"] = self._date(context["dag_run"])
        request: dict[str, Any] = {"user": "airflow", "parameters": parameters}
        if self.manifest is not None:
            request["manifest"] = self._manifest_text()
        else:
            request |= {"name": self.task_id, **self.job}
            request["parameters"] = {**parameters, **self.job.get("parameters", {})}
        for name in ("environment", "team"):
            if getattr(self, name):
                request[name] = getattr(self, name)
        return request

    def _date(self, dag_run: Any) -> str:
        date = dag_run.logical_date or dag_run.run_after
        return date.astimezone(zoneinfo.ZoneInfo(self.time_zone)).isoformat(timespec="seconds")

    def _manifest_text(self) -> str:
        if "\n" in self.manifest:
            return self.manifest
        path = pathlib.Path(self.dag.fileloc).parent / self.manifest
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise AirflowFailException(f"the manifest cannot be read: {error}") from error

    def _wait(self, client: Client, job: dict[str, Any]) -> dict[str, Any]:
        pause = max(0.1, self.poll_seconds)
        while job["status"] not in FINAL:
            time.sleep(pause)
            pause = min(pause * GROWTH, max(pause, self.longest_poll_seconds))
            try:
                job = client.check(self._job_id, brief=True)
            except JobError as error:
                raise AirflowException(f"job {self._job_id} cannot be watched: {error}") from error
        return job

    def _finish(self, client: Client, job: dict[str, Any]) -> str:
        try:
            job = client.check(job["job_id"])
        except JobError as error:
            raise AirflowException(f"how job {job['job_id']} ended cannot be asked: {error}") from error
        if job["status"] == "SUCCEEDED":
            self.log.info("%s", summary(job))
            return job["job_id"]
        for line in explanation(job):
            self.log.error("%s", line)
        raise (AirflowException if is_worth_repeating(job) else AirflowFailException)(summary(job))
