"""`hearth manifest`: what it prints, its exit codes, the published schema, and every command of the guide."""

import json
import re
import shlex
import subprocess
import sys

import jsonschema
import pytest
import yaml
from conftest import ROOT

CASES = ROOT / "tests" / "manifest"
GUIDE = ROOT / "docs" / "guides" / "manifests.md"
RIGHT = ["daily_orders", "old_spellings", "cluster"]


@pytest.fixture
def hearth(binary):
    def run(*arguments: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(binary), "manifest", *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
        )

    return run


@pytest.fixture(scope="module")
def schema(binary):
    done = subprocess.run([str(binary), "manifest", "schema"], capture_output=True, text=True, timeout=60, check=True)
    schema = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class TextDates(yaml.SafeLoader):
    """Dates stay text, as JSON has them."""


TextDates.yaml_implicit_resolvers = {
    letter: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(text: str) -> list[dict]:
    return list(yaml.load_all(text, TextDates))  # noqa: S506 - a safe loader


@pytest.mark.parametrize("name", RIGHT)
def test_right_manifests_have_no_findings(hearth, name):
    done = hearth("lint", CASES / f"{name}.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_finding_is_one_line_and_the_exit_code_says_so(hearth):
    done = hearth("lint", "everything_wrong.yaml", "daily_orders.yaml", "not_yaml.yaml", cwd=CASES)
    assert done.returncode == 1
    assert done.stdout == (CASES / "everything_wrong.errors").read_text() + (CASES / "not_yaml.errors").read_text()


def test_findings_as_json(hearth):
    done = hearth("lint", "steps_wrong.yaml", "--output", "json", cwd=CASES)
    answer = json.loads(done.stdout)
    assert done.returncode == 1 and answer["valid"] is False
    assert {
        "file": "steps_wrong.yaml",
        "line": 15,
        "path": "spec.coreEtl.jobSpec.transformations[1].type",
        "value": "python",
        "expected": "expected sql",
    } in answer["errors"]
    assert json.loads(hearth("lint", CASES / "cluster.yaml", "-o", "json").stdout) == {"valid": True, "errors": []}


def test_lint_for_one_environment(hearth):
    assert hearth("lint", CASES / "daily_orders.yaml", "-e", "staging").returncode == 0
    done = hearth("lint", "daily_orders.yaml", "-e", "stagin", cwd=CASES)
    assert done.returncode == 1 and "did you mean staging?" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lint", "/no/such/file"], "/no/such/file: the file cannot be read"),
        (["diff", "daily_orders.yaml"], "one file needs two environments"),
        (["show", "cluster.yaml", "-e", "local", "-e", "prod"], "may be given 1 times"),
        (["show", "cluster.yaml", "-p", "nothing"], "--param: 'nothing' is not NAME=VALUE"),
        (["show", "cluster.yaml", "--platform", "cluster.yaml"], "cluster.yaml:1: apiVersion: no such field"),
        (["show", "steps_wrong.yaml"], "steps_wrong.yaml:6: spec.coreEtl.mainClass"),
    ],
)
def test_what_cannot_be_done_is_told(hearth, arguments, message):
    done = hearth(*arguments, cwd=CASES)
    assert done.returncode == 2 and message in done.stderr and done.stdout == ""


def test_show_reads_standard_input_and_writes_what_it_reads(hearth):
    once = hearth("show", "-", stdin=(CASES / "daily_orders.yaml").open())
    again = subprocess.run(once.args, input=once.stdout, capture_output=True, text=True, timeout=60)
    assert once.returncode == 0 and once.stdout == again.stdout
    as_json = json.loads(hearth("show", CASES / "daily_orders.yaml", "-o", "json").stdout)
    assert as_json == documents(once.stdout)


def test_a_changed_cron_is_one_difference(hearth, tmp_path):
    text = (CASES / "daily_orders.yaml").read_text()
    (tmp_path / "new.yaml").write_text(text.replace("0 6 * * *", "30 7 * * 1-5"))
    done = hearth("diff", CASES / "daily_orders.yaml", tmp_path / "new.yaml", "-o", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == [
        {
            "document": "SparkJob daily-orders",
            "path": "spec.orchestration.schedule",
            "old": "0 6 * * *",
            "new": "30 7 * * 1-5",
        }
    ]
    assert hearth("diff", tmp_path / "new.yaml", tmp_path / "new.yaml").returncode == 0


@pytest.mark.parametrize("name", RIGHT)
def test_the_schema_accepts_right_manifests(hearth, schema, name):
    file = CASES / f"{name}.yaml"
    shown = [hearth("show", file).stdout, hearth("show", file, "-e", "prod").stdout]
    for text in [file.read_text(), *shown]:
        for document in documents(text):
            # Old spellings that only Hearth reads as text: a version without quotes.
            if isinstance(document["spec"].get("engine", {}).get("version"), float):
                document["spec"]["engine"]["version"] = str(document["spec"]["engine"]["version"])
            schema.validate(document)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda job: job["spec"].update(resorces={}), ["spec"]),
        (
            lambda job: job["spec"]["resources"]["driver"].update(memory="much"),
            ["spec", "resources", "driver", "memory"],
        ),
        (lambda job: job["spec"]["coreEtl"]["jobSpec"]["sources"][0].pop("type"), ["spec", "coreEtl", "jobSpec"]),
        (lambda job: job["spec"].update(sql={"query": "SELECT 1"}), ["spec"]),
        (lambda job: job["metadata"].pop("team"), ["metadata"]),
        (lambda job: job.update(kind="SparkJobs"), ["kind"]),
    ],
)
def test_the_schema_refuses_wrong_manifests(schema, change, where):
    (job,) = documents((CASES / "daily_orders.yaml").read_text())
    change(job)
    assert where in [list(error.absolute_path) for error in schema.iter_errors(job)]


def guide_commands() -> list[tuple[str, str | None]]:
    """(command, expected output or None) of the guide, in order."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    commands = []
    for index, (language, text) in enumerate(blocks):
        if language != "sh":
            continue
        follows = blocks[index + 1] if index + 1 < len(blocks) else ("", "")
        commands.append((text.strip(), follows[1] if follows[0] == "text" else None))
    return commands


@pytest.mark.parametrize(("command", "expected"), guide_commands())
def test_the_guide(binary, tmp_path, command, expected):
    for text in re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        (tmp_path / re.match(r"# (\S+)", text).group(1)).write_text(text)
    name, *arguments = shlex.split(command.partition(" > ")[0])
    assert name == "hearth"
    done = subprocess.run(
        [str(binary), *arguments], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert done.returncode == (1 if "wrong.yaml" in command or " diff " in command else 0), done.stderr
    assert expected is None or done.stdout == expected


def test_the_list_of_fields_is_up_to_date(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "manifest"))
    document_fields = __import__("document_fields")
    assert document_fields.TARGET.read_text(encoding="utf-8") == document_fields.document()
    sys.modules.pop("document_fields")
