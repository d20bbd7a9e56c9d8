"""Bytes on their way."""

import io

import pytest

from stepper.cli.console import Console
from stepper.cli.images.transfer import Transfer


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_line_tells_bytes_rate_and_the_time_that_is_left() -> None:
    clock = Clock()
    transfer = Transfer(Console(io.StringIO()), "saving app", total=10_000_000, now=clock)
    chunks = transfer.through([bytes(2_000_000), bytes(1)])
    next(chunks)
    clock.seconds += 2
    next(chunks)
    assert transfer.line() == "saving app: 2.0 MB of 10.0 MB  1.0 MB/s  0:08 left"


def test_without_a_total_there_is_no_time_left() -> None:
    clock = Clock()
    transfer = Transfer(Console(io.StringIO()), "saving app", now=clock)
    list(transfer.through([bytes(1000)]))
    clock.seconds += 1
    assert transfer.line() == "saving app: 1.0 kB  1.0 kB/s"


@pytest.mark.parametrize("transient", [True, False])
def test_only_a_terminal_sees_the_line_and_it_is_taken_away(transient: bool) -> None:
    stream = io.StringIO()
    transfer = Transfer(Console(stream, transient=transient), "loading x", now=Clock())
    assert list(transfer.through([b"a", b"b"])) == [b"a", b"b"]
    transfer.clear()
    assert stream.getvalue().endswith("\x1b[K") is transient
    assert bool(stream.getvalue()) is transient
