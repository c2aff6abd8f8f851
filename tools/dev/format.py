"""Format every C++ and Python file with the pinned formatters."""

import re
import subprocess

from dev.environment import tool
from dev.paths import ROOT

SUMMARY = "format C++ (clang-format) and Python (ruff)"


def add_arguments(parser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something would change")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders (default: the whole repository)")


def run(options) -> int:
    return format_files(options.check, options.paths)


def tracked(patterns: list[str], paths: list[str] | None = None) -> list[str]:
    """Files of the repository, also new ones, relative to its root."""
    command = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
        "--",
        *patterns,
    ]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    names = [name for name in names if (ROOT / name).is_file()]
    if paths:
        wanted = [str((ROOT / path).resolve().relative_to(ROOT)) for path in paths]
        names = [name for name in names if any(name == want or name.startswith(f"{want}/") for want in wanted)]
    return names


def format_files(check: bool, paths: list[str] | None = None) -> int:
    """Formats, or with `check` prints the names of the files that formatting would change; 1 when there are any."""
    sources = tracked(["*.h", "*.cc"], paths)
    failed = False
    if sources and check:
        output = subprocess.run(
            [tool("clang-format"), "--dry-run", *sources],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        ).stderr
        unformatted = sorted(
            {match.group(1) for match in re.finditer(r"^(\S+?):\d+:\d+: warning", output, re.MULTILINE)}
        )
        for name in unformatted:
            print(f"{name}: not formatted")
        failed |= bool(unformatted)
    elif sources:
        failed |= subprocess.run([tool("clang-format"), "-i", *sources], cwd=ROOT).returncode != 0
    if scripts := tracked(["*.py", "dev"], paths):
        mode = ["--check", "--output-format", "concise"] if check else ["--quiet"]
        if not check:  # the order of imports counts as format
            subprocess.run([tool("ruff"), "check", "--quiet", "--select", "I", "--fix", *scripts], cwd=ROOT, check=True)
        failed |= subprocess.run([tool("ruff"), "format", *mode, *scripts], cwd=ROOT).returncode != 0
    return 1 if failed else 0
