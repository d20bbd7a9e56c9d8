"""A size as a bar of whole and partial cells, so that layers can be compared at a glance."""

_FULL = "█"
_EMPTY = "·"


def size_bar(size: int, largest: int, cells: int) -> str:
    """A bar of so many cells; what has a size at all has a piece of it."""
    if size <= 0 or largest <= 0:
        return _EMPTY * cells
    filled = min(cells, max(1, round(cells * size / largest)))
    return _FULL * filled + _EMPTY * (cells - filled)
