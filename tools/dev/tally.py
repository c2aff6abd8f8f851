"""How many tests passed, failed and were skipped, over every runner of ./dev test."""

import dataclasses
import json
import pathlib
import re
import xml.etree.ElementTree

CLOSING_LINE = re.compile(r"(\d+) passed(?:, (\d+) failed)?(?:, (\d+) skipped)?")


@dataclasses.dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Tally") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def of_googletest(folder: pathlib.Path) -> Tally:
    """Counts the JSON reports that the GoogleTest programs wrote."""
    tally = Tally()
    for report in sorted(folder.glob("*.json")):
        content = json.loads(report.read_text(encoding="utf-8"))
        for case in (case for suite in content["testsuites"] for case in suite["testsuite"]):
            if case.get("failures"):
                tally.failed += 1
            elif case.get("result") in ("SKIPPED", "SUPPRESSED"):
                tally.skipped += 1
            else:
                tally.passed += 1
    return tally


def of_junit(report: pathlib.Path) -> Tally:
    """Counts a report of pytest."""
    if not report.exists():
        return Tally()
    tally = Tally()
    for suite in xml.etree.ElementTree.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        tally.add(Tally(int(suite.get("tests", 0)) - failed - skipped, failed, skipped))
    return tally


def of_closing_line(output: str) -> Tally | None:
    """Reads the last 'N passed, N failed, N skipped' of a runner's output."""
    found = CLOSING_LINE.findall(output)
    return Tally(*(int(count or 0) for count in found[-1])) if found else None
