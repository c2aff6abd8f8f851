"""The generated contract is exactly Spark 4.3.0's: what we add to 4.2.0 by data file is all that 4.3.0 added."""

import pathlib
import subprocess
import sys

import pytest
from conftest import CLIENTS, ROOT, full_run
from google.protobuf import descriptor_pb2

TOOL = ROOT / "tools" / "contract" / "describe.py"
ADDITIONS = ROOT / "src" / "contract" / "spark_4_3_additions.tsv"


def describe(output: pathlib.Path, modules: pathlib.Path, *arguments: str) -> descriptor_pb2.FileDescriptorSet:
    subprocess.run([sys.executable, TOOL, output, "--modules", modules, *arguments], check=True)
    return descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())


def facts_of_message(prefix: str, message, facts: dict) -> None:
    name = f"{prefix}.{message.name}"
    facts[name] = {
        field.number: (
            field.name,
            field.label,
            field.type,
            field.type_name,
            message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else None,
            field.proto3_optional,
            field.json_name,
        )
        for field in message.field
    }
    for inner in message.nested_type:
        facts_of_message(name, inner, facts)
    for enum in message.enum_type:
        facts[f"{name}.{enum.name}"] = {value.number: value.name for value in enum.value}


def facts_of(descriptors: descriptor_pb2.FileDescriptorSet) -> dict:
    facts: dict = {}
    for file in descriptors.file:
        for message in file.message_type:
            facts_of_message(file.package, message, facts)
        for enum in file.enum_type:
            facts[f"{file.package}.{enum.name}"] = {value.number: value.name for value in enum.value}
        for service in file.service:
            facts[f"{file.package}.{service.name}"] = {
                method.name: (
                    method.input_type,
                    method.output_type,
                    method.client_streaming,
                    method.server_streaming,
                )
                for method in service.method
            }
    return facts


def own_client_modules() -> pathlib.Path:
    import pyspark

    return pathlib.Path(pyspark.__file__).parent / "sql" / "connect" / "proto"


def test_additions_apply_to_the_pinned_client(tmp_path):
    before = facts_of(describe(tmp_path / "before.binpb", own_client_modules()))
    after = facts_of(describe(tmp_path / "after.binpb", own_client_modules(), "--additions", ADDITIONS))
    assert after["spark.connect.Relation"][48][0] == "zip"
    assert len(after) == len(before) + 5
    fields = sum(len(content) for content in after.values()) - sum(len(content) for content in before.values())
    assert fields == 20  # 19 fields and one enum value


@pytest.mark.skipif(not full_run(), reason="needs the full Spark 4.3.0 package: ./dev test --full")
def test_contract_equals_that_of_spark_4_3(tmp_path):
    ours = facts_of(describe(tmp_path / "ours.binpb", own_client_modules(), "--additions", ADDITIONS))
    modules = pathlib.Path(CLIENTS["4.3"]) / "pyspark" / "sql" / "connect" / "proto"
    theirs = facts_of(describe(tmp_path / "theirs.binpb", modules))
    assert ours == theirs


@pytest.mark.parametrize("version", ["3.5", "4.0", "4.1"])
def test_contract_serves_older_clients(tmp_path, version):
    if version not in CLIENTS:
        pytest.skip("needs the full Spark 3.5.9 package: ./dev test --full")
    ours = facts_of(describe(tmp_path / "ours.binpb", own_client_modules(), "--additions", ADDITIONS))
    older = facts_of(
        describe(tmp_path / "older.binpb", pathlib.Path(CLIENTS[version]) / "pyspark" / "sql" / "connect" / "proto")
    )
    for name, content in older.items():
        assert name in ours
        for number, fact in content.items():
            assert compatible(fact, ours[name][number]), (name, number)


def compatible(older: tuple | str, newer: tuple | str) -> bool:
    """The same on the wire: name, label, type; presence and membership of a oneof may have changed."""
    return older == newer if isinstance(older, str) or len(older) == 4 else older[:4] == newer[:4]
