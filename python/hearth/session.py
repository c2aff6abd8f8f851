"""`hearth.connect()`: a PySpark session on a running server, or on one of our own that ends with the program."""

from __future__ import annotations

import importlib
import os
import pathlib
import socket
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hearth.server import LocalServer

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEFAULT_PORT = 15002

_local_servers: dict[tuple, LocalServer] = {}


def connect(
    url: str | None = None,
    *,
    warehouse: str | pathlib.Path | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> SparkSession:
    """Returns a Spark Connect session.

    Where it goes, in this order: `url` ("sc://host:port"); the variables HEARTH_REMOTE and SPARK_REMOTE; a server that listens
    on localhost:15002; else a server of our own on a free port of the loopback interface, which ends with this program.
    `warehouse` (folder of managed tables), `threads` and `memory_limit` ("4GiB") configure a server, so giving one of
    them always starts one; together with `url` they are a ValueError. `settings` are Spark settings of the session.
    """
    server_options = {"warehouse": warehouse, "threads": threads, "memory-limit": memory_limit}
    chosen = {name: str(value) for name, value in server_options.items() if value is not None}
    if url and chosen:
        raise ValueError(f"{', '.join(chosen)} configure a new server, but url names a running one")
    remote = url or (None if chosen else _running_server()) or _own_server(chosen)

    _import_connect()
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.remote(remote)
    for key, value in (settings or {}).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _import_connect() -> None:
    """Imports PySpark's Connect client, also in `python -c`.

    The client takes a main module without a file for a doctest run and then wants Spark's own test classes, which the small
    package pyspark-client lacks. For the time of the import the main module therefore has a file.
    """
    main = sys.modules["__main__"]
    disguised = getattr(main, "__spec__", None) is None and not hasattr(main, "__file__")
    if disguised:
        main.__file__ = "<string>"
    try:
        importlib.import_module("pyspark.sql.connect.session")
    finally:
        if disguised:
            del main.__file__


def _running_server() -> str | None:
    for variable in ("HEARTH_REMOTE", "SPARK_REMOTE"):
        if remote := os.environ.get(variable):
            return remote
    try:
        with socket.create_connection(("localhost", DEFAULT_PORT), timeout=0.2):
            return f"sc://localhost:{DEFAULT_PORT}"
    except OSError:
        return None


def _own_server(options: dict[str, str]) -> str:
    """One server per set of options and program: a second connect() finds the first one's."""
    key = (os.getpid(), *sorted(options.items()))
    server = _local_servers.get(key)
    if server is None or not server.alive():
        server = _local_servers[key] = LocalServer(options)
    return server.remote
