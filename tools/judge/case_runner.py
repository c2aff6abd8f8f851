"""Runs cases against a Spark Connect server with a stock PySpark client, and turns what happened into an Answer.

Works with the small client packages (4.0 and later) and with full PySpark: nothing here needs a JVM.
One session serves a file; a case with its own `@setup` gets a fresh one. A case that does not answer in time is
interrupted, then abandoned together with its thread, so that one hanging query never holds a run.
"""

from __future__ import annotations

import ast
import concurrent.futures
import datetime
import decimal
import json
import os
import pathlib
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator

# Full PySpark decides by this variable which functions and windows a program builds: the remote ones.
os.environ.setdefault("SPARK_CONNECT_MODE_ENABLED", "1")

import pyspark.sql.functions as functions
import pyspark.sql.types as types
import tpc
from answer import Answer
from canonical import column_texts, row_texts, wire_problem
from case_file import Case, CaseFile
from pyspark.errors import PySparkException
from pyspark.sql import Row, Window
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.session import SparkSession

CASE_SECONDS = 10.0
_PARAMETER_LIMIT = 200
_SCRATCH = re.compile(r"\S*hearth-case-\w+")
_PROSE = {"hint", "message", "docroot", "msg", "alternative"}  # parameters whose values are sentences or addresses
_ARROW_MONTH_INTERVAL = 21  # the Arrow type number that Python's Arrow has no class for


class ServerGone(Exception):
    """The server stopped answering: the run ends here."""


class _Thread:
    """One daemon thread that runs calls in turn; can be abandoned."""

    def __init__(self):
        self._pending: list = []
        self._wake = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._wake:
                while not self._pending:
                    self._wake.wait()
                call, future = self._pending.pop(0)
            try:
                future.set_result(call())
            except BaseException as problem:  # handed to the waiter
                future.set_exception(problem)

    def submit(self, call) -> concurrent.futures.Future:
        future: concurrent.futures.Future = concurrent.futures.Future()
        with self._wake:
            self._pending.append((call, future))
            self._wake.notify()
        return future


class CaseRunner:
    def __init__(self, remote: str, case_seconds: float = CASE_SECONDS, check_analyze: bool = False):
        self.remote = remote
        self.case_seconds = case_seconds
        self.check_analyze = check_analyze

    def run_file(self, file: CaseFile, cases: Iterable[Case]) -> Iterator[tuple[Case, Answer]]:
        thread, session = _Thread(), None
        for case in cases:
            own = case.has("setup") or case.has("fresh") or file.header.has("fresh")
            try:
                # Both would use the file's database, and the case's own session drops it.
                if own and session is not None and file.header.has("database"):
                    self._bounded(thread, None, lambda: self._close(session, file))  # noqa: B023
                    session = None
                if session is None or own:
                    fresh = self._bounded(thread, None, lambda: self._open(file))
                    if isinstance(fresh, Answer):
                        yield case, fresh
                        thread = _Thread()
                        continue
                    if not own:
                        session = fresh
                active = fresh if own else session
                answer = self._bounded(thread, active, lambda: self._run(active, file, case))  # noqa: B023
            except ServerGone:
                raise
            yield case, answer
            if answer.condition == "TIMEOUT":
                thread, session = _Thread(), None
            elif own:
                self._bounded(thread, None, lambda: self._close(active, file))  # noqa: B023
        if session is not None:
            self._bounded(thread, None, lambda: self._close(session, file))

    def _bounded(self, thread: _Thread, session: SparkSession | None, call):
        future = thread.submit(call)
        try:
            return future.result(self.case_seconds)
        except concurrent.futures.TimeoutError:
            if session is not None:
                _Thread().submit(session.interruptAll)
            try:
                future.result(2.0)
            except Exception:
                pass
            return Answer("error", condition="TIMEOUT", raises="-", message=f"no answer in {self.case_seconds:g} s")
        except Exception as problem:
            return error_answer(problem)

    def _open(self, file: CaseFile) -> SparkSession:
        session = SparkSession.builder.remote(self.remote).create()
        session.client.set_retry_policies([])
        # Fixed, so that an answer does not depend on the zone of the machine that runs the server.
        session.conf.set("spark.sql.session.timeZone", "UTC")
        for line in file.header.values("set"):
            key, _, value = line.partition("=")
            session.conf.set(key.strip(), value.strip())
        if file.header.has("database"):
            name = _database_name(file)
            session.sql(f"DROP DATABASE IF EXISTS {name} CASCADE")
            session.sql(f"CREATE DATABASE {name}")
            session.sql(f"USE {name}")
        for name in file.header.values("data"):
            for table, path in tpc.table_files(name):
                session.read.parquet(str(path)).createOrReplaceTempView(table)
        for statement in file.header.values("setup"):
            session.sql(statement)
        return session

    def _close(self, session: SparkSession, file: CaseFile) -> None:
        for statement in file.header.values("teardown"):
            session.sql(statement)
        if file.header.has("database"):
            session.sql(f"DROP DATABASE IF EXISTS {_database_name(file)} CASCADE")
        session.stop()

    def _run(self, session: SparkSession, file: CaseFile, case: Case) -> Answer:
        changed = [line.partition("=")[::2] for line in case.values("set")]
        usual = {"spark.sql.session.timeZone": "UTC"}
        usual |= dict(line.partition("=")[::2] for line in file.header.values("set"))
        try:
            for key, value in changed:
                session.conf.set(key.strip(), value.strip())
            for statement in case.values("setup"):
                session.sql(statement)
            return self._answer(session, case)
        except Exception as problem:
            return error_answer(problem)
        finally:
            for statement in case.values("teardown"):
                session.sql(statement)
            for key, _ in changed:
                if key in usual:
                    session.conf.set(key.strip(), usual[key].strip())
                else:
                    session.conf.unset(key.strip())

    def _answer(self, session: SparkSession, case: Case) -> Answer:
        with tempfile.TemporaryDirectory(prefix="hearth-case-") as scratch:
            # Readable by the server too, which may run as another user.
            os.chmod(scratch, 0o777)
            return self._answer_in(session, case, scratch)

    def _answer_in(self, session: SparkSession, case: Case, scratch: str) -> Answer:
        program = case.has("program")
        value = evaluate(session, case.text, scratch) if program else session.sql(case.text)
        if isinstance(value, DataFrame):
            return self._frame_answer(session, value, case)
        if isinstance(value, str):
            return Answer("text", rows=value.rstrip("\n").split("\n"))
        return Answer("value", rows=[_one_line(value)])

    def _frame_answer(self, session: SparkSession, frame: DataFrame, case: Case) -> Answer:
        result = session.client.to_table(frame._plan.to_proto(session.client), frame._plan.observations)
        table, schema = result[0], result[1]
        if schema is None:
            schema = types.StructType()
        answer = Answer("frame", columns=column_texts(schema), ordered=case.ordered)
        if table is None:
            return answer
        answer.wire_problem = wire_problem(table, schema)
        if self.check_analyze and column_texts(frame.schema) != answer.columns:
            answer.wire_problem = f"AnalyzePlan says {column_texts(frame.schema)}"
        try:
            rows = row_texts(table, schema)
        except KeyError as problem:
            if problem.args != (_ARROW_MONTH_INTERVAL,):
                raise
            return self._frame_by_text(frame, case)
        answer.rows = rows if answer.ordered else sorted(rows)
        return answer

    def _frame_by_text(self, frame: DataFrame, case: Case) -> Answer:
        """Python's Arrow cannot hold year-month intervals, so each row is read as the text of a struct."""
        answer = Answer("frame", columns=column_texts(frame.schema), ordered=case.ordered)
        rows = frame.select(functions.struct("*").cast("string").alias("row")).collect()
        texts = [json.dumps(row[0], ensure_ascii=False) for row in rows]
        answer.rows = texts if answer.ordered else sorted(texts)
        return answer


def _database_name(file: CaseFile) -> str:
    return "judge_" + re.sub(r"\W+", "_", file.area)


def _one_line(value) -> str:
    return repr(value).replace("\n", "\\n")


def evaluate(session: SparkSession, program: str, scratch: str):
    """Runs a case's Python text; the value is that of its last expression. `scratch` is a folder for its files."""
    tree = ast.parse(program)
    scope = {
        "spark": session, "F": functions, "T": types, "Row": Row, "Window": Window,
        "datetime": datetime, "Decimal": decimal.Decimal, "json": json,
        "scratch": scratch, "pathlib": pathlib,
    }  # fmt: skip
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise ValueError("the last line of a program must be an expression")
    exec(compile(tree, "<case>", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "<case>", "eval"), scope)


def error_answer(problem: BaseException) -> Answer:
    text = str(problem)
    if "StatusCode.UNAVAILABLE" in text and "failed to connect" in text.lower():
        raise ServerGone(text) from problem
    answer = Answer("error", raises=type(problem).__name__, message=text.strip().split("\n\nJVM stacktrace")[0][:600])
    answer.condition = "-"
    if not isinstance(problem, PySparkException):
        return answer
    answer.condition = problem.getCondition() or "-"
    answer.sql_state = problem.getSqlState() or ""
    if answer.raises == "UnknownException" and answer.condition == "-":
        answer.condition = "UNKNOWN"
    for key, value in sorted((problem.getMessageParameters() or {}).items()):
        value = _SCRATCH.sub("<scratch>", value or "")
        if (
            value
            and "/part-" not in value
            and len(value) <= _PARAMETER_LIMIT
            and "\n" not in value
            and key not in _PROSE
        ):
            answer.parameters[key] = value
    place = re.search(r"\(line (\d+), pos (\d+)\)", text)
    if place and answer.raises == "ParseException":
        answer.position = f"{place[1]}:{place[2]}"
    return answer
