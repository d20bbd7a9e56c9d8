"""The nearest of the known words to one that is not known, as BuildKit finds it: `FRMO` was meant as `FROM`."""

from collections.abc import Iterable

_NEAR_ENOUGH = 3
"""BuildKit suggests a word that is fewer edits away than this."""


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option that the fewest edits make of `word`, the first of several; None where none is near."""
    best = min(((_edit_distance(word, option), option) for option in options), key=lambda pair: pair[0], default=None)
    return best[1] if best is not None and 0 < best[0] < _NEAR_ENOUGH else None


def did_you_mean(option: str | None) -> str:
    """The suggestion as the end of a message, empty without one."""
    return "" if option is None else f" (did you mean {option}?)"


def _edit_distance(one: str, other: str) -> int:
    """The Levenshtein distance; anything far from near is only reported as far."""
    if abs(len(one) - len(other)) >= _NEAR_ENOUGH:
        return _NEAR_ENOUGH
    before = list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            replaced = before[column - 1] + (left != right)
            current.append(min(replaced, before[column] + 1, current[column - 1] + 1))
        before = current
    return before[-1]
