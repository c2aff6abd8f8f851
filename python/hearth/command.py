"""The console script `hearth`: becomes the native program."""

import os
import sys

from hearth.server import binary


def main() -> None:
    program = str(binary())
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
