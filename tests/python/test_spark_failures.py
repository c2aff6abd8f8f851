"""Classes of failure that only a real Spark shows: each is brought about, judged, and tried again as its remedy says."""

import contextlib
import dataclasses

import pytest
from conftest import full_run
from scripted_kafka import scripted_kafka
from scripted_services import S3, Iceberg, scripted
from spark_jobs import open_spark, submit, wait

pytestmark = pytest.mark.skipif(not full_run(), reason="needs a full Spark: ./dev test --full")

# A driver that lives for seconds is quicker without the second compiler and without generated code.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = {
    "spark.driver.extraJavaOptions": QUICK,
    "spark.executor.extraJavaOptions": QUICK,
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "1",
}
S3_SETTINGS = {
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.endpoint.region": "eu-central-1",
    "spark.hadoop.fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider",
    "spark.hadoop.fs.s3a.attempts.maximum": "1",
    "spark.hadoop.fs.s3a.retry.limit": "1",
    "spark.hadoop.fs.s3a.retry.throttle.limit": "1",
    "spark.hadoop.fs.s3a.retry.throttle.interval": "100ms",
}
ONE_EXECUTOR = {"driver": {"cores": 1}, "executor": {"instances": 1, "cores": 1, "memory": "512m"}}


@dataclasses.dataclass
class Case:
    program: str
    failure_class: str
    fault: str
    decision: str  # a part of it
    succeeds: bool = True  # the second attempt
    settings: dict = dataclasses.field(default_factory=dict)
    config: dict = dataclasses.field(default_factory=dict)
    jars: str = ""  # an entry of dependencies.lock


def reads(bucket: str) -> str:
    return f"""
        import os, urllib.request
        urllib.request.urlopen(os.environ["S3"] + "/driver-begins/{bucket}").close()
        spark = SparkSession.builder.config("spark.hadoop.fs.s3a.endpoint", os.environ["S3"]).getOrCreate()
        print("rows", spark.read.text("s3a://{bucket}/folder/object").count())
    """


# Iceberg has no release for this Spark: the driver commits through its library.
def commits(table: str) -> str:
    return f"""
        import os, urllib.request
        urllib.request.urlopen(os.environ["ICEBERG"] + "/driver-begins/{table}").close()
        jvm = SparkSession.builder.getOrCreate()._jvm
        settings = jvm.java.util.HashMap()
        settings.put("uri", os.environ["ICEBERG"])
        catalog = jvm.org.apache.iceberg.rest.RESTCatalog()
        catalog.initialize("rest", settings)
        name = jvm.org.apache.iceberg.catalog.TableIdentifier.parse("sales.{table}")
        catalog.loadTable(name).updateProperties().set("checked", "yes").commit()
    """


# The checkpoint of a query that has read up to offset 100, of which the broker knows nothing any more.
STREAM = """
    import os, pathlib
    checkpoint = pathlib.Path(__file__).parent / "checkpoint"
    for name, text in {
        "metadata": '{"id":"0d1cf10c-6ae5-45dc-9fb6-0a3f9f5bf3a1"}',
        "offsets/0": 'v1\\n{"batchWatermarkMs":0,"batchTimestampMs":0,"conf":{}}\\n{"orders":{"0":100}}',
        "commits/0": 'v1\\n{"nextBatchWatermarkMs":0}',
    }.items():
        (checkpoint / name).parent.mkdir(parents=True, exist_ok=True)
        (checkpoint / name).write_text(text)
    source = SparkSession.builder.getOrCreate().readStream.format("kafka").option("subscribe", "orders")
    source = source.option("kafka.bootstrap.servers", os.environ["KAFKA"]).option("fetchOffset.retryIntervalMs", "100")
    query = source.load().writeStream.format("noop").option("checkpointLocation", str(checkpoint))
    query.trigger(availableNow=True).start().awaitTermination()
"""


CASES = {
    "result": Case(
        """
        spark = SparkSession.builder.getOrCreate()
        print("rows", len(spark.range(100000).selectExpr("uuid()").collect()))
        """,
        "driver-result-too-large",
        "resources",
        "spark.driver.maxResultSize 1m -> 256m",
        settings={"spark.driver.maxResultSize": "1m"},
    ),
    # Adaptive execution would wait for the broadcast however long it takes.
    "broadcast": Case(
        """
        spark = SparkSession.builder.getOrCreate()
        slow = spark.range(1).selectExpr("id", "reflect('java.lang.Thread', 'sleep', 4000L + id) as nothing")
        print("rows", spark.range(10).join(slow.where("nothing != 'x'"), "id").collect())
        """,
        "broadcast-timeout",
        "resources",
        "spark.sql.autoBroadcastJoinThreshold (unset) -> -1",
        settings={"spark.sql.broadcastTimeout": "1", "spark.sql.adaptive.enabled": "false"},
    ),
    # Its condition is EXPRESSION_ENCODING_FAILED, as if the statement were wrong.
    "serializer": Case(
        """
        spark = SparkSession.builder.config("spark.sql.pyspark.jvmStacktrace.enabled", "true").getOrCreate()
        jvm = spark._jvm
        rows = jvm.java.util.ArrayList()
        rows.add(jvm.java.nio.ByteBuffer.allocate(4 << 20).array())
        encoder = jvm.org.apache.spark.sql.Encoders.kryo(jvm.java.lang.Class.forName("[B"))
        print("rows", spark._jsparkSession.createDataset(rows, encoder).count())
        """,
        "serializer-limit",
        "resources",
        "spark.kryoserializer.buffer.max 1m -> 512m",
        settings={"spark.kryoserializer.buffer.max": "1m"},
    ),
    # As if the executors that wrote the shuffle had gone, the first time.
    "shuffle": Case(
        """
        import pathlib
        spark = SparkSession.builder.getOrCreate()
        rows = spark.range(1000).repartition(2)._jdf.javaRDD()
        rows.count()
        mark = pathlib.Path(__file__ + ".again")
        if not mark.exists():
            mark.touch()
            for path in pathlib.Path(spark.conf.get("spark.local.dir")).rglob("shuffle_*"):
                path.unlink()
        print("rows", rows.count())
        """,
        "shuffle-fetch-failed",
        "infrastructure",
        "unchanged",
        settings={"spark.stage.maxConsecutiveAttempts": "1"},
    ),
    "executor-heap": Case(
        """
        spark = SparkSession.builder.getOrCreate()
        print("rows", spark.range(0, 1, 1, 1).selectExpr("length(repeat('x', int(id + 450000000)))").collect())
        """,
        "executor-heap-oom",
        "resources",
        "executor memory 512m -> 1g",
        settings={"spark.task.maxFailures": "1"},
        config={"resources": ONE_EXECUTOR},
    ),
    # The executor stands still, the first time, as in a long garbage collection.
    "heartbeat": Case(
        """
        import os, pathlib, signal
        spark = SparkSession.builder.getOrCreate()
        mark = pathlib.Path(__file__ + ".again")
        def stand_still(rows):
            if not mark.exists():
                mark.touch()
                # The worker's parent is Spark's daemon for Python, and that one's the executor.
                with open(f"/proc/{os.getppid()}/stat") as stat:
                    os.kill(int(stat.read().split()[3]), signal.SIGSTOP)
            yield 1
        print("rows", spark.sparkContext.parallelize([1], 1).mapPartitions(stand_still).count())
        """,
        "heartbeat-timeout",
        "infrastructure",
        "spark.network.timeout 10s -> 300s",
        settings={
            "spark.task.maxFailures": "1",
            "spark.network.timeout": "10s",
            "spark.network.timeoutInterval": "1s",
            "spark.executor.heartbeatInterval": "1s",
        },
        config={"resources": ONE_EXECUTOR},
    ),
    "s3-denied": Case(reads("denied"), "access-denied", "user", "not tried again", succeeds=False, jars="s3a"),
    "s3-expired": Case(reads("expired"), "credentials-expired", "infrastructure", "unchanged", jars="s3a"),
    "s3-slow": Case(reads("slow"), "object-store-throttled", "infrastructure", "unchanged", jars="s3a"),
    "s3-no-key": Case(reads("no-key"), "input-missing", "user", "not tried again", succeeds=False, jars="s3a"),
    "s3-no-bucket": Case(reads("no-bucket"), "input-missing", "user", "not tried again", succeeds=False, jars="s3a"),
    "conflict": Case(commits("conflict"), "commit-conflict", "infrastructure", "unchanged", jars="iceberg"),
    "unknown": Case(commits("unknown"), "commit-unknown", "user", "not tried again", succeeds=False, jars="iceberg"),
    "stream": Case(STREAM, "streaming-source-lost", "user", "not tried again", succeeds=False, jars="kafka"),
}


@pytest.fixture(scope="module")
def jobs(binary, tmp_path_factory, request):
    """All of the chosen cases, submitted together: the server queues what the machine has no room for."""
    from fetch import fetch_groups

    folder = tmp_path_factory.mktemp("spark-failures")
    chosen = [item.callspec.params["name"] for item in request.session.items if item.module is request.module]
    jars = {key: ",".join(map(str, path.glob("*.jar"))) for key, path in fetch_groups(["spark"]).items()}
    with contextlib.ExitStack() as stack:
        places = {"S3": stack.enter_context(scripted(S3)), "ICEBERG": stack.enter_context(scripted(Iceberg))}
        places["KAFKA"] = stack.enter_context(scripted_kafka())
        doors = stack.enter_context(open_spark(binary, folder))
        ids = {}
        for name in chosen:
            case = CASES[name]
            settings = {**SETTINGS, **case.settings}
            if case.jars:
                settings |= {**S3_SETTINGS, "spark.jars": jars[case.jars]}
            (folder / name).mkdir()
            config = {"env_vars": places, "spark_config": settings, **case.config}
            ids[name] = submit(doors, case.program, folder / name, **config)
        yield lambda name: wait(doors, ids[name])


@pytest.mark.parametrize("name", CASES)
def test_failure(jobs, name):
    case = CASES[name]
    job = jobs(name)
    attempts = job["attempts"]
    assert (attempts[0]["failure_class"], attempts[0]["fault"]) == (case.failure_class, case.fault), attempts[0]
    assert case.decision in attempts[0]["decision"]
    assert (job["status"], len(attempts)) == (("SUCCEEDED", 2) if case.succeeds else ("FAILED", 1)), job
