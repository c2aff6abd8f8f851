"""What a check returns: places that break a rule."""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINT = ROOT / "tools" / "lint"


@dataclasses.dataclass(frozen=True)
class Finding:
    check: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.check}]"


def rows(name: str) -> list[list[str]]:
    """The rows of a data file beside the checks."""
    lines = (LINT / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def without_exemptions(findings: list[Finding]) -> list[Finding]:
    """Drops what exemptions.tsv lets pass; an exemption that nothing needs any more is a finding itself."""
    allowed = {(check, path): False for check, path, _ in rows("exemptions.tsv")}
    kept = []
    for finding in findings:
        key = (finding.check, finding.path)
        if key in allowed:
            allowed[key] = True
        else:
            kept.append(finding)
    unused = [key for key, used in allowed.items() if not used]
    kept += [
        Finding("exemptions", "tools/lint/exemptions.tsv", 1, f"{path} no longer breaks '{check}'")
        for check, path in unused
    ]
    return kept
