"""Writes docs/parity.md from a report of replay.py: what a user can expect, area by area, verdict by verdict.

`./dev test tests/spark --parity` replays and calls it.

A built-in function counts as covered when at least one passing case with an answer calls it (or names it by
`@covers`).
"""

from __future__ import annotations

import collections
import json
import pathlib
import re
import sys

from answer import VERDICTS
from case_file import Case, find_case_files, read_case_file
from environment import CASES, FACTS, ROOT

PAGE = ROOT / "docs" / "parity.md"
# Operators and clauses that Spark lists as functions.
_BY_SYNTAX = {
    "and": r"\bAND\b", "or": r"\bOR\b", "not": r"\bNOT\b", "in": r"\bIN\b", "like": r"\bLIKE\b", "ilike": r"\bILIKE\b",
    "rlike": r"\bRLIKE\b", "regexp": r"\bREGEXP\b", "between": r"\bBETWEEN\b", "case": r"\bCASE\b", "when": r"\bWHEN\b",
    "div": r"\bDIV\b", "mod": r"\bMOD\b", "cast": r"\bCAST\b", "!": r"!(?!=)", "!=": "!=", "<>": "<>", "=": r"[^<>!=]=[^=>]",
    "==": "==", "<=>": "<=>", "<": r"<[^=<>]", "<=": r"<=[^>]", ">": r"[^->]>[^=>]", ">=": ">=", "+": r"\+", "-": "-",
    "*": r"\*", "/": "/", "%": "%", "&": "&", "|": r"[^|]\|[^|>]", "^": r"\^", "~": "~", "||": r"\|\|", "<<": "<<",
    ">>": r"[^>]>>[^>]", ">>>": ">>>", "::": "::",
}  # fmt: skip


def functions_called(case: Case, names: set[str], patterns: dict[str, re.Pattern]) -> set[str]:
    text = case.text
    called = {word.lower() for word in re.findall(r"([A-Za-z_]\w*)`?\s*\(", text)} & names
    # Some need no parentheses.
    called |= {word for word in ("current_date", "current_timestamp", "current_user") if word in text.lower()}
    called |= {name for name, pattern in patterns.items() if pattern.search(text)}
    for line in case.values("covers"):
        called |= set(line.split())
    return called & names


def percent(good: int, given: int) -> str:
    return f"{100 * good / given:.1f} % of {given}" if given else "–"


def area_of(identity: str) -> str:
    parts = identity.partition(":")[0].split("/")
    return "/".join(parts[:2]) if parts[0] == "functions" else parts[0]


def area_table(results: list[dict]) -> list[str]:
    by_area = collections.defaultdict(list)
    for result in results:
        by_area[area_of(result["case"])].append(result)
    lines = ["| area | cases | pass | " + " | ".join(VERDICTS) + " |", "|---|--:|--:|" + "--:|" * len(VERDICTS)]
    for area in [*sorted(by_area), "all"]:
        chosen = by_area.get(area, results)
        passed = sum(r["status"] in ("passed", "xpassed") for r in chosen)
        row = [area, str(len(chosen)), f"{100 * passed / len(chosen):.1f} %"]
        for verdict in VERDICTS:
            given = [r["verdicts"][verdict] for r in chosen if verdict in r["verdicts"]]
            row.append(percent(sum(given), len(given)))
        lines.append("| " + " | ".join(row) + " |")
    return lines


def function_lists(results: list[dict], cases: dict[str, Case]) -> list[str]:
    facts = [line.split("\t") for line in (FACTS / "functions.tsv").read_text().splitlines()[1:]]
    names = {row[0] for row in facts}
    patterns = {name: re.compile(text, re.IGNORECASE) for name, text in _BY_SYNTAX.items() if name in names}
    covered, tried = set(), set()
    for result in results:
        called = functions_called(cases[result["case"]], names, patterns)
        tried |= called
        if result["status"] in ("passed", "xpassed") and cases[result["case"]].answer.kind != "error":
            covered |= called
    by_group = collections.defaultdict(list)
    for name, group, _ in facts:
        by_group[group.removesuffix("_funcs")].append(name)
    lines = [
        f"{len(covered)} of Spark's {len(names)} built-in functions are covered: at least one passing case calls them.",
        "",
    ]
    lines += ["| group | covered | failing | without a case |", "|---|---|---|---|"]
    for group in sorted(by_group):
        members = sorted(by_group[group])
        yes = [n for n in members if n in covered]
        bad = [n for n in members if n in tried - covered]
        none = [n for n in members if n not in tried]
        cells = [f"{len(part)}: {', '.join(_code(n) for n in part)}" if part else "0" for part in (yes, bad, none)]
        lines.append(f"| {group} ({len(members)}) | " + " | ".join(cells) + " |")
    return lines


def _code(name: str) -> str:
    return f"`{name}`".replace("|", "\\|")


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        raise SystemExit(__doc__)
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    cases = {}
    for path in find_case_files(CASES, []):
        cases.update({case.identity: case for case in read_case_file(path, CASES).cases})
    results = [result for result in report["cases"] if result["case"] in cases]
    lines = [
        "# Parity with Apache Spark 4.3.0",
        "",
        "Written by `./dev test tests/spark --parity`; do not edit. Each case holds what a real Spark answered. A case passes",
        "when column names, types, nullability and values, or the error condition with its SQLSTATE and exception class, are the",
        "same. A case that answers with an error where Spark has an answer fails in all four verdicts of an answer.",
        "",
        *area_table(results),
        "",
        "## Built-in functions",
        "",
        *function_lists(results, cases),
    ]
    reasons = collections.Counter(r["reason"] for r in results if r["status"] == "xfailed")
    if reasons:
        lines += ["", "## Known failures", "", "| cases | reason |", "|--:|---|"]
        lines += [f"| {count} | {reason} |" for reason, count in reasons.most_common()]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(results)} cases")


if __name__ == "__main__":
    main()
