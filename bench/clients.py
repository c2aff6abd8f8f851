"""Clients that press on a server: the first call after start, eight of them at once, and those that submit jobs."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import tempfile
import time
import uuid

from environment import ROOT

CLIENTS = 8
PRESS = os.environ.get("HEARTH_PRESS") or str(ROOT / "build" / "release" / "bin" / "press")
PRESS_JOBS = f"{PRESS}_jobs"
LIVE_JOBS = 20_000
ROUNDS = 9
SECONDS = 4.0
PATIENCE = 120.0


def first_call(contender) -> float:
    """Seconds from the start of the process to the first answered call (AnalyzePlan.SparkVersion)."""
    import grpc
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    request = base_pb2.AnalyzePlanRequest(session_id=str(uuid.uuid4()))
    request.user_context.user_id = "bench"
    request.spark_version.SetInParent()
    with grpc.insecure_channel(f"localhost:{contender.port}") as channel:
        base_pb2_grpc.SparkConnectServiceStub(channel).AnalyzePlan(request, timeout=60, wait_for_ready=True)
    return time.monotonic() - contender.started


def press_pyspark(ports: list[int], ready, counts) -> None:
    from pyspark.sql import SparkSession

    sessions = [SparkSession.builder.remote(f"sc://localhost:{port}").create() for port in ports]
    for spark in sessions:
        for _ in range(5):
            spark.sql("select 1").collect()
    for turn in range(ROUNDS):
        for which, spark in enumerate(sessions):
            ready.wait(PATIENCE)
            count, end = 0, time.monotonic() + SECONDS
            while time.monotonic() < end:
                spark.sql("select 1").collect()
                count += 1
            counts.put((turn, which, count))
    for spark in sessions:
        spark.stop()


def pyspark_rates(ports: list[int]) -> list[list[float]]:
    """Statements per second of eight PySpark processes together: for each server, the rate of each round.

    The processes have a session with every server and press on one after the other, round by round, so that whatever
    else the machine does falls on all servers.
    """
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(CLIENTS), context.Queue()
    processes = [context.Process(target=press_pyspark, args=(ports, ready, counts)) for _ in range(CLIENTS)]
    for process in processes:
        process.start()
    rates = [[0.0] * ROUNDS for _ in ports]
    for _ in range(CLIENTS * ROUNDS * len(ports)):
        turn, which, count = counts.get(timeout=PATIENCE)
        rates[which][turn] += count / SECONDS
    for process in processes:
        process.join(PATIENCE)
    return rates


def raw_rates(ports: list[int]) -> list[list[float]]:
    """The same for eight gRPC clients in C++ (press.cc), each with its own connection."""
    rates = [[] for _ in ports]
    for _ in range(ROUNDS):
        for which, port in enumerate(ports):
            command = [PRESS, f"127.0.0.1:{port}", str(CLIENTS), str(SECONDS)]
            printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
            rates[which].append(float(printed))
    return rates


def job_rates() -> dict:
    """What press_jobs.cc prints: rates and times of calls while LIVE_JOBS run."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        command = [PRESS_JOBS, folder, str(LIVE_JOBS), "20"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout
    return json.loads(printed)
