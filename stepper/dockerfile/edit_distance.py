"""The nearest of the known words to one that is not known: `FRMO` was meant as `FROM`."""

from collections.abc import Iterable

_NEAR_ENOUGH = 3
"""A word is suggested when it is fewer edits away than this, as in BuildKit."""


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that the fewest edits make of `word`, the first of several; None where none is near.

    Two letters that changed places are one edit. An option that replaces every letter is not near.
    """
    limit = min(_NEAR_ENOUGH, len(word))
    best = min(((_edit_distance(word, option), option) for option in options), key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and 0 < best[0] < limit else None


def did_you_mean(option: str | None) -> str:
    """The suggestion as the end of a message, empty without one."""
    return "" if option is None else f" (did you mean {option}?)"


def _edit_distance(one: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours; anything far is only reported as far."""
    if abs(len(one) - len(other)) >= _NEAR_ENOUGH:
        return _NEAR_ENOUGH
    rows = [list(range(len(other) + 1))]
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            distance = min(rows[-1][column - 1] + (left != right), rows[-1][column] + 1, current[-1] + 1)
            if row > 1 and column > 1 and left == other[column - 2] and right == one[row - 2]:
                distance = min(distance, rows[-2][column - 2] + 1)
            current.append(distance)
        rows.append(current)
    return rows[-1][-1]
