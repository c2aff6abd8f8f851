"""Adds drafted cases to a case file: `python tools/judge/add_cases.py AREA < DRAFT`, then record them.

The draft is one case a line: `name :: STATEMENT` or just `STATEMENT` (the name is then made from its text).
    @@set key=value    a directive for the whole file         # words      a comment for the next case
    @approx            a directive for the next case          ~ STATEMENT  with ANSI mode off
    >>> line           a line of a Python program             + STATEMENT  two cases, ANSI mode on and off
    two blanks first   continues the line before          %%          ends a program where another follows
A statement that the file already holds under the same directives is left out.
"""

from __future__ import annotations

import re
import sys

from case_file import Case, CaseFile, print_case_file, read_case_file
from environment import CASES

_ANSI_OFF = ("set", "spark.sql.ansi.enabled=false")


def slug(text: str) -> str:
    text = re.sub(r"^\s*SELECT\s+", "", text, flags=re.IGNORECASE)
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if len(made) > 56:
        made = made[:56].rsplit("-", 1)[0]
    return made or "case"


def split_draft(lines: list[str]) -> list[list[str]]:
    """Groups a statement with its continuation lines, and a program's lines with each other."""
    groups: list[list[str]] = []
    apart = False
    for line in lines:
        if not line.strip():
            continue
        if line == "%%":
            apart = True
            continue
        program = line.startswith(">>>") and groups and groups[-1][-1].startswith(">>>") and not apart
        apart = False
        if (line.startswith("  ") or program) and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


class Draft:
    def __init__(self, file: CaseFile):
        self.file = file
        self.taken = {case.name for case in file.cases}
        self.held = {self._key(case) for case in file.cases}
        self.comments: list[str] = []
        self.directives: list[tuple[str, str]] = []

    @staticmethod
    def _key(case: Case) -> tuple:
        marks = {"xfail", "approx", "covers"}
        return case.text, tuple(d for d in case.directives if d[0] not in marks)

    def add(self, name: str, body: list[str], directives: list[tuple[str, str]]) -> None:
        case = Case("", self.comments, directives, body)
        if self._key(case) in self.held:
            return
        self.held.add(self._key(case))
        case.name, number = name, 2
        while case.name in self.taken:
            case.name, number = f"{name}-{number}", number + 1
        self.taken.add(case.name)
        self.file.cases.append(case)

    def take(self, group: list[str]) -> None:
        first = group[0]
        if first.startswith("#"):
            self.comments.append(first)
            return
        if first.startswith("@"):
            directive, _, value = first.lstrip("@").partition(" ")
            place = self.file.header.directives if first.startswith("@@") else self.directives
            if (directive, value) not in place:
                place.append((directive, value))
            return
        name, found, rest = first.partition(" :: ")
        named = found and re.fullmatch(r"[~+]? ?[A-Za-z0-9_-]+", name)
        mode = first[0] if first[0] in "~+" else ""
        statement = (rest if named else first).removeprefix("~ ").removeprefix("+ ")
        if statement.startswith(">>>"):
            body = [statement[4:], *(line[4:] for line in group[1:])]
            directives = [("program", ""), *self.directives]
        else:
            body, directives = [statement, *group[1:]], self.directives
        words = body[-1] if statement.startswith(">>>") else " ".join(body)
        name = name.lstrip("~+ ") if named else slug(words)
        if mode != "~":
            self.add(name, body, list(directives))
        if mode:
            self.add(f"{name}-ansi-off", body, [_ANSI_OFF, *directives])
        self.comments, self.directives = [], []


def main() -> None:
    area = sys.argv[1]
    path = CASES / f"{area}.case"
    file = read_case_file(path, CASES) if path.exists() else CaseFile(path, area, Case("(file)"), [])
    draft = Draft(file)
    before = len(file.cases)
    for group in split_draft(sys.stdin.read().split("\n")):
        draft.take(group)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(print_case_file(file), encoding="utf-8")
    print(f"{area}: {len(file.cases) - before} added")


if __name__ == "__main__":
    main()
