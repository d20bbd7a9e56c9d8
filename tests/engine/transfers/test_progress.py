"""Bytes on their way."""

from stepper.engine.transfers.progress import Transfer


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_the_line_tells_bytes_rate_and_the_time_that_is_left() -> None:
    clock = Clock()
    transfer = Transfer("saving app", total=10_000_000, now=clock)
    chunks = transfer.through([bytes(2_000_000), bytes(1)])
    next(chunks)
    clock.seconds += 2
    next(chunks)
    assert transfer.line() == "saving app: 2.0 MB of 10.0 MB  1.0 MB/s  0:08 left"


def test_without_a_total_there_is_no_time_left() -> None:
    clock = Clock()
    transfer = Transfer("saving app", now=clock)
    list(transfer.through([bytes(1000)]))
    clock.seconds += 1
    assert transfer.line() == "saving app: 1.0 kB  1.0 kB/s"


def test_what_comes_is_told_at_most_every_tenth_of_a_second() -> None:
    clock, told = Clock(), list[str]()
    transfer = Transfer("loading x", tell=told.append, now=clock)
    chunks = transfer.through([bytes(10)] * 4)
    next(chunks)
    next(chunks)
    clock.seconds += 0.2
    next(chunks)
    assert told == ["loading x: waiting", "loading x: 20 B  100 B/s"]
