"""A PostgreSQL server for tests: its own directory, loopback only, gone afterwards."""

import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile

VERSIONS = pathlib.Path("/usr/lib/postgresql")  # where Debian puts the programs


def programs() -> pathlib.Path | None:
    """The folder of initdb and pg_ctl; none when no server is installed."""
    found = sorted(VERSIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def postgres():
    """Gives the connection string of a new, empty server; none when no server is installed."""
    folder = programs()
    if folder is None:
        yield None
        return
    # The server refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    user = "postgres" if as_user else pwd.getpwuid(os.geteuid()).pw_name
    data = pathlib.Path(tempfile.mkdtemp(prefix="hearth-postgres-"))
    if as_user:
        shutil.chown(data, "postgres")
    control = [*as_user, folder / "pg_ctl", "-D", data / "data", "-s", "-w", "-t", "60"]
    port = free_port()
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c fsync=off"
    try:
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": data}
        subprocess.run(
            [*as_user, folder / "initdb", "-D", data / "data", "-U", user, "-A", "trust", "-E", "UTF8", "-N"], **quiet
        )
        subprocess.run([*control, "-o", options, "-l", data / "log", "start"], **quiet)
        yield f"postgresql://{user}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
        shutil.rmtree(data, ignore_errors=True)
