"""Protobuf's wire format, as far as editing descriptors needs it: a message is a list of (field number, wire type, value)."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

Field = tuple[int, int, "int | bytes"]


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def write_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode(data: bytes) -> list[Field]:
    fields: list[Field] = []
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = read_varint(data, at)
            fields.append((number, kind, value))
            continue
        if kind == BYTES:
            length, at = read_varint(data, at)
        else:
            length = {FIXED64: 8, FIXED32: 4}[kind]
        fields.append((number, kind, data[at : at + length]))
        at += length
    return fields


def encode(fields: list[Field]) -> bytes:
    out = bytearray()
    for number, kind, value in fields:
        out += write_varint(number << 3 | kind)
        if kind == VARINT:
            out += write_varint(value)
            continue
        if kind == BYTES:
            out += write_varint(len(value))
        out += value
    return bytes(out)


def text(number: int, value: str) -> Field:
    return (number, BYTES, value.encode())


def first(fields: list[Field], number: int, default=None):
    return next((value for key, _, value in fields if key == number), default)
