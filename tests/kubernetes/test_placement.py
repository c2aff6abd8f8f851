"""Which cluster an attempt goes to."""

import collections
import signal
import uuid

import pytest
from backend import Refused, job
from conftest import cluster
from control_plane import started, wait_for


def token() -> str:
    return f"run-{uuid.uuid4().hex[:12]}-1"


def test_least_loaded_by_weight(make_backend, east, west, team):
    west.make_namespace(f"spark-{team}")
    backend = make_backend(cluster(east, weight=1), cluster(west, weight=2))
    placed = collections.Counter()
    for _ in range(30):
        where = backend.place(job(team))
        backend.create(token(), where, job(team))
        placed[where] += 1
    assert 7 <= placed["east"] <= 13, placed


def test_environment_decides(make_backend, east, west, team):
    backend = make_backend(cluster(east, environments=["prod"]), cluster(west, environments=["test", "staging"]))
    assert backend.place(job(team)) == "west"
    assert backend.place(job(team, environment="prod")) == "east"
    with pytest.raises(Refused) as refusal:
        backend.place(job(team, environment="local"))
    assert refusal.value.kind == "IllegalArgument"


def test_cluster_asked_for_by_name(make_backend, east, west, team):
    backend = make_backend(cluster(east), cluster(west))
    assert backend.place(job(team, cluster="west")) == "west"
    with pytest.raises(Refused) as refusal:
        backend.place(job(team, cluster="north"))
    assert refusal.value.kind == "IllegalArgument"


def test_own_limit_of_a_cluster(make_backend, team, tmp_path):
    # A cluster of its own: the shared ones still hold what earlier tests created.
    with started("small", tmp_path / "planes", KUBE_SKIP="kube-scheduler") as small:
        small.make_namespace(f"spark-{team}")
        backend = make_backend(cluster(small, most_applications=2))
        for _ in range(2):
            backend.create(token(), backend.place(job(team)), job(team))
        with pytest.raises(Refused) as refusal:
            backend.place(job(team))
        assert refusal.value.kind == "ResourceExhausted"


def test_lost_cluster_gets_no_new_ones(make_backend, west, team, tmp_path):
    west.make_namespace(f"spark-{team}")
    with started("lost", tmp_path / "planes", KUBE_SKIP="kube-scheduler") as lost:
        lost.make_namespace(f"spark-{team}")
        backend = make_backend(cluster(lost, weight=1000), cluster(west))
        name = token()
        assert backend.place(job(team)) == "lost"
        backend.create(name, "lost", job(team))
        # It hangs: connections open, nothing is answered.
        lost.signal("kube-apiserver", signal.SIGSTOP)
        wait_for(lambda: backend.place(job(team)) == "west", 20)
        with pytest.raises(Refused) as refusal:
            backend.create(token(), "lost", job(team))
        assert refusal.value.kind == "UnknownOutcome" or refusal.value.kind == "Unavailable"
        with pytest.raises(Refused) as refusal:
            backend.observe(name, "lost")  # it is there, and not to be taken for absent
        assert refusal.value.kind == "Unavailable"
        lost.signal("kube-apiserver", signal.SIGCONT)
        wait_for(lambda: backend.place(job(team)) == "lost", 30)
    # Now it is gone altogether.
    wait_for(lambda: backend.place(job(team)) == "west", 20)
    with pytest.raises(Refused) as refusal:
        backend.place(job(team, cluster="lost"))
    assert refusal.value.kind == "Unavailable"
