"""From what a PySpark client received (Spark's schema and an Arrow table) to the canonical text of answer.py.

Values are read from the Arrow buffers as integers and bytes, not as Python dates: years beyond 9999, the repeated hour
of a zone and the last digit of a float must survive.
"""

from __future__ import annotations

import json
import struct

import pyarrow as pa
import pyspark.sql.types as spark_types


def type_text(kind: spark_types.DataType) -> str:
    if isinstance(kind, spark_types.ArrayType):
        return f"array<{type_text(kind.elementType)}{_null(kind.containsNull)}>"
    if isinstance(kind, spark_types.MapType):
        return f"map<{type_text(kind.keyType)},{type_text(kind.valueType)}{_null(kind.valueContainsNull)}>"
    if isinstance(kind, spark_types.StructType):
        fields = (f"{_field_name(f.name)}:{type_text(f.dataType)}{_null(f.nullable)}" for f in kind.fields)
        return f"struct<{','.join(fields)}>"
    return kind.simpleString()


def _null(nullable: bool) -> str:
    return "" if nullable else " not null"


def _field_name(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def column_texts(schema: spark_types.StructType) -> list[tuple[str, str]]:
    return [(f.name, type_text(f.dataType) + _null(f.nullable)) for f in schema.fields]


def row_texts(table: pa.Table, schema: spark_types.StructType) -> list[str]:
    if not schema.fields:
        return ["()"] * table.num_rows
    columns = []
    for index, field in enumerate(schema.fields):
        chunks = table.column(index).chunks
        columns.append([text for chunk in chunks for text in value_texts(chunk, field.dataType)])
    return [" | ".join(row) for row in zip(*columns)]


def value_texts(array: pa.Array, kind: spark_types.DataType) -> list[str]:
    if pa.types.is_null(array.type):
        return ["NULL"] * len(array)
    if isinstance(kind, spark_types.UserDefinedType):
        kind = kind.sqlType()
    if isinstance(kind, spark_types.ArrayType):
        texts = value_texts(array.values, kind.elementType)
        bounds = array.offsets.to_pylist()
        made = [f"[{', '.join(texts[a:b])}]" for a, b in zip(bounds, bounds[1:])]
    elif isinstance(kind, spark_types.MapType):
        keys, items = value_texts(array.keys, kind.keyType), value_texts(array.items, kind.valueType)
        bounds = array.offsets.to_pylist()
        entries = [f"{key}: {item}" for key, item in zip(keys, items)]
        made = ["{" + ", ".join(entries[a:b]) + "}" for a, b in zip(bounds, bounds[1:])]
    elif isinstance(kind, spark_types.StructType):
        parts = [value_texts(array.field(i), f.dataType) for i, f in enumerate(kind.fields)]
        made = [f"({', '.join(row)})" for row in zip(*parts)] if parts else ["()"] * len(array)
    elif isinstance(kind, spark_types.VariantType):
        made = [f"variant {_variant(item)}" if item else "" for item in array.to_pylist()]
    else:
        made = _scalar_texts(array, kind)
    return [text if ok else "NULL" for text, ok in zip(made, array.is_valid().to_pylist())]


def _variant(item: dict) -> str:
    return spark_types.VariantVal(item["value"], item["metadata"]).toJson()


def _scalar_texts(array: pa.Array, kind: spark_types.DataType) -> list[str]:
    arrow = array.type
    if pa.types.is_date32(arrow):
        return [_date(days or 0) for days in array.view(pa.int32()).to_pylist()]
    if pa.types.is_timestamp(arrow):
        end = "Z" if isinstance(kind, spark_types.TimestampType) else ""
        return [_timestamp(_micros(raw or 0, arrow.unit)) + end for raw in array.view(pa.int64()).to_pylist()]
    if pa.types.is_duration(arrow):
        return [f"{_micros(raw or 0, arrow.unit)}us" for raw in array.view(pa.int64()).to_pylist()]
    if pa.types.is_interval(arrow):
        return ["" if v is None else f"{v.months}mon {v.days}d {v.nanoseconds}ns" for v in array.to_pylist()]
    if pa.types.is_float32(arrow):
        return ["" if v is None else _float32(v) for v in array.to_pylist()]
    if pa.types.is_float64(arrow):
        return ["" if v is None else repr(v) for v in array.to_pylist()]
    if pa.types.is_time(arrow):
        raw = array.view(pa.int64() if arrow.bit_width == 64 else pa.int32()).to_pylist()
        return [_time_of_day(v or 0, arrow.unit) for v in raw]
    if pa.types.is_string(arrow) or pa.types.is_large_string(arrow):
        raw = array.view(pa.large_binary() if pa.types.is_large_string(arrow) else pa.binary())
        return [_string(v) for v in raw.to_pylist()]
    return [_plain(v) for v in array.to_pylist()]


def _string(raw: bytes | None) -> str:
    """Spark's strings may hold bytes that are not UTF-8; those are shown as bytes."""
    try:
        text = (raw or b"").decode("utf-8")
    except UnicodeDecodeError:
        return f"bytes X'{raw.hex().upper()}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f").replace("\u2028", "\\u2028")


def _plain(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"X'{value.hex().upper()}'"
    if isinstance(value, int):
        return str(value)
    return format(value, "f")  # decimal, with its scale


def _float32(value: float) -> str:
    """The shortest decimal that gives the same 32-bit float."""
    if value != value or value in (float("inf"), float("-inf")):
        return repr(value)
    bits = struct.pack("f", value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == bits:
            return repr(float(text))
    return repr(value)


def _micros(raw: int, unit: str) -> int:
    return {"s": raw * 1_000_000, "ms": raw * 1000, "us": raw, "ns": raw // 1000}[unit]


def _date(days: int) -> str:
    """Proleptic Gregorian date of a day number since 1970-01-01, for any year."""
    shifted = days + 719468
    era, day_of_era = divmod(shifted, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{'-' if year < 0 else ''}{abs(year):04d}-{month:02d}-{day:02d}"


def _timestamp(micros: int) -> str:
    days, rest = divmod(micros, 86_400_000_000)
    return f"{_date(days)}T{_time_of_day(rest, 'us')}"


def _time_of_day(raw: int, unit: str) -> str:
    nanos = {"s": raw * 1_000_000_000, "ms": raw * 1_000_000, "us": raw * 1000, "ns": raw}[unit]
    seconds, nanos = divmod(nanos, 1_000_000_000)
    fraction = f"{nanos:09d}" if nanos % 1000 else f"{nanos // 1000:06d}"
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction}"


def wire_problem(table: pa.Table, schema: spark_types.StructType) -> str:
    """Says which column's Arrow type is not the one Spark sends for its declared type; empty when all are."""
    if table.num_columns != len(schema.fields):
        return f"{table.num_columns} Arrow columns for {len(schema.fields)} declared"
    for column, field in zip(table.schema, schema.fields):
        if not _carries(column.type, field.dataType):
            return f"column {field.name!r}: {type_text(field.dataType)} arrived as Arrow {column.type}"
    return ""


_PLAIN_ARROW = {
    "boolean": pa.types.is_boolean, "tinyint": pa.types.is_int8, "smallint": pa.types.is_int16,
    "int": pa.types.is_int32, "bigint": pa.types.is_int64, "float": pa.types.is_float32,
    "double": pa.types.is_float64, "date": pa.types.is_date32, "void": pa.types.is_null,
    "timestamp": lambda t: pa.types.is_timestamp(t) and t.unit == "us" and t.tz is not None,
    "timestamp_ntz": lambda t: pa.types.is_timestamp(t) and t.unit == "us" and t.tz is None,
    "binary": lambda t: pa.types.is_binary(t) or pa.types.is_large_binary(t),
}  # fmt: skip


def _carries(arrow: pa.DataType, kind: spark_types.DataType) -> bool:
    if isinstance(kind, spark_types.ArrayType):
        return pa.types.is_list(arrow) and _carries(arrow.value_type, kind.elementType)
    if isinstance(kind, spark_types.MapType):
        return (
            pa.types.is_map(arrow)
            and _carries(arrow.key_type, kind.keyType)
            and _carries(arrow.item_type, kind.valueType)
        )
    if isinstance(kind, spark_types.StructType):
        return (
            pa.types.is_struct(arrow)
            and arrow.num_fields == len(kind.fields)
            and all(_carries(arrow.field(i).type, f.dataType) for i, f in enumerate(kind.fields))
        )
    if isinstance(kind, spark_types.DecimalType):
        return pa.types.is_decimal128(arrow) and (arrow.precision, arrow.scale) == (kind.precision, kind.scale)
    if isinstance(kind, (spark_types.StringType, spark_types.CharType, spark_types.VarcharType)):
        return pa.types.is_string(arrow) or pa.types.is_large_string(arrow)
    known = _PLAIN_ARROW.get(kind.simpleString())
    return known(arrow) if known else True
