"""Creating applications: exactly once, whatever happens to the answers."""

import uuid

import pytest
from backend import Refused, job
from control_plane import KUBEFLOW
from fault_proxy import lost_answer, refused, slow_creation


def token() -> str:
    return f"run-{uuid.uuid4().hex[:12]}-1"


def path(team: str, name: str = "") -> str:
    return f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications" + (f"/hearth-{name}" if name else "")


def test_what_is_created(on_east, east, team):
    name = token()
    spec = job(
        team,
        secrets=[{"variable": "PASSWORD", "secret": "database", "key": "password"}],
        environmentVariables={"MODE": "fast"},
        sparkConfig={"spark.eventLog.logStageExecutorMetrics": "false"},
    )
    seen = on_east.create(name, "east", spec)
    assert seen["progress"] == "starting"
    stored = east.get(path(team, name)).body
    assert seen["native_id"] == f"spark-{team}/hearth-{name}/{stored['metadata']['uid']}"
    assert stored["metadata"]["labels"]["hearth/attempt"] == name
    assert stored["metadata"]["labels"]["hearth/team"] == team
    assert stored["metadata"]["annotations"]["hearth/attempt-token"] == name
    assert stored["spec"]["restartPolicy"] == {"type": "Never"}
    config = stored["spec"]["sparkConf"]
    assert config["spark.kubernetes.driver.annotateExitException"] == "true"
    assert config["spark.eventLog.logStageExecutorMetrics"] == "false"  # the job's own value wins
    assert config["spark.kubernetes.driver.secretKeyRef.PASSWORD"] == "database:password"
    assert config["spark.kubernetes.driverEnv.MODE"] == "fast"
    assert stored["spec"]["driver"]["memory"] == "512m"
    assert stored["spec"]["driver"]["labels"]["hearth/attempt"] == name


def test_same_token_again_is_the_same_application(on_east, east, team):
    name = token()
    first = on_east.create(name, "east", job(team))
    second = on_east.create(name, "east", job(team))
    assert first["native_id"] == second["native_id"]
    assert len(east.applications(f"spark-{team}")) == 1


def test_lost_answer_is_settled_by_looking(through_proxy, proxy, east, team):
    name = token()
    proxy.add(lost_answer())
    seen = through_proxy.create(name, "east", job(team))
    assert seen["native_id"].startswith(f"spark-{team}/hearth-{name}/")
    assert len(east.applications(f"spark-{team}")) == 1


def test_unsettled_creation_is_an_unknown_outcome(through_proxy, proxy, east, team):
    name = token()
    proxy.add(slow_creation(6, times=-1))
    with pytest.raises(Refused) as refusal:
        through_proxy.create(name, "east", job(team))
    assert refusal.value.kind == "UnknownOutcome"
    # It does come, later, and is ours.
    from control_plane import wait_for

    wait_for(lambda: through_proxy.observe(name, "east")["progress"] == "starting", 15)
    proxy.clear()
    assert through_proxy.create(name, "east", job(team))["progress"] == "starting"
    assert len(east.applications(f"spark-{team}")) == 1


def test_creation_that_comes_after_removal_is_undone(through_proxy, proxy, east, team):
    from control_plane import wait_for

    name = token()
    proxy.add(slow_creation(6))
    with pytest.raises(Refused):
        through_proxy.create(name, "east", job(team))
    through_proxy.remove(name, "east")
    assert east.applications(f"spark-{team}") == []
    created = proxy.count("POST", "sparkapplications")
    assert created == 1
    wait_for(lambda: through_proxy.process.poll() is None and proxy.count("DELETE", f"hearth-{name}") >= 1, 20)
    wait_for(lambda: east.applications(f"spark-{team}") == [], 20)


def test_another_thing_under_the_name_is_a_clash(on_east, east, team):
    name = token()
    other = {
        "apiVersion": KUBEFLOW,
        "kind": "SparkApplication",
        "metadata": {"name": f"hearth-{name}"},
        "spec": {
            "type": "Python",
            "sparkVersion": "4.3",
            "mainApplicationFile": "local:///x.py",
            "driver": {},
            "executor": {},
        },
    }
    assert east.call("POST", path(team), other).status == 201
    with pytest.raises(Refused) as refusal:
        on_east.create(name, "east", job(team))
    assert refusal.value.kind == "Conflict"


def test_being_deleted_means_wait(on_east, east, team):
    name = token()
    on_east.create(name, "east", job(team))
    merge = "application/merge-patch+json"
    east.call("PATCH", path(team, name), {"metadata": {"finalizers": ["test/hold"]}}, merge)
    on_east.remove(name, "east")
    with pytest.raises(Refused) as refusal:
        on_east.create(name, "east", job(team))
    assert refusal.value.kind == "Unavailable"
    east.call("PATCH", path(team, name), {"metadata": {"finalizers": None}}, merge)


def test_throttling_is_waited_for(through_proxy, proxy, team):
    proxy.add(refused(429, "TooManyRequests", retry_after=1))
    assert through_proxy.create(token(), "east", job(team))["progress"] == "starting"
    proxy.add(refused(429, "TooManyRequests", times=-1, retry_after=1))
    with pytest.raises(Refused) as refusal:
        through_proxy.create(token(), "east", job(team))
    assert refusal.value.kind == "Unavailable"


def test_quota_is_exhaustion(on_east, east, team):
    count = "count/sparkapplications.sparkoperator.k8s.io"
    quotas = f"/api/v1/namespaces/spark-{team}/resourcequotas"
    east.call("POST", quotas, {"metadata": {"name": "one"}, "spec": {"hard": {count: "1"}}})
    from control_plane import wait_for

    wait_for(lambda: count in east.get(f"{quotas}/one").body.get("status", {}).get("used", {}), 90)
    on_east.create(token(), "east", job(team))
    with pytest.raises(Refused) as refusal:
        on_east.create(token(), "east", job(team))
    assert refusal.value.kind == "ResourceExhausted"
    assert "exceeded quota" in refusal.value.message


def test_missing_rights_are_refused(make_backend, east, team):
    backend = make_backend({"name": "east", "kubeconfig": str(east.folder / "kubeconfig"), "context": "guest"})
    with pytest.raises(Refused) as refusal:
        backend.create(token(), "east", job(team))
    assert refusal.value.kind == "PermissionDenied"


def test_webhook_is_policy(through_proxy, proxy, team):
    proxy.add(refused(403, "Forbidden", message='admission webhook "policy" denied the request: no'))
    with pytest.raises(Refused) as refusal:
        through_proxy.create(token(), "east", job(team))
    assert refusal.value.kind == "PermissionDenied"


def test_invalid_spec_names_the_field(on_east, team):
    spec = job(team)
    spec["resources"]["executorInstances"] = 0
    with pytest.raises(Refused) as refusal:
        on_east.create(token(), "east", spec)
    assert refusal.value.kind == "IllegalArgument"
    assert "spec.executor.instances" in refusal.value.message


def test_missing_namespace_is_refused(on_east, east):
    with pytest.raises(Refused) as refusal:
        on_east.create(token(), "east", job("nobody"))
    assert refusal.value.kind == "IllegalArgument"
    assert "spark-nobody" in refusal.value.message


def test_namespace_of_another_team_is_refused(on_east, team):
    with pytest.raises(Refused) as refusal:
        on_east.create(token(), "east", job(team, namespace="kube-system"))
    assert refusal.value.kind == "PermissionDenied"
