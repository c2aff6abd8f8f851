"""Where jobs run, seen by a test of a whole server: this machine, or a cluster whose pods are processes."""

import dataclasses
import json
import pathlib
import sys

from control_plane import ROOT

sys.path += [str(ROOT / "tests" / "python"), str(ROOT / "python")]

from doors import open_doors  # noqa: E402
from hearth.jobs import Client  # noqa: E402

# Runs the job's file with what it is given; an event log as Spark writes it comes from the variable PEAK.
SUBMIT = r"""#!/bin/sh
while [ "$1" = --conf ]; do
  case "$2" in spark.eventLog.dir=*) events="${2#spark.eventLog.dir=}"; events="${events#file:}";; esac
  shift 2
done
script=$1; shift
[ -n "$PEAK" ] && [ -n "$events" ] && printf '%s\n' "{\"Event\":\"SparkListenerStageExecutorMetrics\",\
\"Executor ID\":\"driver\",\"Stage ID\":0,\"Stage Attempt ID\":0,\"Executor Metrics\":{\"JVMHeapMemory\":$PEAK}}" > "$events/app"
exec /bin/sh "$script" "$@"
"""


@dataclasses.dataclass
class Place:
    """Where jobs run: what a server needs for it, and how a job says it."""

    name: str
    folder: pathlib.Path
    binary: pathlib.Path
    team: str
    arguments: list[str]
    things: object  # how many attempts the place holds
    settings: dict = dataclasses.field(default_factory=dict)  # of the platform's file

    def serve(self, *arguments: str, **platform):
        images = [{"version": "4.3", "type": "spark-oss", "image": "played"}]
        document = {"environments": {"test": {}}, "images": images, **self.settings, **platform}
        path = self.folder / "platform.yaml"
        path.write_text(json.dumps(document))
        tokens = self.folder / "tokens"
        tokens.write_text(f"token-of-the-team-0 anna {self.team}\ntoken-of-another-0 ben strangers\n")
        given = ("--platform", str(path), "--tokens", str(tokens), *self.arguments, *arguments)
        return open_doors(self.binary, self.folder, *given)

    def client(self, doors) -> Client:
        return Client(doors.url, token="token-of-the-team-0")

    def job(self, command: str, key: str | None = None, **config) -> dict:
        if self.name == "local":
            script = self.folder / "job.sh"
            if not script.exists():  # a driver may be reading it
                script.write_text('eval "$1"\n')
            application = {"pyspark": {"file": str(script), "args": [command]}}
        else:
            application = {"custom_jar": {"jar_path": "local:///played.jar", "main_class": "org.example.Main"}}
            config["spark_config"] = {**config.get("spark_config", {}), "spark.double.command": command}
        config = {
            "backend": self.name,
            "engine_type": "spark-oss",
            "spark_version": "4.3",
            "retry": {"max_retries": 2, "delay_seconds": 1},
            **application,
            **config,
        }
        request = {"name": "scenario", "team": self.team, "environment": "test", "config": config}
        return {**request, "idempotency_key": key} if key else request


def ended(client: Client, job_id: str, seconds: float = 60) -> dict:
    return client.wait(job_id, timeout=seconds, poll_seconds=0.1) and client.check(job_id)
