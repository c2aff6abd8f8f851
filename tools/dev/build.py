"""Configure and build with a CMake preset."""

import os
import subprocess

from dev import setup
from dev.paths import ROOT, build_tree
from dev.progress import step

SUMMARY = "build (default: everything, preset dev)"
PRESETS = ["dev", "release", "asan-ubsan", "tsan", "fuzz"]


def add_arguments(parser) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what to build, for example hearth or sql_test")
    add_preset(parser)


def add_preset(parser) -> None:
    parser.add_argument("--preset", choices=PRESETS, default="dev", help="the CMake preset (default: %(default)s)")


def run(options) -> int:
    setup.ensure(tests=False)
    build(options.preset, options.targets)
    return 0


def configure(preset: str) -> None:
    if not (build_tree(preset) / "build.ninja").exists():
        with step(f"configuring {preset}"):
            subprocess.run(["cmake", "--preset", preset], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def build(preset: str, targets: list[str] | None = None) -> None:
    """Builds the targets, or all; shows the compiler's progress."""
    configure(preset)
    jobs = os.environ.get("HEARTH_BUILD_JOBS") or str(os.cpu_count() or 2)
    command = ["cmake", "--build", str(build_tree(preset)), "--parallel", jobs]
    if targets:
        command += ["--target", *targets]
    with step(f"building {' '.join(targets or ['everything'])} ({preset})"):
        subprocess.run(command, cwd=ROOT, check=True)
