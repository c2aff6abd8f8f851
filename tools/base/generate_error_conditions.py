"""Turns error_conditions.tsv (condition<TAB>SQLSTATE) into a sorted C++ table.

A row `A.B<TAB>` without a state inherits the state of `A`.
"""

import pathlib
import sys


def read_states(source: pathlib.Path) -> dict[str, str]:
    states: dict[str, str] = {}
    pending: list[str] = []
    for number, line in enumerate(source.read_text(encoding="ascii").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        condition, state = line.split("\t")[:2]  # the third column, parameter names, is not needed here
        condition, state = condition.strip(), state.strip()
        if condition in states or condition in pending:
            sys.exit(f"{source}:{number}: {condition} appears twice")
        if state:
            if len(state) != 5:
                sys.exit(f"{source}:{number}: SQLSTATE {state!r} is not five characters")
            states[condition] = state
        else:
            pending.append(condition)
    for condition in pending:
        parent = condition.partition(".")[0]
        if condition.startswith("_LEGACY_"):
            states[condition] = ""  # Spark never gave these a state
            continue
        if parent not in states:
            sys.exit(f"{source}: {condition} has no state and no parent that has one")
        states[condition] = states[parent]
    return states


def main() -> None:
    source, target = map(pathlib.Path, sys.argv[1:3])
    states = read_states(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = [f'{{"{condition}", "{states[condition]}"}},\n' for condition in sorted(states)]
    target.write_text("".join(rows), encoding="ascii")


if __name__ == "__main__":
    main()
