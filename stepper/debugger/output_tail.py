"""The last of what a running step printed: enough to say what failed."""

from collections import deque

MOST_BYTES = 64 * 1024
MOST_LINES = 200


class OutputTail:
    """Takes what a step prints from one thread."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0

    def add(self, data: bytes) -> None:
        """Take more; what is too old is let go of."""
        self._chunks.append(data[-MOST_BYTES:])
        self._size += len(self._chunks[-1])
        while self._size - len(self._chunks[0]) >= MOST_BYTES:
            self._size -= len(self._chunks.popleft())

    @property
    def text(self) -> str:
        """The last lines, with their colours and no other control characters than tabs."""
        from stepper.terminal_text import LineReader  # Not before something failed.

        reader = LineReader()
        lines = [*reader.feed(b"".join(self._chunks)[-MOST_BYTES:]), *reader.close()]
        return "\n".join(lines[-MOST_LINES:])
