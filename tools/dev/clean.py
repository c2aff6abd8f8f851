"""Remove build trees, and with --cache also what was fetched into the user's cache."""

import shutil

from dev.paths import ROOT, cache_root

SUMMARY = "remove build trees"


def add_arguments(parser) -> None:
    parser.add_argument("--cache", action="store_true", help="also remove the fetched archives and environments")


def run(options) -> int:
    folders = [ROOT / "build", ROOT / "dist", *([cache_root()] if options.cache else [])]
    for folder in folders:
        if folder.exists():
            print(f"removing {folder}")
            shutil.rmtree(folder)
    return 0
