"""`hearth serve` as a program: its settings, its start, its stop."""

import contextlib
import os
import signal
import socket
import subprocess
import time

import pytest
from wire import Wire, numbers


@contextlib.contextmanager
def serve(binary, *arguments: str, environment: dict[str, str] | None = None, stdin=subprocess.DEVNULL):
    """Yields (process, address) once the server says where it listens."""
    process = subprocess.Popen(
        [str(binary), "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=stdin,
        text=True,
        env=os.environ | (environment or {}),
    )
    try:
        line = process.stdout.readline()
        assert line.startswith("Hearth listens at "), (
            line,
            process.stderr.read() if process.poll() is not None else "",
        )
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


def version_of(address: str) -> str:
    import pyspark.sql.connect.proto as pb

    return Wire(address).analyze(spark_version=pb.AnalyzePlanRequest.SparkVersion()).spark_version.version


def test_it_takes_a_free_port_and_says_which(binary, tmp_path):
    with serve(binary, "--listen", "127.0.0.1:0", "--warehouse", str(tmp_path / "w")) as (_, address):
        assert version_of(address) == "4.3.0"
        assert (tmp_path / "w").is_dir()


def test_settings_come_from_the_file_the_environment_and_flags(binary, tmp_path):
    file = tmp_path / "hearth.yaml"
    file.write_text(f'listen: 127.0.0.1:1\nwarehouse: {tmp_path / "file"}\nspark:\n  spark.sql.ansi.enabled: "false"\n')
    environment = {"HEARTH_LISTEN": "127.0.0.1:2", "HEARTH_WAREHOUSE": str(tmp_path / "environment")}
    flags = ["--config", str(file), "--listen", "127.0.0.1:0"]
    with serve(binary, *flags, environment=environment) as (_, address):
        values = Wire(address).get("spark.sql.warehouse.dir", "spark.sql.ansi.enabled")
        assert values == {
            "spark.sql.warehouse.dir": f"file:{tmp_path / 'environment'}",
            "spark.sql.ansi.enabled": "false",
        }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--threads", "many"], "--threads: 'many' is not a number of threads"),
        (["--listen", "nowhere"], "--listen: 'nowhere' is not HOST:PORT"),
        (["--memory-limit", "much"], "--memory-limit: 'much' is not a size"),
        (["--config", "/no/such/file"], "/no/such/file: the file cannot be read"),
    ],
)
def test_wrong_settings_are_told(binary, arguments, message):
    done = subprocess.run([str(binary), "serve", *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and message in done.stderr


def test_a_taken_port_is_told(binary, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [str(binary), "serve", "--listen", address, "--warehouse", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 2 and "nothing can listen at" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told(binary, tmp_path, number):
    with serve(binary, "--listen", "127.0.0.1:0", "--warehouse", str(tmp_path)) as (process, address):
        list(Wire(address).execute(numbers(3)))
        process.send_signal(number)
        assert process.wait(20) == 0


def test_it_can_end_with_the_program_that_started_it(binary, tmp_path):
    arguments = ["--listen", "127.0.0.1:0", "--warehouse", str(tmp_path), "--until-stdin-closes"]
    with serve(binary, *arguments, stdin=subprocess.PIPE) as (process, _):
        process.stdin.close()
        process.stdin = None  # so that communicate() leaves it alone
        assert process.wait(20) == 0


@pytest.mark.skipif(bool(os.environ.get("HEARTH_SANITIZERS")), reason="sanitizers take time and memory of their own")
def test_it_starts_fast_and_idles_small(binary, tmp_path):
    """Under 100 ms and 120 MiB on a quiet machine; here with room for a busy one."""
    times = []
    for _ in range(3):
        begin = time.monotonic()
        with serve(binary, "--listen", "127.0.0.1:0", "--warehouse", str(tmp_path)) as (process, address):
            version_of(address)
            times.append(time.monotonic() - begin)
            with open(f"/proc/{process.pid}/status") as status:
                resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert min(times) < 2, times
    assert resident < 120 * 1024, resident
