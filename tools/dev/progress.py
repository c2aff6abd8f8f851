"""Steps as a person sees them: a title, how long it took, and the output only when it went wrong."""

import contextlib
import subprocess
import sys
import time


@contextlib.contextmanager
def step(title: str):
    """Prints the title, runs the body, prints the time it took."""
    print(f"── {title}", flush=True)
    start = time.monotonic()
    yield
    print(f"   {title}: {time.monotonic() - start:.1f} s", flush=True)


def quietly(command: list, **options) -> None:
    """Runs a command; its output is shown only when it fails, which ends ./dev."""
    result = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if result.returncode != 0:
        sys.stdout.write(result.stdout)
        raise subprocess.CalledProcessError(result.returncode, command)
