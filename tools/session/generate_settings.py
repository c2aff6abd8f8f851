"""Turns spark_settings.tsv into rows of a C++ table: key, default, type, kind, visibility, what `SET -v` shows,
the first version.

Enumerations list their values in setting_values.tsv (key<TAB>values, separated by ", ", in the order Spark prints them).
"""

import json
import pathlib
import sys

KINDS = {
    "boolean": "kBoolean",
    "bytes": "kBytes",
    "double": "kDouble",
    "duration": "kDuration",
    "enumeration": "kString",
    "integer": "kInteger",
    "optional": "kOptional",
    "sequence": "kString",
    "string": "kString",
}


def rows(path: pathlib.Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def text(value: str) -> str:
    plain = value.replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\")
    return json.dumps(plain)


def main() -> None:
    settings, values, target = map(pathlib.Path, sys.argv[1:4])
    allowed = {row[0]: row[1] for row in rows(values)}
    unknown = set(allowed) - {row[0] for row in rows(settings)}
    if unknown:
        sys.exit(f"{values}: not in {settings.name}: {', '.join(sorted(unknown))}")
    lines = []
    for key, default, kind, lifetime, visibility, since, shown in sorted(rows(settings)):
        fields = [text(key), text(default), f"SettingType::{KINDS[kind]}", "true" if lifetime == "static" else "false"]
        fields += ["true" if visibility == "public" else "false", text(shown), text(since), text(allowed.get(key, ""))]
        lines.append("{" + ", ".join(fields) + "},\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
