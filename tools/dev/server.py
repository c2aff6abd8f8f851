"""Starts the Hearth server for a program or a test and stops it again."""

import contextlib
import pathlib
import sys

from dev.paths import ROOT

sys.path.insert(0, str(ROOT / "python"))

from hearth.server import LocalServer  # noqa: E402


@contextlib.contextmanager
def serving(binary: pathlib.Path, warehouse: str | pathlib.Path, port: int = 0):
    """Yields a running server; ends it afterwards, which must go well. Port 0 lets the kernel choose."""
    server = LocalServer({"warehouse": str(warehouse)}, port, binary)
    try:
        yield server
    finally:
        server.stop()
    if server.process.returncode != 0:  # a sanitizer may have found something in the end
        raise RuntimeError(f"the server ended with {server.process.returncode}")
