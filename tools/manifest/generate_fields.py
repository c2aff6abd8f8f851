"""Turns fields.tsv into rows of a C++ table."""

import pathlib
import re
import sys

COLUMNS = 9


def read_rows(source: pathlib.Path) -> list[list[str]]:
    rows, seen = [], set()
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = line.split("\t")
        if len(row) != COLUMNS:
            sys.exit(f"{source}:{number}: {len(row)} columns instead of {COLUMNS}")
        path = row[1]
        if path in seen:
            sys.exit(f"{source}:{number}: {path} appears twice")
        if "." in path and re.sub(r"(\[\])?$", "", path.rpartition(".")[0]) not in seen:
            sys.exit(f"{source}:{number}: {path} stands before the record that holds it")
        seen.add(path)
        rows.append(row)
    return rows


def main() -> None:
    source, target = map(pathlib.Path, sys.argv[1:3])
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8") as file:
        for row in read_rows(source):
            cells = ", ".join('"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"' for cell in row)
            file.write(f"{{{cells}}},\n")


if __name__ == "__main__":
    main()
