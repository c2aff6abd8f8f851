"""What the backend knows without asking: one watch, whatever happens to it."""

import time
import uuid

import pytest
from backend import Refused, job
from control_plane import KUBEFLOW, wait_for
from fault_proxy import cut_watch, expired_watch, slow_watch, swallowed

COMPLETED = {"applicationState": {"state": "COMPLETED"}, "driverInfo": {}}
RUNNING = {"applicationState": {"state": "RUNNING"}, "driverInfo": {}}


def token() -> str:
    return f"run-{uuid.uuid4().hex[:12]}-1"


def path(team: str, name: str) -> str:
    return f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications/hearth-{name}"


def progress(backend, name: str) -> str:
    return backend.observe(name, "east")["progress"]


def asked(proxy) -> int:
    """Requests for one application, not those of the watches and their lists."""
    return proxy.count("GET", r"/sparkapplications/hearth") + proxy.count("GET", r"labelSelector=[^&]*attempt")


def until_seen(backend, proxy, name: str) -> None:
    """Waits until the watch has told of it: no more questions are asked then."""

    def known():
        before = asked(proxy)
        backend.observe(name, "east")
        return asked(proxy) == before

    wait_for(known, 30)


def test_known_ones_are_never_asked_for(through_proxy, proxy, east, team):
    names = [token() for _ in range(5)]
    for name in names:
        through_proxy.create(name, "east", job(team))
        until_seen(through_proxy, proxy, name)
    before = asked(proxy)
    for _ in range(20):
        assert [progress(through_proxy, name) for name in names] == ["starting"] * 5
    assert asked(proxy) == before
    assert proxy.count("GET", "/sparkapplications.*watch=true") == 1
    east.patch_status(path(team, names[2]), COMPLETED)
    wait_for(lambda: progress(through_proxy, names[2]) == "ended")
    assert names[2] in through_proxy.changes()


def test_young_ones_are_asked_for(through_proxy, proxy, team):
    wait_for(lambda: proxy.count("GET", "/sparkapplications.*watch=true") == 1)
    proxy.add(swallowed(".", times=-1))  # of the next watch on; this one is cut
    name = token()
    seen = through_proxy.create(name, "east", job(team))
    assert through_proxy.observe(name, "east", seen["native_id"])["progress"] == "starting"
    assert progress(through_proxy, name) == "starting"  # also by token alone, as after a restart


def test_unknown_ones_are_absent(on_east):
    assert progress(on_east, token()) == "absent"


def test_cut_streams_lose_nothing(make_backend, proxy, east, team, tmp_path):
    proxy.add(cut_watch(0), cut_watch(1), cut_watch(1), cut_watch(2))
    backend = make_backend({"name": "east", "kubeconfig": proxy.kubeconfig(tmp_path)})
    names = [token() for _ in range(6)]
    for name in names:
        backend.create(name, "east", job(team))
        east.patch_status(path(team, name), RUNNING)
        east.patch_status(path(team, name), COMPLETED)
    for name in names:
        wait_for(lambda name=name: progress(backend, name) == "ended", 40)


def test_expired_watch_lists_again_and_finds_the_difference(make_backend, proxy, east, team, tmp_path):
    backend = make_backend({"name": "east", "kubeconfig": proxy.kubeconfig(tmp_path)}, watch_seconds=3)
    kept, deleted, ended = token(), token(), token()
    for name in (kept, deleted, ended):
        backend.create(name, "east", job(team))
        until_seen(backend, proxy, name)
    # All that follows is unseen until the list: swallowed events, then 410.
    proxy.add(swallowed("MODIFIED|DELETED"), expired_watch())
    wait_for(lambda: proxy.rules[0].used == 1, 20)
    east.call("DELETE", path(team, deleted))
    east.patch_status(path(team, ended), COMPLETED)
    wait_for(lambda: progress(backend, ended) == "ended", 40)
    assert progress(backend, deleted) == "absent"
    assert progress(backend, kept) == "starting"


def test_real_expiry_of_a_version(make_backend, east, team):
    """The watch goes on over the server's own ends of it."""
    backend = make_backend({"name": "east", "kubeconfig": str(east.folder / "kubeconfig")}, watch_seconds=1)
    name = token()
    backend.create(name, "east", job(team))
    time.sleep(4)
    east.patch_status(path(team, name), COMPLETED)
    wait_for(lambda: progress(backend, name) == "ended", 10)


def test_slow_streams_arrive(make_backend, proxy, east, team, tmp_path):
    proxy.add(slow_watch(0.5, times=-1))
    backend = make_backend({"name": "east", "kubeconfig": proxy.kubeconfig(tmp_path)})
    name = token()
    backend.create(name, "east", job(team))
    east.patch_status(path(team, name), COMPLETED)
    wait_for(lambda: progress(backend, name) == "ended", 20)


def test_swallowed_events_are_found_by_the_next_list(make_backend, proxy, east, team, tmp_path):
    proxy.add(swallowed("COMPLETED", times=-1))
    backend = make_backend({"name": "east", "kubeconfig": proxy.kubeconfig(tmp_path)}, watch_seconds=1)
    name = token()
    backend.create(name, "east", job(team))
    until_seen(backend, proxy, name)
    east.patch_status(path(team, name), COMPLETED)
    wait_for(lambda: progress(backend, name) == "ended", 20)


def test_many_pages(make_backend, east, team):
    """A list of more than one page (500) is read whole before anything counts as gone."""
    first = make_backend({"name": "east", "kubeconfig": str(east.folder / "kubeconfig")}, instance=f"pages-{team}")
    names = [token() for _ in range(520)]
    for name in names:
        first.create(name, "east", job(team))
    second = make_backend({"name": "east", "kubeconfig": str(east.folder / "kubeconfig")}, instance=f"pages-{team}")
    wait_for(lambda: set(second.changes()) == set(names), 30, 2)
    assert progress(second, names[0]) == progress(second, names[-1]) == "starting"
    east.call("DELETE", f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications")


def test_lost_server_is_told_and_found_again(through_proxy, proxy, east, team):
    name = token()
    through_proxy.create(name, "east", job(team))
    until_seen(through_proxy, proxy, name)
    proxy.down = True
    cut = time.monotonic()

    def unavailable():
        try:
            through_proxy.observe(name, "east")
        except Refused as refusal:
            return refusal.kind == "Unavailable"
        return False

    wait_for(unavailable, 30)
    assert time.monotonic() - cut < 30
    east.patch_status(path(team, name), COMPLETED)
    proxy.down = False

    def ended():
        try:
            return progress(through_proxy, name) == "ended"
        except Refused:
            return False

    wait_for(ended, 40)


def test_end_outlives_the_object(on_east, east, team):
    name = token()
    native = on_east.create(name, "east", job(team))["native_id"]
    east.patch_status(path(team, name), COMPLETED)
    wait_for(lambda: progress(on_east, name) == "ended")
    east.call("DELETE", path(team, name))  # the operator's time to live
    time.sleep(1)
    assert on_east.observe(name, "east", native)["outcome"]["succeeded"]


def test_unknown_cluster_is_not_absence(on_east):
    with pytest.raises(Refused) as refusal:
        on_east.observe(token(), "north")
    assert refusal.value.kind == "Unavailable"
