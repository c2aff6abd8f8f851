"""CoreETL on Apache Spark: sources become views, SQL steps run in order, sinks are written.

The program of a CoreETL job for spark-submit: `core_etl.py --job JSON` or `--job-file PATH`. The same specification gives the same rows
on Hearth's own engine (`hearth run --core-etl`).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import sys
import uuid
from urllib.parse import urlsplit

from pyspark.sql import DataFrame, SparkSession, functions

FILE_FORMATS = ("csv", "json", "parquet", "text", "orc")
LAKE_FORMATS = ("iceberg",)  # tables of a catalog that the job's settings name, changed by row-level commands
DYNAMIC = "spark.sql.sources.partitionOverwriteMode"


class WrongRows(Exception):
    """The rows to merge are not what a merge can take; the text begins with Spark's condition."""


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def options_of(record: dict) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in record.get("options", {}).items()
    }


def table_of(spark: SparkSession, record: dict) -> str:
    """Always with its database: a view of the same name, such as the source's own, is never meant."""
    return place_of(spark, record) + quoted(record["table"])


def place_of(spark: SparkSession, record: dict) -> str:
    database = quoted(record.get("database") or spark.catalog.currentDatabase())
    return f"{quoted(record['catalog'])}.{database}." if record.get("catalog") else f"{database}."


def refuse(kind: str, record: dict):
    raise NotImplementedError(f"CoreETL {kind} of type {record.get('type')} on Apache Spark are not implemented")


# ---- Sources and steps


def add_source(spark: SparkSession, source: dict) -> None:
    if source["type"] in FILE_FORMATS:
        options = options_of(source)
        reader = spark.read.format(source["type"])
        if schema := options.pop("schema", ""):
            reader = reader.schema(schema)
        rows = reader.options(**options).load(source["path"])
    elif source["type"] == "table" or source["type"] in LAKE_FORMATS:
        rows = spark.table(table_of(spark, source))
    else:
        refuse("sources", source)
    if source.get("filter"):
        rows = rows.filter(source["filter"])
    if source.get("columns"):
        rows = rows.select(*[quoted(column) for column in source["columns"]])
    rows.createOrReplaceTempView(quoted(source["name"]))


def add_step(spark: SparkSession, step: dict) -> None:
    if step.get("type", "sql") != "sql":
        refuse("transformations", step)
    query = step["query"].rstrip("; \t\r\n")
    # As a view's own text, only a query is accepted.
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW {quoted(step['name'])} AS\n{query}")


# ---- Sinks


@contextlib.contextmanager
def setting(spark: SparkSession, key: str, value: str):
    before = spark.conf.get(key, None)
    spark.conf.set(key, value)
    try:
        yield
    finally:
        if before is None:
            spark.conf.unset(key)
        else:
            spark.conf.set(key, before)


def writer_of(rows: DataFrame, sink: dict, mode: str):
    writer = rows.write.mode(mode).options(**options_of(sink))
    # A table would keep this option and follow it ever after.
    if mode == "overwrite" and sink["type"] != "table":
        dynamic = sink.get("overwrite") == "partitions"
        writer = writer.option("partitionOverwriteMode", "dynamic" if dynamic else "static")
    if sink.get("partitionBy"):
        writer = writer.partitionBy(*sink["partitionBy"])
    return writer


def write_sink(spark: SparkSession, sink: dict, last: str) -> None:
    kind, mode, view = sink["type"], sink.get("mode", "append"), sink.get("from") or last
    if kind not in FILE_FORMATS + LAKE_FORMATS and kind != "table":
        refuse("sinks", sink)
    if kind in LAKE_FORMATS:
        write_lake_table(spark, sink, mode, view)
    elif mode == "merge":
        merge(spark, sink, view)
    elif kind == "table":
        write_table(spark, sink, mode, spark.table(quoted(view)))
    else:
        writer_of(spark.table(quoted(view)), sink, mode).format(kind).save(sink["path"])
    print(f"written: {view} -> {sink['name']} ({mode})", flush=True)


def write_table(spark: SparkSession, sink: dict, mode: str, rows: DataFrame) -> None:
    table = table_of(spark, sink)
    if mode == "overwrite" and sink.get("overwrite") == "partitions" and spark.catalog.tableExists(table):
        # saveAsTable would replace the table with all its partitions.
        in_order = rows.select(*[quoted(column) for column in columns_in_order(spark, table, rows)])
        with setting(spark, DYNAMIC, "dynamic"):
            in_order.write.insertInto(table, overwrite=True)
    else:
        writer_of(rows, sink, mode).saveAsTable(table)


def write_lake_table(spark: SparkSession, sink: dict, mode: str, view: str) -> None:
    """An existing table keeps its columns, partitions and properties: only its rows change."""
    table = table_of(spark, sink)
    rows = spark.table(quoted(view))
    if mode == "merge":
        rows = rows.localCheckpoint()  # read twice, and the same rows both times
        check_keys(rows, sink["mergeKeys"], view)
    if not spark.catalog.tableExists(table):
        writer = rows.writeTo(table).using(sink["type"]).options(**options_of(sink))
        if sink.get("partitionBy"):
            writer = writer.partitionedBy(*[functions.col(quoted(column)) for column in sink["partitionBy"]])
        writer.create()
        return
    rows = as_target(rows, spark.table(table), table)
    writer = rows.writeTo(table).options(**options_of(sink))
    if mode == "merge":
        merge_rows(spark, table, rows, sink["mergeKeys"])
    elif mode == "append":
        writer.append()
    elif sink.get("overwrite") == "partitions":
        writer.overwritePartitions()
    else:
        writer.overwrite(functions.lit(True))


def merge_rows(spark: SparkSession, table: str, rows: DataFrame, keys: list[str]) -> None:
    view = f"hearth_merge_{uuid.uuid4().hex}"
    rows.createOrReplaceTempView(view)
    try:
        # Null is a key like others.
        same = " AND ".join(f"target.{quoted(key)} <=> source.{quoted(key)}" for key in keys)
        spark.sql(
            f"MERGE INTO {table} AS target USING {view} AS source ON {same} "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )
    finally:
        spark.catalog.dropTempView(view)


def columns_in_order(spark: SparkSession, table: str, rows: DataFrame) -> list[str]:
    check_names(table, spark.table(table).columns, rows)
    return spark.table(table).columns


# ---- Merging


def check_names(target: str, wanted: list[str], rows: DataFrame) -> None:
    have, want = ({name.lower() for name in names} for names in (rows.columns, wanted))
    for name in rows.columns:
        if name.lower() not in want:
            raise WrongRows(f"[INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS] {target} has no column {quoted(name)}.")
    for name in wanted:
        if name.lower() not in have:
            raise WrongRows(
                f"[INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA] The rows for {target} have no column {quoted(name)}."
            )


def as_target(rows: DataFrame, target: DataFrame, place: str) -> DataFrame:
    """The rows with the target's columns, in its order, of its types."""
    check_names(place, target.columns, rows)
    return rows.selectExpr(
        *[f"CAST({quoted(f.name)} AS {f.dataType.simpleString()}) AS {quoted(f.name)}" for f in target.schema.fields]
    )


def check_keys(rows: DataFrame, keys: list[str], view: str) -> None:
    pairs = ", ".join(f"'{key}', {quoted(key)}" for key in keys)
    twice = rows.groupBy(*[quoted(key) for key in keys]).count().filter("`count` > 1")
    shown = f"to_json(named_struct({pairs}), map('ignoreNullFields', 'false')) AS key"
    for row in twice.selectExpr(shown).orderBy("key").limit(1).collect():
        raise WrongRows(
            f"[MERGE_CARDINALITY_VIOLATION] The rows of {quoted(view)} to merge have a key more than once: {row['key']}. "
            "SQLSTATE: 23K01"
        )


def merged(rows: DataFrame, target: DataFrame | None, keys: list[str]) -> DataFrame:
    if target is None:
        return rows
    same = None
    for key in keys:
        # Null is a key like others.
        pair = target[quoted(key)].eqNullSafe(rows[quoted(key)])
        same = pair if same is None else same & pair
    return rows.union(target.join(rows, same, "left_anti"))


def merge(spark: SparkSession, sink: dict, view: str) -> None:
    if sink["type"] not in ("parquet", "table"):
        raise NotImplementedError(f"CoreETL sinks of mode merge and type {sink['type']} are not implemented")
    if not sink.get("mergeKeys"):
        raise ValueError("mode merge needs mergeKeys")
    if sink["type"] == "table":
        merge_into_table(spark, sink, view)
    else:
        merge_into_folder(spark, sink, view)


def local_folder(path: str) -> pathlib.Path:
    parts = urlsplit(path)
    if parts.scheme not in ("", "file"):
        raise NotImplementedError(
            f"merging into files at {parts.scheme}: is not implemented; a table there, or a local folder, can be merged into"
        )
    # A link stays a link: what it leads to is replaced.
    return pathlib.Path(os.path.realpath(path[len("file:") :] if parts.scheme else path))


def merge_into_folder(spark: SparkSession, sink: dict, view: str) -> None:
    """The result is written beside the folder, which it then replaces."""
    folder = local_folder(sink["path"])
    source = spark.table(quoted(view))
    target = read_target(spark, folder, source, sink.get("partitionBy", []))
    beside = folder.parent / f".{folder.name}.merge-{uuid.uuid4()}"
    try:
        rows = source if target is None else as_target(source, target, str(folder))
        rows.write.options(**options_of(sink)).parquet(f"file:{beside}/rows")
        rows = spark.read.schema(rows.schema).parquet(f"file:{beside}/rows")
        check_keys(rows, sink["mergeKeys"], view)
        writer = merged(rows, target, sink["mergeKeys"]).write.options(**options_of(sink))
        if sink.get("partitionBy"):
            writer = writer.partitionBy(*sink["partitionBy"])
        writer.parquet(f"file:{beside}/merged")
        if folder.exists():
            folder.rename(beside / "old")
        try:
            (beside / "merged").rename(folder)
        except OSError:
            if (beside / "old").exists():
                (beside / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    spark.catalog.refreshByPath(f"file:{folder}")


def read_target(
    spark: SparkSession, folder: pathlib.Path, source: DataFrame, partitions: list[str]
) -> DataFrame | None:
    if not folder.exists() or not any(folder.iterdir()):
        return None
    target = spark.read.parquet(f"file:{folder}")
    # The values of partition columns stand in folder names as texts: their types are those of the rows that come.
    given = {field.name.lower(): field.dataType for field in source.schema.fields}
    wanted = {name.lower() for name in partitions}
    schema = target.schema
    for field in schema.fields:
        if field.name.lower() in wanted:
            field.dataType = given.get(field.name.lower(), field.dataType)
    return spark.read.schema(schema).parquet(f"file:{folder}") if wanted else target


def merge_into_table(spark: SparkSession, sink: dict, view: str) -> None:
    """The result is a table of its own first: what the target holds is read before it is replaced."""
    table = table_of(spark, sink)
    source = spark.table(quoted(view))
    if not spark.catalog.tableExists(table):
        check_keys(source, sink["mergeKeys"], view)
        writer_of(source, sink, "error").saveAsTable(table)
        return
    target = spark.table(table)
    place = place_of(spark, sink)
    staged = [f"{place}hearth_merge_{part}_{uuid.uuid4().hex}" for part in ("rows", "result")]
    try:
        as_target(source, target, table).write.format("parquet").saveAsTable(staged[0])
        rows = spark.table(staged[0])
        check_keys(rows, sink["mergeKeys"], view)
        merged(rows, target, sink["mergeKeys"]).write.format("parquet").saveAsTable(staged[1])
        with setting(spark, DYNAMIC, "static"):
            spark.table(staged[1]).write.insertInto(table, overwrite=True)
    finally:
        for name in staged:
            spark.sql(f"DROP TABLE IF EXISTS {name}")


# ---- The program


def run(spark: SparkSession, specification: dict) -> None:
    last = ""
    parts = (("source", "sources", add_source), ("transformation", "transformations", add_step))
    for kind, key, add in parts:
        for record in specification.get(key, []):
            with named(kind, record):
                add(spark, record)
            last = record["name"]
    for sink in specification.get("sinks", []):
        with named("sink", sink):
            write_sink(spark, sink, last)


@contextlib.contextmanager
def named(kind: str, record: dict):
    try:
        yield
    except Exception:
        print(f"CoreETL: {kind} {record.get('name')} failed", file=sys.stderr, flush=True)
        raise


def main() -> None:
    parser = argparse.ArgumentParser(prog="core_etl", description="Runs a CoreETL job on Apache Spark")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--job", help="the specification as JSON")
    given.add_argument("--job-file", help="a file with it")
    arguments = parser.parse_args()
    text = arguments.job or pathlib.Path(arguments.job_file).read_text(encoding="utf-8")
    spark = SparkSession.builder.getOrCreate()
    try:
        run(spark, json.loads(text))
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
