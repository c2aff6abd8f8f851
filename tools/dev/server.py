"""Starts the Hearth server for a program or a test and stops it again."""

import contextlib
import pathlib
import socket
import subprocess
import time

START_SECONDS = 30
STOP_SECONDS = 10


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it listened")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"no server on port {port} after {START_SECONDS} s")


@contextlib.contextmanager
def serving(binary: pathlib.Path, port: int | None = None, extra: list[str] | None = None):
    """Yields (port, process) of a running server; ends it afterwards."""
    port = port or free_port()
    process = subprocess.Popen([str(binary), "serve", "--listen", f"127.0.0.1:{port}", *(extra or [])])
    try:
        wait_until_open(port, process)
        yield port, process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
