"""The programs of the pinned Python environments."""

import pathlib

from environments import ensure, folder_of

FORMATTERS = {"ruff", "clang-format"}


def tool(name: str) -> pathlib.Path:
    """A program of the test environment (python) or of the formatters' (ruff, clang-format); installs it when missing."""
    return ensure("lint" if name in FORMATTERS else "python") / "bin" / name


def environment_folder() -> pathlib.Path:
    return folder_of("python")
