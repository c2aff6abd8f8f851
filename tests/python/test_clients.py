"""The main job with every client that Hearth serves."""

import os
import subprocess
import sys

import pytest
from conftest import CLIENTS, OWN_CLIENT, ROOT, client_variables

PARTS = ["sql", "dataframes", "local_data", "views", "files", "interrupt", "errors"]


@pytest.mark.parametrize("version", sorted({OWN_CLIENT, *CLIENTS}))
def test_main_job(version, remote, tmp_path):
    variables = client_variables(version) | {"SPARK_REMOTE": remote}
    command = [sys.executable, str(ROOT / "tests" / "programs" / "main_job.py"), str(tmp_path)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=180, cwd=os.fspath(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == PARTS
