"""The data and the query texts of TPC-H and TPC-DS, generated once below the cache and never kept in the tree.

    python tools/judge/tpc.py           # makes what the cases under tests/spark/cases/tpc need

A case file names its data by `@data tpch-sf0.01`: the runner then gives every session a temporary view per table. A case
without a body names a query by `@query tpch 1`: its text comes from the generator.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
import subprocess
import sys

from environment import ROOT, cache_directory

# The generators' texts are Spark SQL but for this: a double-quoted name is a string in Spark.
_QUOTED_NAME = re.compile(r'"([^"]*)"')


def data_folder(name: str) -> pathlib.Path:
    return cache_directory() / "data" / name


def table_files(name: str) -> list[tuple[str, pathlib.Path]]:
    """Table name and Parquet file of every table of a data set."""
    return [(path.stem, path) for path in sorted(data_folder(name).glob("*.parquet"))]


@functools.lru_cache(maxsize=4)
def query_texts(suite: str) -> dict[str, str]:
    return json.loads((data_folder("queries") / f"{suite}.json").read_text())


def query_text(words: str) -> str:
    suite, number = words.split()
    return _QUOTED_NAME.sub(r"`\1`", query_texts(suite)[number])


def ensure(name: str) -> None:
    """Generates a data set, and the query texts, in an environment of their own unless they are there."""
    if (data_folder(name) / "complete").exists() and (data_folder("queries") / "complete").exists():
        return
    sys.path.insert(0, str(ROOT / "tools" / "setup"))
    import environments

    place = environments.ensure("tpc")
    subprocess.run([place / "bin" / "python", __file__, "--generate", name], check=True, timeout=900)


def _extension(connection, name: str) -> None:
    import importlib.metadata

    files = importlib.metadata.files(f"duckdb-extension-{name}") or []
    connection.load_extension(str(next(f.locate() for f in files if str(f).endswith(".duckdb_extension"))))


def generate(name: str) -> None:
    """Runs inside the environment `tpc`."""
    import duckdb

    suite, _, scale = name.partition("-sf")
    folder = data_folder(name)
    if not (folder / "complete").exists():
        print(f"generating {name}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        if suite == "tpch":
            generator = pathlib.Path(sys.prefix) / "bin" / "tpchgen-cli"
            subprocess.run([generator, "parquet", "-s", scale, "--output-dir", folder], check=True, timeout=600)
        else:
            connection = duckdb.connect()
            _extension(connection, "tpcds")
            connection.execute(f"CALL dsdgen(sf = {float(scale)})")
            for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
        (folder / "complete").touch()
    queries = data_folder("queries")
    queries.mkdir(parents=True, exist_ok=True)
    for suite in ("tpch", "tpcds"):
        connection = duckdb.connect()
        _extension(connection, suite)
        rows = connection.execute(f"SELECT query_nr, query FROM {suite}_queries()").fetchall()
        texts = {str(number): text.strip().rstrip(";") for number, text in rows}
        (queries / f"{suite}.json").write_text(json.dumps(texts, indent=1))
    (queries / "complete").touch()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--generate"]:
        generate(sys.argv[2])
    else:
        for data_set in ("tpch-sf0.01", "tpcds-sf0.01"):
            ensure(data_set)
