import os
import re
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.terminal_text import LineReader
from stepper.tui.widgets import output_store
from stepper.tui.widgets.output_store import DROPPED, OutputStore

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
SGR = re.compile(r"\x1b\[[0-9;:]*m")

PRINTED = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.sampled_from(
            [b"\n", b"\r\n", b"\r", b"\x1b[31m", b"\x1b[0m", b"\x1b[2J", "漢".encode(), b"line\n", b"x" * 300]
        ),
    ),
    max_size=60,
).map(b"".join)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_store, "BLOCK_LINES", 4)
    monkeypatch.setattr(output_store, "BLOCK_BYTES", 400)


def filled(data: bytes, *, chunk: int = 7, memory: int = 1000, disk: int = 10**6) -> OutputStore:
    store = OutputStore(memory=memory, disk=disk)
    for start in range(0, len(data), chunk):
        store.append(data[start : start + chunk])
    return store


def numbered(count: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(count))


@given(PRINTED, st.integers(1, 50), st.integers(0, 3000))
@settings(max_examples=200, deadline=None)
def test_the_lines_are_those_that_were_printed_however_cut_and_wherever_kept(
    data: bytes, chunk: int, memory: int
) -> None:
    reader = LineReader()
    expected = reader.feed(data) + reader.close()
    store = filled(data, chunk=chunk, memory=memory)
    store.finish()
    assert len(store) == len(expected)
    assert store.lines(0, len(store)) == expected
    assert [store.line(number) for number in range(len(store))] == expected
    assert store.lines(3, 9) == expected[3:9]
    assert not any(CONTROL.search(SGR.sub("", line)) for line in store.lines(0, len(store)))


@given(PRINTED, st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_the_line_that_has_not_ended_is_the_last_one(data: bytes, chunk: int) -> None:
    store = filled(data, chunk=chunk)
    reader = LineReader()
    expected = reader.feed(data)
    if reader.unfinished:
        expected.append(reader.unfinished)
    assert store.lines(0, len(store)) == expected


def test_memory_stays_bounded_and_older_lines_come_back_from_disk(tmp_path: Path) -> None:
    store = OutputStore(memory=2000, folder=tmp_path)
    store.append(numbered(10_000))
    held = sum(block.size for block in store._blocks if block.lines is not None)
    assert held <= 2000 + 400
    assert store.lines(0, 2) == ["line 0", "line 1"]
    assert store.lines(9_998, 20_000) == ["line 9998", "line 9999"]
    assert store.line(5_000) == "line 5000"


def test_after_the_end_less_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_store, "FINISHED_BYTES", 500)
    store = filled(numbered(1000), memory=10**6)
    store.finish()
    assert sum(block.size for block in store._blocks if block.lines is not None) <= 500 + 400
    assert store.lines(0, 1000) == [f"line {number}" for number in range(1000)]


@given(st.integers(1, 1500), st.integers(100, 3000))
@settings(max_examples=50, deadline=None)
def test_beyond_the_disk_the_oldest_lines_are_dropped_and_numbers_stay(count: int, disk: int) -> None:
    store = filled(numbered(count), chunk=1000, memory=500, disk=disk)
    lines = store.lines(0, count)
    assert len(lines) == count
    kept = [line for line in lines if line != DROPPED]
    assert kept == [f"line {number}" for number in range(count - len(kept), count)]
    if count * 10 < disk:
        assert len(kept) == count


def test_a_full_disk_drops_lines_and_stops_nothing(tmp_path: Path) -> None:
    store = OutputStore(memory=500, folder=tmp_path / "not there")
    store.append(numbered(100))
    assert store.line(0) == DROPPED
    assert store.line(99) == "line 99"


def test_the_spill_file_leaves_nothing_behind(tmp_path: Path) -> None:
    store = OutputStore(memory=500, folder=tmp_path)
    store.append(numbered(1000))
    assert os.listdir(tmp_path) == []
    store.close()
    assert store.line(0) == DROPPED
    assert store.line(999) == "line 999"


def test_matches_are_found_everywhere_in_any_case_and_through_colours() -> None:
    store = filled(b"one\n\x1b[31mEr\x1b[0mror 1\n" + numbered(500) + b"error 2 has no end")
    assert store.matches("ERROR") == [1, 502]
    assert store.matches("") == []
    assert store.matches("nowhere") == []


def test_the_tail_is_plain_text() -> None:
    store = filled(b"a\n\x1b[31mb\x1b[0m\nc")
    assert store.tail(2) == ["b", "c"]
    assert store.tail(10) == ["a", "b", "c"]


def test_all_lines_can_be_written_to_a_file(tmp_path: Path) -> None:
    store = filled(numbered(100) + b"\x1b[31mend\x1b[0m")
    store.write_to(tmp_path / "log")
    assert (tmp_path / "log").read_bytes() == numbered(100) + b"end\n"


def test_one_thread_writes_while_another_reads() -> None:
    store = OutputStore(memory=2000)
    data = numbered(20_000)

    def write() -> None:
        for start in range(0, len(data), 997):
            store.append(data[start : start + 997])
        store.finish()

    writer = Thread(target=write)
    writer.start()
    seen = 0
    while not store.finished:
        total = len(store)
        assert total >= seen
        seen = total
        for number, line in enumerate(store.lines(max(0, total - 5), total - 1), max(0, total - 5)):
            assert line == f"line {number}"
    writer.join()
    assert len(store) == 20_000
