"""`hearth job run --sandbox`: reads what is there, writes only into its own folder, shows what it wrote, refuses everything else."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

HEAD = """\
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: totals, team: sales}
spec:
  engine: {type: hearth, version: "4.1"}
"""
PIPELINE = """\
  coreEtl:
    jobSpec:
      sources:
        - {name: orders, type: table, table: orders}
        - {name: changes, type: csv, path: DIR/changes.csv, options: {header: "true", inferSchema: "true"}}
      transformations:
        - {name: large, query: SELECT * FROM orders WHERE amount > 2}
      sinks:
        - {name: files, type: csv, path: DIR/prod/files, mode: append, from: large, options: {header: "true"}}
        - {name: whole, type: table, table: orders, mode: overwrite, from: changes}
        - {name: merged, type: table, table: orders, mode: merge, mergeKeys: [id], from: changes}
"""


@pytest.fixture
def place(binary, tmp_path):
    """A folder with production tables, orders and sales.kept, and a file outside them."""
    script = (
        "CREATE TABLE orders AS SELECT CAST(id AS INT) AS id, CAST(id * 2 AS INT) AS amount FROM range(5);"
        "CREATE DATABASE sales; CREATE TABLE sales.kept AS SELECT 1 AS a"
    )
    subprocess.run([binary, "run", "--sql", script], cwd=tmp_path, check=True, timeout=60)
    (tmp_path / "changes.csv").write_text("id,amount\n1,100\n7,700\n")
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "data.txt").write_text("production")
    return tmp_path


@pytest.fixture
def run(binary, place):
    def call(spec: str, *arguments: str, folder: str = "sandbox"):
        (place / "job.yaml").write_text(HEAD + spec.replace("DIR", str(place)))
        before = fingerprint(place)
        done = subprocess.run(
            [
                binary,
                "job",
                "run",
                "--sandbox",
                "job.yaml",
                "--sandbox-dir",
                folder,
                "--python",
                sys.executable,
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=place,
        )
        assert fingerprint(place) == before, "nothing but the sandbox changes"
        return done

    return call


def fingerprint(folder) -> dict:
    """Every file and folder outside the sandbox, with what is in it."""
    found = {}
    for path in folder.rglob("*"):
        if path.relative_to(folder).parts[0] != "sandbox":
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else os.path.islink(path)
    return found


def sql(text: str) -> str:
    return f"  sql: {{query: {json.dumps(text)}}}\n"


def test_sinks_are_shown_and_production_stays(run, place):
    done = run(PIPELINE, "--output", "json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] and answer["sandbox"] == str(place / "sandbox") and answer["refused"] == []
    files, whole, merged = answer["written"]
    assert (files["name"], files["target"], files["rows"]) == ("files", str(place / "prod/files"), 3)
    assert files["preview"][0] == {"id": "2", "amount": "4"}
    assert (whole["target"], whole["rows"], whole["schema"]) == ("orders", 2, "struct<id:int,amount:int>")
    # The merge starts from what production holds.
    rows = sorted((row["id"], row["amount"]) for row in merged["preview"])
    assert rows == [(0, 0), (1, 100), (2, 4), (3, 6), (4, 8), (7, 700)]


def test_people_see_rows_count_and_schema(run):
    done = run(PIPELINE)
    assert done.returncode == 0, done.stderr
    assert "whole (would go to orders): 2 rows in " in done.stdout
    assert "struct<id:int,amount:int>" in done.stdout and "|7  |700   |" in done.stdout


def test_a_preview_has_a_hundred_rows_at_most(run):
    done = run(sql("CREATE TABLE many AS SELECT id FROM range(250)"), "--output", "json")
    (written,) = json.loads(done.stdout)["written"]
    assert (written["rows"], len(written["preview"])) == (250, 100)


def test_a_sql_job_makes_tables_of_its_own(run):
    done = run(
        sql("CREATE TABLE copy AS SELECT * FROM orders; INSERT INTO copy SELECT a, a FROM sales.kept"),
        "--output",
        "json",
    )
    assert done.returncode == 0, done.stderr
    (written,) = json.loads(done.stdout)["written"]
    assert (written["name"], written["rows"]) == ("copy", 6)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO orders VALUES (9, 9)",
        "INSERT OVERWRITE orders VALUES (9, 9)",
        "DROP TABLE orders",
        "TRUNCATE TABLE orders",
        "ALTER TABLE orders RENAME TO others",
        "ALTER TABLE orders SET TBLPROPERTIES ('a' = 'b')",
        "ALTER TABLE orders ADD COLUMNS (more INT)",
        "CREATE OR REPLACE TABLE orders AS SELECT 1 AS a",
        "DROP DATABASE sales CASCADE",
        "CREATE DATABASE other LOCATION 'DIR/other'",
        "CREATE TABLE other USING parquet LOCATION 'DIR/prod' AS SELECT 1 AS a",
        "CREATE TABLE other (a INT) USING parquet LOCATION 'DIR/prod/other'",
        "CREATE TABLE other USING parquet LOCATION 'file:DIR/sandbox/../prod/x' AS SELECT 1 AS a",
        "CREATE TABLE other USING csv LOCATION 'DIR/prod'; INSERT INTO other VALUES ('x')",
    ],
)
def test_a_write_elsewhere_is_refused(run, statement):
    done = run(sql(statement))
    assert done.returncode == 7, done.stdout + done.stderr
    assert "refused: a write to " in done.stderr


@pytest.mark.parametrize("link", ["out", "out/country=de", "dangling"])
def test_links_lead_nowhere(binary, place, link):
    """A link inside the sandbox that leads out of it, whoever made it."""
    program = place / "job.py"
    program.write_text(
        "import os, sys\n"
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "sandbox, link = 'SANDBOX', 'LINK'\n"
        "os.makedirs(os.path.dirname(f'{sandbox}/{link}'), exist_ok=True)\n"
        "os.symlink('TARGET', f'{sandbox}/{link}')\n"
        "rows = spark.sql(\"SELECT 1 AS id, 'de' AS country\")\n"
        "name = link.split('/')[0]\n"
        "rows.write.mode('append').partitionBy('country').parquet(f'{sandbox}/{name}')\n".replace(
            "SANDBOX", str(place / "sandbox")
        )
        .replace("LINK", link)
        .replace("TARGET", str(place / "prod" / ("new" if link == "dangling" else "")))
    )
    (place / "job.yaml").write_text(HEAD + "  pyspark: {file: job.py}\n")
    before = fingerprint(place)
    done = subprocess.run(
        [binary, "job", "run", "--sandbox", "job.yaml", "--sandbox-dir", "sandbox", "--python", sys.executable],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=place,
    )
    assert done.returncode == 7, done.stdout + done.stderr
    assert str(place / "prod") in done.stderr and fingerprint(place) == before


def test_a_program_writes_into_the_sandbox_and_nowhere_else(run, place):
    (place / "job.py").write_text(
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "rows = spark.table('orders')\n"
        "rows.write.saveAsTable('copied')\n"
        "for write in (lambda: rows.write.mode('overwrite').parquet('PLACE/prod'),\n"
        "              lambda: rows.write.mode('append').json('file://PLACE/prod'),\n"
        "              lambda: rows.write.insertInto('orders'),\n"
        "              lambda: rows.write.mode('overwrite').saveAsTable('sales.kept'),\n"
        "              lambda: spark.sql('DROP TABLE sales.kept')):\n"
        "    try:\n"
        "        write()\n"
        "        print('WRITTEN')\n"
        "    except Exception as error:\n"
        "        assert 'sandbox refuses' in str(error), error\n".replace("PLACE", str(place))
    )
    done = run("  pyspark: {file: job.py}\n", "--output", "json")
    assert done.returncode == 7 and "WRITTEN" not in done.stderr, done.stderr
    answer = json.loads(done.stdout)
    assert [written["name"] for written in answer["written"]] == ["copied"]
    assert len(answer["refused"]) == 3 and "error" not in answer, answer["refused"]


@pytest.mark.parametrize(
    ("spec", "folder", "code", "text"),
    [
        (sql("SELECT nobody FROM orders"), "sandbox", 1, "UNRESOLVED_COLUMN"),
        ("  jar: {path: /x.jar, mainClass: org.example.Main}\n", "sandbox", 1, "a jar on the embedded engine"),
        (sql("SELECT 1") + "  testingMode: {sandboxEnabled: false}\n", "sandbox", 2, "testingMode.sandboxEnabled"),
        (sql("SELECT 1") + "  priority: high\n", "sandbox", 2, "spec.priority"),
        (sql("SELECT 1"), "prod", 2, "must be empty"),
    ],
)
def test_exit_codes(run, spec, folder, code, text):
    done = run(spec, folder=folder)
    assert done.returncode == code and text in done.stderr, (done.returncode, done.stderr)
