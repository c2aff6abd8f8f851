"""A double of Apache's Spark operator: follows its state table, with pods that exist but are played, not run.

What an application's driver does is read from its sparkConf:

    spark.double.end          exit code that the driver ends with (default 0)
    spark.double.reason       reason of the container's end: "OOMKilled", "Error"
    spark.double.run          seconds that it runs; below 0: until it is deleted (default 0)
    spark.double.start        seconds until the driver runs; below 0: never
    spark.double.waiting      reason that the driver's container waits for while it does not start: "ImagePullBackOff"
    spark.double.executor     exit code of an executor that ends before the driver, "OOMKilled" when that is 137
    spark.double.cpu          what the driver asks for of the real scheduler, which finds no node
    spark.double.state        the failure that the operator sees instead: "SchedulingFailure", "DriverEvicted", …
    spark.double.command      a shell command that a process node really runs as the driver; its end is the driver's end
"""

import json
import threading
import time
import urllib.parse

from control_plane import APACHE, MERGE_PATCH, ControlPlane

FINALIZER = "sparkapplications.spark.apache.org/finalizer"
RETAINED = "TerminatedWithoutReleaseResources"
PATH = f"/apis/{APACHE}/sparkapplications"


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def ended_executor(end: dict) -> dict:
    """The status of an executor's pod whose container ended so."""
    container = {
        "name": "spark-kubernetes-executor",
        "image": "played",
        "imageID": "",
        "ready": False,
        "restartCount": 0,
        "state": {"terminated": end},
    }
    return {"phase": "Failed", "containerStatuses": [container]}


class Stopped(Exception):
    pass


class ApacheOperator:
    """Plays all applications of a control plane until it is closed."""

    def __init__(self, plane: ControlPlane):
        self.plane = plane
        self.stop = threading.Event()
        self.known: set[str] = set()
        self.deleted: dict[str, threading.Event] = {}
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.stop.set()
        self.thread.join(10)

    def watch(self) -> None:
        while not self.stop.is_set():
            try:
                for application in self.plane.get(PATH).body["items"]:
                    self.take(application)
            except (OSError, ValueError, KeyError, TypeError):
                pass  # the control plane is down: a test may want that
            self.stop.wait(0.1)

    def take(self, application: dict) -> None:
        metadata = application["metadata"]
        gone = self.deleted.setdefault(metadata["uid"], threading.Event())
        if "deletionTimestamp" in metadata:
            if not gone.is_set():
                gone.set()
                threading.Thread(target=self.clean_up, args=(application,), daemon=True).start()
            return
        if metadata["uid"] not in self.known:
            self.known.add(metadata["uid"])
            threading.Thread(target=Play(self, application, gone).run, daemon=True).start()

    def clean_up(self, application: dict) -> None:
        metadata = application["metadata"]
        selector = urllib.parse.quote(f"spark.operator/name={metadata['name']}")
        pods = f"/api/v1/namespaces/{metadata['namespace']}/pods"
        for pod in self.plane.get(f"{pods}?labelSelector={selector}").body["items"]:
            self.plane.call("DELETE", f"{pods}/{pod['metadata']['name']}")
        while self.plane.get(f"{pods}?labelSelector={selector}").body["items"]:
            time.sleep(0.1)
        path = f"/apis/{APACHE}/namespaces/{metadata['namespace']}/sparkapplications/{metadata['name']}"
        while True:  # others take theirs away at the same time
            answer = self.plane.get(path)
            if not answer.ok or FINALIZER not in answer.body["metadata"].get("finalizers", []):
                return
            current = answer.body["metadata"]
            rest = [name for name in current["finalizers"] if name != FINALIZER]
            change = {"finalizers": rest or None, "resourceVersion": current["resourceVersion"]}
            self.plane.call("PATCH", path, {"metadata": change}, MERGE_PATCH)


class Play:
    """The life of one application."""

    def __init__(self, operator: ApacheOperator, application: dict, gone: threading.Event):
        self.plane = operator.plane
        self.gone = gone
        self.spec = application["spec"]
        self.conf = self.spec.get("sparkConf", {})
        self.name = application["metadata"]["name"]
        self.uid = application["metadata"]["uid"]
        namespace = application["metadata"]["namespace"]
        self.path = f"/apis/{APACHE}/namespaces/{namespace}/sparkapplications/{self.name}"
        self.pods = f"/api/v1/namespaces/{namespace}/pods"
        self.driver = f"{self.name}-0-driver"
        self.history: dict[str, dict] = {}
        self.status: dict | None = None

    def wait(self, seconds: float) -> None:
        if self.gone.wait(None if seconds < 0 else seconds):
            raise Stopped

    def run(self) -> None:
        try:
            self.plane.call("PATCH", self.path, {"metadata": {"finalizers": [FINALIZER]}}, MERGE_PATCH)
            self.enter("Submitted")
            is_refused = self.conf.get("spark.double.state") == "SchedulingFailure"
            refusal = 'pods "x" is forbidden: exceeded quota' if is_refused else self.make_driver()
            if refusal:
                self.enter("SchedulingFailure", refusal)
            else:
                self.play_driver()
            retains = self.spec.get("applicationTolerations", {}).get("resourceRetainPolicy", "Never")
            self.enter(RETAINED if retains == "Always" else "ResourceReleased")
        except (Stopped, ConnectionRefusedError):  # the latter: the control plane has ended
            pass

    def play_driver(self) -> None:
        self.enter("DriverRequested")
        if "spark.double.command" in self.conf:
            self.follow_driver()
            return
        start = float(self.conf.get("spark.double.start", 0))
        if waiting := self.conf.get("spark.double.waiting"):
            self.play_pod("Pending", {"waiting": {"reason": waiting, "message": f"it is {waiting}"}})
        self.wait(start)
        self.play_pod("Running", {"running": {"startedAt": now()}})
        for state in ("DriverStarted", "DriverReady", "RunningHealthy"):
            self.enter(state)
        self.wait(float(self.conf.get("spark.double.run", 0)))
        if executor := int(self.conf.get("spark.double.executor", 0)):
            self.play_executor(executor)
        code = int(self.conf.get("spark.double.end", 0))
        reason = self.conf.get("spark.double.reason", "Error" if code else "Completed")
        end = {"exitCode": code, "reason": reason, "startedAt": now(), "finishedAt": now()}
        self.play_pod("Failed" if code else "Succeeded", {"terminated": end})
        self.enter(self.conf.get("spark.double.state") or ("Failed" if code else "Succeeded"))

    def follow_driver(self) -> None:
        self.until("Running", "Succeeded", "Failed")
        for state in ("DriverStarted", "DriverReady", "RunningHealthy"):
            self.enter(state)
        self.enter(self.until("Succeeded", "Failed"))

    def until(self, *phases: str) -> str:
        """The driver's phase, once it is one of these; "Failed" also when somebody has removed the pod."""
        while True:
            answer = self.plane.get(f"{self.pods}/{self.driver}")
            if answer.status == 404:
                return "Failed"
            self.status = answer.body.get("status") if answer.ok else self.status
            if answer.ok and self.status["phase"] in phases:
                return self.status["phase"]
            self.wait(0.1)

    def make_driver(self) -> str:
        """Empty, or what the API server says against it."""
        pod = self.pod("driver", self.driver)
        if command := self.conf.get("spark.double.command"):
            pod["spec"] |= {"nodeName": "process-node", "automountServiceAccountToken": False}
            pod["spec"]["containers"][0]["command"] = ["/bin/sh", "-c", command]
        if cpu := self.conf.get("spark.double.cpu"):
            pod["spec"]["schedulerName"] = "default-scheduler"
            pod["spec"]["containers"][0]["resources"] = {"requests": {"cpu": cpu}}
        answer = self.plane.call("POST", self.pods, pod)
        return "" if answer.status in (201, 409) else answer.body["message"]

    def pod(self, role: str, name: str) -> dict:
        owner = {
            "apiVersion": APACHE,
            "kind": "SparkApplication",
            "name": self.name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }
        return {
            "metadata": {
                "name": name,
                "labels": {**self.of_role(role, "label"), "spark-role": role, "spark.operator/name": self.name},
                "annotations": self.of_role(role, "annotation"),
                "ownerReferences": [owner],
            },
            "spec": {
                "schedulerName": "nobody",  # no node shall take it: this class plays its status
                "restartPolicy": "Never",
                "containers": [{"name": f"spark-kubernetes-{role}", "image": "played"}],
            },
        }

    def of_role(self, role: str, kind: str) -> dict[str, str]:
        prefix = f"spark.kubernetes.{role}.{kind}."
        return {key.removeprefix(prefix): value for key, value in self.conf.items() if key.startswith(prefix)}

    def play_executor(self, code: int) -> None:
        name = f"{self.name}-exec-1"
        self.plane.call("POST", self.pods, self.pod("executor", name))
        reason = "OOMKilled" if code == 137 else "Error"
        end = {"exitCode": code, "reason": reason, "startedAt": now(), "finishedAt": now()}
        status = ended_executor(end)
        self.plane.patch_status(f"{self.pods}/{name}", status)

    def play_pod(self, phase: str, state: dict) -> None:
        container = {
            "name": "spark-kubernetes-driver",
            "image": "played",
            "imageID": "",
            "ready": "running" in state,
            "restartCount": 0,
            "state": state,
        }
        self.status = {"phase": phase, "containerStatuses": [container]}
        if self.conf.get("spark.double.state") == "DriverEvicted" and phase == "Failed":
            self.status |= {"reason": "Evicted", "message": "The node was low on resource: memory."}
        self.plane.patch_status(f"{self.pods}/{self.driver}", self.status)

    def enter(self, state: str, message: str = "") -> None:
        if self.gone.is_set():
            raise Stopped
        current = {"currentStateSummary": state, "lastTransitionTime": now(), "message": message}
        if self.status:
            current["lastObservedDriverStatus"] = json.loads(json.dumps(self.status))
        self.history[str(len(self.history))] = current
        attempt = {"attemptInfo": {"id": 0}, "stateTransitionHistory": self.history}
        self.plane.patch_status(
            self.path,
            {"currentState": current, "stateTransitionHistory": self.history, "currentAttemptSummary": attempt},
        )
