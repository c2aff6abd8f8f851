"""Ask a real Spark (fetched on first use) what the cases under tests/spark should answer, and write it down."""

import argparse
import subprocess
import sys

from dev.paths import ROOT

SUMMARY = "ask real Spark for the expected answers of tests/spark"


def add_arguments(parser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="passed on to tools/judge/record.py")


def run(options) -> int:
    return subprocess.run([sys.executable, ROOT / "tools" / "judge" / "record.py", *options.arguments]).returncode
