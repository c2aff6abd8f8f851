"""Builds the server for `pip install .` and puts it, with its shared libraries, into the wheel.

HEARTH_WHEEL_PRESET names another build tree than release's, for tests that have one at hand.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What every Debian or Ubuntu has, and what must be the machine's own: the C library, the C++ runtime, the loader.
SYSTEM_LIBRARIES = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|gcc_s|stdc\+\+)\.so.*)$")


def needed_libraries(binary: pathlib.Path) -> dict[str, pathlib.Path]:
    """Name -> file of every shared library that the program loads, directly or not, except the system's."""
    listing = subprocess.run(["ldd", str(binary)], check=True, capture_output=True, text=True).stdout
    if missing := re.findall(r"^\s*(\S+) => not found", listing, re.MULTILINE):
        sys.exit(f"shared libraries not found: {', '.join(missing)}")
    found = re.findall(r"^\s*(\S+) => (/\S+)", listing, re.MULTILINE)
    return {name: pathlib.Path(path) for name, path in found if not SYSTEM_LIBRARIES.match(name)}


def copy_stripped(source: pathlib.Path, target: pathlib.Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755)
    subprocess.run(["strip", "--strip-unneeded", str(target)], check=True)


class ServerBuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict) -> None:
        del version
        root = pathlib.Path(self.root)
        # The interpreter behind pip's throw-away environment: its path stays, so the build tree can be used again.
        python = getattr(sys, "_base_executable", sys.executable)
        variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
        preset = os.environ.get("HEARTH_WHEEL_PRESET") or "release"
        subprocess.run([python, str(root / "dev"), "build", "hearth", "--preset", preset], check=True, env=variables)

        stage = root / "build" / "wheel"
        shutil.rmtree(stage, ignore_errors=True)
        tree = root / "build" / preset
        subprocess.run(["cmake", "--install", str(tree), "--prefix", str(stage), "--strip"], check=True)
        for name, path in needed_libraries(tree / "bin" / "hearth").items():
            copy_stripped(path, stage / "lib" / name)

        build_data["force_include"][str(stage / "bin")] = "hearth/bin"
        build_data["force_include"][str(stage / "lib")] = "hearth/lib"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-linux_{os.uname().machine}"
