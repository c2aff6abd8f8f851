"""Install what building and testing need: Debian packages, pinned archives, a Python environment. Safe to repeat."""

import os
import shutil
import subprocess

from dev.environment import tool
from dev.paths import SETUP
from dev.progress import quietly, step

SUMMARY = "install what building and testing need (idempotent)"


def add_arguments(parser) -> None:
    parser.add_argument(
        "--full",
        action="store_true",
        help="also what the full test run needs: clang-tidy, older and newer clients",
    )


def run(options) -> int:
    ensure(full=options.full)
    print("ready")
    return 0


def ensure(tests: bool = True, full: bool = False) -> None:
    """Brings the machine to the state that building and running expects, and testing too unless `tests` is false."""
    from fetch import fetch_groups

    ensure_debian_packages(full)
    fetch_groups(["build", *(["client"] if tests else []), *(["full", "kubernetes", "spark"] if full else [])])
    tool("python")
    if tests:
        tool("ruff")


def wanted_packages(full: bool) -> list[str]:
    lines = [line.strip() for line in (SETUP / "debian-packages.txt").read_text(encoding="ascii").splitlines()]
    split = lines.index("[full]")
    chosen = lines[:split] + (lines[split + 1 :] if full else [])
    return [line for line in chosen if line and not line.startswith("#")]


def missing_packages(full: bool) -> list[str]:
    wanted = wanted_packages(full)
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *wanted]
    answer = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [name for name in wanted if name not in installed]


def ensure_debian_packages(full: bool) -> None:
    if not shutil.which("dpkg-query"):
        print(
            "not a Debian or Ubuntu machine; please see to it that these are installed:",
            *wanted_packages(full),
        )
        return
    missing = missing_packages(full)
    if not missing:
        return
    with step(f"Debian packages: {' '.join(missing)}"):
        become_root = [] if os.geteuid() == 0 else ["sudo"]
        variables = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        install = [*become_root, "apt-get", "install", "-y", "--no-install-recommends", *missing]
        quietly([*become_root, "apt-get", "update"], env=variables)
        quietly(install, env=variables)
