"""Measure Hearth, Sail, Spark and plain DuckDB on the same machine in one run.

    run.py tpch [--scale 1] [--runs 3] [--only hearth,duckdb] [--memory 6GB] [--queries 1,6]
    run.py start      time to the first accepted call, idle memory
    run.py select     spark.sql("select 1").collect(), median and 95th percentile
    run.py clients    eight clients at once: PySpark processes, and raw gRPC
    run.py jobs       submissions and checks of jobs while 20,000 run
    run.py large      TPC-H at scale 10 with 6 GB of memory, Hearth alone
    run.py all        everything; --write puts the tables into docs/performance.md

The contenders take turns query by query, so that a machine that slows down slows all of them down.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import sys
import time

import environment

environment.enter()

import clients  # noqa: E402
from contenders import ALL, memory_mib  # noqa: E402

WARM_UP = 20
SELECT_RUNS = 200


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what", nargs="?", default="tpch", choices=["tpch", "start", "select", "clients", "jobs", "large", "all"]
    )
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="contenders, separated by commas")
    parser.add_argument("--queries", default="", help="query numbers, separated by commas")
    parser.add_argument("--memory", default=None, help="memory limit of each contender, e.g. 6GB")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--json", default=None, help="write the figures to this file")
    return parser.parse_args()


def chosen(options, default: str) -> list:
    names = [name.strip().lower() for name in (options.only or default).split(",")]
    return [ALL[name] for name in names]


def table(title: str, header: list[str], rows: list[list]) -> str:
    lines = [f"## {title}", "", "| " + " | ".join(header) + " |", "| " + " | ".join("---" for _ in header) + " |"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def measure_tpch(options) -> tuple[str, dict]:
    folder = environment.tpch_data(options.scale)
    texts = environment.tpch_queries()
    if options.queries:
        texts = {int(number): texts[int(number)] for number in options.queries.split(",")}
    kinds = chosen(options, "hearth,duckdb,sail,spark")
    # Spark's compiler and collector go on when its query has ended: it would slow down whoever comes next.
    best, peaks = {}, {}
    for group in ([k for k in kinds if k.name != "Spark"], [k for k in kinds if k.name == "Spark"]):
        if group:
            take_turns(options, group, folder, texts, best, peaks)
    return report_tpch(options, list(texts), best, peaks), {"tpch": best, "peak_mib": peaks}


def take_turns(options, kinds: list, folder, texts: dict, best: dict, peaks: dict) -> None:
    with contextlib.ExitStack() as stack:
        contenders = [stack.enter_context(kind(options.memory)) for kind in kinds]
        for contender in contenders:
            contender.open_tables(folder)
            best[contender.name] = {}
        for number, text in texts.items():
            for run in range(options.runs + 1):
                for contender in contenders:
                    cpu, wall = contender.cpu(), time.perf_counter()
                    try:
                        contender.query(text)
                    except Exception as error:  # a contender may not know a query
                        print(f"q{number} {contender.name}: {str(error).splitlines()[0][:160]}", file=sys.stderr)
                        best[contender.name][number] = None
                        continue
                    figure = (time.perf_counter() - wall, contender.cpu() - cpu)
                    known = best[contender.name].get(number)
                    # The first run warms caches and is not counted.
                    if run > 0:
                        best[contender.name][number] = tuple(map(min, known, figure)) if known else figure
            figures = {contender.name: best[contender.name].get(number) for contender in contenders}
            print(f"q{number}", figures, file=sys.stderr, flush=True)
        peaks.update({c.name: memory_mib(c.process.pid, "VmHWM") for c in contenders if hasattr(c, "process")})


def tpch_title(options) -> str:
    memory = f" with {options.memory} of memory" if options.memory else ""
    return f"TPC-H SF{options.scale:g}{memory}, best of {options.runs}, wall / CPU seconds"


def report_tpch(options, numbers: list[int], best: dict, peaks: dict) -> str:
    names = list(best)
    rows = []
    for number in numbers:
        cells = [
            f"{best[name][number][0]:.3f} / {best[name][number][1]:.3f}" if best[name].get(number) else "–"
            for name in names
        ]
        rows.append([f"q{number}", *cells])

    def total(name: str, figure: int) -> float:
        return sum(best[name][number][figure] for number in numbers if best[name].get(number))

    rows.append(["total", *[f"{total(name, 0):.2f} / {total(name, 1):.2f}" for name in names]])
    text = table(tpch_title(options), ["query", *names], rows)
    if "Hearth" in names:
        for other in names:
            if other == "Hearth":
                continue
            shared = [n for n in numbers if best[other].get(n) and best["Hearth"].get(n)]
            ratio = [
                sum(best["Hearth"][n][i] for n in shared) / max(sum(best[other][n][i] for n in shared), 1e-9)
                for i in (0, 1)
            ]
            ahead = sum(best["Hearth"][n][0] <= best[other][n][0] for n in shared)
            text += f"\nHearth / {other}: wall {ratio[0]:.2f}, CPU {ratio[1]:.2f}; ahead on {ahead} of {len(shared)} queries."
    for name, peak in peaks.items():
        text += f"\nPeak memory of {name}: {peak:.0f} MiB."
    return text + "\n"


def measure_start(options) -> tuple[str, dict]:
    rows, figures = [], {}
    for kind in chosen(options, "hearth,sail,spark"):
        firsts, idles = [], []
        for _ in range(1 if kind.name == "Spark" else 5):
            with kind(options.memory) as contender:
                firsts.append(clients.first_call(contender))
                time.sleep(0.5)
                idles.append(memory_mib(contender.process.pid))
        figures[kind.name] = {"first_call_ms": statistics.median(firsts) * 1000, "idle_mib": statistics.median(idles)}
        rows.append(
            [kind.name, f"{figures[kind.name]['first_call_ms']:.0f} ms", f"{figures[kind.name]['idle_mib']:.0f} MiB"]
        )
    return table("Start", ["", "first accepted call", "idle memory"], rows), {"start": figures}


def measure_select(options) -> tuple[str, dict]:
    rows, figures = [], {}
    with contextlib.ExitStack() as stack:
        contenders = [stack.enter_context(kind(options.memory)) for kind in chosen(options, "hearth,sail")]
        sessions = [contender.session() for contender in contenders]
        times = {contender.name: [] for contender in contenders}
        for run in range(WARM_UP + SELECT_RUNS):
            for contender, spark in zip(contenders, sessions, strict=True):
                begin = time.perf_counter()
                spark.sql("select 1").collect()
                if run >= WARM_UP:
                    times[contender.name].append((time.perf_counter() - begin) * 1000)
        for name, samples in times.items():
            samples.sort()
            figures[name] = {"p50_ms": statistics.median(samples), "p95_ms": samples[int(len(samples) * 0.95)]}
            rows.append([name, f"{figures[name]['p50_ms']:.2f} ms", f"{figures[name]['p95_ms']:.2f} ms"])
    return table('spark.sql("select 1").collect()', ["", "p50", "p95"], rows), {"select": figures}


def measure_clients(options) -> tuple[str, dict]:
    with contextlib.ExitStack() as stack:
        contenders = [stack.enter_context(kind(options.memory)) for kind in chosen(options, "hearth,sail")]
        ports = [contender.port for contender in contenders]
        rates = {"PySpark": clients.pyspark_rates(ports), "raw gRPC": clients.raw_rates(ports)}
    names = [contender.name for contender in contenders]
    figures = {name: {client: statistics.median(of[i]) for client, of in rates.items()} for i, name in enumerate(names)}
    rows = [[name, *(f"{rate:.0f}/s" for rate in figures[name].values())] for name in names]
    text = table(f"Eight clients at once, select 1, median of {clients.ROUNDS} rounds", ["", *rates], rows)
    for client, (ours, *others) in rates.items():
        for name, theirs in zip(names[1:], others, strict=True):
            ratios = sorted(mine / other for mine, other in zip(ours, theirs, strict=True))
            text += f"\n{names[0]} / {name} with {client}: {statistics.median(ratios):.2f}, "
            text += f"from {ratios[0]:.2f} to {ratios[-1]:.2f} over the rounds."
    return text + "\n", {"clients": figures, "client_rates": rates}


def measure_jobs(options) -> tuple[str, dict]:
    figures = clients.job_rates()
    rows = [
        [
            call,
            f"{figures[f'{plural}_per_second']:.0f}/s",
            f"{figures[f'{call}_p50_ms']:.1f} ms",
            f"{figures[f'{call}_p99_ms']:.1f} ms",
        ]
        for call, plural in (("submit", "submissions"), ("check", "checks"))
    ]
    text = table(f"Jobs over gRPC, SQLite, {figures['live']} running", ["", "by the clock", "p50", "p99"], rows)
    text += f"\nSubmitted by 16 clients as fast as they are taken: {figures['filling_per_second']:.0f}/s."
    return text + "\n", {"jobs": figures}


def measure_large(options) -> tuple[str, dict]:
    large = argparse.Namespace(**{**vars(options), "scale": 10.0, "memory": "6GB", "only": "hearth", "runs": 1})
    text, figures = measure_tpch(large)
    return text, {"large": figures}


PARTS = {
    "start": measure_start,
    "select": measure_select,
    "clients": measure_clients,
    "jobs": measure_jobs,
    "tpch": measure_tpch,
    "large": measure_large,
}


def write(texts: list[str]) -> None:
    """Puts the tables into the document, each in the place of the one that measured the same."""
    path = environment.ROOT / "docs" / "performance.md"
    _, *old = path.read_text(encoding="utf-8").split("\n## ") if path.exists() else [""]
    sections = {}
    for text in [*old, *(text.removeprefix("## ") for text in texts)]:
        sections[re.split(r"[,\n]", text, maxsplit=1)[0]] = text.strip() + "\n"
    head = "# Performance\n\nWritten by `./dev bench all --write`, or one table by its name: whole processes, one machine, one run "
    head += f"for each table, {os.cpu_count()} cores. Read the ratios; seconds differ from machine to machine.\n"
    path.write_text(head + "".join(f"\n## {text}" for text in sections.values()), encoding="utf-8")


def main() -> int:
    options = parse()
    texts, figures = [], {}
    for name in PARTS if options.what == "all" else [options.what]:
        text, data = PARTS[name](options)
        print(text, flush=True)
        texts.append(text)
        figures.update(data)
    if options.json:
        with open(options.json, "w", encoding="ascii") as handle:
            json.dump(figures, handle, indent=2)
    if options.write:
        write(texts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
