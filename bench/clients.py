"""Clients that press on a server: the first call after start, and eight of them at once."""

from __future__ import annotations

import multiprocessing
import time
import uuid

CLIENTS = 8
SECONDS = 6.0


def plan_of_select_one():
    from pyspark.sql.connect.proto import base_pb2

    request = base_pb2.ExecutePlanRequest(session_id=str(uuid.uuid4()))
    request.user_context.user_id = "bench"
    request.plan.root.sql.query = "select 1"
    return request


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


def press_raw(port: int, seconds: float, ready, counts) -> None:
    import grpc
    from pyspark.sql.connect.proto import base_pb2_grpc

    request = plan_of_select_one()
    with grpc.insecure_channel(f"localhost:{port}") as channel:
        stub = base_pb2_grpc.SparkConnectServiceStub(channel)
        for _ in range(10):
            list(stub.ExecutePlan(request))
        ready.wait()
        count, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            list(stub.ExecutePlan(request))
            count += 1
    counts.put(count)


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


def throughput(contender, raw: bool) -> float:
    """Queries per second of eight client processes together."""
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(CLIENTS), context.Queue()
    target = press_raw if raw else press_pyspark
    processes = [context.Process(target=target, args=(contender.port, SECONDS, ready, counts)) for _ in range(CLIENTS)]
    for process in processes:
        process.start()
    total = sum(counts.get(timeout=180) for _ in processes)
    for process in processes:
        process.join(30)
    return total / SECONDS
