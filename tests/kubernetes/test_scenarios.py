"""The platform's acceptance scenarios 18 to 27 from outside, each on this machine and on a real API server.

The numbers are those of the platform's design. 28 and 29, CoreETL against hand-written SQL and the fast test of a job, need no
place: they are in tests/python. A job here is a shell command: locally a spark-submit that runs it, on Kubernetes a pod that
is a process.
"""

import concurrent.futures
import http.server
import json
import signal
import threading

import pytest
from conftest import cluster
from control_plane import wait_for
from hearth.jobs import JobError
from place import Client, ended


def statuses(client: Client, job_id: str) -> list[str]:
    """Each status once, in the order in which the job had them."""
    return list(dict.fromkeys(event["status"] for event in client.events(job_id)))


def test_18_one_key_is_one_run(place):
    with place.serve() as doors:
        client = place.client(doors)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: client.submit(**place.job("true", key="K")), range(16)))
        assert len({answer["job_id"] for answer in answers}) == 1
        assert sum(not answer.get("duplicate", False) for answer in answers) == 1
        with pytest.raises(JobError) as refusal:
            client.submit(name="empty", team=place.team)
        assert refusal.value.field == "config"
        with pytest.raises(JobError):
            client.submit(**place.job("false", key="K"))
        assert ended(client, answers[0]["job_id"])["status"] == "SUCCEEDED"
        assert len(list(client.list())) == 1
        assert place.things() <= 1


def test_19_states_in_order_and_kept(place):
    with place.serve(keep={"test": {"resources": "1s"}}) as doors:
        client = place.client(doors)
        job = client.submit(**place.job("sleep 1", key="history"))["job_id"]
        first = ended(client, job)
        assert first["status"] == "SUCCEEDED"
        seen = statuses(client, job)
        assert [status for status in seen if status in ("SUBMITTED", "RUNNING", "SUCCEEDED")] == [
            "SUBMITTED",
            "RUNNING",
            "SUCCEEDED",
        ]
        wait_for(lambda: place.things() == 0, 40)
        assert ended(client, job)["end_time"] == first["end_time"]
    with place.serve() as doors:
        again = place.client(doors).check(job)
        assert (again["status"], again["end_time"]) == ("SUCCEEDED", first["end_time"])
        assert again["attempts"][0]["exit_code"] == 0
        assert statuses(place.client(doors), job) == seen


def test_20_cancel(place):
    with place.serve() as doors:
        client = place.client(doors)
        running = client.submit(**place.job("exec sleep 300"))["job_id"]
        wait_for(lambda: client.check(running)["status"] == "RUNNING", 60)
        stranger = Client(doors.url, token="token-of-another-0")
        with pytest.raises(JobError) as refusal:
            stranger.cancel(running)
        assert refusal.value.code == "PERMISSION_DENIED"
        assert client.cancel(running, reason="enough")["success"]
        assert ended(client, running)["status"] == "CANCELLED"
        done = client.submit(**place.job("true"))["job_id"]
        assert ended(client, done)["status"] == "SUCCEEDED"
        assert not client.cancel(done).get("success", False)
        assert client.check(done)["status"] == "SUCCEEDED"
        assert client.check(running)["status"] == "CANCELLED"
        with pytest.raises(JobError) as refusal:
            client.cancel("nobody-knows-it")
        assert refusal.value.code == "NOT_FOUND"


def test_21_a_success_goes_and_a_failure_is_kept(place):
    with place.serve(keep={"test": {"resources": "1s", "failed": "1h"}}) as doors:
        client = place.client(doors)
        good = client.submit(**{**place.job("true"), "name": "good"})["job_id"]
        bad = client.submit(**{**place.job("exit 3"), "name": "bad"})["job_id"]
        assert ended(client, good)["status"] == "SUCCEEDED"
        failed = ended(client, bad)
        assert failed["status"] == "FAILED"
        assert [job["job_id"] for job in client.list(name="bad", team=place.team)] == [bad]
        wait_for(lambda: place.things() == len(failed["attempts"]), 40)


def test_21_another_teams_namespace_is_refused(kubernetes, east):
    east.make_namespace("spark-strangers")
    manifest = f"""
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {{name: intruder, team: {kubernetes.team}, namespace: spark-strangers}}
spec:
  engine: {{type: spark-oss, version: "4.3"}}
  backend: kubernetes
  customJar: {{path: "local:///played.jar", mainClass: org.example.Main}}
"""
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        job = client.submit(manifest=manifest, environment="test")["job_id"]
        answer = ended(client, job)
        assert answer["status"] == "FAILED"
        assert "spark-strangers" in answer["message"]


def test_22_the_second_cluster_takes_over(kubernetes, east, west, process_node, proxy, tmp_path):
    """East is behind a proxy that can go down; west has nobody to run what it is given, which is enough to see it placed."""
    west.make_namespace(f"spark-{kubernetes.team}")
    clusters = [cluster(east, proxy.kubeconfig(tmp_path), schema="apache", weight=1000), cluster(west, schema="apache")]
    settings = {
        "instance": f"second-{kubernetes.team}",
        "probe_seconds": 0.3,
        "request_seconds": 2,
        "clusters": clusters,
    }
    (tmp_path / "clusters.yaml").write_text(json.dumps({"kubernetes": settings}))
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        first = client.submit(**kubernetes.job("sleep 4"))["job_id"]
        wait_for(lambda: client.check(first)["status"] == "RUNNING", 60)
        proxy.down = True

        def goes_west() -> bool:
            job = client.submit(**kubernetes.job("true"))["job_id"]
            placed = wait_for(lambda: client.check(job).get("attempts"), 20)
            return placed[0]["cluster"] == "west"

        wait_for(goes_west, 40, 1)
        assert client.check(first)["status"] == "RUNNING", "nobody knows better while the cluster is away"
        proxy.down = False
        assert ended(client, first)["status"] == "SUCCEEDED"


def test_22_no_cluster_is_a_clear_wait(kubernetes, proxy, east, tmp_path):
    clusters = [cluster(east, proxy.kubeconfig(tmp_path), schema="apache")]
    settings = {"instance": f"none-{kubernetes.team}", "probe_seconds": 0.3, "request_seconds": 2, "clusters": clusters}
    (tmp_path / "clusters.yaml").write_text(json.dumps({"kubernetes": settings}))
    proxy.down = True
    with kubernetes.serve() as doors:
        client = kubernetes.client(doors)
        job = client.submit(**kubernetes.job("true"))["job_id"]
        wait_for(lambda: client.check(job)["status"] == "QUEUED", 30)
        assert "no cluster" in client.check(job)["message"]
        proxy.down = False
        assert ended(client, job)["status"] == "SUCCEEDED"


def test_23_whose_fault_it_is(place):
    with place.serve() as doors:
        client = place.client(doors)
        own = client.submit(**place.job("echo 'Traceback (most recent call last):'; echo 'ValueError: no'; exit 1"))
        killed = client.submit(**place.job("kill -9 $$"))
        heap = "echo 'java.lang.OutOfMemoryError: Java heap space'; exit 1"
        memory = client.submit(**place.job(heap, resources={"driver": {"memory": "2g"}}))
        answer = ended(client, own["job_id"])
        assert answer["status"] == "FAILED"
        assert [(a["failure_class"], a["fault"]) for a in answer["attempts"]] == [("user-code", "user")]
        answer = ended(client, killed["job_id"])
        assert answer["status"] == "FAILED"
        assert len(answer["attempts"]) == 2
        assert all(attempt["fault"] == "infrastructure" for attempt in answer["attempts"])
        answer = ended(client, memory["job_id"])
        assert {attempt["failure_class"] for attempt in answer["attempts"]} == {"driver-heap-oom"}
        sizes = [attempt["spec"]["resources"]["driver"]["memoryMib"] for attempt in answer["attempts"]]
        assert sizes == sorted(set(sizes)) and len(sizes) == 3, "each attempt is larger"
        assert "driver memory" in answer["attempts"][0]["decision"]


def test_24_sizing_from_history(local):
    """Drivers that were given 4 GiB and peaked at 700 MiB: the next ones are smaller, step by step, and none fails."""
    sized = {"sizing": "apply", "env_vars": {"PEAK": str(700 << 20)}}
    with local.serve() as doors:
        client = local.client(doors)
        given = {"resources": {"driver": {"memory": "4g"}}}
        for _ in range(6):
            assert (
                ended(client, client.submit(**local.job("true", **sized, **given))["job_id"])["status"] == "SUCCEEDED"
            )
        kept = ended(client, client.submit(**local.job("true", **sized, **given))["job_id"])
        assert kept["attempts"][0]["spec"]["resources"]["driver"]["memoryMib"] == 4096, "somebody wrote it down"
        assert "left as the manifest says" in kept["attempts"][0]["sizing"]
        free = ended(client, client.submit(**local.job("true", **sized))["job_id"])
        assert free["status"] == "SUCCEEDED"
        assert "700 MiB" in free["attempts"][0]["sizing"]
        assert free["attempts"][0]["spec"]["resources"]["driver"]["memoryMib"] < 4096


def test_24_without_a_history_the_job_keeps_its_size(place):
    with place.serve() as doors:
        client = place.client(doors)
        job = client.submit(**place.job("true", sizing="apply", resources={"driver": {"memory": "2g"}}))["job_id"]
        answer = ended(client, job)
        assert answer["status"] == "SUCCEEDED"
        assert answer["attempts"][0]["spec"]["resources"]["driver"]["memoryMib"] == 2048


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps the bodies that are posted to it."""

    def __init__(self):
        self.bodies = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                receiver.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def test_25_rest_names_its_fields(place):
    receiver = Receiver()
    with place.serve() as doors:
        client = place.client(doors)

        def refused(change: dict) -> str:
            with pytest.raises(JobError) as refusal:
                client.submit(**{**place.job("true"), **change})
            return refusal.value.field

        config = place.job("true")["config"]
        assert refused({"name": ""}) == "name"
        assert refused({"config": {}}).startswith("config")
        both = {**config, "core_etl": {"job_spec": {}}, "custom_jar": {"jar_path": "x.jar", "main_class": "X"}}
        assert refused({"config": both}).startswith("config")
        request = {**place.job("true", key="once"), "callback_url": f"http://127.0.0.1:{receiver.server_port}/end"}
        first = client.submit(**request)
        assert first["job_id"] == first["execution_id"]
        assert client.submit(**request)["job_id"] == first["job_id"]
        answer = ended(client, first["job_id"])
        listed = next(job for job in client.list() if job["job_id"] == first["job_id"])
        assert listed["status"] == answer["status"] == "SUCCEEDED"
        assert listed["submit_time"] == answer["submit_time"]
        wait_for(lambda: receiver.bodies, 20)
        # Once, although everything is asked for again.
        client.submit(**request)
        assert [body["job_id"] for body in receiver.bodies] == [first["job_id"]]
    receiver.shutdown()


def test_26_and_27_a_manifest_planned_applied_run_and_deleted(place):
    job = place.job("true")
    application = (
        f"pyspark: {json.dumps(job['config']['pyspark'])}"
        if place.name == "local"
        else 'customJar: {path: "local:///played.jar", mainClass: org.example.Main}'
    )
    manifest = f"""
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {{name: nightly, team: {place.team}}}
spec:
  engine: {{type: spark-oss, version: "4.3"}}
  backend: {place.name}
  {application}
  resources: {{executor: {{instances: 10, cores: 2, memory: 1g}}}}
  orchestration: {{schedule: "0 3 * * *"}}
  environments:
    test: {{resources: {{executor: {{instances: 2}}}}}}
"""
    with place.serve() as doors:

        def call(what: str, text: str) -> list[str]:
            path = "/api/v1/manifests" + {"plan": "/plan", "apply": "", "delete": "/delete"}[what]
            body = {"manifest": text, "environment": "test"}
            status, answer, _ = doors.call("POST", path, body, token="token-of-the-team-0")
            assert status == 200, answer
            return sorted(f"{action['action']} {action['primitive']}" for action in answer.get("actions", []))

        assert call("plan", manifest) == ["create job", "create schedule"]
        assert call("apply", manifest) == ["create job", "create schedule"]
        assert call("plan", manifest) == []
        later = manifest.replace("0 3 * * *", "0 4 * * *")
        assert call("plan", later) == ["update schedule"]
        client = place.client(doors)
        answer = ended(client, client.submit(manifest=later, environment="test")["job_id"])
        assert answer["status"] == "SUCCEEDED"
        resources = answer["attempts"][0]["spec"]["resources"]
        assert (resources["executorInstances"], resources["executor"]["cores"]) == (2, 2)
        assert call("delete", later) == ["delete job", "delete schedule"]
        assert call("plan", manifest) == ["create job", "create schedule"]


def test_a_continuous_job_comes_back_and_is_redeployed_once(place):
    """Kept running, placed again when its driver dies, and exactly once when its manifest changes."""
    config = place.job("exec sleep 300")["config"]

    def manifest(name: str) -> str:
        application = (
            f"pyspark: {{file: {json.dumps(config['pyspark']['file'])}, args: ['exec sleep 300', {name}]}}"
            if place.name == "local"
            else 'customJar: {path: "local:///played.jar", mainClass: org.example.Main}'
        )
        return f"""
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {{name: stream, team: {place.team}}}
spec:
  jobType: streaming
  engine: {{type: spark-oss, version: "4.3"}}
  backend: {place.name}
  {application}
  sparkConf: {{spark.double.command: "exec sleep 300", spark.double.name: {name}}}
"""

    with place.serve() as doors:
        client = place.client(doors)

        def apply(text: str) -> None:
            body = {"manifest": text, "environment": "test"}
            status, answer, _ = doors.call("POST", "/api/v1/manifests", body, token="token-of-the-team-0")
            assert status == 200, answer

        def running(number: int) -> dict | None:
            jobs = list(client.list(name="stream"))
            return jobs[0] if len(jobs) == number and jobs[0]["status"] == "RUNNING" else None

        apply(manifest("first"))
        first = wait_for(lambda: running(1), 60)
        apply(manifest("first"))
        apply(manifest("second"))
        second = wait_for(lambda: running(2), 60)
        assert client.check(first["job_id"])["status"] == "CANCELLED"
        client.cancel(second["job_id"], reason="as if it had died")
        third = wait_for(lambda: running(3), 90)
        assert third["job_id"] not in (first["job_id"], second["job_id"])


def test_a_killed_server_finds_its_runs_again(place):
    with place.serve() as doors:
        client = place.client(doors)
        job = client.submit(**place.job("sleep 3", key="K"))["job_id"]
        wait_for(lambda: client.check(job)["status"] == "RUNNING", 60)
        doors.process.send_signal(signal.SIGKILL)
        doors.process.wait()
    with place.serve() as doors:
        client = place.client(doors)
        assert client.submit(**place.job("sleep 3", key="K"))["job_id"] == job
        answer = ended(client, job)
        assert (answer["status"], len(answer["attempts"])) == ("SUCCEEDED", 1)
