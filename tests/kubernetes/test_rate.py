"""How fast applications are created, against a bare client in the same run."""

import http.client
import json
import ssl
import time
import urllib.parse
import uuid

from backend import job
from conftest import cluster
from control_plane import KUBEFLOW

COUNT = 300


def bare_rate(plane, path: str, objects: list[dict]) -> float:
    url = urllib.parse.urlparse(plane.url)
    tls = ssl.create_default_context(cafile=str(plane.folder / "ca.crt"))
    connection = http.client.HTTPSConnection(url.hostname, url.port, context=tls, timeout=30)
    headers = {"Authorization": f"Bearer {plane.token}", "Content-Type": "application/json"}
    begun = time.monotonic()
    for body in objects:
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201
    took = time.monotonic() - begun
    connection.close()
    return len(objects) / took


def test_creation_is_as_fast_as_the_server(make_backend, east, team):
    backend = make_backend(cluster(east))
    path = f"/apis/{KUBEFLOW}/namespaces/spark-{team}/sparkapplications"
    token = f"run-{uuid.uuid4().hex[:12]}-1"
    backend.create(token, "east", job(team))
    made = east.get(f"{path}/hearth-{token}").body
    made.pop("status", None)
    metadata = {"annotations": made["metadata"]["annotations"]}
    objects = [{**made, "metadata": {**metadata, "name": f"bare-{number}"}} for number in range(COUNT)]
    bare = bare_rate(east, path, objects)
    tokens = [f"run-{uuid.uuid4().hex[:12]}-1" for _ in range(COUNT)]
    begun = time.monotonic()
    for token in tokens:
        backend.create(token, "east", job(team))
    ours = COUNT / (time.monotonic() - begun)
    print(f"bare client {bare:.0f}/s, backend {ours:.0f}/s")
    east.call("DELETE", path)
    assert ours >= 0.6 * bare
