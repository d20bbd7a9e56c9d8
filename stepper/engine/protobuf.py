"""Reads protobuf messages without their schema: numbered fields, as far as BuildKit's progress needs them.

The wire format is that of https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED64: 8, _FIXED32: 4}


class Message:
    """One message. A field that is not there is empty, as in protobuf itself. Raises `ValueError` for what is none."""

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[int | bytes]] = {}
        for number, value in read_fields(data):
            self._fields.setdefault(number, []).append(value)

    def number(self, field: int) -> int:
        """A field of an integer type."""
        return next((value for value in reversed(self._fields.get(field, ())) if isinstance(value, int)), 0)

    def data(self, field: int) -> bytes:
        """A field of bytes."""
        return next((value for value in reversed(self._fields.get(field, ())) if isinstance(value, bytes)), b"")

    def text(self, field: int) -> str:
        """A field of text."""
        return self.data(field).decode(errors="replace")

    def messages(self, field: int) -> "list[Message]":
        """A repeated field of messages."""
        return [Message(value) for value in self._fields.get(field, ()) if isinstance(value, bytes)]

    def has(self, field: int) -> bool:
        """Whether the field is there."""
        return field in self._fields


def read_fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: their numbers and values, repeated ones one by one. Raises `ValueError`."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == _VARINT:
            value, position = _varint(data, position)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, position = _varint(data, position)
        elif kind in _FIXED_SIZES:
            length = _FIXED_SIZES[kind]
        else:
            raise ValueError(f"unknown wire type {kind}")
        if position + length > len(data):
            raise ValueError("the message ends within a field")
        yield key >> 3, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data):
            raise ValueError("the message ends within a number")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position
