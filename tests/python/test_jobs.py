"""`hearth job`, the Python client `hearth.jobs` and every command of docs/guides/jobs.md."""

import contextlib
import json
import os
import pathlib
import pty
import re
import subprocess
import threading

import pytest
from conftest import ROOT
from doors import open_doors, sql_job
from hearth.jobs import Client, Conflict, InvalidRequest, NotFound, Refused, Unavailable

GUIDE = ROOT / "docs" / "guides" / "jobs.md"
TOKEN = "token-of-anna-0123456789"
FINAL = {"SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "LOST"}


@pytest.fixture(scope="module")
def doors(binary, tmp_path_factory):
    with open_doors(binary, tmp_path_factory.mktemp("jobs")) as server:
        yield server


@pytest.fixture
def job(binary, doors, tmp_path):
    def run(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess:
        environment = {**os.environ, "HEARTH_SERVER": doors.url, **variables}
        return subprocess.run(
            [str(binary), "job", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=environment,
            input=stdin,
            check=False,
        )

    return run


@pytest.fixture
def client(doors) -> Client:
    return Client(doors.url)


def cancelled(doors, identifier: str) -> None:
    """Brings the job to its end, whatever it is doing."""
    doors.call("DELETE", f"/api/v1/jobs/{identifier}")
    Client(doors.url).wait(identifier, timeout=60, poll_seconds=0.1)


# ---- The program


def test_submit_takes_sql_json_and_manifests(job, doors, tmp_path):
    (tmp_path / "numbers.sql").write_text("select 1")
    first = job("submit", "numbers.sql", "--team", "t", "--key", "k-sql")
    assert first.returncode == 0, first.stderr
    identifier = first.stdout.strip()
    assert doors.call("GET", f"/api/v1/jobs/{identifier}")[1]["name"] == "numbers"
    again = job("submit", "numbers.sql", "--team", "t", "--key", "k-sql", "--output", "json")
    assert json.loads(again.stdout)["job_id"] == identifier and json.loads(again.stdout)["duplicate"]
    (tmp_path / "numbers.sql").write_text("select 2")
    conflict = job("submit", "numbers.sql", "--team", "t", "--key", "k-sql")
    assert conflict.returncode == 8 and "hearth job: " in conflict.stderr
    piped = job("submit", "-", stdin=json.dumps(sql_job(name="piped")))
    assert piped.returncode == 0, piped.stderr
    manifest = "apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: m, team: t}\nspec: {sql: {query: 'select {{ n }}'}}\n"
    (tmp_path / "m.yaml").write_text(manifest)
    declared = job("submit", "m.yaml", "--parameter", "n=7")
    assert declared.returncode == 0, declared.stderr
    spec = doors.call("GET", f"/api/v1/jobs/{declared.stdout.strip()}")[1]["spec"]
    assert "select 7" in json.dumps(spec)


def test_wrong_requests_name_every_field(job, tmp_path):
    request = sql_job()
    request["config"]["resources"] = {"driver": {"memory": "much", "cores": -1}}
    (tmp_path / "r.json").write_text(json.dumps(request))
    done = job("submit", "r.json")
    assert done.returncode == 2
    assert "config.resources.driver.memory" in done.stderr and "config.resources.driver.cores" in done.stderr


def test_exit_codes(job, doors, tmp_path):
    assert job("show", "none").returncode == 6
    assert job("show").returncode > 100
    assert job("submit", "missing.sql").returncode == 2
    assert job("list", HEARTH_SERVER="http://127.0.0.1:1").returncode == 9
    identifier = job("submit", "-", stdin=json.dumps(sql_job(name="ended"))).stdout.strip()
    cancelled(doors, identifier)
    assert job("cancel", identifier).returncode == 1
    status = doors.call("GET", f"/api/v1/jobs/{identifier}")[1]["status"]
    codes = {"SUCCEEDED": 0, "FAILED": 1, "CANCELLED": 3, "TIMED_OUT": 4, "LOST": 5}
    assert job("wait", identifier).returncode == codes[status]


def test_show_why_list_and_logs_are_readable(job, doors):
    identifier = job("submit", "-", stdin=json.dumps(sql_job(name="readable", team="readers"))).stdout.strip()
    cancelled(doors, identifier)
    shown = job("show", identifier)
    assert re.search(rf"^job +{identifier}$", shown.stdout, re.MULTILINE) and "ACCEPTED" in shown.stdout
    assert json.loads(job("show", identifier, "--output", "json").stdout)["events"][0]["status"] == "ACCEPTED"
    why = job("why", identifier).stdout
    assert why.startswith(f"readable ({identifier}) is ") and why.count("\n") == 1
    listed = job("list", "--team", "readers").stdout.splitlines()
    assert listed[0].split()[:4] == ["JOB", "NAME", "TEAM", "STATUS"] and identifier in listed[1]
    assert job("logs", identifier, "--tail", "5").returncode == 0
    assert job("logs", identifier, "--follow").returncode == 0
    assert "logs" in json.loads(job("logs", identifier, "--output", "json").stdout)


def test_a_job_is_waited_for(job, tmp_path):
    (tmp_path / "good.sql").write_text("select 6 * 7 as answer")
    good = job("submit", "good.sql", "--team", "t", "--wait")
    assert good.returncode == 0, good.stdout + good.stderr
    identifier = good.stdout.splitlines()[0]
    assert "SUCCEEDED" in good.stdout and "SUCCEEDED" in good.stderr
    assert "42" in job("logs", identifier).stdout
    assert job("logs", identifier, "--follow").stdout == job("logs", identifier).stdout
    (tmp_path / "bad.sql").write_text("select * from no_such_table")
    bad = job("submit", "bad.sql", "--team", "t", "--wait")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "no_such_table" in job("show", bad.stdout.splitlines()[0], "--output", "json").stdout


def test_waiting_shows_progress_on_a_terminal(binary, doors, tmp_path):
    terminal, end = pty.openpty()
    (tmp_path / "r.json").write_text(json.dumps(sql_job(name="progress", team="progress")))
    process = subprocess.Popen(
        [str(binary), "job", "submit", str(tmp_path / "r.json"), "--wait", "--server", doors.url],
        stdout=end,
        stderr=end,
    )
    os.close(end)
    seen = b""
    stopper = threading.Timer(
        2, lambda: [cancelled(doors, j["job_id"]) for j in Client(doors.url).list(team="progress")]
    )
    stopper.start()
    with contextlib.suppress(OSError):  # the terminal ends with the program
        while piece := os.read(terminal, 4096):
            seen += piece
    stopper.join()
    os.close(terminal)
    assert process.wait(60) in (0, 1, 3), seen
    assert b"\r\x1b[K" in seen and b"progress (" in seen


# ---- The Python client


def test_the_client_does_what_the_door_does(client, doors):
    answer = client.submit(name="n", team="python", config={"sql": {"query": "select 1"}}, idempotency_key="py-1")
    assert client.submit(name="n", team="python", config={"sql": {"query": "select 1"}}, idempotency_key="py-1")[
        "duplicate"
    ]
    with pytest.raises(Conflict):
        client.submit(name="n", team="python", config={"sql": {"query": "select 2"}}, idempotency_key="py-1")
    with pytest.raises(InvalidRequest) as wrong:
        client.submit(name="n", team="python", config={"sql": {"query": "x"}}, callback_url="x")
    assert wrong.value.field == "callback_url" and wrong.value.code == "INVALID_ARGUMENT"
    with pytest.raises(NotFound):
        client.check("none")
    with pytest.raises(ValueError, match="id is needed"):
        client.check("")
    identifier = answer["job_id"]
    assert client.check(identifier)["spec"] and "spec" not in client.check(identifier, brief=True)
    client.cancel(identifier, reason="test")
    final = client.wait(identifier, timeout=60, poll_seconds=0.1)
    assert final["status"] in FINAL
    assert client.cancel(identifier)["success"] is False
    events = client.events(identifier)
    assert client.events(identifier, after_sequence=len(events) - 1) == events[-1:]
    assert list(client.logs(identifier, follow=True)) is not None


def test_lists_go_from_page_to_page(client):
    for number in range(5):
        client.submit(name=f"n{number}", team="pages", config={"sql": {"query": "select 1"}})
    assert [job["name"] for job in client.list(team="pages")] == [f"n{number}" for number in (4, 3, 2, 1, 0)]
    assert len(list(client.list(team="pages", limit=2))) == 2


def test_tokens_and_an_absent_server(binary, tmp_path):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"{TOKEN} anna team-a\n")
    with open_doors(binary, tmp_path, "--tokens", str(tokens)) as server:
        with pytest.raises(Refused):
            list(Client(server.url).list())
        assert list(Client(server.url, TOKEN).list()) == []
        environment = {**os.environ, "HEARTH_SERVER": server.url}
        command = [str(binary), "job", "list"]
        assert subprocess.run(command, env=environment, capture_output=True).returncode == 7
        assert subprocess.run(command, env={**environment, "HEARTH_TOKEN": TOKEN}, capture_output=True).returncode == 0
    with pytest.raises(Unavailable):
        Client(server.url, retry_seconds=0.2).check("x")


def test_a_restarted_server_knows_its_jobs(binary, tmp_path):
    with open_doors(binary, tmp_path) as server:
        answer = Client(server.url).submit(**sql_job(name="kept", idempotency_key="kept"))
        server.process.kill()
        server.process.wait()
    with open_doors(binary, tmp_path) as server:
        again = Client(server.url).submit(**sql_job(name="kept", idempotency_key="kept"))
        assert again["job_id"] == answer["job_id"] and again["duplicate"]


# ---- The guide


def guide_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def guide_commands() -> list[str]:
    return [line[2:] for block in guide_blocks("console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("command", guide_commands())
def test_the_guide(binary, doors, tmp_path, command):
    (sql,) = guide_blocks("sql")
    (tmp_path / "revenue.sql").write_text(sql)
    for manifest in guide_blocks("yaml"):
        name = re.match(r"# (\S+\.yaml)", manifest)
        (tmp_path / name.group(1)).write_text(manifest)
    answer = Client(doors.url).submit(**sql_job(name="guide"))
    line = command.replace("http://127.0.0.1:15080", doors.url)
    environment = {
        **os.environ,
        "JOB": answer["job_id"],
        "HEARTH_SERVER": doors.url,
        "PATH": f"{pathlib.Path(binary).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(line, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode in ((0, 1) if " cancel " in line else (0,)), done.stderr
    if line.startswith("curl"):
        assert "error" not in json.loads(done.stdout)


def test_the_python_of_the_guide(doors, monkeypatch, capsys):
    monkeypatch.setenv("HEARTH_SERVER", doors.url)
    (program,) = guide_blocks("python")
    exec(compile(program, str(GUIDE), "exec"), {})
    assert "ACCEPTED" in capsys.readouterr().out
