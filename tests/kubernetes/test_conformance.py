"""The suite that every backend passes, on a real API server with Apache's operator played and real processes as drivers."""

import json
import os
import pathlib
import subprocess
import xml.etree.ElementTree

from conftest import cluster
from control_plane import ROOT


def test_every_rule(apache, process_node, east, team, tmp_path):
    settings = tmp_path / "clusters.yaml"
    document = {"instance": f"conformance-{team}", "probe_seconds": 0.5, "clusters": [cluster(east, schema="apache")]}
    settings.write_text(json.dumps({"kubernetes": document}), encoding="utf-8")
    binary = os.environ.get("HEARTH_BINARY")
    tree = pathlib.Path(binary).parents[1] if binary else ROOT / "build" / "dev"
    report = tmp_path / "report.xml"
    result = subprocess.run(
        [
            tree / "src" / "runner" / "backends" / "kubernetes" / "runner_kubernetes_test",
            "--gtest_filter=KubernetesConformance.*",
            f"--gtest_output=xml:{report}",
        ],
        env={**os.environ, "HEARTH_KUBERNETES_SETTINGS": str(settings), "HEARTH_KUBERNETES_TEAM": team},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-5000:]
    cases = list(xml.etree.ElementTree.parse(report).getroot().iter("testcase"))
    assert len(cases) >= 9
    assert all(case.get("result") == "completed" for case in cases)
