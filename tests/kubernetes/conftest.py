"""What the tests on real API servers share: two control planes and a backend that knows both."""

import json
import os
import pathlib
import subprocess
import sys
import uuid

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from apache_operator import ApacheOperator  # noqa: E402
from backend import Backend  # noqa: E402
from control_plane import APACHE, ROOT, started, wait_for  # noqa: E402
from fault_proxy import FaultProxy  # noqa: E402
from place import SUBMIT, Place  # noqa: E402


@pytest.fixture(scope="session")
def east(tmp_path_factory):
    with started("east", tmp_path_factory.mktemp("planes")) as plane:
        yield plane


@pytest.fixture(scope="session")
def west(tmp_path_factory):
    with started("west", tmp_path_factory.mktemp("planes")) as plane:
        yield plane


@pytest.fixture(scope="session")
def spark_home() -> pathlib.Path:
    """A full Spark: that of the judge."""
    sys.path.insert(0, str(ROOT / "tools" / "judge"))
    import environment as judge

    judge.ensure_judge()
    return judge.spark_home()


@pytest.fixture(scope="session")
def process_node(east, spark_home):
    """A node in the east that runs pods as processes."""
    python = spark_home.parents[3] / "bin" / "python"
    with open(east.folder / "process-node.log", "wb") as log:
        node = subprocess.Popen(
            [sys.executable, HERE / "process_node.py", east.folder, "--spark-home", spark_home],
            env={**os.environ, "PYSPARK_PYTHON": str(python)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    wait_for(lambda: east.get("/api/v1/nodes/process-node").ok, 30)
    yield node
    node.terminate()
    node.wait(30)


@pytest.fixture
def team(east) -> str:
    """A team of this test's own; its namespace in the east is spark-TEAM."""
    name = f"t{uuid.uuid4().hex[:8]}"
    east.make_namespace(f"spark-{name}")
    return name


@pytest.fixture
def proxy(east):
    proxy = FaultProxy(east)
    yield proxy
    proxy.close()


@pytest.fixture
def apache(east):
    operator = ApacheOperator(east)
    yield operator
    operator.close()


@pytest.fixture
def make_backend(tmp_path):
    """Makes backends that end with the test; each sees only what it made itself."""
    made = []

    def make(*clusters: dict, **settings) -> Backend:
        settings = {"instance": f"i{uuid.uuid4().hex[:8]}", "request_seconds": 4, "probe_seconds": 0.5, **settings}
        backend = Backend({**settings, "clusters": list(clusters)}, tmp_path / f"backend-{len(made)}")
        made.append(backend)
        return backend

    yield make
    for backend in made:
        if backend.process.poll() is None:
            assert backend.close() == 0


def cluster(plane, kubeconfig: str | None = None, **settings) -> dict:
    return {"name": plane.name, "kubeconfig": kubeconfig or str(plane.folder / "kubeconfig"), **settings}


@pytest.fixture
def on_east(make_backend, east) -> Backend:
    return make_backend(cluster(east))


@pytest.fixture
def through_proxy(make_backend, proxy, tmp_path) -> Backend:
    return make_backend(cluster(proxy.plane, proxy.kubeconfig(tmp_path)))


@pytest.fixture
def binary() -> pathlib.Path:
    return pathlib.Path(os.environ.get("HEARTH_BINARY") or ROOT / "build" / "dev" / "bin" / "hearth")


@pytest.fixture
def local(binary, tmp_path):
    submit = tmp_path / "spark" / "bin" / "spark-submit"
    submit.parent.mkdir(parents=True)
    submit.write_text(SUBMIT)
    submit.chmod(0o755)
    attempts = tmp_path / "jobs" / "local"
    count = lambda: len(list(attempts.iterdir())) if attempts.exists() else 0  # noqa: E731
    return Place("local", tmp_path, binary, "data", ["--spark-home", str(submit.parents[1])], count)


@pytest.fixture
def kubernetes(binary, east, apache, process_node, team, tmp_path):
    settings = {"instance": f"scenario-{team}", "probe_seconds": 0.5, "clusters": [cluster(east, schema="apache")]}
    (tmp_path / "clusters.yaml").write_text(json.dumps({"kubernetes": settings}))
    count = lambda: len(east.applications(f"spark-{team}", APACHE))  # noqa: E731
    more = {"kubernetes": {"clusters": str(tmp_path / "clusters.yaml")}}
    return Place("kubernetes", tmp_path, binary, team, [], count, more)


@pytest.fixture(params=["local", "kubernetes"])
def place(request) -> Place:
    return request.getfixturevalue(request.param)
