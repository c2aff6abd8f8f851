"""What a case answered, in a canonical text form, and the comparison of two answers in five verdicts.

An answer is one of
    columns and rows        `"name": type`, one a line, then `rows: N` (or `rows in order: N`), then one line a row
    text                    `text` and lines that start with `|`  (what show() or printSchema() draw)
    value                   `value REPR`  (what a program evaluated to)
    error                   `error CONDITION SQLSTATE PythonException`, then `  param NAME "value"`, `  at LINE:POSITION`

Types are Spark's short form with `not null` wherever null is excluded: array<int not null>, map<string,int>,
struct<a:int not null>. Values: NULL; true; integers; decimals with their scale; doubles by shortest repr; "text" as in
JSON; X'00FF'; 2020-01-31; 2020-01-31T23:59:59.000001Z (an instant, UTC) and without Z (no zone); intervals as
`14mon` (year-month), `86400000000us` (day-time), `1mon 2d 3ns` (calendar); [array]; {map: entries}; (struct).
"""

from __future__ import annotations

import dataclasses
import json
import math
import re

# A sixth, `position` (where a syntax error is), is reported but does not decide.
VERDICTS = ("values", "types", "nullability", "names", "error")
_FLOAT = re.compile(r"-?\d+\.\d+(?:[eE][+-]?\d+)?(?![\dTZ:-])")


@dataclasses.dataclass
class Answer:
    kind: str  # frame, text, value or error
    columns: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    rows: list[str] = dataclasses.field(default_factory=list)
    ordered: bool = False
    condition: str = ""
    sql_state: str = ""
    raises: str = ""
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)
    position: str = ""
    message: str = ""  # the server's words, to show beside a difference; never recorded
    wire_problem: str = ""  # Arrow types that do not carry the declared types; never part of a recorded answer

    def lines(self) -> list[str]:
        if self.kind == "error":
            out = [f"error {self.condition} {self.sql_state or '-'} {self.raises}"]
            out += [f"  param {key} {json.dumps(text, ensure_ascii=False)}" for key, text in self.parameters.items()]
            return out + ([f"  at {self.position}"] if self.position else [])
        if self.kind == "text":
            return ["text", *("|" + line for line in self.rows)]
        if self.kind == "value":
            return [f"value {self.rows[0]}"]
        out = [f"{json.dumps(name, ensure_ascii=False)}: {kind}" for name, kind in self.columns]
        return [*out, f"rows{' in order' if self.ordered else ''}: {len(self.rows)}", *self.rows]

    @staticmethod
    def parse(lines: list[str], place: str) -> "Answer":
        if not lines:
            raise ValueError(f"{place}: empty answer")
        first = lines[0]
        if first.startswith("error "):
            parts = first.split(" ")
            answer = Answer("error", condition=parts[1], raises=parts[3])
            answer.sql_state = "" if parts[2] == "-" else parts[2]
            for line in lines[1:]:
                word, _, rest = line.strip().partition(" ")
                if word == "at":
                    answer.position = rest
                else:
                    key, _, text = rest.partition(" ")
                    answer.parameters[key] = json.loads(text)
            return answer
        if first == "text":
            return Answer("text", rows=[line[1:] for line in lines[1:]])
        if first.startswith("value "):
            return Answer("value", rows=[first[6:]])
        answer = Answer("frame")
        for number, line in enumerate(lines):
            if line.startswith("rows"):
                answer.ordered = line.startswith("rows in order")
                answer.rows = lines[number + 1 :]
                break
            name, end = json.JSONDecoder().raw_decode(line)
            answer.columns.append((name, line[end + 2 :]))
        return answer


def passes(verdicts: dict[str, bool]) -> bool:
    return all(good for name, good in verdicts.items() if name in VERDICTS)


def without_nullability(kind: str) -> str:
    return kind.replace(" not null", "")


def compare(
    expected: Answer, actual: Answer, tolerance: float | None, ties: bool = False
) -> tuple[dict[str, bool], list[str]]:
    """Verdict by name (only those the case can give), and what differs in words."""
    notes: list[str] = []
    if expected.kind == "error" or actual.kind == "error":
        return _compare_errors(expected, actual, notes), notes
    if expected.kind != actual.kind:
        notes.append(f"expected a {expected.kind}, got a {actual.kind}")
        return {"values": False}, notes
    verdicts: dict[str, bool] = {}
    if expected.kind == "frame":
        verdicts["names"] = [n for n, _ in expected.columns] == [n for n, _ in actual.columns]
        ours, theirs = [k for _, k in actual.columns], [k for _, k in expected.columns]
        verdicts["types"] = [*map(without_nullability, ours)] == [*map(without_nullability, theirs)]
        verdicts["types"] = verdicts["types"] and not actual.wire_problem
        verdicts["nullability"] = ours == theirs or not verdicts["types"]
        for want, got in zip(expected.columns, actual.columns):
            if want != got:
                notes.append(f"column {want[0]!r}: {want[1]}   got {got[0]!r}: {got[1]}")
        if len(ours) != len(theirs):
            notes.append(f"{len(theirs)} columns expected, {len(ours)} answered")
        if actual.wire_problem:
            notes.append(actual.wire_problem)
    verdicts["values"] = _same_rows(expected, actual, tolerance, expected.ordered and not ties, notes)
    return verdicts, notes


def _compare_errors(expected: Answer, actual: Answer, notes: list[str]) -> dict[str, bool]:
    verdicts = {"error": False}
    if expected.kind != "error":
        verdicts = dict.fromkeys(("values", "types", "nullability", "names"), False)
        notes.append(f"expected an answer, got {actual.condition} {actual.sql_state}: {actual.message}")
    elif actual.kind != "error":
        notes.append(f"expected {expected.condition} {expected.sql_state}, got an answer: {actual.rows[:3]}")
    else:
        want = (expected.condition, expected.sql_state, expected.raises)
        got = (actual.condition, actual.sql_state, actual.raises)
        verdicts["error"] = want == got
        if expected.position:
            verdicts["position"] = expected.position == actual.position
        if want != got:
            notes.append(f"expected {' '.join(want)}, got {' '.join(got)}: {actual.message}")
    return verdicts


def _same_rows(expected: Answer, actual: Answer, tolerance: float | None, ordered: bool, notes: list[str]) -> bool:
    in_order = ordered or expected.kind != "frame"
    want = expected.rows if in_order else sorted(expected.rows)
    got = actual.rows if in_order else sorted(actual.rows)
    if want == got:
        return True
    if len(want) != len(got):
        notes.append(f"{len(want)} rows expected, {len(got)} answered")
        notes += [f"  - {row}" for row in want[:5]] + [f"  + {row}" for row in got[:5]]
        return False
    differing = [(w, g) for w, g in zip(want, got) if not same_row(w, g, tolerance)]
    for one, other in differing[:5]:
        notes += _differing_cells(one, other, [name for name, _ in expected.columns])
    return not differing


def _differing_cells(want: str, got: str, names: list[str]) -> list[str]:
    """The cells that differ when both rows split alike, else the two rows."""
    ours, theirs = got.split(" | "), want.split(" | ")
    if len(names) < 3 or not len(ours) == len(theirs) == len(names):
        return [f"  - {want}", f"  + {got}"]
    return [f"  {n}: {w}   got {g}" for n, w, g in zip(names, theirs, ours) if w != g]


def same_row(want: str, got: str, tolerance: float | None) -> bool:
    if want == got:
        return True
    if tolerance is None or _FLOAT.sub("#", want) != _FLOAT.sub("#", got):
        return False
    pairs = zip(_FLOAT.findall(want), _FLOAT.findall(got))
    return all(math.isclose(float(a), float(b), rel_tol=tolerance, abs_tol=0.0) for a, b in pairs)
