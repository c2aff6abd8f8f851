"""Say what this machine has and what it lacks; changes nothing."""

import os
import shutil
import subprocess

from dev.environment import environment_folder
from dev.paths import ROOT, cache_root, server_binary
from dev.setup import missing_packages

SUMMARY = "say what this machine has and lacks"
PROGRAMS = ["g++", "cmake", "ninja", "ccache", "mold", "protoc", "grpc_cpp_plugin", "git"]


def add_arguments(parser) -> None:
    del parser


def version(program: str) -> str:
    if program == "grpc_cpp_plugin":
        return "present"
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return (answer.stdout or answer.stderr).splitlines()[0]


def run(options) -> int:
    del options
    problems = 0
    for program in PROGRAMS:
        present = shutil.which(program)
        problems += not present
        print(f"{'ok ' if present else 'NO '} {program:16} {version(program) if present else ''}")
    missing = missing_packages(full=False) if shutil.which("dpkg-query") else []
    problems += len(missing)
    print(
        f"{'NO ' if missing else 'ok '} Debian packages  {'missing: ' + ' '.join(missing) if missing else 'all installed'}"
    )
    complete = (environment_folder() / "complete").exists()
    problems += not complete
    print(f"{'ok ' if complete else 'NO '} Python tools     {environment_folder()}")
    free = shutil.disk_usage(ROOT).free / 2**30
    print(f"{'ok ' if free > 10 else 'NO '} disk             {free:.0f} GiB free, {os.cpu_count()} cores")
    print(f"    cache            {cache_root()}")
    print(f"    server           {'built' if server_binary('dev').exists() else 'not built yet'}")
    print("all well" if not problems else f"{problems} things are missing: ./dev setup")
    return 1 if problems else 0
