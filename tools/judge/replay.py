"""Replays the recorded cases against a running server and reports in five verdicts. No JVM.

    python tools/judge/replay.py --remote sc://localhost:15002 [FILE|FOLDER…] [-k PATTERN] [--json REPORT] [--quiet]

Run it with an environment that holds a PySpark client (pyspark-client is enough). A case tagged `@xfail` must fail;
the day it passes, the run fails until the tag goes (`--untag` removes such tags, `--tag [REASON]` adds tags to
what fails now). Exit status: 0 when nothing failed, 1 when something did, 2 when the server went away.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import logging
import os
import pathlib
import re
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import tpc  # noqa: E402
from answer import VERDICTS, Answer, compare, passes  # noqa: E402
from case_file import Case, CaseFile, find_case_files, print_case_file, read_case_file  # noqa: E402
from environment import CASES  # noqa: E402


@dataclasses.dataclass
class Result:
    case: Case
    status: str  # passed, failed, xfailed or xpassed
    verdicts: dict[str, bool]
    notes: list[str]
    seconds: float


class Replay:
    def __init__(self, options: argparse.Namespace):
        # Imported late: --help and --list need no client.
        from case_runner import CaseRunner, ServerGone

        self.options = options
        self.runner = CaseRunner(options.remote, options.case_seconds, options.check_analyze)
        self.server_gone = ServerGone
        self.deadline = time.monotonic() + options.run_seconds
        self.results: list[Result] = []
        self.stopped = ""
        self._lock = threading.Lock()

    def run(self, work: list[tuple[CaseFile, list[Case]]]) -> None:
        # Long files first, so that the last thread does not begin one when the others are done.
        work = sorted(work, key=lambda item: -len(item[1]))
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for _ in pool.map(lambda item: self._run_file(*item), work):
                pass

    def _run_file(self, file: CaseFile, cases: list[Case]) -> None:
        began = time.monotonic()
        try:
            for case, answer in self.runner.run_file(file, cases):
                now = time.monotonic()
                self._note(case, answer, now - began)
                began = now
                if self.stopped:
                    return
                if now > self.deadline:
                    self.stopped = f"the run exceeded {self.options.run_seconds:g} s"
                    return
        except self.server_gone as problem:
            done = {result.case.identity for result in self.results}
            left = next((case.identity for case in cases if case.identity not in done), file.area)
            self.stopped = self.stopped or f"the server went away at {left} ({str(problem)[:120]!r})"

    def _note(self, case: Case, answer: Answer, seconds: float) -> None:
        verdicts, notes = compare(case.answer, answer, case.tolerance, case.has("ties"))
        good = passes(verdicts)
        if case.xfail is not None:
            status = "xpassed" if good else "xfailed"
        else:
            status = "passed" if good else "failed"
        result = Result(case, status, verdicts, notes, seconds)
        with self._lock:
            self.results.append(result)
            if not self.options.quiet and status in ("failed", "xpassed"):
                print(describe(result), flush=True)


def describe(result: Result) -> str:
    case = result.case
    if result.status == "xpassed":
        return f"XPASS {case.identity}: tagged @xfail ({case.xfail}) but passes; remove the tag\n"
    wrong = ", ".join(name for name, good in result.verdicts.items() if not good)
    body = "\n".join("    " + line for line in case.body[:12])
    return f"FAIL {case.identity} [{wrong}]\n{body}\n" + "".join(f"  {note}\n" for note in result.notes[:14])


def report(results: list[Result], seconds: float, stopped: str) -> dict:
    return {
        "seconds": round(seconds, 1),
        "stopped": stopped,
        "counts": dict(collections.Counter(result.status for result in results)),
        "cases": [
            {
                "case": r.case.identity,
                "status": r.status,
                "verdicts": r.verdicts,
                "seconds": round(r.seconds, 3),
                **({"reason": r.case.xfail} if r.case.xfail else {}),
                **({"notes": r.notes[:6]} if r.status in ("failed", "xfailed") else {}),
            }
            for r in sorted(results, key=lambda r: r.case.identity)
        ],
    }


def summary(results: list[Result], seconds: float) -> str:
    count = collections.Counter(result.status for result in results)
    lines = []
    for verdict in (*VERDICTS, "position"):
        given = [result.verdicts[verdict] for result in results if verdict in result.verdicts]
        if given:
            lines.append(f"  {verdict:<12} {sum(given):>5} of {len(given):>5}  {100 * sum(given) / len(given):5.1f} %")
    failed = count["failed"] + count["xpassed"]
    lines.append(f"{seconds:.1f} s")
    lines.append(f"{count['passed']} passed, {failed} failed, {count['xfailed']} xfailed")
    return "\n".join(lines)


def reason_of(result: Result) -> str:
    """In a few words why a case fails: the refusal that stands in the way, the error's condition, or what differs."""
    first = result.notes[0] if result.notes else ""
    refusal = re.search(r"Hearth does not implement (.*?) yet", first)
    if refusal:
        return f"{refusal[1]} is not implemented"
    unknown = re.search(r"UNRESOLVED_ROUTINE\] No function or routine is named `(\w+)`", first)
    if unknown:
        return f"function {unknown[1]} is not implemented"
    answered = re.match(r"expected an answer, got (\S+)", first)
    if answered:
        return f"answers {answered[1]}"
    return "differs in " + ", ".join(name for name, good in result.verdicts.items() if not good and name in VERDICTS)


def reasons(results: list[Result]) -> str:
    groups: dict[str, list[str]] = collections.defaultdict(list)
    for result in results:
        if result.status in ("failed", "xfailed"):
            groups[reason_of(result)].append(result.case.identity)
    ranked = sorted(groups.items(), key=lambda item: -len(item[1]))[:40]
    return "\n".join(f"{len(cases):>5}  {reason}   e.g. {cases[0]}" for reason, cases in ranked)


def retag(results: list[Result], files: list[CaseFile], tag: str | None, untag: bool) -> None:
    known = {result.case.identity: result for result in results}
    for file in files:
        before = print_case_file(file)
        for case in file.cases:
            result = known.get(case.identity)
            status = result.status if result else ""
            if tag is not None and status == "failed":
                case.directives.insert(0, ("xfail", tag or reason_of(result)))
            if untag and status == "xpassed":
                case.directives = [d for d in case.directives if d[0] != "xfail"]
        after = print_case_file(file)
        if after != before:
            file.path.write_text(after, encoding="utf-8")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", help="case files or folders; all when none is named")
    parser.add_argument("--remote", default=os.environ.get("SPARK_REMOTE", "sc://localhost:15002"))
    parser.add_argument(
        "-k", metavar="PATTERN", help="only cases whose identity or text matches this regular expression"
    )
    parser.add_argument(
        "--json", type=pathlib.Path, metavar="REPORT", help="write a report for machines (parity.py reads it)"
    )
    parser.add_argument("--jobs", type=int, default=3, help="sessions at once")
    parser.add_argument("--case-seconds", type=float, default=10.0)
    parser.add_argument("--run-seconds", type=float, default=900.0)
    parser.add_argument("--check-analyze", action="store_true", help="also compare the schema that AnalyzePlan gives")
    parser.add_argument(
        "--tag",
        nargs="?",
        const="",
        metavar="REASON",
        help="tag every case that fails now as an expected failure; without a reason, each with its own",
    )
    parser.add_argument("--untag", action="store_true", help="remove the tag of every expected failure that passes")
    parser.add_argument("--reasons", action="store_true", help="also print what fails most")
    parser.add_argument("--list", action="store_true", help="print the cases and stop")
    parser.add_argument("--quiet", action="store_true", help="print the summary alone")
    parser.add_argument("--cases", type=pathlib.Path, default=CASES, help="root of the case files")
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    logging.disable(logging.CRITICAL)
    files = [read_case_file(path, options.cases) for path in find_case_files(options.cases, options.paths)]
    for name in dict.fromkeys(name for file in files for name in file.header.values("data")):
        tpc.ensure(name)
    work = []
    for file in files:
        cases = [c for c in file.cases if c.answer is not None and not c.has("spark-only")]
        if options.k:
            cases = [c for c in cases if re.search(options.k, c.identity) or re.search(options.k, c.text)]
        if cases:
            work.append((file, cases))
    if options.list:
        print("\n".join(case.identity for _, cases in work for case in cases))
        return 0
    began = time.monotonic()
    replay = Replay(options)
    replay.run(work)
    seconds = time.monotonic() - began
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report(replay.results, seconds, replay.stopped), indent=1) + "\n")
    if options.tag is not None or options.untag:
        retag(replay.results, files, options.tag, options.untag)
    if options.reasons:
        print(reasons(replay.results))
    if replay.stopped:
        print(f"STOPPED: {replay.stopped}")
    print(summary(replay.results, seconds))
    if replay.stopped:
        return 2
    return 1 if any(result.status in ("failed", "xpassed") for result in replay.results) else 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the client's exit hooks would talk to a server that may be gone
