"""The Python package: connect() finds or starts a server, and a wheel carries everything that a plain machine lacks."""

import os
import pathlib
import subprocess
import sys
import time

import pytest
from conftest import ROOT, full_run

ANSWER_42 = (
    "import hearth; spark = hearth.connect(); print(spark.sql('select 42 as a').collect()[0].a, spark.client.host)"
)
# Prints the process id of the server it started, then ends without any goodbye.
LEAVE_SERVER = """
import hearth, os
from hearth import session
hearth.connect(threads=1)
server, = session._local_servers.values()
print(server.process.pid, flush=True)
os._exit(0)
"""


def program_variables(binary: pathlib.Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("HEARTH_REMOTE", "SPARK_REMOTE")}
    return {**kept, "HEARTH_BINARY": str(binary), "PYTHONPATH": str(ROOT / "python"), **more}


def run_program(text: str, variables: dict[str, str]) -> str:
    result = subprocess.run([sys.executable, "-c", text], env=variables, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout


def is_running(process_id: int) -> bool:
    """True while the process is there and is not just waiting to be collected."""
    try:
        state = pathlib.Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("variable", ["HEARTH_REMOTE", "SPARK_REMOTE"])
def test_connect_uses_the_server_that_a_variable_names(binary, remote, variable):
    output = run_program(ANSWER_42, program_variables(binary, **{variable: remote, "HEARTH_BINARY": "/nowhere"}))
    assert output.split() == ["42", "localhost"]


def test_connect_starts_a_server(binary):
    text = ANSWER_42.replace("connect()", "connect(threads=1, memory_limit='512MiB')")
    assert run_program(text, program_variables(binary)).split()[0] == "42"


def test_the_server_ends_with_the_program(binary):
    process_id = int(run_program(LEAVE_SERVER, program_variables(binary)))
    deadline = time.monotonic() + 20
    while is_running(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(process_id)


def test_server_options_and_url_exclude_each_other(binary):
    text = "import hearth\ntry: hearth.connect('sc://localhost:1', threads=1)\nexcept ValueError as e: print('refused')"
    assert run_program(text, program_variables(binary)).strip() == "refused"


@pytest.mark.skipif(not full_run(), reason="builds a wheel and fills an environment: ./dev test --full")
def test_wheel_in_a_clean_environment(binary, tmp_path):
    environment = tmp_path / "environment"
    # The build tree of the server under test, where it is one that a wheel can carry.
    preset = binary.parents[1].name if binary.parents[1].name in ("dev", "release") else "dev"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    # The wheel of the tree under test, so that nothing is compiled twice.
    variables = {**os.environ, "HEARTH_WHEEL_PRESET": preset}
    for name in ("PYTHONPATH", "HEARTH_BINARY", "HEARTH_REMOTE", "SPARK_REMOTE"):
        variables.pop(name, None)
    subprocess.run([environment / "bin" / "pip", "install", "--quiet", ROOT], env=variables, check=True, timeout=1500)
    version = subprocess.run(
        [environment / "bin" / "hearth", "--version"],
        env=variables,
        check=True,
        capture_output=True,
        text=True,
    )
    assert version.stdout.startswith("hearth ")
    program = ANSWER_42.replace("connect()", "connect(threads=1)")
    answer = subprocess.run(
        [environment / "bin" / "python", "-c", program],
        env=variables, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert answer.stdout.split()[0] == "42"
    points = next(environment.glob("lib/python*/site-packages/hearth-*.dist-info/entry_points.txt")).read_text()
    assert "[apache_airflow_provider]\nprovider_info = hearth.airflow.provider:get_provider_info" in points
    carried = next(environment.glob("lib/python*/site-packages/hearth/lib"))
    names = {path.name for path in carried.iterdir()}
    assert "libduckdb.so" in names
    assert not names & {"libc.so.6", "libstdc++.so.6"}
