"""Every sub-command of ./dev explains itself, and the tally reads what runners say."""

import subprocess
import sys

import pytest
from conftest import ROOT
from dev import tally
from dev.main import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command):
    output = subprocess.run(
        [sys.executable, ROOT / "dev", command, "--help"], capture_output=True, text=True, check=True
    )
    assert output.stdout.startswith(f"usage: ./dev {command}")


def test_run_once_prints_what_the_readme_promises():
    transcript = (ROOT / "README.md").read_text(encoding="utf-8").split("It prints\n\n```\n")[1].split("```")[0]
    command = [sys.executable, ROOT / "dev", "run", "--once", "--port", "0"]
    output = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert output.returncode == 0, output.stdout[-3000:] + output.stderr[-3000:]
    assert transcript.strip() in output.stdout


def test_closing_lines():
    assert tally.of_closing_line("noise\n3 passed, 1 failed, 2 skipped\n") == tally.Tally(3, 1, 2)
    assert tally.of_closing_line("7 passed\n") == tally.Tally(7, 0, 0)
    assert tally.of_closing_line("nothing") is None
