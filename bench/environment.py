"""Where the benchmark keeps its contenders and data: below the user's cache, never in the tree."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def cache_root() -> pathlib.Path:
    if configured := os.environ.get("HEARTH_CACHE"):
        return pathlib.Path(configured)
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "hearth"


def enter() -> None:
    """Makes the running script go on inside the benchmark's own virtual environment, made on first use."""
    place = cache_root() / "bench-venv"
    python = place / "bin" / "python"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = place / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("bench: installing DuckDB, Sail and the data generator (once)", flush=True)
        venv.EnvBuilder(with_pip=True).create(place)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "setuptools==80.9.0", "wheel"], check=True, timeout=600)
        subprocess.run([*pip, "--no-build-isolation", "-r", HERE / "requirements.txt"], check=True, timeout=1800)
        stamp.write_text(wanted)
    if pathlib.Path(sys.prefix).resolve() != place.resolve():
        os.execv(python, [str(python), *sys.argv])


def tpch_data(scale: float) -> pathlib.Path:
    """A folder with one Parquet file per TPC-H table, generated once per scale."""
    folder = cache_root() / "data" / f"tpch-sf{scale:g}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        generator = pathlib.Path(sys.prefix) / "bin" / "tpchgen-cli"
        command = [generator, "parquet", "-s", f"{scale:g}", "--output-dir", folder]
        subprocess.run(command, check=True, timeout=1800)
        (folder / "complete").touch()
    return folder


TPCH_TABLES = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"]


def tpch_queries() -> dict[int, str]:
    """The 22 query texts as DuckDB's generator ships them; Spark reads them unchanged."""
    import importlib.metadata

    import duckdb

    files = importlib.metadata.files("duckdb-extension-tpch") or []
    extension = next(file.locate() for file in files if str(file).endswith(".duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    rows = connection.execute("SELECT query_nr, query FROM tpch_queries()").fetchall()
    return {number: text.rstrip().rstrip(";") for number, text in rows}
