"""The systems that are measured, each behind the same small interface.

A contender runs SQL text and answers a PyArrow table; its processor time is that of its own process (and of all its
threads), so that the client's share is the same for every server and left out.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from environment import ROOT, TPCH_TABLES, cache_root

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of the children it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICKS


def memory_mib(pid: int, what: str = "VmRSS") -> float:
    """Resident memory now (VmRSS) or at its peak (VmHWM)."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


class Server:
    """A Spark Connect server in a process of its own."""

    name = ""

    def __init__(self, memory: str | None = None):
        self.port = free_port()
        self.memory = memory
        self.process: subprocess.Popen | None = None
        self.scratch = tempfile.TemporaryDirectory(prefix="hearth-bench-")

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def __enter__(self):
        log = open(pathlib.Path(self.scratch.name) / "log", "wb")  # noqa: SIM115
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command(), env=self.environment(), stdout=log, stderr=log, cwd=self.scratch.name
        )
        deadline = self.started + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                self.open_after = time.monotonic() - self.started
                return self
            time.sleep(0.002)
        raise RuntimeError(
            f"{self.name} did not start: {(pathlib.Path(self.scratch.name) / 'log').read_text()[-2000:]}"
        )

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.scratch.cleanup()

    @property
    def remote(self) -> str:
        return f"sc://localhost:{self.port}"

    def session(self):
        from pyspark.sql import SparkSession

        return SparkSession.builder.remote(self.remote).create()

    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def open_tables(self, folder: pathlib.Path) -> None:
        self.spark = self.session()
        for table in TPCH_TABLES:
            self.spark.read.parquet(str(folder / f"{table}.parquet")).createOrReplaceTempView(table)

    def query(self, text: str):
        return self.spark.sql(text).toArrow()


class Hearth(Server):
    name = "Hearth"

    def command(self) -> list[str]:
        binary = os.environ.get("HEARTH_BINARY") or str(ROOT / "build" / "release" / "bin" / "hearth")
        command = [binary, "serve", "--listen", f"127.0.0.1:{self.port}"]
        return [*command, "--memory-limit", self.memory] if self.memory else command


class Sail(Server):
    name = "Sail"

    def command(self) -> list[str]:
        sail = pathlib.Path(sys.prefix) / "bin" / "sail"
        return [str(sail), "spark", "server", "--ip", "127.0.0.1", "--port", str(self.port)]


class Spark(Server):
    name = "Spark"

    def environment(self) -> dict[str, str]:
        home = next((cache_root() / "judge-venv" / "lib").glob("python*/site-packages/pyspark"))
        return {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONNECT_MODE": "0"}

    def command(self) -> list[str]:
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": str(self.port),
            "spark.sql.shuffle.partitions": "2",
        }
        home = self.environment()["SPARK_HOME"]
        command = [f"{home}/bin/spark-submit", "--master", f"local[{os.cpu_count()}]"]
        command += ["--driver-memory", self.memory or "6g"]
        for key, value in settings.items():
            command += ["--conf", f"{key}={value}"]
        return [*command, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]


class DuckDB:
    """Plain DuckDB through its Python package: the floor."""

    name = "DuckDB"

    def __init__(self, memory: str | None = None):
        self.memory = memory

    def __enter__(self):
        import duckdb

        self.connection = duckdb.connect()
        if self.memory:
            self.connection.execute(f"SET memory_limit='{self.memory}'")
        return self

    def __exit__(self, *_):
        self.connection.close()

    def cpu(self) -> float:
        usage = os.times()
        return usage.user + usage.system

    def open_tables(self, folder: pathlib.Path) -> None:
        for table in TPCH_TABLES:
            self.connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder / (table + '.parquet')}')")

    def query(self, text: str):
        return self.connection.execute(text).fetch_arrow_table()


ALL = {contender.name.lower(): contender for contender in (Hearth, Sail, Spark, DuckDB)}
