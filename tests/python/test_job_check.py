"""`hearth job test`: what is wrong with a job, with its line, without running it."""

import json
import os
import subprocess
import sys
import time

import pytest

MANIFEST = """\
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: orders, team: sales}
spec:
  engine: {type: hearth, version: "4.1"}
  jobType: batch
  coreEtl:
    jobSpec:
      sources:
        - name: orders
          type: csv
          path: ORDERS
          options: {header: "true", inferSchema: "true"}
          filter: amount > 0
      transformations:
        - name: clean
          type: sql
          query: |
            SELECT id,
                   upper(COLUMN) AS country
            FROM orders
        - name: totals
          type: sql
          query: SELECT country, count(*) AS n FROM clean GROUP BY country
      sinks:
        - name: out
          type: parquet
          path: OUT
          mode: overwrite
          partitionBy: [country]
"""


@pytest.fixture
def check(binary, tmp_path):
    orders = tmp_path / "orders.csv"
    orders.write_text("id,country,amount\n1,de,10\n2,fr,0\n")

    def run(**changes):
        text = MANIFEST.replace("ORDERS", str(orders)).replace("OUT", str(tmp_path / "out"))
        for old, new in {"COLUMN": "country", **changes}.items():
            text = text.replace(old, new)
        manifest = tmp_path / "manifest.yaml"
        manifest.write_text(text)
        answer = subprocess.run(
            [binary, "job", "test", manifest, "--output", "json"], capture_output=True, text=True, timeout=60
        )
        findings = json.loads(answer.stdout) if answer.stdout.startswith("[") else answer.stdout
        assert not (tmp_path / "out").exists(), "nothing is written"
        return answer.returncode, findings

    return run


def test_a_right_job_shows_its_types(check):
    code, findings = check()
    assert code == 0, findings
    assert [finding["verdict"] for finding in findings] == ["ok"] * 4
    assert findings[2]["text"] == "struct<country:string,n:bigint>"


def test_a_misspelt_column_is_named_with_its_line(check):
    code, findings = check(COLUMN="countri")
    assert code == 1
    verdicts = {finding["subject"]: finding["verdict"] for finding in findings}
    assert verdicts == {
        "source orders": "ok",
        "transformation clean": "wrong",
        "transformation totals": "not checked",
        "sink out": "not checked",
    }
    wrong = findings[1]
    assert wrong["line"] == 20 and "countri" in wrong["text"] and "UNRESOLVED_COLUMN" in wrong["text"], wrong


def test_a_missing_partition_column_is_the_sinks(check):
    code, findings = check(**{"partitionBy: [country]": "partitionBy: [day]"})
    assert code == 1
    assert findings[3]["verdict"] == "wrong" and "day" in findings[3]["text"], findings[3]


def test_a_wrong_field_is_told_with_its_line(check):
    code, findings = check(**{"mode: overwrite": "mode: sometimes"})
    assert code == 1
    assert "spec.coreEtl.jobSpec.sinks[0].mode" in findings and "sometimes" in findings, findings


# ---- SQL files, Python programs, tables, the platform's limits

HEAD = """\
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: checked, team: sales}
spec:
  engine: {type: hearth, version: "4.1"}
"""


@pytest.fixture
def examine(binary, tmp_path):
    def run(spec: str, *arguments: str, **files: str):
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text)
        (tmp_path / "job.yaml").write_text(HEAD + spec)
        before = sorted(str(path) for path in tmp_path.rglob("*"))
        began = time.monotonic()
        answer = subprocess.run(
            [binary, "job", "test", "job.yaml", "--output", "json", "--python", sys.executable, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
        )
        assert time.monotonic() - began < 20, "five seconds on an idle machine"
        assert sorted(str(path) for path in tmp_path.rglob("*")) == before, "nothing is written"
        return answer.returncode, json.loads(answer.stdout)

    return run


def test_statements_know_what_earlier_ones_made(examine, binary, tmp_path):
    subprocess.run(
        [binary, "run", "--sql", "CREATE TABLE orders AS SELECT 1 AS id, 'de' AS country"],
        cwd=tmp_path,
        check=True,
        timeout=60,
    )
    script = """\
-- a comment first
CREATE TABLE totals (country STRING, n BIGINT) PARTITIONED BY (country);
INSERT INTO totals SELECT count(*), country FROM orders GROUP BY country;
CREATE TABLE more AS SELECT * FROM totals;
DROP TABLE orders;
SELECT n + 1 AS next
FROM more
"""
    code, findings = examine("  sql: {file: script.sql}\n", script__sql=script)
    assert code == 0, findings
    assert [finding["verdict"] for finding in findings] == ["ok"] * 5
    assert findings[4]["text"] == "struct<next:bigint>" and findings[4]["file"] == "script.sql"


def test_the_wrong_line_of_a_script_is_told(examine):
    script = "SELECT 1;\n\nCREATE TABLE made AS\nSELECT nobody\nFROM (SELECT 1 AS a);\nSELECT * FROM made;\nSELEC 2;\nSELECT * FROM strangers\n"
    code, findings = examine("  sql: {file: script.sql}\n", script__sql=script)
    assert code == 1
    assert [(finding["line"], finding["verdict"]) for finding in findings] == [
        (1, "ok"),
        (4, "wrong"),
        (6, "not checked"),
        (7, "wrong"),
        (8, "wrong"),
    ], findings
    assert "nobody" in findings[1]["text"] and "PARSE_SYNTAX_ERROR" in findings[3]["text"]


def test_statements_in_a_manifest_have_its_lines(examine):
    code, findings = examine("  sql:\n    query: |\n      SELECT 1;\n      SELECT nobody FROM range(3)\n")
    assert code == 1 and [(finding["line"], finding["verdict"]) for finding in findings] == [(8, "ok"), (9, "wrong")], (
        findings
    )


def test_rows_must_fit_into_the_table(examine):
    code, findings = examine('  sql: {query: "CREATE TABLE t (a INT); INSERT INTO t VALUES (1, 2)"}\n')
    assert code == 1 and "INSERT_COLUMN_ARITY_MISMATCH" in findings[1]["text"], findings


def test_a_program_is_read_and_not_run(examine, tmp_path):
    code, findings = examine("  pyspark: {file: good.py}\n", good__py="open('ran', 'w')\n")
    assert code == 0 and findings[0]["verdict"] == "ok" and not (tmp_path / "ran").exists()
    code, findings = examine("  pyspark: {file: bad.py}\n", bad__py="x = 1\nif x\n  print(x)\n")
    assert code == 1 and (findings[0]["file"], findings[0]["line"]) == ("bad.py", 2), findings
    assert "SyntaxError" in findings[0]["text"]


def test_what_the_team_may_never_take_is_told(examine):
    spec = '  sql: {query: "SELECT 1"}\n  resources:\n    driver: {cores: 8}\n'
    platform = "teams:\n  sales: {cores: 4}\n"
    code, findings = examine(spec, "--platform", "platform.yaml", platform__yaml=platform)
    assert code == 1 and findings[1]["subject"] == "resources" and findings[1]["line"] == 7, findings


def test_the_answer_does_not_wait_for_what_takes_long(check, tmp_path):
    # Nobody writes into the pipe: whoever reads it for its types waits for ever.
    os.mkfifo(tmp_path / "pipe.csv")
    began = time.monotonic()
    code, findings = check(**{str(tmp_path / "orders.csv"): str(tmp_path / "pipe.csv")})
    assert time.monotonic() - began < 20, "five seconds on an idle machine"
    assert code == 0 and [finding["verdict"] for finding in findings] == ["not checked"], findings
    assert "4 s" in findings[0]["text"], findings
