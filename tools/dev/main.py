"""Reads the command line of ./dev: one row and one file per sub-command."""

import argparse
import importlib
import subprocess

# In the order of the help text. Each is tools/dev/<name>.py with SUMMARY, add_arguments(parser) and run(options) -> exit code.
COMMANDS = ["setup", "run", "test", "build", "bench", "record", "format", "lint", "doctor", "clean"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev", description="Build, test and run Hearth.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"dev.{name}")
        child = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        module.add_arguments(child)
        child.set_defaults(run=module.run)
    options = parser.parse_args()
    try:
        return options.run(options)
    except subprocess.CalledProcessError as failure:
        print(f"./dev: {' '.join(map(str, failure.cmd))} ended with {failure.returncode}")
        return 1
    except KeyboardInterrupt:
        return 130
