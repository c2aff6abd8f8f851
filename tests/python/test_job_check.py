"""`hearth job test`: what is wrong with a job, with its line, without running it."""

import json
import subprocess

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
