"""The commands of ./dev. They share tools/setup (fetching, environments), which CMake and pip call on their own."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "setup"))
