"""Lint, build and run every test: C++ (ctest), Python (pytest) and the replay of recorded Spark answers.

./dev test                everything
./dev test sql_test       one C++ test program
./dev test Lexer.*        GoogleTest cases by filter, in every program that has them
./dev test tests/python/test_first.py
./dev test tests/spark/cases/joins
./dev test tests/spark --parity     replay all cases and write docs/parity.md
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from dev import setup
from dev.build import add_preset, build
from dev.environment import tool
from dev.lint import lint
from dev.paths import ROOT, build_tree, server_binary
from dev.postgres import postgres
from dev.progress import step
from dev.server import serving
from dev.tally import Tally, of_closing_line, of_googletest, of_junit

SUMMARY = "run every test, or one"
REPLAY = ROOT / "tools" / "judge" / "replay.py"
SANITIZERS = ("asan-ubsan", "tsan")  # presets whose programs take more time and memory
THREAD_SUPPRESSIONS = ROOT / "tools" / "sanitizers" / "thread.supp"
PARITY = ROOT / "tools" / "judge" / "parity.py"
PYTHON_TESTS = ROOT / "tests" / "python"
KUBERNETES_TESTS = ROOT / "tests" / "kubernetes"  # against control planes that are built first: only in full runs


def add_arguments(parser) -> None:
    parser.add_argument("name", nargs="?", help="a test program, a GoogleTest filter, or a path below tests")
    parser.add_argument(
        "--full", action="store_true", help="also what needs full Spark packages, the wheel and clang-tidy"
    )
    parser.add_argument("--no-lint", action="store_true", help="leave out the lint")
    parser.add_argument("--parity", action="store_true", help="write docs/parity.md from the replay of all cases")
    add_preset(parser)


def run(options) -> int:
    start = time.monotonic()
    if options.preset == "tsan":  # a server that races ends, so that its test fails
        os.environ["TSAN_OPTIONS"] = f"halt_on_error=1 suppressions={THREAD_SUPPRESSIONS}"
    setup.ensure(full=options.full)
    if options.name:
        tally = run_one(options)
    else:
        tally = run_all(options)
    print(f"── tests took {time.monotonic() - start:.0f} s", flush=True)
    if tally.passed + tally.failed == 0:
        print("no test was run")
    print(tally, flush=True)
    return 0 if tally.failed == 0 and tally.passed > 0 else 1


def run_all(options) -> Tally:
    tally = Tally()
    if not options.no_lint:
        clean = lint(fast=True)
        tally.add(Tally(passed=1) if clean else Tally(failed=1))
    build(options.preset)
    if not options.no_lint:
        clean = lint(formatting=False, tidy_since=tidy_base() if options.full else None)
        tally.add(Tally(passed=1) if clean else Tally(failed=1))
    tally.add(run_googletest(options.preset))
    tally.add(run_pytest(options, [PYTHON_TESTS]))
    if options.full:
        tally.add(run_pytest(options, [KUBERNETES_TESTS]))
    tally.add(run_replay(options, []))
    return tally


def tidy_base() -> str | None:
    """The commit before the newest one, the nearest thing to 'what changed' in a fresh clone."""
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", "HEAD~1"], cwd=ROOT, capture_output=True, text=True
    )
    return found.stdout.strip() or None


def run_one(options) -> Tally:
    name = options.name
    path = (ROOT / name.split("::")[0]).resolve()
    if path.is_relative_to(PYTHON_TESTS) and path.exists():
        build(options.preset, ["hearth"])
        return run_pytest(options, [name])
    if path.is_relative_to(KUBERNETES_TESTS) and path.exists():
        build(options.preset)
        return run_pytest(options, [name])
    if path.is_relative_to(ROOT / "tests" / "spark") and path.exists():
        build(options.preset, ["hearth"])
        return run_replay(options, [name])
    if name.endswith("_test"):
        build(options.preset, [name])
        return run_googletest(options.preset, programs=f"^{name}$")
    build(options.preset)
    return run_googletest(options.preset, case_filter=name if "." in name or "*" in name else f"*{name}*")


def run_googletest(preset: str, programs: str | None = None, case_filter: str | None = None) -> Tally:
    """Runs the C++ test programs through ctest and counts their cases."""
    reports = build_tree(preset) / "reports" / "googletest"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    variables = dict(os.environ, GTEST_OUTPUT=f"json:{reports}/", HEARTH_BINARY=str(server_binary(preset)))
    if case_filter:
        variables["GTEST_FILTER"] = case_filter
    command = [
        "ctest",
        "--test-dir",
        str(build_tree(preset)),
        "--output-on-failure",
        "--parallel",
        str(os.cpu_count() or 2),
    ]
    if programs:
        command += ["--tests-regex", programs]
    with step("C++ tests"), postgres() as server:
        if server:
            variables["HEARTH_POSTGRES"] = server
        code = subprocess.run(command, cwd=ROOT, env=variables).returncode
    tally = of_googletest(reports)
    if code != 0 and tally.failed == 0:  # a program crashed before it wrote its report
        tally.failed += 1
    return tally


def client_folders(full: bool) -> dict[str, pathlib.Path]:
    """Spark version -> folder to put before the environment's own client; the environment holds 4.2.0."""
    from fetch import fetch_groups

    folders = fetch_groups(["client", *(["full"] if full else [])])
    return {key.removeprefix("client_").replace("_", "."): folder for key, folder in folders.items()}


def run_pytest(options, paths: list) -> Tally:
    if not PYTHON_TESTS.exists():
        return Tally()
    report = build_tree(options.preset) / "reports" / "pytest.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    clients = ";".join(f"{version}={folder}" for version, folder in client_folders(options.full).items())
    variables = dict(
        os.environ,
        HEARTH_BINARY=str(server_binary(options.preset)),
        HEARTH_CLIENTS=clients,
        HEARTH_FULL="1" if options.full else "",
        HEARTH_SANITIZERS=options.preset if options.preset in SANITIZERS else "",
        PYTHONPATH=str(ROOT / "python"),
    )
    command = [tool("python"), "-m", "pytest", "-q", "--rootdir", ROOT, f"--junitxml={report}", *paths]
    with step("Python tests"):
        code = subprocess.run(command, cwd=ROOT, env=variables).returncode
    tally = of_junit(report)
    if code not in (0, 1, 5) or (code == 1 and tally.failed == 0):
        tally.failed += 1
    return tally


def run_replay(options, paths: list) -> Tally:
    """Replays the recorded answers of real Spark against the server."""
    if not REPLAY.exists():
        return Tally()
    output = []
    report = build_tree(options.preset) / "reports" / "replay.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    with (
        step("replay of recorded Spark answers"),
        tempfile.TemporaryDirectory(prefix="hearth-") as warehouse,
        serving(server_binary(options.preset), warehouse) as server,
    ):
        command = [tool("python"), REPLAY, "--remote", server.remote, "--json", report, *paths]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in process.stdout:
            sys.stdout.write(line)
            output.append(line)
        code = process.wait()
    tally = of_closing_line("".join(output)) or Tally()
    if code != 0 and tally.failed == 0:
        tally.failed += 1
    if options.parity:
        subprocess.run([tool("python"), PARITY, report], cwd=ROOT, check=True)
    return tally
