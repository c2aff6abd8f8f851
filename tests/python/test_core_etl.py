"""CoreETL: every case of core_etl_cases.py on the embedded engine and, in a full run, on Apache Spark with the same rows."""

import importlib.util
import json
import os
import pathlib
import subprocess
import urllib.parse

import pyarrow.parquet
import pytest
from conftest import ROOT, full_run
from core_etl_cases import CASES

SPARK_PATIENCE = 600


def filled(value, folder: pathlib.Path, name: str):
    text = json.dumps(value).replace("{dir}", str(folder)).replace("{case}", name)
    return json.loads(text)


def prepare(folder: pathlib.Path, name: str) -> list:
    folder.mkdir(parents=True)
    for file, text in CASES[name]["files"].items():
        (folder / file).write_text(text)
    return filled(CASES[name]["jobs"], folder, name)


def sorted_rows(rows: list) -> list:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True, default=str))


def read_rows(folder: pathlib.Path) -> list:
    """Rows of Parquet files as dictionaries, partition columns as texts; lines of any others."""
    rows = []
    for file in sorted(folder.rglob("part-*")):
        if any(part.startswith((".", "_")) for part in file.relative_to(folder).parts):
            continue
        if ".parquet" not in file.name:
            rows += file.read_text().splitlines()
            continue
        partitions = {}
        for part in file.relative_to(folder).parts[:-1]:
            key, _, value = part.partition("=")
            partitions[key] = None if value == "__HIVE_DEFAULT_PARTITION__" else urllib.parse.unquote(value)
        rows += [{**row, **partitions} for row in pyarrow.parquet.ParquetFile(file).read().to_pylist()]
    return sorted_rows(rows)


def run_embedded(binary, folder: pathlib.Path, name: str) -> str:
    """The error, or an empty text."""
    for job in prepare(folder, name):
        done = subprocess.run(
            [binary, "run", "--core-etl", json.dumps(job), "--warehouse", folder / "warehouse"],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=folder,
        )
        if done.returncode != 0:
            return done.stderr
    return ""


@pytest.fixture(scope="module")
def embedded(binary, tmp_path_factory):
    """name -> (folder, error); each case runs once."""
    root = tmp_path_factory.mktemp("embedded")
    done = {}

    def run(name: str):
        if name not in done:
            done[name] = (root / name, run_embedded(binary, root / name, name))
        return done[name]

    return run


def no_leftovers(folder: pathlib.Path) -> bool:
    return not [path for path in folder.rglob("*") if ".merge-" in path.name or path.name.startswith("_temporary")]


@pytest.mark.parametrize("name", CASES)
def test_on_the_embedded_engine(embedded, name):
    folder, error = embedded(name)
    for piece in CASES[name].get("error", []):
        assert piece in error
    assert CASES[name].get("error") or not error, error
    for place, rows in CASES[name]["outputs"].items():
        if rows is not None:
            assert read_rows(folder / place) == sorted_rows(rows), place
    assert no_leftovers(folder)


def spark_python() -> tuple[pathlib.Path, pathlib.Path]:
    spec = importlib.util.spec_from_file_location("judge_environment", ROOT / "tools" / "judge" / "environment.py")
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    judge.ensure_judge()
    return judge.judge_python(), judge.spark_home()


@pytest.fixture(scope="module")
def on_spark(tmp_path_factory):
    """(folder, name -> error): all cases in one driver."""
    if not full_run():
        pytest.skip("needs a full Spark: ./dev test --full")
    root = tmp_path_factory.mktemp("spark")
    cases = [{"name": name, "jobs": prepare(root / name, name)} for name in CASES]
    (root / "cases.json").write_text(json.dumps(cases))
    python, home = spark_python()
    runner = pathlib.Path(__file__).with_name("core_etl_on_spark.py")
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "SPARK_REMOTE")}
    done = subprocess.run(
        [python, runner, root, ROOT / "python" / "hearth" / "core_etl.py"],
        capture_output=True,
        text=True,
        timeout=SPARK_PATIENCE,
        cwd=root,
        env={**variables, "SPARK_HOME": str(home), "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return root, json.loads((root / "answers.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_on_spark_with_the_same_rows(embedded, on_spark, name):
    root, answers = on_spark
    folder, _ = embedded(name)
    for piece in CASES[name].get("error", []):
        assert piece in answers[name]
    assert CASES[name].get("error") or not answers[name], answers[name]
    for place in CASES[name]["outputs"]:
        assert read_rows(root / name / place) == read_rows(folder / place), place
    assert no_leftovers(root / name)
