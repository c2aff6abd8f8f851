"""Jobs of real Apache Spark through the local backend: how they end, how a failure is classified, what the next attempt changes."""

import pytest
from conftest import full_run
from spark_jobs import open_spark, submit, wait

pytestmark = pytest.mark.skipif(not full_run(), reason="needs a full Spark: ./dev test --full")


@pytest.fixture(scope="module")
def doors(binary, tmp_path_factory):
    with open_spark(binary, tmp_path_factory.mktemp("spark-jobs")) as server:
        yield server


def test_a_job_that_succeeds_leaves_its_numbers(doors, tmp_path):
    program = """
        spark = SparkSession.builder.getOrCreate()
        print("rows", spark.range(1000).selectExpr("id % 10 as k").groupBy("k").count().count())
    """
    job = wait(doors, submit(doors, program, tmp_path))
    assert job["status"] == "SUCCEEDED", job
    assert len(job["attempts"]) == 1
    assert job["attempts"][0]["metrics"]["tasks_completed"] > 0
    _, logs, _ = doors.call("GET", f"/api/v1/jobs/{job['job_id']}/logs")
    assert "rows 10" in logs["logs"]


def test_a_wrong_column_is_the_users_error(doors, tmp_path):
    program = """
        spark = SparkSession.builder.getOrCreate()
        spark.range(3).select("nope").show()
    """
    job = wait(doors, submit(doors, program, tmp_path))
    attempt = job["attempts"][-1]
    assert job["status"] == "FAILED"
    assert (attempt["failure_class"], attempt["fault"]) == ("sql-error", "user"), attempt
    assert "UNRESOLVED_COLUMN" in attempt["evidence"]
    assert len(job["attempts"]) == 1, "user errors are not tried again"


def test_an_exception_of_the_program_is_the_users_error(doors, tmp_path):
    job = wait(doors, submit(doors, "raise ValueError('no')", tmp_path))
    assert [attempt["failure_class"] for attempt in job["attempts"]] == ["user-code"], job
    assert "ValueError: no" in job["attempts"][0]["log_tail"]


def test_a_missing_module_is_named(doors, tmp_path):
    job = wait(doors, submit(doors, "import not_there_at_all", tmp_path))
    assert [attempt["failure_class"] for attempt in job["attempts"]] == ["class-missing"], job


def test_a_missing_class_is_named(doors, tmp_path):
    jar = tmp_path / "empty.jar"
    jar.write_bytes(b"PK\x05\x06" + bytes(18))
    request = {
        "name": "no-class",
        "team": "data",
        "user": "anna",
        "config": {"spark_version": "4.3", "custom_jar": {"jar_path": str(jar), "main_class": "org.example.Missing"}},
    }
    status, answer, _ = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202, answer
    job = wait(doors, answer["job_id"])
    assert [attempt["failure_class"] for attempt in job["attempts"]] == ["class-missing"], job


def test_a_driver_without_memory_succeeds_on_the_larger_attempt(doors, tmp_path):
    # 450 MB beside Spark's own do not fit into 512 MB of heap, and easily into twice that.
    program = """
        spark = SparkSession.builder.getOrCreate()
        jvm = spark._jvm
        kept = jvm.java.util.ArrayList()
        for i in range(45):
            kept.add(jvm.java.nio.ByteBuffer.allocate(10 * 1024 * 1024))
        print("kept", kept.size())
    """
    job = wait(doors, submit(doors, program, tmp_path, resources={"driver": {"cores": 1, "memory": "512m"}}))
    classes = [attempt.get("failure_class", "") for attempt in job["attempts"]]
    assert job["status"] == "SUCCEEDED", job
    assert classes == ["driver-heap-oom", ""], classes
    assert "driver memory 512m -> 1g" in job["attempts"][0]["decision"]


def test_a_lost_executor_is_not_the_users_fault(doors, tmp_path):
    program = """
        import os, signal
        spark = SparkSession.builder.config("spark.task.maxFailures", "1").getOrCreate()
        def kill_the_executor(rows):
            # The worker's parent is Spark's daemon for Python, and that one's the executor.
            with open(f"/proc/{os.getppid()}/stat") as stat:
                os.kill(int(stat.read().split()[3]), signal.SIGKILL)
            yield 1
        print(spark.sparkContext.parallelize(range(2), 2).mapPartitions(kill_the_executor).count())
    """
    job = wait(
        doors,
        submit(
            doors,
            program,
            tmp_path,
            retry={"max_retries": 0},
            resources={"driver": {"cores": 1}, "executor": {"instances": 1, "cores": 1, "memory": "512m"}},
        ),
    )
    attempt = job["attempts"][-1]
    assert job["status"] == "FAILED", job
    assert (attempt["failure_class"], attempt["fault"]) == ("executors-lost", "resources"), attempt


def test_a_run_that_takes_too_long_is_ended(doors, tmp_path):
    job = wait(doors, submit(doors, "import time; time.sleep(600)", tmp_path, limits={"run_seconds": 3}))
    assert job["status"] == "TIMED_OUT", job
    assert job["attempts"][-1]["failure_class"] == "run-limit"


def test_a_job_is_cancelled_while_it_starts(doors, tmp_path):
    job_id = submit(doors, "import time; time.sleep(600)", tmp_path)
    status, answer, _ = doors.call("DELETE", f"/api/v1/jobs/{job_id}")
    assert status == 200 and answer["success"], answer
    job = wait(doors, job_id)
    assert job["status"] == "CANCELLED", job
    status, again, _ = doors.call("DELETE", f"/api/v1/jobs/{job_id}")
    assert status == 200 and again["success"] is False and again["status"] == "CANCELLED"


def test_sql_runs_on_spark(doors):
    request = {
        "name": "sql-on-spark",
        "team": "data",
        "user": "anna",
        "config": {"spark_version": "4.3", "sql": {"query": "select 40 + 2"}},
    }
    status, answer, _ = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202, answer
    job = wait(doors, answer["job_id"])
    assert job["status"] == "SUCCEEDED", job
    _, logs, _ = doors.call("GET", f"/api/v1/jobs/{job['job_id']}/logs")
    assert "42" in logs["logs"]


def test_core_etl_runs_on_spark(doors, tmp_path):
    (tmp_path / "orders.csv").write_text("id,amount\n1,10\n2,0\n")
    source = {
        "name": "orders",
        "type": "csv",
        "path": str(tmp_path / "orders.csv"),
        "options": {"header": "true", "inferSchema": "true"},
    }
    steps = [{"name": "paid", "type": "sql", "query": "SELECT id FROM orders WHERE amount > 0"}]
    sink = {"name": "out", "type": "json", "path": str(tmp_path / "out"), "mode": "overwrite"}
    request = {
        "name": "core-etl-on-spark",
        "team": "data",
        "user": "anna",
        "config": {
            "spark_version": "4.3",
            "engine_type": "spark-oss",
            "core_etl": {"job_spec": {"sources": [source], "transformations": steps, "sinks": [sink]}},
        },
    }
    status, answer, _ = doors.call("POST", "/api/v1/jobs", request)
    assert status == 202, answer
    job = wait(doors, answer["job_id"])
    assert job["status"] == "SUCCEEDED", job
    assert "".join(part.read_text() for part in (tmp_path / "out").glob("part-*")) == '{"id":1}\n'
    _, logs, _ = doors.call("GET", f"/api/v1/jobs/{job['job_id']}/logs")
    assert "written: paid -> out (overwrite)" in logs["logs"]
