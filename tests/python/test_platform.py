"""The file of the platform team: that of the guide is taken, a wrong one is refused with its line."""

import re
import subprocess

from conftest import ROOT
from doors import open_doors

GUIDE = ROOT / "docs" / "guides" / "platform.md"


def sample() -> str:
    return re.search(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL).group(1)


def test_the_guides_file_starts_a_server(binary, tmp_path):
    path = tmp_path / "platform.yaml"
    path.write_text(sample())
    with open_doors(binary, tmp_path, "--platform", str(path)) as doors:
        assert doors.call("GET", "/readyz")[0] == 200


def test_a_wrong_field_stops_the_server_with_its_line(binary, tmp_path):
    path = tmp_path / "platform.yaml"
    path.write_text(sample().replace("grace: 30s", "grace: soon"))
    command = [binary, "serve", "--listen", "127.0.0.1:0", "--http", "off", "--control", "127.0.0.1:0"]
    done = subprocess.run(
        [*command, "--platform", path, "--warehouse", tmp_path / "warehouse"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    line = sample()[: sample().index("grace:")].count("\n") + 1
    assert f"line {line}: watch.grace: 'soon' is not a time" in done.stderr
