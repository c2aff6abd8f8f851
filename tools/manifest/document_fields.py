"""Writes docs/guides/manifest-fields.md from the table of fields: python3 tools/manifest/document_fields.py"""

import pathlib

from generate_fields import read_rows

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "manifest" / "fields.tsv"
TARGET = ROOT / "docs" / "guides" / "manifest-fields.md"
KINDS = {"J": "job", "C": "cluster", "JC": "both"}
HEAD = """# All fields of a manifest

Written from `src/manifest/fields.tsv` by `tools/manifest/document_fields.py`. [manifests.md](manifests.md) explains how they work
together. A field in **bold** must be given when the record that holds it is there.

| field | in | value | default | other spellings | meaning |
| --- | --- | --- | --- | --- | --- |
"""


def value_of(kind: str, constraint: str) -> str:
    if kind == "choice":
        return " ".join(f"`{word}`" for word in constraint.split("|"))
    if kind in ("integer", "memory", "duration") and constraint:
        return f"{kind} {constraint.replace('..', ' to ')}"
    return {"records": "list of records", "texts": "list of texts", "overlays": "part of spec by environment"}.get(
        kind, kind
    )


def document() -> str:
    lines = [HEAD]
    for kinds, path, kind, constraint, default, aliases, _, setting, meaning in read_rows(SOURCE):
        name = f"**`{path}`**" if default == "!" else f"`{path}`"
        others = [f"`{alias.split(':')[0]}`" for alias in aliases.replace("/", "").split()]
        if setting:
            others.append(f"setting `{setting}`")
        shown = "" if default in ("!", "{}", "") else f"`{default}`"
        cells = [name, KINDS[kinds], value_of(kind, constraint), shown, ", ".join(others), meaning]
        lines.append("| " + " | ".join(cells) + " |\n")
    return "".join(lines)


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
