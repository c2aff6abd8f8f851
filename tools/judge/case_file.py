"""The text form of the judge's cases: one file a topic, read and written here and nowhere else.

    # comments and directives before the first case hold for the whole file
    @set spark.sql.session.timeZone=UTC
    @setup CREATE TEMP VIEW people AS SELECT 1 AS id

    case zero-start
    @xfail substring counts from zero
    SELECT substring('Spark', 0, 2)
    ----
    "substring(Spark, 0, 2)": string not null
    rows: 1
    "Sp"

A blank line ends a case. Directives: `@set key=value`, `@setup STATEMENT` (gives the case a session of its own),
`@fresh` (a session of its own for the case, or for each case of the file),
`@teardown STATEMENT`, `@program` (the body is Python; its last expression is the answer), `@xfail REASON`,
`@approx [TOLERANCE]` (relative, default 1e-15), `@ordered`, `@unordered`, `@ties` (the order of rows may differ, as where
the sort keys have ties), `@covers FUNCTION…`, `@database` (a scratch database for the file), `@data SET` and
`@query SUITE NUMBER` (see tpc.py), `@spark-only REASON` (recorded for the reader, never replayed).
What stands below `----` is written by `record.py`; see answer.py for its grammar.
"""

from __future__ import annotations

import dataclasses
import pathlib
import re

import tpc
from answer import Answer

DIRECTIVES = {
    "set", "setup", "fresh", "data", "query", "teardown", "program", "xfail", "approx", "ordered", "unordered", "ties", "covers", "database", "spark-only",
}  # fmt: skip


@dataclasses.dataclass
class Case:
    name: str
    comments: list[str] = dataclasses.field(default_factory=list)
    directives: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    body: list[str] = dataclasses.field(default_factory=list)
    answer: Answer | None = None
    area: str = ""  # "functions/string/substring": the file's place below the cases directory

    @property
    def identity(self) -> str:
        return f"{self.area}:{self.name}"

    @property
    def text(self) -> str:
        for query in self.values("query"):
            return tpc.query_text(query)
        return "\n".join(self.body)

    def has(self, directive: str) -> bool:
        return any(name == directive for name, _ in self.directives)

    def values(self, directive: str) -> list[str]:
        return [value for name, value in self.directives if name == directive]

    @property
    def xfail(self) -> str | None:
        reasons = self.values("xfail")
        return reasons[0] if reasons else None

    @property
    def tolerance(self) -> float | None:
        values = self.values("approx")
        return float(values[0] or "1e-15") if values else None

    @property
    def ordered(self) -> bool:
        if self.has("ordered") or self.has("unordered"):
            return self.has("ordered")
        if self.has("program"):
            return _program_orders(self.text)
        return _orders_at_top(self.text)


@dataclasses.dataclass
class CaseFile:
    path: pathlib.Path
    area: str
    header: Case
    cases: list[Case]


def _program_orders(program: str) -> bool:
    """Whether a program orders rows: by a method of a DataFrame or in SQL text, not in a window's definition alone."""
    bare = re.sub(r"\bOVER\s*\([^()]*\)", " ", program, flags=re.IGNORECASE)
    bare = re.sub(r"\bWindow(\.\w+\((?:[^()]|\([^()]*\))*\))+", " ", bare)
    return bool(re.search(r"\.(orderBy|sort|sortWithinPartitions)\(|ORDER BY", bare))


def _orders_at_top(statement: str) -> bool:
    """Whether ORDER BY (or SORT BY) stands outside every parenthesis and quote."""
    bare = re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|--[^\n]*", " ", statement)
    depth, kept = 0, []
    for character in bare:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            kept.append(character)
    return bool(re.search(r"\b(ORDER|SORT)\s+BY\b", "".join(kept), re.IGNORECASE))


def _read_case(name: str, lines: list[str], place: str) -> Case:
    case = Case(name)
    position = 0
    while position < len(lines) and lines[position] != "----":
        line = lines[position]
        if line.startswith("@") and not case.body:
            directive, _, value = line[1:].partition(" ")
            if directive not in DIRECTIVES:
                raise ValueError(f"{place}: unknown directive @{directive}")
            case.directives.append((directive, value.strip()))
        elif line.startswith("#") and not case.body and not case.has("program"):
            case.comments.append(line)
        else:
            case.body.append(line)
        position += 1
    if position < len(lines):
        case.answer = Answer.parse(lines[position + 1 :], place)
    return case


def read_case_file(path: pathlib.Path, root: pathlib.Path) -> CaseFile:
    area = str(path.relative_to(root).with_suffix(""))
    header, cases, seen = Case("(file)", area=area), [], set()
    comments: list[str] = []
    for block in re.split(r"\n[ \t]*\n", path.read_text(encoding="utf-8").strip("\n")):
        lines = [line for line in block.split("\n") if line.strip()]
        start = next((i for i, line in enumerate(lines) if line.startswith("case ")), None)
        if start is None:
            loose = _read_case("(file)", lines, str(path))
            if loose.body:
                raise ValueError(f"{path}: text outside a case: {loose.body[0]!r}")
            header.directives += loose.directives
            if cases:
                comments += loose.comments
            else:
                header.comments += loose.comments
            continue
        name = lines[start][5:].strip()
        if name in seen:
            raise ValueError(f"{path}: case {name} appears twice")
        seen.add(name)
        case = _read_case(name, lines[start + 1 :], f"{path}: {name}")
        case.comments = comments + lines[:start] + case.comments
        case.area, comments = area, []
        cases.append(case)
    return CaseFile(path, area, header, cases)


def print_case_file(file: CaseFile) -> str:
    blocks = []
    if file.header.comments or file.header.directives:
        blocks.append(_print_head(file.header))
    for case in file.cases:
        lines = [*case.comments, f"case {case.name}"]
        lines += [f"@{name} {value}".rstrip() for name, value in case.directives]
        lines += case.body
        if case.answer is not None:
            lines += ["----", *case.answer.lines()]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _print_head(header: Case) -> str:
    return "\n".join([*header.comments, *(f"@{name} {value}".rstrip() for name, value in header.directives)])


def find_case_files(root: pathlib.Path, wanted: list[str]) -> list[pathlib.Path]:
    """Case files below the root; `wanted` holds files or folders, absolute or relative to the root or the caller."""
    if not wanted:
        return sorted(root.rglob("*.case"))
    found: list[pathlib.Path] = []
    for name in wanted:
        for place in (pathlib.Path(name), root / name, root / f"{name}.case"):
            if place.is_file():
                found.append(place.resolve())
                break
            if place.is_dir():
                found += sorted(place.resolve().rglob("*.case"))
                break
        else:
            raise SystemExit(f"no case file or folder named {name}")
    return list(dict.fromkeys(found))
