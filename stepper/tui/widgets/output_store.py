"""The output of one step as lines: the newest in memory, older ones in a file on disk, any of them at hand by number.

Pure of any screen. One thread may append while others read.
"""

import tempfile
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import IO

from stepper.terminal_text import LineReader, remove_styles

BLOCK_LINES = 1024
BLOCK_BYTES = 256 * 1024
FINISHED_BYTES = 2 * BLOCK_BYTES
LINE_OVERHEAD = 57
"""Bytes that Python takes for a line besides its characters."""
DROPPED = "⋯ no longer kept"
"""What stands for a line that had no room in memory or on disk."""


class _Block:
    """Successive lines, in memory (`lines`), in the spill file (`offset`, `length`), or dropped (neither)."""

    __slots__ = ("count", "length", "lines", "offset", "size")

    def __init__(self) -> None:
        self.lines: list[str] | None = []
        self.count = 0
        self.size = 0
        self.offset = -1
        self.length = 0


class OutputStore:
    """Lines made of the bytes that a step prints.

    Lines hold colours as SGR sequences and no other control character but tab (see `LineReader`). About `memory` bytes
    stay in memory while the step runs, fewer once it has finished, and `disk` bytes on disk; beyond both the oldest
    lines are dropped, and their numbers stay.
    """

    def __init__(self, *, memory: int = 8_000_000, disk: int = 1_000_000_000, folder: Path | None = None) -> None:
        self._memory = memory
        self._disk = disk
        self._folder = folder
        self._reader = LineReader()
        self._feeding = Lock()
        self._lock = Lock()
        self._blocks = [_Block()]
        self._starts = [0]
        self._count = 0
        self._held = 0
        self._first_held = 0
        self._first_kept = 0
        self._spill: IO[bytes] | None = None
        self._spill_end = 0
        self._read_block: tuple[int, list[str]] = (-1, [])
        self._unfinished = ""
        self._version = 0
        self._finished = False

    # Writing

    def append(self, data: bytes) -> None:
        """Take what the step printed; chunks may end anywhere."""
        with self._feeding:
            lines = self._reader.feed(data)
            unfinished = self._reader.unfinished
            with self._lock:
                self._extend(lines)
                self._unfinished = unfinished
                self._version += 1

    def finish(self) -> None:
        """The step prints nothing more."""
        with self._feeding:
            lines = self._reader.close()
            with self._lock:
                self._extend(lines)
                self._keep_in_memory(FINISHED_BYTES)
                self._unfinished = ""
                self._finished = True
                self._version += 1

    def close(self) -> None:
        """Give the spill file back; lines in it are gone."""
        with self._lock:
            if self._spill is not None:
                self._spill.close()
                self._spill = None
                self._first_kept = self._first_held

    # Reading

    @property
    def version(self) -> int:
        """Another number whenever something came."""
        return self._version

    @property
    def finished(self) -> bool:
        """Whether `finish` was called."""
        return self._finished

    def __len__(self) -> int:
        """How many lines there are, the unfinished one included."""
        with self._lock:
            return self._count + (1 if self._unfinished else 0)

    def line(self, number: int) -> str:
        """One line, from 0, with its colours."""
        return self.lines(number, number + 1)[0]

    def lines(self, start: int, end: int) -> list[str]:
        """The lines from `start` up to, not including, `end`, as far as there are any."""
        found: list[str] = []
        with self._lock:
            number = max(0, start)
            while number < min(end, self._count):
                index = bisect_right(self._starts, number) - 1
                first = self._starts[index]
                block = self._block_lines(index)
                found += block[number - first : end - first]
                number = first + len(block)
            if self._unfinished and start <= self._count < end:
                found.append(self._unfinished)
        return found

    def tail(self, count: int) -> list[str]:
        """The last lines as plain text."""
        total = len(self)
        return [remove_styles(line) for line in self.lines(total - count, total)]

    def matches(self, text: str) -> list[int]:
        """The numbers of all lines with that text, in any case of letters. Reads all: for a thread of its own."""
        wanted = text.lower()
        if not wanted:
            return []
        return [number for number, line in enumerate(self._every_line()) if wanted in remove_styles(line).lower()]

    def write_to(self, path: Path) -> None:
        """Write all lines as plain text to a file; raises OSError."""
        with path.open("w", encoding="utf-8") as file:
            for line in self._every_line():
                file.write(remove_styles(line) + "\n")

    def _every_line(self) -> Iterator[str]:
        number = 0
        while lines := self.lines(number, number + BLOCK_LINES):
            yield from lines
            number += len(lines)

    # Blocks; all with the lock held

    def _extend(self, lines: list[str]) -> None:
        start = 0
        while start < len(lines):
            block = self._blocks[-1]
            if block.count >= BLOCK_LINES or block.size >= BLOCK_BYTES:
                block = _Block()
                self._blocks.append(block)
                self._starts.append(self._count)
            part = lines[start : start + BLOCK_LINES - block.count]
            size = _bytes_of(part)
            if size > BLOCK_BYTES and len(part) > 1:
                part = part[: max(1, len(part) * BLOCK_BYTES // size)]
                size = _bytes_of(part)
            assert block.lines is not None
            block.lines += part
            block.count += len(part)
            block.size += size
            self._count += len(part)
            self._held += size
            start += len(part)
            self._keep_in_memory(self._memory)

    def _keep_in_memory(self, limit: int) -> None:
        while self._held > limit and self._first_held < len(self._blocks) - 1:
            self._put_away(self._blocks[self._first_held])

    def _put_away(self, block: _Block) -> None:
        """Move the oldest block in memory to disk, or drop it where that fails."""
        assert block.lines is not None
        try:
            self._write(block, "\n".join(block.lines).encode("utf-8"))
        except OSError:
            self._first_kept = self._first_held + 1
        block.lines = None
        self._held -= block.size
        self._first_held += 1

    def _write(self, block: _Block, data: bytes) -> None:
        if len(data) > self._disk:
            raise OSError("a block larger than the whole spill file")
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="stepper-output-", dir=self._folder)  # noqa: SIM115 - kept open
        offset, behind = self._spill_end, self._disk
        if offset + len(data) > self._disk:
            # Back to the file's start. The blocks from here to its end are the oldest and go first.
            offset, behind = 0, self._spill_end
        end = offset + len(data)
        while self._first_kept < self._first_held:
            oldest = self._blocks[self._first_kept]
            in_the_way = oldest.offset < end and offset < oldest.offset + oldest.length
            if not in_the_way and oldest.offset < behind:
                break
            self._first_kept += 1
        self._spill.seek(offset)
        self._spill.write(data)
        block.offset, block.length = offset, len(data)
        self._spill_end = end

    def _block_lines(self, index: int) -> list[str]:
        block = self._blocks[index]
        if block.lines is not None:
            return block.lines
        if index < self._first_kept or self._spill is None:
            return [DROPPED] * block.count
        if self._read_block[0] != index:
            self._spill.seek(block.offset)
            self._read_block = (index, self._spill.read(block.length).decode("utf-8").split("\n"))
        return self._read_block[1]


def _bytes_of(lines: list[str]) -> int:
    return sum(map(len, lines)) + LINE_OVERHEAD * len(lines)
