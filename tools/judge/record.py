"""Asks a real Spark and writes its answers into the cases: `./dev record [FILE|FOLDER…] [-k PATTERN] [--missing]`.

Recording twice gives no difference. Case text, comments and tags are kept as they are; only answers are rewritten.
"""

from __future__ import annotations

import argparse
import logging
import os
import pathlib
import re
import sys
import time

from environment import CASES, FACTS, enter_judge

enter_judge()

import tpc  # noqa: E402
from case_file import find_case_files, print_case_file, read_case_file  # noqa: E402
from case_runner import CaseRunner  # noqa: E402
from spark_server import SparkServer  # noqa: E402

_CLASSES = FACTS / "error_classes.tsv"


def watch_error_classes() -> dict[str, str]:
    """Notes, for every error the client converts, its condition and the Java classes the server named."""
    import pyspark.sql.connect.client.core as core

    known = {}
    if _CLASSES.exists():
        known = dict(line.split("\t") for line in _CLASSES.read_text().splitlines()[1:])
    original = core.convert_exception

    def convert(info, *arguments, **options):
        condition = info.metadata.get("errorClass")
        if condition:
            known.setdefault(condition, info.metadata.get("classes", ""))
        return original(info, *arguments, **options)

    core.convert_exception = convert
    return known


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", help="case files or folders; all when none is named")
    parser.add_argument(
        "-k", metavar="PATTERN", help="only cases whose identity or text matches this regular expression"
    )
    parser.add_argument("--missing", action="store_true", help="only cases that have no answer yet")
    parser.add_argument("--cases", type=pathlib.Path, default=CASES, help="root of the case files")
    parser.add_argument("--remote", help="a running Spark to ask instead of starting one")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)

    work = []
    for path in find_case_files(options.cases, options.paths):
        file = read_case_file(path, options.cases)
        for name in file.header.values("data"):
            tpc.ensure(name)
        cases = [c for c in file.cases if not (options.missing and c.answer)]
        if options.k:
            cases = [c for c in cases if re.search(options.k, c.identity) or re.search(options.k, c.text)]
        if cases:
            work.append((file, cases))
    if not work:
        print("nothing to record")
        return 0

    classes = watch_error_classes()
    server = None if options.remote else SparkServer().start()
    changed = asked = 0
    began = time.monotonic()
    try:
        runner = CaseRunner(options.remote or server.remote, case_seconds=60)
        for file, cases in work:
            before = file.path.read_text(encoding="utf-8")
            for case, answer in runner.run_file(file, cases):
                asked += 1
                if answer.condition == "TIMEOUT":
                    print(f"  {case.identity}: Spark gave no answer in time", flush=True)
                    continue
                if answer.wire_problem:
                    print(f"  {case.identity}: {answer.wire_problem}", flush=True)
                if answer.condition == "-" and answer.raises not in ("PySparkTypeError", "PySparkValueError"):
                    print(f"  {case.identity}: {answer.raises}: {answer.message[:200]}", flush=True)
                changed += case.answer is None or case.answer.lines() != answer.lines()
                case.answer = answer
            text = print_case_file(file)
            if text != before:
                file.path.write_text(text, encoding="utf-8")
            print(f"{file.area}: {len(cases)} cases", flush=True)
    finally:
        if server is not None:
            server.stop()
        rows = "".join(f"{condition}\t{names}\n" for condition, names in sorted(classes.items()))
        FACTS.mkdir(parents=True, exist_ok=True)
        _CLASSES.write_text("# condition\tclasses, most specific first\n" + rows)
    print(f"{asked} asked, {changed} changed, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the client's exit hooks would wait for a server that is gone
