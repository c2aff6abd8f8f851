"""Asks Spark's type coercion directly, through the driver's JVM, and writes tests/spark/facts/{type_pairs,implicit_casts}.tsv.

Run with the judge's environment: python tools/judge/type_facts.py
"""

import pathlib

from pyspark.sql import SparkSession

FACTS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "spark" / "facts"
CATALYST = "org.apache.spark.sql.catalyst."
TYPES = "org.apache.spark.sql.types."

PAIR_TYPES = (
    "void boolean tinyint smallint int bigint float double decimal(10,2) decimal(38,0) decimal(38,18) decimal(3,0) "
    "decimal(20,0) string char(3) varchar(5) binary date timestamp timestamp_ntz time(6)"
).split() + [
    "interval year", "interval month", "interval year to month", "interval day", "interval hour to second",
    "interval day to second", "interval", "array<int>", "array<string>", "map<string,int>", "map<int,bigint>",
    "struct<a:int>", "struct<b:bigint>", "struct<A:bigint>", "variant",
]  # fmt: skip
SLOTS = {
    "numeric": "NumericType", "integral": "IntegralType", "decimal": "DecimalType", "array": "ArrayType", "map": "MapType",
    "struct": "StructType",
}  # fmt: skip
CONCRETE_SLOTS = {
    "boolean": "boolean", "int": "int", "bigint": "bigint", "double": "double", "string": "string", "binary": "binary",
    "date": "date", "timestamp": "timestamp", "timestamp_ntz": "timestamp_ntz", "time": "time(6)",
    "calendar_interval": "interval",
}  # fmt: skip
COLLECTIONS = {
    "string_or_binary": ("string", "binary"),
    "array_or_map": ("ArrayType", "MapType"),
    "numeric_or_interval": ("NumericType", "interval day to second", "interval year to month"),
}


class Spark:
    def __init__(self):
        self.session = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "OFF")
            .getOrCreate()
        )
        self.jvm = self.session._jvm
        self.ansi = self.singleton(CATALYST + "analysis.AnsiTypeCoercion")
        self.legacy = self.singleton(CATALYST + "analysis.TypeCoercion")
        self.cast = self.singleton(CATALYST + "expressions.Cast")
        self.parser = self.singleton(TYPES + "DataType")

    def singleton(self, name):
        return self.jvm.java.lang.Class.forName(name + "$").getField("MODULE$").get(None)

    def type(self, text):
        return self.parser.fromDDL(text)

    def sequence(self, items):
        return self.session._sc._jvm.PythonUtils.toSeq(items)

    def attribute(self, type_):
        expressions = self.jvm.org.apache.spark.sql.catalyst.expressions
        ids = self.singleton(CATALYST + "expressions.NamedExpression")
        empty = self.singleton(TYPES + "Metadata").empty()
        return expressions.AttributeReference("c", type_, True, empty, ids.newExprId(), self.sequence([]))


def text(option):
    return option.get().catalogString().replace(" collate UTF8_BINARY", "") if option.isDefined() else "-"


def write_pairs(spark):
    header = (
        "left right ansi_tight ansi_wide legacy_tight legacy_wide legacy_wide_nostr can_cast can_ansi_cast can_try_cast "
        "force_nullable can_upcast store_assign"
    )
    lines = ["\t".join(header.split())]
    types = [(name, spark.type(name)) for name in PAIR_TYPES]
    for left_name, left in types:
        for right_name, right in types:
            found = [
                text(spark.ansi.findTightestCommonType().apply(left, right)),
                text(spark.ansi.findWiderTypeForTwo(left, right)),
                text(spark.legacy.findTightestCommonType().apply(left, right)),
                text(spark.legacy.findWiderTypeForTwo(left, right)),
                text(spark.legacy.findWiderTypeWithoutStringPromotionForTwo(left, right)),
            ]
            checks = ("canCast", "canAnsiCast", "canTryCast", "forceNullable", "canUpCast", "canANSIStoreAssign")
            flags = [str(int(getattr(spark.cast, check)(left, right))) for check in checks]
            lines.append("\t".join([left_name, right_name, *found, *flags]))
    (FACTS / "type_pairs.tsv").write_text("\n".join(lines) + "\n")


def write_implicit_casts(spark):
    expected = {slot: spark.singleton(TYPES + name) for slot, name in SLOTS.items()}
    expected |= {slot: spark.type(name) for slot, name in CONCRETE_SLOTS.items()}
    expected["any_timestamp"] = spark.singleton(TYPES + "AnyTimestampType")
    collection = spark.singleton(TYPES + "TypeCollection")
    for slot, names in COLLECTIONS.items():
        members = [spark.singleton(TYPES + name) if name[0].isupper() else spark.type(name) for name in names]
        expected[slot] = collection.apply(spark.sequence(members))
    lines = ["from\tslot\tansi\tlegacy"]
    for name in PAIR_TYPES:
        attribute = spark.attribute(spark.type(name))
        for slot, target in expected.items():
            casts = [rules.implicitCast(attribute, target) for rules in (spark.ansi, spark.legacy)]
            lines.append(
                "\t".join([name, slot, *(c.get().dataType().catalogString() if c.isDefined() else "-" for c in casts)])
            )
    (FACTS / "implicit_casts.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    asked = Spark()
    write_pairs(asked)
    write_implicit_casts(asked)
