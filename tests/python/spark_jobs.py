"""Jobs of real Apache Spark through the local backend, as the tests of it submit and await them."""

import contextlib
import importlib.util
import textwrap
import time

from conftest import ROOT
from doors import open_doors

PATIENCE = 240  # seconds; a driver's start alone takes ten on a busy machine
ENDS = ("SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "LOST")


@contextlib.contextmanager
def open_spark(binary, folder, *arguments: str):
    """A server whose jobs run on the judge's full Spark."""
    spec = importlib.util.spec_from_file_location("judge_environment", ROOT / "tools" / "judge" / "environment.py")
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    judge.ensure_judge()
    spark_home = judge.spark_home()
    python = spark_home.parents[3] / "bin" / "python"
    with open_doors(binary, folder, "--spark-home", str(spark_home), "--python", str(python), *arguments) as server:
        yield server


def submit(doors, program: str, folder, **config) -> str:
    path = folder / "job.py"
    path.write_text("from pyspark.sql import SparkSession\n" + textwrap.dedent(program))
    retry = config.pop("retry", {"delay_seconds": 1})
    request = {
        "name": folder.name,
        "team": "data",
        "user": "anna",
        "config": {"spark_version": "4.3", "pyspark": {"file": str(path)}, "retry": retry, **config},
    }
    status, answer, _ = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202, answer
    return answer["job_id"]


def wait(doors, job_id: str, until=ENDS) -> dict:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        status, job, _ = doors.call("GET", f"/api/v1/jobs/{job_id}")
        assert status == 200, job
        if job["status"] in until:
            return job
        time.sleep(0.3)
    raise AssertionError(f"{job_id} is {job['status']}: {job['message']}")
