"""Check the tree: formatting, layers, names, headers that compile alone; clang-tidy on changed files when asked."""

import subprocess
import sys

from dev import setup
from dev.build import build
from dev.environment import tool
from dev.format import format_files, tracked
from dev.paths import ROOT, build_tree
from dev.progress import step

SUMMARY = "check formatting, layers, names and headers"


def add_arguments(parser) -> None:
    parser.add_argument("--fast", action="store_true", help="leave out the check that compiles every header")
    parser.add_argument(
        "--tidy",
        metavar="COMMIT",
        nargs="?",
        const="main",
        help="also clang-tidy on what changed since COMMIT (main)",
    )


def run(options) -> int:
    setup.ensure()
    return 0 if lint(fast=options.fast, tidy_since=options.tidy) else 1


def lint(fast: bool = False, formatting: bool = True, tidy_since: str | None = None) -> bool:
    """True when nothing was found. `fast` leaves out what needs a build, `formatting=False` what needs none."""
    sys.path.insert(0, str(ROOT / "tools" / "lint"))
    import finding
    import headers
    import layers
    import names
    import tidy

    with step("lint" if formatting else "headers compile alone"):
        findings = []
        clean = True
        sources = tracked(["src/*.h", "src/*.cc"])
        if formatting:
            clean = check_formatting()
            findings += layers.check_layers(sources) + names.check_names(tracked(["*"]))
        if not fast:
            build("dev", ["hearth"])  # generated headers and precompiled ones must be there
            findings += headers.check_headers([name for name in sources if name.endswith(".h")], build_tree("dev"))
        if tidy_since:
            findings += tidy.check_tidy(build_tree("dev"), tidy_since)
        if formatting:
            findings = finding.without_exemptions(findings)
        for found in findings:
            print(found)
    return clean and not findings


def check_formatting() -> bool:
    formatted = format_files(check=True) == 0
    if not formatted:
        print("not formatted: ./dev format")
    scripts = (
        subprocess.run(
            [tool("ruff"), "check", "--output-format", "concise", *tracked(["*.py", "dev"])], cwd=ROOT
        ).returncode
        == 0
    )
    return formatted and scripts
