"""Clients that press on a server: the first call after start, and eight of them at once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
import uuid

from environment import ROOT

CLIENTS = 8
PRESS = os.environ.get("HEARTH_PRESS") or str(ROOT / "build" / "release" / "bin" / "press")
SECONDS = 6.0


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


def press_pyspark(port: int, seconds: float, ready, counts) -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(f"sc://localhost:{port}").create()
    for _ in range(5):
        spark.sql("select 1").collect()
    ready.wait()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        spark.sql("select 1").collect()
        count += 1
    counts.put(count)
    spark.stop()


def pyspark_throughput(port: int) -> float:
    """Statements per second of eight PySpark processes together."""
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(CLIENTS), context.Queue()
    processes = [context.Process(target=press_pyspark, args=(port, SECONDS, ready, counts)) for _ in range(CLIENTS)]
    for process in processes:
        process.start()
    total = sum(counts.get(timeout=180) for _ in processes)
    for process in processes:
        process.join(30)
    return total / SECONDS


def raw_throughput(port: int) -> float:
    """Statements per second of eight gRPC clients in C++ (press.cc), each with its own connection."""
    command = [PRESS, f"127.0.0.1:{port}", str(CLIENTS), str(SECONDS)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout)
