"""A real Spark Connect server from the PyPI package, for as long as a `with` block lasts.

    with SparkServer() as server:
        spark = SparkSession.builder.remote(server.remote).create()

Started on a free loopback port with a small heap and a scratch warehouse; stopped by SIGTERM, killed if that takes
longer than ten seconds, and ended with the parent process whatever happens.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from environment import judge_python, spark_home

_PR_SET_PDEATHSIG = 1

# Fixed so that an answer never depends on the machine: zone, locale, partition count, no UI.
SERVER_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Duser.language=en -Duser.country=US -XX:+UseSerialGC",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent() -> None:
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class SparkServer:
    def __init__(self, settings: dict[str, str] | None = None, cores: int = 2, memory: str = "1g"):
        self.port = free_port()
        self.settings = {**SERVER_SETTINGS, **(settings or {})}
        self.cores = cores
        self.memory = memory
        self.process: subprocess.Popen | None = None
        self.scratch: pathlib.Path | None = None

    @property
    def remote(self) -> str:
        return f"sc://localhost:{self.port}"

    def start(self, deadline_seconds: float = 120) -> "SparkServer":
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="hearth-judge-"))
        home = spark_home()
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.scratch / "local"),
            "PYSPARK_PYTHON": str(judge_python()),
            "SPARK_CONNECT_MODE": "0",
            "LC_ALL": "C.UTF-8",
        }
        settings = {
            **self.settings,
            "spark.connect.grpc.binding.port": str(self.port),
            "spark.sql.warehouse.dir": str(self.scratch / "warehouse"),
        }
        command = [str(home / "bin" / "spark-submit"), "--master", f"local[{self.cores}]"]
        command += ["--driver-memory", self.memory]
        for key, value in settings.items():
            command += ["--conf", f"{key}={value}"]
        command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
        with open(self.scratch / "server.log", "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.scratch, env=environment, stdout=log, stderr=log, preexec_fn=_die_with_parent
            )
        atexit.register(self.stop)
        self._wait_for_port(time.monotonic() + deadline_seconds)
        return self

    def _wait_for_port(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)
        log = (self.scratch / "server.log").read_text(errors="replace")[-3000:]
        self.stop()
        raise RuntimeError(f"the Spark Connect server did not open its port:\n{log}")

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            # The whole group: spark-submit may still be a shell in front of the JVM.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(timeout=10)
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch = None

    def __enter__(self) -> "SparkServer":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()
