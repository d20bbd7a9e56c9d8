"""The decoder of BuildKit's progress, which the tests of the build checks rest on."""

import pytest

from tests.buildkit_trace import TraceWarning, warnings_of


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _number(number << 3) + _number(value)
    return _number(number << 3 | 2) + _number(len(value)) + value


def _range(first: int, last: int) -> bytes:
    return _field(1, _field(1, first) + _field(2, 7)) + _field(2, _field(1, last))


def test_warnings_are_read_among_everything_else() -> None:
    warning = (
        _field(1, b"sha256:0")
        + _field(2, 1)
        + _field(3, "Rule: a message, ärgerlich (line 300)".encode())
        + _field(4, b"detail")
        + _field(4, b"more")
        + _field(5, b"https://example.com/")
        + _field(6, _field(1, b"Dockerfile") + _field(2, b"FROM scratch\n" * 30))
        + _field(7, _range(300, 301))
        + _field(7, _range(400, 400))
    )
    vertex = _field(1, _field(1, b"sha256:0") + _field(6, _field(1, 1_700_000_000)))
    records = [vertex, vertex + _field(4, warning), b"", b"\x29" + bytes(8) + b"\x2d" + bytes(4)]
    assert warnings_of(records) == (
        TraceWarning(
            level=1,
            short="Rule: a message, ärgerlich (line 300)",
            detail=("detail", "more"),
            url="https://example.com/",
            file="Dockerfile",
            ranges=((300, 301), (400, 400)),
        ),
    )


@pytest.mark.parametrize("record", [b"\x22\x05ab", b"\x22", b"\x80", b"\x23"])
def test_a_broken_record_is_an_error(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"ends within|wire type"):
        warnings_of([record])
