"""Names that say nothing, addresses that belong to one machine, and files that grew too long."""

import pathlib
import re

from finding import ROOT, Finding

FORBIDDEN_STEMS = {"util", "utils", "helper", "helpers", "common", "misc"}
FORBIDDEN_TYPE = re.compile(
    r"^\s*(?:class|struct|namespace)\s+(\w*(?:Utils?|Helpers?|Common|Misc)|utils?|helpers?|common|misc)\b"
)
# Written in pieces so that this file does not name what it forbids.
MACHINE_PLACES = re.compile(
    r"(?<![\w.])/(?:"
    + "work|root"
    + r")/|/tmp"
    + r"/w/|"
    + "|".join(["py" + r"pi\.org", "registry" + r"\.npmjs", "files.python" + "hosted"])
)
LONGEST_FILE = 700
CODE = {".h", ".cc", ".py"}


def check_names(files: list[str]) -> list[Finding]:
    findings = []
    for path in files:
        parts = pathlib.PurePosixPath(path)
        for part in [*parts.parts[:-1], parts.stem]:
            if part.lower() in FORBIDDEN_STEMS:
                findings.append(Finding("names", path, 1, f"'{part}' says nothing about what is inside"))
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        findings += check_lines(path, lines)
        if parts.suffix in CODE and len(lines) > LONGEST_FILE:
            findings.append(
                Finding(
                    "length",
                    path,
                    len(lines),
                    f"{len(lines)} lines; a file over {LONGEST_FILE} asks to be two",
                )
            )
        if parts.suffix == ".h" and parts.parts[0] == "src" and "#pragma once" not in lines:
            findings.append(Finding("names", path, 1, "a header starts with #pragma once"))
    return findings


def check_lines(path: str, lines: list[str]) -> list[Finding]:
    findings = []
    for number, line in enumerate(lines, 1):
        if MACHINE_PLACES.search(line):
            findings.append(Finding("places", path, number, "a path or address of one machine"))
        if path.endswith((".h", ".cc")) and (match := FORBIDDEN_TYPE.match(line)):
            findings.append(Finding("names", path, number, f"'{match.group(1)}' says nothing about what is inside"))
    return findings
