"""The content of a file as far as it has been read: kept in a temporary file where it is large, with its rows indexed.

Filled by one thread and read by another.
"""

import codecs
import tempfile
import threading
from array import array
from bisect import bisect_left

IN_MEMORY = 8 << 20
"""Bytes up to which nothing is written to disk."""
ROW_BYTES = 4096
"""A line goes on in another row after so many bytes."""
_LOOKED_AT = 8192
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\b")
_FEW = 0.1
"""The part of control characters in what is still taken for text."""


class FileContent:
    """Bytes from the beginning of a file, and where the rows of its text begin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  `close` closes it.
        self._starts = array("Q")
        self._continued = array("Q")
        self._row_start = 0
        self._size = 0
        self._crlf = False
        self._head = b""
        self._closed = False

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self._size

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return self._head

    @property
    def is_binary(self) -> bool:
        """Whether it looks as if it were no text, by its first bytes."""
        return looks_binary(self._head)

    @property
    def has_crlf(self) -> bool:
        """Whether its first line ends as on Windows."""
        return self._head.partition(b"\n")[0].endswith(b"\r")

    def append(self, data: bytes) -> None:
        """Add what has been read."""
        with self._lock:
            if self._closed:
                return
            self._file.seek(self._size)
            self._file.write(data)
            if len(self._head) < _LOOKED_AT:
                self._head += data[: _LOOKED_AT - len(self._head)]
            base = self._size
            self._size += len(data)
            at = 0
            while (found := data.find(b"\n", at)) >= 0:
                self._end_row(base + found + 1)
                at = found + 1
            self._cut(base + len(data))

    def read(self, start: int, size: int) -> bytes:
        """Some bytes of it, fewer at the end."""
        with self._lock:
            if self._closed:
                return b""
            self._file.seek(start)
            return self._file.read(size)

    @property
    def row_count(self) -> int:
        """The rows of the text so far."""
        with self._lock:
            return len(self._starts) + (self._size > self._row_start)

    def row(self, index: int) -> tuple[bytes, int | None]:
        """A row with its line end, and the number of its line; None where it goes on from the row before."""
        with self._lock:
            start = self._starts[index] if index < len(self._starts) else self._row_start
            end = self._size
            if index + 1 < len(self._starts):
                end = self._starts[index + 1]
            elif index < len(self._starts):
                end = self._row_start
            earlier = bisect_left(self._continued, index)
            goes_on = earlier < len(self._continued) and self._continued[earlier] == index
        return self.read(start, end - start), None if goes_on else index + 1 - earlier

    @property
    def has_long_lines(self) -> bool:
        """Whether a line takes more than one row."""
        return bool(self._continued)

    def close(self) -> None:
        """Let go of all of it."""
        with self._lock:
            self._closed = True
            self._file.close()

    def _end_row(self, end: int) -> None:
        self._cut(end)
        self._starts.append(self._row_start)
        self._row_start = end

    def _cut(self, end: int) -> None:
        """Begin new rows in a line that is too long."""
        while end - self._row_start > ROW_BYTES:
            self._starts.append(self._row_start)
            self._row_start += self._whole_characters(self._row_start)
            self._continued.append(len(self._starts))

    def _whole_characters(self, start: int) -> int:
        """How many bytes to put into a row so that no UTF-8 character is cut."""
        self._file.seek(start + ROW_BYTES - 3)
        tail = self._file.read(4)
        for back in range(4):
            if len(tail) > 3 - back and tail[3 - back] & 0xC0 != 0x80:
                return ROW_BYTES - back
        return ROW_BYTES


def looks_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are those of no text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if b"\0" in head:
        return True
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    return controls > len(head) * _FEW
