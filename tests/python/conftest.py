"""What the Python tests share: the server under test and the Spark clients to call it with.

./dev test sets HEARTH_BINARY (the server program), HEARTH_CLIENTS ("4.0=folder;…", clients beside the environment's own 4.2) and
HEARTH_FULL (empty or 1).
"""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from dev.server import serving  # noqa: E402

OWN_CLIENT = "4.2"
CLIENTS = dict(item.split("=", 1) for item in os.environ.get("HEARTH_CLIENTS", "").split(";") if item)


def full_run() -> bool:
    return bool(os.environ.get("HEARTH_FULL"))


def client_variables(version: str) -> dict[str, str]:
    """The environment of a program that runs with the client of one Spark version."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "SPARK_REMOTE")}
    if version != OWN_CLIENT:
        variables["PYTHONPATH"] = CLIENTS[version]
    return variables


@pytest.fixture(scope="session")
def root() -> pathlib.Path:
    return ROOT


@pytest.fixture(scope="session")
def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("HEARTH_BINARY") or ROOT / "build" / "dev" / "bin" / "hearth")


@pytest.fixture(scope="session")
def remote(binary, tmp_path_factory) -> str:
    """The address of one server for the whole run."""
    with serving(binary, tmp_path_factory.mktemp("warehouse")) as server:
        yield server.remote
