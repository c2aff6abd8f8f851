"""Every header of src compiles alone.

A header is compiled with the flags of its room's sources, but without the precompiled standard headers; rooms with heavy third-party
headers (DuckDB, gRPC) keep theirs, else each header would take ten seconds. A header that compiled is not tried again
until it, something of ours that it includes, or the flags change.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess

from finding import ROOT, Finding
from includes import reachable

HEAVY = ("src/engine/", "src/front/")


def flags_by_folder(tree: pathlib.Path) -> dict[str, list[str]]:
    """Folder -> compiler command, less launcher, source and output, from the build's own record."""
    flags: dict[str, list[str]] = {}
    for entry in json.loads((tree / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT / "src") or source.name.endswith("_test.cc"):
            continue
        words = shlex.split(entry["command"])
        compiler = next(at for at, word in enumerate(words) if word.endswith(("c++", "g++", "clang++")))
        kept, skip = [], False
        for word in words[compiler:]:
            if skip or word in ("-o", "-c"):
                skip = word == "-o"
            elif word != entry["file"]:
                kept.append(word)
        flags[str(source.parent.relative_to(ROOT))] = kept
    return flags


def nearest(flags: dict[str, list[str]], header: str) -> list[str] | None:
    folder = pathlib.PurePosixPath(header).parent
    while str(folder) != ".":
        if str(folder) in flags:
            return flags[str(folder)]
        below = [name for name in sorted(flags) if name.startswith(f"{folder}/")]
        if below and str(folder) != "src":
            return flags[below[0]]
        folder = folder.parent
    return None


def light(command: list[str], header: str) -> list[str]:
    if header.startswith(HEAVY):
        return command
    kept, skip = [], False
    for word in command:
        if skip or word == "-include":
            skip = word == "-include"
        elif word != "-Winvalid-pch":
            kept.append(word)
    return kept


def check_one(header: str, command: list[str], stamps: pathlib.Path, directory: pathlib.Path) -> Finding | None:
    digest = hashlib.sha256(repr(command).encode())
    for path in sorted(reachable(header)):
        digest.update((ROOT / path).read_bytes())
    stamp = stamps / header.replace("/", "__")
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return None
    source = f'#include "{header.removeprefix("src/")}"\n'
    result = subprocess.run(
        [*command, "-Wno-pragma-once-outside-header", "-x", "c++", "-fsyntax-only", "-"],
        input=source,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        first = next((line for line in result.stderr.splitlines() if "error" in line), result.stderr[:300])
        return Finding("headers", header, 1, f"does not compile alone: {first}")
    stamp.write_text(digest.hexdigest())
    return None


def check_headers(headers: list[str], tree: pathlib.Path) -> list[Finding]:
    stamps = tree / "lint" / "headers"
    stamps.mkdir(parents=True, exist_ok=True)
    flags = flags_by_folder(tree)
    jobs = [(header, light(command, header)) for header in headers if (command := nearest(flags, header))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda job: check_one(job[0], job[1], stamps, tree), jobs)
        return [finding for finding in results if finding]
