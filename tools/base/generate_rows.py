"""Turns a table (rows of tab-separated texts) into the rows of a C++ array: generate_rows.py SOURCE TARGET COLUMNS."""

import json
import pathlib
import sys


def main() -> None:
    source, target, columns = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    rows = []
    for number, line in enumerate(source.read_text(encoding="ascii").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != columns:
            sys.exit(f"{source}:{number}: {len(fields)} columns where {columns} are expected")
        rows.append("{" + ", ".join(json.dumps(field) for field in fields) + "},\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(rows), encoding="ascii")


if __name__ == "__main__":
    main()
