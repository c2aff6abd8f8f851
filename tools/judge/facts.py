"""Extracts facts from a real Spark into data files: names, types, numbers and codes, never its sentences.

  python tools/judge/facts.py            # rewrites every file below
  python tools/judge/facts.py errors     # one of: errors, settings, functions, keywords

src/base/error_conditions.tsv     condition, SQLSTATE, parameter names
src/session/spark_settings.tsv    key, default as Config.get answers it (empty for type `optional`: no value), type,
                                  kind (runtime or static), visibility, since, default as `SET -v` shows it
tests/spark/facts/functions.tsv   name, group, since
tests/spark/facts/keywords.txt    one keyword a line, with `reserved` where ANSI mode reserves it
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import zipfile

from environment import FACTS, ROOT, enter_judge, spark_home

ERRORS = ROOT / "src" / "base" / "error_conditions.tsv"
SETTINGS = ROOT / "src" / "session" / "spark_settings.tsv"

# Objects whose loading registers settings; each is a Scala module class.
SETTING_HOLDERS = [
    "org.apache.spark.sql.internal.SQLConf$",
    "org.apache.spark.sql.internal.StaticSQLConf$",
    "org.apache.spark.sql.connect.config.Connect$",
    "org.apache.spark.sql.execution.datasources.v2.state.StateSourceOptions$",
    "org.apache.spark.sql.hive.HiveUtils$",
    "org.apache.spark.sql.avro.AvroUtils$",
]
# Defaults that name a place on the machine that ran the extraction.
MACHINE_DEPENDENT = {"spark.sql.warehouse.dir", "spark.sql.artifact.directory"}


def write_table(path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    clean = [
        [(field or "").replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") for field in row] for row in rows
    ]
    path.write_text("".join("\t".join(row) + "\n" for row in [["# " + header[0], *header[1:]], *clean]))
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def parameter_names(lines: list[str]) -> str:
    return ",".join(dict.fromkeys(re.findall(r"<([A-Za-z0-9_]+)>", " ".join(lines))))


def error_conditions() -> None:
    jar = next((spark_home() / "jars").glob("spark-common-utils_*.jar"))
    with zipfile.ZipFile(jar) as archive:
        conditions = json.loads(archive.read("error/error-conditions.json"))
    rows = []
    for name in sorted(conditions):
        condition = conditions[name]
        state = condition.get("sqlState", "")
        rows.append([name, state, parameter_names(condition["message"])])
        for part, sub in sorted(condition.get("subClass", {}).items()):
            own = parameter_names([*condition["message"], *sub["message"]])
            rows.append([f"{name}.{part}", sub.get("sqlState", state), own])
    write_table(ERRORS, ["condition", "sqlstate", "parameters"], rows)


def classic_session():
    """A short-lived classic session: the registries below are only reachable inside the JVM."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    builder = builder.config("spark.sql.catalogImplementation", "in-memory")
    builder = builder.config("spark.sql.warehouse.dir", tempfile.mkdtemp(prefix="hearth-facts-"))
    builder = builder.config("spark.driver.extraJavaOptions", "-Duser.timezone=UTC")
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def module_object(jvm, name: str):
    """The single instance of a Scala object."""
    return jvm.java.lang.Class.forName(name).getField("MODULE$").get(None)


def setting_type(entry, default: str) -> str:
    """What kind of text the entry accepts, told from its default; `optional` where there is none."""
    value = entry.defaultValue()
    if not value.isDefined():
        return "optional"
    name = value.get().getClass().getName() if hasattr(value.get(), "getClass") else type(value.get()).__name__
    if name == "int":
        return "bytes" if default.endswith("b") else "duration" if default.endswith("s") else "integer"
    if "Enumeration" in name or ".slf4j." in name:
        return "enumeration"
    kinds = {"bool": "boolean", "float": "double"}
    return kinds.get(name, "sequence" if "scala.collection" in name else "string")


def settings() -> None:
    spark = classic_session()
    jvm = spark._jvm
    for holder in SETTING_HOLDERS:
        try:
            module_object(jvm, holder)
        except Exception as missing:  # a holder that this build does not carry
            print(f"  not in this build: {holder} ({type(missing).__name__})")
    registry_class = jvm.java.lang.Class.forName("org.apache.spark.internal.config.ConfigEntry$")
    field = registry_class.getDeclaredField("knownConfigs")
    field.setAccessible(True)
    known = field.get(registry_class.getField("MODULE$").get(None))
    session_conf = spark._jsparkSession.sessionState().conf()
    rows = []
    for key in sorted(str(key) for key in known.keySet()):
        if not key.startswith(("spark.sql.", "spark.connect.", "spark.python.sql.")):
            continue
        entry = known.get(key)
        try:
            default = session_conf.getConfString(key) if key not in MACHINE_DEPENDENT else "<machine>"
        except Exception:
            default = "<undefined>"
        kind = "runtime" if spark._jsparkSession.conf().isModifiable(key) else "static"
        rows.append(
            [
                key,
                default,
                setting_type(entry, default),
                kind,
                "public" if entry.isPublic() else "internal",
                entry.version(),
                entry.defaultValueString() if key not in MACHINE_DEPENDENT else "<machine>",
            ]
        )
    write_table(SETTINGS, ["key", "default", "type", "kind", "visibility", "since", "shown"], rows)
    spark.stop()


def functions() -> None:
    spark = classic_session()
    known = {}
    for info in spark._jvm.org.apache.spark.sql.api.python.PythonSQLUtils.listBuiltinFunctionInfos():
        known[info.getName()] = (info.getGroup() or "", info.getSince() or "")
    names = sorted(row[0] for row in spark.sql("SHOW SYSTEM FUNCTIONS").collect())
    write_table(
        FACTS / "functions.tsv",
        ["name", "group", "since"],
        [[name, *known.get(name, ("syntax", ""))] for name in names],
    )
    spark.stop()


def keywords() -> None:
    spark = classic_session()
    spark.conf.set("spark.sql.ansi.enforceReservedKeywords", "true")
    rows = spark.sql("SELECT keyword, reserved FROM sql_keywords() ORDER BY keyword").collect()
    FACTS.mkdir(parents=True, exist_ok=True)
    lines = [f"{row.keyword} reserved" if row.reserved else row.keyword for row in rows]
    (FACTS / "keywords.txt").write_text("".join(line + "\n" for line in lines))
    print(f"keywords: {len(rows)} rows")
    spark.stop()


PARTS = {"errors": error_conditions, "settings": settings, "functions": functions, "keywords": keywords}

if __name__ == "__main__":
    enter_judge()
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
