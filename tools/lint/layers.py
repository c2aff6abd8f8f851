"""Every include of src is allowed by the table of rooms (layers.tsv, foreign.tsv)."""

from finding import ROOT, Finding, rows
from includes import includes_of


def module_of(path: str) -> str:
    return path.split("/", 1)[0]


def check_layers(sources: list[str]) -> list[Finding]:
    rooms = {
        module: (int(rank), uses.split())
        for rank, module, uses in (row if len(row) == 3 else [*row, ""] for row in rows("layers.tsv"))
    }
    foreign = [(prefix, modules.split()) for prefix, modules in rows("foreign.tsv")]
    findings = check_ranks(rooms)
    for path in sources:
        module = module_of(path.removeprefix("src/"))
        if module not in rooms:
            findings.append(Finding("layers", path, 1, f"'{module}' is not a room of tools/lint/layers.tsv"))
            continue
        for line, included in includes_of(path):
            if (ROOT / "src" / included).is_file():
                target = module_of(included)
                if target != module and not may_use(rooms[module][1], target, included):
                    findings.append(Finding("layers", path, line, f"{module} may not include {included}"))
            for prefix, modules in foreign:
                if included.startswith(prefix) and module not in modules:
                    findings.append(Finding("layers", path, line, f"only {', '.join(modules)} may include {included}"))
            if included.startswith("..") or included.startswith("src/"):
                findings.append(Finding("layers", path, line, f"write includes from src/: {included}"))
    return findings


def may_use(uses: list[str], target: str, included: str) -> bool:
    return "*" in uses or target in uses or any("/" in use and included.startswith(use) for use in uses)


def check_ranks(rooms: dict) -> list[Finding]:
    """A room uses only rooms of a lower rank: no circles can arise."""
    return [
        Finding("layers", "tools/lint/layers.tsv", 1, f"{module} (rank {rank}) uses {use}, which is not below it")
        for module, (rank, uses) in rooms.items()
        for use in uses
        if use != "*" and rooms[module_of(use)][0] >= rank
    ]
