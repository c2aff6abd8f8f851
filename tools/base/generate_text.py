"""Turns a file into a C++ string literal: generate_text.py SOURCE TARGET."""

import pathlib
import sys


def main() -> None:
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(f'R"hearth_text({source.read_text(encoding="ascii")})hearth_text"\n', encoding="ascii")


if __name__ == "__main__":
    main()
