#!/usr/bin/env python3
"""A node whose pods are processes of this machine: for tests of Spark on Kubernetes without containers.

    process_node.py SET_DIRECTORY --spark-home DIR [--node NAME] [--cpu N] [--memory 16Gi]

Registers a node in the control plane of start.sh and runs what the scheduler binds to it:
- A container without `command` is taken for a Spark image: `driver ...` and `executor` run what that
  image's entrypoint would, from --spark-home. Any other container runs its command and args.
- A pod gets a loopback address of its own (127.N.x.y), so the fixed ports of drivers do not meet;
  N is the first that no other such node on this machine has.
- emptyDir, configMap, secret, downwardAPI and projected volumes (with a real service account token)
  become directories; their mount paths, /opt/spark and the names SERVICE.NAMESPACE.svc are replaced
  in arguments, environment and configuration files. There is no isolation of any kind.
- `GET .../pods/NAME/log` works, with follow.
Left out: restart policies, probes, exec and port-forward, images, limits, init containers' resources.
SET_DIRECTORY is $KUBE_STATE/NAME. Only Python's standard library is used. Ends on SIGTERM.
"""

import argparse
import base64
import datetime
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socketserver
import ssl
import subprocess
import threading
import time
import urllib.parse

KUBELET_PORT = 10250
LOG_TIMEOUT_S = 600
MOUNT_TIMEOUT_S = 60
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("set_directory", type=pathlib.Path)
parser.add_argument("--spark-home", required=True, help="has bin/spark-submit and jars")
parser.add_argument("--node", default="process-node")
parser.add_argument("--cpu", default="16")
parser.add_argument("--memory", default="32Gi")
options = parser.parse_args()

SET = options.set_directory.resolve()
URL = (SET / "url").read_text().strip()
ROOT = SET / options.node
TLS = ssl.create_default_context(cafile=str(SET / "ca.crt"))
TLS.load_cert_chain(SET / "admin.crt", SET / "admin.key")
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"  # as kubelets do: conditions of others stay
ADDRESS = ""  # of this node; main() sets it
pods = {}  # uid -> Pod


def now():
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def connect(timeout):
    url = urllib.parse.urlparse(URL)
    return http.client.HTTPSConnection(url.hostname, url.port, context=TLS, timeout=timeout)


def api(method, path, body=None, content_type="application/json"):
    connection = connect(30)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Pod:
    """One pod of this node, from its binding to its deletion."""

    next_address = 1

    def __init__(self, pod):
        self.spec, self.meta = pod["spec"], pod["metadata"]
        self.namespace, self.name, self.uid = (self.meta[k] for k in ("namespace", "name", "uid"))
        self.path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"
        self.dir = ROOT / self.uid
        n, Pod.next_address = Pod.next_address, Pod.next_address + 1
        self.ip = f"{ADDRESS.rsplit('.', 2)[0]}.{n // 250 + 1}.{n % 250 + 1}"
        self.mounts = []  # (path in the container, directory here), longest path first
        self.processes, self.states, self.deleted = {}, {}, threading.Event()
        self.killing_at = float("inf")
        self.started = now()
        threading.Thread(target=self.run, daemon=True).start()

    # --- status
    def report(self, phase, reason=None, message=None):
        running = phase == "Running"
        status = {
            "phase": phase,
            "reason": reason,
            "message": message,
            "startTime": self.started,
            "hostIP": ADDRESS,
            "podIP": self.ip,
            "podIPs": [{"ip": self.ip}],
            "conditions": [
                {"type": t, "status": str(running or t in ("PodScheduled", "Initialized")), "lastTransitionTime": now()}
                for t in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
            ],
            "containerStatuses": [
                {
                    "name": c["name"],
                    "image": c.get("image", ""),
                    "imageID": "process",
                    "restartCount": 0,
                    "containerID": f"process://{self.uid}/{c['name']}",
                    "started": "running" in self.states.get(c["name"], {}),
                    "ready": "running" in self.states.get(c["name"], {}),
                    "state": self.states.get(c["name"], {"waiting": {"reason": "ContainerCreating"}}),
                }
                for c in self.spec["containers"]
            ],
        }
        for _ in range(5):
            change = {"metadata": {"uid": self.uid}, "status": status}
            code, answer = api("PATCH", f"{self.path}/status", change, STRATEGIC)
            if code < 500 and code != 429:
                if code not in (200, 404, 409):
                    print(f"{self.name}: status {phase}: {code} {answer.get('message')}", flush=True)
                return
            time.sleep(1)

    # --- what containers see
    def field(self, path):
        if path == "status.podIP" or path == "status.podIPs":
            return self.ip
        if path in ("spec.nodeName", "spec.serviceAccountName"):
            return self.spec[path.split(".")[1]]
        if path == "status.hostIP":
            return ADDRESS
        keyed = re.fullmatch(r"metadata\.(labels|annotations)\['(.*)'\]", path)
        if keyed:
            return self.meta.get(keyed[1], {}).get(keyed[2], "")
        value = self.meta.get(path.split(".")[1], "")
        return value if isinstance(value, str) else "\n".join(f'{k}="{v}"' for k, v in sorted(value.items()))

    def content(self, kind, name, optional=False):
        code, found = api("GET", f"/api/v1/namespaces/{self.namespace}/{kind}/{name}")
        if code != 200:
            if optional:
                return {}
            raise LookupError(f"{kind} {name}: {found.get('message')}")
        data = {k: v.encode() for k, v in (found.get("data") or {}).items()} if kind == "configmaps" else {}
        for k, v in ((found.get("data") if kind == "secrets" else found.get("binaryData")) or {}).items():
            data[k] = base64.b64decode(v)
        return data

    def files(self, source):
        """The files of one volume source: {relative path: bytes}."""
        if "projected" in source:
            return {k: v for s in source["projected"].get("sources", []) for k, v in self.files(s).items()}
        if "serviceAccountToken" in source:
            want = source["serviceAccountToken"]
            _, token = api(
                "POST",
                f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{self.spec['serviceAccountName']}/token",
                {
                    "spec": {
                        "audiences": [want["audience"]] if "audience" in want else [],
                        "expirationSeconds": want.get("expirationSeconds", 3607),
                        "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": self.name, "uid": self.uid},
                    }
                },
            )
            return {want["path"]: token["status"]["token"].encode()}
        if "downwardAPI" in source:
            return {i["path"]: self.field(i["fieldRef"]["fieldPath"]).encode() for i in source["downwardAPI"]["items"]}
        for key, kind in (("configMap", "configmaps"), ("secret", "secrets")):
            if key in source:
                s = source[key]
                data = self.content(kind, s.get("name") or s.get("secretName"), s.get("optional"))
                return {i["path"]: data[i["key"]] for i in s["items"] if i["key"] in data} if s.get("items") else data
        if "emptyDir" in source:
            return {}
        raise LookupError(
            f"volume {source.get('name')}: this node has only emptyDir, configMap, secret, downwardAPI and projected"
        )

    def here(self, text):
        """`text` with the container's paths and the cluster's names replaced by those of this machine."""
        text = text.replace("https://kubernetes.default.svc", URL)
        for path, directory in self.mounts:
            text = re.sub(rf"(?<![\w.-]){re.escape(path)}(?![\w.-])", str(directory), text)
        text = re.sub(r"(?<![\w.-])/opt/spark(?![\w.-])", options.spark_home, text)
        return re.sub(r"\b([a-z0-9][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(\.cluster\.local)?\b", self.resolve, text)

    def resolve(self, match):
        code, service = api("GET", f"/api/v1/namespaces/{match[2]}/services/{match[1]}")
        selector = code == 200 and service["spec"].get("selector")
        if selector:
            labels = urllib.parse.quote(",".join(f"{k}={v}" for k, v in selector.items()))
            _, found = api("GET", f"/api/v1/namespaces/{match[2]}/pods?labelSelector={labels}")
            addresses = [p["status"]["podIP"] for p in found["items"] if p.get("status", {}).get("podIP")]
            if addresses:
                return addresses[0]
        return match[0]

    def prepare(self):
        """Makes the volumes. Spark creates what a driver mounts after the driver itself, so what is missing is awaited."""
        for volume in self.spec.get("volumes", []):
            directory = self.dir / "volumes" / volume["name"]
            directory.mkdir(parents=True)
            for container in self.spec["containers"] + self.spec.get("initContainers", []):
                for mount in container.get("volumeMounts", []):
                    if mount["name"] == volume["name"]:
                        self.mounts.append((mount["mountPath"].rstrip("/"), directory / mount.get("subPath", "")))
        self.mounts = sorted(set(self.mounts), key=lambda m: -len(m[0]))
        for volume in self.spec.get("volumes", []):
            end = time.monotonic() + MOUNT_TIMEOUT_S
            while True:
                try:
                    files = self.files(volume)
                    break
                except LookupError:
                    if time.monotonic() > end or self.deleted.is_set():
                        raise
                    time.sleep(0.5)
            for path, data in files.items():
                target = self.dir / "volumes" / volume["name"] / path
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    data = self.here(data.decode()).encode()
                except UnicodeDecodeError:
                    pass
                target.write_bytes(data)

    def environment(self, container):
        env = {
            k: v
            for k, v in os.environ.items()
            if k in ("PATH", "HOME", "LANG", "JAVA_HOME", "TMPDIR", "PYSPARK_PYTHON")
        }
        url = urllib.parse.urlparse(URL)
        env |= {
            "KUBERNETES_SERVICE_HOST": url.hostname,
            "KUBERNETES_SERVICE_PORT": str(url.port),
            "HOSTNAME": self.name,
            "SPARK_HOME": options.spark_home,
            "SPARK_LOCAL_IP": self.ip,
        }
        for source in container.get("envFrom", []):
            for key, kind in (("configMapRef", "configmaps"), ("secretRef", "secrets")):
                if key in source:
                    data = self.content(kind, source[key]["name"], source[key].get("optional"))
                    env |= {source.get("prefix", "") + k: v.decode() for k, v in data.items()}
        for item in container.get("env", []):
            source = item.get("valueFrom", {})
            value = item.get("value", "")
            if "fieldRef" in source:
                value = self.field(source["fieldRef"]["fieldPath"])
            for key, kind in (("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")):
                if key in source:
                    value = (
                        self.content(kind, source[key]["name"], source[key].get("optional"))
                        .get(source[key]["key"], b"")
                        .decode()
                    )
            env[item["name"]] = self.here(expand(value, env))
        return env

    def command(self, container, env):
        args = [self.here(expand(a, env)) for a in container.get("args", [])]
        if container.get("command"):
            return [self.here(expand(a, env)) for a in container["command"]] + args
        if args[:1] == ["driver"]:
            account = next((d for p, d in self.mounts if p == "/var/run/secrets/kubernetes.io/serviceaccount"), None)
            conf = [
                f"spark.driver.bindAddress={env['SPARK_DRIVER_BIND_ADDRESS']}",
                f"spark.kubernetes.driver.master={URL}",
            ]
            if account:
                mounted = "spark.kubernetes.authenticate.driver.mounted"
                conf += [f"{mounted}.oauthTokenFile={account}/token", f"{mounted}.caCertFile={account}/ca.crt"]
            submit = [f"{options.spark_home}/bin/spark-submit", "--deploy-mode", "client"]
            return submit + [a for c in conf for a in ("--conf", c)] + args[1:]
        if args[:1] == ["executor"]:
            java = os.path.join(env["JAVA_HOME"], "bin", "java") if env.get("JAVA_HOME") else "java"
            numbered = sorted((int(k[15:]), v) for k, v in env.items() if re.fullmatch(r"SPARK_JAVA_OPT_\d+", k))
            memory, e = env["SPARK_EXECUTOR_MEMORY"], env
            return [
                java,
                *(v for _, v in numbered),
                f"-Xms{memory}",
                f"-Xmx{memory}",
                "-cp",
                ":".join(
                    filter(
                        None, (e.get("SPARK_CONF_DIR"), f"{options.spark_home}/jars/*", e.get("SPARK_EXTRA_CLASSPATH"))
                    )
                ),
                "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend",
                "--driver-url",
                e["SPARK_DRIVER_URL"],
                "--executor-id",
                e["SPARK_EXECUTOR_ID"],
                "--cores",
                e["SPARK_EXECUTOR_CORES"],
                "--app-id",
                e["SPARK_APPLICATION_ID"],
                "--hostname",
                e["SPARK_EXECUTOR_POD_IP"],
                "--resourceProfileId",
                e["SPARK_RESOURCE_PROFILE_ID"],
                "--podName",
                e["SPARK_EXECUTOR_POD_NAME"],
            ]
        raise LookupError(f"container {container['name']} names no command and is no Spark driver or executor")

    def launch(self, container):
        env = self.environment(container)
        command = self.command(container, env)
        directory = self.dir / container["name"]
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "command.json").write_text(json.dumps({"command": command, "env": env}, indent=1))
        with open(self.log(container["name"]), "wb") as log:
            process = subprocess.Popen(
                command,
                env=env,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes[container["name"]] = process
        self.states[container["name"]] = {"running": {"startedAt": now()}}
        return process

    def log(self, container):
        return self.dir / f"{container}.log"

    # --- life
    def run(self):
        try:
            self.dir.mkdir(parents=True)
            self.report("Pending")
            self.prepare()
            for container in self.spec.get("initContainers", []):
                if self.launch(container).wait():
                    raise RuntimeError(f"init container {container['name']} failed")
            if self.deleted.is_set():
                return
            waiting = {c["name"]: self.launch(c) for c in self.spec["containers"]}
            self.report("Running")
            codes = {}
            while waiting:
                for name, process in list(waiting.items()):
                    if process.poll() is not None:
                        del waiting[name]
                        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
                        codes[name] = code
                        self.states[name] = {
                            "terminated": {
                                "exitCode": code,
                                "reason": "Error" if code else "Completed",
                                "finishedAt": now(),
                                "startedAt": self.states[name]["running"]["startedAt"],
                            }
                        }
                        if waiting:
                            self.report("Running")
                time.sleep(0.1)
            self.report("Failed" if any(codes.values()) else "Succeeded")
        except Exception as e:  # what a kubelet reports as CreateContainerError
            print(f"{self.namespace}/{self.name}: {e!r}", flush=True)
            self.report("Failed", "CreateContainerError", str(e))

    def delete(self, grace):
        """Asked again, a shorter grace counts."""
        self.killing_at = min(self.killing_at, time.monotonic() + grace)
        if self.deleted.is_set():
            return
        self.deleted.set()
        threading.Thread(target=self.end, args=(True,), daemon=True).start()

    def end(self, remove):
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in self.processes.values():
                if process.poll() is None:
                    os.killpg(process.pid, number)
            limit = self.killing_at if number == signal.SIGTERM else time.monotonic() + 5
            while time.monotonic() < limit and any(p.poll() is None for p in self.processes.values()):
                time.sleep(0.05)
                limit = min(limit, self.killing_at) if number == signal.SIGTERM else limit
        if remove:
            time.sleep(0.3)  # lets run() report how the containers ended
            api("DELETE", self.path, {"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}})


def expand(text, env):
    return re.sub(r"\$\(([A-Za-z_][\w.-]*)\)", lambda m: env.get(m[1], m[0]), text)


class Logs(http.server.BaseHTTPRequestHandler):
    """The kubelet's /containerLogs/NAMESPACE/POD/CONTAINER, which the API server asks for pods/log."""

    protocol_version = "HTTP/1.0"

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        parts = url.path.strip("/").split("/")
        query = dict(urllib.parse.parse_qsl(url.query))
        found = [p for p in pods.values() if parts[:1] == ["containerLogs"] and [p.namespace, p.name] == parts[1:3]]
        if not found or not found[-1].log(parts[3]).exists():
            self.send_error(404)
            return
        pod = found[-1]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        end = time.monotonic() + LOG_TIMEOUT_S
        with open(pod.log(parts[3]), "rb") as log:
            if "tailLines" in query:
                log.seek(sum(len(line) + 1 for line in log.read().split(b"\n")[: -int(query["tailLines"]) - 1]))
            while True:
                over = pod.processes[parts[3]].poll() is not None
                shutil.copyfileobj(log, self.wfile)
                if over or query.get("follow") != "true" or time.monotonic() > end:
                    return
                time.sleep(0.1)

    def log_message(self, *_):
        pass


class LogServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


def register():
    resources = {"cpu": options.cpu, "memory": options.memory, "pods": "500", "ephemeral-storage": "100Gi"}
    api(
        "POST",
        "/api/v1/nodes",
        {
            "metadata": {
                "name": options.node,
                "labels": {
                    "kubernetes.io/hostname": options.node,
                    "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64",
                },
            }
        },
    )
    lease = {"metadata": {"name": options.node}, "spec": {"holderIdentity": options.node, "leaseDurationSeconds": 40}}
    leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
    while True:
        try:
            api(
                "PATCH",
                f"/api/v1/nodes/{options.node}/status",
                {
                    "status": {
                        "capacity": resources,
                        "allocatable": resources,
                        "addresses": [
                            {"type": "InternalIP", "address": ADDRESS}
                        ],  # a Hostname would be preferred, and looked up
                        "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET_PORT}},
                        "nodeInfo": {"kubeletVersion": "process", "operatingSystem": "linux", "architecture": "amd64"},
                        "conditions": [
                            {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": now()}
                        ],
                    }
                },
                MERGE,
            )
            lease["spec"]["renewTime"] = now()
            if api("PATCH", f"{leases}/{options.node}", lease, MERGE)[0] == 404:
                api("POST", leases, lease)
        except OSError as e:
            print(f"heartbeat: {e}", flush=True)
        time.sleep(10)


def watch():
    path = f"/api/v1/pods?fieldSelector=spec.nodeName={options.node}"
    while True:
        try:
            _, listed = api("GET", path)
            gone = set(pods) - {p["metadata"]["uid"] for p in listed["items"]}
            events = [("DELETED", {"metadata": {"uid": u}}) for u in gone] + [("MODIFIED", p) for p in listed["items"]]
            for event in events:
                handle(*event)
            connection = connect(330)
            connection.request(
                "GET", f"{path}&watch=true&timeoutSeconds=300&resourceVersion={listed['metadata']['resourceVersion']}"
            )
            for line in connection.getresponse():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    break
                handle(event["type"], event["object"])
            connection.close()
        except (OSError, http.client.HTTPException, ValueError, KeyError) as e:
            print(f"watch: {e!r}", flush=True)
            time.sleep(1)


def handle(kind, pod):
    uid = pod["metadata"]["uid"]
    if kind == "DELETED":
        if uid in pods:
            pods[uid].delete(1)
        return
    if uid not in pods and pod.get("status", {}).get("phase", "Pending") == "Pending":
        pods[uid] = Pod(pod)
    if "deletionTimestamp" in pod["metadata"]:
        if uid in pods:
            pods[uid].delete(pod["metadata"].get("deletionGracePeriodSeconds", 30))
        else:  # of an earlier run of this node
            api(
                "DELETE",
                f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}",
                {"gracePeriodSeconds": 0},
            )


def stop(*_):
    for pod in list(pods.values()):
        pod.killing_at = time.monotonic() + 2
        pod.end(False)
    os._exit(0)


def serve_logs():
    """Serves logs at 127.N.0.1, N the first that is free; returns that address. The port is the claim on N."""
    for n in range(1, 255):
        try:
            server = LogServer((f"127.{n}.0.1", KUBELET_PORT), Logs)
            break
        except OSError:
            if n == 254:
                raise
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SET / "server.crt", SET / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[0]


def main():
    global ADDRESS
    ROOT.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ADDRESS = serve_logs()
    threading.Thread(target=register, daemon=True).start()
    watch()


if __name__ == "__main__":
    os.chdir(SET)
    (SET / f"{options.node}.pid").write_text(str(os.getpid()))
    main()
