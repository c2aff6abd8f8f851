"""The pinned Python environment of tests, formatters and first programs, in the user's cache."""

import hashlib
import pathlib
import shutil
import sys

from dev.paths import SETUP, cache_root
from dev.progress import quietly, step

LOCK = SETUP / "environments" / "python.txt"


def environment_folder() -> pathlib.Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache_root() / f"python-{version}-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"


def tool(name: str) -> pathlib.Path:
    """A program of the environment: python, pytest, ruff, clang-format."""
    return environment_folder() / "bin" / name


def ensure_environment() -> None:
    """Makes the environment unless it is complete already."""
    from fetch import lock

    folder = environment_folder()
    if (folder / "complete").exists():
        return
    with lock("python"), step("Python environment"):
        if (folder / "complete").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        quietly([sys.executable, "-m", "venv", folder])
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        quietly([*pip, "setuptools==80.9.0", "wheel==0.45.1"])
        quietly([*pip, "--require-hashes", "--no-build-isolation", "-r", LOCK])
        (folder / "complete").touch()
