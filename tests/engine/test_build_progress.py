"""BuildKit's progress as the output of a step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.engine.build_progress import BuildProgress
from stepper.engine.protobuf import Message
from stepper.engine.step import Output, Progress
from tests.custom_frontend.frontend import data, number

_TIME = number(1, 1_700_000_000)


def _vertex(digest: str, name: str, *, cached: bool = False, started: bool = True, error: str = "") -> bytes:
    message = data(1, digest) + data(3, name) + number(4, int(cached))
    return data(1, message + (data(5, _TIME) if started else b"") + (data(7, error) if error else b""))


def _log(digest: str, text: str, stream: int = 1) -> bytes:
    return data(3, data(1, digest) + number(3, stream) + data(4, text))


def _status(name: str, current: int, total: int) -> bytes:
    return data(2, data(1, name) + number(4, current) + number(5, total))


def _told(*records: bytes) -> tuple[list[Output | Progress], BuildProgress]:
    told: list[Output | Progress] = []
    progress = BuildProgress(told.append)
    for record in records:
        progress.add(record)
    return told, progress


def _text(items: list[Output | Progress]) -> str:
    return b"".join(item.data for item in items if isinstance(item, Output)).decode()


def test_a_vertex_is_announced_once_above_what_it_prints() -> None:
    told, _ = _told(
        _vertex("a", "[1/2] RUN make", started=False),
        _vertex("a", "[1/2] RUN make"),
        _log("a", "cc main.c\n"),
        _vertex("a", "[1/2] RUN make"),
    )
    assert _text(told) == "=> [1/2] RUN make\ncc main.c\n"


def test_what_comes_from_the_cache_says_so() -> None:
    assert _text(_told(_vertex("a", "RUN make", cached=True, started=False))[0]) == "=> CACHED RUN make\n"


def test_vertices_that_print_in_turns_are_told_apart_and_start_on_a_line_of_their_own() -> None:
    told, _ = _told(_vertex("a", "one"), _vertex("b", "two"), _log("a", "1"), _log("b", "2\n"), _log("a", "3\n"))
    assert _text(told) == "=> one\n=> two\n=> one\n1\n=> two\n2\n=> one\n3\n"


def test_standard_error_stays_what_it_is() -> None:
    told, _ = _told(_vertex("a", "one"), _log("a", "oops\n", stream=2))
    assert told[-1] == Output(b"oops\n", stderr=True)


def test_a_transfer_is_progress() -> None:
    told, _ = _told(_status("sha256:abc", 10, 100))
    assert told == [Progress("sha256:abc", 10, 100)]


def test_the_vertex_that_failed_first_is_known() -> None:
    _, progress = _told(
        _vertex("i", "[internal] load metadata", error="canceled"),
        _vertex("a", "[2/2] RUN false", error="exit code: 1"),
        _vertex("b", "[other 2/2] RUN true", error="canceled"),
    )
    assert (progress.failed, progress.error) == ("[2/2] RUN false", "exit code: 1")


def test_fields_that_nobody_asked_for_are_skipped() -> None:
    extra = bytes([9 << 3 | 1]) + bytes(8) + bytes([10 << 3 | 5]) + bytes(4)
    assert _text(_told(extra + _vertex("a", "one"))[0]) == "=> one\n"


@pytest.mark.parametrize("damaged", [b"\x0a", b"\x0a\x05ab", b"\x08\xff", b"\x0b", b"\x0a\x02\x0a\x05"])
def test_a_damaged_record_is_an_error(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"message|wire type"):
        _told(damaged)


@given(st.lists(st.tuples(st.integers(1, 500), st.one_of(st.integers(0, 2**63), st.binary(max_size=300)))))
def test_what_is_written_is_read(fields: list[tuple[int, int | bytes]]) -> None:
    message = Message(
        b"".join(number(field, value) if isinstance(value, int) else data(field, value) for field, value in fields)
    )
    last = dict(fields)
    for field, value in last.items():
        assert message.has(field)
        assert (message.number(field) if isinstance(value, int) else message.data(field)) == value


def test_of_one_instruction_only_the_commands_output_is_told() -> None:
    told: list[Output | Progress] = []
    progress = BuildProgress(told.append, announces=False)
    progress.add(_vertex("a", "[internal] load metadata"))
    progress.add(_vertex("b", "RUN make") + _log("b", "cc\n"))
    assert told == [Progress("[internal] load metadata"), Progress("RUN make"), Output(b"cc\n")]
