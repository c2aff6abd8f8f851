"""Runs examples out of PySpark's documentation against a server: `run_doctests.py REMOTE [NAME…]`.

NAME is module:name, as in doctests.txt; without names everything in the modules of doctests.txt runs. Prints
"ok NAME" or "bad NAME" a line, and what went wrong on standard error.
"""

import doctest
import importlib
import os
import pathlib
import signal
import sys
import tempfile
import warnings

LIST = pathlib.Path(__file__).with_name("doctests.txt")
SECONDS = 20  # of one documented object
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


ORDERED = ("orderBy", "sort", "ORDER BY", "order by")


class RowsInAnyOrder(doctest.OutputChecker):
    """Takes the rows of a table in any order, unless the example asks for one: without it the order is nobody's promise."""

    def __init__(self, test: doctest.DocTest):
        self.test = test

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if super().check_output(want, got, optionflags):
            return True
        sources = [example.source for example in self.test.examples if example.want == want]
        is_ordered = any(word in source for source in sources for word in ORDERED)
        return not is_ordered and want.lstrip().startswith("+-") and lines_of(want) == lines_of(got)


def lines_of(table: str) -> list[str]:
    return sorted(" ".join(line.split()) for line in table.splitlines() if line.strip() not in ("", "<BLANKLINE>"))


def give_up(*_):
    raise TimeoutError("an example took too long")


def run(test: doctest.DocTest) -> str:
    """What went wrong; empty when nothing did."""
    said: list[str] = []
    runner = doctest.DocTestRunner(checker=RowsInAnyOrder(test), optionflags=FLAGS, verbose=False)
    signal.alarm(SECONDS)
    try:
        runner.run(test, out=said.append, clear_globs=False)
    except Exception as error:
        said.append(repr(error))
    finally:
        signal.alarm(0)
    return "".join(said)


def main() -> None:
    remote, wanted = sys.argv[1], set(sys.argv[2:])
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    os.environ["SPARK_REMOTE"] = remote
    os.chdir(tempfile.mkdtemp())
    warnings.filterwarnings("ignore")
    signal.signal(signal.SIGALRM, give_up)
    import pyspark.sql.functions as functions
    import pyspark.sql.types as types
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(remote).getOrCreate()
    names = wanted or set(LIST.read_text().split())
    for module_name in sorted({name.split(":")[0] for name in names}):
        module = importlib.import_module(module_name)
        seen = set()
        for test in doctest.DocTestFinder(exclude_empty=True).find(module, globs=dict(vars(module))):
            name = f"{module_name}:{test.name.removeprefix(module_name + '.')}"
            if not test.examples or test.docstring in seen or (wanted and name not in wanted):
                continue
            seen.add(test.docstring)
            test.globs.update({key: value for key, value in vars(types).items() if not key.startswith("_")})
            test.globs.setdefault("sf", functions)
            test.globs["spark"] = spark
            wrong = run(test)
            print("bad" if wrong else "ok", name, flush=True)
            if wrong:
                print(wrong, file=sys.stderr)


if __name__ == "__main__":
    main()
