"""Set up, build, start the server and run a first PySpark program against it; then keep serving until Ctrl-C."""

import os
import subprocess
import sys
import tempfile

from dev import setup
from dev.build import add_preset, build
from dev.environment import tool
from dev.paths import ROOT, server_binary
from dev.server import serving

SUMMARY = "start the server and run a first PySpark program against it"
FIRST_PROGRAM = ROOT / "tests" / "programs" / "first.py"


def add_arguments(parser) -> None:
    parser.add_argument("--once", action="store_true", help="stop after the program, also on a terminal")
    parser.add_argument("--port", type=int, default=15002, help="port to serve on (default: %(default)s)")
    parser.add_argument("--warehouse", metavar="DIR", help="where managed tables live (default: a temporary folder)")
    add_preset(parser)


def run(options) -> int:
    setup.ensure(tests=False)
    build(options.preset, ["hearth"])
    with tempfile.TemporaryDirectory(prefix="hearth-") as scratch:
        with serving(server_binary(options.preset), options.warehouse or scratch, options.port) as server:
            print(
                f"── Hearth serves {server.remote}; a first program ({FIRST_PROGRAM.relative_to(ROOT)}) says:",
                flush=True,
            )
            variables = dict(os.environ, SPARK_REMOTE=server.remote)
            result = subprocess.run([tool("python"), FIRST_PROGRAM], env=variables, timeout=120)
            if result.returncode == 0 and not options.once and sys.stdin.isatty():
                print(f"── serving {server.remote} until Ctrl-C", flush=True)
                server.process.wait()
            return result.returncode
