"""Where a text is found in lines. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


class LineSearch:
    """All places of one query, in any case of letters; lines count from 1, characters from 0."""

    def __init__(self, lines: Sequence[str] = (), query: str = "") -> None:
        self.query = query
        self._places: dict[int, list[tuple[int, int]]] = {}
        wanted = query.lower()
        for number, line in enumerate(lines if wanted else (), 1):
            text = line.lower()
            start = text.find(wanted)
            while start >= 0:
                self._places.setdefault(number, []).append((start, start + len(wanted)))
                start = text.find(wanted, start + len(wanted))
        self._lines = list(self._places)

    @property
    def count(self) -> int:
        """How many places there are."""
        return sum(map(len, self._places.values()))

    def in_line(self, line: int) -> Sequence[tuple[int, int]]:
        """Where each place in a line begins and ends."""
        return self._places.get(line, ())

    def line_after(self, line: int) -> int | None:
        """The next line with a place, around the end."""
        if not self._lines:
            return None
        return self._lines[bisect_right(self._lines, line) % len(self._lines)]

    def line_before(self, line: int) -> int | None:
        """The last line with a place before this one, around the start."""
        if not self._lines:
            return None
        return self._lines[bisect_left(self._lines, line) - 1]
