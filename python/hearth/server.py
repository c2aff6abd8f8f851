"""A Hearth server as a child of this program."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

START_SECONDS = 30
STOP_SECONDS = 10
_PR_SET_PDEATHSIG = 1


def binary() -> pathlib.Path:
    """The server program: HEARTH_BINARY, else the one that this package carries."""
    if configured := os.environ.get("HEARTH_BINARY"):
        return pathlib.Path(configured)
    carried = pathlib.Path(__file__).parent / "bin" / "hearth"
    if not carried.exists():
        raise FileNotFoundError(f"{carried} is missing: install with `pip install .`, or set HEARTH_BINARY")
    return carried


class LocalServer:
    """Starts `hearth serve` on a free loopback port and returns when it listens.

    The kernel ends the server when the thread that started it ends (PR_SET_PDEATHSIG), so that thread does nothing but wait for
    as long as the program runs: however the program ends, the server goes with it.
    """

    def __init__(self, options: dict[str, str]):
        self.port = _free_port()
        self.remote = f"sc://localhost:{self.port}"
        self._command = [str(binary()), "serve", "--listen", f"localhost:{self.port}"]
        for name, value in options.items():
            self._command += [f"--{name}", value]
        self._process: subprocess.Popen | None = None
        self._failure: OSError | None = None
        self._started = threading.Event()
        threading.Thread(target=self._guard, name="hearth-server", daemon=True).start()
        self._started.wait()
        if self._failure:
            raise self._failure
        atexit.register(self.stop)
        try:
            self._wait_until_open()
        except Exception:
            self.stop()
            raise

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Ends the server; safe to repeat, and a no-op in a forked child."""
        if not self.alive() or self._owner != os.getpid():
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _guard(self) -> None:
        library = ctypes.CDLL(None)
        parent = os.getpid()
        self._owner = parent

        def die_with_parent() -> None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # the program ended in between
                os._exit(1)

        try:
            # A session of its own: Ctrl-C in a notebook interrupts the cell, not the server.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, start_new_session=True
            )
        except OSError as failure:
            self._failure = failure
            return
        finally:
            self._started.set()
        self._process.wait()

    def _wait_until_open(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.alive():
                raise RuntimeError(
                    f"the Hearth server ended at once ({self._process.returncode}): {' '.join(self._command)}"
                )
            with contextlib.suppress(OSError), socket.create_connection(("localhost", self.port), timeout=1):
                return
            time.sleep(0.005)
        raise TimeoutError(f"the Hearth server did not listen within {START_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
