"""Pinned virtual environments in the user's cache, one per lock file in environments/."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def cache_root() -> pathlib.Path:
    """The folder for everything fetched or measured: $HEARTH_CACHE, else hearth in the user's cache folder."""
    if configured := os.environ.get("HEARTH_CACHE"):
        return pathlib.Path(configured)
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "hearth"


def archives() -> pathlib.Path:
    """Fetched wheels that an environment may need again: they are not downloaded twice."""
    return cache_root() / "archives"


@contextlib.contextmanager
def lock(name: str):
    """Only one process at a time fills the same part of the cache."""
    cache_root().mkdir(parents=True, exist_ok=True)
    with open(cache_root() / f"{name}.lock", "w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command: list, **options) -> None:
    """Runs a command; its output is shown only when it fails, which ends the program."""
    command = list(map(str, command))
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{result.stdout}")


def folder_of(name: str) -> pathlib.Path:
    digest = hashlib.sha256((HERE / "environments" / f"{name}.txt").read_bytes()).hexdigest()[:12]
    return cache_root() / "environments" / f"{name}-{sys.version_info.major}.{sys.version_info.minor}-{digest}"


def is_complete(name: str) -> bool:
    return (folder_of(name) / "complete").exists()


def fetched_wheels(name: str) -> list[pathlib.Path]:
    """The wheels among the fetched archives that the environment wants and this Python can use."""
    wanted = re.findall(
        r"^([\w-]+)==(\S+)", (HERE / "environments" / f"{name}.txt").read_text(encoding="ascii"), re.MULTILINE
    )
    prefixes = tuple(f"{project.replace('-', '_')}-{version}-" for project, version in wanted)
    tags = (f"-cp{sys.version_info.major}{sys.version_info.minor}-", "-py3-none-any")
    return [
        path
        for path in archives().glob("*.whl")
        if path.name.startswith(prefixes) and any(t in path.name for t in tags)
    ]


def ensure(name: str) -> pathlib.Path:
    """Makes the environment of environments/<name>.txt unless it is complete already; returns its folder."""
    folder = folder_of(name)
    if is_complete(name):
        return folder
    with lock(f"environment-{name}"):
        if is_complete(name):
            return folder
        print(f"installing the Python environment '{name}'", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder])
        pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        if name != "fetch":  # source distributions are built with the same pinned tools everywhere
            run([*pip, "--require-hashes", "-r", HERE / "environments" / "build.txt"])
        if wheels := fetched_wheels(name):
            run([*pip, "--no-deps", "--no-index", *wheels])
        isolation = [] if name == "fetch" else ["--no-build-isolation"]
        run([*pip, *isolation, "--require-hashes", "-r", HERE / "environments" / f"{name}.txt"])
        (folder / "complete").touch()
    return folder
