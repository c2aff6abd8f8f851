"""Real Kubernetes control planes for the tests: built once from Go modules, started as processes on loopback.

The binaries lie in the user's cache, under the hash of the files that pin them; building them takes about ten minutes of two
cores, and the Go that does it is fetched like every other pinned archive.
"""

import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tools" / "setup"))

import environments  # noqa: E402
import fetch  # noqa: E402

MERGE_PATCH = "application/merge-patch+json"
KUBEFLOW = "sparkoperator.k8s.io/v1beta2"
APACHE = "spark.apache.org/v1"


def binaries() -> pathlib.Path:
    """The folder with bin/ and crds/, built first when it is not complete."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "modules").glob("*/go.*")):
        digest.update(path.read_bytes())
    target = environments.cache_root() / "kubernetes" / digest.hexdigest()[:16]
    if (target / "complete").exists():
        return target
    go = fetch.fetch_groups(["kubernetes"])["go"]
    with environments.lock("kubernetes"):
        if (target / "complete").exists():
            return target
        print("building Kubernetes (once; about ten minutes)", flush=True)
        scratch = environments.cache_root() / "go"
        variables = {
            **os.environ,
            "PATH": f"{go / 'bin'}:{os.environ['PATH']}",
            "GOROOT": str(go),
            "GOPATH": str(scratch),
            "GOCACHE": str(scratch / "build"),
            "GOTOOLCHAIN": "local",
            "GOENV": "off",
        }
        target.mkdir(parents=True, exist_ok=True)
        with open(target / "build.log", "w", encoding="utf-8") as log:
            subprocess.run(
                ["nice", "-n", "10", HERE / "build.sh", target],
                env=variables,
                check=True,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        # Gigabytes that only another version would need, and that would be others then.
        subprocess.run(["chmod", "-R", "u+w", scratch], check=True)
        shutil.rmtree(scratch)
        (target / "complete").touch()
    return target


@dataclasses.dataclass
class Answer:
    status: int
    body: object

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class ControlPlane:
    """One set of processes; `folder` holds kubeconfig, url, ca.crt, token and the logs."""

    def __init__(self, name: str, folder: pathlib.Path):
        self.name = name
        self.folder = folder
        self.url = (folder / "url").read_text().strip()
        self.token = (folder / "token").read_text().strip()

    def call(self, method: str, path: str, body=None, content_type: str = "application/json") -> Answer:
        url = urllib.parse.urlparse(self.url)
        tls = ssl.create_default_context(cafile=str(self.folder / "ca.crt"))
        connection = http.client.HTTPSConnection(url.hostname, url.port, context=tls, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {self.token}"}
            if body is not None:
                headers["Content-Type"] = content_type
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return Answer(answer.status, json.loads(text) if text.startswith(b"{") else text.decode())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def patch_status(self, path: str, status: dict) -> Answer:
        return self.call("PATCH", f"{path}/status", {"status": status}, MERGE_PATCH)

    def make_namespace(self, name: str) -> None:
        """Also lets the drivers of the namespace's default service account make executors."""
        created = self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        assert created.status in (201, 409), created
        role = {
            "metadata": {"name": "drivers"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
            "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": name}],
        }
        self.call("POST", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{name}/rolebindings", role)
        wait_for(lambda: self.get(f"/api/v1/namespaces/{name}/serviceaccounts/default").ok, 60)

    def applications(self, namespace: str, group: str = KUBEFLOW) -> list[dict]:
        return self.get(f"/apis/{group}/namespaces/{namespace}/sparkapplications").body["items"]

    def start_operator(self, spark_home: pathlib.Path, *namespaces: str) -> None:
        run("start_operator.sh", self.folder.parent, binaries(), self.name, spark_home, *namespaces)

    def stop(self) -> None:
        run("stop.sh", self.folder.parent, self.name)

    def signal(self, part: str, number: int) -> None:
        os.kill(int((self.folder / f"{part}.pid").read_text()), number)


def run(script: str, state: pathlib.Path, *arguments, **variables) -> str:
    environment = {**os.environ, "KUBE_STATE": str(state), "KUBE_OWNER": str(os.getpid()), **variables}
    result = subprocess.run(
        [HERE / script, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, f"{script}: {result.stdout}{result.stderr}"
    return result.stdout


@contextlib.contextmanager
def started(name: str, state: pathlib.Path, **variables):
    """A control plane for the duration; it also ends when this process does, however that ends."""
    run("start.sh", state, binaries(), name, **variables)
    plane = ControlPlane(name, state / name)
    try:
        yield plane
    finally:
        plane.stop()


def wait_for(holds, seconds: float = 30, period: float = 0.1):
    """What `holds` gives once it is true; fails when that takes longer."""
    end = time.monotonic() + seconds
    while True:
        if found := holds():
            return found
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(period)
