"""A Hearth server as a child of this program."""

from __future__ import annotations

import atexit
import contextlib
import os
import pathlib
import select
import subprocess
import time
from collections.abc import Mapping

START_SECONDS = 30
STOP_SECONDS = 15


def binary() -> pathlib.Path:
    """The server program: HEARTH_BINARY, else the one that this package carries."""
    if configured := os.environ.get("HEARTH_BINARY"):
        return pathlib.Path(configured)
    carried = pathlib.Path(__file__).parent / "bin" / "hearth"
    if not carried.exists():
        raise FileNotFoundError(f"{carried} is missing: install with `pip install .`, or set HEARTH_BINARY")
    return carried


class LocalServer:
    """Runs `hearth serve` on the loopback interface; the constructor returns when it listens.

    The server reads a pipe that this program holds and ends when the pipe does: however the program ends, the server goes
    with it. `options` are flags of `hearth serve` without their dashes; `port` 0 lets the kernel choose.
    """

    def __init__(self, options: Mapping[str, str], port: int = 0, program: pathlib.Path | None = None):
        self._owner = os.getpid()
        command = [str(program or binary()), "serve", "--listen", f"localhost:{port}", "--until-stdin-closes"]
        # A server for one program's sessions runs no jobs, unless asked to.
        for name, value in {"http": "off", "control": "off", **options}.items():
            command += [f"--{name}", value]
        # A session of its own: Ctrl-C in a notebook interrupts the cell, not the server.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        atexit.register(self.stop)
        try:
            self.port = self._read_port()
        except Exception:
            self.stop()
            raise
        self.remote = f"sc://localhost:{self.port}"

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """Ends the server; safe to repeat, and a no-op in a forked child."""
        if self._owner != os.getpid():
            return
        atexit.unregister(self.stop)
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _read_port(self) -> int:
        """The server says where it listens in its first line: "Hearth listens at HOST:PORT"."""
        deadline = time.monotonic() + START_SECONDS
        output = self.process.stdout.fileno()
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"the Hearth server did not listen within {START_SECONDS} s")
            piece = os.read(output, 4096)
            if not piece:
                raise RuntimeError(f"the Hearth server ended with {self.process.wait()} before it listened")
            line += piece
        return int(line.split(b"\n")[0].decode().strip().rpartition(":")[2])
