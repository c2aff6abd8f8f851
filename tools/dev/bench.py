"""Measure Hearth, Spark, Sail and plain DuckDB on the same files; ratios go to docs/performance.md."""

import argparse
import subprocess
import sys

from dev import setup
from dev.build import build
from dev.paths import ROOT

SUMMARY = "measure against Spark, Sail and DuckDB"


def add_arguments(parser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="passed on to bench/run.py")


def run(options) -> int:
    setup.ensure(tests=False)
    build("release", ["hearth", "press", "press_jobs"])
    return subprocess.run([sys.executable, ROOT / "bench" / "run.py", *options.arguments]).returncode
