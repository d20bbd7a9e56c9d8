"""Where the lines of an old text are in a new one, so that what hangs on a line moves along with it."""

from collections.abc import Sequence
from difflib import SequenceMatcher


class LineMap:
    """Maps 1-based lines of the old text to the new one, by content. Lines may be given as text or as digests."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()

    def line(self, old: int) -> int | None:
        """The new line; a line that was rewritten in place keeps its place, a deleted one has none."""
        index = old - 1
        for tag, old_start, old_end, new_start, new_end in self._opcodes:
            if old_start <= index < old_end:
                if tag == "delete":
                    return None
                return min(new_start + index - old_start, new_end - 1) + 1
        return None
