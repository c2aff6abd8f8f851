"""The example manifest, planned, applied and run: Iceberg tables of a catalog, on real Apache Spark 3.5."""

import json
import re
import subprocess
import sys
import time

import pytest
from conftest import ROOT, full_run
from doors import open_doors
from spark_jobs import ENDS, PATIENCE

pytestmark = pytest.mark.skipif(not full_run(), reason="needs a full Spark 3.5 and Iceberg: ./dev test --full")

EXAMPLE = ROOT / "tests" / "manifest" / "daily_orders.yaml"
ORDERS = """
CREATE TABLE lake.raw.orders (order_id INT, country STRING, amount DECIMAL(10, 2), order_date DATE) USING iceberg;
INSERT INTO lake.raw.orders VALUES
  (100, 'de', 1.50, DATE'2026-03-01'), (200, 'de', 2.25, DATE'2026-03-01'), (300, 'fr', 4.00, DATE'2026-03-01'),
  (101, 'fr', 9.00, DATE'2026-03-01'), (400, 'fr', -1.00, DATE'2026-03-01'), (500, 'fr', 7.00, DATE'2026-03-02');
"""
# Every mode of a sink; a source is there because a job needs one.
SINKS = """
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: sinks, team: sales}
spec:
  engine: {type: spark-oss, version: "3.5"}
  jobType: batch
  resources: {executor: {instances: 0}}
  coreEtl:
    jobSpec:
      sources:
        - {name: countries, type: csv, path: "{{ params.reference }}/countries.csv"}
      transformations:
        - {name: first, query: "SELECT * FROM VALUES (1, 'a'), (2, 'b'), (CAST(NULL AS INT), 'n') AS rows(k, v)"}
        - {name: changed, query: "SELECT * FROM VALUES ('B', 2L), ('c', 3L), ('N', NULL) AS rows(v, k)"}
      sinks:
        - {name: new, type: iceberg, catalog: lake, database: sales, table: merged, from: first}
        - {name: merged, type: iceberg, catalog: lake, database: sales, table: merged, from: changed, mode: merge, mergeKeys: [k]}
        - {name: old, type: iceberg, catalog: lake, database: sales, table: replaced, from: first, partitionBy: [v]}
        - {name: more, type: iceberg, catalog: lake, database: sales, table: replaced, from: first}
        - {name: replaced, type: iceberg, catalog: lake, database: sales, table: replaced, from: changed, mode: overwrite}
"""
WRITTEN = """
SELECT concat_ws('|', 'row', 'amounts', country, order_date, amount) FROM lake.sales.daily_amounts;
SELECT concat_ws('|', 'row', 'merged', k, v) FROM lake.sales.merged;
SELECT concat_ws('|', 'row', 'replaced', k, v) FROM lake.sales.replaced;
SELECT concat_ws('|', 'row', 'partitions', count(*)) FROM lake.sales.replaced.partitions;
"""


@pytest.fixture(scope="module")
def spark_3_5(tmp_path_factory):
    """(home of Spark 3.5, jars of Iceberg)"""
    sys.path.insert(0, str(ROOT / "tools" / "setup"))
    from fetch import fetch_groups

    folders = fetch_groups(["full", "spark"])
    content = folders["client_3_5"]
    home = tmp_path_factory.mktemp("spark-3.5")
    for name, target in {"bin": "deps/bin", "jars": "deps/jars"}.items():
        (home / name).symlink_to(content / target)
    (home / "python").mkdir()
    (home / "python" / "lib").symlink_to(content / "lib")
    return home, ",".join(map(str, sorted(folders["iceberg_3_5"].glob("*.jar"))))


@pytest.fixture(scope="module")
def doors(binary, spark_3_5, tmp_path_factory):
    home, jars = spark_3_5
    folder = tmp_path_factory.mktemp("example")
    settings = {
        "spark.jars": jars,
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": f"file:{folder}/lake",
    }
    (folder / "platform.yaml").write_text(json.dumps({"environments": {"local": {"sparkConfig": settings}}}))
    (folder / "countries.csv").write_text("code,name\nDE,Germany\nFR,France\n")
    arguments = {"--platform": folder / "platform.yaml", "--spark-home": home, "--python": sys.executable}
    with open_doors(binary, folder, *(str(word) for pair in arguments.items() for word in pair)) as server:
        server.reference = folder
        yield server


@pytest.fixture(scope="module")
def hearth(binary, doors):
    def run(*words) -> str:
        done = subprocess.run(
            [binary, *map(str, words), "--server", doors.url], capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def statements(text: str) -> str:
    return (
        "apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: statements, team: sales}\n"
        'spec:\n  engine: {type: spark-oss, version: "3.5"}\n  jobType: batch\n  resources: {executor: {instances: 0}}\n'
        f"  sql: {{query: {json.dumps(text)}}}\n"
    )


@pytest.fixture(scope="module")
def written(hearth, doors) -> dict[str, set[str]]:
    """The rows of each table after the example's night and the job of sinks, which run side by side."""

    def submitted(manifest: str) -> str:
        path = doors.reference / "manifest.yaml"
        path.write_text(manifest)
        parameters = ["--parameter", "ds=2026-03-01", "--parameter", f"reference=file:{doors.reference}"]
        answer = hearth("job", "submit", path, "--environment", "local", *parameters, "--output", "json")
        return json.loads(answer)["job_id"]

    def succeeded(job_id: str) -> str:
        end = time.monotonic() + PATIENCE
        while (job := doors.call("GET", f"/api/v1/jobs/{job_id}")[1])["status"] not in ENDS:
            assert time.monotonic() < end, job
            time.sleep(0.3)
        assert job["status"] == "SUCCEEDED", job
        return job_id

    succeeded(submitted(statements(ORDERS)))
    for job_id in [submitted(EXAMPLE.read_text()), submitted(SINKS)]:
        succeeded(job_id)
    log = hearth("job", "logs", succeeded(submitted(statements(WRITTEN))))
    tables = {}
    for table, row in re.findall(r"^row\|(\w+)\|(.*)$", log, re.MULTILINE):
        tables.setdefault(table, set()).add(row)
    return tables


def test_the_example_is_planned_and_applied(hearth):
    local = [EXAMPLE, "--environment", "local", "--output", "json"]
    created = json.loads(hearth("plan", *local))["actions"]
    assert [(action["action"], action["primitive"]) for action in created] == [
        ("create", "job"),
        ("create", "schedule"),
    ]
    hearth("apply", *local)
    assert json.loads(hearth("plan", *local)).get("actions", []) == [], "a second plan is empty"
    hearth("delete", *local)


def test_the_examples_night_is_written(written):
    assert written["amounts"] == {"France|2026-03-01|4.00", "Germany|2026-03-01|3.75"}


def test_a_sink_changes_the_rows_alone(written):
    assert written["merged"] == {"1|a", "2|B", "3|c", "N"}
    assert written["replaced"] == {"2|B", "3|c", "N"}
    assert written["partitions"] == {"3"}, "the table is still partitioned"
