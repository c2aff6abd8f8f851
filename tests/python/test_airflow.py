"""`hearth airflow export`, and the provider `hearth.airflow` in a real Airflow (`./dev test --full`)."""

import ast
import contextlib
import json
import os
import py_compile
import re
import signal
import subprocess
import time
import tomllib

import pytest
from conftest import ROOT, full_run
from doors import open_doors
from hearth.jobs import Client

GUIDE = ROOT / "docs" / "guides" / "airflow.md"
RUNNER = ROOT / "tests" / "programs" / "airflow_run.py"
TOKEN = "token-of-airflow-0123456789"
needs_airflow = pytest.mark.skipif(not full_run(), reason="fills an environment with Airflow: ./dev test --full")

MANIFEST = """apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: %s, team: air}
spec:
  engine: {type: hearth, version: "4.1"}
  jobType: %s
  sql: {query: %s}
"""


def manifest(name: str, query: str = "select 1", kind: str = "batch", orchestration: str = "") -> str:
    text = MANIFEST % (name, kind, json.dumps(query))
    return text + (f"  orchestration: {orchestration}\n" if orchestration else "")


@pytest.fixture
def export(binary, tmp_path):
    def run(*arguments: str, **files: str) -> subprocess.CompletedProcess:
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        command = [str(binary), "airflow", "export", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    return run


# ---- The command


def test_a_dag_is_written_for_each_job(export, tmp_path):
    jobs = "---\n".join([manifest("one", orchestration="{schedule: '5 * * * *'}"), manifest("two")])
    done = export("jobs.yaml", "--output", "dags", "-e", "prod", jobs=jobs)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["dags/air.one.prod.py", "dags/air.two.prod.py"]
    first = {path.name: path.read_bytes() for path in (tmp_path / "dags").iterdir()}
    assert export("jobs.yaml", "--output", "dags", "-e", "prod").returncode == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "dags").iterdir()} == first
    for path in (tmp_path / "dags").glob("*.py"):
        py_compile.compile(str(path), doraise=True)


def test_any_text_survives_in_python(export, binary, tmp_path):
    query = "select '\\\\', \"\"\" a \"\"\"\"\"\", '{{ ds }} {# no #} {% no %}', 'ä\u2028', '\t\x07', f'''x''' -- \\N{DIGIT ONE} \""
    assert export("nasty.yaml", nasty=manifest("nasty", query)).returncode == 0
    tree = ast.parse((tmp_path / "air.nasty.local.py").read_text(encoding="utf-8"))
    (embedded,) = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    shown = subprocess.run(
        [str(binary), "manifest", "show", "nasty.yaml"], cwd=tmp_path, capture_output=True, check=True
    )
    assert ast.literal_eval(embedded) == shown.stdout.decode()


def test_what_airflow_cannot_do_is_refused_with_a_reason(export, tmp_path):
    jobs = "---\n".join(
        [
            manifest("stream", kind="streaming"),
            manifest("replaced", orchestration="{schedule: '@daily', overlap: replace}"),
            manifest("endless", orchestration="{schedule: '@daily', catchUp: all}"),
            manifest("good"),
        ]
    )
    done = export("jobs.yaml", "twin.yaml", jobs=jobs, twin=manifest("good"))
    assert done.returncode == 1
    for name, reason in (
        ("stream", "kept running by Hearth"),
        ("replaced", "overlap"),
        ("endless", "startDate"),
        ("good", "another document"),
    ):
        assert re.search(rf"\.yaml: {name}: .*{reason}", done.stderr), done.stderr
    assert [path.name for path in tmp_path.glob("*.py")] == ["air.good.local.py"]


def test_wrong_calls_write_nothing(export, tmp_path):
    assert export("none.yaml").returncode == 2
    done = export("wrong.yaml", wrong=manifest("wrong", orchestration="{schedule: often}"))
    assert done.returncode == 2 and "wrong.yaml:8: spec.orchestration.schedule" in done.stderr
    assert export("wrong.yaml", "--param", "x").returncode == 2
    (tmp_path / "air.mine.local.py").write_text("# mine")
    done = export("mine.yaml", mine=manifest("mine"))
    assert done.returncode == 2 and (tmp_path / "air.mine.local.py").read_text() == "# mine"
    assert export("good.yaml", "--output", "/proc/none", good=manifest("good")).returncode == 2


# ---- In Airflow


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    """A server that wants a token."""
    folder = tmp_path_factory.mktemp("airflow-server")
    (folder / "tokens").write_text(f"{TOKEN} scheduler air\n")
    with open_doors(binary, folder, "--tokens", str(folder / "tokens")) as doors:
        yield doors


@pytest.fixture(scope="module")
def client(server) -> Client:
    return Client(server.url, TOKEN)


@pytest.fixture(scope="module")
def airflow(server, binary, tmp_path_factory):
    """Runs a program of Airflow's environment, with a database and a folder of DAGs of its own."""
    from environments import ensure

    home = tmp_path_factory.mktemp("airflow-home")
    (home / "dags").mkdir()
    environment = ensure("airflow")
    # What the wheel's installation writes: how Airflow finds providers.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["apache_airflow_provider"]
    metadata = home / "installed" / "hearth-0.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: hearth\nVersion: 0.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (metadata / "entry_points.txt").write_text(f"[apache_airflow_provider]\n{lines}")
    host, port = server.http.rsplit(":", 1)
    connection = {"conn_type": "hearth", "host": host, "port": int(port), "password": TOKEN}
    variables = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "HEARTH"))},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW_CONN_HEARTH_DEFAULT": json.dumps(connection),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "python"), str(home / "installed")]),
        "PATH": os.pathsep.join([str(environment / "bin"), str(binary.parent), os.environ["PATH"]]),
    }

    def command(line: str | list) -> subprocess.CompletedProcess:
        try:
            return subprocess.run(
                line,
                env=variables,
                cwd=home,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=180,
                shell=isinstance(line, str),
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"{line} does not end:\n{(late.stdout or b'').decode(errors='replace')[-4000:]}")

    done = command(["airflow", "db", "migrate"])
    assert done.returncode == 0, done.stdout[-3000:]
    command.home = home
    command.variables = variables
    return command


@pytest.fixture
def ask(airflow):
    def run(*arguments: str) -> dict:
        done = airflow(["python", str(RUNNER), *arguments])
        assert done.returncode == 0, done.stdout[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1]) | {"log": done.stdout}

    return run


def add_dags(airflow, name: str, text: str) -> None:
    head = "from airflow.sdk import DAG\nfrom hearth.airflow import HearthJobOperator, HearthJobSensor\n"
    (airflow.home / "dags" / f"{name}.py").write_text(head + text)


@pytest.fixture(scope="module")
def stories(airflow, tmp_path_factory):
    """DAGs in which everything happens, written once; returns the folder that their programs leave marks in."""
    marks = tmp_path_factory.mktemp("marks")
    # Killed by something outside at its first two starts: Hearth tries once more by itself, then Airflow does.
    (marks / "dies.py").write_text(
        "import os, pathlib\n"
        f"starts = pathlib.Path({str(marks / 'starts')!r})\n"
        "with starts.open('a') as mark: mark.write('x')\n"
        "if len(starts.read_text()) <= 2: os.kill(os.getpid(), 9)\n"
    )
    (marks / "long.py").write_text("import time\ntime.sleep(300)\n")
    program = '{{"team": "air", "config": {{"pyspark": {{"file": {!r}}}, "engine_type": "hearth", "retry": {{"max_retries": 0, "delay_seconds": 0}}}}}}'
    add_dags(
        airflow,
        "stories",
        f"""from datetime import timedelta
NUMBERS = {{"team": "air", "config": {{"sql": {{"query": "select 6 * 7 as answer, '{{{{ ds }}}}' as day"}}}}}}
BAD = {{"team": "air", "config": {{"sql": {{"query": "select * from nothing_there"}}}}}}
DIES = {program.format(str(marks / "dies.py"))}
LONG = {program.format(str(marks / "long.py"))}
QUICK = {{"poll_seconds": 0.1, "longest_poll_seconds": 0.3}}
MANIFEST = {manifest("declared", "select '{{ ds }}' as day")!r}
with DAG("good", schedule=None):
    one = HearthJobOperator(task_id="one", job=NUMBERS, **QUICK)
    waits = HearthJobSensor(task_id="waits", job_id=one.output, poke_interval=1)
    HearthJobOperator(task_id="deferred", job=NUMBERS, deferrable=True, **QUICK)
    HearthJobOperator(task_id="declared", manifest=MANIFEST, environment="prod", time_zone="Europe/Berlin", **QUICK)
    mine = HearthJobOperator(task_id="mine", job=NUMBERS | {{"name": "mine"}}, idempotency_key="once-for-ever", **QUICK)
    same = HearthJobOperator(task_id="same", job=NUMBERS | {{"name": "mine"}}, idempotency_key="once-for-ever", **QUICK)
    seen = HearthJobSensor(task_id="by_key", idempotency_key="once-for-ever", team="air", deferrable=True, poke_interval=1)
    mine >> same >> seen
with DAG("bad", schedule=None):
    HearthJobOperator(task_id="plain", job=BAD, retries=2, retry_delay=timedelta(0), **QUICK)
    HearthJobOperator(task_id="deferred", job=BAD, deferrable=True, retries=2, retry_delay=timedelta(0), **QUICK)
    HearthJobOperator(task_id="refused", job={{"team": "air", "config": {{}}}}, retries=2, retry_delay=timedelta(0), **QUICK)
    HearthJobOperator(task_id="foreign", job=NUMBERS, team="sea", retries=2, retry_delay=timedelta(0), **QUICK)
    HearthJobSensor(task_id="unknown", job_id="none", poke_interval=1)
with DAG("unlucky", schedule=None):
    HearthJobOperator(task_id="dies", job=DIES, retries=2, retry_delay=timedelta(0), **QUICK)
with DAG("late", schedule=None):
    HearthJobOperator(task_id="plain", job=LONG, execution_timeout=timedelta(seconds=5), **QUICK)
    HearthJobOperator(task_id="deferred", job=LONG, execution_timeout=timedelta(seconds=5), deferrable=True, **QUICK)
with DAG("cleared", schedule=None):
    HearthJobOperator(task_id="good", job=NUMBERS, **QUICK)
with DAG("killed", schedule=None):
    HearthJobOperator(task_id="long", job=LONG, **QUICK)
""",
    )
    return marks


def jobs_of(client: Client, run_id: str, dag: str, task: str) -> list[dict]:
    """All runs of a task instance, oldest first."""
    key = f"airflow/{dag}/{run_id}/{task}"
    found = [job for job in client.list(team="air", limit=200) if job["idempotency_key"].startswith(key)]
    return found[::-1]


@needs_airflow
def test_airflow_reads_exported_dags_and_knows_the_provider(airflow, stories, export, ask):
    job = manifest(
        "nightly",
        "select '{{ ds }}'",
        orchestration="{schedule: '30 6 * * *', timezone: Europe/Berlin, startDate: 2026-01-05, endDate: 2026-12-31, catchUp: all}",
    )
    done = export("n.yaml", "-o", str(airflow.home / "dags"), n=job + "---\n" + manifest("plain"))
    assert done.returncode == 0, done.stderr
    answer = ask("parse")
    assert answer["errors"] == {}
    assert answer["provider"] and answer["hook"] == "Hearth"
    nightly = answer["dags"]["air.nightly.local"]
    assert nightly["tasks"] == {"nightly": ["HearthJobOperator", 0]}
    assert nightly["timetable"] == "CronTriggerTimetable" and nightly["catchup"] and nightly["max_active_runs"] == 1
    assert nightly["start_date"].startswith("2026-01-04 23:00:00") and nightly["end_date"].startswith(
        "2026-12-31 22:59:59"
    )
    assert answer["dags"]["air.plain.local"]["timetable"] == "NullTimetable"


@needs_airflow
def test_tasks_end_as_their_jobs_do(stories, ask, client):
    answer = ask("run", "good", "bad", "unlucky", "late")
    good, bad, unlucky, late = (answer[name] for name in ("good", "bad", "unlucky", "late"))
    assert good["state"] == "success", answer["log"][-6000:]
    (one,) = jobs_of(client, good["run_id"], "good", "one")
    assert one["status"] == "SUCCEEDED" and one["user"] == "scheduler"
    day = "".join(client.logs(one["job_id"]))
    assert "42" in day and re.search(r"20\d\d-\d\d-\d\d", day), day
    (declared,) = jobs_of(client, good["run_id"], "good", "declared")
    assert declared["environment"] == "prod" and declared["name"] == "declared"
    assert len([job for job in client.list(team="air", name="mine")]) == 1, "the same key twice is one run"

    # The user's own failure: no further try, and the reason is in the log.
    assert bad["tasks"] == {task: ["failed", 1] for task in ("plain", "deferred", "refused", "foreign", "unknown")}
    assert [job["status"] for job in jobs_of(client, bad["run_id"], "bad", "plain")] == ["FAILED"]
    assert [job["status"] for job in jobs_of(client, bad["run_id"], "bad", "deferred")] == ["FAILED"]
    for text in ("fault user", "nothing_there", "the server refuses the job"):
        assert text in answer["log"]

    # Something else's failure: Hearth tries again, then Airflow, with a run of its own.
    assert unlucky["tasks"] == {"dies": ["success", 2]}
    runs = jobs_of(client, unlucky["run_id"], "unlucky", "dies")
    assert [job["status"] for job in runs] == ["FAILED", "SUCCEEDED"]
    assert runs[1]["idempotency_key"].endswith("/dies#2")

    # Airflow's time limit takes the job along.
    assert late["tasks"] == {"plain": ["failed", 1], "deferred": ["failed", 1]}
    for task in ("plain", "deferred"):
        (job,) = jobs_of(client, late["run_id"], "late", task)
        assert client.wait(job["job_id"], timeout=60)["status"] == "CANCELLED"


@needs_airflow
def test_a_cleared_task_runs_again(stories, ask, client):
    answer = ask("clear", "cleared")
    assert answer["first"] == {"good": ["success", 1]} and answer["second"] == {"good": ["success", 2]}
    runs = jobs_of(client, answer["run_id"], "cleared", "good")
    assert [job["status"] for job in runs] == ["SUCCEEDED", "SUCCEEDED"]
    assert runs[1]["idempotency_key"].endswith("/good~1")


@needs_airflow
def test_a_killed_task_takes_its_job_along(airflow, stories, client):
    command = ["python", str(RUNNER), "run", "killed"]
    with open(airflow.home / "killed.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=airflow.variables, cwd=airflow.home, stdout=log, stderr=log)
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            deadline = time.monotonic() + 90
            while not (running := list(client.list(team="air", name="long", status="RUNNING"))):
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert client.wait(running[0]["job_id"], timeout=60)["status"] == "CANCELLED"
            process.wait(60)
    events = client.events(running[0]["job_id"])
    assert any("its Airflow task was ended" in event["cause"] for event in events), events


@needs_airflow
def test_the_trigger_survives_a_restart_and_gives_up_in_time(stories, ask, client):
    done = client.submit(name="quick", team="air", config={"sql": {"query": "select 1"}})["job_id"]
    program = {"pyspark": {"file": str(stories / "long.py")}, "engine_type": "hearth"}
    live = client.submit(name="watched", team="air", config=program)["job_id"]
    client.wait(done, timeout=60, poll_seconds=0.2)
    answer = ask("trigger", done, live)
    assert answer["deadline"]["outcome"] == "deadline" and answer["live"]
    assert answer["ended"] == {"outcome": "ended", "job_id": live, "status": "CANCELLED", "error": ""}
    assert answer["done"]["status"] == "SUCCEEDED"
    assert answer["unknown"]["outcome"] == "refused" and answer["away"]["outcome"] == "unreachable"


# ---- The guide


def guide_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def guide_commands() -> list[str]:
    return [line[2:] for block in guide_blocks("console") for line in block.splitlines() if line.startswith("$ ")]


def test_the_guide_exports(export, binary, tmp_path):
    (text,) = guide_blocks("yaml")
    (tmp_path / "nightly.yaml").write_text(text)
    (command,) = [line for line in guide_commands() if line.startswith("hearth ")]
    variables = {**os.environ, "PATH": f"{binary.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60)
    assert done.stdout == "dags/sales.nightly-revenue.local.py\n", done.stderr
    py_compile.compile(str(tmp_path / done.stdout.strip()), doraise=True)


@needs_airflow
def test_the_guide_in_airflow(airflow, client):
    # The server of these tests has tokens for the team `air` only.
    (text,) = guide_blocks("yaml")
    (program,) = guide_blocks("python")
    (airflow.home / "nightly.yaml").write_text(text.replace("team: sales", "team: air"))
    (airflow.home / "dags" / "report.py").write_text(program.replace('"sales"', '"air"'))
    for line in guide_commands():
        done = airflow(line.replace("sales.", "air."))
        assert done.returncode == 0, (line, done.stdout[-4000:])
        if " dags test " in line:
            assert "state=success" in done.stdout, (line, done.stdout[-4000:])
        if "import-errors" in line:
            assert "No data found" in done.stdout, done.stdout
    statuses = {(job["name"], job["status"]) for job in client.list(team="air", limit=1000)}
    assert ("revenue", "SUCCEEDED") in statuses
    assert len([1 for job in client.list(team="air", name="nightly-revenue")]) == 2
