"""The backend under test, called through the program kubernetes_calls."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Refused(Exception):
    def __init__(self, error: dict):
        super().__init__(f"{error['kind']}: {error['message']}")
        self.kind = error["kind"]
        self.message = error["message"]


class Backend:
    def __init__(self, settings: dict, folder: pathlib.Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = folder / "clusters.yaml"
        self.settings.write_text(json.dumps({"kubernetes": settings}), encoding="utf-8")  # JSON is YAML
        binary = os.environ.get("HEARTH_BINARY")
        program = pathlib.Path(binary).parent if binary else ROOT / "build" / "dev" / "bin"
        self.process = subprocess.Popen(
            [program / "kubernetes_calls", self.settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def call(self, call: str, **arguments):
        self.process.stdin.write(json.dumps({"call": call, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the program ended with {self.process.wait(10)}"
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    def place(self, spec: dict) -> str:
        return self.call("place", spec=spec)

    def create(self, token: str, cluster: str, spec: dict) -> dict:
        return self.call("create", token=token, cluster=cluster, run=token, spec=spec)

    def observe(self, token: str, cluster: str, native_id: str = "") -> dict:
        return self.call("observe", token=token, cluster=cluster, native_id=native_id)

    def stop(self, token: str, cluster: str, native_id: str = "", forced: bool = False) -> None:
        self.call("stop", token=token, cluster=cluster, native_id=native_id, forced=forced)

    def remove(self, token: str, cluster: str, native_id: str = "") -> None:
        self.call("remove", token=token, cluster=cluster, native_id=native_id)

    def log(self, token: str, cluster: str, offset: int = 0, limit: int = 1 << 20) -> dict:
        return self.call("log", token=token, cluster=cluster, offset=offset, limit=limit)

    def changes(self) -> list[str]:
        return self.call("changes")

    def close(self) -> int:
        self.process.stdin.close()
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def job(team: str, **changes) -> dict:
    """A job specification, as canonical JSON has it."""
    return {
        "name": "orders",
        "team": team,
        "environment": "test",
        "application": {"kind": "pyspark", "mainFile": "local:///opt/spark/examples/src/main/python/pi.py"},
        "engineVersion": "4.3",
        "image": "spark:4.3.0",
        "resources": {
            "driver": {"cores": 1, "memoryMib": 512},
            "executor": {"cores": 1, "memoryMib": 512},
            "executorInstances": 1,
        },
        **changes,
    }
