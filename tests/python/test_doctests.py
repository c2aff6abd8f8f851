"""The examples in PySpark's own documentation that are answered as documented keep being answered so.

To add what has come to pass, run run_doctests.py against a server and put the new names into doctests.txt.
"""

import os
import subprocess
import sys

import pytest
from conftest import OWN_CLIENT, ROOT, client_variables, full_run

HERE = ROOT / "tests" / "python"


@pytest.mark.skipif(not full_run(), reason="hundreds of documented examples: ./dev test --full")
def test_documented_examples(remote):
    names = (HERE / "doctests.txt").read_text().split()
    assert names == sorted(set(names))
    command = [sys.executable, HERE / "run_doctests.py", remote, *names]
    seconds = 600 if os.environ.get("HEARTH_SANITIZERS") else 90
    done = subprocess.run(
        command, env=client_variables(OWN_CLIENT), capture_output=True, text=True, timeout=seconds, check=False
    )
    passed = {line.removeprefix("ok ") for line in done.stdout.splitlines() if line.startswith("ok ")}
    missing = [name for name in names if name not in passed]
    assert not missing, f"{missing}\n{done.stderr[-4000:]}"
