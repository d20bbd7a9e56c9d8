"""The progress of a BuildKit build as the Docker API tells it: `moby.buildkit.trace` records, protobuf in base64.

Only what the tests need is read: the warnings, among them those of the build checks, and what failed. The messages and
field numbers are BuildKit's `api/services/control/control.proto` (StatusResponse, Vertex, VertexWarning) and
`solver/pb/ops.proto` (SourceInfo, Range, Position).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stepper.engine.protobuf import read_fields

_CANCELED = "context canceled"


@dataclass(frozen=True)
class TraceWarning:
    """A VertexWarning. `short` is the message in one line; `ranges` are first and last lines, 1-based."""

    level: int
    short: str
    detail: tuple[str, ...]
    url: str
    file: str
    ranges: tuple[tuple[int, int], ...]


def warnings_of(records: Iterable[bytes]) -> tuple[TraceWarning, ...]:
    """The warnings in the records of one build (decoded from base64), in the order in which they came."""
    return tuple(
        _warning(value)
        for record in records
        for number, value in read_fields(record)
        if number == 4 and isinstance(value, bytes)
    )


def failed_instruction(records: Iterable[bytes]) -> str | None:
    """The instruction that failed, as BuildKit shows it: its vertex is called `[stage 2/3] RUN make`.

    What ran beside it and was stopped for it is told as failed too.
    """
    for record in records:
        for vertex in _messages(list(read_fields(record)), 1):
            fields = list(read_fields(vertex))
            name, error = "".join(_texts(fields, 3)), "".join(_texts(fields, 7))
            if error and _CANCELED not in error and name.startswith("[") and not name.startswith("[internal]"):
                return name.partition("] ")[2]
    return None


def _warning(message: bytes) -> TraceWarning:
    fields = list(read_fields(message))
    return TraceWarning(
        level=next((value for number, value in fields if number == 2 and isinstance(value, int)), 0),
        short="".join(_texts(fields, 3)),
        detail=tuple(_texts(fields, 4)),
        url="".join(_texts(fields, 5)),
        file="".join(text for info in _messages(fields, 6) for text in _texts(list(read_fields(info)), 1)),
        ranges=tuple(_range(value) for value in _messages(fields, 7)),
    )


def _range(message: bytes) -> tuple[int, int]:
    fields = list(read_fields(message))
    start, end = (next(iter(_messages(fields, number)), b"") for number in (1, 2))
    return _line(start), _line(end)


def _line(position: bytes) -> int:
    return next((value for number, value in read_fields(position) if number == 1 and isinstance(value, int)), 0)


def _messages(fields: list[tuple[int, int | bytes]], wanted: int) -> list[bytes]:
    return [value for number, value in fields if number == wanted and isinstance(value, bytes)]


def _texts(fields: list[tuple[int, int | bytes]], wanted: int) -> list[str]:
    return [value.decode() for value in _messages(fields, wanted)]
