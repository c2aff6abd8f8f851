"""Writes the FileDescriptorSet of the Spark Connect contract.

    describe.py OUTPUT --additions FILE --modules FOLDER... [--well-known FILE]

Each generated Python module (*_pb2.py) holds its serialized FileDescriptorProto as one bytes literal: it is read from the syntax
tree, nothing is imported or run. The additions file (names and numbers) lifts the contract to the newest version we serve.
"""

import argparse
import ast
import pathlib
import sys

import wire

# Field numbers of google/protobuf/descriptor.proto.
FILE_NAME, FILE_DEPENDENCY, FILE_MESSAGE, FILE_ENUM = 1, 3, 4, 5
MESSAGE_NAME, MESSAGE_FIELD, MESSAGE_NESTED, MESSAGE_ENUM, MESSAGE_ONEOF = 1, 2, 3, 4, 8
FIELD_NAME, FIELD_NUMBER, FIELD_LABEL, FIELD_TYPE, FIELD_TYPE_NAME = 1, 3, 4, 5, 6
FIELD_ONEOF, FIELD_JSON_NAME, FIELD_PROTO3_OPTIONAL = 9, 10, 17
ENUM_NAME, ENUM_VALUE = 1, 2
LABELS = {"one": 1, "optional": 1, "repeated": 3}
TYPES = {
    "double": 1,
    "float": 2,
    "int64": 3,
    "uint64": 4,
    "int32": 5,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "uint32": 13,
}
TYPE_MESSAGE = 11

# A test fixture of Spark's own plugins, not part of the protocol.
SKIPPED = {"example_plugins_pb2.py"}


def descriptor_of(module: pathlib.Path) -> bytes:
    """The bytes passed to AddSerializedFile in one generated module."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "AddSerializedFile"
        ):
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, bytes):
                return node.args[0].value
    sys.exit(f"{module}: no serialized descriptor")


def edit(fields: list[wire.Field], containers: tuple[int, ...], path: list[str], change) -> list[wire.Field]:
    """Applies `change` to the message or enum at `path`; `containers` are the numbers that may hold its first step."""
    if not path:
        return change(fields)
    for index, (number, kind, value) in enumerate(fields):
        if number in containers and (inner := wire.decode(value)) and wire.first(inner, 1) == path[0].encode():
            changed = edit(inner, (MESSAGE_NESTED, MESSAGE_ENUM), path[1:], change)
            return [*fields[:index], (number, kind, wire.encode(changed)), *fields[index + 1 :]]
    sys.exit(f"additions: nothing is called {path[0]}")


def json_name(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def with_field(
    message: list[wire.Field], name: str, number: str, label: str, kind: str, oneof: str
) -> list[wire.Field]:
    field = [
        wire.text(FIELD_NAME, name),
        (FIELD_NUMBER, wire.VARINT, int(number)),
        (FIELD_LABEL, wire.VARINT, LABELS[label]),
    ]
    if kind.startswith("."):
        field += [(FIELD_TYPE, wire.VARINT, TYPE_MESSAGE), wire.text(FIELD_TYPE_NAME, kind)]
    else:
        field.append((FIELD_TYPE, wire.VARINT, TYPES[kind]))
    oneofs = [wire.first(wire.decode(value), 1).decode() for key, _, value in message if key == MESSAGE_ONEOF]
    extra = []
    if label == "optional":  # proto3 presence is a oneof of one, after all real ones
        oneof = f"_{name}"
        oneofs.append(oneof)
        extra.append((MESSAGE_ONEOF, wire.BYTES, wire.encode([wire.text(1, oneof)])))
    if oneof:
        field.append((FIELD_ONEOF, wire.VARINT, oneofs.index(oneof)))
    field.append(wire.text(FIELD_JSON_NAME, json_name(name)))
    if label == "optional":
        field.append((FIELD_PROTO3_OPTIONAL, wire.VARINT, 1))
    added = (MESSAGE_FIELD, wire.BYTES, wire.encode(field))
    # The members of a oneof must stand together: a new one follows the last.
    members = [
        at
        for at, (key, _, value) in enumerate(message)
        if oneof and key == MESSAGE_FIELD and wire.first(wire.decode(value), FIELD_ONEOF) == oneofs.index(oneof)
    ]
    at = members[-1] + 1 if members else len(message)
    return [*message[:at], added, *message[at:], *extra]


def apply_row(files: dict[str, bytes], row: list[str]) -> None:
    action, stem, scope, *rest = row
    name = f"spark/connect/{stem}.proto"
    top = (FILE_MESSAGE, FILE_ENUM)
    content = wire.decode(files[name])
    if action == "message":
        *outer, leaf = scope.split(".")
        number = MESSAGE_NESTED if outer else FILE_MESSAGE
        added = (number, wire.BYTES, wire.encode([wire.text(MESSAGE_NAME, leaf)]))
        content = edit(content, top, outer, lambda fields: [*fields, added])
    elif action == "field":
        field_name, number, label, kind, oneof = (*rest, "")[:5]
        content = edit(
            content,
            top,
            scope.split("."),
            lambda fields: with_field(fields, field_name, number, label, kind, oneof),
        )
    elif action == "value":
        value = wire.encode([wire.text(1, rest[0]), (2, wire.VARINT, int(rest[1]))])
        content = edit(content, top, scope.split("."), lambda fields: [*fields, (ENUM_VALUE, wire.BYTES, value)])
    else:
        sys.exit(f"additions: unknown row {action}")
    files[name] = wire.encode(content)


def ordered(files: dict[str, bytes]) -> list[bytes]:
    """Every file after the files it imports."""
    done: dict[str, bytes] = {}

    def visit(name: str) -> None:
        if name in files and name not in done:
            for number, _, value in wire.decode(files[name]):
                if number == FILE_DEPENDENCY:
                    visit(value.decode())
            done[name] = files[name]

    for name in sorted(files):
        visit(name)
    return list(done.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--additions", type=pathlib.Path)
    parser.add_argument("--modules", type=pathlib.Path, nargs="+", required=True)
    parser.add_argument(
        "--well-known", type=pathlib.Path, help="a FileDescriptorSet of google/protobuf/*.proto to put first"
    )
    options = parser.parse_args()
    files: dict[str, bytes] = {}
    for folder in options.modules:
        for module in sorted(folder.glob("*_pb2.py")):
            if module.name not in SKIPPED:
                data = descriptor_of(module)
                files[wire.first(wire.decode(data), FILE_NAME).decode()] = data
    if options.additions:
        for line in options.additions.read_text(encoding="ascii").splitlines():
            if line and not line.startswith("#"):
                apply_row(files, line.split("\t"))
    content = options.well_known.read_bytes() if options.well_known else b""
    content += wire.encode([(1, wire.BYTES, data) for data in ordered(files)])
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(content)


if __name__ == "__main__":
    main()
