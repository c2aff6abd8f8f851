"""Format every C++ and Python file with the pinned formatters."""

import subprocess

from dev import setup
from dev.environment import tool
from dev.paths import ROOT

SUMMARY = "format C++ (clang-format) and Python (ruff)"


def add_arguments(parser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="change nothing, fail when something would change"
    )
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders (default: the whole repository)"
    )


def run(options) -> int:
    setup.ensure_environment()
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
        names = [
            name for name in names if any(name == want or name.startswith(f"{want}/") for want in wanted)
        ]
    return names


def format_files(check: bool, paths: list[str] | None = None) -> int:
    sources = tracked(["*.h", "*.cc"], paths)
    failed = 0
    if sources:
        mode = ["--dry-run", "--Werror"] if check else ["-i"]
        failed |= subprocess.run([tool("clang-format"), *mode, *sources], cwd=ROOT).returncode
    scripts = tracked(["*.py", "dev"], paths)
    if scripts:
        mode = ["--check"] if check else []
        failed |= subprocess.run([tool("ruff"), "format", "--quiet", *mode, *scripts], cwd=ROOT).returncode
    return 1 if failed else 0
