"""The include graph of src, read from the text."""

import functools
import re

from finding import ROOT

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)


@functools.cache
def includes_of(path: str) -> list[tuple[int, str]]:
    """(line, included path) for every include of one file, relative to the repository."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [(text.count("\n", 0, match.start(2)) + 1, match.group(2)) for match in INCLUDE.finditer(text)]


@functools.cache
def reachable(path: str) -> frozenset[str]:
    """Our own files that a file includes, directly or not, itself among them."""
    seen: set[str] = set()
    todo = [path]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        todo += [f"src/{name}" for _, name in includes_of(current) if (ROOT / "src" / name).is_file()]
    return frozenset(seen)
