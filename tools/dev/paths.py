"""Where things are: the repository, the build trees and the user's cache."""

import pathlib

from environments import cache_root

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETUP = ROOT / "tools" / "setup"


def build_tree(preset: str) -> pathlib.Path:
    return ROOT / "build" / preset


def server_binary(preset: str) -> pathlib.Path:
    return build_tree(preset) / "bin" / "hearth"


__all__ = ["ROOT", "SETUP", "build_tree", "cache_root", "server_binary"]
