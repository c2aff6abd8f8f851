"""clang-tidy on the sources that changed since a commit (all of them takes too long on two cores)."""

import pathlib
import shutil
import subprocess

from finding import ROOT, Finding

PROGRAM = "clang-tidy-19"


def changed_sources(since: str) -> list[str]:
    command = ["git", "diff", "--name-only", "--diff-filter=d", since, "--", "src/*.cc"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def check_tidy(tree: pathlib.Path, since: str) -> list[Finding]:
    if not shutil.which(PROGRAM):
        print(f"   {PROGRAM} is not installed: skipped (./dev setup --full)")
        return []
    findings = []
    for path in changed_sources(since):
        result = subprocess.run(
            [
                PROGRAM,
                "--quiet",
                "-p",
                str(tree),
                "--extra-arg=-Wno-unknown-warning-option",
                "--extra-arg=-Wno-ignored-optimization-argument",
                path,
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in result.stdout.splitlines():
            if ": error:" in line or ": warning:" in line:
                place, _, message = line.partition(": ")
                findings.append(Finding("tidy", place, 0, message))
    return findings
