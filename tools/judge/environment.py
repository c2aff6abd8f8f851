"""Where the judge keeps its things, and the virtual environment that holds a full Spark.

Everything lives below the cache directory (`$HEARTH_CACHE`, else `$XDG_CACHE_HOME/hearth`, else `~/.cache/hearth`),
never in the tree. `ensure_judge()` is idempotent: a stamp holds the text of the requirements that were installed.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = ROOT / "tests" / "spark" / "cases"
FACTS = ROOT / "tests" / "spark" / "facts"


def cache_directory() -> pathlib.Path:
    explicit = os.environ.get("HEARTH_CACHE")
    if explicit:
        return pathlib.Path(explicit)
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "hearth"


def judge_python() -> pathlib.Path:
    return cache_directory() / "judge-venv" / "bin" / "python"


def spark_home() -> pathlib.Path:
    """The package directory of full PySpark in the judge's environment: it is a SPARK_HOME with jars."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    exact = cache_directory() / "judge-venv" / "lib" / version / "site-packages" / "pyspark"
    if exact.is_dir():
        return exact
    found = sorted((cache_directory() / "judge-venv" / "lib").glob("python*/site-packages/pyspark"))
    if not found:
        raise SystemExit("the judge is not installed: run tools/judge/environment.py")
    return found[0]


def ensure_judge() -> pathlib.Path:
    """Creates the judge's environment (about 0.5 GB, a minute or two) unless it is there; returns its python."""
    place = cache_directory() / "judge-venv"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = place / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return judge_python()
    print("judge: installing Spark and its Python client (once)", flush=True)
    venv.EnvBuilder(with_pip=True, clear=False).create(place)
    pip = [str(judge_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "setuptools", "wheel"], check=True, timeout=600)
    subprocess.run([*pip, "-r", str(HERE / "requirements.txt")], check=True, timeout=1800)
    stamp.write_text(wanted)
    return judge_python()


def enter_judge() -> None:
    """Makes the running script continue inside the judge's environment (a no-op when it already is)."""
    target = ensure_judge()
    # sys.prefix, not the executable: a virtual environment's python is a link to the machine's.
    if pathlib.Path(sys.prefix).resolve() == (cache_directory() / "judge-venv").resolve():
        return
    os.execv(str(target), [str(target), *sys.argv])


if __name__ == "__main__":
    print(ensure_judge())
