"""The content of a file as far as it has been read: kept in a temporary file where it is large.

Filled by one thread and read by another.
"""

import codecs
import tempfile
import threading

from stepper.tui.file.row_index import BLOCK, ROW_BYTES, Block, Row, RowIndex, rows_in

IN_MEMORY = 8 << 20
"""Bytes up to which nothing is written to disk."""
_INDEXED = 256 << 10
"""Bytes that are indexed at a time: so long the other thread may have to wait."""
_LOOKED_AT = 8192
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\b")
_FEW = 0.1
"""The part of control characters in what is still taken for text."""


class FileContent:
    """Bytes from the beginning of a file, and where the rows of its text begin."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  `close` closes it.
        self._index = RowIndex()
        self._split: list[Row] = []
        self._split_of: tuple[Block, int] | None = None
        self._size = 0
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
        for start in range(0, len(data), _INDEXED):
            piece = data[start : start + _INDEXED]
            with self._lock:
                self._index.feed(piece)
                self._size += len(piece)

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
            return self._index.count

    def row(self, index: int) -> Row:
        """A row that exists."""
        with self._lock:
            block, size = self._index.block_of(index), self._size
        if (block, size if block.end is None else 0) != self._split_of:
            end = block.end if block.end is not None else min(size, block.start + BLOCK * (ROW_BYTES + 1))
            self._split = rows_in(block, self.read(block.start, end - block.start))
            self._split_of = block, size if block.end is None else 0
        at = index - block.first
        return self._split[at] if at < len(self._split) else Row(b"", None)

    @property
    def has_long_lines(self) -> bool:
        """Whether a line takes more than one row."""
        return self._index.has_long_lines

    def close(self) -> None:
        """Let go of all of it."""
        with self._lock:
            self._closed = True
            self._file.close()


def looks_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are those of no text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if b"\0" in head:
        return True
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    return controls > len(head) * _FEW
